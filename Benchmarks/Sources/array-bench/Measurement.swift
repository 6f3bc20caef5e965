internal import Glibc

/// How long a call takes, measured as the peers measure: as many runs as fit a budget, at least 7.
struct Measurement {
    var median: Double
    var minimum: Double
    var processor: Double
    var runs: Int
    /// Calls in each run, for very short ones.
    var inner: Int

    init(budget: Double, _ body: () throws -> Void) rethrows {
        var estimate = try Self.seconds(CLOCK_MONOTONIC, body)
        if estimate < 0.02 { estimate = max(1e-7, try Self.seconds(CLOCK_MONOTONIC, body)) }
        let inner = estimate < 1e-4 ? max(1, Int(2e-4 / estimate)) : 1
        self.inner = inner
        runs = max(7, min(41, Int(budget / (estimate * Double(inner)))))
        var wall: [Double] = []
        var processor: [Double] = []
        for _ in 0..<runs {
            let started = Self.now(CLOCK_PROCESS_CPUTIME_ID)
            wall.append(
                try Self.seconds(CLOCK_MONOTONIC) { for _ in 0..<inner { try body() } } / Double(inner))
            processor.append((Self.now(CLOCK_PROCESS_CPUTIME_ID) - started) / Double(inner))
        }
        wall.sort()
        processor.sort()
        median = wall[runs / 2]
        minimum = wall[0]
        self.processor = processor[runs / 2]
    }

    private static func seconds(_ clock: clockid_t, _ body: () throws -> Void) rethrows -> Double {
        let start = now(clock)
        try body()
        return now(clock) - start
    }

    private static func now(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Keeps the compiler from leaving a call out whose result nobody uses.
    @inline(never)
    static func consume(_ answer: Answer) {}
}
