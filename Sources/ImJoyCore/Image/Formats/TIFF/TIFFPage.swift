/// The facts of one page, checked against the file.
struct TIFFPage {
    /// What pages must share to be planes of one image.
    struct Kind: Hashable {
        var width: Int
        var height: Int
        var samplesPerPixel: Int
        var bitsPerSample: Int
        var sampleFormat: Int
        var photometric: Int
        var isPlanar: Bool
        var compression: UInt16
        var predictor: Int
        var isTiled: Bool
        /// Pixels across and rows of a tile; the width and the rows of a strip.
        var chunkWidth: Int
        var chunkHeight: Int
    }

    var index: Int
    var directoryOffset: Int
    var kind: Kind
    var dtype: DType
    var strileCount: Int
    /// Decoded bytes of a whole strip or tile.
    var strileSize: Int
    /// The sum of the strips' and tiles' sizes in the file.
    var storedBytes: Int
    var firstOffset: Int
    /// True when the strips lie one behind the other without compression.
    var isContiguous: Bool

    /// Rows, columns and samples as arrays have them: `YX`, `YXS` or, for separate planes, `SYX`.
    var shape: [Int] {
        guard hasSampleAxis else { return [kind.height, kind.width] }
        return kind.isPlanar
            ? [kind.samplesPerPixel, kind.height, kind.width] : [kind.height, kind.width, kind.samplesPerPixel]
    }
    var axes: String { hasSampleAxis ? (kind.isPlanar ? "SYX" : "YXS") : "YX" }
    /// 2 is RGB.
    private var hasSampleAxis: Bool { kind.samplesPerPixel > 1 || kind.photometric == 2 }

    /// Samples that lie together in a row of a strip or tile.
    var samplesPerChunkPixel: Int { kind.isPlanar ? 1 : kind.samplesPerPixel }
    /// Bytes of a decoded row of a strip or tile as libtiff gives it.
    var chunkRowBytes: Int { (kind.chunkWidth * samplesPerChunkPixel * kind.bitsPerSample + 7) / 8 }
    /// True when libtiff's samples are the array's elements.
    var hasWholeElements: Bool { kind.bitsPerSample == dtype.byteCount * 8 }
    var chunksAcross: Int { (kind.width + kind.chunkWidth - 1) / kind.chunkWidth }
    var chunksDown: Int { (kind.height + kind.chunkHeight - 1) / kind.chunkHeight }
    /// The picture in words, for errors.
    var summary: String {
        "a picture of \(kind.width) x \(kind.height) x \(kind.samplesPerPixel) samples of \(kind.bitsPerSample) bits"
    }

    /// Reads and checks the directory that `handle` has loaded.
    init(_ handle: borrowing TIFFHandle, index: Int, directoryOffset: Int, fileSize: Int) throws(ImageError) {
        func number(_ tag: TIFFTag) throws(ImageError) -> Int {
            guard let value = handle.number32(tag) else {
                throw ImageError(.malformed, "the tag is missing", page: index, tag: tag.name)
            }
            return value
        }
        let width = try number(.imageWidth)
        let height = try number(.imageLength)
        let compression = UInt16(handle.number16(.compression) ?? 1)
        let isTiled = handle.isTiled
        let photometric = handle.number16(.photometricInterpretation) ?? 1
        if compression == TIFFCompression.jpeg, photometric == 6 { handle.convertJPEGToRGB() }
        kind = Kind(
            width: width, height: height, samplesPerPixel: handle.number16(.samplesPerPixel) ?? 1,
            bitsPerSample: handle.number16(.bitsPerSample) ?? 1, sampleFormat: handle.number16(.sampleFormat) ?? 1,
            photometric: photometric, isPlanar: handle.number16(.planarConfiguration) == 2, compression: compression,
            predictor: [
                TIFFCompression.lzw, TIFFCompression.deflate, TIFFCompression.adobeDeflate, TIFFCompression.zstd,
            ]
            .contains(compression) ? handle.number16(.predictor) ?? 1 : 1,
            isTiled: isTiled, chunkWidth: isTiled ? try number(.tileWidth) : width,
            chunkHeight: isTiled ? try number(.tileLength) : min(handle.number32(.rowsPerStrip) ?? height, height))
        if kind.samplesPerPixel == 1 { kind.isPlanar = false }
        self.index = index
        self.directoryOffset = directoryOffset
        dtype = try Self.elementType(kind, page: index)
        try Self.checkSizes(kind, handle, page: index)
        strileCount = handle.strileCount
        strileSize = handle.strileSize ?? 0
        (storedBytes, firstOffset, isContiguous) = try Self.checkPlaces(kind, handle, page: index, fileSize: fileSize)
        let rows = kind.isTiled ? kind.chunkHeight : min(kind.chunkHeight, kind.height)
        guard strileCount == chunksAcross * chunksDown * (kind.isPlanar ? kind.samplesPerPixel : 1),
            strileSize == chunkRowBytes * rows
        else {
            throw ImageError(
                .unsupported,
                "\(summary) in \(strileCount) \(kind.isTiled ? "tiles" : "strips") "
                    + "of \(strileSize) bytes cannot be laid out",
                page: index)
        }
    }

