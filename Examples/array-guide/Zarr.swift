import ImJoyCore

func showZarr() async throws {
    let pixels = try NDArray<UInt16>((0..<2 * 700 * 900).map { UInt16($0 % 1000) }, shape: [2, 700, 900])
    let image = try Image(pixels, axes: "CYX", pixelSize: PixelSize(x: 0.5, y: 0.5), channelNames: ["DAPI", "GFP"])

    try image.write(to: "cells.ome.zarr")
    let again = try Image(contentsOf: "cells.ome.zarr")
    check(again.pixels.bytes == image.pixels.bytes && again.channelNames == ["DAPI", "GFP"])

    let options = ZarrWriteOptions(
        version: .v0_4, packing: [.blosc(ZarrBlosc(.zstd, level: 5, shuffle: .bits))], downsampling: .nearest)
    try image.write(toZarr: "labels.zarr", options: options)

    let source = try await ImageSource(zarr: ZarrFolder("cells.ome.zarr"))
    let overview = try await source.image(level: source.levels.count - 1)
    let detail = try await source.image(["C": 0..<1, "Y": 100..<200, "X": 300..<400])
    check(overview.shape == [2, 350, 450] && detail.pixels.bytes == image.pixels[0..<1, 100..<200, 300..<400].bytes)

    let metadata = ZarrMetadata(
        shape: [1_000_000, 2048, 2048], dtype: .float32, chunkShape: [16, 1024, 1024],
        codecs: [.sharding(ZarrSharding(chunkShape: [1, 256, 256]))], dimensionNames: ["t", "y", "x"])
    let array = try await ZarrArray(creating: metadata, in: ZarrMemory())
    try await array.write(AnyNDArray(NDArray<Float>(repeating: 1.5, shape: [1, 64, 64])), at: [123_456, 1000, 1000])
    let corner = try await array.read([123_456..<123_457, 1060..<1066, 1060..<1066])
    let sum = try corner.cast(to: Float.self).sum()
    check(sum == 16 * 1.5)
}
