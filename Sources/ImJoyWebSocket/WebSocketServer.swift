#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
public import ImJoyRPC
package import NIOCore
internal import NIOPosix
internal import Synchronization

/// A place on the network where WebSockets can be opened.
///
/// ```swift
/// let server = try await WebSocketServer.listen(port: 9527)
/// while let transport = try await server.accept() {
///     …
/// }
/// ```
/// Plain HTTP requests are refused, and nothing is compressed. The module ImJoyTLS adds TLS.
public final class WebSocketServer: Sendable {
    private struct State {
        var isClosed = false
        var nextID: UInt64 = 0
        /// Everybody who is connected, also those who have not been accepted yet, and how to close them.
        var connections: [UInt64: Connection] = [:]
    }

    private struct Connection {
        var channel: any Channel
        var close: (@Sendable (WebSocketClose) -> Void)?
    }

    /// The port it listens at.
    public let port: Int
    private let channel: any Channel
    private let accepted: Mailbox<WebSocketServerTransport>
    private let shared: Shared

    private init(_ channel: any Channel, _ shared: Shared) {
        self.channel = channel
        self.shared = shared
        accepted = shared.accepted
        port = channel.localAddress?.port ?? 0
    }

    deinit {
        channel.close(promise: nil)
        shared.accepted.finish()
    }

    /// Starts to listen at `host`, which is a name or an address of this machine, on `port`; 0 chooses a free one.
    ///
    /// `policy` decides about each request by its path, origin and other headers. Throws `refused` when the place is
    /// taken, not this machine's or not allowed.
    public static func listen(
        on host: String = "127.0.0.1", port: Int = 0, codec: WebSocketCodec = .messagePack(),
        configuration: WebSocketConfiguration = WebSocketConfiguration(),
        admitting policy: @escaping WebSocketAdmissionPolicy = WebSocketAdmission.refusingBrowsers
    ) async throws -> WebSocketServer {
        try await listen(
            on: host, port: port, codec: codec, configuration: configuration, admitting: policy, prepareChannel: nil)
    }

    /// As above; `prepareChannel` runs on each new channel before anything else is added to it, for a layer of TLS.
    package static func listen(
        on host: String, port: Int, codec: WebSocketCodec, configuration: WebSocketConfiguration,
        admitting policy: @escaping WebSocketAdmissionPolicy, prepareChannel: (@Sendable (any Channel) throws -> Void)?
    ) async throws -> WebSocketServer {
        let shared = Shared(codec: codec, configuration: configuration, policy: policy)
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelOption(.recvAllocator, value: ChannelBuffers.receiving)
            .childChannelOption(.writeBufferWaterMark, value: ChannelBuffers.sending)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try prepareChannel?(channel)
                    try shared.begin(channel)
                }
            }
        do {
            return WebSocketServer(try await bootstrap.bind(host: host, port: port).get(), shared)
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw RPCError(.refused, "another program listens at \(host), port \(port)")
        } catch {
            throw RPCError(.refused, "cannot listen at \(host), port \(port)", cause: error)
        }
    }

    /// Waits for the next WebSocket that opens; nil when the server shuts down or the task is cancelled.
    public func accept() async throws -> WebSocketServerTransport? {
        do {
            return try await accepted.next()
        } catch is CancellationError {
            return nil
        }
    }

    /// Ends ``accept()``, closes all connections with 1001 at once, and waits until they have ended.
    ///
    /// Those who do not answer are cut after ``WebSocketConfiguration/closeTimeout``.
    public func shutDown() async {
        channel.close(promise: nil)
        try? await channel.closeFuture.get()
        await shared.shutDown()
    }

    /// What the server and its channels share.
    private final class Shared: Sendable {
        /// Open WebSockets that nobody has accepted yet.
        private static let maxWaiting = 64

        let accepted = Mailbox<WebSocketServerTransport>(maxCount: maxWaiting)
        private let codec: WebSocketCodec
        private let configuration: WebSocketConfiguration
        private let policy: WebSocketAdmissionPolicy
        private let state = Mutex(State())

        init(
            codec: WebSocketCodec, configuration: WebSocketConfiguration, policy: @escaping WebSocketAdmissionPolicy
        ) {
            self.codec = codec
            self.configuration = configuration
            self.policy = policy
        }

        /// Prepares a new channel for its handshake.
        func begin(_ channel: any Channel) throws {
            let id = state.withLock { state -> UInt64? in
                guard !state.isClosed, state.connections.count < 2 * configuration.maxConnections else { return nil }
                state.nextID += 1
                state.connections[state.nextID] = Connection(channel: channel)
                return state.nextID
            }
            guard let id else { throw ChannelError.alreadyClosed }
            channel.closeFuture.whenComplete { _ in
                self.state.withLock { _ = $0.connections.removeValue(forKey: id) }
            }
            let handshake = WebSocketServerHandshake(
                configuration: configuration, policy: policy, isBusy: { self.isBusy },
                onOpen: { self.open($0, $1, id: id, on: channel) })
            try WebSocketServerHandshake.prepare(channel, handshake)
        }

        private var isBusy: Bool {
            accepted.isFull || state.withLock { $0.connections.count > configuration.maxConnections }
        }

        private func open(_ link: WebSocketLink, _ request: WebSocketRequest, id: UInt64, on channel: any Channel) {
            let isClosed = state.withLock { state in
                state.connections[id]?.close = link.closer
                return state.isClosed
            }
            if isClosed {
                link.close(Self.farewell)
                // Nobody will take it any more, and whoever lets go of a link last cuts it off.
                channel.closeFuture.whenComplete { _ in withExtendedLifetime(link) {} }
                return
            }
            accepted.put(WebSocketServerTransport(request: request, link: link, codec: codec))
        }

        private static let farewell = WebSocketClose(.goingAway, "the server shuts down")

        func shutDown() async {
            let connections = state.withLock { state in
                state.isClosed = true
                return state.connections
            }
            for (id, connection) in connections {
                if let close = connection.close {
                    close(Self.farewell)
                    continue
                }
                // What has opened meanwhile, after its client was told so, says farewell by itself.
                connection.channel.eventLoop.execute {
                    let hasOpened = self.state.withLock { $0.connections[id]?.close != nil }
                    if !hasOpened { connection.channel.close(promise: nil) }
                }
            }
            // These nobody will take any more; they have to live until they are closed.
            let waiting = accepted.drain()
            for connection in connections.values { try? await connection.channel.closeFuture.get() }
            withExtendedLifetime(waiting) {}
        }
    }
}

/// A WebSocket that a client has opened.
public struct WebSocketServerTransport: RPCTransport {
    /// What the client asked for.
    public let request: WebSocketRequest
    let link: WebSocketLink
    let codec: WebSocketCodec

    /// Lends the link to `body`; it is closed with 1000 when `body` returns. Opens once.
    public func withConnection<R: Sendable>(
        _ body: (WebSocketRPCMessages, any RPCMessageWriter) async throws -> R
    ) async throws -> R {
        try await withWebSocket { try await codec.run(over: $0, $1, body) }
    }

    /// Lends the bare WebSocket to `body`, for protocols that also speak in text. Opens once.
    public func withWebSocket<R: Sendable>(
        _ body: (WebSocketInbound, WebSocketWriter) async throws -> R
    ) async throws -> R {
        try await link.run(body)
    }
}
