import ImJoyCore

// A stack of three slices with two channels, as a microscope would give it.
var pixels = NDArray<UInt16>(repeating: 100, shape: [3, 2, 64, 64])
pixels[1, 0, 20..<30, 40..<50] += 900
let stack = try Image(
    pixels, axes: "ZCYX", pixelSize: PixelSize(x: 0.325, y: 0.325, z: 1.5), channelNames: ["DAPI", "GFP"])

// Packed tiles of 32 x 32 pixels. `write(to:)` takes the format from the extension of the name instead.
let options = ImageWriteOptions(compression: .deflate, usesPredictor: true, tileSize: 32)
let file = try stack.encoded(as: .tiff, options: options)
print("\(file.count) bytes of TIFF for \(pixels.count * 2) bytes of pixels")

// What a file holds, without decoding it or taking memory for it.
let info = try ImageInfo(decoding: file)
print("\(info.axes) \(info.shape) \(info.dtype), \(info.compression), \(info.pageCount) pages")

// The pixels come in the type of the file; ask for the one you want to compute with.
let image = try Image(decoding: file)
let nuclei = try image.pixels.typed(as: UInt16.self)[.all, 0]
print("brightest slice: \(nuclei.max(along: 2).max(along: 1))")

// A file from elsewhere may be damaged, or claim to be larger than this machine's memory.
do {
    _ = try Image(decoding: file.slice(0..<file.count / 2), limits: ImageLimits(decodedBytes: 1 << 30))
} catch {
    print("refused (\(error.code)): page \(error.page ?? 0)")
}

// A slide with two channels and a pyramid, from which only parts are read. Axes, sizes and names are OME's.
let slide = try Image(
    NDArray<UInt16>(repeating: 7, shape: [2, 300, 500]), axes: "CYX", pixelSize: PixelSize(x: 0.5, y: 0.5),
    channelNames: ["DAPI", "GFP"])
let packed = ImageWriteOptions(compression: .zstd, usesPredictor: true, tileSize: 64, layout: .ome, pyramid: .automatic)
let source = try ImageSource(decoding: slide.encoded(as: .tiff, options: packed))

let overview = try await source.image(level: source.levels.count - 1)
let corner = try await source.image(["C": 1..<2, "Y": 0..<100, "X": 400..<500])
print("\(overview.shape) \(corner.shape) \(corner.channelNames)")
