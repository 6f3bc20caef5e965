internal import DequeModule
internal import Synchronization

/// A bounded queue of messages between one or more producers and one consumer.
///
/// Producers suspend while it is full; their messages enter in the order in which they came. Finishing lets the
/// consumer take what is left and then ends its sequence. The consumer asks for each message, ``next()``, or gets each on
/// the thread of its producer, ``forEach(_:)``, which costs no change of threads.
final class MessageQueue: Sendable {
    private typealias Consumer = CheckedContinuation<RPCMessage?, any Error>
    private struct Producer {
        var id: UInt64
        var message: RPCMessage
        var continuation: CheckedContinuation<Void, any Error>
    }
    /// A consumer that is called.
    private struct Receiver {
        var id: UInt64
        var body: @Sendable (RPCMessage) -> Bool
        var continuation: CheckedContinuation<Void, any Error>
    }
    private struct State {
        var messages: Deque<RPCMessage> = []
        var consumer: Consumer?
        var receiver: Receiver?
        /// Somebody calls the receiver, and goes on until nothing waits any more.
        var isDelivering = false
        var producers: Deque<Producer> = []
        var nextID: UInt64 = 0
        var end: Result<Void, any Error>?

        /// Hands a message to whoever waits for it, or keeps it when there is room.
        mutating func offer(_ message: RPCMessage, capacity: Int) -> Offer {
            if let end { return .ended(end) }
            if let consumer {
                self.consumer = nil
                return .taken(consumer)
            }
            guard messages.count < capacity, producers.isEmpty else { return .full }
            messages.append(message)
            return .kept(isReceived: receiver != nil)
        }

        /// The first message that waits, and the producer whose message has got the free place.
        mutating func popFirst() -> (RPCMessage, Producer?)? {
            guard let message = messages.popFirst() else { return nil }
            let producer = producers.popFirst()
            if let producer { messages.append(producer.message) }
            return (message, producer)
        }
    }
    /// What has become of a message.
    private enum Offer {
        case taken(Consumer)
        /// Somebody may be there who is called for it.
        case kept(isReceived: Bool)
        case full
        case ended(Result<Void, any Error>)
    }
    private let state = Mutex(State())
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    private static let closed = RPCError(.disconnected, "the far side closed the connection")

    /// Adds a message; throws when the queue has been finished or the task cancelled.
    func push(_ message: RPCMessage) async throws {
        if try !Task.isCancelled && tryPush(message) { return }
        let id = makeID()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let offer = state.withLock { state -> Offer in
                    if Task.isCancelled { return .ended(.failure(CancellationError())) }
                    let offer = state.offer(message, capacity: capacity)
                    if case .full = offer {
                        state.producers.append(Producer(id: id, message: message, continuation: continuation))
                    }
                    return offer
                }
                do {
                    // Whoever makes room resumes a producer that waits.
                    if try settle(offer, message) { continuation.resume() }
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        } onCancel: {
            let waiting = state.withLock { state -> Producer? in
                guard let index = state.producers.firstIndex(where: { $0.id == id }) else { return nil }
                return state.producers.remove(at: index)
            }
            waiting?.continuation.resume(throwing: CancellationError())
        }
    }

    /// A number for something that waits.
    private func makeID() -> UInt64 {
        state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
    }

    /// Adds a message when there is room, and throws as ``push(_:)`` does; false when it has to wait.
    func tryPush(_ message: RPCMessage) throws -> Bool {
        try settle(state.withLock { $0.offer(message, capacity: capacity) }, message)
    }

    /// Does outside the lock what follows from an offer; false when the message has to wait.
    private func settle(_ offer: Offer, _ message: RPCMessage) throws -> Bool {
        switch offer {
        case .taken(let consumer): consumer.resume(returning: message)
        case .kept(let isReceived): if isReceived { deliver() }
        case .full: return false
        case .ended(let end):
            try end.get()
            throw Self.closed
        }
        return true
    }

    /// The next message, nil at the end.
    func next() async throws -> RPCMessage? {
        // What is there already needs no waiting, nor what belongs to it.
        let (first, waiting) = state.withLock { state -> (RPCMessage?, Producer?) in
            state.popFirst() ?? (nil, nil)
        }
        waiting?.continuation.resume()
        if let first { return first }
        return try await wait()
    }

