internal import Foundation
internal import ImJoyCore
internal import SystemPackage
internal import Testing

/// What we write comes back, through our own readers and through tifffile, Pillow and numpy.
@Suite struct ImageRoundTripTests {
    @Test func `a TIFF comes back as it was written, from a file and from memory`() throws {
        let folder = try TemporaryFolder()
        for entry in try ImageCase.tiff() {
            try entry.image.write(to: folder.path(entry.name), options: entry.options)
            let read = try Image(contentsOf: folder.path(entry.name))
            #expect(read.pixels.bytes == entry.image.pixels.bytes, "\(entry.name)")
            #expect(read.dtype == entry.image.dtype && read.shape == entry.image.shape, "\(entry.name): \(read)")
            #expect(read.axes == entry.image.axes, "\(entry.name): \(read)")
            #expect(read.channelNames == entry.image.channelNames, "\(entry.name)")
            #expect(read.pixelSize == entry.image.pixelSize, "\(entry.name): \(String(describing: read.pixelSize))")
            for (key, text) in entry.image.metadata { #expect(read.metadata[key] == text, "\(entry.name)") }
            let encoded = try entry.image.encoded(as: .tiff, options: entry.options)
            #expect(encoded == (try SharedBytes.reading(contentsOf: folder.path(entry.name))), "\(entry.name)")
        }
    }

    @Test(.timeLimit(.minutes(30)))
    func `tifffile, Pillow and numpy read what was written`() throws {
        let folder = try TemporaryFolder()
        var index: [[String: Any]] = []
        func add(_ entry: ImageCase, _ facts: [String: Any] = [:]) throws {
            try entry.image.write(to: folder.path(entry.name), options: entry.options)
            let raw = folder.url.appending(path: entry.name + ".expected.bin")
            try Data([UInt8](entry.image.pixels.bytes)).write(to: raw)
            let known: [String: Any] = [
                "file": entry.name, "dtype": "\(entry.image.dtype)", "shape": entry.image.shape,
            ]
            index.append(known.merging(facts) { $1 })
        }
        for entry in try ImageCase.tiff() { try add(entry, Self.facts(entry)) }
        for (shape, dtype) in [
            ([9, 8], DType.uint8), ([9, 8], .uint16), ([9, 8], .bool), ([9, 8, 3], .uint8), ([9, 8, 4], .uint8),
            ([9, 8, 2], .uint8),
        ] {
            let axes: Axes = shape.count == 2 ? "YX" : "YXS"
            try add(
                ImageCase(
                    name: "\(dtype)-\(shape.last ?? 0)-\(shape.count).png",
                    image: Image(ImageCase.noise(shape, dtype), axes: axes)))
        }
        for dtype in DType.allCases {
            for shape in [[], [5], [3, 4], [2, 0, 3], [2, 3, 4]] {
                let name = "\(dtype)-\(shape.map(String.init).joined(separator: "x"))x.npy"
                try add(ImageCase(name: name, image: Image(ImageCase.noise(shape, dtype))))
            }
        }
        try JSONSerialization.data(withJSONObject: index).write(to: folder.url.appending(path: "index.json"))
        let report = try TestPython.run("check_images.py", [folder.url.path])
        #expect(report == "checked \(index.count)\n")
    }

    /// What tifffile should find in the file.
    private static func facts(_ entry: ImageCase) throws -> [String: Any] {
        let image = entry.image
        let options = entry.options
        let packings = ["deflate": "adobe_deflate"]
        let predicts = options.usesPredictor && !image.dtype.isComplex && options.compression != .none
        let leading = image.axes.letters.filter { !"YXS".contains($0) }
        let isSmooth = ["YX", "YXS"].contains(image.axes.letters.filter { "YXS".contains($0) })
        let isOurs = options.layout == .automatic && options.pyramid == .none
        let isKnown = [.uint8, .uint16, .float32].contains(image.dtype)
        let isImageJ =
            options.layout == .imageJ
            || isOurs && isKnown && options.tileSize == nil && isSmooth
                && [.none, .lzw, .deflate, .packbits].contains(options.compression) && !predicts
                && options.isBigTIFF != true
                && (image.channelNames.isEmpty || Set(image.channelNames).count == image.length(of: "C"))
                && (image.pixelSize == nil || (image.pixelSize?.x != nil && image.pixelSize?.y != nil))
                && !image.shape.dropLast(image.axes.contains("S") ? 3 : 2).contains(1)
                && ["", "Z", "T", "C", "TZC"].contains(leading) && (!leading.isEmpty || image.pixelSize != nil)
                && (!image.axes.contains("S") || (image.dtype == .uint8 && image.shape.last == 3))
        var facts: [String: Any] = [
            "axes": image.axes.letters, "byteOrder": options.byteOrder.rawValue,
            "isBigTIFF": options.isBigTIFF ?? false,
            "compression": packings[options.compression.rawValue] ?? options.compression.rawValue,
            "isTiled": options.tileSize != nil,
            "predictor": predicts ? (image.dtype.isFloatingPoint ? 3 : 2) : 1, "isImageJ": isImageJ,
        ]
        // tifffile does not use its note for the axes of pages with reduced copies; OME's it does.
        if options.layout == .plain, options.pyramid != .none { facts["axes"] = "IYX" }
        facts["levels"] = options.pyramid == .none ? 1 : 3
        if options.layout == .ome { facts["ome"] = ["channels": image.channelNames] }
        if options.layout == .imageJ {
            facts["labels"] = image.channelNames
            facts["info"] = image.metadata["description"]
            facts["settings"] = image.metadata.filter { $0.key != "description" }
        }
        if let x = image.pixelSize?.x, image.pixelSize?.y != nil {
            facts["xResolution"] = (isImageJ ? 1 : 10_000) / x
            facts["spacing"] = image.pixelSize?.z ?? NSNull()
        }
        return facts
    }

    @Test(arguments: [
        ([9, 8], DType.bool), ([9, 8], .uint8), ([9, 8], .uint16), ([9, 8, 2], .uint16), ([9, 8, 3], .uint16),
        ([9, 8, 4], .uint16),
    ])
    func `a PNG comes back as it was written`(_ shape: [Int], _ dtype: DType) throws {
        let image = try Image(
            ImageCase.noise(shape, dtype), axes: shape.count == 2 ? "YX" : "YXS", pixelSize: PixelSize(x: 0.5, y: 0.25),
            metadata: ["description": "cells \u{b5}m", "software": "test"])
        let read = try Image(decoding: image.encoded(as: .png))
        #expect(read.pixels.bytes == image.pixels.bytes)
        #expect(read.shape == shape && read.dtype == dtype && read.axes == image.axes)
        #expect(read.pixelSize == image.pixelSize)
        #expect(read.metadata == image.metadata)
    }

    @Test func `views are written as they look, not as they lie`() throws {
        let whole = try Image(ImageCase.noise([4, 6, 8], .uint16), axes: "ZYX")
        let view = whole.pixels[.step(-1), .step(2), 1..<7]
        let image = try Image(view, axes: "ZYX")
        for format in [ImageFormat.tiff, .npy] {
            #expect(try Image(decoding: image.encoded(as: format)).pixels.bytes == view.bytes)
        }
        let page = try Image(view[1])
        #expect(try Image(decoding: page.encoded(as: .png)).pixels.bytes == view[1].bytes)
    }

    @Test func `bool is written to TIFF as bytes of 0 and 1`() throws {
        let mask = try Image(NDArray([true, false, false, true, true, false], shape: [2, 3]))
        let read = try Image(decoding: mask.encoded(as: .tiff))
        #expect(try read.pixels.typed(as: UInt8.self).elements == [1, 0, 0, 1, 1, 0])
    }

    @Test func `a large npy file is shared with the mapped pages`() throws {
        let folder = try TemporaryFolder()
        let image = try Image(NDArray<UInt16>(repeating: 7, shape: [1024, 1024]))
        try image.write(to: folder.path("large.npy"))
        var pixels = try Image(contentsOf: folder.path("large.npy")).pixels.typed(as: UInt16.self)
        #expect(!pixels.storage.isOurs)
        pixels[0, 0] = 1
        #expect(pixels[0, 0] == 1)
        #expect(try Image(contentsOf: folder.path("large.npy")).pixels.typed(as: UInt16.self)[0, 0] == 7)
    }
}
