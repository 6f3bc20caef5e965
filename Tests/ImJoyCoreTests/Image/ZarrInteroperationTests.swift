internal import Foundation
internal import ImJoyCore
internal import SystemPackage
internal import Testing

/// The same arrays through zarr-python and through us.
@Suite struct ZarrInteroperationTests {
    private struct Entry: Codable {
        var file: String
        var dtype: String
        var shape: [Int]
        var version: String?
    }

    private static func bytes(_ folder: TemporaryFolder, _ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.url.appending(path: name)))
    }

    @Test(.timeLimit(.minutes(30)))
    func `what zarr-python wrote is read, whole and in parts`() async throws {
        let folder = try TemporaryFolder()
        #expect(try TestPython.run("check_zarr.py", ["write", folder.url.path]).hasPrefix("wrote 112"))
        let index = try JSONDecoder().decode([Entry].self, from: Data(Self.bytes(folder, "index.json")))
        for entry in index {
            let array = try await ZarrArray(opening: ZarrFolder(folder.path(entry.file)))
            let dtype = try #require(DType(rawValue: entry.dtype))
            let wanted = try AnyNDArray(
                sharing: SharedBytes(copying: Self.bytes(folder, entry.file + ".expected.bin")), dtype: dtype,
                shape: entry.shape)
            let found = try await array.read()
            #expect(found.dtype == dtype && found.shape == entry.shape, "\(entry.file)")
            #expect(found.bytes == wanted.bytes, "\(entry.file): \(array.metadata)")
            let part = entry.shape.map { wanted.count == 0 ? 0..<$0 : $0 / 3..<max($0 / 3, $0 - 1) }
            let view = try wanted.sliced(part)
            #expect(try await array.read(part).bytes == view.bytes, "\(entry.file) \(part)")
        }
    }

    @Test(.timeLimit(.minutes(30)))
    func `what we write is read by zarr-python`() async throws {
        let folder = try TemporaryFolder()
        var index: [Entry] = []
        func add(_ name: String, _ pixels: AnyNDArray, version: String? = nil) throws {
            try Data([UInt8](pixels.bytes)).write(to: folder.url.appending(path: name + ".expected.bin"))
            index.append(Entry(file: name, dtype: pixels.dtype.rawValue, shape: pixels.shape, version: version))
        }
        for (number, choice) in ZarrChoice.all.enumerated() {
            let (pixels, metadata) = try choice.make(seed: UInt64(number))
            let name = "array-\(number)"
            let array = try await ZarrArray(creating: metadata, in: ZarrFolder(folder.path(name)))
            try await array.write(pixels)
            try add(name, pixels)
        }
        for version in ZarrWriteOptions.Version.allCases {
            let image = try Image(ImageCase.noise([2, 3, 40, 50], .uint16), axes: "CZYX", channelNames: ["a", "b"])
            let options = ZarrWriteOptions(version: version, chunkShape: [1, 1, 16, 16], coarsest: 16)
            try image.write(toZarr: folder.path("image-\(version.rawValue).ome.zarr"), options: options)
            try add("image-\(version.rawValue).ome.zarr", image.pixels, version: version.rawValue)
        }
        try JSONEncoder().encode(index).write(to: folder.url.appending(path: "index.json"))
        #expect(try TestPython.run("check_zarr.py", ["check", folder.url.path]) == "checked \(index.count)\n")
    }
}

/// One way to store an array.
struct ZarrChoice: Sendable {
    var version = ZarrVersion.v3
    var dtype = DType.uint16
    var codecs: [ZarrCodec]
    var shape = [7, 9, 5]
    var chunkShape = [3, 4, 5]
    var separator: ZarrMetadata.Separator?

    func make(seed: UInt64) throws -> (AnyNDArray, ZarrMetadata) {
        let pixels = try ImageCase.noise(shape, dtype, seed: seed)
        return (
            pixels,
            ZarrMetadata(
                shape: shape, dtype: dtype, chunkShape: chunkShape, version: version, codecs: codecs,
                separator: separator)
        )
    }

    private static let packings: [[ZarrCodec]] =
        [[], [.gzip(level: 3)], [.zstd(level: 1, checksum: true)], [.zlib(level: 1)]]
        + ZarrBlosc.Compressor.allCases.map { [.blosc(ZarrBlosc($0, shuffle: .bits, elementSize: 2))] }
        + ZarrBlosc.Shuffle.allCases.map { [.blosc(ZarrBlosc(.lz4, level: 9, shuffle: $0, elementSize: 2))] }

    /// Every type, packing and order in both versions.
    static let all: [ZarrChoice] = {
        var all: [ZarrChoice] = []
        for dtype in DType.allCases {
            // Bytes have no order, and none is written for them.
            for order in dtype.swapUnit == 1 ? [DType.ByteOrder.little] : [.little, .big] {
                all.append(ZarrChoice(version: .v2, dtype: dtype, codecs: [.bytes(order), .zlib(level: 1)]))
                all.append(ZarrChoice(dtype: dtype, codecs: [.bytes(order), .crc32c]))
            }
        }
        for packing in packings {
            all.append(
                ZarrChoice(version: .v2, codecs: [.transpose([2, 1, 0]), .bytes(.big)] + packing, separator: .slash))
            all.append(ZarrChoice(codecs: [.transpose([1, 2, 0]), .bytes(.little)] + packing, separator: .dot))
            for isFirst in [true, false] {
                let sharding = ZarrSharding(
                    chunkShape: [1, 2, 5], codecs: [.transpose([2, 0, 1]), .bytes(.big)] + packing,
                    indexIsFirst: isFirst)
                all.append(ZarrChoice(codecs: [.sharding(sharding)], shape: [4, 7, 9], chunkShape: [2, 4, 5]))
            }
        }
        all.append(ZarrChoice(version: .v2, codecs: [.bytes(.little), .delta(.uint16, .little), .zlib(level: 1)]))
        all.append(
            ZarrChoice(
                version: .v2, dtype: .float64, codecs: [.bytes(.little), .shuffle(elementSize: 8), .gzip(level: 1)]))
        all.append(ZarrChoice(codecs: ZarrCodec.standard, shape: [], chunkShape: []))
        all.append(ZarrChoice(version: .v2, codecs: ZarrCodec.standard, shape: [], chunkShape: []))
        all.append(ZarrChoice(codecs: ZarrCodec.standard, shape: [3, 0, 2], chunkShape: [2, 2, 2]))
        return all
    }()
}
