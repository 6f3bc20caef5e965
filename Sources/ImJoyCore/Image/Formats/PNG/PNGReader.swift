internal import CPNG

/// Reads PNG through libpng, plain ones in one piece (`PNGPixels`).
///
/// Palettes become colours, a transparent colour or palette with transparency becomes an alpha sample, grey of 2 and 4
/// bits is scaled to 0…255 as Pillow does, 1-bit grey gives `bool`, 16 bits give `uint16`. No gamma is applied.
struct PNGReader: ImageDecoder {
    let info: ImageInfo
    private let source: EncodedImage
    private let rowBytes: Int
    private let header: imj_png_info

    static let hasSignature: @Sendable (SharedBytes) -> Bool = { bytes in
        bytes.count >= 8 && [UInt8](bytes.slice(0..<8)) == [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
    }

    init(_ source: EncodedImage) throws(ImageError) {
        self.source = source
        var header = imj_png_info()
        var failure = imj_png_failure()
        let isRead = source.bytes.withUnsafeBytes { bytes in
            imj_png_read_info(bytes.baseAddress, bytes.count, &header, &failure)
        }
        guard isRead == 1 else { throw Self.error(failure, "the header") }
        self.header = header

        let dtype: DType = header.bit_depth == 1 ? .bool : header.bit_depth == 16 ? .uint16 : .uint8
        let width = Int(header.width)
        let height = Int(header.height)
        let channels = Int(header.channels)
        // Both are below 2^31, so none of these products overflows.
        rowBytes = width * channels * dtype.byteCount
        let what = "a picture of \(width) x \(height) x \(channels) \(dtype)"
        let (byteCount, overflow) = rowBytes.multipliedReportingOverflow(by: height)
        let storedBits = width * Self.storedChannels(header.file_color_type) * Int(header.file_bit_depth)
        let storedBytes = (storedBits + 7) / 8 * height
        let expansion = max(1, (byteCount + max(storedBytes, 1) - 1) / max(storedBytes, 1))
        try source.check(
            decodedBytes: overflow ? .max : byteCount, stored: source.bytes.count, ratio: 1032 * expansion, what: what,
            tag: "IHDR")

        var info = ImageInfo(
            format: .png, shape: channels == 1 ? [height, width] : [height, width, channels], dtype: dtype,
            axes: channels == 1 ? "YX" : "YXS", byteOrder: .big, bitsPerSample: Int(header.file_bit_depth))
        info.compression = "deflate"
        info.pixelSize = PixelSize(
            xPerUnit: Double(header.x_per_metre), yPerUnit: Double(header.y_per_metre), unit: 1_000_000)
        info.metadata["description"] = Self.text(&header.description)
        info.metadata["software"] = Self.text(&header.software)
        if header.file_color_type & 1 != 0 { info.notes.append("palette colours were looked up") }
        self.info = info
    }

    func decode() throws(ImageError) -> AnyNDArray { try decode(inOnePiece: true) }

    /// - Parameter inOnePiece: false leaves all to libpng.
    fileprivate func decode(inOnePiece: Bool) throws(ImageError) -> AnyNDArray {
        let layout = try asImageError { () throws(NDArrayError) in try Layout(shape: info.shape) }
        let count = layout.count * info.dtype.byteCount
        let storage = try asImageError { () throws(NDArrayError) in try NDStorage(claimedByteCount: count) }
        var header = imj_png_info()
        var failure = imj_png_failure()
        let isRead = source.bytes.withUnsafeBytes { bytes in
            if inOnePiece, PNGPixels.decode(bytes, self.header, rowBytes: rowBytes, to: storage.base) {
                return Int32(1)
            }
            return imj_png_read_pixels(bytes.baseAddress, bytes.count, storage.base, rowBytes, &header, &failure)
        }
        guard isRead == 1 else { throw Self.error(failure, "the picture of \(info.shape) \(info.dtype)") }
        return AnyNDArray(storage: storage, layout: layout, dtype: info.dtype)
    }

    private static func storedChannels(_ colorType: Int32) -> Int {
        switch colorType {
        case 2: 3
        case 4: 2
        case 6: 4
        default: 1
        }
    }

    private static func error(_ failure: imj_png_failure, _ what: String) -> ImageError {
        var failure = failure
        let reason = text(&failure.message) ?? "unknown reason"
        return failure.is_truncated != 0
            ? ImageError(.truncated, "the file ends inside \(what)")
            : ImageError(.malformed, "\(what) cannot be read: \(reason)")
    }

    /// The text in a C array of fixed size, nil when it is empty.
    private static func text<T>(_ field: inout T) -> String? {
        withUnsafeBytes(of: &field) { bytes in
            let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            return text.isEmpty ? nil : text
        }
    }
}

/// libpng alone, for tests of our own way.
package enum PNGLibrary {
    /// The pixels of a PNG.
    package static func pixels(_ bytes: SharedBytes) throws(ImageError) -> AnyNDArray {
        try PNGReader(EncodedImage(bytes, limits: .default)).decode(inOnePiece: false)
    }
}
