internal import Foundation
internal import ImJoyCore
internal import ImJoyFuzzTargets
internal import Testing

/// Good files damaged in ways that know the formats; `make fuzz` runs thousands more under the address sanitizer.
@Suite struct HostileMutationTests {
    private static let formats = ["jpeg": ["jpg"], "npy": ["npy", "npz"], "png": ["png"], "tiff": ["tif"], "zarr": []]

    private static func files(_ format: String) throws -> [[UInt8]] {
        if format == "zarr" { return try bundles() }
        let endings = try #require(formats[format])
        return try HostileImageTests.fixtures.filter { name in endings.contains { name.hasSuffix("." + $0) } }
            .map(HostileImageTests.bytes)
    }

    /// The folders of fixtures, each in one piece.
    private static func bundles() throws -> [[UInt8]] {
        let top = repositoryRoot.appending(path: "Tests/ImJoyCoreTests/Fixtures/zarr")
        return try FileManager.default.contentsOfDirectory(atPath: top.path).filter { $0.hasSuffix(".zarr") }.sorted()
            .map {
                let folder = top.appending(path: $0)
                let keys = (FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? [])
                    .sorted()
                return ZarrBundle.bytes(
                    try keys.filter {
                        $0.split(separator: "/").last.map { $0.hasPrefix(".z") || Int($0) != nil || $0 == "zarr.json" }
                            == true
                    }
                    .filter { key in
                        var isFolder: ObjCBool = false
                        return FileManager.default.fileExists(
                            atPath: folder.appending(path: key).path, isDirectory: &isFolder)
                            && !isFolder.boolValue
                    }.map { (key: $0, bytes: [UInt8](try Data(contentsOf: folder.appending(path: $0)))) })
            }
    }

    @Test(.timeLimit(.minutes(30)), arguments: formats.keys.sorted())
    func `a damaged file ends well, and within a second of processor time`(_ format: String) throws {
        let rounds = ProcessInfo.processInfo.environment["IMJOY_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 100
        let target = try #require(CoreFuzzTargets.all.first { $0.name == format })
        var mutator = InputMutator(files: try Self.files(format), seed: 7)
        var slowest = 0.0
        for _ in 0..<rounds {
            let input = mutator.next()
            let start = Self.processorSeconds
            input.withUnsafeBytes { target.run($0) }
            slowest = max(slowest, Self.processorSeconds - start)
        }
        #expect(slowest < 1)
    }

    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    @Test(arguments: formats.keys.sorted().filter { $0 != "zarr" })
    func `the same seed gives the same inputs, another one others, and some are still read`(_ format: String) throws {
        let files = try Self.files(format)
        func inputs(_ seed: UInt64) -> [[UInt8]] {
            var mutator = InputMutator(files: files, seed: seed)
            return (0..<200).map { _ in mutator.next() }
        }
        let some = inputs(1)
        #expect(some == inputs(1))
        #expect(some != inputs(2))
        #expect(Set(some).count > 150)
        let readable = some.count { input in
            (try? HostileImageTests.read(input, isArchive: input.starts(with: Array("PK".utf8)))) != nil
        }
        #expect(readable > 5 && readable < 190, "\(readable) of 200")
    }
}
