internal import DequeModule
internal import ImJoyCore
internal import ImJoyRPC
internal import NIOCore

/// The last handler of a channel: bytes to messages, messages to frames, pings, time limits and the end.
///
/// Everything here happens on the channel's event loop. Reading stops while the inbox is full, and writing while the
/// channel is, so neither side makes the other hold more than a few fragments.
final class WebSocketFrameStream: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    typealias Continuation = CheckedContinuation<Void, any Error>

    /// A message that a task wants to send; the task waits until the channel has taken all of it.
    private struct Outgoing {
        var id: UInt64
        var kind: WebSocketFrameKind
        var source: ByteSource
        var isStarted = false
        var continuation: Continuation
    }

    private enum Phase {
        case open
        /// Our close frame is on its way; the connection is cut when the time is over.
        case closing(limit: Scheduled<Void>)
        case closed
    }

    let inbox: Mailbox<WebSocketMessage>
    private let configuration: WebSocketConfiguration
    private let role: WebSocketRole
    private let writer: WebSocketFrameWriter
    private var reader: WebSocketFrameReader
    private var phase = Phase.open
    private var context: ChannelHandlerContext?
    private var outgoing: Deque<Outgoing> = []
    /// The answer to the newest ping; older ones need none (section 5.5.3).
    private var pong: [UInt8]?
    /// A read that waits until the inbox has room.
    private var isReadHeldBack = false
    private var isPumping = false
    private var hasHeardClose = false
    private var isCloseWritten = false
    /// Why nothing can be written any more.
    private var failure: RPCError?
    private var lastHeard = NIODeadline.uptimeNanoseconds(0)
    private var hasPinged = false
    private var timer: RepeatedTask?

    init(role: WebSocketRole, configuration: WebSocketConfiguration) {
        self.role = role
        self.configuration = configuration
        writer = WebSocketFrameWriter(role: role)
        reader = WebSocketFrameReader(role: role, configuration: configuration)
        inbox = Mailbox(maxCost: configuration.maxWaitingBytes, maxCount: configuration.maxWaitingMessages)
    }

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let loop = context.eventLoop
        let bound = NIOLoopBound(self, eventLoop: loop)
        inbox.onRoom { loop.execute { bound.value.readOn() } }
        lastHeard = loop.now
        let intervals = [configuration.pingInterval, configuration.idleTimeout].compactMap { $0 }
        if let step = intervals.min() {
            let amount = TimeAmount(step)
            timer = loop.scheduleRepeatedTask(initialDelay: amount, delay: amount) { _ in bound.value.checkSilence() }
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end(RPCError(.disconnected, "the connection was closed"))
        inbox.onRoom(nil)
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        let lost = WebSocketClose(.abnormal, "the connection ended without a close frame")
        end(RPCError(.disconnected, "the far side is gone (\(lost))", cause: lost))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(RPCError(.disconnected, "the connection was lost", cause: error))
        context.close(promise: nil)
    }

    /// Everybody who waits hears of the end; what a close frame has told before stays true.
    private func end(_ error: RPCError) {
        if case .closing(let limit) = phase { limit.cancel() }
        phase = .closed
        timer?.cancel()
        failAll(failure ?? error)
        inbox.finish(throwing: error)
    }

    private func failAll(_ error: RPCError) {
        failure = error
        let waiting = outgoing
        outgoing = []
        for message in waiting { message.continuation.resume(throwing: error) }
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = Self.unwrapInboundIn(data)
        lastHeard = context.eventLoop.now
        hasPinged = false
        do {
            try buffer.withUnsafeReadableBytes { bytes in
                var input = bytes[...]
                while let event = try reader.next(&input) { receive(event) }
            }
        } catch let violation as WebSocketClose {
            close(violation, toReaders: violation.localError)
        } catch {
            close(WebSocketClose(.internalError), toReaders: RPCError(error, as: .disconnected))
        }
    }

    func read(context: ChannelHandlerContext) {
        if case .open = phase, inbox.isFull {
            isReadHeldBack = true
        } else {
            context.read()
        }
    }

    private func readOn() {
        guard isReadHeldBack else { return }
        isReadHeldBack = false
        // What the far side has sent while nobody read is heard now.
        lastHeard = context?.eventLoop.now ?? lastHeard
        context?.read()
    }

    private func receive(_ event: WebSocketFrameReader.Event) {
        switch event {
        case .message(let message): inbox.put(message, cost: message.byteCount)
        case .ping(let payload):
            pong = payload
            pump()
        case .pong: break
        case .close(let theirs):
            hasHeardClose = true
            // The code goes back as it came (section 5.5.1).
            close(WebSocketClose(theirs.code), toReaders: theirs.remoteError)
        }
    }

    // MARK: Writing

    /// Sends a message; `continuation` is resumed when the channel has taken all of it.
    func send(_ kind: WebSocketFrameKind, _ source: ByteSource, id: UInt64, _ continuation: Continuation) {
        guard case .open = phase else {
            return continuation.resume(
                throwing: failure ?? RPCError(.disconnected, "the connection is closed"))
        }
        outgoing.append(Outgoing(id: id, kind: kind, source: source, continuation: continuation))
        pump()
    }

    /// Takes back a message. One of which a part is sent cannot be completed, so that the connection ends with it.
    func cancel(id: UInt64) {
        guard let index = outgoing.firstIndex(where: { $0.id == id }) else { return }
        let message = outgoing.remove(at: index)
        message.continuation.resume(throwing: CancellationError())
        guard message.isStarted else { return }
        let reason = "a message was given up when a part of it had been sent"
        close(WebSocketClose(.internalError, reason), toReaders: RPCError(.disconnected, reason))
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            // Not at once: a far side that reads quickly must not keep the loop from its other connections.
            let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
            context.eventLoop.execute { bound.value.pump() }
        }
        context.fireChannelWritabilityChanged()
    }

    /// Hands fragments to the channel while it takes them.
    private func pump() {
        guard let context, case .open = phase, !isPumping else { return }
        isPumping = true
        defer { isPumping = false }
        var hasWritten = false
        while context.channel.isWritable, let frame = nextFrame(allocator: context.channel.allocator) {
            context.write(Self.wrapOutboundOut(frame), promise: nil)
            hasWritten = true
        }
        if hasWritten { context.flush() }
    }

    private func nextFrame(allocator: ByteBufferAllocator) -> ByteBuffer? {
        if let payload = pong {
            pong = nil
            return writer.control(.pong, payload, allocator: allocator)
        }
        guard var message = outgoing.popFirst() else { return nil }
        let length = min(message.source.count, max(configuration.fragmentBytes, 1))
        let kind = message.isStarted ? .continuation : message.kind
        let isFinal = length == message.source.count
        let frame = writer.data(
            kind, isFinal: isFinal, length: length, of: &message.source, allocator: allocator)
        message.isStarted = true
        if isFinal {
            message.continuation.resume()
        } else {
            outgoing.prepend(message)
        }
        return frame
    }

    private func writeControl(_ kind: WebSocketFrameKind, _ payload: [UInt8], promise: EventLoopPromise<Void>? = nil) {
        guard let context else {
            promise?.fail(ChannelError.alreadyClosed)
            return
        }
        let frame = writer.control(kind, payload, allocator: context.channel.allocator)
        context.writeAndFlush(Self.wrapOutboundOut(frame), promise: promise)
    }

    // MARK: Silence

    private func checkSilence() {
        guard let context, case .open = phase else { return }
        // While we do not read, we cannot hear.
        guard !isReadHeldBack else { return lastHeard = context.eventLoop.now }
        let silence = context.eventLoop.now - lastHeard
        if let limit = configuration.idleTimeout, silence >= TimeAmount(limit) {
            let reason = "nothing was heard for \(limit)"
            close(WebSocketClose(.goingAway, reason), toReaders: RPCError(.disconnected, reason))
        } else if let interval = configuration.pingInterval, silence >= TimeAmount(interval), !hasPinged {
            hasPinged = true
            writeControl(.ping, [])
        }
    }

    // MARK: The end

    /// Ends the link in an orderly way: a close frame, the far side's answer, the end of the connection.
    ///
    /// Messages that were received before can still be taken; after them comes `error`, or the end when it is nil.
    func close(_ close: WebSocketClose, toReaders error: RPCError? = nil) {
        inbox.finish(throwing: error)
        guard let context, case .open = phase else { return endOutputWhenDone() }
        failAll(error ?? RPCError(.disconnected, "the connection was closed (\(close))", cause: close))
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let limit = context.eventLoop.scheduleTask(in: TimeAmount(configuration.closeTimeout)) {
            bound.value.cut()
        }
        phase = .closing(limit: limit)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenComplete { _ in
            bound.value.isCloseWritten = true
            bound.value.endOutputWhenDone()
        }
        writeControl(.close, close.payload, promise: written)
        // What is still to come before the far side's close is read and dropped.
        readOn()
    }

    private func cut() { context?.close(promise: nil) }

    /// Once both sides have closed, or the far side cannot be understood, we say no more and wait for it to end.
    ///
    /// The connection is not cut at once: bytes that nobody has read would make the system drop our last frame. A client
    /// leaves the first step to its server (section 7.1.1).
    private func endOutputWhenDone() {
        guard let context, case .closing = phase, isCloseWritten, reader.isDone else { return }
        if role == .server || !hasHeardClose { context.close(mode: .output, promise: nil) }
    }
}
