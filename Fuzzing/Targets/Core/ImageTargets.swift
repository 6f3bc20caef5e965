internal import ImJoyCore

extension CoreFuzzTargets {
    /// NumPy's arrays, and archives of them.
    static let npy = FuzzTarget("npy") { bytes in
        guard bytes.count >= 2, bytes[0] == UInt8(ascii: "P"), bytes[1] == UInt8(ascii: "K") else {
            return readImage(bytes, as: .npy)
        }
        ImageFuzzing.expectReadable { () throws(ImageError) in
            let archive = try NPZFile(decoding: bytes, limits: ImageFuzzing.limits)
            for name in archive.names {
                ImageFuzzing.expectReadable { () throws(ImageError) in _ = try archive.array(named: name) }
            }
        }
    }

    static let png = FuzzTarget("png") { readImage($0, as: .png) }

    static let jpeg = FuzzTarget("jpeg") { readImage($0, as: .jpeg) }

    static let tiff = FuzzTarget("tiff") { readImage($0, as: .tiff) }

    private static func readImage(_ bytes: SharedBytes, as format: ImageFormat) {
        ImageFuzzing.expectReadable { () throws(ImageError) in
            let info = try ImageInfo(decoding: bytes, format: format, limits: ImageFuzzing.limits)
            let image = try Image(decoding: bytes, format: format, limits: ImageFuzzing.limits)
            precondition(
                info.shape == image.shape && info.dtype == image.dtype && info.axes == image.axes,
                "announced \(info), decoded \(image)")
            precondition(image.pixels.byteCount <= ImageFuzzing.limits.decodedBytes)
            // What nobody wrote would hardly come out the same twice.
            let again = try Image(decoding: bytes, format: format, limits: ImageFuzzing.limits)
            precondition(image.pixels.bytes == again.pixels.bytes, "the pixels differ from one time to the next")
        }
    }
}

enum ImageFuzzing {
    /// Far below what the fuzzer allows as memory.
    static let limits = ImageLimits(decodedBytes: 1 << 26, pages: 1000)

    /// Runs `body`, which may throw an `ImageError` of one line.
    static func expectReadable(_ body: () throws(ImageError) -> Void) {
        do { try body() } catch {
            precondition(!error.description.utf8.contains(UInt8(ascii: "\n")) && error.message.utf8.count > 10)
        }
    }
}
