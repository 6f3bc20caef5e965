internal import ImJoyCore
internal import Testing

@Suite struct DrawingTests {
    @Test func `numbers are stretched between their percentiles`() throws {
        let ramp = try NDArray((0...1000).map { Float($0) }, shape: [7, 143])
        let grey = try Drawing.stretched(AnyNDArray(ramp), low: 10, high: 90).elements
        #expect(grey[0] == 0 && grey[100] == 0 && grey[500] == 128 && grey[900] == 255 && grey[1000] == 255)
        #expect(grey[300] == 64)
        let flat = try Drawing.stretched(AnyNDArray(NDArray<UInt16>(repeating: 9, shape: [3, 3])))
        #expect(flat.elements == [UInt8](repeating: 0, count: 9))
        let broken = try Drawing.stretched(
            AnyNDArray(NDArray<Float>([.nan, 0, 1, .infinity], shape: [2, 2])), low: 0, high: 100)
        #expect(broken.elements == [0, 0, 255, 255])
    }

    @Test func `the outline of an object is coloured, its inside and the rest are grey`() throws {
        var labels = NDArray<Int32>(zeros: [6, 6])
        labels[1..<5, 1..<5] = NDArray(repeating: 3, shape: [4, 4])
        let image = NDArray<UInt8>(repeating: 0, shape: [6, 6])
        let picture = try Drawing.overlay(AnyNDArray(image), labels: AnyNDArray(labels))
        #expect(picture.shape == [6, 6, 3])
        for row in 0..<6 {
            for column in 0..<6 {
                let pixel = picture[row, column, .all].elements
                let isInside = (2...3).contains(row) && (2...3).contains(column)
                let isObject = (1...4).contains(row) && (1...4).contains(column)
                #expect((pixel == [0, 0, 0]) == (!isObject || isInside), "\(row) \(column) \(pixel)")
            }
        }
    }

    @Test func `touching objects are parted, and each label keeps its colour`() throws {
        let labels = try NDArray<UInt16>([1, 1, 2, 2], shape: [1, 4])
        let image = AnyNDArray(NDArray<Float>(zeros: [1, 4]))
        let pixels = try Drawing.overlay(image, labels: AnyNDArray(labels)).elements
        #expect(pixels[0..<3] == [0, 0, 0] && pixels[9..<12] == [0, 0, 0])
        #expect(Array(pixels[3..<6]) != Array(pixels[6..<9]))
        let other = try Drawing.overlay(image, labels: AnyNDArray(NDArray<Int64>([0, 2, 0, 0], shape: [1, 4]))).elements
        #expect(other[3..<6] == pixels[6..<9])
    }

    @Test func `an enlarged picture has fine outlines and smooth grey`() throws {
        let image = try NDArray<UInt8>([0, 200], shape: [1, 2])
        let labels = try NDArray([true, false], shape: [1, 2])
        let picture = try Drawing.overlay(AnyNDArray(image), labels: AnyNDArray(labels), scale: 4)
        #expect(picture.shape == [4, 8, 3])
        let green = picture[0, .all, 1].elements
        #expect(green[0] == 0 && green[4] > green[2] && green[7] == 255)
        #expect(picture[0, 3, .all].elements.max() == 255 && Set(picture[0, 3, .all].elements).count > 1)
    }

    @Test func `what cannot be drawn is refused`() throws {
        let image = AnyNDArray(NDArray<UInt8>(zeros: [2, 2]))
        #expect(throws: NDArrayError.self) {
            try Drawing.overlay(image, labels: AnyNDArray(NDArray<UInt8>(zeros: [2, 3])))
        }
        #expect(throws: NDArrayError.self) {
            try Drawing.overlay(image, labels: AnyNDArray(NDArray<Float>(zeros: [2, 2])))
        }
        #expect(throws: NDArrayError.self) { try Drawing.overlay(image, labels: image, scale: 0) }
        let empty = AnyNDArray(NDArray<UInt8>(zeros: [0, 3]))
        #expect(try Drawing.overlay(empty, labels: empty, scale: 2).shape == [0, 6, 3])
    }
}
