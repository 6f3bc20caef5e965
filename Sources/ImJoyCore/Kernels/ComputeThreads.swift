internal import CImJoyShims
internal import Dispatch
internal import Synchronization

/// How many threads one operation on arrays may use.
///
/// ```swift
/// ComputeThreads.count = 1        // a server that computes for many clients at once
/// ```
/// All processors that the process may run on by default. The setting is the program's: it holds for every array, and for
/// OpenBLAS too, which keeps to its own variables (such as `OPENBLAS_NUM_THREADS`) until a number is set here. Arithmetic,
/// functions, casts, sorting, percentiles, lookups, filters, Fourier transforms and matrix products use several threads;
/// sums and copies one. Results do not depend on the number, but for float matrix products and decompositions that OpenBLAS does.
public enum ComputeThreads {
    private static let setting = Atomic<Int>(0)

    /// The number of threads, at least 1. Set it at the start of a program, not while others compute.
    public static var count: Int {
        get {
            chosenCount ?? processorCount
        }
        set {
            setting.store(max(newValue, 1), ordering: .relaxed)
            OpenBLAS.threadCountChanged(to: max(newValue, 1))
        }
    }

    /// How many processors this process may run on.
    private static let processorCount = max(Int(imjoy_processor_count()), 1)

    /// The number that was set, nil when none was; then OpenBLAS follows its own rules and variables.
    static var chosenCount: Int? {
        let chosen = setting.load(ordering: .relaxed)
        return chosen > 0 ? chosen : nil
    }

    /// Several pieces for each thread, so that a processor that is busy with something else does not hold up the end.
    private static let piecesPerThread = 4

    /// Work that takes less is done at once: waking another thread costs 30 to 40 µs.
    static let leastNanoseconds = 150_000.0

    /// Calls `body` with ranges that together are `0..<count`, on several threads when the work is worth it.
    ///
    /// - Parameters:
    ///   - grain: where ranges may begin, in elements.
    ///   - nanoseconds: about how long one element takes.
    ///
    /// Work of less than ``leastNanoseconds`` is done at once.
    static func split(_ count: Int, grain: Int = 64, nanoseconds: Double, _ body: (Range<Int>) -> Void) {
        guard Double(count) * nanoseconds > leastNanoseconds, Self.count > 1, count > grain else {
            return body(0..<count)
        }
        let pieces = min(piecesPerThread * Self.count, (count + grain - 1) / grain)
        let length = ((count + pieces - 1) / pieces + grain - 1) / grain * grain
        // As many helpers as threads, each of which takes the next piece there is.
        let next = Atomic<Int>(0)
        withoutActuallyEscaping(body) { body in
            let work = UnsafeWork(body: body)
            DispatchQueue.concurrentPerform(iterations: min(Self.count, pieces)) { _ in
                while true {
                    let start = next.add(1, ordering: .relaxed).oldValue * length
                    if start >= count { return }
                    work.body(start..<min(start + length, count))
                }
            }
        }
    }

    /// A closure that several threads call at once.
    ///
    /// Sendable because callers of ``split(_:grain:nanoseconds:_:)`` write to places of their range only.
    private struct UnsafeWork: @unchecked Sendable {
        let body: (Range<Int>) -> Void
    }
}
