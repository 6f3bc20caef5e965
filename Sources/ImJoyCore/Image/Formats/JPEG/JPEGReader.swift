internal import CJPEG

/// Reads JPEG through libjpeg.
///
/// Grey pictures have axes YX; colours become red, green and blue; CMYK (also as YCCK) gives four samples, 0 for no ink,
/// as in TIFF and as Pillow gives it. Baseline, progressive and arithmetic coding are read. Values are those of libjpeg's
/// exact inverse transform with smooth enlargement of the colour differences, as in Pillow and OpenCV.
struct JPEGReader: ImageDecoder {
    let info: ImageInfo
    private let source: EncodedImage
    private let header: imj_jpeg_info

    static let hasSignature: @Sendable (SharedBytes) -> Bool = { bytes in
        bytes.count >= 3 && bytes[0] == 0xff && bytes[1] == 0xd8 && bytes[2] == 0xff
    }

    /// Decoded bytes of a stored one: a bit at least for a block of 8 x 8, whose colours may be stretched by 4 x 4.
    private static let mostExpansion = 2048
    /// Arithmetic coding needs next to nothing for blocks that are alike; nobody draws the line.
    private static let mostArithmeticExpansion = 1 << 14

    init(_ source: EncodedImage) throws(ImageError) {
        self.source = source
        var header = imj_jpeg_info()
        var failure = imj_jpeg_failure()
        let isRead = source.bytes.withUnsafeBytes { bytes in
            imj_jpeg_read_info(bytes.baseAddress, bytes.count, &header, &failure)
        }
        guard isRead == 1 else { throw Self.error(failure, "the header") }
        guard header.color_space != 0 else {
            throw ImageError(
                .unsupported, "JPEG of \(header.components) components; known are 1 (grey), 3 (colour) and 4 (CMYK)")
        }
        self.header = header
        let channels = Int(header.channels)
        // Both are below 2^16.
        let (width, height) = (Int(header.width), Int(header.height))
        try source.check(
            decodedBytes: width * height * channels, stored: source.bytes.count,
            ratio: header.is_arithmetic != 0 ? Self.mostArithmeticExpansion : Self.mostExpansion,
            what: "a picture of \(width) x \(height) x \(channels) uint8")

        var info = ImageInfo(
            format: .jpeg, shape: channels == 1 ? [height, width] : [height, width, channels], dtype: .uint8,
            axes: channels == 1 ? "YX" : "YXS", byteOrder: .big, bitsPerSample: 8)
        info.compression = "jpeg"
        let markers = JPEGMarkers(source.bytes)
        if let density = markers.density {
            info.pixelSize = PixelSize(xPerUnit: Double(density.x), yPerUnit: Double(density.y), unit: density.unit)
        }
        info.metadata["description"] = markers.comment
        info.metadata["software"] = markers.software
        info.metadata["orientation"] = markers.orientation.map { "\($0)" }
        if channels == 4 { info.notes.append("the samples are cyan, magenta, yellow and black; 0 is no ink") }
        if let orientation = markers.orientation, orientation != 1 {
            info.notes.append("a viewer would turn the picture (orientation \(orientation)); the pixels are as stored")
        }
        self.info = info
    }

    func decode() throws(ImageError) -> AnyNDArray {
        let layout = try asImageError { () throws(NDArrayError) in try Layout(shape: info.shape) }
        let storage = try asImageError { () throws(NDArrayError) in try NDStorage(claimedByteCount: layout.count) }
        var expected = header
        var failure = imj_jpeg_failure()
        let rowBytes = Int(header.width) * Int(header.channels)
        let isRead = source.bytes.withUnsafeBytes { bytes in
            imj_jpeg_read_pixels(bytes.baseAddress, bytes.count, storage.base, rowBytes, &expected, &failure)
        }
        guard isRead == 1 else { throw Self.error(failure, "the picture of \(info.shape) uint8") }
        return AnyNDArray(storage: storage, layout: layout, dtype: .uint8)
    }

    private static func error(_ failure: imj_jpeg_failure, _ what: String) -> ImageError {
        if failure.is_truncated != 0 { return ImageError(.truncated, "the file ends inside \(what)") }
        let reason = text(failure)
        // Precision and coding that libjpeg was built without.
        let isForeign = reason.hasPrefix("Unsupported JPEG") || reason.contains("not implemented")
        return ImageError(isForeign ? .unsupported : .malformed, "\(what) cannot be read: \(reason)")
    }

    static func text(_ failure: imj_jpeg_failure) -> String {
        withUnsafeBytes(of: failure.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
