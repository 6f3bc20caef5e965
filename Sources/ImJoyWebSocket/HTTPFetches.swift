internal import ImJoyCore
internal import ImJoyRPC
internal import NIOCore
internal import NIOHTTP1

/// A server's whole answer.
struct HTTPFetched: Sendable {
    var status: HTTPResponseStatus
    var headers: HTTPHeaders
    var body: [ByteBuffer] = []
    var byteCount = 0
    /// Whether the server closes the connection after it.
    var isLast: Bool

    init(_ head: HTTPResponseHead) { (status, headers, isLast) = (head.status, head.headers, !head.isKeepAlive) }

    /// The body in one block.
    var bytes: SharedBytes {
        SharedBytes(count: byteCount) { target in
            var place = 0
            for part in body {
                part.withUnsafeReadableBytes {
                    UnsafeMutableRawBufferPointer(rebasing: target[place...]).copyMemory(from: $0)
                }
                place += part.readableBytes
            }
        }
    }
}

/// A connection over which one request for bytes follows the other.
struct HTTPFetches: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<HTTPFetchHandler>

    fileprivate init(_ channel: any Channel, _ handler: HTTPFetchHandler) {
        self.channel = channel
        self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
    }

    var isOpen: Bool { channel.isActive }

    /// Sends a request without a body and waits for its answer of at most `limit` bytes.
    func perform(_ head: HTTPRequestHead, limit: Int, within time: Duration) async throws -> HTTPFetched {
        try await withTaskCancellationHandler {
            try await channel.eventLoop.flatSubmit { handler.value.perform(head, limit: limit, within: time) }.get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    func close() { channel.close(promise: nil) }
}

/// The last handler of such a connection.
final class HTTPFetchHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private struct Waiting {
        var promise: EventLoopPromise<HTTPFetched>
        var timeout: Scheduled<Void>
        var limit: Int
        var answer: HTTPFetched?
    }
    private let opened: EventLoopPromise<HTTPFetches>
    private var context: ChannelHandlerContext?
    private var waiting: Waiting?

    init(promise: EventLoopPromise<HTTPFetches>) { opened = promise }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) {
        fail(RPCError(.disconnected, "the server has closed the connection"))
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) { opened.succeed(HTTPFetches(context.channel, self)) }

    fileprivate func perform(_ head: HTTPRequestHead, limit: Int, within time: Duration) -> EventLoopFuture<HTTPFetched>
    {
        guard let context, context.channel.isActive, waiting == nil else {
            return opened.futureResult.eventLoop.makeFailedFuture(
                RPCError(.disconnected, "the server has closed the connection"))
        }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let timeout = context.eventLoop.scheduleTask(in: TimeAmount(time)) {
            bound.value.fail(RPCError(.timedOut, "the server has not answered a request within \(time)"))
        }
        let promise = context.eventLoop.makePromise(of: HTTPFetched.self)
        waiting = Waiting(promise: promise, timeout: timeout, limit: limit)
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
        return promise.futureResult
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head):
            // What comes before the answer proper says nothing.
            guard head.status.code >= 200 else { return }
            waiting?.answer = HTTPFetched(head)
            let length = head.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0
            if let waiting, length > waiting.limit { refuse(length, waiting.limit) }
        case .body(let bytes):
            guard let limit = waiting?.limit, let count = waiting?.answer?.byteCount else { return }
            let total = count + bytes.readableBytes
            guard total <= limit else { return refuse(total, limit) }
            waiting?.answer?.body.append(bytes)
            waiting?.answer?.byteCount = total
        case .end:
            guard let done = waiting, let answer = done.answer else { return }
            waiting = nil
            done.timeout.cancel()
            if answer.isLast { context.close(promise: nil) }
            done.promise.succeed(answer)
        }
    }

    private func refuse(_ count: Int, _ limit: Int) {
        fail(RPCError(.limitExceeded, "the server answers with \(count) bytes or more, the limit is \(limit)"))
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
