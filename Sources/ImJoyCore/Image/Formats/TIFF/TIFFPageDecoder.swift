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
                Self.unpack(source, bits: kind.bitsPerSample, count: samples, into: line, size: elementSize)
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

    /// Samples of 1 to 15 bits, the highest bit first, to elements of one or two bytes.
    private static func unpack(
        _ source: UnsafeRawBufferPointer, bits: Int, count: Int, into target: UnsafeMutableRawBufferPointer, size: Int
    ) {
        var available = 0
        var pending: UInt32 = 0
        var next = 0
        let mask = UInt32(1) << UInt32(bits) - 1
        for index in 0..<count {
            while available < bits {
                pending = pending << 8 | UInt32(source[next])
                next += 1
                available += 8
            }
            available -= bits
            let value = pending >> UInt32(available) & mask
            if size == 1 {
                target[index] = UInt8(value)
            } else {
                target.storeBytes(of: UInt16(value), toByteOffset: index * 2, as: UInt16.self)
            }
        }
    }
}
