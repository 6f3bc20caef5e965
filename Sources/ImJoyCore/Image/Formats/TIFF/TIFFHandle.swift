internal import CTIFF

/// An open TIFF of libtiff, closed once when it goes.
///
/// libtiff's messages stay in the handle; the first one becomes part of the error.
struct TIFFHandle: ~Copyable {
    private let tiff: OpaquePointer
    // Keeps the bytes alive that libtiff reads from.
    private let bytes: SharedBytes

    /// Opens `bytes` for reading; no directory is loaded yet.
    init(reading bytes: SharedBytes) throws(ImageError) {
        // Offsets and counts of strips take at most 8 bytes for each byte of the file; nothing else is that large.
        let largestBlock = max(64 << 20, 8 * Int64(bytes.count))
        let opened = bytes.withUnsafeBytes { imj_tiff_open($0.baseAddress, UInt64($0.count), largestBlock) }
        try self.init(opened, bytes: bytes)
    }

    private init(_ opened: OpaquePointer?, bytes: SharedBytes) throws(ImageError) {
        tiff = try Self.checked(opened)
        self.bytes = bytes
    }

    private static func checked(_ opened: OpaquePointer?) throws(ImageError) -> OpaquePointer {
        guard let opened else { throw ImageError(.outOfMemory, "no memory for a TIFF handle") }
        guard imj_tiff_is_open(opened) == 0 else { return opened }
        defer { imj_tiff_close(opened) }
        throw ImageError(.malformed, withReason(of: opened, "the file cannot be opened as TIFF"))
    }

    deinit { imj_tiff_close(tiff) }

    /// An error with libtiff's own words behind ours.
    func error(_ code: ImageError.Code, _ message: String, page: Int? = nil, tag: TIFFTag? = nil) -> ImageError {
        ImageError(code, Self.withReason(of: tiff, message), page: page, tag: tag?.name)
    }

    private static func withReason(of tiff: OpaquePointer, _ message: String) -> String {
        // A tag name or text of the file may be in it; the error stays one line of plain characters.
        var words = String(cString: imj_tiff_message(tiff)).filter { $0.isASCII && $0 >= " " }
        while words.last == "." || words.last == " " { words.removeLast() }
        return words.isEmpty ? message : "\(message) (libtiff: \(words))"
    }

    func clearMessage() { imj_tiff_clear_message(tiff) }

    func loadDirectory(at offset: Int) -> Bool {
        clearMessage()
        return imj_tiff_load_directory(tiff, UInt64(offset)) != 0
    }

    var isTiled: Bool { imj_tiff_is_tiled(tiff) != 0 }
    static func isConfigured(compression: UInt16) -> Bool { imj_tiff_is_codec_configured(compression) != 0 }

    func number16(_ tag: TIFFTag) -> Int? {
        var value: UInt16 = 0
        return imj_tiff_get_u16(tiff, UInt32(tag.rawValue), &value) != 0 ? Int(value) : nil
    }

    func number32(_ tag: TIFFTag) -> Int? {
        var value: UInt32 = 0
        return imj_tiff_get_u32(tiff, UInt32(tag.rawValue), &value) != 0 ? Int(value) : nil
    }

    /// A text tag; text that is not UTF-8 is taken for Latin-1, as ImageJ writes it.
    func text(_ tag: TIFFTag) -> String? {
        guard let start = imj_tiff_get_string(tiff, UInt32(tag.rawValue)) else { return nil }
        if let text = String(validatingCString: start) { return text }
        return String(
            String.UnicodeScalarView(
                UnsafeBufferPointer(start: start, count: length(start)).map {
                    Unicode.Scalar(UInt8(bitPattern: $0))
                }))
    }

    private func length(_ text: UnsafePointer<CChar>) -> Int {
        var end = text
        while end.pointee != 0 { end += 1 }
        return end - text
    }

    /// What the samples beyond the colours are.
    var extraSamples: [UInt16] {
        var values: UnsafePointer<UInt16>?
        let count = imj_tiff_get_extra_samples(tiff, &values)
        return Array(UnsafeBufferPointer(start: values, count: values == nil ? 0 : Int(count)))
    }

    /// How many pixels across and down share a colour difference.
    var subsampling: (across: Int, down: Int) {
        var across: UInt16 = 0
        var down: UInt16 = 0
        imj_tiff_get_subsampling(tiff, &across, &down)
        return (Int(across), Int(down))
    }

    /// Makes JPEG deliver RGB where it stores YCbCr.
    func convertJPEGToRGB() { _ = imj_tiff_set_int(tiff, 65538, 1) }
    /// Makes the logarithmic packings of SGI deliver floats: luminance, or CIE XYZ.
    func convertLogarithmsToFloats() { _ = imj_tiff_set_int(tiff, 65560, 0) }

    /// Makes packings with differences between neighbours deliver these; the caller adds them up.
    func leavePredictorAlone() { _ = imj_tiff_set_int(tiff, UInt32(TIFFTag.predictor.rawValue), 1) }

    var strileCount: Int { Int(imj_tiff_strile_count(tiff)) }
    /// The decoded size of a whole strip or tile.
    var strileSize: Int? { Int(exactly: imj_tiff_strile_size(tiff)) }

    func strilePlace(_ index: Int) -> (offset: UInt64, count: UInt64)? {
        var offset: UInt64 = 0
        var count: UInt64 = 0
        return imj_tiff_strile_place(tiff, UInt32(index), &offset, &count) != 0 ? (offset, count) : nil
    }

    /// Decodes a strip or tile; false when libtiff could not.
    func readStrile(_ index: Int, into target: UnsafeMutableRawBufferPointer) -> Bool {
        clearMessage()
        return imj_tiff_read_strile(tiff, UInt32(index), target.baseAddress, Int64(target.count)) == target.count
    }

    /// Decodes a whole page to four bytes per pixel, red first; false when libtiff could not.
    func readRGBA(width: Int, height: Int, into target: UnsafeMutableRawBufferPointer) -> Bool {
        clearMessage()
        return imj_tiff_read_rgba(
            tiff, UInt32(width), UInt32(height), target.baseAddress?.assumingMemoryBound(to: UInt32.self)) != 0
    }
}
