internal import Foundation
internal import ImJoyCore
internal import Synchronization
internal import SystemPackage
internal import Testing

/// A store that is not asked at once, and counts what it is asked for.
final class CountingStore: ZarrStore {
    let memory = ZarrMemory()
    private let state = Mutex<(requests: Int, bytes: Int)>((0, 0))
    var counts: (requests: Int, bytes: Int) { state.withLock { $0 } }

    func read(_ key: String, _ part: ZarrPart, limit: Int) async throws(ImageError) -> SharedBytes? {
        await Task.yield()
        let found = try await memory.read(key, part, limit: limit)
        state.withLock { $0 = ($0.requests + 1, $0.bytes + (found?.count ?? 0)) }
        return found
    }
    func write(_ bytes: SharedBytes?, to key: String) async throws(ImageError) {
        await Task.yield()
        try await memory.write(bytes, to: key)
    }
    func list(_ key: String) async throws(ImageError) -> [String] { try await memory.list(key) }
}

@Suite struct ZarrArrayTests {
    @Test func `an array comes back as it was written, whole and in parts`() async throws {
        for (number, choice) in ZarrChoice.all.enumerated() {
            let (pixels, metadata) = try choice.make(seed: UInt64(number))
            let store = ZarrMemory()
            let array = try await ZarrArray(creating: metadata, in: store, path: "some/array")
            try await array.write(pixels)
            let again = try await ZarrArray(opening: store, path: "/some/array/")
            var wanted = metadata
            if case .blosc(var blosc)? = wanted.codecs.last, wanted.version == .v2 {
                // Version 2 does not say how long the elements are.
                blosc.elementSize = nil
                wanted.codecs[wanted.codecs.count - 1] = .blosc(blosc)
            }
            #expect(again.metadata == wanted, "\(choice)")
            #expect(try await again.read().bytes == pixels.bytes, "\(choice)")
            let part = pixels.shape.map { pixels.count == 0 ? 0..<$0 : $0 / 2..<$0 }
            let view = try pixels.sliced(part)
            #expect(try await again.read(part).bytes == view.bytes, "\(choice) \(part)")
        }
    }

    @Test(arguments: [false, true])
    func `regions written one over the other are what a plain array would be`(_ isSharded: Bool) async throws {
        let sharding = ZarrSharding(chunkShape: [2, 3])
        let metadata = ZarrMetadata(
            shape: [17, 11], dtype: .int32, chunkShape: [4, 6],
            codecs: isSharded ? [.sharding(sharding)] : nil, fillValue: ZarrFillValue(Int32(-7)))
        let store = CountingStore()
        let array = try await ZarrArray(creating: metadata, in: store)
        var plain = NDArray<Int32>(repeating: -7, shape: [17, 11])
        var generator = SeededGenerator(seed: 5)
        for round in 0..<30 {
            let rows = Self.range(17, &generator), columns = Self.range(11, &generator)
            let values = NDArray<Int32>(
                repeating: round % 5 == 4 ? -7 : Int32(round), shape: [rows.count, columns.count])
            try await array.write(AnyNDArray(values), at: [rows.lowerBound, columns.lowerBound])
            try plain.assign(values, to: [rows, columns])
            let window = [Self.range(17, &generator), Self.range(11, &generator)]
            let found = try await array.read(window)
            #expect(found.bytes == plain[window[0], window[1]].bytes, "round \(round)")
        }
        #expect(try await array.read().bytes == plain.bytes)
        try await array.write(AnyNDArray(NDArray<Int32>(repeating: -7, shape: [17, 11])))
        #expect(store.memory.contents.keys.sorted() == ["zarr.json"], "chunks of the fill value are removed")
    }

    private static func range(_ length: Int, _ generator: inout SeededGenerator) -> Range<Int> {
        let (a, b) = (Int.random(in: 0...length, using: &generator), Int.random(in: 0...length, using: &generator))
        return min(a, b)..<max(a, b)
    }

    @Test func `one chunk of a shard is read without the others`() async throws {
        let sharding = ZarrSharding(chunkShape: [8, 8], codecs: [.bytes(.little)])
        let metadata = ZarrMetadata(
            shape: [64, 64], dtype: .uint16, chunkShape: [64, 64], codecs: [.sharding(sharding)])
        let store = CountingStore()
        let array = try await ZarrArray(creating: metadata, in: store)
        let pixels = try ImageCase.noise([64, 64], .uint16)
        try await array.write(pixels)
        let before = store.counts
        #expect(try await array.read([20..<22, 40..<48]).bytes == pixels[20..<22, 40..<48].bytes)
        // The table of 64 chunks with its checksum, and one chunk.
        #expect(store.counts.requests - before.requests == 2)
        #expect(store.counts.bytes - before.bytes == 64 * 16 + 4 + 128)
    }

