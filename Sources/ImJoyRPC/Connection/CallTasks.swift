internal import Synchronization

/// The tasks in which functions run that the far side has called.
///
/// They are started from whichever thread a call arrives on, which a task group does not allow, and end with their link as
/// those of a group do.
final class CallTasks: Sendable {
    private struct State {
        /// Without a task while that is being made.
        var tasks: [UInt64: Task<Void, Never>?] = [:]
        var lastID: UInt64 = 0
        var hasEnded = false
        var waiter: CheckedContinuation<Void, Never>?

        /// Whoever waits for the last task.
        mutating func takeWaiter() -> CheckedContinuation<Void, Never>? {
            guard hasEnded, tasks.isEmpty else { return nil }
            defer { waiter = nil }
            return waiter
        }
    }
    private let state = Mutex(State())
    private let priority = Task.currentPriority

    /// Runs `body` in a task of its own, of the priority of the task that made this value; nothing happens after
    /// ``end()``.
    ///
    /// - Parameter here: has it begin on the thread of the caller, which goes on when `body` has ended or waits. When other
    ///   tasks run, it is one among them.
    func start(here: Bool, _ body: @escaping @Sendable () async -> Void) {
        let start = state.withLock { state -> (id: UInt64, isFirst: Bool)? in
            guard !state.hasEnded else { return nil }
            state.lastID += 1
            state.tasks.updateValue(nil, forKey: state.lastID)
            return (state.lastID, state.tasks.count == 1)
        }
        guard let (id, isFirst) = start else { return }
        let task = makeTask(here: here && isFirst) {
            await body()
            self.remove(id)
        }
        let isLate = state.withLock { state in
            guard state.tasks[id] != nil else { return false }
            state.tasks[id] = task
            return state.hasEnded
        }
        if isLate { task.cancel() }
    }

    private func makeTask(here: Bool, _ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        if here, #available(macOS 26, iOS 26, tvOS 26, watchOS 26, *) {
            return Task.immediate(priority: priority) { await body() }
        }
        return Task(priority: priority) { await body() }
    }

    private func remove(_ id: UInt64) {
        let waiter = state.withLock { state in
            state.tasks.removeValue(forKey: id)
            return state.takeWaiter()
        }
        waiter?.resume()
    }

    /// Cancels what runs, starts nothing more, and waits until the last task has ended.
    func end() async {
        let tasks = state.withLock { state in
            state.hasEnded = true
            return state.tasks.values.compactMap(\.self)
        }
        for task in tasks { task.cancel() }
        await withCheckedContinuation { continuation in
            let waiter = state.withLock { state in
                state.waiter = continuation
                return state.takeWaiter()
            }
            waiter?.resume()
        }
    }
}
