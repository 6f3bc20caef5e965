@testable internal import ImJoyCore
internal import Testing

@Suite struct ComparingTests {
    private func noise(_ shape: [Int], _ seed: UInt64 = 1) throws -> NDArray<Double> {
        var random = RandomGenerator(seed: seed)
        return try random.uniform(0..<1, shape: shape)
    }

    @Test func `errors are means of squares, as parts and in decibels`() throws {
        let truth: NDArray<UInt8> = [0, 100, 200]
        let image: NDArray<UInt8> = [10, 100, 190]
        let error = 200.0 / 3
        #expect(try truth.meanSquaredError(to: image) == error)
        let ratio = try truth.peakSignalToNoiseRatio(to: image)
        #expect(abs(ratio - 29.8912) < 1e-3)
        #expect(try truth.peakSignalToNoiseRatio(to: truth) == .infinity)
        #expect(try truth.normalizedRootMeanSquaredError(to: image, normalization: .minMax) == error.squareRoot() / 200)
        #expect(try truth.normalizedRootMeanSquaredError(to: image, normalization: .mean) == error.squareRoot() / 100)
        #expect(throws: NDArrayError.self) { try NDArray<Double>([0, 7]).peakSignalToNoiseRatio(to: [0, 1]) }
        #expect(throws: NDArrayError.self) { try truth.meanSquaredError(to: [1]) }
    }

    @Test func `an image is like itself, and less like a noisy copy`() throws {
        let image = try noise([20, 21])
        let settings = [
            StructuralSimilarity(dataRange: 1), StructuralSimilarity(window: .box(3), dataRange: 1),
            StructuralSimilarity(window: .gaussian(sigma: 1.5), dataRange: 1, usesSampleCovariance: false),
        ]
        for setting in settings {
            #expect(try abs(image.structuralSimilarity(to: image, setting) - 1) < 1e-12)
            let near = try image.structuralSimilarity(to: image + (noise([20, 21], 2) - 0.5) * 0.2, setting)
            let far = try image.structuralSimilarity(to: noise([20, 21], 2), setting)
            #expect(near < 1 && near > far + 0.3)
        }
        let (mean, map) = try image.structuralSimilarityMap(to: 1 - image, settings[0])
        #expect(mean < 0 && map.shape == image.shape)
        let colours = try noise([9, 10, 2])
        #expect(try abs(colours.structuralSimilarity(to: colours, settings[1], channelAxis: -1) - 1) < 1e-12)
        #expect(throws: NDArrayError.self) { try image.structuralSimilarity(to: image) }
        #expect(throws: NDArrayError.self) {
            try image.structuralSimilarity(to: image, StructuralSimilarity(window: .box(4), dataRange: 1))
        }
        #expect(throws: NDArrayError.self) {
            try image.structuralSimilarity(to: image, StructuralSimilarity(window: .box(23), dataRange: 1))
        }
    }

    @Test func `images that were moved are found again, to parts of an element`() throws {
        for shape in [[30], [16, 21], [6, 8, 10], [1, 40]] {
            let image = try noise(shape)
            let shifts = shape.map { $0 == 1 ? 0 : $0 == 8 ? -3 : 2 }
            let moved = try image.rolled(by: shifts, along: Array(shape.indices))
            for upsampling in [1, 10] {
                let found = try image.phaseCorrelation(with: moved, upsampling: upsampling)
                #expect(found.shift == shifts.map { -Double($0) }, "\(shape)")
                let plain = try image.phaseCorrelation(with: moved, upsampling: upsampling, normalization: .none)
                #expect(plain.shift == found.shift && plain.error < 1e-6 && abs(plain.phaseDifference) < 1e-9)
            }
            let single = try image.cast(to: Float.self).phaseCorrelation(with: moved.cast(to: Float.self))
            #expect(single.shift == shifts.map { -Double($0) })
        }
        // A bump between elements.
        let places = NDArray<Double>.arange(32)
        let bump = ((places - 12) * (places - 12) / -8).exp()
        let other = ((places - 14.3) * (places - 14.3) / -8).exp()
        let found = try bump.phaseCorrelation(with: other, upsampling: 100, normalization: .none)
        #expect(abs(found.shift[0] + 2.3) < 0.011)
        #expect(throws: NDArrayError.self) { try bump.phaseCorrelation(with: places[0..<3]) }
        #expect(throws: NDArrayError.self) { try bump.phaseCorrelation(with: other, upsampling: 0) }
        #expect(throws: NDArrayError.self) { try (bump * .nan).phaseCorrelation(with: other) }
    }
}
