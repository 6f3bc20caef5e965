@testable internal import ImJoyCore
internal import ImJoyTestSupport
internal import Testing

@Suite struct LazyNDArrayTests {
    private let a: NDArray<Float>
    private let b: NDArray<Float>

    init() throws {
        a = try NDArray<Float>.arange(5000).reshaped(to: [50, 100]) / 7
        b = a * 2.1 + 1
    }

    @Test func `an expression gives what plain operators give, to the last bit`() throws {
        let (row, column) = (b[0, .all], b[.all, 0].insertingAxis(at: 1))
        #expect(try (a.lazy * b + a).evaluated() == a * b + a)
        #expect(try ((a.lazy - 3) / 2.5).evaluated() == (a - 3) / 2.5)
        #expect(try (2 - a.lazy * row).evaluated() == 2 - a * row)
        #expect(try ((a.lazy - row) * column.lazy).evaluated() == (a - row) * column)
        #expect(
            try ((a.lazy + b) * (a.lazy - b) / (b.lazy * b.lazy + 1)).evaluated() == (a + b) * (a - b) / (b * b + 1))
        #expect(try (-(a.lazy.square() + 1).sqrt()).evaluated() == -(a.square() + 1).sqrt())
        #expect(try (a.lazy / 100).exp().log().tanh().evaluated() == (a / 100).exp().log().tanh())
        #expect(try a.lazy.clipped(to: 10...300).rounded().evaluated() == a.clipped(to: 10...300).rounded())
        #expect(
            try (a.lazy - b).abs().minimum(a).maximum(row).evaluated()
                == NDArray.maximum(NDArray.minimum((a - b).abs(), a), row))
        #expect(try a.multiplied(by: b, adding: a) == a * b + a)
        #expect(try a.multiplied(by: row, adding: column) == a * row + column)
        #expect(a.standardized(subtracting: 3, dividingBy: 2.5) == (a - 3) / 2.5)
    }

    @Test func `views, single elements, empty arrays and every kind of number`() throws {
        #expect(try (a.transposed().lazy * 2 + b.transposed()).evaluated() == a.transposed() * 2 + b.transposed())
        #expect(
            try (a[.step(-3), .step(2)].lazy + b[.step(-3), .step(2)]).evaluated()
                == a[.step(-3), .step(2)] + b[.step(-3), .step(2)])
        #expect(try (NDArray<Float>(scalar: 3).lazy * 2 + 1).evaluated().item == 7)
        #expect(try (NDArray<Float>(scalar: 3).lazy * a).evaluated() == a * 3)
        #expect(try (NDArray<Float>(zeros: [0, 4]).lazy * 2 + 1).evaluated().shape == [0, 4])
        #expect(try a.lazy.evaluated() == a)
        let bytes = NDArray<UInt8>([250, 3, 7])
        #expect(try (bytes.lazy * 2 + bytes).evaluated() == bytes * 2 + bytes)
        #expect(try (-(bytes.lazy)).evaluated() == -bytes)
        let half = NDArray<Float16>([0.1, 1000, 3])
        #expect(try (half.lazy * half + half).evaluated() == half * half + half)
        let zeros = try NDArray<Float>([-0.0, 0, 2]).lazy.clipped(to: 0...1).evaluated()
        #expect(zeros.elements.map(\.sign) == NDArray<Float>([-0.0, 0, 2]).clipped(to: 0...1).elements.map(\.sign))
        let one = NDArray<Float>(zeros: [1, 1])
        #expect(throws: NDArrayError.self) {
            try (one.broadcast(to: [1 << 40, 1]).lazy * one.broadcast(to: [1, 1 << 40])).evaluated()
        }
        #expect(throws: NDArrayError.self) { try (a.lazy + b.transposed()).evaluated() }
        #expect(throws: NDArrayError.self) { try a.multiplied(by: b, adding: b.transposed()) }
    }

    @Test func `large expressions are computed in pieces and past the caches, with the same results`() throws {
        let count = Caches.largest / 12 + 1001
        let large = try NDArray<Int32>.arange(Int32(count)).cast(to: Float.self).sliced([1..<count])
        let result = try ((large.lazy - 5) * 0.25 + large).evaluated()
        #expect(result == (large - 5) * 0.25 + large)
        #expect(try large.multiplied(by: large, adding: large) == large * large + large)
    }
}

