internal import Foundation
internal import ImJoyCore
internal import Testing

/// JPEG: what is kept, what is refused. Pixels of other programs' files are compared in `ForeignImageTests`.
@Suite struct JPEGTests {
    private static func ramps(_ shape: [Int]) -> NDArray<UInt8> {
        NDArray(shape: shape) { target in
            let channels = shape.count == 3 ? shape[2] : 1
            for index in target.indices {
                let (place, sample) = (index / channels, index % channels)
                let ramp = (place / shape[1] + place % shape[1]) * (sample + 1)
                target.initializeElement(at: index, to: UInt8(sample == 1 ? 255 - ramp % 256 : ramp % 256))
            }
        }
    }

    private static func fixture(_ name: String) throws -> SharedBytes {
        SharedBytes(copying: try HostileImageTests.bytes(name))
    }

    @Test(arguments: ImageWriteOptions.Chroma.allCases, [[1, 1], [37, 53], [37, 53, 1], [1, 9, 3], [37, 53, 3]])
    func `what is written is read back nearly the same`(_ chroma: ImageWriteOptions.Chroma, _ shape: [Int]) throws {
        let pixels = Self.ramps(shape)
        let image = try Image(
            pixels, axes: shape.count == 3 ? "YXS" : "YX", pixelSize: PixelSize(x: 1.25, y: 2.5),
            metadata: ["description": "Zellkerne, 2. Färbung"])
        let bytes = try image.encoded(as: .jpeg, options: ImageWriteOptions(quality: 100, chroma: chroma))
        let again = try Image(decoding: bytes)
        #expect(again.shape == (shape.last == 1 && shape.count == 3 ? Array(shape[..<2]) : shape))
        #expect(again.pixelSize == PixelSize(x: 1.25, y: 2.5))
        #expect(again.metadata["description"] == "Zellkerne, 2. Färbung")
        let found = try again.pixels.typed(as: UInt8.self).elements
        let isExact = chroma == .full || shape.count == 2 || shape[2] == 1
        let total = zip(found, pixels.elements).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        #expect(total <= found.count * (isExact ? 1 : 8), "\(total) over \(found.count)")
        if isExact { #expect(zip(found, pixels.elements).allSatisfy { abs(Int($0) - Int($1)) <= 4 }) }
    }

    @Test func `a lower quality is smaller, and colours for every pixel are larger`() throws {
        let image = try Image(Self.ramps([64, 64, 3]), axes: "YXS")
        func size(_ options: ImageWriteOptions) throws -> Int { try image.encoded(as: .jpeg, options: options).count }
        #expect(try size(.init(quality: 10)) < size(.init(quality: 90)))
        #expect(try size(.init(chroma: .halved)) < size(.init(chroma: .full)))
    }

    @Test func `a view is written as what it shows`() throws {
        let pixels = Self.ramps([40, 30])
        let view = pixels[.step(-2), .step(3)]
        let options = ImageWriteOptions(quality: 95)
        #expect(
            try Image(view).encoded(as: .jpeg, options: options)
                == Image(view.contiguous()).encoded(as: .jpeg, options: options))
    }

    @Test func `markers give comment, orientation and program, and nothing is turned`() throws {
        let info = try ImageInfo(decoding: Self.fixture("turned.jpg"))
        #expect(info.shape == [16, 24, 3] && info.axes == "YXS" && info.format == .jpeg)
        #expect(info.metadata == ["description": "ramps", "orientation": "6", "software": "Fixture 1.0"])
        #expect(info.notes.contains { $0.contains("orientation 6") })
        let image = try Image(decoding: Self.fixture("turned.jpg"))
        #expect(image.shape == [16, 24, 3])
    }

    @Test func `resolutions of screens and printers are no pixel sizes`() throws {
        let plain = try Image(Self.ramps([8, 8]))
        #expect(try Image(decoding: plain.encoded(as: .jpeg)).pixelSize == nil)
        // 0.1 µm are more pixels per centimetre than the format can say.
        let fine = try Image(Self.ramps([8, 8]), pixelSize: PixelSize(x: 0.1, y: 0.1))
        #expect(try Image(decoding: fine.encoded(as: .jpeg)).pixelSize == nil)
        let whole = try Image(decoding: Self.fixture("grey-restarts.jpg"))
        #expect(whole.pixelSize == PixelSize(x: 1, y: 1) && whole.axes == "YX")
    }

