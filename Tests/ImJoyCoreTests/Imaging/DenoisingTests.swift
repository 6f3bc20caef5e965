internal import Testing

@testable internal import ImJoyCore

/// Noise removal compared with its plain meaning, element by element.
@Suite struct DenoisingTests {
    private func noise(_ shape: [Int]) throws -> NDArray<Double> {
        var random = RandomGenerator(seed: UInt64(shape.reduce(5) { $0 * 31 + $1 }))
        return try random.uniform(0..<1, shape: shape)
    }

    private func differ(_ a: NDArray<Double>, _ b: NDArray<Double>) -> Double {
        a.shape == b.shape ? (a - b).abs().max() : .infinity
    }

    /// Straight lines between powers of two, as the weights of patches are made.
    private func aboutExp(_ value: Double) -> Double {
        let high = Int64(Int32(1_048_576 / 0.69314718055994530942 * value)) + 1_072_693_248 - 60801
        return Double(bitPattern: UInt64(high) << 32)
    }

    @Test(arguments: [[1, 3], [6, 9], [40, 5]])
    func `like patches are averaged, in one plane`(_ shape: [Int]) throws {
        let image = try noise(shape)
        for (size, distance, cutoff, spread) in [(3, 2, 0.4, 0.0), (4, 1, 0.3, 0.1)] {
            let reach = size / 2
            func pixel(_ y: Int, _ x: Int) -> Double {
                image[y.mirrored(shape[0], repeatsEdge: false), x.mirrored(shape[1], repeatsEdge: false)]
            }
            let expected = NDArray<Double>(shape: shape) { target in
                for y in 0..<shape[0] {
                    for x in 0..<shape[1] {
                        var (sum, total) = (0.0, 0.0)
                        for v in -distance...distance {
                            for u in -distance...distance {
                                var squares = 0.0
                                for row in 1 - reach...reach {
                                    for column in 1 - reach...reach {
                                        let step = pixel(y + row, x + column) - pixel(y + row + v, x + column + u)
                                        squares += step * step - 2 * spread * spread
                                    }
                                }
                                let width = Double(2 * reach + 1)
                                let unlikeness = max(squares, 0) / (cutoff * cutoff * width * width)
                                let weight = unlikeness > 5 ? 0 : aboutExp(-unlikeness)
                                sum += weight * pixel(y + v, x + u)
                                total += weight
                            }
                        }
                        target.initializeElement(at: y * shape[1] + x, to: sum / total)
                    }
                }
            }
            let found = try image.nonLocalMeansDenoised(
                patchSize: size, patchDistance: distance, cutoff: cutoff, noise: spread)
            #expect(differ(found, expected) < 1e-9, "\(size)")
            let single = try image.cast(to: Float.self).nonLocalMeansDenoised(
                patchSize: size, patchDistance: distance, cutoff: cutoff, noise: spread)
            #expect(differ(single.cast(to: Double.self), expected) < 1e-5)
        }
        // Colours that are all the same, and planes of a volume without neighbours, change nothing.
        let settings = (patchSize: 3, patchDistance: 2, cutoff: 0.4)
        let gray = try image.nonLocalMeansDenoised(
            patchSize: settings.patchSize, patchDistance: settings.patchDistance, cutoff: settings.cutoff)
        let colours = try image.grayToRGB().nonLocalMeansDenoised(
            patchSize: settings.patchSize, patchDistance: settings.patchDistance, cutoff: settings.cutoff,
            channelAxis: -1)
        #expect(differ(colours[.all, .all, 1].contiguous(), gray) < 1e-9)
    }

