internal import Foundation
internal import ImJoyCore
internal import SystemPackage
internal import Testing

/// Parts of images are what slicing the whole gives, at every resolution, and cost no more than they must.
@Suite struct TIFFRegionTests {
    /// The part of `whole` that `region` names, the obvious way.
    private static func slice(_ whole: AnyNDArray, _ region: [Range<Int>]) throws -> AnyNDArray {
        try whole.sliced(region.map { $0 as any AxisSelector })
    }

    private static func randomRegion(_ shape: [Int], _ generator: inout SeededGenerator) -> [Range<Int>] {
        shape.map { length in
            let ends = [Int.random(in: 0...length, using: &generator), Int.random(in: 0...length, using: &generator)]
            return min(ends[0], ends[1])..<max(ends[0], ends[1])
        }
    }

    private static let options: [ImageWriteOptions] = [
        .init(), .init(byteOrder: .big), .init(compression: .lzw, usesPredictor: true),
        .init(compression: .deflate, usesPredictor: true, tileSize: 16), .init(tileSize: 32, byteOrder: .big),
        .init(compression: .zstd, tileSize: 16, byteOrder: .big, isBigTIFF: true), .init(compression: .packbits),
    ]

    @Test(arguments: options)
    func `a region is a slice of the whole`(_ options: ImageWriteOptions) async throws {
        var generator = SeededGenerator(seed: 7)
        for (axes, shape) in [
            ("YX", [70, 53]), ("ZCYX", [3, 2, 40, 37]), ("YXS", [40, 37, 3]), ("ZSYX", [2, 3, 40, 20]),
            ("ZYX", [1, 1, 40]),
        ] {
            for dtype in [DType.uint8, .uint16, .float32] {
                let image = try Image(ImageCase.noise(shape, dtype), axes: Axes(axes))
                let source = try ImageSource(decoding: image.encoded(as: .tiff, options: options))
                #expect(source.info.shape == shape && source.levels.map(\.shape) == [shape])
                #expect(source.levels[0].chunkShape.count == shape.count)
                var regions = (0..<8).map { _ in Self.randomRegion(shape, &generator) }
                regions.append(shape.map { 0..<$0 })
                for region in regions {
                    let part = try await source.pixels(in: region)
                    let wanted = try Self.slice(image.pixels, region)
                    #expect(part.shape == wanted.shape && part.dtype == dtype)
                    #expect(part.bytes == wanted.bytes, "\(axes) \(dtype) \(region)")
                }
            }
        }
    }

