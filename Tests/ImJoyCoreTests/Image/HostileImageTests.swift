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

    @Test(.timeLimit(.minutes(5)), arguments: fixtures)
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
    static func tiff(_ tags: [(Int, UInt32)], next: UInt32 = 0, pixels: [UInt8] = []) -> SharedBytes {
        var bytes: [UInt8] = [0x49, 0x49, 42, 0, 8, 0, 0, 0, UInt8(tags.count), 0]
        func long(_ value: UInt32) {
            for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(shift))) }
        }
        for (tag, value) in tags {
            bytes += [UInt8(tag & 0xff), UInt8(tag >> 8), 4, 0]
            long(1)
            long(value)
        }
        long(next)
        return SharedBytes(copying: bytes + pixels)
    }

    static let lies: [(what: String, bytes: SharedBytes, code: ImageError.Code, words: String)] = [
        ("nothing", .empty, .truncated, "the file is empty"),
        ("text", SharedBytes(copying: Array("hello, world".utf8)), .unknownFormat, "68 65 6c 6c"),
        ("half a header", SharedBytes(copying: [0x49, 0x49, 42, 0, 8]), .truncated, "5 bytes"),
        ("a directory beyond the end", SharedBytes(copying: [0x49, 0x49, 42, 0, 0, 0, 1, 0]), .truncated, "65536"),
        ("no pages", SharedBytes(copying: [0x49, 0x49, 42, 0, 0, 0, 0, 0]), .malformed, "no pages"),
        ("a loop", tiff([(256, 4), (257, 4), (258, 8), (273, 0), (279, 16)], next: 8), .malformed, "loop"),
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

    @Test(.timeLimit(.minutes(5)), arguments: lies.indices)
    func `a file that lies is refused at once, with the numbers`(_ index: Int) {
        let lie = Self.lies[index]
        let error = #expect(throws: ImageError.self, "\(lie.what)") { try Image(decoding: lie.bytes) }
        #expect(error?.code == lie.code, "\(lie.what): \(error?.description ?? "")")
        #expect(error?.description.contains(lie.words) == true, "\(lie.what): \(error?.description ?? "")")
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
        let unknown = #expect(throws: ImageError.self) { try image.write(to: folder.path("a.jpg")) }
        #expect(unknown?.code == .unknownFormat && unknown?.message.contains("tif") == true)
        try Data("nonsense".utf8).write(to: folder.url.appending(path: "a.png"))
        let nonsense = #expect(throws: ImageError.self) { try Image(contentsOf: folder.path("a.png")) }
        #expect(nonsense?.code == .malformed && nonsense?.file == folder.path("a.png"))
    }
}
