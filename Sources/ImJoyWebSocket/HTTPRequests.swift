internal import ImJoyCore
internal import ImJoyRPC
internal import NIOCore
internal import NIOHTTP1

/// A connection over which one request follows the other.
struct HTTPRequests: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<HTTPRequestsHandler>

    fileprivate init(_ channel: any Channel, _ handler: HTTPRequestsHandler) {
        self.channel = channel
        self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
    }

    /// Whether the server has not closed it.
    var isOpen: Bool { channel.isActive }

    /// Sends a request and waits for its answer; the next one comes after that.
    func perform(_ head: HTTPRequestHead, _ body: [SharedBytes], limit: Duration) async throws -> HTTPAnswer {
        try await withTaskCancellationHandler {
            try await channel.eventLoop.flatSubmit { handler.value.perform(head, body, limit: limit) }.get()
        } onCancel: {
            // Half a request cannot be taken back.
            channel.close(promise: nil)
        }
    }

    func close() { channel.close(promise: nil) }
}

/// The last handler of such a connection: one request at a time and its answer.
final class HTTPRequestsHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private struct Waiting {
        var promise: EventLoopPromise<HTTPAnswer>
        var timeout: Scheduled<Void>
        var answer: HTTPAnswer?
    }
    private let opened: EventLoopPromise<HTTPRequests>
    private var context: ChannelHandlerContext?
    private var waiting: Waiting?

    private static let closed = RPCError(.disconnected, "the server has closed the connection")

    init(promise: EventLoopPromise<HTTPRequests>) { opened = promise }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) {
        fail(Self.closed)
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) { opened.succeed(HTTPRequests(context.channel, self)) }

    fileprivate func perform(
        _ head: HTTPRequestHead, _ body: [SharedBytes], limit: Duration
    ) -> EventLoopFuture<HTTPAnswer> {
        guard let context, context.channel.isActive, waiting == nil else {
            return opened.futureResult.eventLoop.makeFailedFuture(Self.closed)
        }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let timeout = context.eventLoop.scheduleTask(in: TimeAmount(limit)) {
            bound.value.fail(RPCError(.timedOut, "the server has not answered a request within \(limit)"))
        }
        let promise = context.eventLoop.makePromise(of: HTTPAnswer.self)
        waiting = Waiting(promise: promise, timeout: timeout)
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        for piece in body {
            let bytes = piece.withUnsafeBytes { context.channel.allocator.buffer(bytes: $0) }
            context.write(Self.wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
        }
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
        return promise.futureResult
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head):
            waiting?.answer = HTTPAnswer(head)
        case .body(let bytes): waiting?.answer?.add(bytes)
        case .end:
            guard let done = waiting, let answer = done.answer else { return }
            waiting = nil
            done.timeout.cancel()
            if answer.isLast { context.close(promise: nil) }
            done.promise.succeed(answer)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(RPCError(.disconnected, "the server closed the connection before it had answered"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(error as? RPCError ?? RPCError(.disconnected, "the server's answer cannot be read", cause: error))
    }

    private func fail(_ error: RPCError) {
        opened.fail(error)
        let failed = waiting
        waiting = nil
        failed?.timeout.cancel()
        failed?.promise.fail(error)
        context?.close(promise: nil)
    }
}