    private static func elementType(_ kind: Kind, page: Int) throws(ImageError) -> DType {
        switch (kind.sampleFormat, kind.bitsPerSample) {
        case (1, 1), (4, 1): return .bool
        case (1, 2...8), (4, 2...8): return .uint8
        case (1, 9...16), (4, 9...16): return .uint16
        case (1, 32), (4, 32): return .uint32
        case (1, 64), (4, 64): return .uint64
        case (2, 8): return .int8
        case (2, 16): return .int16
        case (2, 32): return .int32
        case (2, 64): return .int64
        case (3, 16): return .float16
        case (3, 32): return .float32
        case (3, 64): return .float64
        case (6, 64): return .complex64
        case (6, 128): return .complex128
        default:
            let names = [
                1: "unsigned", 2: "signed", 3: "floating-point", 4: "undefined", 5: "complex integer", 6: "complex",
            ]
            let format = names[kind.sampleFormat] ?? "of unknown format \(kind.sampleFormat),"
            throw ImageError(
                .unsupported, "samples are \(format) with \(kind.bitsPerSample) bits; there is no such element type",
                page: page, tag: TIFFTag.bitsPerSample.name)
        }
    }

    private static func checkSizes(_ kind: Kind, _ handle: borrowing TIFFHandle, page: Int) throws(ImageError) {
        func refuse(_ message: String, _ tag: TIFFTag, _ code: ImageError.Code = .unsupported) -> ImageError {
            ImageError(code, message, page: page, tag: tag.name)
        }
        guard kind.width > 0, kind.height > 0, kind.samplesPerPixel > 0 else {
            throw refuse(
                "a picture of \(kind.width) x \(kind.height) x \(kind.samplesPerPixel) samples is empty", .imageWidth,
                .malformed)
        }
        guard kind.chunkWidth > 0, kind.chunkHeight > 0 else {
            throw refuse(
                "\(kind.isTiled ? "tiles" : "strips") of \(kind.chunkWidth) x \(kind.chunkHeight) pixels",
                kind.isTiled ? .tileWidth : .rowsPerStrip, .malformed)
        }
        // 2^31 samples of 128 bits in a row keep every product below within 63 bits.
        guard max(kind.width, kind.chunkWidth) * kind.samplesPerPixel < 1 << 31,
            max(kind.height, kind.chunkHeight) < 1 << 31
        else {
            throw refuse(
                "a picture of \(kind.width) x \(kind.height) x \(kind.samplesPerPixel) samples", .imageWidth, .tooLarge)
        }
        if let depth = handle.number32(.imageDepth), depth != 1 {
            throw refuse("volumes of depth \(depth) in one page are not supported", .imageDepth)
        }
        let compression = TIFFCompression.name(kind.compression)
        let refused = [TIFFCompression.oldJPEG, TIFFCompression.sgiLog, TIFFCompression.sgiLog24]
        guard TIFFHandle.isConfigured(compression: kind.compression), !refused.contains(kind.compression) else {
            throw refuse("\(compression) cannot be decoded here", .compression)
        }
        guard kind.photometric != 6 || kind.compression == TIFFCompression.jpeg else {
            throw refuse(
                "YCbCr colours are read only from JPEG, not with compression \(compression)", .photometricInterpretation
            )
        }
    }

    /// Every strip or tile must lie inside the file.
    private static func checkPlaces(
        _ kind: Kind, _ handle: borrowing TIFFHandle, page: Int, fileSize: Int
    ) throws(ImageError) -> (stored: Int, first: Int, isContiguous: Bool) {
        let word = kind.isTiled ? "tile" : "strip"
        let total = handle.strileCount
        // libtiff fills missing places with zeros; a file shorter than its list of places never had them.
        guard total <= fileSize else {
            throw ImageError(
                .truncated, "\(total) \(word)s are announced, but the file has \(fileSize) bytes", page: page,
                tag: (kind.isTiled ? TIFFTag.tileByteCounts : .stripByteCounts).name)
        }
        var stored = 0
        var first = 0
        var end = 0
        // Fill order 2 has the bits of every byte reversed.
        var isContiguous =
            kind.compression == TIFFCompression.none && !kind.isTiled && handle.number16(.fillOrder) != 2
        for index in 0..<total {
            guard let (offset, count) = handle.strilePlace(index) else {
                throw handle.error(
                    .malformed, "the place of \(word) \(index) of \(total) cannot be read", page: page,
                    tag: kind.isTiled ? .tileOffsets : .stripOffsets)
            }
            // An empty strip or tile was never written and stands for zeros.
            if count == 0 { isContiguous = false; continue }
            guard offset <= fileSize, count <= UInt64(fileSize) - offset else {
                throw ImageError(
                    .truncated,
                    "\(word) \(index) of \(total) has \(count) bytes from byte \(offset), "
                        + "but the file has \(fileSize) bytes",
                    page: page, tag: (kind.isTiled ? TIFFTag.tileByteCounts : .stripByteCounts).name)
            }
            if index == 0 { first = Int(offset) } else if Int(offset) != end { isContiguous = false }
            end = Int(offset) + Int(count)
            // Strips that overlap could otherwise pretend to hold more than the file does.
            stored = min(stored + Int(count), fileSize)
        }
        return (stored, first, isContiguous)
    }
}