    @Test(arguments: [BoundaryMode.constant(0.2), .reflect, .nearest])
    func `near and alike neighbours are averaged`(_ mode: BoundaryMode) throws {
        for shape in [[1, 4], [7, 20]] {
            let image = try noise(shape)
            let (sigma, spatial, bins, reach) = (0.3, 1.5, 10000, 2)
            let high = image.max()
            let expected = NDArray<Double>(shape: shape) { target in
                for y in 0..<shape[0] {
                    for x in 0..<shape[1] {
                        var (sum, total) = (0.0, 0.0)
                        for v in -reach...reach {
                            for u in -reach...reach {
                                let place = mode.place(y + v, shape[0]).flatMap { row in
                                    mode.place(x + u, shape[1]).map { (row, $0) }
                                }
                                let value = place.map { image[$0.0, $0.1] } ?? mode.value
                                let bin = min(Int(abs(image[y, x] - value) * (Double(bins) / high)), bins - 1)
                                let step = high * Double(bin) / Double(bins) / sigma
                                // The table of distances has rows of six, and is read in rows of five.
                                let number = (v + reach) * 5 + u + reach
                                let (row, column) = (number / 6 - 3, number % 6 - 3)
                                let distance = Double(row * row + column * column) / (spatial * spatial)
                                let weight = NDArray<Double>([-0.5 * step * step - 0.5 * distance]).exp()[0]
                                sum += weight * value
                                total += weight
                            }
                        }
                        target.initializeElement(at: y * shape[1] + x, to: sum / total)
                    }
                }
            }
            let found = try image.bilateralDenoised(
                windowSize: 5, colourSigma: sigma, spatialSigma: spatial, bins: bins, boundary: mode)
            #expect(differ(found, expected) < 1e-9, "\(shape)")
            let moved = try (image - 0.5).bilateralDenoised(
                windowSize: 5, colourSigma: 0.3, boundary: .reflect)
            #expect(moved.shape == shape && moved.min() < 0)
            let colours = try image.grayToRGB()[.all, .all, 0..<1]
            let one = try colours.bilateralDenoised(
                windowSize: 5, colourSigma: sigma, spatialSigma: spatial, boundary: mode, channelAxis: -1)
            #expect(differ(one[.all, .all, 0].contiguous(), found) < 1e-12)
        }
        let flat = NDArray<UInt8>(repeating: 51, shape: [3, 3])
        #expect(try flat.bilateralDenoised() == NDArray(repeating: 51, shape: [3, 3]))
    }

    @Test(arguments: [[9], [5, 7], [3, 4, 21], [1, 1], [2, 18]])
    func `total variation is made small step by step`(_ shape: [Int]) throws {
        let image = try noise(shape)
        let (weight, steps) = (0.2, 4)
        let rank = Double(shape.count)
        var duals = shape.map { _ in NDArray<Double>(zeros: shape) }
        var result = image
        for _ in 0..<steps {
            var slopes: [NDArray<Double>] = []
            for axis in shape.indices {
                var slope = NDArray<Double>(zeros: shape)
                if shape[axis] > 1 {
                    var here: [any AxisSelector] = shape.map { _ in AxisSlice.all }
                    var next = here
                    here[axis] = 0..<shape[axis] - 1
                    next[axis] = 1..<shape[axis]
                    try slope.assign(result.sliced(next) - result.sliced(here), to: here)
                }
                slopes.append(slope)
            }
            let norm = slopes.reduce(NDArray<Double>(zeros: shape)) { $0 + $1.square() }.sqrt()
            for axis in shape.indices {
                duals[axis] = (duals[axis] - slopes[axis] / (2 * rank)) / (norm / (2 * rank * weight) + 1)
            }
            result = image
            for axis in shape.indices {
                result -= duals[axis]
                if shape[axis] > 1 {
                    var here: [any AxisSelector] = shape.map { _ in AxisSlice.all }
                    var next = here
                    here[axis] = 0..<shape[axis] - 1
                    next[axis] = 1..<shape[axis]
                    try result.assign(result.sliced(next) + duals[axis].sliced(here), to: next)
                }
            }
        }
        let found = try image.totalVariationDenoised(
            weight: weight, tolerance: 0, maximumIterations: steps + 1)
        #expect(differ(found, result) < 1e-12)
        let single = try image.cast(to: Float.self).totalVariationDenoised(
            weight: weight, tolerance: 0, maximumIterations: steps + 1)
        #expect(differ(single.cast(to: Double.self), result) < 1e-5)
    }
}
