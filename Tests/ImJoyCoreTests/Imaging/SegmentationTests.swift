@testable internal import ImJoyCore
internal import Testing

// SciPy's and scikit-image's answers are in the vectors; here results are compared with the plain meaning.
@Suite struct SegmentationTests {
    /// Lines of one, two and three words of bits, single elements, and up to four axes.
    static let shapes = [
        [1], [9], [70], [5, 7], [3, 130], [1, 64], [65, 1], [3, 4, 5], [2, 3, 66], [2, 2, 3, 3],
    ]

    private func noise(_ shape: [Int], part: Double, seed: UInt64 = 7) throws -> NDArray<Bool> {
        var random = RandomGenerator(seed: seed + UInt64(shape.reduce(1) { $0 * 31 + $1 }))
        return try random.uniform(0..<1, shape: shape) .< part
    }

    private func places(_ shape: [Int]) -> [[Int]] {
        shape.reduce([[]]) { all, length in all.flatMap { start in (0..<length).map { start + [$0] } } }
    }

    /// Floods each part from its first element.
    private func flooded(_ values: [Int], _ shape: [Int], _ connectivity: Int) -> [Int32] {
        let all = places(shape)
        let strides = Layout.rowMajorStrides(shape)
        let steps = places(Array(repeating: 3, count: shape.count)).map { $0.map { $0 - 1 } }
            .filter { (1...connectivity).contains($0.count { $0 != 0 }) }
        var labels = [Int32](repeating: 0, count: values.count)
        var count: Int32 = 0
        for start in values.indices where values[start] != 0 && labels[start] == 0 {
            count += 1
            labels[start] = count
            var open = [start]
            while let index = open.popLast() {
                for step in steps {
                    let place = zip(all[index], step).map { $0 + $1 }
                    guard zip(place, shape).allSatisfy({ $0 >= 0 && $0 < $1 }) else { continue }
                    let next = zip(place, strides).reduce(0) { $0 + $1.0 * $1.1 }
                    guard values[next] == values[start], labels[next] == 0 else { continue }
                    labels[next] = count
                    open.append(next)
                }
            }
        }
        return labels
    }

    @Test(arguments: [0.1, 0.5, 0.9])
    func `parts have the numbers that flooding them in order gives`(_ part: Double) throws {
        for shape in Self.shapes {
            let mask = try noise(shape, part: part)
            for connectivity in 1...shape.count {
                let expected = flooded(mask.elements.map { $0 ? 1 : 0 }, shape, connectivity)
                let (labels, count) = try mask.labelled(connectivity: connectivity)
                #expect(labels.elements == expected && count == Int(expected.max() ?? 0), "\(shape), \(connectivity)")
                let values = mask.elements.enumerated().map { $1 ? 1 + $0 % 3 / 2 : 0 }
                let numbers = try NDArray<Int64>(values.map { Int64($0) }, shape: shape)
                let byValue = try numbers.labelledByValue(connectivity: connectivity).labels
                #expect(byValue.elements == flooded(values, shape, connectivity))
                let bytes = try numbers.cast(to: UInt8.self).labelledByValue(connectivity: connectivity).labels
                #expect(bytes == byValue)
            }
        }
    }

    @Test func `neighbours of any symmetric structure are joined`() throws {
        let diagonal = try NDArray<Bool>([true, false, false, false, true, false, false, false, true], shape: [3, 3])
        let mask = NDArray<Bool>(repeating: true, shape: [3, 70])
        let (labels, count) = try mask.labelled(structure: diagonal)
        #expect(count == 72 && labels[0, 0] == labels[2, 2] && labels[0, 69] == 70 && labels[1, 0] == 71)
        let columns = try NDArray<Bool>([false, true, false, false, true, false, false, true, false], shape: [3, 3])
        #expect(try mask.labelled(structure: columns).count == 70)
        #expect(try mask.cast(to: Float.self).labelled().count == 1)
        #expect(try NDArray<Bool>(scalar: true).labelled().count == 1)
        #expect(try NDArray<Bool>(zeros: [0, 4]).labelled().count == 0)
    }

