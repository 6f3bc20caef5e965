internal import CJPEG
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Writes baseline JPEG through libjpeg: `uint8` as grey or as red, green and blue.
enum JPEGWriter {
    /// Frees what the encoder's buffer held.
    private final class Block: Sendable {
        private nonisolated(unsafe) let base: UnsafeMutablePointer<UInt8>
        init(_ base: UnsafeMutablePointer<UInt8>) { self.base = base }
        deinit { free(base) }
    }

    /// libjpeg's limit for a side.
    private static let longestSide = 65_500
    /// What the length of a marker leaves for its contents.
    private static let longestComment = 65_533

    static func write(_ image: Image, _ options: ImageWriteOptions, to sink: inout ImageSink) throws(ImageError) {
        let channels = try channelCount(of: image)
        guard image.pixels.count > 0, image.shape[0] <= longestSide, image.shape[1] <= longestSide else {
            throw ImageError(
                .unsupported, "JPEG cannot hold a picture of shape \(image.shape): sides are 1 to \(longestSide)")
        }
        guard (1...100).contains(options.quality) else {
            throw ImageError(.invalidArgument, "quality \(options.quality); JPEG has 1 to 100")
        }
        var settings = imj_jpeg_settings()
        settings.height = UInt32(image.shape[0])
        settings.width = UInt32(image.shape[1])
        settings.channels = Int32(channels)
        settings.quality = Int32(options.quality)
        settings.is_subsampled = options.chroma == .halved ? 1 : 0
        if let x = density(image.pixelSize?.x), let y = density(image.pixelSize?.y) {
            settings.x_per_centimetre = x
            settings.y_per_centimetre = y
        }
        let comment = comment(image.metadata["description"] ?? "")

        var failure = imj_jpeg_failure()
        var encoded: UnsafeMutablePointer<UInt8>?
        var count = 0
        let isWritten = image.pixels.bytes.withUnsafeBytes { pixels in
            comment.withUnsafeBytes { comment in
                settings.comment = comment.baseAddress
                settings.comment_count = comment.count
                return imj_jpeg_write(
                    &settings, pixels.baseAddress, image.shape[1] * channels, &encoded, &count, &failure)
            }
        }
        guard isWritten == 1, let encoded else {
            throw ImageError(.system, "the JPEG cannot be made: \(JPEGReader.text(failure))")
        }
        try sink.append(
            SharedBytes(unsafeNoCopy: UnsafeRawBufferPointer(start: encoded, count: count), owner: Block(encoded)))
    }

    private static func channelCount(of image: Image) throws(ImageError) -> Int {
        let shape = image.shape
        if image.dtype == .uint8 {
            if shape.count == 2 { return 1 }
            if shape.count == 3, image.axes.letters.hasSuffix("S"), shape[2] == 1 || shape[2] == 3 { return shape[2] }
        }
        throw ImageError(
            .unsupported,
            "JPEG holds one uint8 picture, YX or YXS with 1 or 3 samples, not \(image); convert it, or write TIFF or PNG"
        )
    }

    /// Pixels per centimetre, which the format holds as a whole number: nil when that would be off by more than 1 in 1000.
    private static func density(_ size: Double?) -> UInt16? {
        guard let size, size > 0 else { return nil }
        let exact = 10_000 / size
        guard let whole = UInt16(exactly: exact.rounded()), whole > 0, (Double(whole) / exact - 1).magnitude <= 1e-3
        else { return nil }
        return whole
    }

    /// As much of a text as fits, whole characters only.
    private static func comment(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for character in text where character != "\0" {
            guard bytes.count + character.utf8.count <= longestComment else { break }
            bytes += character.utf8
        }
        return bytes
    }
}
