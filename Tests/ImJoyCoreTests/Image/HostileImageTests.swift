internal import Foundation
internal import ImJoyCore
internal import SystemPackage
internal import Testing

/// Damaged and lying files: an error in one line, no crash, no wait, no memory.
@Suite struct HostileImageTests {
    static let folder = repositoryRoot.appending(path: "Tests/ImJoyCoreTests/Fixtures/images")

    static let fixtures: [String] = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { !$0.hasSuffix(".txt") }.sorted()

    static func bytes(_ name: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: folder.appending(path: name))) }

    /// Small enough that a file which gets past the checks cannot take the machine's memory.
    static let limits = ImageLimits(decodedBytes: 1 << 26, pages: 1000)

    /// The pixels of a file of any kind.
    static func read(_ bytes: [UInt8], isArchive: Bool) throws(ImageError) -> [SharedBytes] {
        let shared = SharedBytes(copying: bytes)
        guard isArchive else { return [try Image(decoding: shared, limits: limits).pixels.bytes] }
        let archive = try NPZFile(decoding: shared, limits: limits)
        var arrays: [SharedBytes] = []
        for name in archive.names { arrays.append(try archive.array(named: name).bytes) }
        return arrays
    }

    @Test func `there are fixtures, each with a note`() {
        #expect(Self.fixtures.count >= 14)
        for name in Self.fixtures {
            #expect(FileManager.default.fileExists(atPath: Self.folder.appending(path: name + ".txt").path), "\(name)")
        }
    }

    @Test(.timeLimit(.minutes(30)), arguments: fixtures)
    func `a file cut anywhere is refused in one line, or gives what the whole one gives`(_ name: String) throws {
        let bytes = try Self.bytes(name)
        let whole = try Self.read(bytes, isArchive: name.hasSuffix(".npz"))
        for length in 0..<bytes.count {
            do {
                let pixels = try Self.read(Array(bytes[..<length]), isArchive: name.hasSuffix(".npz"))
                #expect(pixels == whole, "\(name) cut to \(length) of \(bytes.count) bytes")
            } catch {
                #expect(!error.description.contains("\n") && error.message.count > 10, "\(name) \(length): \(error)")
            }
        }
    }

    @Test(.timeLimit(.minutes(30)), arguments: fixtures)
    func `a file with bytes changed is read or refused`(_ name: String) throws {
        let rounds = ProcessInfo.processInfo.environment["IMJOY_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 300
        let bytes = try Self.bytes(name)
        var generator = SeededGenerator(seed: 42)
        var readable = 0
        for _ in 0..<rounds {
            let mutated = Self.mutation(of: bytes, &generator)
            do {
                let pixels = try Self.read(mutated, isArchive: name.hasSuffix(".npz"))
                readable += 1
                #expect(pixels.allSatisfy { $0.count <= Self.limits.decodedBytes })
            } catch {
                #expect(!error.description.contains("\n"), "\(name): \(error)")
            }
        }
        // A generator that only ever broke the first bytes would test nothing.
        #expect(readable > 0 || name.hasSuffix("png") || name.hasSuffix("npz"), "\(name)")
    }

    private static func mutation(of bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var mutated = bytes
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            let place = Int.random(in: 0..<mutated.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: mutated[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: mutated[place] = UInt8.random(in: 0...255, using: &generator)
            case 2: mutated[place] = [0, 1, 0x7f, 0x80, 0xff][Int.random(in: 0..<5, using: &generator)]
            case 3:
                // A number of four bytes, as most fields are.
                for index in place..<min(place + 4, mutated.count) { mutated[index] = 0xff }
            default:
                let source = Int.random(in: 0..<mutated.count, using: &generator)
                for index in 0..<min(12, mutated.count - max(place, source)) {
                    mutated[place + index] = bytes[source + index]
                }
            }
        }
        return mutated
    }

    /// A classic TIFF of one directory with these tags; every value is a LONG in place.
    static func tiff(
        _ tags: [(Int, UInt32)], next: UInt32 = 0, pixels: [UInt8] = [], counts: [Int: UInt32] = [:]
    ) -> SharedBytes {
        // Every value is in place, so this is where the pixels start: what tag 273 says when it says 8.
        let start = UInt32(8 + 2 + 12 * tags.count + 4)
        var bytes: [UInt8] = [0x49, 0x49, 42, 0, 8, 0, 0, 0, UInt8(tags.count), 0]
        func long(_ value: UInt32) {
            for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(shift))) }
        }
        for (tag, value) in tags {
            bytes += [UInt8(tag & 0xff), UInt8(tag >> 8), 4, 0]
            long(counts[tag] ?? 1)
            long(tag == 273 && !pixels.isEmpty ? start : value)
        }
        long(next)
        return SharedBytes(copying: bytes + pixels)
    }

    private static let sixteen = [UInt8](1...16)
    /// A picture of 4 x 4 bytes.
    private static let plain: [(Int, UInt32)] = [
        (256, 4), (257, 4), (258, 8), (262, 1), (273, 8), (278, 4), (279, 16),
    ]

    private static func packed(_ compression: UInt32, photometric: UInt32 = 1, bits: UInt32 = 8) -> [(Int, UInt32)] {
        [(256, 4), (257, 4), (258, bits), (259, compression), (262, photometric), (273, 8), (278, 4), (279, 16)]
    }

    static let lies: [(what: String, bytes: SharedBytes, code: ImageError.Code, words: String)] = [
        ("nothing", .empty, .truncated, "the file is empty"),
        ("text", SharedBytes(copying: Array("hello, world".utf8)), .unknownFormat, "68 65 6c 6c"),
        ("half a header", SharedBytes(copying: [0x49, 0x49, 42, 0, 8]), .truncated, "5 bytes"),
        ("a directory beyond the end", SharedBytes(copying: [0x49, 0x49, 42, 0, 0, 0, 1, 0]), .truncated, "65536"),
        ("no pages", SharedBytes(copying: [0x49, 0x49, 42, 0, 0, 0, 0, 0]), .malformed, "no pages"),
        (
            "numbers of 128 bits whose product is beyond 64",
            tiff(
                [
                    (256, 0x3fff_ffff), (257, 0x7fff_ffff), (258, 128), (262, 1), (273, 8), (278, 0x7fff_ffff),
                    (279, 16), (339, 6),
                ], pixels: sixteen), .malformed, "1073741823 x 2147483647"
        ),
        ("a directory without entries", tiff([]), .malformed, "no entries"),
        ("a second page beyond the end", tiff(plain, next: 5000, pixels: sixteen), .truncated, "page 1"),
        ("a second page that is cut", tiff(plain, next: 100, pixels: sixteen), .truncated, "page 1"),
        ("a volume in one page", tiff(plain + [(32997, 7)], pixels: sixteen), .unsupported, "depth 7"),
        ("a packing nobody here knows", tiff(packed(34712), pixels: sixteen), .unsupported, "no decoder for jpeg2000"),
        ("a packing without a name", tiff(packed(4711), pixels: sixteen), .unsupported, "compression 4711"),
        (
            "differences without a packing", tiff(plain + [(317, 2)], pixels: sixteen), .unsupported,
            "predictor 2 with compression none"
        ),
        ("a MetaMorph stack", tiff(plain + [(33629, 0)], counts: [33629: 40]), .unsupported, "stack of 40 planes"),
        (
            "old JPEG in grey", tiff(packed(6, photometric: 1) + [(277, 1)], pixels: sixteen), .unsupported,
            "not 1 of 8"
        ),
        (
            "old JPEG without a JPEG", tiff(packed(6, photometric: 6) + [(277, 3)], pixels: sixteen), .malformed,
            "page 0"
        ),
        (
            "colours for every second pixel without JPEG",
            tiff([(256, 2), (257, 2), (258, 8), (262, 6), (273, 8), (277, 3), (278, 2), (279, 16)], pixels: sixteen),
            .unsupported, "every 2 x 2 pixels"
        ),
        ("luminances that are none", tiff(packed(34676), pixels: sixteen), .unsupported, "not for 1"),
        (
            "no width", tiff([(257, 4), (258, 8), (262, 1), (273, 8), (278, 4), (279, 16)], pixels: sixteen),
            .malformed, "0 x 4"
        ),
        (
            "tiles of no size",
            tiff([(256, 4), (257, 4), (258, 8), (262, 1), (322, 0), (323, 16), (324, 8), (325, 16)]), .malformed,
            "page 0"
        ),
        (
            "a strip that says it is packed and is not", tiff(packed(8), pixels: sixteen), .malformed,
            "strip 0 of 1, 16 bytes with compression deflate, cannot be decoded"
        ),
        (
            "BigTIFF with 2^60 entries",
            SharedBytes(
                copying: [0x49, 0x49, 43, 0, 8, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10]
                    + [UInt8](repeating: 0, count: 40)), .truncated, "1152921504606846976 tags"
        ),
        (
            "BigTIFF cut in the header", SharedBytes(copying: [0x49, 0x49, 43, 0, 8, 0, 0, 0, 16, 0]), .truncated,
            "takes 16"
        ),
        (
            "a picture larger than its bytes",
            tiff([(256, 100_000), (257, 100_000), (258, 8), (262, 1), (273, 8), (278, 100_000), (279, 16)]), .truncated,
            "10000000000 bytes"
        ),
        (
            "a packed picture larger than its bytes can unpack to",
            tiff([(256, 100_000), (257, 100_000), (258, 8), (259, 8), (262, 1), (273, 8), (278, 100_000), (279, 16)]),
            .truncated,
            "16 bytes stored hold at most 16512"
        ),
        (
            "sizes that overflow",
            tiff([(256, 0xffff_ffff), (257, 0xffff_ffff), (258, 8), (262, 1), (273, 8), (278, 0xffff_ffff), (279, 16)]),
            .tooLarge,
            "4294967295 x 4294967295"
        ),
        (
            "more strips than bytes",
            tiff([(256, 1), (257, 4_000_000), (258, 8), (262, 1), (273, 8), (278, 1), (279, 16)]), .malformed,
            "1 x 4000000"
        ),
        (
            "a strip outside the file",
            tiff([(256, 4), (257, 4), (258, 8), (262, 1), (273, 1000), (278, 4), (279, 16)]),
            .truncated, "strip 0 of 1 has 16 bytes from byte 1000"
        ),
        ("no rows", tiff([(256, 4), (257, 0), (258, 8), (262, 1), (273, 8), (279, 16)]), .malformed, "4 x 0"),
        (
            "bits nobody has", tiff([(256, 4), (257, 4), (258, 77), (262, 1), (273, 8), (278, 4), (279, 308)]),
            .unsupported, "77 bits"
        ),
        (
            "a tile of a gigabyte",
            tiff([(256, 4), (257, 4), (258, 8), (262, 1), (322, 32768), (323, 32768), (324, 8), (325, 16)]), .truncated,
            "tile 0"
        ),
        (
            "an npy header longer than the file",
            SharedBytes(copying: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 2, 0, 0, 0, 1, 0]), .truncated, "header"
        ),
        (
            "an npy header of gigabytes",
            SharedBytes(copying: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 2, 0, 0xff, 0xff, 0xff, 0xff]), .malformed,
            "4294967295"
        ),
        ("an npy array of exabytes", npy("(9999999999, 999999999)"), .malformed, "more elements than memory"),
        ("an npy array of gigabytes", npy("(99999, 9999)"), .truncated, "hold at most"),
        ("a negative length", npy("(-3,)"), .malformed, "no whole number"),
        (
            "a picture of 2^31 pixels in a PNG of nothing", png(width: 0x7fff_ffff, height: 0x7fff_ffff), .tooLarge,
            "2147483647"
        ),
        ("a PNG that claims what it cannot hold", png(width: 50_000, height: 50_000), .truncated, "hold at most"),
    ]

    private static func npy(_ shape: String) -> SharedBytes {
        let header = Array("{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }\n".utf8)
        return SharedBytes(
            copying: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, UInt8(header.count), 0] + header + [0, 0, 0, 0])
    }

    private static func png(width: UInt32, height: UInt32) -> SharedBytes {
        func big(_ value: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
        func chunk(_ kind: String, _ data: [UInt8]) -> [UInt8] {
            let body = Array(kind.utf8) + data
            var sum: UInt32 = 0xffff_ffff
            for byte in body {
                sum ^= UInt32(byte)
                for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xedb8_8320 : sum >> 1 }
            }
            return big(UInt32(data.count)) + body + big(~sum)
        }
        let start: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
        return SharedBytes(
            copying: start + chunk("IHDR", big(width) + big(height) + [8, 0, 0, 0, 0]) + chunk("IDAT", [0x78, 0x9c])
                + chunk("IEND", []))
    }

    @Test(.timeLimit(.minutes(30)), arguments: lies.indices)
    func `a file that lies is refused at once, with the numbers`(_ index: Int) {
        let lie = Self.lies[index]
        let error = #expect(throws: ImageError.self, "\(lie.what)") { try Image(decoding: lie.bytes) }
        #expect(error?.code == lie.code, "\(lie.what): \(error?.description ?? "")")
        #expect(error?.description.contains(lie.words) == true, "\(lie.what): \(error?.description ?? "")")
    }

    @Test func `a list of pages that runs in a loop ends there`() throws {
        // The first directory is its own successor.
        let bytes = Self.tiff(Self.plain, next: 8, pixels: Self.sixteen)
        let image = try Image(decoding: bytes)
        #expect(try image.pixels.typed(as: UInt8.self).elements == Self.sixteen)
        let info = try ImageInfo(decoding: bytes)
        #expect(info.pageCount == 1)
        #expect(info.notes.contains { $0.contains("loop") && $0.contains("byte 8") }, "\(info.notes)")
    }

    @Test func `a later page of a kind that is not read is left out with a note`() throws {
        let folder = try TemporaryFolder()
        var bytes = [UInt8](Self.tiff(Self.plain, next: 200, pixels: Self.sixteen))
        bytes += [UInt8](repeating: 0, count: 200 - bytes.count)
        // The second directory is that of a file of its own, behind its header.
        bytes += [UInt8](Self.tiff(Self.packed(34712)).slice(8..<110))
        try Data(bytes).write(to: folder.url.appending(path: "two.tif"))
        let image = try Image(contentsOf: folder.path("two.tif"))
        #expect(image.shape == [4, 4])
        let notes = try ImageInfo(contentsOf: folder.path("two.tif")).notes
        #expect(
            notes.contains { $0.contains("page 1") && $0.contains("jpeg2000") && $0.contains("left out") }, "\(notes)")
    }

    @Test func `many pages over the same bytes are read in time that grows with their number`() throws {
        let count = 3000
        var bytes: [UInt8] = [0x49, 0x49, 42, 0, 24, 0, 0, 0] + Self.sixteen
        let tags = Self.plain.map { $0.0 == 273 ? (273, UInt32(8)) : $0 }
        for page in 0..<count {
            let directory = [UInt8](Self.tiff(tags).slice(8..<(8 + 2 + 12 * tags.count)))
            bytes += directory
            let next = page == count - 1 ? 0 : UInt32(bytes.count + 4)
            bytes += [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: next >> UInt32($0)) }
        }
        let start = ContinuousClock.now
        let image = try Image(decoding: SharedBytes(copying: bytes))
        #expect(image.shape == [count, 4, 4] && image.axes == "IYX")
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test func `a few packed bytes that unpack to gigabytes are refused before memory is taken`() throws {
        let zeros = try Image(NDArray<UInt8>(zeros: [2048, 2048]))
        var bytes = [UInt8](
            try zeros.encoded(as: .tiff, options: ImageWriteOptions(compression: .deflate, tileSize: 2048)))
        #expect(bytes.count < 20_000)
        #expect(try Image(decoding: SharedBytes(copying: bytes)).pixels.bytes == zeros.pixels.bytes)
        let limits = ImageLimits(decodedBytes: 1 << 20)
        let refused = #expect(throws: ImageError.self) {
            try Image(decoding: SharedBytes(copying: bytes), limits: limits)
        }
        #expect(refused?.code == .tooLarge)
        // Width, height and the sides of the tile, numbers of two bytes: 2048 becomes 65536 - 2048.
        let entry: [UInt8] = [1, 0, 0, 0, 0, 8, 0, 0]
        for place in 0..<bytes.count - 8 where Array(bytes[place..<place + 8]) == entry {
            bytes[place + 5] = 0xf8
        }
        let bomb = #expect(throws: ImageError.self) { try Image(decoding: SharedBytes(copying: bytes)) }
        #expect(bomb?.code == .tooLarge || bomb?.code == .truncated, "\(bomb?.description ?? "")")
        #expect(bomb?.page == 0)
    }

    @Test func `old-style JPEG becomes red, green and blue`() throws {
        let image = try Image(decoding: SharedBytes(copying: try Self.bytes("old-jpeg.tif")))
        #expect(image.axes == "YXS" && image.shape == [16, 24, 3] && image.dtype == .uint8)
        let pixels = try image.pixels.typed(as: UInt8.self)
        for row in 0..<16 {
            for column in 0..<24 {
                let ramp = (row + column) * 6
                for (sample, wanted) in [ramp, 255 - ramp, ramp / 2].enumerated() {
                    // JPEG loses a little, colour differences most of it.
                    #expect(abs(Int(pixels[row, column, sample]) - wanted) < 24, "\(row) \(column) \(sample)")
                }
            }
        }
    }

    @Test func `the limits of the caller are kept`() throws {
        let bytes = SharedBytes(copying: try Self.bytes("bigtiff.tif"))
        let small = #expect(throws: ImageError.self) {
            try Image(decoding: bytes, limits: ImageLimits(decodedBytes: 100))
        }
        #expect(small?.code == .tooLarge && small?.message.contains("limit is 100") == true)
        let few = #expect(throws: ImageError.self) { try Image(decoding: bytes, limits: ImageLimits(pages: 2)) }
        #expect(few?.code == .tooLarge && few?.message.contains("more than 2 pages") == true)
    }

    @Test func `a missing file, a folder and a wrong name are named in the error`() throws {
        let folder = try TemporaryFolder()
        let missing = #expect(throws: ImageError.self) { try Image(contentsOf: folder.path("none.tif")) }
        #expect(missing?.code == .system && missing?.description.hasPrefix(folder.path("none.tif").string) == true)
        let directory = #expect(throws: ImageError.self) { try Image(contentsOf: folder.path("")) }
        #expect(directory?.code == .system)
        let image = try Image(NDArray<UInt8>(zeros: [2, 2]))
        let unknown = #expect(throws: ImageError.self) { try image.write(to: folder.path("a.webp")) }
        #expect(unknown?.code == .unknownFormat && unknown?.message.contains("tif") == true)
        try Data("nonsense".utf8).write(to: folder.url.appending(path: "a.png"))
        let nonsense = #expect(throws: ImageError.self) { try Image(contentsOf: folder.path("a.png")) }
        #expect(nonsense?.code == .malformed && nonsense?.file == folder.path("a.png"))
    }
}
