public import ImJoyCore
public import ImJoyRPC

/// How messages of the RPC stand in the messages of a WebSocket, one in one.
public struct WebSocketCodec: Sendable {
    /// What a message is written into.
    public enum Encoded: Sendable {
        /// A binary message, whose bytes may lie in several places.
        case binary([SharedBytes])
        /// A text message.
        case text(String)
    }

    /// Writes a message; throws `limitExceeded` for one that cannot be sent.
    public var encode: @Sendable (RPCMessage) throws -> Encoded
    /// Reads a message; throws when it means nothing, which ends the link.
    public var decode: @Sendable (WebSocketMessage) throws -> RPCMessage

    /// A codec of these two functions.
    public init(
        encode: @escaping @Sendable (RPCMessage) throws -> Encoded,
        decode: @escaping @Sendable (WebSocketMessage) throws -> RPCMessage
    ) {
        self.encode = encode
        self.decode = decode
    }

    /// Levels that a message puts around a value, and arrays into it, beyond `RPCLimits/maxDepth`.
    private static let envelopeDepth = 8

    /// A mapping in MessagePack, which programs in every language can read.
    public static func messagePack(limits: RPCLimits = .default) -> WebSocketCodec {
        var readerLimits = limits
        readerLimits.maxDepth += envelopeDepth
        return WebSocketCodec(
            encode: { message in
                .binary([SharedBytes(copying: try MessagePackWriter.encode(.object(message.fields)))])
            },
            decode: { [readerLimits] message in
                let value = try MessagePackReader.decode(try bytes(of: message), limits: readerLimits)
                guard case .object(let fields) = value else {
                    throw RPCError(.protocolViolation, "a message is \(value.kindName), not a mapping")
                }
                return RPCMessage(fields)
            })
    }

    /// The frames that pipes carry (`Documentation/WireProtocol.md`, "Pipe frames"): the bytes of arrays are neither
    /// copied nor moved when they are written, and used where they lie when they are read.
    public static func frames(limits: RPCLimits = .default) -> WebSocketCodec {
        WebSocketCodec(
            encode: { .binary(try PipeFrame.encode($0, limits: limits)) },
            decode: { try PipeFrame.decode(try bytes(of: $0), limits: limits) })
    }

    private static func bytes(of message: WebSocketMessage) throws -> SharedBytes {
        guard case .binary(let bytes) = message else {
            throw RPCError(.protocolViolation, "a text message came; only binary ones carry calls")
        }
        return bytes
    }

    /// Lends a WebSocket to `body` as a link that moves messages of the RPC.
    func run<R: Sendable>(
        over inbound: WebSocketInbound, _ writer: WebSocketWriter,
        _ body: (WebSocketRPCMessages, any RPCMessageWriter) async throws -> R
    ) async throws -> R {
        try await body(
            WebSocketRPCMessages(inbound: inbound, writer: writer, codec: self), Writer(writer: writer, codec: self))
    }

    private struct Writer: RPCMessageWriter {
        let writer: WebSocketWriter
        let codec: WebSocketCodec
        func write(_ message: RPCMessage) async throws {
            switch try codec.encode(message) {
            case .binary(let pieces): try await writer.write(pieces)
            case .text(let text): try await writer.write(.text(text))
            }
        }
    }
}

/// The messages of the RPC that arrive over a WebSocket.
public struct WebSocketRPCMessages: AsyncSequence, Sendable {
    /// One whole message.
    public typealias Element = RPCMessage
    /// What damaged the link.
    public typealias Failure = any Error
    let inbound: WebSocketInbound
    let writer: WebSocketWriter
    let codec: WebSocketCodec

    /// Reads message after message.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let messages: WebSocketRPCMessages
        let base: WebSocketInbound.AsyncIterator

        /// The next message, nil when the far side has closed; throws when the link is damaged or a message means
        /// nothing, which the far side is told with code 1007.
        public func next() async throws -> RPCMessage? {
            guard let message = try await base.next() else { return nil }
            do {
                return try messages.codec.decode(message)
            } catch {
                messages.writer.close(WebSocketClose(.invalidData, "\(error)"))
                throw error
            }
        }
    }

    /// An iterator; several of them share the messages.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(messages: self, base: inbound.makeAsyncIterator())
    }
}
