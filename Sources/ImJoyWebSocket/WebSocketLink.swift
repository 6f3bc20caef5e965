public import ImJoyCore
internal import ImJoyRPC
internal import NIOCore
internal import Synchronization

/// One end of an open WebSocket, as tasks see it; the connection is cut when nobody holds it any more.
final class WebSocketLink: Sendable {
    let inbox: Mailbox<WebSocketMessage>
    private let channel: any Channel
    private let stream: NIOLoopBound<WebSocketFrameStream>
    private let nextID = Mutex<UInt64>(0)
    private let isOpened = Mutex(false)

    /// Makes `channel`, from which all handlers of the handshake go, a WebSocket. Call on its event loop.
    init(_ channel: any Channel, role: WebSocketRole, configuration: WebSocketConfiguration) throws {
        let stream = WebSocketFrameStream(role: role, configuration: configuration)
        try channel.pipeline.syncOperations.addHandler(stream)
        self.channel = channel
        self.stream = NIOLoopBound(stream, eventLoop: channel.eventLoop)
        inbox = stream.inbox
    }

    deinit { channel.close(promise: nil) }

    func send(_ kind: WebSocketFrameKind, _ pieces: [SharedBytes]) async throws {
        let source = ByteSource(pieces)
        let id = nextID.withLock { id in
            id += 1
            return id
        }
        let (channel, stream) = (channel, stream)
        try await withTaskCancellationHandler {
            try Task.checkCancellation()
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                channel.eventLoop.execute { stream.value.send(kind, source, id: id, continuation) }
                // A cancellation before this line was told to the stream too early.
                if Task.isCancelled { channel.eventLoop.execute { stream.value.cancel(id: id) } }
            }
        } onCancel: {
            channel.eventLoop.execute { stream.value.cancel(id: id) }
        }
    }

    /// Begins to close; both sides then have some time to end in order.
    func close(_ close: WebSocketClose, toReaders error: RPCError? = nil) {
        let stream = stream
        channel.eventLoop.execute { stream.value.close(close, toReaders: error) }
    }

    /// Closes without keeping the link alive.
    var closer: @Sendable (WebSocketClose) -> Void {
        let (channel, stream) = (channel, stream)
        return { close in channel.eventLoop.execute { stream.value.close(close) } }
    }

    /// Waits until the connection has ended.
    func waitUntilClosed() async { try? await channel.closeFuture.get() }

    /// Lends the link to `body`, and closes it in order when that returns: with 1000, or 1011 when it throws.
    func run<R: Sendable>(_ body: (WebSocketInbound, WebSocketWriter) async throws -> R) async throws -> R {
        let isFirst = isOpened.withLock { isOpened in
            defer { isOpened = true }
            return !isOpened
        }
        guard isFirst else { throw RPCError(.refused, "a WebSocket opens once; make a new one") }
        let result: Result<R, any Error>
        do {
            result = .success(try await body(WebSocketInbound(inbox: inbox), WebSocketWriter(link: self)))
            close(WebSocketClose(.normal))
        } catch {
            result = .failure(error)
            close(error is CancellationError ? WebSocketClose(.goingAway) : WebSocketClose(.internalError))
        }
        await waitUntilClosed()
        return try result.get()
    }
}

/// The messages that arrive over a WebSocket.
///
/// Ends when the far side has closed with 1000 or 1001; other ends throw an `RPCError` whose cause is a
/// ``WebSocketClose`` when there was one.
public struct WebSocketInbound: AsyncSequence, Sendable {
    /// One whole message.
    public typealias Element = WebSocketMessage
    /// What damaged the link.
    public typealias Failure = any Error
    let inbox: Mailbox<WebSocketMessage>

    /// Reads message after message.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let inbox: Mailbox<WebSocketMessage>
        /// The next message, nil when the far side has closed.
        public func next() async throws -> WebSocketMessage? { try await inbox.next() }
    }

    /// An iterator; several of them share the messages.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(inbox: inbox) }
}

/// The sending half of a WebSocket.
public struct WebSocketWriter: Sendable {
    let link: WebSocketLink

    /// Sends one message; suspends while the other side is slow, and that is the backpressure.
    ///
    /// Cancelling a task in the middle of a message ends the connection, as half a message cannot be taken back.
    public func write(_ message: WebSocketMessage) async throws {
        switch message {
        case .binary(let bytes): try await write([bytes])
        case .text(let text): try await link.send(.text, [SharedBytes(copying: text.utf8)])
        }
    }

    /// Sends one binary message whose bytes lie in several places; they are not joined before.
    public func write(_ pieces: [SharedBytes]) async throws { try await link.send(.binary, pieces) }

    /// Begins to close with a code and a reason of ours; messages that came before can still be read.
    public func close(_ close: WebSocketClose) { link.close(close) }
}