    @Test func `samples of few bits are found inside bytes`() async throws {
        // 13 pixels of 1 bit in each of 5 rows.
        let rows: [UInt16] = [0xabc8, 0x1238, 0xfff8, 0x0008, 0x5558]
        let bytes = HostileImageTests.tiff(
            [(256, 13), (257, 5), (258, 1), (262, 1), (273, 8), (278, 5), (279, 10)],
            pixels: rows.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] })
        let whole = try Image(decoding: bytes).pixels
        let source = try ImageSource(decoding: bytes)
        for left in 0..<13 {
            for right in left...13 {
                let part = try await source.pixels(in: [1..<4, left..<right])
                #expect(part.bytes == (try Self.slice(whole, [1..<4, left..<right])).bytes)
            }
        }
    }

    @Test func `every fixture gives its parts`() async throws {
        var generator = SeededGenerator(seed: 11)
        for name in HostileImageTests.fixtures where !name.hasSuffix(".npz") {
            let path = FilePath(HostileImageTests.folder.appending(path: name).path)
            let whole = try Image(contentsOf: path)
            let source = try ImageSource(contentsOf: path)
            #expect(source.info.axes == whole.axes && source.info.shape == whole.shape, "\(name)")
            for _ in 0..<5 {
                let region = Self.randomRegion(whole.shape, &generator)
                let part = try await source.pixels(in: region)
                #expect(part.bytes == (try Self.slice(whole.pixels, region)).bytes, "\(name) \(region)")
            }
        }
    }

    @Test(arguments: ["pyramid.ome.tif", "pyramid-pages.tif"])
    func `reduced copies that tifffile wrote are levels`(_ name: String) async throws {
        let source = try ImageSource(
            contentsOf: FilePath(HostileImageTests.folder.appending(path: name).path))
        let isOME = name.hasPrefix("pyramid.ome")
        let outer = isOME ? [2] : []
        #expect(source.levels.map(\.shape) == [outer + [20, 26], outer + [10, 13], outer + [5, 7]])
        #expect(source.levels[0].chunkShape == outer.map { _ in 1 } + [16, 16])
        #expect(source.info.notes.isEmpty == isOME, "\(source.info.notes)")
        if isOME {
            #expect(source.levels.map { $0.pixelSize?.x } == [0.5, 1, 0.5 * 26 / 7])
            let second = try await source.image(["C": 1..<2, "Y": 2..<4], level: 1)
            #expect(second.channelNames == ["two"] && second.axes == "CYX" && second.shape == [1, 2, 13])
        }
        let whole = try await source.image()
        for (level, step) in [(1, 2), (2, 4)] {
            let copy = try await source.image(level: level)
            let wanted = whole.pixels[.ellipsis, .step(step), .step(step)]
            #expect(copy.pixels.bytes == wanted.bytes, "level \(level)")
        }
    }

    @Test func `what is no level is refused, and so are regions outside`() async throws {
        let source = try ImageSource(decoding: Image(ImageCase.noise([9, 8], .uint8)).encoded(as: .tiff))
        for (region, level) in [([0..<9, 0..<8], 1), ([0..<9], 0), ([0..<9, 0..<9], 0), ([-1..<2, 0..<1], 0)] {
            await #expect(throws: ImageError.self) { try await source.pixels(in: region, level: level) }
        }
        await #expect(throws: ImageError.self) { try await source.image(["Q": 0..<1]) }
    }

    @Test func `the limit holds for the region`() async throws {
        let image = try Image(ImageCase.noise([64, 64], .uint16))
        for options in [ImageWriteOptions(), .init(compression: .lzw, tileSize: 16)] {
            let file = try image.encoded(as: .tiff, options: options)
            let limits = ImageLimits(decodedBytes: 1024)
            #expect(throws: ImageError.self) { try Image(decoding: file, limits: limits) }
            let source = try ImageSource(decoding: file, limits: limits)
            #expect(try await source.pixels(in: [3..<19, 5..<37]).shape == [16, 32])
            let error = await #expect(throws: ImageError.self) { try await source.pixels(in: [3..<20, 5..<37]) }
            #expect(error?.code == .tooLarge && error?.message.contains("limit is 1024") == true)
        }
    }

    @Test func `a file of 20 GB opens, and a part of it is read`() async throws {
        let folder = try TemporaryFolder()
        // One page of 102400 x 102400 uint16 in tiles of 1024, all of the size of a tile without packing, in holes.
        let side = 100
        let tileBytes = 1024 * 1024 * 2
        let pixels = 4 << 20
        var head: [UInt8] = []
        func number(_ value: Int, _ size: Int) {
            for byte in 0..<size { head.append(UInt8(value >> (8 * byte) & 0xff)) }
        }
        head += [0x49, 0x49]
        for (value, size) in [(43, 2), (8, 2), (0, 2), (16, 8)] { number(value, size) }
        let tags = [
            (256, 4, 1, side * 1024), (257, 4, 1, side * 1024), (258, 3, 1, 16), (259, 3, 1, 1), (262, 3, 1, 1),
            (277, 3, 1, 1), (322, 4, 1, 1024), (323, 4, 1, 1024), (324, 16, side * side, 512),
            (325, 16, side * side, 512 + 8 * side * side),
        ]
        number(tags.count, 8)
        for (tag, type, count, value) in tags {
            number(tag, 2)
            number(type, 2)
            number(count, 8)
            number(value, 8)
        }
        number(0, 8)
        head += [UInt8](repeating: 0, count: 512 - head.count)
        for tile in 0..<side * side { number(pixels + tile * tileBytes, 8) }
        for _ in 0..<side * side { number(tileBytes, 8) }
        let path = folder.path("huge.tif")
        let file = try FileDescriptor.open(path, .readWrite, options: [.create], permissions: [.ownerReadWrite])
        try file.writeAll(head)
        // Row 3, columns 4 and 5 of the tile in row 50, column 70.
        try file.writeAll(toAbsoluteOffset: Int64(pixels + 5070 * tileBytes + (3 * 1024 + 4) * 2), [7, 0, 9, 0])
        try file.resize(to: Int64(pixels + side * side * tileBytes))
        try file.close()
        let source = try ImageSource(contentsOf: path)
        #expect(source.levels[0].shape == [102_400, 102_400] && source.levels[0].chunkShape == [1024, 1024])
        let part = try await source.image(["Y": 51_202..<51_205, "X": 71_683..<71_687]).pixels.typed(as: UInt16.self)
        #expect(part.elements == [0, 0, 0, 0, 0, 7, 9, 0, 0, 0, 0, 0])
        let error = #expect(throws: ImageError.self) { try Image(contentsOf: path) }
        #expect(error?.code == .tooLarge)
    }

    @Test func `a page that is its own reduced copy, or has one that is none, has one level`() async throws {
        let sixteen = [UInt8](1...16)
        let tags: [(Int, UInt32)] = [
            (256, 4), (257, 4), (258, 8), (262, 1), (273, 8), (278, 4), (279, 16), (330, 8),
        ]
        for target in [8, 0, 9, 50, 1 << 30] as [UInt32] {
            var looped = tags
            looped[7].1 = target
            let source = try ImageSource(decoding: HostileImageTests.tiff(looped, pixels: sixteen))
            #expect(source.levels.count == 1)
            #expect(try await source.pixels(in: [0..<4, 0..<4]).bytes == SharedBytes(copying: sixteen))
        }
    }

    @Test func `PNG and NPY files are sources with one level`() async throws {
        let image = try Image(ImageCase.noise([9, 8], .uint16), axes: "YX", pixelSize: PixelSize(x: 0.5, y: 0.5))
        for format in [ImageFormat.png, .npy] {
            let source = try ImageSource(decoding: image.encoded(as: format))
            #expect(source.levels.map(\.shape) == [[9, 8]])
            let part = try await source.pixels(in: [2..<5, 1..<8])
            #expect(part.bytes == (try Self.slice(image.pixels, [2..<5, 1..<8])).bytes)
        }
    }

    @Test func `a damaged strip is named, the first one whichever thread met it`() async throws {
        let image = try Image(ImageCase.noise([16, 128, 128], .uint8), axes: "ZYX")
        var file = try [UInt8](image.encoded(as: .tiff, options: .init(compression: .deflate, tileSize: 64)))
        // All blocks lie one behind the other behind the header; spoil from the middle on.
        for place in file.count / 2..<file.count / 2 + 60_000 { file[place] = 0xff }
        let source = try ImageSource(decoding: SharedBytes(copying: file))
        var messages: Set<String> = []
        for _ in 0..<4 {
            do {
                _ = try await source.image()
            } catch {
                messages.insert("\(error)")
            }
        }
        #expect(messages.count == 1 && messages.first?.contains("cannot be decoded") == true, "\(messages)")
        #expect(try await source.pixels(in: [0..<2, 0..<128, 0..<128]).bytes == image.pixels[0..<2].bytes)
    }
}
