internal import Foundation
internal import ImJoyCore
internal import SystemPackage
internal import Testing

/// Images as OME-Zarr.
@Suite struct ZarrImageTests {
    private static let shapes: [(String, [Int])] = [
        ("YX", [30, 20]), ("ZCYX", [3, 2, 9, 8]), ("TCZYX", [2, 3, 2, 9, 8]), ("YXS", [19, 18, 3]), ("QYX", [2, 9, 8]),
        ("XY", [9, 8]), ("CTYX", [2, 3, 9, 8]), ("X", [7]), ("", []), ("QQYX", [2, 3, 9, 8]),
        ("ZCYXS", [2, 2, 5, 4, 3]),
        ("YX", [0, 4]),
    ]

    @Test(arguments: ZarrWriteOptions.Version.allCases)
    func `an image comes back as it was`(_ version: ZarrWriteOptions.Version) async throws {
        let folder = try TemporaryFolder()
        for (number, (axes, shape)) in Self.shapes.enumerated() {
            let dtype = DType.allCases[number % DType.allCases.count]
            let letters = Axes(axes) ?? "Q"
            let image = try Image(
                ImageCase.noise(shape, dtype, seed: UInt64(number)), axes: letters,
                pixelSize: axes.contains("Y") ? PixelSize(x: 0.325, y: 0.1, z: axes.contains("Z") ? 1.7 : nil) : nil,
                channelNames: axes.contains("C")
                    ? (0..<(shape[letters.index(of: "C") ?? 0])).map { "ch \u{b5}\($0)" } : [],
                metadata: ["description": "cells\n\"\u{b5}m\"", "software": "test", "name": "n"])
            for downsampling in ZarrWriteOptions.Downsampling.allCases {
                let options = ZarrWriteOptions(version: version, downsampling: downsampling, coarsest: 6)
                try image.write(toZarr: folder.path("a.zarr"), options: options)
                let read = try Image(contentsOf: folder.path("a.zarr"))
                #expect(read.pixels.bytes == image.pixels.bytes, "\(axes)")
                #expect(read.shape == shape && read.dtype == dtype && read.axes == letters, "\(read)")
                #expect(read.channelNames == image.channelNames, "\(axes)")
                #expect(read.pixelSize == image.pixelSize, "\(axes) \(String(describing: read.pixelSize))")
                #expect(read.metadata == image.metadata, "\(axes)")
            }
            let source = try await ImageSource(zarr: ZarrFolder(folder.path("a.zarr")))
            #expect(source.info.shape == shape && source.info.format == .zarr && source.info.notes.isEmpty)
            let region = shape.contains(0) ? shape.map { 0..<$0 } : shape.map { $0 / 2..<$0 }
            let part = try image.pixels.sliced(region)
            #expect(try await source.pixels(in: region).bytes == part.bytes, "\(axes)")
        }
        #expect(folder.names == ["a.zarr"])
    }

    @Test func `a pyramid has means of 2 x 2, and twice the size of a pixel`() async throws {
        let folder = try TemporaryFolder()
        let pixels = try NDArray<UInt8>([0, 1, 10, 200, 3, 5, 3, 3, 10, 200, 0, 0, 5, 1, 2], shape: [3, 5])
        let image = try Image(pixels, pixelSize: PixelSize(x: 0.5, y: 2))
        try image.write(toZarr: folder.path("p.ome.zarr"), options: ZarrWriteOptions(coarsest: 1))
        let source = try await ImageSource(zarr: ZarrFolder(folder.path("p.ome.zarr")))
        #expect(source.levels.map(\.shape) == [[3, 5], [2, 3], [1, 2], [1, 1]])
        #expect(source.levels.map(\.pixelSize?.x) == [0.5, 1, 2, 4])
        let half = try await source.image(level: 1)
        // (0 + 1 + 5 + 3) / 4 = 2.25, (10 + 200 + 3 + 10) / 4 = 55.75, then the mean of a column of two.
        #expect(try half.pixels.typed(as: UInt8.self).elements == [2, 56, 102, 0, 3, 2])
        #expect(half.pixelSize == PixelSize(x: 1, y: 4))
    }

