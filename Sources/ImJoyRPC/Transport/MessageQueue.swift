internal import DequeModule
internal import Synchronization

/// A bounded queue of messages between one or more producers and one consumer.
///
/// Producers suspend while it is full. Finishing lets the consumer take what is left and then ends its sequence.
final class MessageQueue: Sendable {
    private struct State {
        var messages: Deque<RPCMessage> = []
        var consumer: CheckedContinuation<RPCMessage?, any Error>?
        var producers: Deque<(id: UInt64, continuation: CheckedContinuation<Void, any Error>)> = []
        var nextID: UInt64 = 0
        var end: Result<Void, any Error>?
    }
    private let state = Mutex(State())
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    /// Adds a message; throws when the queue has been finished or the task cancelled.
    func push(_ message: RPCMessage) async throws {
        try await waitForRoom()
        let consumer = try state.withLock { state -> CheckedContinuation<RPCMessage?, any Error>? in
            if let end = state.end {
                try end.get()
                throw RPCError(.disconnected, "the connection is closed")
            }
            if let consumer = state.consumer {
                state.consumer = nil
                return consumer
            }
            state.messages.append(message)
            return nil
        }
        consumer?.resume(returning: message)
    }

    private func waitForRoom() async throws {
        let id = state.withLock { state -> UInt64? in
            guard state.messages.count >= capacity, state.end == nil else { return nil }
            state.nextID += 1
            return state.nextID
        }
        guard let id else { return }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isFree = state.withLock { state in
                    if Task.isCancelled || state.end != nil || state.messages.count < capacity { return true }
                    state.producers.append((id, continuation))
                    return false
                }
                if isFree { continuation.resume() }
            }
        } onCancel: {
            let waiting = state.withLock { state -> CheckedContinuation<Void, any Error>? in
                guard let index = state.producers.firstIndex(where: { $0.id == id }) else { return nil }
                return state.producers.remove(at: index).continuation
            }
            waiting?.resume(throwing: CancellationError())
        }
        try Task.checkCancellation()
    }

    /// The next message, nil at the end.
    func next() async throws -> RPCMessage? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                typealias Producer = CheckedContinuation<Void, any Error>
                let (result, producer) = state.withLock { state -> (Result<RPCMessage?, any Error>?, Producer?) in
                    if let message = state.messages.popFirst() {
                        return (.success(message), state.producers.popFirst()?.continuation)
                    }
                    if let end = state.end { return (end.map { nil }, nil) }
                    if Task.isCancelled { return (.failure(CancellationError()), nil) }
                    state.consumer = continuation
                    return (nil, nil)
                }
                producer?.resume()
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

    /// Ends the queue; later calls change nothing.
    func finish(throwing error: (any Error)? = nil) {
        let (consumer, producers) = state.withLock { state in
            if state.end == nil { state.end = error.map { .failure($0) } ?? .success(()) }
            defer {
                if state.messages.isEmpty { state.consumer = nil }
                state.producers = []
            }
            return (state.messages.isEmpty ? state.consumer : nil, state.producers)
        }
        for producer in producers { producer.continuation.resume() }
        if let error { consumer?.resume(throwing: error) } else { consumer?.resume(returning: nil) }
    }
}

/// The consumer's view of a queue.
public struct RPCInboundMessages: AsyncSequence, Sendable {
    public typealias Element = RPCMessage
    public typealias Failure = any Error
    let queue: MessageQueue

    public struct AsyncIterator: AsyncIteratorProtocol {
        let queue: MessageQueue
        public func next() async throws -> RPCMessage? { try await queue.next() }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(queue: queue) }
}
