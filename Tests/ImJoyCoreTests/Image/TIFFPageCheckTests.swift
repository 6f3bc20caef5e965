@testable internal import ImJoyCore
internal import Testing

/// The checks that stand behind those of libtiff: whatever a version of it lets through, sizes are in order before
/// memory is taken and pixels are written.
@Suite struct TIFFPageCheckTests {
    /// A picture of 4 x 4 bytes in one strip.
    private static let plain = HostileImageTests.tiff(
        [(256, 4), (257, 4), (258, 8), (262, 1), (273, 8), (278, 4), (279, 16)], pixels: [UInt8](1...16))

    /// The page of ``plain`` and what is thrown when its sizes were those that `change` makes of them.
    private static func refusal(_ change: (inout TIFFPage.Kind) -> Void) throws -> ImageError? {
        let source = EncodedImage(plain, limits: ImageLimits())
        let chain = try TIFFDirectoryChain(source)
        let handle = try TIFFHandle(reading: plain)
        let isLoaded = handle.loadDirectory(at: chain.offsets[0])
        try #require(isLoaded)
        var kind = try TIFFPage(handle, chain, index: 0, fileSize: plain.count).kind
        change(&kind)
        do throws(ImageError) { try TIFFPage.checkSizes(kind, handle, page: 0) } catch { return error }
        return nil
    }

    @Test func `sizes in order are accepted`() throws {
        #expect(try Self.refusal { _ in } == nil)
        // Exactly at the limit.
        #expect(
            try Self.refusal {
                $0.width = 1 << 30
                $0.height = 1 << 28
            } == nil)
    }

    @Test func `an empty picture is malformed`() throws {
        for path in [\TIFFPage.Kind.width, \.height, \.samplesPerPixel] {
            let error = try Self.refusal { $0[keyPath: path] = 0 }
            #expect(error?.code == .malformed && error?.tag == "ImageWidth" && error?.page == 0)
            #expect(error?.message.contains("is empty") == true)
        }
    }

    @Test(arguments: [(true, "tiles", "TileWidth"), (false, "strips", "RowsPerStrip")])
    func `strips and tiles of no size are malformed`(_ isTiled: Bool, _ word: String, _ tag: String) throws {
        for path in [\TIFFPage.Kind.chunkWidth, \.chunkHeight] {
            let error = try Self.refusal {
                $0.isTiled = isTiled
                $0[keyPath: path] = 0
            }
            #expect(error?.code == .malformed && error?.tag == tag)
            #expect(error?.message.contains(word) == true)
        }
    }

    @Test func `what cannot be counted is too large, and the limit is named`() throws {
        let changes: [(inout TIFFPage.Kind) -> Void] = [
            { $0.width = 1 << 31 }, { $0.height = 1 << 31 }, { $0.chunkHeight = 1 << 31 },
            { ($0.width, $0.samplesPerPixel) = (1 << 20, 1 << 12) },
            { ($0.width, $0.height) = (1 << 30, 1 << 28 + 1) },
        ]
        for change in changes {
            let error = try Self.refusal(change)
            #expect(error?.code == .tooLarge && error?.message.contains("2^31") == true, "\(String(describing: error))")
        }
    }

    @Test func `strips that libtiff counts in another way are not decoded`() throws {
        let source = EncodedImage(Self.plain, limits: ImageLimits())
        let chain = try TIFFDirectoryChain(source)
        let handle = try TIFFHandle(reading: Self.plain)
        let isLoaded = handle.loadDirectory(at: chain.offsets[0])
        try #require(isLoaded)
        let page = try TIFFPage(handle, chain, index: 0, fileSize: Self.plain.count)
        try page.checkLayout()
        for change in [{ $0.strileCount = 2 }, { $0.strileSize = 15 }] as [(inout TIFFPage) -> Void] {
            var other = page
            change(&other)
            let error = #expect(throws: ImageError.self) { try other.checkLayout() }
            #expect(error?.code == .unsupported && error?.message.contains("4 x 4 x 1") == true)
        }
    }

    @Test func `pages that share a long list of strips are refused before it is walked through for ever`() throws {
        let rows = 30_000
        func bytes(_ value: Int, _ size: Int) -> [UInt8] { (0..<size).map { UInt8(value >> (8 * $0) & 0xff) } }
        var file: [UInt8] = [0x49, 0x49, 42, 0] + bytes(8 + 2 * rows, 4)
        // Strips of one byte at byte 1: one list serves as places and as sizes.
        for _ in 0..<rows { file += [1, 0] }
        for page in 0..<3 {
            let tags = [
                (256, 3, 1, 1), (257, 3, 1, rows), (258, 3, 1, 8), (262, 3, 1, 1), (273, 3, rows, 8), (277, 3, 1, 1),
                (278, 3, 1, 1), (279, 3, rows, 8),
            ]
            file += bytes(tags.count, 2)
            for (tag, type, count, value) in tags {
                file += bytes(tag, 2) + bytes(type, 2) + bytes(count, 4) + bytes(value, 4)
            }
            file += bytes(page == 2 ? 0 : file.count + 4, 4)
        }
        let error = #expect(throws: ImageError.self) { try Image(decoding: SharedBytes(copying: file)) }
        #expect(error?.code == .tooLarge && error?.page == 2, "\(String(describing: error))")
        #expect(error?.message.contains("90000 strips and tiles") == true, "\(String(describing: error))")
    }
}
