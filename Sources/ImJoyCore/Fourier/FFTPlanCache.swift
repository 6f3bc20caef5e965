internal import Synchronization

/// The plans used last, kept for the next transform of the same length.
enum FFTPlanCache {
    /// At most this many plans, and bytes in all of them.
    static let countLimit = 64
    static let byteLimit = 64 << 20

    private struct Entry: Sendable {
        var length: Int
        var dtype: DType
        var byteCount: Int
        var plan: any Sendable
    }

    /// The one used last is the last.
    private static let entries = Mutex<[Entry]>([])

    static func plan<R: NDLinearReal>(_ length: Int, of type: R.Type) -> FFTPlan<R> {
        let known = entries.withLock { entries -> FFTPlan<R>? in
            guard let place = entries.firstIndex(where: { $0.length == length && $0.dtype == R.dtype }) else {
                return nil
            }
            let entry = entries.remove(at: place)
            entries.append(entry)
            return entry.plan as? FFTPlan<R>
        }
        if let known { return known }
        // Made outside the lock: two tasks may make the same plan, and neither waits for the other.
        let plan = FFTPlan<R>(length: length)
        let entry = Entry(length: length, dtype: R.dtype, byteCount: plan.byteCount, plan: plan)
        guard entry.byteCount <= byteLimit else { return plan }
        entries.withLock { entries in
            entries.append(entry)
            var total = entries.reduce(0) { $0 + $1.byteCount }
            while entries.count > countLimit || total > byteLimit { total -= entries.removeFirst().byteCount }
        }
        return plan
    }

    /// How many plans are kept, and how many bytes they take.
    static var size: (count: Int, byteCount: Int) {
        entries.withLock { ($0.count, $0.reduce(0) { $0 + $1.byteCount }) }
    }
}
