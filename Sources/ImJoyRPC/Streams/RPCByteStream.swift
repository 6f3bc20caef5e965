public import ImJoyCore
internal import OrderedCollections
internal import Synchronization

/// Bytes with a position, for the far side to read and write as it does its own files.
///
/// ```swift
/// let report = RPCByteStream(SharedBytes(copying: text.utf8))
/// try await plugin.load(report)
/// ```
/// It is lent as an object with the members of a Python binary file: `read`, `readline`, `seek`, `tell`, `write`,
/// `truncate`, `flush`, `close`, `readable`, `writable`, `seekable`, `isatty` and the value `closed`. A function of the
/// far side awaits each of them. All who use it share one position, and calls may come at the same time.
public final class RPCByteStream: Sendable {
    private struct State {
        var bytes: [UInt8]
        var position = 0
        var isClosed = false
    }
    private let state: Mutex<State>
    /// Whether the far side may write.
    public let isWritable: Bool
    /// The largest number of bytes that writing may bring it to.
    public let capacity: Int

    /// A stream at its start over a copy of `bytes`.
    public init(_ bytes: SharedBytes = .empty, isWritable: Bool = false, capacity: Int = 64 << 20) {
        state = Mutex(State(bytes: [UInt8](bytes)))
        self.isWritable = isWritable
        self.capacity = capacity
    }

    /// The content as it is now.
    public var bytes: SharedBytes { state.withLock { SharedBytes(copying: $0.bytes) } }

    /// True after the far side has closed it.
    public var isClosed: Bool { state.withLock { $0.isClosed } }

    // MARK: What the far side calls

    private func withOpen<R>(_ body: (inout State) throws -> R) throws -> R {
        try state.withLock { state in
            guard !state.isClosed else { throw RPCError(.refused, "the stream is closed") }
            return try body(&state)
        }
    }

    /// The next bytes, at most `limit` of them, up to and including the first `delimiter` when there is one.
    private func take(_ limit: Int?, upTo delimiter: UInt8? = nil) throws -> SharedBytes {
        try withOpen { state in
            let rest = state.bytes.dropFirst(state.position)
            // Python reads to the end for a negative number.
            var part = if let limit, limit >= 0 { rest.prefix(limit) } else { rest }
            if let delimiter, let end = part.firstIndex(of: delimiter) { part = part[...end] }
            state.position += part.count
            return SharedBytes(copying: part)
        }
    }

    private func write(_ content: RPCValue) throws -> Int {
        let new: SharedBytes
        switch content {
        case .bytes(let bytes): new = bytes
        case .string(let text): new = SharedBytes(copying: text.utf8)
        default: throw RPCError.mismatch("bytes or text", content)
        }
        try withWritable(to: { Self.sum($0.position, new.count) }) { state in
            let end = state.position + new.count
            if state.bytes.count < state.position {
                state.bytes += [UInt8](repeating: 0, count: state.position - state.bytes.count)
            }
            state.bytes.replaceSubrange(state.position..<min(end, state.bytes.count), with: [UInt8](new))
            state.position = end
        }
        return new.count
    }

    /// Changes the content, which will end at `end` when that is beyond its end now.
    private func withWritable(to end: (State) -> Int, _ body: (inout State) -> Void) throws {
        guard isWritable else { throw RPCError(.refused, "the stream is open for reading only") }
        try withOpen { state in
            let end = end(state)
            guard end <= capacity else {
                throw RPCError(.limitExceeded, "the stream would have \(end) bytes; it takes at most \(capacity)")
            }
            body(&state)
        }
    }

    private func seek(_ offset: Int, _ origin: Int) throws -> Int {
        try withOpen { state in
            let start: Int
            switch origin {
            case 0: start = 0
            case 1: start = state.position
            case 2: start = state.bytes.count
            default: throw RPCError(.invalidArgument, "the origin of a seek is 0, 1 or 2, not \(origin)")
            }
            let target = Self.sum(start, offset)
            guard target >= 0, target <= max(capacity, state.bytes.count) else {
                throw RPCError(.invalidArgument, "a seek by \(offset) from \(start) leaves the stream")
            }
            state.position = target
            return target
        }
    }

    /// The sum, or the nearest number when there is none.
    private static func sum(_ a: Int, _ b: Int) -> Int {
        let (sum, isTooLarge) = a.addingReportingOverflow(b)
        return isTooLarge ? (b < 0 ? .min : .max) : sum
    }

    private func truncate(_ count: Int?) throws -> Int {
        if let count, count < 0 {
            throw RPCError(.invalidArgument, "a stream cannot be cut to \(count) bytes")
        }
        var length = 0
        try withWritable(to: { count ?? $0.position }) { state in
            length = count ?? state.position
            if length < state.bytes.count {
                state.bytes.removeSubrange(length...)
            } else {
                state.bytes += [UInt8](repeating: 0, count: length - state.bytes.count)
            }
        }
        return length
    }

    private func close() { state.withLock { $0.isClosed = true } }

    private static let newline = UInt8(ascii: "\n")

    fileprivate var members: [RPCExport] {
        [
            RPCExport("read") { (count: Int?) in try self.take(count) },
            RPCExport("readline") { (limit: Int?) in try self.take(limit, upTo: Self.newline) },
            RPCExport("write") { (content: RPCValue) in try self.write(content) },
            RPCExport("seek") { (offset: Int, origin: Int?) in try self.seek(offset, origin ?? 0) },
            RPCExport("tell") { () in try self.withOpen { $0.position } },
            RPCExport("truncate") { (count: Int?) in try self.truncate(count) },
            RPCExport("flush") { () in },
            RPCExport("close") { () in self.close() },
            RPCExport("readable") { () in true },
            RPCExport("writable") { () in self.isWritable },
            RPCExport("seekable") { () in true },
            RPCExport("isatty") { () in false },
            // Python enters and leaves it with `async with`, and hands over the exception when it leaves.
            RPCExport(raw: "__enter__") { _ in .null },
            RPCExport(raw: "__exit__") { _ in
                self.close()
                return .null
            },
        ]
    }
}

extension RPCByteStream: RPCEncodable {
    /// An object that the far side may call until it disposes of it.
    public func rpcValue() -> RPCValue {
        var object = RPCService.members(members)
        object["closed"] = .bool(isClosed)
        object[WireTag.interface] = true
        return .object(object)
    }
}
