/// Reads TIFF and BigTIFF through libtiff, giving shape, element type and values as `tifffile.imread` does.
///
/// Samples of 1 bit become `bool`, of 2 to 7 bits `uint8`, of 9 to 15 bits `uint16`, of 17 to 31 bits `uint32`, unscaled;
/// palette pictures give their indices, as tifffile does. Every size is checked against the file before memory is taken.
struct TIFFReader: ImageDecoder {
    let info: ImageInfo
    let source: EncodedImage
    /// The pages of the file; nil for one that cannot be part of the image.
    let pages: [TIFFPage?]
    /// The first page of the image.
    let first: TIFFPage
    let series: TIFFSeries
    let chain: TIFFDirectoryChain
    /// Reduced copies of the image among the pages.
    let reducedPages: [TIFFLevel]

    static let hasSignature: @Sendable (SharedBytes) -> Bool = { bytes in
        guard bytes.count >= 4 else { return false }
        let start = [UInt8](bytes.slice(0..<4))
        return [[0x49, 0x49, 42, 0], [0x49, 0x49, 43, 0], [0x4d, 0x4d, 0, 42], [0x4d, 0x4d, 0, 43]].contains(start)
    }

    init(_ source: EncodedImage) throws(ImageError) {
        self.source = source
        guard Self.hasSignature(source.bytes) else {
            throw ImageError(.malformed, "the file does not start as TIFF files do (II or MM, then 42 or 43)")
        }
        let chain = try TIFFDirectoryChain(source)
        let handle = try TIFFHandle(reading: source.bytes)
        var pages: [TIFFPage?] = []
        var notes = chain.loop.map { [$0] } ?? []
        var texts: [String: String] = [:]
        var description: String?
        var resolutionUnit = 2
        var strileCount = 0
        var labels = ImageJLabels()
        for index in chain.offsets.indices {
            // Most pages of a file say the same, which need not be found out again.
            if let known = pages.last ?? nil,
                let page = TIFFPage(like: known, chain, index: index, fileSize: source.bytes.count)
            {
                pages.append(page)
                strileCount += page.strileCount
                if index.isMultiple(of: 256) { source.forgetPages() }
                try Self.check(strileCount, source, index)
                continue
            }
            try Self.load(handle, chain, page: index, at: chain.offsets[index])
            do throws(ImageError) {
                pages.append(try TIFFPage(handle, chain, index: index, fileSize: source.bytes.count))
            } catch {
                // A page of a kind that is not read is none of the image's, as the first one was read.
                guard index > 0, error.code == .unsupported else { throw error }
                pages.append(nil)
                notes.append("\(error) (the page was left out)")
            }
            if index.isMultiple(of: 256) { source.forgetPages() }
            strileCount += pages[index]?.strileCount ?? 0
            // Pages may share places, but not so often that walking through them takes for ever.
            try Self.check(strileCount, source, index)
            if index == 0 {
                description = handle.text(.imageDescription)
                resolutionUnit = handle.number16(.resolutionUnit) ?? 2
                labels = ImageJLabels(chain, at: chain.offsets[0])
                for tag in [TIFFTag.software, .dateTime, .artist, .make, .model, .copyright] {
                    texts[tag == .dateTime ? "dateTime" : "\(tag)"] = handle.text(tag)
                }
            }
        }
        guard case let top?? = pages.first else { throw ImageError(.malformed, "the TIFF has no pages") }
        self.pages = pages
        self.chain = chain
        let parsed = TIFFDescription(description)
        series = TIFFSeries(pages, first: top, description: parsed, fileSize: source.bytes.count)
        first = series.planes.compactMap { $0 }.first.flatMap { pages[$0] } ?? top
        texts["description"] = parsed.freeText ?? labels.info
        texts.merge(parsed.settings) { $1 }
        reducedPages = series.levels(in: pages, whole: first)
        var info = try Self.info(first, pages.count, series, chain, parsed, resolutionUnit, texts)
        if info.channelNames.isEmpty { info.channelNames = labels.channelNames(series) }
        info.notes = notes + info.notes + series.unusedPages(of: pages.count, reducedPages)
        self.info = info
        if !source.isReadInParts { try checkSize() }
        source.forgetPages()
    }

    /// Refuses more strips and tiles, up to a page, than a file of this size has.
    private static func check(_ count: Int, _ source: EncodedImage, _ page: Int) throws(ImageError) {
        guard count > max(source.bytes.count, 1 << 16) else { return }
        throw ImageError(
            .tooLarge, "\(count) strips and tiles up to here in a file of \(source.bytes.count) bytes", page: page)
    }

