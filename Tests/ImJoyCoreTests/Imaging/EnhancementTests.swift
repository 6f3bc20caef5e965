@testable internal import ImJoyCore
internal import Testing

// scikit-image's answers are in the vectors; here every path is compared with the plain meaning.
@Suite struct EnhancementTests {
    private func noise(_ shape: [Int]) throws -> NDArray<Double> {
        var random = RandomGenerator(seed: UInt64(shape.reduce(3) { $0 * 31 + $1 }))
        return try random.uniform(0..<1, shape: shape)
    }

    private func differ<T: NDLinearReal>(_ a: NDArray<T>, _ b: NDArray<T>) -> Double {
        a.shape == b.shape ? Double((a - b).abs().max()) : .infinity
    }

    @Test func `integers become parts of their largest value, and parts become integers`() throws {
        #expect(try NDArray<UInt8>([0, 51, 255]).scaledToUnitRange().elements == [0, 51 * (1 / 255.0), 1])
        #expect(try NDArray<Int8>([-128, -127, 127]).scaledToUnitRange().elements == [-1, -1, 1])
        #expect(try NDArray<Float>([-3, 9]).scaledToUnitRange().elements == [-3, 9])
        #expect(try NDArray<UInt64>([.max]).scaledToUnitRange().elements == [1])
        let parts: NDArray<Double> = [-0.5, 0, 0.5, 1, .nan]
        #expect(try parts.scaledFromUnitRange(to: UInt8.self).elements == [0, 0, 128, 255, 0])
        #expect(try NDArray<Float>([-1, 0, 1]).scaledFromUnitRange(to: Int16.self).elements == [-32768, 0, 32767])
        #expect(throws: NDArrayError.self) { try NDArray<Double>([1.1]).scaledFromUnitRange(to: UInt8.self) }
    }

    @Test(arguments: [BoundaryMode.nearest, .reflect, .mirror, .wrap, .constant(0.4)])
    func `one pass over a matrix gives what two passes give`(_ mode: BoundaryMode) throws {
        for shape in [[1, 1], [3, 700], [20, 3], [40, 33]] {
            let image = try noise(shape)
            for sigmas in [[0.6, 2], [3, 1]] {
                let expected = try image.gaussianFiltered(sigmas: sigmas, boundary: mode)
                #expect(try image.gaussianBlurred(sigmas: sigmas, boundary: mode) == expected, "\(shape) \(sigmas)")
            }
        }
        // Rows so long that they are done in strips.
        let wide = try noise([3, 2100]).cast(to: Float.self)
        let expected = try wide.gaussianFiltered(sigma: 2, boundary: mode)
        #expect(try wide.gaussianBlurred(sigma: 2, boundary: mode) == expected)
    }

    @Test func `sharpening adds the difference from a smooth copy and cuts off`() throws {
        for shape in [[12], [9, 14], [3, 4, 5]] {
            let image = try noise(shape)
            let smooth = try image.gaussianFiltered(sigma: 1.5)
            let expected = image + (image - smooth) * 0.8
            let kept = try image.unsharpMasked(radius: 1.5, amount: 0.8, scale: .kept)
            #expect(differ(kept, expected) < 1e-14)
            let cut = try image.unsharpMasked(radius: 1.5, amount: 0.8)
            #expect(differ(cut, expected.clipped(to: 0...1)) < 1e-14)
            let negative = try (image - 0.5).unsharpMasked(radius: 1.5, amount: 3)
            #expect(negative.min() >= -1 && negative.min() < 0)
        }
        let colours = try noise([8, 9, 3])
        let sharp = try colours.unsharpMasked(channelAxis: -1)
        #expect(try sharp[.all, .all, 1] == colours[.all, .all, 1].unsharpMasked())
    }

