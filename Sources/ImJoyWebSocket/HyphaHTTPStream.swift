internal import ImJoyCore
internal import ImJoyRPC
internal import NIOCore
internal import NIOHTTP1
internal import OrderedCollections

/// The last handler of the channel over which a Hypha server streams: cuts the answer into messages.
///
/// Each is four bytes of its length, the first one the highest, and that many bytes. Reading stops while the inbox is full.
final class HyphaHTTPStream: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let request: HTTPRequestHead
    private let inbox: Mailbox<RPCMessage>
    private let limits: RPCLimits
    private let promise: EventLoopPromise<any Channel>
    private var refusal: HTTPAnswer?
    /// What has come of the next message.
    private var buffer = ByteBuffer()

    /// Messages about the link itself; all others are calls, answers and events.
    private static let controls: Set<String> = ["connection_info", "ping", "pong", "reconnection_token", "error"]

    init(
        request: HTTPRequestHead, inbox: Mailbox<RPCMessage>, limits: RPCLimits, promise: EventLoopPromise<any Channel>
    ) {
        self.request = request
        self.inbox = inbox
        self.limits = limits
        self.promise = promise
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(Self.wrapOutboundOut(.head(request)), promise: nil)
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head) where head.status == .ok:
            let channel = context.channel
            inbox.onRoom { channel.setOption(.autoRead, value: true).whenSuccess { channel.read() } }
            promise.succeed(channel)
        case .head(let head): refusal = HTTPAnswer(head)
        case .body(let bytes) where refusal != nil: refusal?.add(bytes)
        case .body(var bytes):
            buffer.writeBuffer(&bytes)
            do {
                try cut(context)
            } catch {
                fail(context, error)
            }
        case .end:
            if let refusal { return fail(context, refusal.error) }
            inbox.finish()
            context.close(promise: nil)
        }
    }

    private func cut(_ context: ChannelHandlerContext) throws {
        var isFull = false
        while let length = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self) {
            guard Int(length) <= limits.maxFrameBytes else {
                throw RPCError(
                    .limitExceeded, "a message of \(length) bytes; at most \(limits.maxFrameBytes) are allowed")
            }
            guard buffer.readableBytes >= 4 + Int(length) else { break }
            buffer.moveReaderIndex(forwardBy: 4)
            let bytes = buffer.readSlice(length: Int(length)).map { SharedBytes(copying: $0.readableBytesView) }
            guard let bytes else { break }
            isFull = inbox.put(try Self.message(bytes, limits), cost: bytes.count) || isFull
        }
        // Else it would keep what has been read.
        if buffer.readableBytes == 0 { buffer.clear() } else { buffer.discardReadBytes() }
        guard isFull else { return }
        let (channel, inbox) = (context.channel, inbox)
        channel.setOption(.autoRead, value: false).whenSuccess {
            // Room may have been made before that.
            if !inbox.isFull { channel.setOption(.autoRead, value: true).whenSuccess { channel.read() } }
        }
    }

    private static func message(_ bytes: SharedBytes, _ limits: RPCLimits) throws -> RPCMessage {
        let frame = try HyphaFrame.decode(bytes, limits: limits)
        let type = frame.header["type"]?.stringValue ?? ""
        let isControl = frame.body == nil && frame.header["from"] == nil && controls.contains(type)
        return (isControl ? HyphaMessage.control(frame.header) : .frame(frame)).message
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(context, RPCError(.disconnected, "the server ended its answer in the middle"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(context, error as? RPCError ?? RPCError(.disconnected, "the server's answer cannot be read", cause: error))
    }

    private func fail(_ context: ChannelHandlerContext, _ error: any Error) {
        promise.fail(error)
        inbox.finish(throwing: error)
        context.close(promise: nil)
    }

    func handlerRemoved(context: ChannelHandlerContext) { inbox.onRoom(nil) }
}