    @Test func `a region of a huge sparse array takes memory for the region only`() async throws {
        let metadata = ZarrMetadata(
            shape: [1 << 40, 1 << 20, 1 << 20], dtype: .float64, chunkShape: [1, 512, 512],
            fillValue: ZarrFillValue(0.5))
        let array = try await ZarrArray(creating: metadata, in: ZarrMemory())
        try await array.write(AnyNDArray(NDArray<Double>([1, 2, 3], shape: [1, 1, 3])), at: [1 << 39, 511, 1 << 19])
        let found = try await array.read([1 << 39..<1 << 39 + 1, 510..<513, 1 << 19..<1 << 19 + 4])
        #expect(
            try found.typed(as: Double.self).elements == [0.5, 0.5, 0.5, 0.5, 1, 2, 3, 0.5, 0.5, 0.5, 0.5, 0.5])
        await #expect(throws: ImageError.self) { try await array.read() }
    }

    @Test func `groups know their attributes and members`() async throws {
        for version in ZarrVersion.allCases {
            let folder = try TemporaryFolder()
            let store = ZarrFolder(folder.path("g.zarr"))
            let attributes = ManifestObject([ManifestObject.Entry("k", ["a", 1, 2.5, true])])
            let group = try await ZarrGroup(creating: attributes, in: store, version: version)
            let metadata = ZarrMetadata(
                shape: [4], dtype: .uint8, version: version, dimensionNames: ["x"], attributes: attributes)
            _ = try await ZarrArray(creating: metadata, in: store, path: "b")
            _ = try await ZarrGroup(creating: ManifestObject(), in: store, path: "a", version: version)
            #expect(try await group.members() == ["a", "b"])
            let again = try await ZarrGroup(opening: store)
            #expect(again.attributes == attributes && again.version == version)
            let array = try await again.array("b")
            #expect(array.metadata.dimensionNames == ["x"] && array.metadata.attributes["k"] == attributes["k"])
            #expect(try await again.group("a").attributes.isEmpty)
            await #expect(throws: ImageError.self) { try await ZarrArray(creating: metadata, in: store, path: "a") }
            await #expect(throws: ImageError.self) { try await again.array("a") }
        }
    }

    @Test(arguments: ["", "/a", "a/../b", "..", "a//b", ".", "a/./b", "a\\b", "a\u{0}b"])
    func `keys that lead anywhere else are refused`(_ key: String) async throws {
        let folder = try TemporaryFolder()
        for store in [ZarrFolder(folder.path("x")), ZarrMemory()] as [any ZarrStore] {
            await #expect(throws: ImageError.self) { try await store.read(key, .all, limit: 10) }
            await #expect(throws: ImageError.self) { try await store.write(.empty, to: key) }
        }
    }

    @Test func `links out of a folder are refused, links inside are followed`() async throws {
        let folder = try TemporaryFolder()
        let inside = folder.url.appending(path: "in")
        try FileManager.default.createDirectory(at: inside, withIntermediateDirectories: true)
        try Data([1, 2, 3]).write(to: folder.url.appending(path: "secret"))
        try Data([4]).write(to: inside.appending(path: "real"))
        try FileManager.default.createSymbolicLink(atPath: inside.path + "/out", withDestinationPath: "../secret")
        try FileManager.default.createSymbolicLink(atPath: inside.path + "/up", withDestinationPath: "..")
        try FileManager.default.createSymbolicLink(atPath: inside.path + "/near", withDestinationPath: "real")
        let store = ZarrFolder(folder.path("in"))
        #expect(try await store.read("near", .all, limit: 10).map { [UInt8]($0) } == [4])
        for key in ["out", "up/secret"] {
            await #expect(throws: ImageError.self) { try await store.read(key, .all, limit: 10) }
        }
        await #expect(throws: ImageError.self) { try await store.write(.empty, to: "up/new") }
        #expect(folder.names == ["in", "secret"])
    }

    @Test func `parts of a key are what was asked for`() async throws {
        let folder = try TemporaryFolder()
        for store in [ZarrFolder(folder.path("x")), ZarrMemory()] as [any ZarrStore] {
            try await store.write(SharedBytes(copying: [1, 2, 3, 4]), to: "a/b")
            #expect(try await store.read("a/b", .range(1..<3), limit: 2).map { [UInt8]($0) } == [2, 3])
            #expect(try await store.read("a/b", .last(1), limit: 2).map { [UInt8]($0) } == [4])
            #expect(try await store.read("a/c", .all, limit: 2) == nil)
            #expect(try await store.read("a", .all, limit: 2) == nil)
            #expect(try await store.list("a") == ["b"])
            await #expect(throws: ImageError.self) { try await store.read("a/b", .all, limit: 3) }
            await #expect(throws: ImageError.self) { try await store.read("a/b", .last(5), limit: 9) }
            await #expect(throws: ImageError.self) { try await store.read("a/b", .range(3..<5), limit: 9) }
            try await store.write(nil, to: "a/b")
            #expect(try await store.read("a/b", .all, limit: 9) == nil)
        }
    }
}