    /// Loads the directory of a page, naming the size of the picture when that fails.
    static func load(
        _ handle: borrowing TIFFHandle, _ chain: TIFFDirectoryChain, page: Int, at offset: Int
    ) throws(ImageError) {
        let width = chain.number(.imageWidth, at: offset) ?? 0
        let height = chain.number(.imageLength, at: offset) ?? 0
        guard max(width, height) < 1 << 31 else {
            throw ImageError(
                .tooLarge, "a picture of \(width) x \(height); width and height may be at most \(Int32.max)",
                page: page,
                tag: (width > height ? TIFFTag.imageWidth : .imageLength).name)
        }
        guard handle.loadDirectory(at: offset) else {
            throw handle.error(
                .malformed,
                "the directory at byte \(offset), a picture of \(width) x \(height), cannot be read",
                page: page)
        }
    }

    private static func info(
        _ page: TIFFPage, _ pageCount: Int, _ series: TIFFSeries, _ chain: TIFFDirectoryChain,
        _ description: TIFFDescription, _ resolutionUnit: Int, _ texts: [String: String]
    ) throws(ImageError) -> ImageInfo {
        var info = ImageInfo(
            format: .tiff, shape: series.shape, dtype: page.dtype,
            axes: Axes(series.axes) ?? .conventional(rank: series.shape.count), byteOrder: chain.byteOrder,
            bitsPerSample: page.kind.bitsPerSample)
        info.pageCount = pageCount
        info.compression = TIFFCompression.name(page.kind.compression)
        info.isBigTIFF = chain.isBig
        info.isTiled = page.kind.isTiled
        info.channelNames = description.channelNames
        info.metadata = texts
        info.notes = series.notes
        if page.kind.photometric == 6, page.kind.compression != TIFFCompression.jpeg, !page.isDecodedWhole {
            info.notes.append("YCbCr colours as they are stored")
        }
        if TIFFCompression.isLogarithmic(page.kind.compression) {
            info.notes.append(
                page.kind.samplesPerPixel == 1 ? "the samples are luminances" : "the samples are CIE X, Y and Z")
        }
        if page.kind.photometric == 3 { info.notes.append("palette picture: the pixels are indices into its colours") }
        info.pixelSize = pixelSize(description, chain, page.index, resolutionUnit)
        return info
    }

    private static func pixelSize(
        _ description: TIFFDescription, _ chain: TIFFDirectoryChain, _ page: Int, _ resolutionUnit: Int
    ) -> PixelSize? {
        let x = chain.fraction(.xResolution, page: page)
        let y = chain.fraction(.yResolution, page: page)
        func inverse(_ value: Double?, _ unit: Double) -> Double? { value.map { PixelSize.rounded(unit / $0) } }
        switch description {
        case .ome(let metadata) where metadata.pixelSize != nil: return metadata.pixelSize
        case .shaped(let metadata) where metadata.pixelSize != nil: return metadata.pixelSize
        case .imageJ(let metadata):
            guard let unit = metadata.unit.flatMap(LengthUnit.micrometres) else { break }
            return PixelSize(
                x: inverse(x, unit), y: inverse(y, unit), z: metadata.spacing.map { $0 * unit }, validating: ())
        default: break
        }
        switch resolutionUnit {
        case 2: return PixelSize(xPerUnit: x, yPerUnit: y, unit: 25_400)
        case 3: return PixelSize(xPerUnit: x, yPerUnit: y, unit: 10_000)
        default: return nil
        }
    }

    /// Refuses a result that the stored bytes cannot hold.
    private func checkSize() throws(ImageError) {
        let page = first
        let count = try asImageError { () throws(NDArrayError) in try Layout.elementCount(of: series.shape) }
        var total = 0
        var hasMissing = false
        for plane in series.isVirtual ? [0] : series.planes {
            guard let plane, let stored = pages[plane]?.storedBytes else { hasMissing = true; continue }
            try source.check(
                decodedBytes: page.shape.reduce(1, *) * page.dtype.byteCount, stored: stored,
                ratio: ratio(page), what: page.summary, page: plane,
                tag: (page.kind.isTiled ? TIFFTag.tileByteCounts : .stripByteCounts).name)
            total = min(total + stored, source.bytes.count)
        }
        try source.check(
            decodedBytes: count * page.dtype.byteCount, stored: series.isVirtual ? source.bytes.count : total,
            ratio: hasMissing ? max(ratio(page), 64) : ratio(page),
            what: "an image of shape \(series.shape), \(page.dtype),")
    }

    /// Decoded bytes per stored byte, with the growth of samples that are not whole bytes.
    private func ratio(_ page: TIFFPage) -> Int {
        let growth = max(1, (page.dtype.byteCount * 8 + page.kind.bitsPerSample - 1) / page.kind.bitsPerSample)
        return TIFFCompression.largestRatio(page.kind.compression) * growth
    }
}