    @Test func `CMYK gives ink, not light`() throws {
        let image = try Image(decoding: Self.fixture("cmyk.jpg"))
        #expect(image.shape == [16, 24, 4])
        // The fixture starts with (0, 255, 0, 0).
        let first = try image.pixels.typed(as: UInt8.self).elements.prefix(4)
        #expect(zip(first, [0, 255, 0, 0]).allSatisfy { abs(Int($0) - $1) < 24 }, "\(Array(first))")
    }

    @Test func `what JPEG cannot hold is refused with a way out`() throws {
        let refused: [(image: Image, options: ImageWriteOptions, code: ImageError.Code)] = [
            (try Image(NDArray<UInt16>(zeros: [4, 4])), .init(), .unsupported),
            (try Image(NDArray<UInt8>(zeros: [4, 4, 4]), axes: "YXS"), .init(), .unsupported),
            (try Image(NDArray<UInt8>(zeros: [3, 4, 3]), axes: "ZYX"), .init(), .unsupported),
            (try Image(NDArray<UInt8>(zeros: [0, 4])), .init(), .unsupported),
            (try Image(NDArray<UInt8>(zeros: [1, 65_501])), .init(), .unsupported),
            (try Image(NDArray<UInt8>(zeros: [4, 4])), .init(quality: 0), .invalidArgument),
            (try Image(NDArray<UInt8>(zeros: [4, 4])), .init(quality: 101), .invalidArgument),
        ]
        for (image, options, code) in refused {
            let error = #expect(throws: ImageError.self, "\(image)") { try image.encoded(as: .jpeg, options: options) }
            #expect(error?.code == code, "\(error?.description ?? "")")
        }
    }

    @Test func `more pixels than the bytes can hold are refused before memory is taken`() throws {
        var bytes = [UInt8](try Self.fixture("grey-restarts.jpg"))
        let frame = try #require(bytes.indices.first { bytes[$0] == 0xff && bytes[$0 + 1] == 0xc0 })
        bytes.replaceSubrange(frame + 5..<frame + 9, with: [0xff, 0xd0, 0xff, 0xd0])
        let error = #expect(throws: ImageError.self) { try Image(decoding: SharedBytes(copying: bytes)) }
        #expect(error?.code == .truncated && error?.message.contains("65488 x 65488") == true)
    }

    @Test func `thousands of scans over a large picture are refused`() throws {
        var bytes = [UInt8](try Self.fixture("progressive.jpg"))
        let frame = try #require(bytes.indices.first { bytes[$0] == 0xff && bytes[$0 + 1] == 0xc2 })
        bytes.replaceSubrange(frame + 5..<frame + 9, with: [0x0b, 0xb8, 0x0b, 0xb8])
        let scan = try #require(bytes.indices.first { bytes[$0] == 0xff && bytes[$0 + 1] == 0xda })
        let end = try #require(bytes[(scan + 2)...].indices.first { bytes[$0] == 0xff && bytes[$0 + 1] != 0 })
        let one = Array(bytes[scan..<end])
        let many = bytes[..<scan] + Array(repeatElement(one, count: 2000).joined()) + [0xff, 0xd9]
        let error = #expect(throws: ImageError.self) { try Image(decoding: SharedBytes(copying: Array(many))) }
        #expect(error?.code == .malformed && error?.message.contains("scans") == true, "\(error?.message ?? "")")
    }

    @Test func `kinds that are not read are named`() throws {
        var bytes = [UInt8](try Self.fixture("grey-restarts.jpg"))
        let frame = try #require(bytes.indices.first { bytes[$0] == 0xff && bytes[$0 + 1] == 0xc0 })
        bytes[frame + 1] = 0xc3
        let lossless = #expect(throws: ImageError.self) { try Image(decoding: SharedBytes(copying: bytes)) }
        #expect(lossless?.code == .unsupported && lossless?.message.contains("0xc3") == true)
        bytes[frame + 1] = 0xc1
        bytes[frame + 4] = 12
        let deep = #expect(throws: ImageError.self) { try Image(decoding: SharedBytes(copying: bytes)) }
        #expect(deep?.code == .unsupported && deep?.message.contains("12") == true)
        let text = #expect(throws: ImageError.self) {
            try Image(decoding: SharedBytes(copying: Array("hello, world".utf8)), format: .jpeg)
        }
        #expect(text?.code == .malformed)
    }
}
