#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
internal import ImJoyCore
internal import SystemPackage
internal import Testing

/// A write that fails leaves what was there, and nothing else.
@Suite struct ImageWritingFailureTests {
    @Test func `a full disk leaves the old file and nothing new behind`() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let small = try Image(NDArray<UInt8>(repeating: 1, shape: [4, 4]))
            let large = try Image(ImageCase.noise([500, 400], .uint16))
            // A limit on the size of files fails writes as a full disk does, for this process only.
            signal(SIGXFSZ, SIG_IGN)
            for name in ["a.tif", "a.png", "a.npy"] {
                for compression in [ImageWriteOptions.Compression.none, .lzw] {
                    try small.write(to: folder.path(name))
                    let before = try SharedBytes.reading(contentsOf: folder.path(name))
                    var limit = rlimit(rlim_cur: 100_000, rlim_max: rlim_t.max)
                    setrlimit(__rlimit_resource_t(1), &limit)
                    do throws(ImageError) {
                        try large.write(to: folder.path(name), options: .init(compression: compression))
                        exit(1)
                    } catch {
                        guard error.code == .system, error.file == folder.path(name) else { exit(2) }
                        guard error.description.contains("File too large") else { exit(3) }
                    }
                    limit.rlim_cur = rlim_t.max
                    setrlimit(__rlimit_resource_t(1), &limit)
                    guard try SharedBytes.reading(contentsOf: folder.path(name)) == before else { exit(4) }
                    guard folder.names.allSatisfy({ $0.hasPrefix("a.") }) else { exit(5) }
                }
            }
        }
    }

    @Test func `what a format cannot hold is refused before a file is touched`() throws {
        let folder = try TemporaryFolder()
        let cases: [(String, Image, ImageError.Code)] = [
            ("a.png", try Image(NDArray<Float>(zeros: [2, 2])), .unsupported),
            ("b.png", try Image(NDArray<UInt8>(zeros: [2, 2, 2]), axes: "ZYX"), .unsupported),
            ("c.png", try Image(NDArray<UInt8>(zeros: [0, 2])), .unsupported),
            ("d.tif", try Image(NDArray<UInt8>(zeros: [5])), .unsupported),
            ("e.tif", try Image(NDArray<UInt8>(zeros: [5, 0])), .unsupported),
        ]
        for (name, image, code) in cases {
            let error = #expect(throws: ImageError.self) { try image.write(to: folder.path(name)) }
            #expect(error?.code == code, "\(name): \(String(describing: error))")
        }
        let image = try Image(NDArray<UInt8>(zeros: [4, 4]))
        let tiles = #expect(throws: ImageError.self) {
            try image.write(to: folder.path("f.tif"), options: .init(tileSize: 17))
        }
        #expect(tiles?.code == .invalidArgument)
        #expect(folder.names == [])
        let axes = #expect(throws: ImageError.self) { try Image(NDArray<UInt8>(zeros: [4, 4]), axes: "ZYX") }
        #expect(axes?.code == .invalidArgument)
    }

    @Test func `a device or a missing folder is not written to`() throws {
        let folder = try TemporaryFolder()
        let image = try Image(NDArray<UInt8>(zeros: [4, 4]))
        let device = #expect(throws: ImageError.self) { try image.write(to: "/dev/full", as: .npy) }
        #expect(device?.code == .system)
        let missing = #expect(throws: ImageError.self) { try image.write(to: folder.path("no/a.tif")) }
        #expect(missing?.code == .system && missing?.message.contains("No such file") == true)
        mkfifo(folder.path("pipe.tif").string, 0o600)
        let pipe = #expect(throws: ImageError.self) { try image.write(to: folder.path("pipe.tif")) }
        #expect(pipe?.message.contains("no regular file") == true)
    }
}
