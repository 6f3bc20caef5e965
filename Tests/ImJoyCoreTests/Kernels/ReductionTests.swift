internal import ComplexModule
internal import ImJoyCore
internal import ImJoyTestSupport
internal import Testing

@Suite struct ReductionTests {
    /// Every set of axes of an array of `rank` axes.
    private func axisSets(_ rank: Int) -> [[Int]] {
        (0..<(1 << rank)).map { bits in (0..<rank).filter { bits & (1 << $0) != 0 } }
    }

    /// The elements that fold into each element of the result, found by looking at every index.
    private func groups(_ array: NDArray<Int32>, _ axes: [Int]) -> [[Int32]] {
        let kept = array.shape.indices.filter { !axes.contains($0) }
        let all = ReferenceArray<Int32>.indices(array.shape)
        return ReferenceArray<Int32>.indices(kept.map { array.shape[$0] }).map { place in
            all.filter { index in kept.map { index[$0] } == place }.map { array[at: $0] }
        }
    }

    @Test func `sums and extremes are those of a loop, along all axes of every layout`() throws {
        for example in try EveryLayout.all(upToRank: 3, longest: 2) {
            let array = example.array
            for axes in axisSets(array.rank) {
                let groups = groups(array, axes)
                #expect(
                    try array.sum(along: axes).elements == groups.map { $0.reduce(0) { $0 + Int64($1) } },
                    "\(example) \(axes)")
                guard !groups.contains([]) else {
                    #expect(throws: NDArrayError.self) { try array.max(along: axes) }
                    continue
                }
                #expect(try array.max(along: axes).elements == groups.map { $0.max() ?? 0 }, "\(example) \(axes)")
                #expect(try array.min(along: axes, keepingAxes: true).elements == groups.map { $0.min() ?? 0 })
                if axes.count == 1 {
                    let expected = groups.map { group in Int64(group.firstIndex(of: group.max() ?? 0) ?? 0) }
                    #expect(try array.argMax(along: axes[0]).elements == expected)
                }
            }
        }
    }

    @Test func `rows and columns of more elements than a block add up`() throws {
        for (rows, columns) in [(200, 9), (9, 200), (130, 17), (1, 300), (300, 1), (65, 2100)] {
            let array = try NDArray<Int64>.arange(Int64(rows * columns)).reshaped(to: [rows, columns])
            for view in [array, array.flipped(along: 0), array.flipped(along: 1)] {
                let elements = view.elements
                let byRow = (0..<rows).map { row in elements[row * columns..<(row + 1) * columns].reduce(0, +) }
                let byColumn = (0..<columns).map { c in (0..<rows).reduce(0) { $0 + elements[$1 * columns + c] } }
                #expect(view.sum(along: 1).elements == byRow)
                #expect(view.sum(along: 0).elements == byColumn)
                #expect(view.transposed().sum(along: 0).elements == byRow)
                #expect(view.sum() == byRow.reduce(0, +))
                #expect(view.max() == Int64(rows * columns - 1))
            }
        }
    }

    @Test func `the last axis may be counted from the end, and axes may be kept`() throws {
        let array = NDArray<Float>(ones: [2, 3, 4])
        #expect(array.sum(along: -1).shape == [2, 3])
        #expect(array.sum(along: 0, 2, keepingAxes: true).shape == [1, 3, 1])
        #expect(array.mean(along: 1).elements == [Float](repeating: 1, count: 8))
        #expect(try array.sum(along: []).shape == [2, 3, 4])
        #expect(throws: NDArrayError.self) { try array.sum(along: [3]) }
        #expect(throws: NDArrayError.self) { try array.sum(along: [1, -2]) }
    }

    @Test func `float sums are pairwise`() throws {
        // Adding one after the other is off by more than a thousandth here.
        let tenths = try NDArray<Float>([0.1]).broadcast(to: [300_000])
        #expect((tenths.sum() / 30_000 - 1).magnitude < 1e-6)
        // Columns are added in groups of rows.
        let thin = try NDArray<Float>(repeating: 0.1, shape: [8]).broadcast(to: [40_000, 8])
        let expected = NDArray<Float>(repeating: 4000, shape: [8])
        #expect(thin.sum(along: 0).isApproximatelyEqual(to: expected, relativeTolerance: 1e-5))
    }

    @Test func `half floats are added in a wider type`() {
        let array = NDArray<Float16>(repeating: 1, shape: [4096])
        #expect(array.sum() == 4096)
        #expect(NDArray<Float16>(repeating: 60000, shape: [2]).mean() == 60000)
    }

    @Test func `integer sums are 64 bits wide, or of the type asked for`() {
        let array = NDArray<UInt8>([200, 200, 200])
        #expect(array.sum() == 600)
        #expect(array.sum(as: UInt8.self) == 88)
        #expect(array.sum(as: UInt64.self) == 600)
        #expect(array.sum(as: UInt16.self) == 600)
        #expect(array.sum(as: Double.self) == 600)
        #expect(array.mean() == 200)
        #expect(NDArray<Int64>([.max, 1]).sum() == .min)
        #expect(NDArray<UInt64>([.max]).sum(as: UInt64.self) == .max)
        #expect(NDArray<Int32>([70000, 70000]).product(as: Int64.self) == 4_900_000_000)
    }

    @Test func `NaN wins among extremes`() throws {
        let array = try NDArray<Float>([1, .nan, 3, 0, 5, 2], shape: [2, 3])
        #expect(array.max().isNaN)
        #expect(array.min().isNaN)
        #expect(array.argMax() == 1)
        #expect(array.argMin() == 1)
        #expect(array.max(along: 1)[1] == 5)
        #expect(try array.argMax(along: 0).elements == [0, 0, 0])
        #expect(try array.argMin(along: 0).elements == [1, 0, 1])
    }

    @Test func `nothing has a sum, a product and a mean, but no extreme`() {
        let empty = NDArray<Float>(zeros: [0, 3])
        #expect(empty.sum() == 0)
        #expect(empty.product() == 1)
        #expect(empty.mean().isNaN)
        #expect(empty.sum(along: 0).elements == [0, 0, 0])
        let error = #expect(throws: NDArrayError.self) { try empty.min(along: [0]) }
        #expect(error?.code == .emptyArray)
        #expect((try? empty.min(along: [1]))?.shape == [0])
        #expect(!NDArray<Bool>(zeros: [0]).any())
        #expect(NDArray<Bool>(zeros: [0]).all())
    }

    @Test func `answers fold to any, all and a count`() throws {
        let array = try NDArray([true, false, true, true], shape: [2, 2])
        #expect(array.any() && !array.all())
        #expect(array.countTrue() == 3)
        #expect(try array.all(along: [0]).elements == [true, false])
        #expect(try array.any(along: [1]).elements == [true, true])
        #expect(try array.countTrue(along: [1]).elements == [1, 2])
    }

    @Test func `spread`() throws {
        let array = try NDArray<Int32>([1, 2, 3, 4], shape: [2, 2])
        #expect(array.variance() == 1.25)
        #expect(array.variance(lostDegrees: 1).isApproximately(5.0 / 3))
        #expect(try array.standardDeviation(along: [0]).elements == [1, 1])
        #expect(NDArray<Float>([3]).variance(lostDegrees: 1).isNaN)
    }

    @Test func `complex sums`() {
        #expect(NDArray([Complex<Float>(1, 2), Complex(3, -1)]).sum() == Complex(4, 1))
    }
}

extension Double {
    fileprivate func isApproximately(_ other: Double) -> Bool { (self - other).magnitude < 1e-12 }
}
