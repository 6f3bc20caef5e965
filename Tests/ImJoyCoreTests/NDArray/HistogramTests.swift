internal import ImJoyCore
internal import Testing

@Suite struct HistogramTests {
    private let values: NDArray<Double> = [0, 0.5, 1, 2, 2, 4]

    @Test func `bins of equal width, the last one closed`() throws {
        let (counts, edges) = try values.histogram(bins: 4)
        #expect(counts.elements == [2, 1, 2, 1])
        #expect(edges.elements == [0, 1, 2, 3, 4])
        let (few, bounds) = try values.histogram(bins: 2, in: 1...3)
        #expect(few.elements == [1, 2])
        #expect(bounds.elements == [1, 2, 3])
        #expect(try NDArray<UInt8>([1, 1, 3]).histogram(bins: 2).counts.elements == [2, 1])
        #expect(try NDArray<Float>([1, 2]).histogram(bins: 1).edges.dtype == .float32)
        let (answers, _) = try AnyNDArray(NDArray([true, false, true])).histogram(bins: 2)
        #expect(answers.elements == [1, 2])
        #expect(try values[.step(-2)].histogram(bins: 4, in: 0...4).counts.elements == [1, 0, 1, 1])
    }

    @Test func `integers fall into the same bins as doubles, whatever way they are counted`() throws {
        var random = RandomGenerator(seed: 3)
        let noise: NDArray<Double> = try random.uniform(-40_000..<70_000, shape: [3001])
        // Widths that are powers of two, others, and fractions; ranges that leave some out, and begin anywhere.
        let choices: [(Int, ClosedRange<Double>)] = [
            (256, 0...65536), (16, -128...128), (10, -5...5), (7, -100...1000), (8, -2...2), (1, -4096...0),
            (64, 3.5...67.5),
        ]
        func expectSame<T: NDReal>(_ values: NDArray<T>) throws {
            for (bins, range) in choices {
                let (counts, edges) = try values.histogram(bins: .count(bins), in: range)
                let (expected, _) = try values.cast(to: Double.self).histogram(bins: .count(bins), in: range)
                #expect(counts == expected, "\(T.dtype), \(bins) bins in \(range)")
                #expect(try values.histogram(edges: edges.cast(to: Double.self)) == expected)
            }
        }
        try expectSame(noise.cast(to: Int32.self))
        try expectSame(noise.clipped(to: 0...65535).cast(to: UInt16.self))
        try expectSame(noise.clipped(to: -32768...32767).cast(to: Int16.self)[.step(-2)])
        try expectSame((noise / 600).clipped(to: -128...127).cast(to: Int8.self))
        try expectSame(noise.abs().cast(to: UInt32.self))
        try expectSame(noise.cast(to: Int64.self))
        try expectSame(NDArray<UInt8>([0, 255, 128, 127]))
    }

    @Test func `weights and densities`() throws {
        let weights: NDArray<Double> = [1, 1, 1, 0.5, 0.5, 2]
        #expect(try values.histogram(bins: 4, weights: weights).sums.elements == [2, 1, 1, 2])
        let (density, edges) = try values.histogramDensity(bins: 2)
        #expect((density * 2).sum() == 1)
        #expect(edges.count == 3)
        #expect(try values.histogramDensity(bins: 2, weights: weights).density.elements == [0.25, 0.25])
        #expect(throws: NDArrayError.self) { try values.histogram(weights: [1]) }
        #expect(throws: NDArrayError.self) { try values.histogramDensity(weights: [1]) }
    }

    @Test func `edges of any distance and type`() throws {
        let edges: NDArray<Int32> = [0, 1, 1, 4]
        #expect(try values.histogram(edges: edges).elements == [2, 0, 4])
        #expect(try values.histogram(edges: edges, weights: NDArray(ones: [6])).elements == [2, 0, 4])
        #expect(try values.histogramDensity(edges: NDArray<Double>([0, 2, 4])).elements == [0.25, 0.25])
        #expect(try NDArray<Double>([.nan, 5, -1]).histogram(edges: edges).elements == [0, 0, 0])
        #expect(try values.histogram(edges: NDArray<Int32>([1])).isEmpty)
        #expect(throws: NDArrayError.self) { try values.histogram(edges: NDArray<Int32>([1, 0])) }
        #expect(throws: NDArrayError.self) { try values.histogram(edges: NDArray<Int32>(zeros: [2, 2])) }
    }