    @Test(arguments: [EdgeFilter.sobel, .scharr, .prewitt, .farid])
    func `edges are slopes along the axes, for every boundary`(_ filter: EdgeFilter) throws {
        for mode in [BoundaryMode.reflect, .mirror, .nearest, .wrap, .constant(0.7)] {
            for shape in [[1, 5], [6, 19], [4, 5, 6]] {
                let image = try noise(shape)
                var squares = NDArray<Double>(zeros: shape)
                for axis in shape.indices {
                    var weights = NDArray<Double>(ones: Array(repeating: 1, count: shape.count))
                    for other in shape.indices {
                        let line = NDArray<Double>(other == axis ? filter.slope : filter.smoothing)
                        weights = weights * (try line.reshaped(to: shape.indices.map { $0 == other ? -1 : 1 }))
                    }
                    let slope = try image.correlated(with: weights, boundary: mode)
                    #expect(differ(try image.edges(filter, along: [axis], boundary: mode), slope) < 1e-14)
                    squares += slope.square()
                }
                let expected = (squares / Double(shape.count)).sqrt()
                #expect(differ(try image.edges(filter, boundary: mode), expected) < 1e-14, "\(shape) \(mode)")
                let single = try image.cast(to: Float.self).edges(filter, boundary: mode)
                #expect(differ(single, expected.cast(to: Float.self)) < 1e-5)
            }
        }
        #expect(try NDArray<UInt8>(repeating: 9, shape: [5, 40]).edges(filter).max() == 0)
        let mask = NDArray<Bool>(repeating: true, shape: [6, 6])
        let inside = try noise([6, 6]).edges(filter, mask: mask)
        #expect(inside[0, 3] == 0 && inside[1, 1] > 0 && inside[5, 5] == 0)
    }

    @Test func `a difference of Gaussians is one, and Roberts looks across corners`() throws {
        let image = try noise([12, 17])
        let expected = try image.gaussianBlurred(sigma: 1) - image.gaussianBlurred(sigma: 1.6)
        #expect(differ(try image.differenceOfGaussians(low: 1), expected) < 1e-15)
        let corner = try NDArray<Double>([0, 0, 0, 3], shape: [2, 2]).robertsEdges()
        #expect(abs(corner[0, 0] - 3 / 2.0.squareRoot()) < 1e-14)
    }

    @Test func `intensities are stretched, and flat images cut off`() throws {
        let image: NDArray<UInt8> = [10, 20, 30]
        #expect(try image.intensityRescaled().elements == [0, 127, 255])
        #expect(try image.intensityRescaled(from: .limits(0, 20), to: 0...1).elements == [0.5, 1, 1])
        #expect(try image.intensityRescaled(from: .type, to: .bits(12), as: UInt16.self).elements == [160, 321, 481])
        #expect(try NDArray<Float>([-1, 0, 3]).intensityRescaled().elements == [-1, -0.5, 1])
        #expect(try NDArray<Float>([7, 7]).intensityRescaled().elements == [1, 1])
        #expect(try image.intensityRescaled(from: .image, to: .limits(1, 0), as: Float.self).elements == [1, 0.5, 0])
    }

    @Test func `curves of intensities, by table or by element`() throws {
        let words = NDArray<UInt16>(shape: [70_000]) { target in
            for index in target.indices {
                target.initializeElement(at: index, to: UInt16(truncatingIfNeeded: index * 7))
            }
        }
        let few = words[0..<300]
        #expect(try words.gammaAdjusted(0.5)[0..<300] == few.gammaAdjusted(0.5))
        #expect(try words.logAdjusted()[0..<300] == few.logAdjusted())
        #expect(try words.sigmoidAdjusted()[0..<300] == few.sigmoidAdjusted())
        #expect(try NDArray<UInt8>([0, 64, 255]).gammaAdjusted(0.5).elements == [0, 128, 255])
        #expect(try NDArray<Double>([0, 0.25, 1]).gammaAdjusted(0.5).elements == [0, 0.5, 1])
        #expect(try NDArray<Double>([0, 1]).logAdjusted().elements == [0, 1])
        #expect(try NDArray<Double>([0, 1]).logAdjusted(isInverse: true).elements == [0, 1])
        #expect(try NDArray<Double>([0.5]).sigmoidAdjusted().elements == [0.5])
    }

