internal import Glibc
internal import ImJoyCore

/// What this machine can do at best on one thread, measured in this run.
struct Floors {
    /// Bytes a second, by the size of what is moved.
    private let bandwidths: [(upTo: Int, bytesPerSecond: Double)]
    private let flopsPerSecond: (single: Double, double: Double)

    /// Measures; matrix products must have been set to one thread.
    init(budget: Double = 0.1) throws {
        // Traffic up to the limit stays in a cache close to the core, in the shared one, or goes to memory.
        bandwidths = [(1 << 20, 1 << 18), (24 << 20, 4 << 20), (Int.max, 64 << 20)].map { limit, size in
            let source = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
            let target = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
            memset(source, 1, size)
            memset(target, 2, size)
            let time = Measurement(budget: budget) { Self.copy(source, to: target, size) }
            source.deallocate()
            target.deallocate()
            return (limit, Double(2 * size) / time.minimum)
        }
        let n = 512
        func flops<T: NDNumber>(_ a: NDArray<T>, _ b: NDArray<T>) throws -> Double {
            let time = try Measurement(budget: budget) { Measurement.consume(.array(try a.matmul(b))) }
            return Double(2 * n * n * n) / time.minimum
        }
        flopsPerSecond = (
            try flops(Inputs.float(1, [n, n]), Inputs.float(2, [n, n])),
            try flops(Inputs.double(1, [n, n]), Inputs.double(2, [n, n]))
        )
    }

    /// Out of the optimizer's sight, which leaves out copies that the next one writes over: then estimates are too short.
    @inline(never)
    private static func copy(_ source: UnsafeMutableRawPointer, to target: UnsafeMutableRawPointer, _ count: Int) {
        memcpy(target, source, count)
    }

    /// The least time that the work can take, in seconds.
    func floor(of work: Work, isDouble: Bool) -> Double {
        let bandwidth = bandwidths.first { work.bytes <= $0.upTo }?.bytesPerSecond ?? .infinity
        let flops = isDouble ? flopsPerSecond.double : flopsPerSecond.single
        return max(Double(work.bytes) / bandwidth, Double(work.flops) / flops)
    }

    var json: String {
        let rates = bandwidths.map { "\($0.bytesPerSecond / 1e9)" }.joined(separator: ", ")
        return
            "{\"copy_GB_per_s\": [\(rates)], \"GFLOP_per_s\": [\(flopsPerSecond.single / 1e9), \(flopsPerSecond.double / 1e9)]}"
    }
}
