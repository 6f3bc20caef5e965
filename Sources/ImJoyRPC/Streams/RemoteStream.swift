public import ImJoyCore
internal import OrderedCollections

/// A file-like object of the far side, such as a file that a Python plugin has opened.
///
/// ```swift
/// let log: RemoteStream = try await plugin.openLog()
/// for try await part in log.chunks() { size += part.count }
/// try await log.close()
/// ```
/// Each call is a round trip. The position is the far side's and is shared by all who use the stream.
public struct RemoteStream: Sendable, RPCDecodable {
    /// The object as it came, with all functions that the far side has given it.
    public let object: RemoteObject

    /// Takes an object with a function `read` or `write`; throws `invalidArgument` for anything else.
    public init(rpcValue: RPCValue) throws {
        let object: RemoteObject? =
            switch rpcValue {
            case .remote(let object): object
            // A stream of the Hypha dialect is a mapping of functions.
            case .tagged("iostream", let members): RemoteObject(members: members, objectID: nil, caller: nil)
            default: nil
            }
        guard let object, object.hasFunction("read") || object.hasFunction("write") else {
            throw RPCError.mismatch("a file-like object", rpcValue)
        }
        self.object = object
    }

    /// The next bytes, at most `count` of them, or all the rest; none at the end.
    ///
    /// A text stream counts characters; what it reads comes as UTF-8.
    public func read(_ count: Int? = nil) async throws -> SharedBytes {
        let content: RPCValue = if let count { try await object.read(count) } else { try await object.read() }
        switch content {
        case .bytes(let bytes): return bytes
        case .string(let text): return SharedBytes(copying: text.utf8)
        // A raw stream that would have to wait answers so.
        case .null: return .empty
        default: throw RPCError(.protocolViolation, "read gave \(content.kindName), not bytes or text")
        }
    }

    /// Writes `bytes` and returns how many were taken, as the far side counts them.
    @discardableResult
    public func write(_ bytes: SharedBytes) async throws -> Int {
        let count: Int? = try await object.write(bytes)
        return count ?? bytes.count
    }

    /// Where an offset counts from.
    public enum Origin: Int, Sendable {
        /// From the beginning.
        case start
        /// From where the stream is now.
        case current
        /// From the end; offsets into the stream are negative.
        case end
    }

    /// Moves to `offset` and returns the position from the start.
    @discardableResult
    public func seek(to offset: Int, from origin: Origin = .start) async throws -> Int {
        try await object.seek(offset, origin.rawValue)
    }

    /// The position from the start.
    public func position() async throws -> Int { try await object.tell() }

    /// Closes the stream and lets the far side forget it.
    public func close() async throws {
        if object.hasFunction("close") { try await object.close() }
        try await object.dispose()
    }

    /// The rest of the stream in parts of `count` bytes, the last one shorter.
    public func chunks(of count: Int = 1 << 20) -> Chunks { Chunks(stream: self, count: count) }

    /// The parts of a stream, each read when it is asked for.
    public struct Chunks: AsyncSequence, Sendable {
        /// One part.
        public typealias Element = SharedBytes
        let stream: RemoteStream
        let count: Int

        /// Reads part after part.
        public struct AsyncIterator: AsyncIteratorProtocol {
            let chunks: Chunks

            /// The next part, nil at the end.
            public func next() async throws -> SharedBytes? {
                let part = try await chunks.stream.read(chunks.count)
                return part.isEmpty ? nil : part
            }
        }

        /// An iterator; several of them share the position.
        public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(chunks: self) }
    }
}
