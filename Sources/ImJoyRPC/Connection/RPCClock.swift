/// A clock of any kind, whose time is counted from when this was made.
struct RPCClock: Sendable {
    /// The time now.
    let now: @Sendable () -> Duration
    /// Returns at a time, or throws when the task is cancelled.
    let sleep: @Sendable (Duration) async throws -> Void

    init(_ clock: some Clock<Duration>) {
        let start = clock.now
        now = { start.duration(to: clock.now) }
        sleep = { time in try await clock.sleep(until: start.advanced(by: time), tolerance: nil) }
    }
}