    private func wait() async throws -> RPCMessage? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: Consumer) in
                let (result, producer) = state.withLock { state -> (Result<RPCMessage?, any Error>?, Producer?) in
                    if let (message, producer) = state.popFirst() { return (.success(message), producer) }
                    if let end = state.end { return (end.map { nil }, nil) }
                    if Task.isCancelled { return (.failure(CancellationError()), nil) }
                    state.consumer = continuation
                    return (nil, nil)
                }
                producer?.continuation.resume()
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            let waiting = state.withLock { state in
                defer { state.consumer = nil }
                return state.consumer
            }
            waiting?.resume(throwing: CancellationError())
        }
    }

    /// Calls `body` for each message, one after the other, on whichever thread adds it; returns at the end of the queue, or
    /// when `body` returns false, and throws what the queue has been finished with.
    ///
    /// What a producer adds is worked on before it goes on, so `body` must not wait. When the task is cancelled, a last
    /// call of `body` may still be under way.
    func forEach(_ body: @escaping @Sendable (RPCMessage) -> Bool) async throws {
        let id = makeID()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = state.withLock { state in
                    precondition(state.receiver == nil, "a queue has one reader that is called")
                    guard !Task.isCancelled else { return true }
                    state.receiver = Receiver(id: id, body: body, continuation: continuation)
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) } else { deliver() }
            }
        } onCancel: {
            takeReceiver(id)?.continuation.resume(throwing: CancellationError())
        }
    }

    private func takeReceiver(_ id: UInt64) -> Receiver? {
        state.withLock { state in
            guard let receiver = state.receiver, receiver.id == id else { return nil }
            state.receiver = nil
            return receiver
        }
    }

    /// Calls the receiver for what waits, unless somebody does so already.
    private func deliver() {
        enum Step {
            case message(RPCMessage, Receiver, Producer?)
            case end(Result<Void, any Error>, Receiver)
            case nothing
        }
        var isOurs = false
        while true {
            let step = state.withLock { state -> Step in
                guard isOurs || !state.isDelivering else { return .nothing }
                state.isDelivering = false
                guard let receiver = state.receiver else { return .nothing }
                if let (message, producer) = state.popFirst() {
                    state.isDelivering = true
                    return .message(message, receiver, producer)
                }
                guard let end = state.end else { return .nothing }
                state.receiver = nil
                return .end(end, receiver)
            }
            switch step {
            case .nothing: return
            case .end(let end, let receiver): return receiver.continuation.resume(with: end)
            case .message(let message, let receiver, let producer):
                isOurs = true
                producer?.continuation.resume()
                if !receiver.body(message) { takeReceiver(receiver.id)?.continuation.resume() }
            }
        }
    }

    /// Ends the queue; later calls change nothing.
    func finish(throwing error: (any Error)? = nil) {
        let end: Result<Void, any Error> = error.map { .failure($0) } ?? .success(())
        let (consumer, producers) = state.withLock { state -> (Consumer?, Deque<Producer>) in
            guard state.end == nil else { return (nil, []) }
            state.end = end
            defer { (state.consumer, state.producers) = (nil, []) }
            return (state.consumer, state.producers)
        }
        for producer in producers { producer.continuation.resume(throwing: error ?? Self.closed) }
        consumer?.resume(with: end.map { nil })
        deliver()
    }
}

/// The consumer's view of a queue.
public struct RPCInboundMessages: AsyncSequence, Sendable {
    /// One whole message.
    public typealias Element = RPCMessage
    /// What damaged the link.
    public typealias Failure = any Error
    let queue: MessageQueue
    /// Whether a thread that does nothing else waits for messages.
    var isReadByThread = false

    /// Reads message after message.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let queue: MessageQueue
        /// The next message, nil when the far side has gone; throws when the link is damaged.
        public func next() async throws -> RPCMessage? { try await queue.next() }
    }

    /// Calls `body` for each message, on whichever thread it arrives, until it returns false; see
    /// ``MessageQueue/forEach(_:)``.
    func forEach(_ body: @escaping @Sendable (RPCMessage) -> Bool) async throws { try await queue.forEach(body) }

    /// An iterator; several of them share the messages.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(queue: queue) }
}