    @Test func `equalized intensities are the shares of elements not above`() throws {
        let image = NDArray<Int16>([-5, 7, 7, 9, -5, 8])
        let expected = image.elements.map { value in
            Double(image.elements.count { $0 <= value }) / 6
        }
        #expect(try image.histogramEqualized().elements == expected)
        #expect(try (image + 5).cast(to: UInt8.self).histogramEqualized().elements == expected)
        #expect(try image.cast(to: UInt8.self).histogramEqualized(mask: image .== 9).elements == [1, 1, 1, 1, 1, 1])
        let floats = try noise([50, 60])
        let flat = try floats.histogramEqualized()
        #expect(abs(flat.mean() - 0.5) < 0.01 && flat.max() == 1)
        #expect(differ(try floats.cast(to: Float.self).histogramEqualized(), flat.cast(to: Float.self)) < 1e-2)
    }

    @Test func `contrast is raised piece by piece, in every number of axes`() throws {
        for shape in [[40], [33, 21], [8, 9, 7]] {
            let clear = try (noise(shape) * 0.1 + 0.4).adaptivelyEqualized(clipLimit: 0.5)
            #expect(clear.shape == shape && clear.min() == 0 && clear.max() == 1)
            #expect(clear.standardDeviation() > 0.15)
        }
        let flat = NDArray<UInt8>(repeating: 40, shape: [9, 9])
        #expect(try flat.adaptivelyEqualized().standardDeviation() == 0)
        let colours = try noise([12, 13, 3])
        #expect(try colours.adaptivelyEqualized(channelAxis: -1).shape == [12, 13, 3])
    }

    @Test func `matched histograms have the values of the reference`() throws {
        let image: NDArray<UInt8> = [1, 2, 3, 4]
        let reference: NDArray<UInt8> = [10, 20, 20, 40]
        #expect(try image.histogramMatched(to: reference).elements == [10, 15, 20, 40])
        let signed = try image.cast(to: Int32.self).histogramMatched(to: reference.cast(to: Int32.self))
        #expect(signed.elements == [10, 15, 20, 40])
    }

    @Test func `a ball touches the image from below`() throws {
        let kernels = [
            try RollingBall.ball(radius: 3, rank: 2), try RollingBall.ellipsoid(shape: [4, 7], intensity: 2),
            try noise([4, 5]), try noise([1, 2]),
        ]
        for shape in [[1, 1], [6, 90], [9, 11]] {
            let image = try noise(shape) * 5
            for kernel in kernels {
                let (height, width) = (kernel.shape[0], kernel.shape[1])
                let top = kernel[height / 2, width / 2]
                var expected = NDArray<Double>(repeating: .infinity, shape: shape)
                for y in 0..<shape[0] {
                    for x in 0..<shape[1] {
                        for row in 0..<height {
                            for column in 0..<width where kernel[row, column] < .infinity {
                                let (v, u) = (y + row - height / 2, x + column - width / 2)
                                guard v >= 0, u >= 0, v < shape[0], u < shape[1] else { continue }
                                expected[y, x] = min(expected[y, x], image[v, u] + (top - kernel[row, column]))
                            }
                        }
                    }
                }
                #expect(try image.rollingBallBackground(kernel: kernel) == expected, "\(shape) \(kernel.shape)")
            }
        }
        let volume = try noise([5, 6, 7])
        let background = try volume.rollingBallBackground(radius: 2)
        #expect((background .<= volume).all() && background.max() < volume.max())
        var holed = try noise([7, 7])
        holed[3, 3] = .nan
        #expect(try holed.rollingBallBackground(radius: 2, spreadsNaN: true).isNaN.countTrue() == 25)
        #expect(try holed.rollingBallBackground(radius: 2).isNaN.countTrue() == 0)
    }

    @Test func `noise is taken away and edges stay`() throws {
        var image = NDArray<Double>(zeros: [16, 20])
        image[.all, 10...] = NDArray<Double>(ones: [16, 10])
        let noisy = image + (try noise([16, 20]) - 0.5) * 0.3
        let before = try noisy.meanSquaredError(to: image)
        let cleaned = [
            try noisy.totalVariationDenoised(weight: 0.2),
            try noisy.bilateralDenoised(colourSigma: 0.3, boundary: .reflect),
            try noisy.nonLocalMeansDenoised(patchSize: 3, patchDistance: 4, cutoff: 0.3),
        ]
        for (number, result) in cleaned.enumerated() {
            #expect(try result.meanSquaredError(to: image) < before / 3, "denoiser \(number)")
        }
        let wide = try noisy.cast(to: Float.self).totalVariationDenoised(weight: 0.2).cast(to: Double.self)
        #expect(differ(wide, cleaned[0]) < 1e-3)
    }

