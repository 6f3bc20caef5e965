/// Decodes one page, strip by strip or tile by tile, straight into its place in the result.
struct TIFFPageDecoder: ~Copyable {
    private let page: TIFFPage
    private let target: UnsafeMutableRawBufferPointer
    private var scratch: NDStorage?

    /// `target` has room for exactly the page's pixels.
    init(_ page: TIFFPage, into target: UnsafeMutableRawBufferPointer) {
        self.page = page
        self.target = target
    }

    private var elementSize: Int { page.dtype.byteCount }
    /// Bytes of a row of one plane in the result.
    private var rowBytes: Int { page.kind.width * page.samplesPerChunkPixel * elementSize }

    /// Decodes all strips or tiles; the page's directory must be loaded.
    mutating func decode(_ handle: borrowing TIFFHandle) throws(ImageError) {
        guard !page.isDecodedWhole else { return try decodeWhole(handle) }
        let planes = page.kind.isPlanar ? page.kind.samplesPerPixel : 1
        var index = 0
        for plane in 0..<planes {
            for down in 0..<page.chunksDown {
                for across in 0..<page.chunksAcross {
                    try decodeChunk(index, plane: plane, down: down, across: across, handle)
                    index += 1
                }
            }
        }
    }

    /// Has libtiff decode red, green, blue and alpha, and leaves the alpha away.
    private func decodeWhole(_ handle: borrowing TIFFHandle) throws(ImageError) {
        let (width, height) = (page.kind.width, page.kind.height)
        let byteCount = width * height * 4
        let storage = try asImageError { () throws(NDArrayError) in try NDStorage(claimedByteCount: byteCount) }
        let raster = UnsafeMutableRawBufferPointer(start: storage.base, count: byteCount)
        guard handle.readRGBA(width: width, height: height, into: raster) else {
            throw handle.error(
                .malformed,
                "\(page.summary) with compression \(TIFFCompression.name(page.kind.compression)) cannot be decoded",
                page: page.index)
        }
        for pixel in 0..<width * height {
            for sample in 0..<3 { target[pixel * 3 + sample] = raster[pixel * 4 + sample] }
        }
    }

    private mutating func decodeChunk(
        _ index: Int, plane: Int, down: Int, across: Int, _ handle: borrowing TIFFHandle
    ) throws(ImageError) {
        let kind = page.kind
        let firstRow = down * kind.chunkHeight
        let rows = min(kind.chunkHeight, kind.height - firstRow)
        let firstColumn = across * kind.chunkWidth
        let columns = min(kind.chunkWidth, kind.width - firstColumn)
        let start = (plane * kind.height + firstRow) * rowBytes + firstColumn * page.samplesPerChunkPixel * elementSize
        let samples = columns * page.samplesPerChunkPixel

        guard let place = handle.strilePlace(index), place.count > 0 else {
            for row in 0..<rows { zero(start + row * rowBytes, samples * elementSize) }
            return
        }
        if !kind.isTiled, page.hasWholeElements {
            let part = UnsafeMutableRawBufferPointer(rebasing: target[start..<start + rows * rowBytes])
            try read(index, into: part, handle)
            return
        }
        // A tile is always stored whole, a strip only as far as the picture goes.
        let byteCount = kind.isTiled ? page.strileSize : page.chunkRowBytes * rows
        let chunk = try room(for: byteCount, stored: Int(clamping: place.count), index)
        try read(index, into: chunk, handle)
        for row in 0..<rows {
            let source = UnsafeRawBufferPointer(rebasing: chunk[(row * page.chunkRowBytes)...])
            let line = UnsafeMutableRawBufferPointer(rebasing: target[(start + row * rowBytes)...])
            if page.hasWholeElements {
                line.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<(samples * elementSize)]))
            } else {
                TIFFSampleUnpacking.unpack(source, page, count: samples, into: line)
            }
        }
    }

    /// Memory for a decoded tile or strip, kept for the next one.
    private mutating func room(for byteCount: Int, stored: Int, _ index: Int) throws(ImageError)
        -> UnsafeMutableRawBufferPointer
    {
        if let scratch, scratch.byteCount >= byteCount {
            return UnsafeMutableRawBufferPointer(start: scratch.base, count: byteCount)
        }
        // One tile may be larger than the picture, so it is checked by itself.
        let ratio = TIFFCompression.largestRatio(page.kind.compression)
        let (most, overflow) = stored.multipliedReportingOverflow(by: ratio)
        guard overflow || byteCount <= most else {
            let word = page.kind.isTiled ? "tile" : "strip"
            throw ImageError(
                .truncated,
                "\(word) \(index) should have \(byteCount) bytes, but the \(stored) bytes stored hold at most \(most)",
                page: page.index, tag: (page.kind.isTiled ? TIFFTag.tileByteCounts : .stripByteCounts).name)
        }
        let storage = try asImageError { () throws(NDArrayError) in try NDStorage(claimedByteCount: byteCount) }
        scratch = storage
        return UnsafeMutableRawBufferPointer(start: storage.base, count: byteCount)
    }

    private func read(
        _ index: Int, into part: UnsafeMutableRawBufferPointer, _ handle: borrowing TIFFHandle
    ) throws(ImageError) {
        // A decoder that takes less for enough, as that of JPEG does, must not leave what was in the memory before.
        if page.kind.compression != TIFFCompression.none { part.initializeMemory(as: UInt8.self, repeating: 0) }
        guard handle.readStrile(index, into: part) else {
            let word = page.kind.isTiled ? "tile" : "strip"
            throw handle.error(
                .malformed,
                "\(word) \(index) of \(page.strileCount), \(part.count) bytes with compression "
                    + "\(TIFFCompression.name(page.kind.compression)), cannot be decoded",
                page: page.index)
        }
    }

    private func zero(_ start: Int, _ count: Int) {
        UnsafeMutableRawBufferPointer(rebasing: target[start..<start + count]).initializeMemory(
            as: UInt8.self, repeating: 0)
    }
}
