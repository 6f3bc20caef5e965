internal import Foundation
internal import ImJoyCore
internal import SystemPackage
internal import Testing

/// Folders that zarr-python and ome-zarr-py wrote; Tests/Python/make_zarr_fixtures.py made them.
@Suite struct ZarrFixtureTests {
    private static let folder = repositoryRoot.appending(path: "Tests/ImJoyCoreTests/Fixtures/zarr")

    private static func expected(_ name: String) throws -> SharedBytes {
        SharedBytes(copying: [UInt8](try Data(contentsOf: folder.appending(path: name + ".expected.bin"))))
    }

    @Test(arguments: ["ome-0.4.zarr", "ome-0.5.zarr"])
    func `images of ome-zarr-py have axes, sizes, names and levels`(_ name: String) async throws {
        let path = FilePath(Self.folder.appending(path: name).path)
        let image = try Image(contentsOf: path)
        #expect(image.axes == "CZYX" && image.shape == [2, 3, 12, 10] && image.dtype == .uint16)
        #expect(image.pixels.bytes == (try Self.expected(name)))
        #expect(image.pixelSize == PixelSize(x: 0.325, y: 0.325, z: 2))
        #expect(image.channelNames == ["DAPI", "GFP"] && image.metadata == ["name": "ramp"])
        let source = try await ImageSource(zarr: ZarrFolder(path))
        #expect(source.levels.map(\.shape) == [[2, 3, 12, 10], [2, 3, 6, 5]])
        #expect(source.levels[1].pixelSize == PixelSize(x: 0.65, y: 0.65, z: 2))
        let coarse = try await source.pixels(in: [1..<2, 0..<3, 1..<4, 0..<5], level: 1)
        #expect(coarse.bytes == image.pixels[1..<2, .all, .step(2), .step(2)][.all, .all, 1..<4].bytes)
        let info = try ImageInfo(contentsOf: path)
        #expect(info.format == .zarr && info.notes.isEmpty && info.isTiled)
    }

    @Test func `arrays of zarr-python are read as images`() throws {
        let floats = try Image(contentsOf: FilePath(Self.folder.appending(path: "fortran-blosc.zarr").path))
        #expect(floats.dtype == .float32 && floats.axes == "QYX")
        #expect(floats.pixels.bytes == (try Self.expected("fortran-blosc.zarr")))
        let shards = try Image(contentsOf: FilePath(Self.folder.appending(path: "sharded.zarr").path))
        #expect(shards.dtype == .int32 && shards.axes == "YX")
        #expect(shards.pixels.bytes == (try Self.expected("sharded.zarr")))
    }
}