    @Test(arguments: DType.allCases)
    func `means are rounded to the nearest, also at the ends of the type`(_ dtype: DType) async throws {
        let image = try Image(ImageCase.noise([2, 7, 9], dtype, seed: 3), axes: "CYX")
        let store = ZarrMemory()
        try image.write(toZarr: store, options: ZarrWriteOptions(coarsest: 5))
        let source = try await ImageSource(zarr: store)
        let half = try await source.pixels(in: [0..<2, 0..<4, 0..<5], level: 1)
        if dtype == .bool || dtype.isComplex {
            #expect(half.bytes == image.pixels[.all, .step(2), .step(2)].bytes)
            return
        }
        let all = try image.pixels.cast(to: Double.self), small = try half.cast(to: Double.self)
        for index in 0..<40 {
            let (c, y, x) = (index / 20, index / 5 % 4, index % 5)
            let (y1, x1) = (min(2 * y + 1, 6), min(2 * x + 1, 8))
            let parts = [all[c, 2 * y, 2 * x], all[c, 2 * y, x1], all[c, y1, 2 * x], all[c, y1, x1]]
            let mean = parts.reduce(0) { $0 + $1 / 4 }
            let largest = parts.map(\.magnitude).max() ?? 0
            #expect(
                (small[c, y, x] - mean).magnitude <= (dtype.isInteger ? 0.5 : 0) + largest
                    * (dtype == .float16 ? 1e-3 : 1e-6))
        }
    }

    @Test func `labels are taken, not averaged`() async throws {
        let labels = try Image(NDArray<Int32>([1, 2, 3, 4, 5, 6, 7, 8, 9], shape: [3, 3]))
        let store = ZarrMemory()
        try labels.write(toZarr: store, options: ZarrWriteOptions(downsampling: .nearest, coarsest: 2))
        let half = try await ImageSource(zarr: store).image(level: 1)
        #expect(try half.pixels.typed(as: Int32.self).elements == [1, 3, 7, 9])
    }

    @Test func `plates, wells, collections and labels lead to their images`() async throws {
        let store = ZarrMemory()
        func put(_ key: String, _ json: String) throws {
            try store.writeNow(SharedBytes(copying: [UInt8](json.utf8)), to: key)
        }
        let inner = ZarrMemory()
        try Image(NDArray<UInt8>([1, 2, 3, 4], shape: [2, 2])).write(
            toZarr: inner, options: ZarrWriteOptions(version: .v0_4))
        for (key, bytes) in inner.contents {
            for start in ["B/3/0/", "B/3/0/labels/cells/"] { try store.writeNow(bytes, to: start + key) }
        }
        for path in ["", "B/3/", "B/3/0/labels/"] { try put(path + ".zgroup", #"{"zarr_format": 2}"#) }
        try put(".zattrs", #"{"plate": {"wells": [{"path": "B/3"}, {"path": "B/4"}]}}"#)
        try put("B/3/.zattrs", #"{"well": {"images": [{"path": "0"}, {"path": "1"}]}}"#)
        try put("B/3/0/labels/.zattrs", #"{"labels": ["cells"]}"#)
        let plate = try await ImageSource(zarr: store)
        #expect(try await plate.image().pixels.typed(as: UInt8.self).elements == [1, 2, 3, 4])
        #expect(
            plate.info.notes == [
                "a plate of 2 wells; this is the first field of well B/3", "a well of 2 fields; this is field 0",
                "label images beside it: cells",
            ])
        let cells = try await ImageSource(zarr: store, path: "B/3/0/labels/cells")
        #expect(cells.info.shape == [2, 2] && cells.info.notes.isEmpty)
        let error = await #expect(throws: ImageError.self) { try await ImageSource(zarr: store, path: "B/3/0/labels") }
        #expect(error?.message.contains("cells") == true)
        try put(".zattrs", #"{"bioformats2raw.layout": 3, "plate": null}"#)
        await #expect(throws: ImageError.self) { try await ImageSource(zarr: store) }
        for (key, bytes) in inner.contents { try store.writeNow(bytes, to: "0/" + key) }
        #expect(try await ImageSource(zarr: store).info.notes == ["a collection of images; this is image 0"])
    }

    @Test func `units become micrometres`() async throws {
        let units = [("nanometer", 0.001), ("angstrom", 1e-4), ("millimeter", 1000), ("micrometer", 1), ("meter", 1e6)]
        for (unit, factor) in units {
            let store = ZarrMemory()
            try Image(NDArray<UInt8>(zeros: [2, 2]), pixelSize: PixelSize(x: 3, y: 3)).write(toZarr: store)
            let text = String(decoding: [UInt8](try #require(store.contents["zarr.json"])), as: UTF8.self)
            let changed = text.replacingOccurrences(of: "micrometer", with: unit)
            try store.writeNow(SharedBytes(copying: [UInt8](changed.utf8)), to: "zarr.json")
            let size = try #require(try await ImageSource(zarr: store).info.pixelSize?.x)
            #expect((size / (3 * factor) - 1).magnitude < 1e-12, "\(unit)")
        }
    }

    @Test func `folders are recognised by content, then by name, and never replaced by mistake`() throws {
        let folder = try TemporaryFolder()
        let image = try Image(NDArray<UInt8>([1, 2, 3, 4], shape: [2, 2]))
        try image.write(to: folder.path("a.ome.zarr"))
        try FileManager.default.moveItem(
            at: folder.url.appending(path: "a.ome.zarr"), to: folder.url.appending(path: "odd"))
        #expect(try Image(contentsOf: folder.path("odd")).pixels.bytes == image.pixels.bytes)
        #expect(try ImageInfo(contentsOf: folder.path("odd")).compression == "zstd")
        #expect(try ImageInfo(contentsOf: folder.path("odd/0")).shape == [2, 2])
        let full = folder.url.appending(path: "full.zarr")
        try FileManager.default.createDirectory(at: full, withIntermediateDirectories: true)
        try Data([1]).write(to: full.appending(path: "thesis.txt"))
        #expect(throws: ImageError.self) { try image.write(to: folder.path("full.zarr")) }
        #expect(throws: ImageError.self) { try Image(contentsOf: folder.path("full.zarr")) }
        try Data([1]).write(to: folder.url.appending(path: "file.zarr"))
        #expect(throws: ImageError.self) { try image.write(to: folder.path("file.zarr")) }
        #expect(throws: ImageError.self) { try Image(contentsOf: folder.path("file.zarr")) }
        #expect(throws: ImageError.self) {
            try Image(NDArray<UInt8>(zeros: [2])).write(to: folder.path("line.ome.zarr"))
        }
        #expect(throws: ImageError.self) { try image.encoded(as: .zarr) }
        #expect(folder.names == ["file.zarr", "full.zarr", "odd"])
        #expect(FileManager.default.fileExists(atPath: full.appending(path: "thesis.txt").path))
    }
}
