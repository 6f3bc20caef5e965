#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
@testable internal import ImJoyCore
internal import Testing

/// What the options ask for, and what is refused.
@Suite struct TIFFWritingTests {
    @Test(arguments: DType.allCases.filter { !$0.isComplex })
    func `a pyramid has means of two by two pixels`(_ dtype: DType) async throws {
        for (axes, shape) in [("ZYX", [2, 21, 16]), ("YXS", [9, 14, 3]), ("SYX", [3, 9, 14])] {
            let size = PixelSize(x: 0.5, y: 0.25)
            let image = try Image(ImageCase.noise(shape, dtype), axes: Axes(axes), pixelSize: size)
            // Doubles cannot hold means of 64 bits.
            let isLong = dtype == .int64 || dtype == .uint64
            for reduction in ImageWriteOptions.Reduction.allCases where reduction == .nearest || !isLong {
                let options = ImageWriteOptions(
                    compression: .lzw, tileSize: 16, pyramid: .levels(3), reduction: reduction)
                let source = try ImageSource(decoding: image.encoded(as: .tiff, options: options))
                try #require(source.levels.count == 3)
                #expect(try await source.image().pixels.bytes == image.pixels.bytes)
                for level in 1..<3 {
                    let above = try await source.image(level: level - 1).pixels
                    let copy = try await source.image(level: level).pixels
                    let wanted = try Self.halved(above, axes, dtype == .bool ? .nearest : reduction)
                    #expect(copy.shape == wanted.shape)
                    let tolerance = dtype == .float16 ? 1e-3 : [.float32, .complex64].contains(dtype) ? 1e-6 : 1e-14
                    let isNear = zip(try copy.cast(to: Double.self).elements, wanted.elements).allSatisfy {
                        ($0 - $1).magnitude <= tolerance * $1.magnitude
                    }
                    #expect(isNear, "\(dtype) \(axes) \(reduction)")
                }
            }
        }
    }

    /// The real parts of the next copy, pixel by pixel.
    private static func halved(
        _ pixels: AnyNDArray, _ axes: String, _ reduction: ImageWriteOptions.Reduction
    ) throws -> NDArray<Double> {
        let isNearest = reduction == .nearest
        let isWhole = !pixels.dtype.isFloatingPoint && !pixels.dtype.isComplex
        let y = axes == "YXS" ? 0 : 1
        let moved = try pixels.cast(to: Double.self).movingAxes([y, y + 1], to: [1, 2])
        var planes: [Double] = []
        let (height, width) = (moved.shape[1], moved.shape[2])
        for plane in 0..<moved.shape[0] {
            for row in stride(from: 0, to: height, by: 2) {
                for column in stride(from: 0, to: width, by: 2) {
                    let (down, right) = (min(row + 1, height - 1), min(column + 1, width - 1))
                    let corner = moved[plane, row, column]
                    let upper = corner + moved[plane, row, right]
                    let sum = upper + (moved[plane, down, column] + moved[plane, down, right])
                    planes.append(isNearest ? corner : isWhole ? (sum / 4 + 0.5).rounded(.down) : sum / 4)
                }
            }
        }
        let halves = try NDArray(planes, shape: [moved.shape[0], (height + 1) / 2, (width + 1) / 2])
        return try halves.movingAxes([1, 2], to: [y, y + 1])
    }

