/// What a page must be to be read, found out before memory is taken.
extension TIFFPage {
    static func elementType(_ kind: Kind, page: Int) throws(ImageError) -> DType {
        switch (kind.sampleFormat, kind.bitsPerSample) {
        case (1, 1), (4, 1): return .bool
        case (1, 2...8), (4, 2...8): return .uint8
        case (1, 9...16), (4, 9...16): return .uint16
        case (1, 17...32), (4, 17...32): return .uint32
        case (1, 64), (4, 64): return .uint64
        case (2, 8): return .int8
        case (2, 16): return .int16
        case (2, 32): return .int32
        case (2, 64): return .int64
        case (3, 16): return .float16
        case (3, 24), (3, 32): return .float32
        case (3, 64): return .float64
        // Whole numbers become floats, as there are no complex integers.
        case (6, 64), (5, 32): return .complex64
        case (6, 128), (5, 64): return .complex128
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

    /// Files that say something else than the tags do.
    static func checkDialect(
        _ kind: Kind, _ chain: TIFFDirectoryChain, at offset: Int, page: Int
    ) throws(ImageError) {
        // Readers disagree on what this means, and Zeiss' LSM files mean nothing by it.
        let predictor = chain.number(.predictor, at: offset) ?? 1
        if predictor != 1, [TIFFCompression.none, TIFFCompression.packbits].contains(kind.compression),
            chain.valueCount(.lsm, at: chain.offsets[0]) == 0
        {
            throw ImageError(
                .unsupported, "predictor \(predictor) with compression \(TIFFCompression.name(kind.compression))",
                page: page, tag: TIFFTag.predictor.name)
        }
        let planes = chain.valueCount(.uic2, at: offset)
        guard planes <= 1 else {
            throw ImageError(
                .unsupported, "a MetaMorph stack of \(planes) planes; save it as plain TIFF or OME-TIFF", page: page,
                tag: "UIC2")
        }
    }

    static func checkSizes(_ kind: Kind, _ handle: borrowing TIFFHandle, page: Int) throws(ImageError) {
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
        let columns = max(kind.width, kind.chunkWidth)
        let rows = max(kind.height, kind.chunkHeight)
        // 2^58 samples of 128 bits keep every product of sizes within 63 bits.
        guard columns * kind.samplesPerPixel < 1 << 31, rows < 1 << 31,
            columns * kind.samplesPerPixel <= (1 << 58) / rows
        else {
            throw refuse(
                "a picture of \(kind.width) x \(kind.height) x \(kind.samplesPerPixel) samples; "
                    + "fewer than 2^31 in a row and than 2^31 rows, and at most 2^58 in all, can be read", .imageWidth,
                .tooLarge)
        }
        if let depth = handle.number32(.imageDepth), depth != 1 {
            throw refuse("volumes of depth \(depth) in one page are not supported", .imageDepth)
        }
        try checkCoding(kind, handle, refuse)
    }

    /// Decoding writes where these numbers say; libtiff must count strips and tiles as they do.
    func checkLayout() throws(ImageError) {
        guard !isDecodedWhole else { return }
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

    /// Only what libtiff decodes to samples as they are meant.
    private static func checkCoding(
        _ kind: Kind, _ handle: borrowing TIFFHandle, _ refuse: (String, TIFFTag, ImageError.Code) -> ImageError
    ) throws(ImageError) {
        let compression = TIFFCompression.name(kind.compression)
        guard TIFFHandle.isConfigured(compression: kind.compression) else {
            throw refuse("the installed libtiff has no decoder for \(compression)", .compression, .unsupported)
        }
        if kind.compression == TIFFCompression.oldJPEG {
            guard kind.samplesPerPixel == 3, kind.bitsPerSample == 8, !kind.isPlanar else {
                throw refuse(
                    "\(compression) is read only as three samples of 8 bits side by side, not \(kind.samplesPerPixel) "
                        + "of \(kind.bitsPerSample)\(kind.isPlanar ? " in planes" : "")", .compression, .unsupported)
            }
        } else if kind.photometric == 6, kind.isPlanar || kind.compression != TIFFCompression.jpeg {
            let (across, down) = handle.subsampling
            guard across == 1, down == 1 else {
                throw refuse(
                    "YCbCr colours for every \(across) x \(down) pixels are read only from JPEG without planes, "
                        + "not with compression \(compression)\(kind.isPlanar ? " in planes" : "")", .yCbCrSubSampling,
                    .unsupported)
            }
        }
        // Luminances alone, and with their colours.
        if TIFFCompression.isLogarithmic(kind.compression), ![32844, 32845].contains(kind.photometric) {
            throw refuse(
                "\(compression) is read only for the luminances it is made for (32844 or 32845), not for "
                    + "\(kind.photometric)", .photometricInterpretation, .unsupported)
        }
    }

    /// Every strip or tile must lie inside the file.
    static func checkPlaces(
        _ kind: Kind, _ handle: borrowing TIFFHandle, page: Int, fileSize: Int
    ) throws(ImageError) -> Places {
        let word = kind.isTiled ? "tile" : "strip"
        let total = handle.strileCount
        // libtiff fills missing places with zeros; a file shorter than its list of places never had them.
        guard total <= fileSize else {
            throw ImageError(
                .truncated, "\(total) \(word)s are announced, but the file has \(fileSize) bytes", page: page,
                tag: (kind.isTiled ? TIFFTag.tileByteCounts : .stripByteCounts).name)
        }
        var places = Places(kind)
        for index in 0..<total {
            guard let (offset, count) = handle.strilePlace(index) else {
                throw handle.error(
                    .malformed, "the place of \(word) \(index) of \(total) cannot be read", page: page,
                    tag: kind.isTiled ? .tileOffsets : .stripOffsets)
            }
            // An empty strip or tile was never written and stands for zeros.
            guard count == 0 || (offset <= fileSize && count <= UInt64(fileSize) - offset) else {
                throw ImageError(
                    .truncated,
                    "\(word) \(index) of \(total) has \(count) bytes from byte \(offset), "
                        + "but the file has \(fileSize) bytes",
                    page: page, tag: (kind.isTiled ? TIFFTag.tileByteCounts : .stripByteCounts).name)
            }
            places.add(offset: Int(clamping: offset), count: Int(clamping: count), index, kind, fileSize: fileSize)
        }
        return places
    }

    /// What the places of all strips or tiles come to.
    struct Places {
        var stored = 0
        var first = 0
        var isContiguous: Bool
        var isOneRun: Bool
        private var end = 0

        init(_ kind: Kind) {
            // Fill order 2 has the bits of every byte reversed.
            isContiguous = kind.compression == TIFFCompression.none && !kind.isTiled && kind.fillOrder != 2
            isOneRun = isContiguous
        }

        mutating func add(offset: Int, count: Int, _ index: Int, _ kind: Kind, fileSize: Int) {
            guard count > 0 else {
                (isContiguous, isOneRun) = (false, false)
                return
            }
            if index == 0 { first = offset } else if offset != end { (isContiguous, isOneRun) = (false, false) }
            if isOneRun, count != kind.storedBytes(ofStrip: index) { isOneRun = false }
            end = offset + count
            // Strips that overlap could otherwise pretend to hold more than the file does.
            stored = min(stored + count, fileSize)
        }
    }

    /// The page `index` when its directory says what that of `other` does, other places apart; nil when libtiff has to
    /// make sense of it.
    init?(like other: TIFFPage, _ chain: TIFFDirectoryChain, index: Int, fileSize: Int) {
        let offset = chain.offsets[index]
        guard chain.isAlike(offset, other.offset) else { return nil }
        let offsets = chain.numbers(other.kind.isTiled ? .tileOffsets : .stripOffsets, at: offset)
        let counts = chain.numbers(other.kind.isTiled ? .tileByteCounts : .stripByteCounts, at: offset)
        guard offsets.count == other.strileCount, counts.count == other.strileCount else { return nil }
        var places = Places(other.kind)
        for (strile, (place, count)) in zip(offsets, counts).enumerated() {
            // libtiff guesses at sizes that look wrong.
            let isSure =
                other.kind.compression != TIFFCompression.none || other.kind.isTiled
                || count == other.kind.storedBytes(ofStrip: strile)
            guard isSure, count > 0, place > 0, place <= fileSize, count <= fileSize - place else { return nil }
            places.add(offset: place, count: count, strile, other.kind, fileSize: fileSize)
        }
        self = other
        self.index = index
        self.offset = offset
        set(places)
    }
}

extension TIFFPage.Kind {
    /// The bytes of strip number `index` when it is not packed.
    func storedBytes(ofStrip index: Int) -> Int {
        let down = max((height + chunkHeight - 1) / chunkHeight, 1)
        let rows = min(chunkHeight, height - index % down * chunkHeight)
        return rows * ((width * (isPlanar ? 1 : samplesPerPixel) * bitsPerSample + 7) / 8)
    }
}
