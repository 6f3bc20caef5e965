public import ImJoyRPC
package import NIOCore

/// A link to a WebSocket server.
///
/// ```swift
/// let transport = try WebSocketClientTransport(to: "ws://127.0.0.1:9527/rpc")
/// let connection = RPCConnection(over: transport, as: role, exporting: service)
/// ```
/// The server is dialled when the link is opened, each time anew. Compression is not offered.
public struct WebSocketClientTransport: RPCTransport {
    package let address: WebSocketAddress
    private let headers: [(name: String, value: String)]
    private let codec: WebSocketCodec
    private let configuration: WebSocketConfiguration
    /// Runs on a new channel before anything else is added to it; this is where a layer for TLS goes.
    package var prepareChannel: (@Sendable (any Channel) throws -> Void)?

    /// A link to `url`, such as `ws://127.0.0.1:9527/rpc?token=…`, with `headers` in addition to those of the protocol.
    ///
    /// Throws `invalidArgument` for what is no such URL, and for headers that are not allowed.
    public init(
        to url: String, headers: [(name: String, value: String)] = [], codec: WebSocketCodec = .messagePack(),
        configuration: WebSocketConfiguration = WebSocketConfiguration()
    ) throws {
        address = try WebSocketAddress(url)
        for (name, value) in headers {
            guard !name.isEmpty, (name + value).utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw RPCError(.invalidArgument, "the header \(name) has characters that no header may have")
            }
        }
        self.headers = headers
        self.codec = codec
        self.configuration = configuration
    }

    /// Dials, and lends the link to `body`; it is closed with 1000 when `body` returns.
    ///
    /// Throws `disconnected` when nobody listens, `refused`, `notFound` or `overloaded` by the server's status when it
    /// refuses, `protocolViolation` when its answer is none, `timedOut` after
    /// ``WebSocketConfiguration/handshakeTimeout``, `invalidArgument` for a `wss:` address without TLS, and what `body`
    /// throws.
    public func withConnection<R: Sendable>(
        _ body: (WebSocketRPCMessages, any RPCMessageWriter) async throws -> R
    ) async throws -> R {
        try await withWebSocket { try await codec.run(over: $0, $1, body) }
    }

    /// Dials, and lends the bare WebSocket to `body`, for protocols that also speak in text.
    public func withWebSocket<R: Sendable>(
        _ body: (WebSocketInbound, WebSocketWriter) async throws -> R
    ) async throws -> R {
        try await dial().run(body)
    }

    private func dial() async throws -> WebSocketLink {
        let (address, headers, configuration) = (address, headers, configuration)
        let dialling = Dialling<WebSocketLink>(
            to: address, limit: configuration.handshakeTimeout, prepareChannel: prepareChannel)
        return try await dialling.run { channel, promise in
            let handshake = WebSocketClientHandshake(
                to: address, headers: headers, configuration: configuration, promise: promise)
            try WebSocketClientHandshake.prepare(channel, handshake)
        }
    }
}
