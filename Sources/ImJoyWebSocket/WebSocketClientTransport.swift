public import ImJoyRPC
package import NIOCore
internal import NIOPosix
internal import Synchronization

/// A link to a WebSocket server.
///
/// ```swift
/// let transport = try WebSocketClientTransport(to: "ws://127.0.0.1:9527/rpc")
/// let connection = RPCConnection(over: transport, as: role, exporting: service)
/// ```
/// The server is dialled when the link is opened, each time anew. Compression is not offered.
public struct WebSocketClientTransport: RPCTransport {
    private let address: WebSocketAddress
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
    /// Throws `disconnected` when nobody listens, `refused` or `notFound` when the server refuses, `timedOut` after
    /// ``WebSocketConfiguration/handshakeTimeout``, and what `body` throws.
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
        guard !address.isSecure || prepareChannel != nil else {
            throw RPCError(.invalidArgument, "\(address.hostHeader): a wss: address needs a transport with TLS")
        }
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let attempt = DialAttempt(promise: loop.makePromise(of: WebSocketLink.self))
        let limit = configuration.handshakeTimeout
        let timeout = loop.scheduleTask(in: TimeAmount(limit)) {
            attempt.giveUp(RPCError(.timedOut, "no WebSocket within \(limit)"))
        }
        attempt.promise.futureResult.whenComplete { _ in timeout.cancel() }
        let place = address.hostHeader
        let bootstrap = bootstrap(loop, attempt)
        // An address of numbers needs no thread that looks up names.
        let literal = try? SocketAddress(ipAddress: address.host, port: address.port)
        let connecting =
            literal.map { bootstrap.connect(to: $0) } ?? bootstrap.connect(host: address.host, port: address.port)
        connecting.whenFailure { error in
            attempt.giveUp(RPCError(.disconnected, "nobody can be reached at \(place)", cause: error))
        }
        return try await withTaskCancellationHandler {
            try await attempt.promise.futureResult.get()
        } onCancel: {
            attempt.giveUp(CancellationError())
        }
    }

    private func bootstrap(_ loop: any EventLoop, _ attempt: DialAttempt) -> ClientBootstrap {
        let (address, headers, configuration, prepare) = (address, headers, configuration, prepareChannel)
        return ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(configuration.handshakeTimeout))
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelOption(.recvAllocator, value: WebSocketChannelOptions.receiving)
            .channelOption(.writeBufferWaterMark, value: WebSocketChannelOptions.sending)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try attempt.take(channel)
                    try prepare?(channel)
                    let handshake = WebSocketClientHandshake(
                        to: address, headers: headers, configuration: configuration, promise: attempt.promise)
                    try WebSocketClientHandshake.prepare(channel, handshake)
                }
            }
    }
}

/// One try to reach a server, over one channel for each of its addresses; its end closes them all.
private final class DialAttempt: Sendable {
    private struct State {
        var channels: [any Channel] = []
        var isGivenUp = false
    }
    let promise: EventLoopPromise<WebSocketLink>
    private let state = Mutex(State())

    init(promise: EventLoopPromise<WebSocketLink>) { self.promise = promise }

    func take(_ channel: any Channel) throws {
        try state.withLock { state in
            if state.isGivenUp { throw CancellationError() }
            state.channels.append(channel)
        }
    }

    /// Has no effect on a link that is there already.
    func giveUp(_ error: any Error) {
        let channels = state.withLock { state in
            state.isGivenUp = true
            return state.channels
        }
        promise.futureResult.whenFailure { _ in
            for channel in channels { channel.close(promise: nil) }
        }
        promise.fail(error)
    }
}

/// What the channels of both ends have in common.
enum WebSocketChannelOptions {
    /// Large enough for a fragment, small while messages are.
    static let receiving = AdaptiveRecvByteBufferAllocator(minimum: 2048, initial: 65536, maximum: 1 << 20)
    /// So many bytes may wait for the system to take them.
    static let sending = ChannelOptions.Types.WriteBufferWaterMark(low: 256 << 10, high: 512 << 10)
}
