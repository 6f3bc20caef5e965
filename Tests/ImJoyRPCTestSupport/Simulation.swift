/// Runs asynchronous code on the calling thread, one step after another, under a clock of its own.
///
/// Time stands still while anything can run, and jumps to the next sleeper when nothing can: code that waits for minutes
/// ends at once, and a program of the same inputs takes the same steps. Code that waits for ever is found out.
///
/// Everything must stay in tasks of the simulation: no threads, no detached tasks.
package final class Simulation: TaskExecutor {
    /// Why a simulation was given up.
    package struct Stuck: Error, CustomStringConvertible {
        package let description: String
    }

    private struct Sleeper {
        var id: UInt64
        var time: Duration
        var continuation: CheckedContinuation<Void, any Error>
    }
    private struct State {
        var jobs: [UnownedJob] = []
        var now = Duration.zero
        var sleepers: [Sleeper] = []
        var lastSleeper: UInt64 = 0
    }
    private let state = Guarded(State())

    package init() {}

    /// The clock of the simulation, for code that takes one.
    package var clock: SimulatedClock { SimulatedClock(simulation: self) }

    /// Time since the start.
    package var now: Duration { state.withLock { $0.now } }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
    }

    /// Runs `body` to its end and returns its result; throws ``Stuck`` when it does not end within `limit` of the clock.
    package func run<R: Sendable>(
        limit: Duration = .seconds(100_000), _ body: @escaping @Sendable () async throws -> R
    ) throws -> R {
        let result = Guarded(Result<R, any Error>?.none)
        Task(executorPreference: self) {
            do {
                let value = try await body()
                result.withLock { $0 = .success(value) }
            } catch {
                result.withLock { $0 = .failure(error) }
            }
        }
        while true {
            let jobs = state.withLock { state in
                defer { state.jobs = [] }
                return state.jobs
            }
            for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
            if !jobs.isEmpty { continue }
            if let result = result.withLock({ $0 }) { return try result.get() }
            guard let sleeper = nextSleeper() else { throw Stuck(description: "all tasks wait for each other") }
            guard now <= limit else { throw Stuck(description: "no end within \(limit)") }
            sleeper.continuation.resume()
        }
    }

    /// Lets time pass until the first sleeper wakes.
    private func nextSleeper() -> Sleeper? {
        state.withLock { state in
            guard
                let index = state.sleepers.indices.min(by: {
                    (state.sleepers[$0].time, state.sleepers[$0].id) < (state.sleepers[$1].time, state.sleepers[$1].id)
                })
            else { return nil }
            let sleeper = state.sleepers.remove(at: index)
            state.now = max(state.now, sleeper.time)
            return sleeper
        }
    }

    fileprivate func sleep(until time: Duration) async throws {
        let id = state.withLock { state in
            state.lastSleeper += 1
            return state.lastSleeper
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if Task.isCancelled { return true }
                    state.sleepers.append(Sleeper(id: id, time: time, continuation: continuation))
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = state.withLock { state -> Sleeper? in
                guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else { return nil }
                return state.sleepers.remove(at: index)
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}

/// The time of a simulation.
package struct SimulatedClock: Clock {
    package struct Instant: InstantProtocol {
        package var sinceStart: Duration
        package func advanced(by duration: Duration) -> Instant { Instant(sinceStart: sinceStart + duration) }
        package func duration(to other: Instant) -> Duration { other.sinceStart - sinceStart }
        package static func < (a: Instant, b: Instant) -> Bool { a.sinceStart < b.sinceStart }
    }
    fileprivate let simulation: Simulation

    package var now: Instant { Instant(sinceStart: simulation.now) }
    package var minimumResolution: Duration { .nanoseconds(1) }

    package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try await simulation.sleep(until: deadline.sinceStart)
    }
}
