internal import Synchronization

/// The tasks in which functions run that the far side has called.
///
/// They are started from whichever thread a call arrives on, which a task group does not allow, and end with their link as
/// those of a group do.
final class CallTasks: Sendable {
    /// A task that runs, for as long as it is in the table.
    ///
    /// Sendable because any task may cancel another one, and nothing else is done with it.
    private struct Running: @unchecked Sendable { let task: UnsafeCurrentTask }

    private struct State {
        /// Empty for a task that has not begun.
        var tasks: [UInt64: Running?] = [:]
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
        let run = { @Sendable in await self.run(id, body) }
        if here, isFirst, #available(macOS 26, iOS 26, tvOS 26, watchOS 26, *) {
            Task.immediateDetached(priority: priority) { await run() }
        } else {
            Task.detached(priority: priority) { await run() }
        }
    }

    private func run(_ id: UInt64, _ body: @Sendable () async -> Void) async {
        await withUnsafeCurrentTask { task in
            if let task {
                let isLate = state.withLock { state in
                    state.tasks[id] = Running(task: task)
                    return state.hasEnded
                }
                if isLate { task.cancel() }
            }
            await body()
            let waiter = state.withLock { state in
                state.tasks.removeValue(forKey: id)
                return state.takeWaiter()
            }
            waiter?.resume()
        }
    }

    /// Cancels what runs, starts nothing more, and waits until the last task has ended.
    func end() async {
        state.withLock { state in
            state.hasEnded = true
            // Under the lock, since a task that has left the table may be gone.
            for case let running? in state.tasks.values { running.task.cancel() }
        }
        await withCheckedContinuation { continuation in
            let waiter = state.withLock { state in
                state.waiter = continuation
                return state.takeWaiter()
            }
            waiter?.resume()
        }
    }
}
