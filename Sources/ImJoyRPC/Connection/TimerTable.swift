/// When which timer is due, for one task that waits for the earliest of them.
struct TimerTable<ID: Hashable & Sendable>: Sendable {
    private struct Entry {
        var time: Duration
        /// Timers of one time fire in the order in which they were set.
        var order: UInt64
    }
    private var entries: [ID: Entry] = [:]
    private var lastOrder: UInt64 = 0
    /// Until when the task sleeps; a later timer need not wake it.
    private var sleepsUntil: Duration?
    private var isAsleep = false

    var count: Int { entries.count }

    /// Sets a timer, or sets it again; true when the task has to be woken for it.
    mutating func set(_ id: ID, at time: Duration) -> Bool {
        lastOrder += 1
        entries[id] = Entry(time: time, order: lastOrder)
        guard isAsleep, sleepsUntil.map({ time < $0 }) ?? true else { return false }
        isAsleep = false
        return true
    }

    mutating func clear(_ id: ID) { entries[id] = nil }

    /// Takes what is due at `now`, in order.
    mutating func takeDue(_ now: Duration) -> [ID] {
        let due = entries.filter { $0.value.time <= now }
            .sorted { ($0.value.time, $0.value.order) < ($1.value.time, $1.value.order) }.map(\.key)
        for id in due { entries[id] = nil }
        return due
    }

    /// Until when the task may sleep; nil when no timer is set.
    mutating func sleep() -> Duration? {
        sleepsUntil = entries.values.lazy.map(\.time).min()
        isAsleep = true
        return sleepsUntil
    }
}
