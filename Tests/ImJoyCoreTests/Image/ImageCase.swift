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
    static func tiff() throws -> [ImageCase] { try types() + layouts() + special() + forReaders() }

    private static func types() throws -> [ImageCase] {
        var cases: [ImageCase] = []
        for dtype in DType.allCases where dtype != .bool {
            let image = try Image(noise([21, 37], dtype))
            for (options, label) in writeOptions(dtype) {
                cases.append(ImageCase(name: "\(dtype)-\(label).tif", image: image, options: options))
                // The same with offsets of 64 bits.
                var big = options
                big.isBigTIFF = true
                cases.append(ImageCase(name: "big-\(dtype)-\(label).tif", image: image, options: big))
            }
        }
        return cases
    }

    /// LERC holds no complex numbers, no half floats and no whole numbers of 64 bits; JPEG gives no pixel back as it was.
    static func holds(_ compression: ImageWriteOptions.Compression, _ dtype: DType) -> Bool {
        switch compression {
        case .jpeg: false
        case .lerc: !dtype.isComplex && ![.float16, .int64, .uint64].contains(dtype)
        default: true
        }
    }

    private static func writeOptions(_ dtype: DType) -> [(ImageWriteOptions, String)] {
        var all: [(ImageWriteOptions, String)] = []
        for compression in ImageWriteOptions.Compression.allCases where holds(compression, dtype) {
            for order in [DType.ByteOrder.little, .big] where compression != .lerc || order == .native {
                for tile in [nil, 16] as [Int?] {
                    for predictor in [false, true] where !predictor || [.lzw, .deflate, .zstd].contains(compression) {
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
                for (options, label) in writeOptions(dtype)
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

    /// Files that say what OME and ImageJ understand, and pyramids.
    private static func forReaders() throws -> [ImageCase] {
        var cases: [ImageCase] = []
        let size = PixelSize(x: 0.325, y: 0.25, z: 1.5)
        for order in [DType.ByteOrder.little, .big] {
            for (axes, shape) in [
                ("TZCYX", [2, 3, 2, 9, 8]), ("CZYX", [2, 3, 9, 8]), ("ZTYX", [2, 3, 9, 8]), ("YX", [9, 8]),
                ("CYXS", [2, 9, 8, 3]), ("ZSYX", [2, 3, 9, 8]),
            ] {
                for dtype in [DType.uint8, .int16, .float64, .complex64] {
                    let channels = axes.contains("C") ? ["a <b> & \"c\"", "\u{b5}"] : []
                    let image = try Image(
                        noise(shape, dtype), axes: Axes(axes), pixelSize: size, channelNames: channels,
                        metadata: ["description": "two\nlines & <tags>"])
                    let big = dtype == .int16
                    cases.append(
                        ImageCase(
                            name: "ome-\(axes)-\(dtype)-\(order).tif", image: image,
                            options: .init(
                                compression: dtype == .uint8 ? .none : .deflate, byteOrder: order, isBigTIFF: big,
                                layout: .ome)))
                }
            }
            for (axes, shape) in [("TZCYX", [2, 3, 2, 9, 8]), ("CYX", [2, 9, 8]), ("ZYXS", [2, 9, 8, 3])] {
                for dtype in [DType.uint8, .uint16, .float32] where dtype == .uint8 || !axes.contains("S") {
                    let image = try Image(
                        noise(shape, dtype), axes: Axes(axes), pixelSize: size,
                        channelNames: axes.contains("C") ? ["DAPI", "\u{b5}m"] : [],
                        metadata: ["description": "two\nlines", "finterval": "0.5", "min": "1.0", "max": "9.5"])
                    cases.append(
                        ImageCase(
                            name: "imagej-\(axes)-\(dtype)-\(order).tif", image: image,
                            options: .init(byteOrder: order, layout: .imageJ)))
                }
            }
            for compression in [ImageWriteOptions.Compression.none, .zstd] {
                let image = try Image(noise([2, 70, 53], .uint16), axes: "ZYX", pixelSize: size)
                for layout in [ImageWriteOptions.Layout.ome, .plain] {
                    cases.append(
                        ImageCase(
                            name: "pyramid-\(layout)-\(compression)-\(order).tif", image: image,
                            options: .init(
                                compression: compression, usesPredictor: true, tileSize: 16, byteOrder: order,
                                layout: layout, pyramid: .levels(3))))
                }
            }
        }
        return cases
    }
}