    @Test func `empty arrays stay empty`() throws {
        let empty = NDArray<Float>(zeros: [0, 4])
        let results = [
            try empty.gaussianBlurred(), try empty.unsharpMasked(), try empty.edges(), try empty.intensityRescaled(),
            try empty.histogramEqualized(), try empty.adaptivelyEqualized(), try empty.rollingBallBackground(radius: 2),
            try empty.totalVariationDenoised(), try empty.bilateralDenoised(), try empty.nonLocalMeansDenoised(),
            try empty.gammaAdjusted(2), try empty.robertsEdges(), try empty.unsharpMasked(channelAxis: 0),
        ]
        for result in results { #expect(result == empty) }
    }

    @Test func `bad parameters are refused`() throws {
        let image = try noise([5, 6])
        let line = try noise([5])
        let refusals: [() throws -> Void] = [
            { _ = try image.gaussianBlurred(sigma: -1) }, { _ = try image.gaussianBlurred(sigmas: [1]) },
            { _ = try image.gaussianBlurred(channelAxis: 2) }, { _ = try image.unsharpMasked(radius: .nan) },
            { _ = try image.differenceOfGaussians(low: 2, high: 1) }, { _ = try image.edges(along: [2]) },
            { _ = try image.edges(mask: NDArray(repeating: true, shape: [5])) }, { _ = try line.robertsEdges() },
            { _ = try image.histogramEqualized(bins: 0) }, { _ = try (image * .nan).histogramEqualized() },
            { _ = try image.histogramEqualized(mask: image .> 2) }, { _ = try (image - 1).gammaAdjusted() },
            { _ = try image.gammaAdjusted(-1) }, { _ = try image.gammaAdjusted(.nan) },
            { _ = try image.intensityRescaled(to: .bits(99)) },
            { _ = try NDArray<Int64>([.min, .max]).histogramEqualized() },
            { _ = try image.adaptivelyEqualized(kernelSize: [0, 1]) }, { _ = try (image * 3).adaptivelyEqualized() },
            { _ = try image.adaptivelyEqualized(bins: 0) }, { _ = try image.adaptivelyEqualized(clipLimit: .nan) },
            { _ = try image[0..<2].adaptivelyEqualized(channelAxis: 0) },
            { _ = try image.histogramMatched(to: line) }, { _ = try image.rollingBallBackground(radius: -1) },
            { _ = try image.rollingBallBackground(radius: 1e300) },
            { _ = try image.rollingBallBackground(kernel: line) },
            { _ = try image.totalVariationDenoised(weight: 0) }, { _ = try line.bilateralDenoised() },
            { _ = try image.bilateralDenoised(windowSize: 0) }, { _ = try image.bilateralDenoised(bins: .max) },
            { _ = try line.nonLocalMeansDenoised() }, { _ = try image.nonLocalMeansDenoised(patchSize: .max) },
            { _ = try image.nonLocalMeansDenoised(cutoff: 0) },
        ]
        for (number, refusal) in refusals.enumerated() {
            #expect(throws: NDArrayError.self, "refusal \(number)") { try refusal() }
        }
    }

    @Test func `constant images and one-value ranges stay what they are`() throws {
        let even = NDArray<UInt8>(repeating: 200, shape: [4, 4])
        #expect(try even.bilateralDenoised() == NDArray(repeating: 200, shape: [4, 4]))
        let line: NDArray<Double> = [0, 5, 10]
        #expect(try line.intensityRescaled(from: .limits(5, 5), to: .limits(0, 255)).elements == [5, 5, 5])
        let noise = try NDArray<Double>.arange(25).reshaped(to: [5, 5])
        let single = StructuralSimilarity(window: .box(1), dataRange: 1)
        #expect(throws: NDArrayError.self) { try noise.structuralSimilarity(to: noise, single) }
        // A limit that all bins reach ends at once.
        let ramp = try NDArray<Double>.arange(4096).reshaped(to: [64, 64]) / 4096
        #expect(try ramp.adaptivelyEqualized(clipLimit: 1e-9, bins: 512).max() <= 1)
    }
}
