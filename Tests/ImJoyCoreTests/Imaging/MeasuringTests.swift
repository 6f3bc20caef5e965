@testable internal import ImJoyCore
internal import Testing

@Suite struct MeasuringTests {
    private func labels() throws -> NDArray<Int32> {
        try NDArray<Int32>(
            [
                0, 2, 2, 0, 0, 0, 0,
                2, 2, 2, 2, 0, 5, 5,
                0, 2, 0, 2, 0, 5, 5,
                0, 2, 2, 2, 0, 0, 0,
            ], shape: [4, 7])
    }

    @Test func `statistics of labels are those of their elements`() throws {
        let labels = try labels()
        let image = NDArray<Double>.arange(28).cast(to: Double.self)
        let values = try (image * image).reshaped(to: [4, 7])
        let statistics = try values.statistics(in: labels, of: [5, 2, 0, 9])
        for (row, label) in [Int32(5), 2, 0].enumerated() {
            let own = zip(values.elements, labels.elements).filter { $1 == label }.map { $0.0 }
            let mean = own.reduce(0, +) / Double(own.count)
            #expect(statistics.counts[row] == Int64(own.count) && statistics.sums[row] == own.reduce(0, +))
            #expect((statistics.means[row] - mean).magnitude < 1e-9)
            let variance = own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(own.count)
            #expect((statistics.variances[row] - variance).magnitude < 1e-6 * variance)
            #expect(statistics.minima[row] == own.min() && statistics.maxima[row] == own.max())
        }
        #expect(statistics.counts[3] == 0 && statistics.means[3].isNaN && statistics.maxima[3] == 0)
        #expect(statistics.maximumPositions[0, .all].elements == [2, 6])
        #expect(statistics.minimumPositions[1, .all].elements == [0, 1])
        let even = try NDArray<UInt8>(ones: [4, 7]).statistics(in: labels)
        #expect(even.labels == [1, 2, 3, 4, 5] && even.centersOfMass[4, .all].elements == [1.5, 5.5])
        let far = try NDArray<Float>([1, 2, 4]).statistics(in: NDArray<Int64>([.min, .max, .max]), of: [.max, 3])
        #expect(far.sums.elements == [6, 0])
    }

    @Test func `regions have the places, sizes, brightness and shapes of their labels`() throws {
        let labels = try labels()
        let image = try NDArray<UInt16>.arange(28).reshaped(to: [4, 7])
        let regions = try labels.regions(in: image, measuring: .all)
        #expect(regions.map(\.label) == [2, 5] && regions.map(\.count) == [11, 4])
        #expect(regions[1].boundingBox == [1..<3, 5..<7] && regions[1].centroid == [1.5, 5.5])
        #expect(regions[1].extent == 1 && regions[0].extent == 11.0 / 16)
        #expect(regions[1].intensity?.minimum == 12 && regions[1].intensity?.maximum == 20)
        #expect(regions[1].intensity?.mean == 16 && regions[1].eccentricity == 0)
        let outline = try #require(regions[0].outline)
        #expect(outline.eulerNumber == 0 && outline.filledArea == 12)
        let square = try #require(regions[1].outline)
        #expect(square.perimeter == 4 && square.convexArea == 4 && regions[1].solidity == 1)
        #expect((square.feretDiameter - 5.0.squareRoot()).magnitude < 1e-12)
        let wide = try labels.regions(spacing: [2, 0.5])
        #expect(wide[1].area == 4 && wide[1].centroid == [3, 2.75] && wide[0].intensity == nil)
        for dtype in [image.cast(to: Double.self), image.cast(to: Float.self).cast(to: Double.self)] {
            let same = try labels.cast(to: UInt8.self).regions(in: dtype)
            #expect(same.map(\.intensity) == regions.map(\.intensity))
        }
        #expect(try NDArray<Int32>(zeros: [0, 3]).regions().isEmpty)
        let volume = try NDArray<Int64>(ones: [3, 5, 9]).regions()
        #expect((volume[0].majorAxisLength ?? 0) > (volume[0].minorAxisLength ?? 9))
        #expect(try labels.boundingBoxes().map { $0 != nil } == [false, true, false, false, true])
    }

