internal import ImJoyCore

/// An image to write, and how.
struct ImageCase: Sendable {
    var name: String
    var image: Image
    var options = ImageWriteOptions()

    /// Pixels that use the whole range of their type.
    static func noise(_ shape: [Int], _ dtype: DType, seed: UInt64 = 1) throws -> AnyNDArray {
        var generator = SeededGenerator(seed: seed)
        let count = shape.reduce(1, *) * dtype.byteCount
        var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        // A number below 128 in the highest byte keeps floats from being NaN, which equals nothing.
        if dtype.isFloatingPoint || dtype.isComplex {
            for index in stride(from: dtype.swapUnit - 1, to: count, by: dtype.swapUnit) { bytes[index] = 0x3e }
        }
        if dtype == .bool { bytes = bytes.map { $0 & 1 } }
        return try AnyNDArray(sharing: SharedBytes(copying: bytes), dtype: dtype, shape: shape)
    }

    /// Every combination of what a TIFF can be written with.
    static func tiff() throws -> [ImageCase] { try types() + layouts() + special() }

    private static func types() throws -> [ImageCase] {
        var cases: [ImageCase] = []
        for dtype in DType.allCases where dtype != .bool {
            let image = try Image(noise([21, 37], dtype))
            for (options, label) in writeOptions() {
                cases.append(ImageCase(name: "\(dtype)-\(label).tif", image: image, options: options))
                // The same with offsets of 64 bits.
                var big = options
                big.isBigTIFF = true
                cases.append(ImageCase(name: "big-\(dtype)-\(label).tif", image: image, options: big))
            }
        }
        return cases
    }

    private static func writeOptions() -> [(ImageWriteOptions, String)] {
        var all: [(ImageWriteOptions, String)] = []
        for compression in ImageWriteOptions.Compression.allCases {
            for order in [DType.ByteOrder.little, .big] {
                for tile in [nil, 16] as [Int?] {
                    for predictor in [false, true] where !predictor || [.lzw, .deflate].contains(compression) {
                        let options = ImageWriteOptions(
                            compression: compression, usesPredictor: predictor, tileSize: tile, byteOrder: order)
                        all.append((options, "\(compression)-\(order)-\(tile ?? 0)-\(predictor)"))
                    }
                }
            }
        }
        return all
    }

    private static func layouts() throws -> [ImageCase] {
        let shapes: [(String, [Int])] = [
            ("YXS", [9, 8, 3]), ("YXS", [9, 8, 4]), ("YXS", [9, 8, 2]), ("YXS", [9, 8, 5]), ("SYX", [3, 9, 8]),
            ("ZYXS", [4, 9, 8, 3]), ("ZYX", [4, 9, 8]), ("ZYX", [3, 7, 5]), ("TZCYX", [2, 3, 2, 9, 8]),
            ("CTYX", [2, 3, 9, 8]), ("ZYX", [1, 9, 8]), ("QQYX", [2, 3, 9, 8]), ("ZSYX", [2, 3, 9, 8]), ("XY", [9, 8]),
            ("YX", [1, 8]), ("YX", [8, 1]), ("YX", [1, 1]),
        ]
        var cases: [ImageCase] = []
        for (axes, shape) in shapes {
            for dtype in [DType.uint8, .uint16] {
                let size = PixelSize(x: 0.325, y: 0.325, z: axes.contains("Z") ? 1.5 : nil)
                let image = try Image(noise(shape, dtype), axes: Axes(axes), pixelSize: size)
                for (options, label) in writeOptions()
                where !options.usesPredictor && [.none, .lzw].contains(options.compression) {
                    let lengths = shape.map(String.init).joined(separator: "x")
                    cases.append(
                        ImageCase(name: "\(axes)-\(lengths)-\(dtype)-\(label).tif", image: image, options: options))
                }
            }
        }
        return cases
    }

    private static func special() throws -> [ImageCase] {
        let described = try Image(
            noise([2, 9, 8], .uint8), axes: "CYX", pixelSize: PixelSize(x: 0.1),
            channelNames: ["DAPI", "\u{b5} \"q\""],
            metadata: ["description": "two\nlines", "artist": "somebody", "software": "test 1.0"])
        let stack = try Image(noise([3, 9, 8], .uint8), axes: "ZYX")
        let odd = try Image(noise([3, 3, 5], .uint8), axes: "ZYX")
        // Strips of more than one: 300 rows of 2000 bytes.
        let strips = try Image(noise([300, 1000], .uint16))
        return [
            ImageCase(name: "described.tif", image: described),
            ImageCase(name: "big.tif", image: stack, options: .init(isBigTIFF: true)),
            ImageCase(name: "big-swapped.tif", image: stack, options: .init(byteOrder: .big, isBigTIFF: true)),
            ImageCase(name: "big-lzw.tif", image: stack, options: .init(compression: .lzw, isBigTIFF: true)),
            ImageCase(name: "odd.tif", image: odd),
            ImageCase(name: "strips.tif", image: strips, options: .init(compression: .deflate, byteOrder: .big)),
        ]
    }
}