    @Test func `distances are those to the nearest false element of all`() throws {
        for shape in Self.shapes where shape.reduce(1, *) < 200 {
            var mask = try noise(shape, part: 0.85)
            mask[at: shape.map { _ in 0 }] = false
            let all = places(shape)
            let zeros = zip(all, mask.elements).filter { !$1 }.map { $0.0 }
            for sampling in [[], (0..<shape.count).map { 0.5 + 0.75 * Double($0) }] {
                let steps = sampling.isEmpty ? shape.map { _ in 1.0 } : sampling
                func square(_ a: [Int], _ b: [Int]) -> Double {
                    a.indices.reduce(0) { sum, axis in
                        let distance = Double(a[axis] - b[axis]) * steps[axis]
                        return sum + distance * distance
                    }
                }
                let (distances, nearest) = try mask.distancesAndNearest(sampling: sampling)
                #expect(try distances == mask.distances(sampling: sampling))
                for (index, place) in all.enumerated() {
                    let expected = zeros.map { square(place, $0) }.min() ?? -1
                    #expect((distances.elements[index] - expected.squareRoot()).magnitude < 1e-12, "\(shape), \(place)")
                    let there = Int(nearest.elements[index])
                    #expect(!mask.elements[there] && (square(place, all[there]) - expected).magnitude < 1e-12)
                }
            }
            for (metric, measure) in [
                (GridMetric.taxicab, { (a: [Int], b: [Int]) in zip(a, b).reduce(0) { $0 + abs($1.0 - $1.1) } }),
                (.chessboard, { (a: [Int], b: [Int]) in zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } }),
            ] {
                let steps = try mask.gridDistances(metric).elements
                #expect(steps == all.map { place in Int32(zeros.map { measure(place, $0) }.min() ?? -1) })
            }
        }
        let full = NDArray<Bool>(repeating: true, shape: [2, 2])
        #expect(try full.distances().elements == [1, 2.0.squareRoot(), 2, 5.0.squareRoot()])
        #expect(try full.gridDistances().max() == -1)
    }

    @Test func `thresholds part two classes, in every type and for equal elements`() throws {
        let dark = NDArray<UInt8>.arange(0, 40)
        let bright = NDArray<UInt8>.arange(180, 220)
        let image = try NDArray.concatenate([dark, bright])
        for threshold in [
            try image.otsuThreshold(), try image.liThreshold(), try image.isodataThreshold(),
            try image.meanThreshold(), try image.cast(to: Float.self).otsuThreshold(),
            try image.cast(to: Double.self).isodataThreshold(), try image.cast(to: Double.self).liThreshold(),
            try image.multiOtsuThresholds(classes: 2)[0], try image.cast(to: Int32.self).otsuThreshold(),
        ] {
            #expect((38.5..<180).contains(threshold), "\(threshold)")
        }
        let flat = NDArray<UInt16>(repeating: 9, shape: [3, 4])
        #expect(try flat.otsuThreshold() == 9 && flat.liThreshold() == 9 && flat.triangleThreshold() == 9)
        #expect(try flat.yenThreshold() == 9 && flat.isodataThreshold() == 9)
        let three = NDArray<Int16>([-5, -5, 10, 10, 10, 30, 31, 30])
        #expect(try three.multiOtsuThresholds(classes: 3) == [-5, 10])
        #expect(try NDArray<Float>([.nan, .nan]).liThreshold().isNaN)
        let local = try image.reshaped(to: [8, 10]).localThreshold(.mean, blockSize: 3, offset: 1)
        #expect(try local == image.reshaped(to: [8, 10]).cast(to: Double.self).uniformFiltered(size: 3) - 1)
        #expect(try image.hysteresisThresholded(low: 30, high: 185).countTrue() == 49)
        #expect(try flat.niblackThreshold(windowSize: 3)[1, 1] == 9)
    }

    @Test func `a watershed gives every element to a basin, in all three ways of flooding`() throws {
        let line: NDArray<UInt8> = [0, 1, 2, 3, 2, 1, 0]
        var markers = NDArray<Int32>(zeros: [7])
        (markers[0], markers[6]) = (4, 5)
        for image in [line.cast(to: Double.self), line.cast(to: Double.self) - 1e9] {
            #expect(try image.watershed(from: markers).elements == [4, 4, 4, 4, 5, 5, 5])
            #expect(try image.cast(to: Float.self).watershed(from: markers)[0] == 4)
        }
        #expect(try line.watershed(from: markers).elements == [4, 4, 4, 4, 5, 5, 5])
        #expect(try line.watershed(from: markers, keepingLine: true).elements == [4, 4, 4, 0, 5, 5, 5])
        #expect(try line.watershed(from: markers, compactness: 100).elements == [4, 4, 4, 4, 5, 5, 5])
        var mask = NDArray<Bool>(repeating: true, shape: [7])
        mask[2] = false
        #expect(try line.watershed(from: markers, in: mask).elements == [4, 4, 0, 5, 5, 5, 5])
        #expect(try (line.cast(to: Int32.self) - 9).watershed(from: markers).elements == [4, 4, 4, 4, 5, 5, 5])
    }

    @Test func `peaks are sorted by height and keep their distance`() throws {
        var image = NDArray<UInt16>(zeros: [12, 12])
        (image[3, 3], image[3, 5], image[8, 8], image[0, 0]) = (50, 60, 60, 99)
        #expect(try image.localPeaks().elements == [3, 5, 8, 8, 3, 3])
        #expect(try image.localPeaks(minimumDistance: 3).elements == [3, 5, 8, 8])
        #expect(try image.localPeaks(excludedBorder: 0, maximumCount: 2).elements == [0, 0, 3, 5])
        #expect(try image.localPeaks(above: 55).shape == [2, 2])
        #expect(try image.localPeaks(aboveRelative: 0.7).isEmpty)
        #expect(try NDArray<Float>(ones: [5, 5]).localPeaks().shape == [0, 2])
    }

    @Test func `labels are cleared, renumbered, grown and outlined`() throws {
        let labels = try NDArray<Int32>([7, 7, 0, 0, 0, 0, 3, 0, 0, 0, 0, 3, 0, 0, 9, 0, 0, 0, 0, 9], shape: [4, 5])
        #expect(try labels.clearedAtBorder().unique().elements == [0, 3])
        #expect(try labels.relabelledSequentially().labels.unique().elements == [0, 1, 2, 3])
        #expect(try labels.relabelledSequentially(offset: 5).old == [3, 7, 9])
        #expect(try labels.removingSmallObjects(maximumSize: 2).max() == 0)
        #expect(try labels.removingSmallObjects(maximumSize: 1) == labels)
        #expect(try labels.expanded(by: 1)[1, 0] == 7 && labels.expanded(by: 1)[3, 1] == 3)
        let mask = labels .!= 0
        #expect(try mask.clearedAtBorder().countTrue() == 0)
        #expect(try mask.removingSmallObjects(maximumSize: 1) == mask)
        #expect(try mask.removingSmallObjects(maximumSize: 2).countTrue() == 4)
        #expect(try (!mask).fillingSmallHoles(maximumSize: 2).countTrue() == 16)
        #expect(try labels.boundaries(.inner) == mask)
        #expect(try labels.boundaries(.thick)[0, 4] == false && labels.boundaries(.outer)[0, 2])
        #expect(try labels.boundaries(.subpixel).shape == [7, 9])
    }

    @Test func `bad shapes, sizes, labels and numbers are refused`() throws {
        let mask = try noise([4, 5], part: 0.5)
        let image = mask.cast(to: Int16.self)
        let markers = mask.cast(to: Int32.self)
        let refusals: [() throws -> Void] = [
            { _ = try mask.labelled(connectivity: 0) }, { _ = try mask.labelled(connectivity: 3) },
            { _ = try mask.labelled(structure: NDArray(repeating: true, shape: [3])) },
            { _ = try mask.labelled(structure: NDArray(repeating: true, shape: [5, 3])) },
            { _ = try image.labelledByValue(connectivity: -1) },
            { _ = try mask.distances(sampling: [1]) }, { _ = try mask.distances(sampling: [0, 1]) },
            { _ = try mask.distances(sampling: [.nan, 1]) },
            { _ = try NDArray<Bool>(repeating: true, shape: [2]).distancesAndNearest() },
            { _ = try NDArray<Int16>(zeros: [0]).otsuThreshold() }, { _ = try NDArray<Float>([.nan]).otsuThreshold() },
            { _ = try NDArray<Float>([1, 2]).otsuThreshold(bins: 0) },
            { _ = try NDArray<Int64>([.min, .max]).otsuThreshold() },
            { _ = try image.multiOtsuThresholds(classes: 9) }, { _ = try image.liThreshold(initialGuess: 4) },
            { _ = try image.localThreshold(blockSize: 4) }, { _ = try image.sauvolaThreshold(windowSize: 0) },
            { _ = try image.niblackThreshold(windowSizes: [3]) }, { _ = try image.minimumThreshold(maximumRounds: 0) },
            { _ = try image.watershed(from: NDArray(zeros: [3])) },
            { _ = try image.watershed(from: markers, connectivity: 3) },
            { _ = try image.watershed(from: markers, compactness: -1) },
            { _ = try image.localPeaks(minimumDistance: -1) }, { _ = try image.localPeaks(minimumDistance: .max) },
            { _ = try image.localPeaks(footprint: NDArray(repeating: true, shape: [3])) },
            { _ = try mask.clearedAtBorder(width: 4) }, { _ = try image.clearedAtBorder(width: -1) },
            { _ = try image.clearedAtBorder(mask: NDArray(repeating: true, shape: [5])) },
            { _ = try mask.removingSmallObjects(maximumSize: -1) }, { _ = try (image - 9).removingSmallObjects() },
            { _ = try (image - 9).relabelledSequentially() }, { _ = try image.relabelledSequentially(offset: 0) },
            { _ = try NDArray<UInt8>([1]).relabelledSequentially(offset: 256) },
            { _ = try image.boundaries(connectivity: 0) }, { _ = try image.expanded(spacing: [1]) },
        ]
        for (number, refusal) in refusals.enumerated() {
            #expect(throws: NDArrayError.self, "refusal \(number)") { try refusal() }
        }
    }
}