    @Test func `contours pass between elements, and close around holes`() throws {
        var image = NDArray<Double>(zeros: [5, 6])
        image[2, 2] = 1
        let lines = try image.contours(at: 0.5)
        #expect(lines.count == 1 && lines[0].shape == [5, 2] && lines[0][0, .all] == lines[0][4, .all])
        #expect(lines[0].min() == 1.5 && lines[0].max() == 2.5)
        #expect(try image.contours(at: 0.5, isReversed: true)[0] == lines[0].flipped(along: 0))
        let slope = try NDArray<Int32>([0, 10, 0, 10], shape: [2, 2])
        #expect(try slope.contours(at: 2.5)[0].elements == [1, 0.25, 0, 0.25])
        #expect(try slope.contours(at: 2.5, mask: NDArray(zeros: [2, 2])).isEmpty)
        let saddle = try NDArray<Double>([1, 0, 0, 1], shape: [2, 2])
        let (high, low) = try (saddle.contours(joining: .high), saddle.contours(joining: .low))
        #expect(high.count == 2 && low.count == 2 && high != low)
    }

    @Test func `moments are sums of powers of coordinates`() throws {
        let image = try NDArray<Double>([1, 2, 3, 4, 5, 6], shape: [2, 3])
        let moments = try image.moments(order: 2)
        #expect(moments[0, 0] == 21 && moments[1, 0] == 15 && moments[0, 1] == 25 && moments[1, 2] == 29)
        let central = try image.moments(order: 1, around: [15.0 / 21, 25.0 / 21])
        #expect(central[1, 0].magnitude < 1e-12 && central[0, 1].magnitude < 1e-12)
        #expect(try NDArray<UInt8>([1, 1]).moments(order: 1, spacing: [3]).elements == [2, 3])
    }

    @Test func `bad shapes and numbers are refused`() throws {
        let labels = try labels()
        let refusals: [() throws -> Void] = [
            { _ = try NDArray<Double>(zeros: [3]).statistics(in: labels) }, { _ = try labels.regions(spacing: [1]) },
            { _ = try labels.regions(in: NDArray<Double>(zeros: [3])) },
            { _ = try labels.regions(measuring: .outline, spacing: [1, 2]) },
            { _ = try NDArray<Int32>(ones: [2, 2, 2]).regions(measuring: .outline) },
            { _ = try NDArray<Double>(zeros: [3]).contours() }, { _ = try NDArray<Double>(zeros: [1, 3]).contours() },
            { _ = try labels.contours(mask: NDArray(zeros: [3])) }, { _ = try labels.moments(order: -1) },
            { _ = try labels.moments(around: [1]) }, { _ = try NDArray<Int64>([.max]).boundingBoxes() },
        ]
        for (number, refusal) in refusals.enumerated() {
            #expect(throws: NDArrayError.self, "refusal \(number)") { try refusal() }
        }
    }

    @Test func `all labels up to the greatest one are measured, and too great ones are refused`() throws {
        let values = NDArray<Double>([3, 4, 5])
        #expect(try values.statistics(in: NDArray<Int64>([0, 5, 5])).labels == [1, 2, 3, 4, 5])
        #expect(try values.statistics(in: NDArray<Int64>([-1, 0, 3])).labels == [1, 2, 3])
        #expect(throws: NDArrayError.self) { try values.statistics(in: NDArray<Int64>([0, 0, 1 << 40])) }
        #expect(try values.statistics(in: NDArray<Int64>([0, 0, 1 << 40]), of: [1 << 40]).labels == [1 << 40])
        #expect(throws: NDArrayError.self) { try NDArray<UInt32>([0, 4_294_967_295]).boundingBoxes() }
        #expect(throws: NDArrayError.self) { try NDArray<Int32>([0, 268_435_455]).otsuThreshold() }
        #expect(try NDArray<Int64>([0, 5]).relabelledSequentially(offset: .max).labels == [0, .max])
    }

    @Test func `a label of NaN alone has no extremes, and labels that no Int holds are refused`() throws {
        let values = NDArray<Double>([.nan, .nan, 3, .nan, .infinity])
        let statistics = try values.statistics(in: NDArray<Int32>([1, 1, 2, 2, 3]))
        #expect(statistics.minima[0].isNaN && statistics.maxima[0].isNaN)
        #expect(statistics.minima[1] == 3 && statistics.maxima[1] == 3 && statistics.minima[2] == .infinity)
        #expect(throws: NDArrayError.self) { try NDArray<UInt64>([.max, .max - 1]).regions() }
        #expect(throws: NDArrayError.self) { try values.liThreshold(tolerance: -1) }
        let line = NDArray<Double>([1, 2, 3, 9, 10, 11])
        #expect(try line.liThreshold(tolerance: 0) == line.liThreshold())
    }
}
