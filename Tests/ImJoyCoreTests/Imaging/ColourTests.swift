@testable internal import ImJoyCore
internal import Testing

@Suite struct ColourTests {
    private func colours(_ shape: [Int]) throws -> NDArray<Double> {
        var random = RandomGenerator(seed: 11)
        return try random.uniform(0..<1, shape: shape)
    }

    @Test(arguments: ColourSpace.allCases)
    func `colours come back from every space`(_ space: ColourSpace) throws {
        for shape in [[3], [7, 3], [600, 3], [2, 3, 3]] {
            let rgb = try colours(shape) * 0.9 + 0.05
            let there = try rgb.converted(from: .rgb, to: space)
            let back = try there.converted(from: space, to: .rgb)
            // What stains absorb less than nothing of is cut off.
            if space != .hed { #expect((back - rgb).abs().max() < 1e-5, "\(shape)") }
            let single = try rgb.cast(to: Float.self).converted(from: .rgb, to: space).cast(to: Double.self)
            #expect((single - there).abs().max() < 1e-3 * (1 + there.abs().max()))
        }
        let bytes = NDArray<UInt8>([0, 7, 255, 31, 99, 200])
        let picture = try bytes.reshaped(to: [2, 3])
        let expected = try picture.scaledToUnitRange().converted(from: .rgb, to: space)
        #expect(try (picture.converted(from: .rgb, to: space) - expected).abs().max() < 1e-12)
    }

    @Test func `known colours`() throws {
        func pixel(_ a: Double, _ b: Double, _ c: Double) -> NDArray<Double> { NDArray([a, b, c]) }
        #expect(try pixel(1, 0, 0).converted(from: .rgb, to: .hsv).elements == [0, 1, 1])
        #expect(try pixel(0, 0, 1).converted(from: .rgb, to: .hsv).elements == [4 / 6.0, 1, 1])
        #expect(try pixel(0.5, 0.5, 0.5).converted(from: .rgb, to: .hsv).elements == [0, 0, 0.5])
        let white = try pixel(1, 1, 1).converted(from: .rgb, to: .lab)
        #expect((white - pixel(100, 0, 0)).abs().max() < 0.01)
        let digital = try pixel(1, 1, 1).converted(from: .rgb, to: .yCbCr)
        #expect((digital - pixel(235, 128, 128)).abs().max() < 1e-9)
        let xyz = try pixel(0.2, 0.5, 0.3).converted(from: .xyz, to: .lab)
        #expect(try (xyz.converted(from: .lab, to: .xyz) - pixel(0.2, 0.5, 0.3)).abs().max() < 1e-9)
    }

    @Test func `bytes become grey as in OpenCV, whatever their number`() throws {
        var random = RandomGenerator(seed: 5)
        for count in [0, 1, 15, 16, 17, 100] {
            let picture = try random.integers(0..<256, shape: [count, 3]).cast(to: UInt8.self)
            let expected = (0..<count).map { index in
                let (r, g, b) = (Int(picture[index, 0]), Int(picture[index, 1]), Int(picture[index, 2]))
                return UInt8((r * 9798 + g * 19235 + b * 3735 + 16384) >> 15)
            }
            #expect(try picture.rgbToGray8().elements == expected)
            let gray = try picture.rgbToGray()
            let parts = try picture.scaledToUnitRange().rgbToGray()
            #expect(gray.shape == [count] && (count == 0 || (gray - parts).abs().max() < 1e-15))
        }
        let gray = NDArray<UInt16>([4, 5])
        #expect(try gray.grayToRGB().elements == [4, 4, 4, 5, 5, 5])
        let half = try NDArray<Double>([1, 0, 0, 0.5], shape: [1, 4]).rgbaToRGB()
        #expect(half.elements == [1, 0.5, 0.5])
    }

    @Test func `other numbers of channels are refused`() throws {
        let image = try colours([4, 5])
        #expect(throws: NDArrayError.self) { try image.converted(from: .rgb, to: .lab) }
        #expect(throws: NDArrayError.self) { try image.rgbToGray() }
        #expect(throws: NDArrayError.self) { try image.rgbaToRGB() }
        #expect(throws: NDArrayError.self) { try NDArray<UInt8>(zeros: [3, 4]).rgbToGray8() }
        #expect(throws: NDArrayError.self) { try NDArray<Double>(scalar: 1).converted(from: .rgb, to: .hsv) }
    }
}
