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
        /// What the samples beyond the colours are.
        var extraSamples: [UInt16]
        var fillOrder: Int
        var isPlanar: Bool
        var compression: UInt16
        var predictor: Int
        var isTiled: Bool
        /// Pixels across and rows of a tile; the width and the rows of a strip.
        var chunkWidth: Int
        var chunkHeight: Int
    }

    var index: Int
    /// Where its directory lies.
    var offset: Int
    var kind: Kind
    var dtype: DType
    var byteOrder: DType.ByteOrder
    var strileCount: Int
    /// Decoded bytes of a whole strip or tile.
    var strileSize: Int
    /// The sum of the strips' and tiles' sizes in the file.
    var storedBytes: Int
    var firstOffset: Int
    /// True when the strips lie one behind the other without compression.
    var isContiguous: Bool
    /// True when they also have exactly the bytes of their rows, so that row follows row.
    var isOneRun: Bool
    /// True for a smaller copy of another picture.
    var isReduced: Bool

    /// Rows, columns and samples as arrays have them: `YX`, `YXS` or, for separate planes, `SYX`.
    var shape: [Int] {
        guard hasSampleAxis else { return [kind.height, kind.width] }
        return kind.isPlanar
            ? [kind.samplesPerPixel, kind.height, kind.width] : [kind.height, kind.width, kind.samplesPerPixel]
    }
    var axes: String { hasSampleAxis ? (kind.isPlanar ? "SYX" : "YXS") : "YX" }
    /// True when libtiff decodes only the page as a whole, to red, green and blue.
    var isDecodedWhole: Bool { kind.compression == TIFFCompression.oldJPEG }
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

    /// Reads and checks the directory that `handle` has loaded: that of page `index`, or one at `offset` below it.
    init(
        _ handle: borrowing TIFFHandle, _ chain: TIFFDirectoryChain, index: Int, at offset: Int? = nil, fileSize: Int
    ) throws(ImageError) {
        // A size that is missing is refused as one of zero is.
        func number(_ tag: TIFFTag) -> Int { handle.number32(tag) ?? 0 }
        let width = number(.imageWidth)
        let height = number(.imageLength)
        let compression = UInt16(handle.number16(.compression) ?? 1)
        let isTiled = handle.isTiled
        let photometric = handle.number16(.photometricInterpretation) ?? 1
        let isPlanar = handle.number16(.planarConfiguration) == 2
        Self.convertColours(handle, compression, photometric, isPlanar)
        kind = Kind(
            width: width, height: height, samplesPerPixel: handle.number16(.samplesPerPixel) ?? 1,
            bitsPerSample: handle.number16(.bitsPerSample) ?? 1, sampleFormat: handle.number16(.sampleFormat) ?? 1,
            photometric: photometric, extraSamples: handle.extraSamples,
            fillOrder: handle.number16(.fillOrder) ?? 1, isPlanar: isPlanar, compression: compression,
            predictor: TIFFCompression.withPredictor.contains(compression) ? handle.number16(.predictor) ?? 1 : 1,
            isTiled: isTiled, chunkWidth: isTiled ? number(.tileWidth) : width,
            chunkHeight: isTiled ? number(.tileLength) : min(handle.number32(.rowsPerStrip) ?? height, height))
        if kind.samplesPerPixel == 1 { kind.isPlanar = false }
        self.index = index
        self.offset = offset ?? chain.offsets[index]
        // Of a thumbnail that shows something else (4 and 8 are masks and Aperio's overview) nothing is reduced.
        isReduced = (chain.number(.newSubfileType, at: self.offset) ?? 0) & 0xf == 1
        byteOrder = chain.byteOrder
        dtype = try Self.elementType(kind, page: index)
        try Self.checkDialect(kind, chain, at: self.offset, page: index)
        try Self.checkSizes(kind, handle, page: index)
        strileCount = handle.strileCount
        strileSize = handle.strileSize ?? 0
        (storedBytes, firstOffset, isContiguous, isOneRun) = (0, 0, false, false)
        set(try Self.checkPlaces(kind, handle, page: index, fileSize: fileSize))
        try checkLayout()
    }

    mutating func set(_ places: Places) {
        storedBytes = places.stored
        firstOffset = places.first
        isContiguous = places.isContiguous
        isOneRun = places.isOneRun && hasWholeElements
    }

    /// Tells a handle that has loaded the page's directory what its samples shall be.
    func prepare(_ handle: borrowing TIFFHandle) {
        Self.convertColours(handle, kind.compression, kind.photometric, kind.isPlanar)
        if isPredictorOurs { handle.leavePredictorAlone() }
    }

    private static func convertColours(
        _ handle: borrowing TIFFHandle, _ compression: UInt16, _ photometric: Int, _ isPlanar: Bool
    ) {
        // 6 is YCbCr; planes of their own stay what they are.
        if compression == TIFFCompression.jpeg, photometric == 6, !isPlanar { handle.convertJPEGToRGB() }
        if TIFFCompression.isLogarithmic(compression) { handle.convertLogarithmsToFloats() }
    }

    /// True when we add up differences, faster than libtiff does.
    var isPredictorOurs: Bool {
        guard hasWholeElements, !dtype.isComplex else { return false }
        return switch kind.predictor {
        case 2: true
        // libtiff would turn around bytes that are no numbers yet.
        case 3: dtype.isFloatingPoint && byteOrder == .native
        default: false
        }
    }
}