    @Test func `the number of resolutions can be left to us, and impossible ones are refused`() throws {
        let image = try Image(ImageCase.noise([1030, 40], .uint8))
        let source = try ImageSource(decoding: image.encoded(as: .tiff, options: .init(pyramid: .automatic)))
        #expect(source.levels.map { $0.shape[0] } == [1030, 515, 258, 129])
        #expect(source.levels.allSatisfy { $0.chunkShape[0] <= 256 } && source.info.isTiled)
        for count in [-1, 0, 13] {
            let error = #expect(throws: ImageError.self) {
                try image.encoded(as: .tiff, options: .init(pyramid: .levels(count)))
            }
            #expect(error?.code == .invalidArgument && error?.message.contains("from 1 to") == true)
        }
    }

    @Test func `JPEG keeps a picture nearly as it is`() throws {
        let cases: [(String, [Int], Int?)] = [
            ("YX", [45, 37], nil), ("YXS", [45, 37, 3], 16), ("ZYX", [2, 45, 300], nil),
        ]
        for (axes, shape, tile) in cases {
            let count = shape.reduce(1, *)
            let image = try Image(NDArray((0..<count).map { UInt8($0 * 250 / count) }, shape: shape), axes: Axes(axes))
            let options = ImageWriteOptions(compression: .jpeg, tileSize: tile, quality: 95)
            let file = try image.encoded(as: .tiff, options: options)
            #expect(try ImageInfo(decoding: file).compression == "jpeg")
            let read = try Image(decoding: file)
            #expect(read.shape == shape && read.axes.letters == axes)
            let pairs = zip([UInt8](read.pixels.bytes), [UInt8](image.pixels.bytes))
            #expect(pairs.allSatisfy { max($0, $1) - min($0, $1) < 6 })
        }
    }

    @Test func `what a packing or a reader cannot hold is refused with a way out`() throws {
        let cases: [(DType, [Int], String, ImageWriteOptions, String)] = [
            (.uint16, [9, 8], "YX", .init(compression: .jpeg), "holds uint8"),
            (.uint8, [9, 8, 4], "YXS", .init(compression: .jpeg), "1 or 3 samples"),
            (.uint8, [9, 8], "YX", .init(compression: .jpeg, quality: 0), "from 1 to 100"),
            (.complex64, [9, 8], "YX", .init(compression: .lerc), "up to 32 bits"),
            (.uint8, [9, 8], "YX", .init(compression: .deflate, level: 0), "from 1 to 9"),
            (.uint8, [9, 8], "YX", .init(compression: .zstd, level: 23), "from 1 to 22"),
            (.int64, [9, 8], "YX", .init(layout: .ome), "cast to int32"),
            (.float16, [9, 8], "YX", .init(layout: .ome), "cast to float32"),
            (.uint8, [2, 9, 8], "QYX", .init(layout: .ome), "layout .plain"),
            (.uint8, [2, 9, 8], "YXC", .init(layout: .ome), "layout .plain"),
            (.float64, [9, 8], "YX", .init(layout: .imageJ), "cast"),
            (.uint8, [9, 8], "YX", .init(compression: .zstd, layout: .imageJ), "LZW, deflate or PackBits"),
            (.uint8, [9, 8], "YX", .init(isBigTIFF: true, layout: .imageJ), "BigTIFF"),
            (.uint8, [2, 9, 8], "QYX", .init(layout: .imageJ), "hyperstack"),
        ]
        for (dtype, shape, axes, options, words) in cases {
            let image = try Image(ImageCase.noise(shape, dtype), axes: Axes(axes))
            let error = #expect(throws: ImageError.self) { try image.encoded(as: .tiff, options: options) }
            #expect(error?.message.contains(words) == true, "\(String(describing: error))")
        }
        let names = try Image(ImageCase.noise([2, 9, 8], .uint8), axes: "CYX", channelNames: ["one"])
        #expect(throws: ImageError.self) { try names.encoded(as: .tiff, options: .init(layout: .ome)) }
    }

    @Test func `bytes and pixels do not depend on the number of threads`() async {
        await #expect(processExitsWith: .success) {
            let image = try Image(ImageCase.noise([3, 300, 260], .uint16), axes: "ZYX")
            let options = ImageWriteOptions(
                compression: .deflate, usesPredictor: true, tileSize: 64, pyramid: .levels(2))
            ComputeThreads.count = 1
            let file = try image.encoded(as: .tiff, options: options)
            for threads in [2, 5] {
                ComputeThreads.count = threads
                guard try image.encoded(as: .tiff, options: options) == file else { exit(1) }
                guard try Image(decoding: file).pixels.bytes == image.pixels.bytes else { exit(2) }
            }
        }
    }

    @Test func `the name of a file asks for OME`() throws {
        let folder = try TemporaryFolder()
        let image = try Image(ImageCase.noise([2, 9, 8], .uint16), axes: "CYX", channelNames: ["a", "b"])
        for (name, isOME) in [("a.ome.tif", true), ("b.OME.TIFF", true), ("c.tif", false), ("ome.tif", false)] {
            try image.write(to: folder.path(name))
            let bytes = try [UInt8](SharedBytes.reading(contentsOf: folder.path(name)))
            #expect(String(decoding: bytes, as: UTF8.self).contains("<OME ") == isOME, "\(name)")
            #expect(try Image(contentsOf: folder.path(name)).channelNames == ["a", "b"])
        }
        try image.write(to: folder.path("d.ome.tif"), options: .init(layout: .plain))
        let bytes = try [UInt8](SharedBytes.reading(contentsOf: folder.path("d.ome.tif")))
        #expect(!String(decoding: bytes, as: UTF8.self).contains("<OME "))
    }

    @Test func `a hyperstack has its axes in the order of ImageJ`() throws {
        let image = try Image(ImageCase.noise([2, 9, 3, 8], .uint16), axes: "CYZX")
        let read = try Image(decoding: image.encoded(as: .tiff, options: .init(layout: .imageJ)))
        #expect(read.axes == "ZCYX" && read.shape == [3, 2, 9, 8])
        #expect(read.pixels.bytes == (try image.pixels.permuted([2, 0, 1, 3])).bytes)
    }

    @Test func `labels and notes of ImageJ are read`() throws {
        let read = try Image(decoding: SharedBytes(copying: HostileImageTests.bytes("imagej-labels.tif")))
        #expect(read.axes == "ZCYX" && read.channelNames == ["DAPI", "GFP"])
        #expect(read.metadata["description"] == "cells\nin \u{b5}m" && read.metadata["finterval"] == "0.25")
        #expect(read.metadata["min"] == "1.0" && read.metadata["max"] == "200.0")
    }

    @Test func `text that XML cannot hold is replaced`() {
        #expect(OMEMetadata.escaped("a\u{1}<\u{b5}>&\"\n\u{1f600}") == "a?&lt;\u{b5}&gt;&amp;&quot;&#10;\u{1f600}")
        #expect(OMEMetadata.escaped("a\n\u{b5}", isAttribute: false) == "a\n\u{b5}")
    }

    @Test(arguments: [1, 2, 4, 8], [1, 2, 3, 5])
    func `differences are taken and added up again`(_ size: Int, _ step: Int) {
        var generator = SeededGenerator(seed: 3)
        for pixels in 0..<70 {
            let count = pixels * step
            let row = (0..<count * size).map { _ in UInt8.random(in: 0...255, using: &generator) }
            for predictor in size == 1 ? [2] : [2, 3] {
                var packed = [UInt8](repeating: 0, count: row.count)
                var scratch = [UInt8](repeating: 0, count: row.count + 1)
                row.withUnsafeBytes { source in
                    packed.withUnsafeMutableBytes { target in
                        scratch.withUnsafeMutableBytes { room in
                            guard let from = source.baseAddress, let to = target.baseAddress,
                                let line = room.baseAddress
                            else { return }
                            TIFFPredictor.apply(
                                from, count: count, predictor: predictor, step: step, size: size, scratch: line,
                                into: to)
                        }
                    }
                }
                #expect(packed == Self.differences(row, predictor, step, size), "\(predictor) \(pixels)")
                packed.withUnsafeMutableBytes { target in
                    scratch.withUnsafeMutableBytes {
                        TIFFPredictor.undo(
                            target, predictor: predictor, step: step, size: size, scratch: $0.baseAddress)
                    }
                }
                #expect(packed == row)
            }
        }
    }

    /// The same, number by number.
    private static func differences(_ row: [UInt8], _ predictor: Int, _ step: Int, _ size: Int) -> [UInt8] {
        let count = row.count / size
        if predictor == 3 {
            let planes = (0..<row.count).map { row[$0 % count * size + size - 1 - $0 / count] }
            return planes.indices.map { $0 < step ? planes[$0] : planes[$0] &- planes[$0 - step] }
        }
        func number(_ index: Int) -> UInt64 {
            (0..<size).reduce(0) { $0 | UInt64(row[index * size + $1]) << UInt64(8 * $1) }
        }
        return (0..<count).flatMap { index in
            let value = index < step ? number(index) : number(index) &- number(index - step)
            return (0..<size).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
        }
    }
}
