internal import ImJoyRPC
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// How a client reaches a server: a name is looked up, its addresses are tried, and whatever the first one that works
/// gives to the promise is the result.
struct Dialling<Result: Sendable> {
    private let address: WebSocketAddress
    private let limit: Duration
    private let prepareChannel: (@Sendable (any Channel) throws -> Void)?

    init(to address: WebSocketAddress, limit: Duration, prepareChannel: (@Sendable (any Channel) throws -> Void)?) {
        self.address = address
        self.limit = limit
        self.prepareChannel = prepareChannel
    }

    static func withoutTLS(_ address: WebSocketAddress) -> RPCError {
        RPCError(.invalidArgument, "\(address.hostHeader) wants TLS: give the transport one of the module ImJoyTLS")
    }

    /// Dials; `initialize` adds handlers to a channel that is not connected yet, one of which keeps the promise.
    ///
    /// Throws `disconnected` when nobody listens, `timedOut` after the limit, `invalidArgument` for a secure address
    /// without a layer of TLS.
    func run(
        _ initialize: @escaping @Sendable (any Channel, EventLoopPromise<Result>) throws -> Void
    ) async throws -> Result {
        guard !address.isSecure || prepareChannel != nil else {
            throw Self.withoutTLS(address)
        }
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let attempt = DialAttempt(promise: loop.makePromise(of: Result.self))
        let limit = limit
        let place = address.hostHeader
        let timeout = loop.scheduleTask(in: TimeAmount(limit)) {
            attempt.giveUp(RPCError(.timedOut, "no connection to \(place) within \(limit)"))
        }
        attempt.promise.futureResult.whenComplete { _ in timeout.cancel() }
        let prepare = prepareChannel
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(limit))
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelOption(.recvAllocator, value: ChannelBuffers.receiving)
            .channelOption(.writeBufferWaterMark, value: ChannelBuffers.sending)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try attempt.take(channel)
                    try prepare?(channel)
                    try initialize(channel, attempt.promise)
                }
            }
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
}

/// One try to reach a server, over one channel for each of its addresses; its end closes them all.
private final class DialAttempt<Result: Sendable>: Sendable {
    private struct State {
        var channels: [any Channel] = []
        var isGivenUp = false
    }
    let promise: EventLoopPromise<Result>
    private let state = Mutex(State())

    init(promise: EventLoopPromise<Result>) { self.promise = promise }

    func take(_ channel: any Channel) throws {
        try state.withLock { state in
            if state.isGivenUp { throw CancellationError() }
            state.channels.append(channel)
        }
    }

    /// Has no effect on a result that is there already.
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
enum ChannelBuffers {
    /// Large enough for a fragment, small while messages are.
    static let receiving = AdaptiveRecvByteBufferAllocator(minimum: 2048, initial: 65536, maximum: 1 << 20)
    /// So many bytes may wait for the system to take them.
    static let sending = ChannelOptions.Types.WriteBufferWaterMark(low: 256 << 10, high: 512 << 10)
}