    @Test func `nothing, one value, and what has no range`() throws {
        let (counts, edges) = try NDArray<Float>(zeros: [0]).histogram(bins: 2)
        #expect(counts.elements == [0, 0])
        #expect(edges.elements == [0, 0.5, 1])
        #expect(try NDArray<Int32>([3, 3]).histogram(bins: 1).edges.elements == [2.5, 3.5])
        #expect(try NDArray<Float>(zeros: [0]).histogram(bins: .auto).counts.count == 1)
        #expect(try NDArray<Float>([2, 2, 2]).histogram(bins: .freedmanDiaconis).counts.elements == [3])
        #expect(throws: NDArrayError.self) { try values.histogram(bins: 0) }
        let error = #expect(throws: NDArrayError.self) { try NDArray<Float>([1, .nan]).histogram() }
        #expect(
            error?.message == "a histogram from nan to nan; name a finite range, or replace NaN and infinity")
        #expect(try NDArray<Float>([1, .nan]).histogram(bins: 1, in: 0...2).counts.elements == [1])
        #expect(throws: NDArrayError.self) { try values.histogram(bins: .count(1 << 60)) }
        let spread: NDArray<Double> = [0, 1e-300, 2e-300, 3e-300, 1e300]
        #expect(throws: NDArrayError.self) { try spread.histogram(bins: .freedmanDiaconis) }
    }

    @Test func `rules for the number of bins`() throws {
        let ramp = NDArray<Double>.arange(100)
        // NumPy's histogram_bin_edges gives as many edges, less one.
        let expected: [(HistogramBins, Int)] = [
            (.auto, 8), (.freedmanDiaconis, 5), (.scott, 5), (.rice, 10), (.sturges, 8), (.doane, 8), (.squareRoot, 10),
        ]
        for (rule, count) in expected { #expect(try ramp.histogram(bins: rule).counts.count == count, "\(rule)") }
        #expect(try NDArray<UInt8>([0, 1, 1, 2]).histogram(bins: .squareRoot).counts.count == 2)
        #expect(try NDArray<Double>([1, 1]).histogram(bins: .doane).counts.count == 1)
        #expect(try ramp.histogram(bins: .sturges, in: 0...9).counts.sum() == 10)
    }

    @Test func `points in the cells of a grid`() throws {
        let (x, y): (NDArray<Double>, NDArray<Double>) = ([0, 1, 1, 2], [0, 0, 1, 5])
        let (sums, edges) = try NDArray.histogram(of: [x, y], bins: [2, 1], in: [0...2, 0...1])
        #expect(sums.shape == [2, 1])
        #expect(sums.elements == [1, 2])
        #expect(edges.map(\.count) == [3, 2])
        let weighted = try NDArray.histogram(of: [x], bins: [2], weights: [1, 2, 3, 4]).sums
        #expect(weighted.elements == [1, 9])
        #expect(throws: NDArrayError.self) { try NDArray.histogram(of: [x, [1]], bins: [1, 1]) }
        #expect(throws: NDArrayError.self) { try NDArray.histogram(of: [x], bins: [1, 1]) }
        #expect(throws: NDArrayError.self) { try NDArray<Double>.histogram(of: [], bins: []) }
    }

    @Test func `counting whole numbers`() throws {
        let labels: NDArray<UInt8> = [0, 3, 3, 1]
        #expect(try labels.binCounts().elements == [1, 1, 0, 2])
        #expect(try labels.binCounts(minimumLength: 6).elements == [1, 1, 0, 2, 0, 0])
        #expect(try labels.binSums(weights: [1, 2, 3, 4]).elements == [1, 4, 0, 5])
        #expect(try NDArray<Int32>(zeros: [0]).binCounts().isEmpty)
        let error = #expect(throws: NDArrayError.self) { try NDArray<Int32>([1, -2]).binCounts() }
        #expect(error?.message == "-2 is negative, and there are bins for 0, 1, 2… only")
        #expect(throws: NDArrayError.self) { try NDArray<Int64>([1 << 50]).binCounts() }
        #expect(throws: NDArrayError.self) { try NDArray<UInt64>([.max]).binCounts() }
        #expect(throws: NDArrayError.self) { try NDArray<Int32>(zeros: [2, 2]).binCounts() }
        #expect(throws: NDArrayError.self) { try labels.binSums(weights: [1]) }
    }

    @Test func `covariance, correlation and lines between points`() throws {
        let table = try NDArray<Double>([1, 2, 3, 6, 4, 2], shape: [2, 3])
        #expect(try table.covariance().elements == [1, -2, -2, 4])
        #expect(try table.correlation().elements == [1, -1, -1, 1])
        #expect(try NDArray<Int32>([1, 2, 3]).covariance(lostDegrees: 0).item.isApproximately(2.0 / 3))
        #expect(try NDArray<Int32>([1, 2, 3]).correlation().item == 1)
        #expect(throws: NDArrayError.self) { try NDArray<Double>(zeros: [1, 1, 1]).covariance() }
        let x: NDArray<Double> = [-1, 0, 0.5, 2, 3, .nan]
        let line = try x.interpolated(points: [0, 1, 2], values: [0, 10, 40]).elements
        #expect(line.prefix(5).elementsEqual([0, 0, 5, 40, 40]) && line[5].isNaN)
        #expect(try x.interpolated(points: [0, 2], values: [1, 1], below: -7, above: 7).elements[4] == 7)
        #expect(
            try NDArray<Double>([0.5]).interpolated(points: [0, 1], values: [.infinity, .infinity]).item == .infinity)
        #expect(throws: NDArrayError.self) { try x.interpolated(points: [1, 0], values: [0, 0]) }
        #expect(throws: NDArrayError.self) { try x.interpolated(points: [], values: []) }
    }
}

extension Double {
    fileprivate func isApproximately(_ other: Double) -> Bool { (self - other).magnitude < 1e-12 }
}
