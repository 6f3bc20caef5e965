internal import DequeModule
internal import Synchronization

/// What an event loop has received and a task has not taken yet.
///
/// Putting in never waits; it tells when enough is waiting, and whoever puts in must stop then until `onRoom` is called.
final class Mailbox<Element: Sendable>: Sendable {
    private typealias Consumer = CheckedContinuation<Element?, any Error>
    private struct State {
        var elements: Deque<(element: Element, cost: Int)> = []
        var cost = 0
        /// Waiting tasks in the order in which they came.
        var consumers: Deque<(id: UInt64, continuation: Consumer)> = []
        var nextID: UInt64 = 0
        var isFull = false
        var end: Result<Void, any Error>?
        var onRoom: (@Sendable () -> Void)?
    }
    private let state = Mutex(State())
    private let maxCost: Int
    private let maxCount: Int

    init(maxCost: Int = .max, maxCount: Int) {
        self.maxCost = maxCost
        self.maxCount = maxCount
    }

    /// Has `action` called each time when half of what made it full has been taken.
    func onRoom(_ action: (@Sendable () -> Void)?) { state.withLock { $0.onRoom = action } }

    /// Adds an element, unless the end has come; true when no more should be put in for now.
    @discardableResult
    func put(_ element: Element, cost: Int = 1) -> Bool {
        let (consumer, isFull) = state.withLock { state -> (Consumer?, Bool) in
            guard state.end == nil else { return (nil, false) }
            if let consumer = state.consumers.popFirst() { return (consumer.continuation, state.isFull) }
            state.elements.append((element, cost))
            state.cost += cost
            if state.cost >= maxCost || state.elements.count >= maxCount { state.isFull = true }
            return (nil, state.isFull)
        }
        consumer?.resume(returning: element)
        return isFull
    }

    /// The next element, nil at the end.
    func next() async throws -> Element? {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: Consumer) in
                let (result, onRoom) = state.withLock {
                    state -> (Result<Element?, any Error>?, (@Sendable () -> Void)?) in
                    if let (element, cost) = state.elements.popFirst() {
                        state.cost -= cost
                        return (.success(element), Self.makeRoom(&state, maxCost, maxCount))
                    }
                    if let end = state.end { return (end.map { nil }, nil) }
                    if Task.isCancelled { return (.failure(CancellationError()), nil) }
                    state.consumers.append((id, continuation))
                    return (nil, nil)
                }
                onRoom?()
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            let waiting = state.withLock { state -> Consumer? in
                guard let index = state.consumers.firstIndex(where: { $0.id == id }) else { return nil }
                return state.consumers.remove(at: index).continuation
            }
            waiting?.resume(throwing: CancellationError())
        }
    }

    private static func makeRoom(_ state: inout State, _ maxCost: Int, _ maxCount: Int) -> (@Sendable () -> Void)? {
        guard state.isFull, state.cost <= maxCost / 2, state.elements.count <= maxCount / 2 else { return nil }
        state.isFull = false
        return state.onRoom
    }

    /// Whether no more should be put in for now.
    var isFull: Bool { state.withLock { $0.isFull } }

    /// What waits to be taken, in the unit of the costs.
    var waitingCost: Int { state.withLock { $0.cost } }

    /// Ends it: what is in it can still be taken. Later calls change nothing.
    func finish(throwing error: (any Error)? = nil) {
        let end: Result<Void, any Error> = error.map { .failure($0) } ?? .success(())
        let consumers = state.withLock { state -> Deque<(id: UInt64, continuation: Consumer)> in
            guard state.end == nil else { return [] }
            state.end = end
            state.isFull = false
            defer { state.consumers = [] }
            return state.consumers
        }
        for consumer in consumers { consumer.continuation.resume(with: end.map { nil }) }
    }

    /// Ends it and returns what was not taken.
    func drain() -> [Element] {
        finish()
        return state.withLock { state in
            defer { (state.elements, state.cost) = ([], 0) }
            return state.elements.map(\.element)
        }
    }
}
