internal import CPNG
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Writes PNG through libpng: `bool` as 1-bit grey, `uint8` and `uint16` as grey, grey with alpha, RGB or RGBA.
enum PNGWriter {
    /// Frees what libpng's buffer held.
    private final class Block: Sendable {
        private nonisolated(unsafe) let base: UnsafeMutablePointer<UInt8>
        init(_ base: UnsafeMutablePointer<UInt8>) { self.base = base }
        deinit { free(base) }
    }

    static func write(_ image: Image, _ options: ImageWriteOptions, to sink: inout ImageSink) throws(ImageError) {
        let channels = try channelCount(of: image)
        let depth: Int32
        switch image.dtype {
        case .bool where channels == 1: depth = 1
        case .uint8: depth = 8
        case .uint16: depth = 16
        default:
            throw ImageError(
                .unsupported,
                "PNG holds uint8, uint16 and grey bool, not \(channels) samples of \(image.dtype); "
                    + "convert the pixels or write TIFF"
            )
        }
        guard image.pixels.count > 0, image.shape[0] < 1 << 31, image.shape[1] < 1 << 31 else {
            throw ImageError(.unsupported, "PNG cannot hold a picture of shape \(image.shape)")
        }
        guard (0...9).contains(options.level) else {
            throw ImageError(.invalidArgument, "compression level \(options.level); zlib has 0 to 9")
        }
        var header = imj_png_info()
        header.height = UInt32(image.shape[0])
        header.width = UInt32(image.shape[1])
        header.bit_depth = depth
        header.channels = Int32(channels)
        if let x = image.pixelSize?.x, let y = image.pixelSize?.y {
            // Pixels per metre, whole numbers in the format.
            header.x_per_metre = UInt32(exactly: (1_000_000 / x).rounded()) ?? 0
            header.y_per_metre = UInt32(exactly: (1_000_000 / y).rounded()) ?? 0
        }
        fill(&header.description, with: image.metadata["description"] ?? "")
        fill(&header.software, with: image.metadata["software"] ?? "ImJoy")

        var failure = imj_png_failure()
        var encoded: UnsafeMutablePointer<UInt8>?
        var count = 0
        let rowBytes = image.shape[1] * channels * image.dtype.byteCount
        let isWritten = image.pixels.bytes.withUnsafeBytes { pixels in
            imj_png_write(&header, pixels.baseAddress, rowBytes, Int32(options.level), &encoded, &count, &failure)
        }
        guard isWritten == 1, let encoded else {
            let reason = withUnsafeBytes(of: &failure.message) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            throw ImageError(.system, "the PNG cannot be made: \(reason)")
        }
        let bytes = SharedBytes(
            unsafeNoCopy: UnsafeRawBufferPointer(start: encoded, count: count), owner: Block(encoded))
        try sink.append(bytes)
    }

    private static func channelCount(of image: Image) throws(ImageError) -> Int {
        let shape = image.shape
        if shape.count == 2 { return 1 }
        if shape.count == 3, image.axes.letters.hasSuffix("S"), (1...4).contains(shape[2]) { return shape[2] }
        throw ImageError(
            .unsupported,
            "PNG holds one picture, YX or YXS with 1 to 4 samples, not \(image); take a slice, or write TIFF")
    }

    /// Copies as much of `text` as fits, whole characters only, with a NUL behind it.
    private static func fill<T>(_ field: inout T, with text: String) {
        withUnsafeMutableBytes(of: &field) { target in
            var end = 0
            for character in text where character != "\0" {
                let bytes = Array(character.utf8)
                guard end + bytes.count < target.count else { break }
                target[end..<end + bytes.count].copyBytes(from: bytes)
                end += bytes.count
            }
        }
    }
}
