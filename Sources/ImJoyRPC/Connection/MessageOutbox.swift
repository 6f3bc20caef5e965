internal import DequeModule
internal import Synchronization

/// Messages that wait for a link to take them: anybody adds without waiting, one task takes.
final class MessageOutbox: Sendable {
    private struct State {
        var messages: Deque<RPCMessage> = []
        var taker: CheckedContinuation<Void, Never>?
        var isFinished = false
    }
    private let state = Mutex(State())
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    /// Adds a message; false when as many wait as may, which says that the far side does not read.
    ///
    /// Nothing is added after ``finish()``.
    func push(_ message: RPCMessage) -> Bool {
        let (isTaken, taker) = state.withLock { state -> (Bool, CheckedContinuation<Void, Never>?) in
            if state.isFinished { return (true, nil) }
            guard state.messages.count < capacity else { return (false, nil) }
            state.messages.append(message)
            defer { state.taker = nil }
            return (true, state.taker)
        }
        taker?.resume()
        return isTaken
    }

    /// The next message; nil after ``finish()``, when all are taken.
    func next() async -> RPCMessage? {
        while true {
            let (message, isDone) = state.withLock { ($0.messages.popFirst(), $0.isFinished) }
            if message != nil || isDone { return message }
            await withCheckedContinuation { continuation in
                let hasNews = state.withLock { state in
                    if !state.messages.isEmpty || state.isFinished { return true }
                    state.taker = continuation
                    return false
                }
                if hasNews { continuation.resume() }
            }
        }
    }

    /// Takes no more messages; those that wait can still be taken, unless they are dropped.
    func finish(dropping: Bool = false) {
        let taker = state.withLock { state in
            state.isFinished = true
            if dropping { state.messages = [] }
            defer { state.taker = nil }
            return state.taker
        }
        taker?.resume()
    }
}