#if os(Linux)
    @Suite struct CacheTests {
        @Test func `what the kernel says about a cache is read, and nothing else is believed`() {
            #expect(Caches.bytes(of: "32768K\n".utf8) == 32 << 20)
            #expect(Caches.bytes(of: "1M".utf8) == 1 << 20)
            #expect(Caches.bytes(of: "131072".utf8) == 1 << 17)
            for text in ["", "K", "12", "32768 K", "-1K", "99999999999999999999K", "9999999M", "32KMMMMM"] {
                #expect(Caches.bytes(of: text.utf8) == nil, "\(text)")
            }
            #expect((64 << 10...4 << 30).contains(Caches.largest))
        }
    }
#endif

/// The setting is the program's, so these run one after another.
@Suite(.serialized) struct ComputeThreadsTests {
    @Test func `results do not depend on the number of threads`() async {
        await #expect(processExitsWith: .success) {
            let a = NDArray<Float>.arange(2_000_000) / 1000
            let plane = try NDArray<Float>.arange(512 * 512).reshaped(to: [512, 512])
            let tall = try (NDArray<Float>.arange(35 * 8000) / 1000).reshaped(to: [35, 8000])
            let whole = try NDArray<Int32>.arange(300 * 300).reshaped(to: [300, 300])
            let mixed = (a.sin() * 30_000).rounded()
            var withNaN = mixed
            withNaN[.step(1000)] = NDArray(repeating: .nan, shape: [2000])
            let rows = try a[0..<1_999_980].reshaped(to: [166_665, 12])
            func results() throws -> [AnyNDArray] {
                [
                    AnyNDArray(a.sin()), AnyNDArray(a * a + a), AnyNDArray(a .> 1000), AnyNDArray(a.power(0.3)),
                    AnyNDArray(a.cast(to: UInt8.self)), AnyNDArray(try plane.fft2()),
                    AnyNDArray(try whole.matmul(whole)),
                    AnyNDArray(try tall.matmul(tall.transposed())),
                    AnyNDArray(
                        try NDArray.stack(Array(repeating: plane, count: 8)).sliced([.all, 0..<100, 0..<100])
                            .matmul(plane[0..<100, 0..<100])),
                    AnyNDArray(try ((a.lazy - 1) / 3).evaluated()), AnyNDArray(try a.multiplied(by: a, adding: a)),
                    AnyNDArray(try mixed.sorted()), AnyNDArray(try mixed.argSort()),
                    AnyNDArray(try a.taking(mixed.argSort(), along: 0)),
                    AnyNDArray(try mixed.percentiles([0, 1, 50, 99.5, 100])),
                    AnyNDArray(try mixed.cast(to: Int16.self).argSort()), AnyNDArray(mixed.unique()),
                    AnyNDArray(
                        try withNaN.quantiles(
                            [0.03, 0.5], as: Float.self, along: nil, keepingAxes: false, method: .linear,
                            ignoringNaN: true)),
                    AnyNDArray(try tall.reshaped(to: [7, 40_000]).median(along: [0])),
                    AnyNDArray(try rows.transposed().matmul(rows)),
                ]
            }
            ComputeThreads.count = 1
            precondition(ComputeThreads.count == 1)
            let alone = try results()
            for threads in [2, 3, 7] {
                ComputeThreads.count = threads
                for (number, (one, many)) in zip(alone, try results()).enumerated() {
                    precondition(one == many, "result \(number) on \(threads) threads")
                }
                do {
                    // The first place that is outside is the one that is named.
                    var places = try mixed.argSort()
                    places[1_700_000] = -2_000_001
                    places[1_100_000] = 2_000_000
                    _ = try a.taking(places, along: 0)
                    preconditionFailure("a place outside was accepted")
                } catch let error as NDArrayError {
                    precondition(error.message.contains("2000000"), error.message)
                }
            }
            ComputeThreads.count = 0
            precondition(ComputeThreads.count == 1)
        }
    }

    @Test func `every element belongs to one range, and ranges begin where they may`() {
        for (count, grain) in [(0, 1), (1, 64), (1000, 64), (1001, 7), (64, 64)] {
            withUnsafeTemporaryAllocation(of: Int.self, capacity: count + 1) { visits in
                visits.initialize(repeating: 0)
                ComputeThreads.split(count, grain: grain, nanoseconds: 1e9) { range in
                    precondition(range.isEmpty || range.lowerBound % grain == 0)
                    for index in range { visits[index] += 1 }
                }
                #expect(visits.dropLast().allSatisfy { $0 == 1 }, "\(count) by \(grain)")
            }
        }
    }
}
