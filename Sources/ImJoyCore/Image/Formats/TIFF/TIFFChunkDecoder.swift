/// Decodes strips and tiles straight into their places in the result: what one thread works with.
struct TIFFChunkDecoder: ~Copyable {
    private let source: EncodedImage
    private let region: TIFFRegion
    private let target: UnsafeMutableRawBufferPointer
    private let handle: TIFFHandle
    private var page: TIFFPage?
    private var scratch: NDStorage?
    private var planes: NDStorage?

    /// `target` has room for exactly the pixels of `region`.
    init(
        _ source: EncodedImage, _ region: TIFFRegion, into target: UnsafeMutableRawBufferPointer
    ) throws(ImageError) {
        self.source = source
        self.region = region
        self.target = target
        handle = try TIFFHandle(reading: source.bytes)
    }

    /// Makes the page of a plane, which `open` finds with the handle, the one that is decoded.
    mutating func load(
        _ open: (borrowing TIFFHandle) throws(ImageError) -> TIFFPage?
    ) throws(ImageError) {
        page = nil
        page = try open(handle)
        page?.prepare(handle)
    }

    /// Decodes the strip or tile number `index` of those that the region touches in a plane, whose place in the result
    /// is `slot`.
    mutating func decode(_ index: Int, slot: Int, like first: TIFFPage) throws(ImageError) {
        guard let page else {
            // Planes that are missing are zeros, written once.
            guard index == 0 else { return }
            let byteCount = region.planeBytes(first)
            return UnsafeMutableRawBufferPointer(rebasing: target[slot * byteCount..<(slot + 1) * byteCount])
                .zero()
        }
        let start = slot * region.planeBytes(page)
        guard !page.isDecodedWhole else { return try decodeWhole(page, start) }
        try decode(Chunk(index, of: page, in: region, start: start), page)
    }

    /// A strip or tile, and the part of it that is wanted.
    private struct Chunk {
        var index: Int
        /// Rows of it that are in the picture.
        var storedRows: Int
        /// What is wanted, counted from its own corner.
        var rows: Range<Int>
        var columns: Range<Int>
        /// Where its first row goes, and how far from there the next one.
        var start: Int
        var rowBytes: Int

        init(_ number: Int, of page: TIFFPage, in region: TIFFRegion, start: Int) {
            let (sample, down, across) = region.chunk(number, of: page)
            let kind = page.kind
            index = (sample * page.chunksDown + down) * page.chunksAcross + across
            let (top, left) = (down * kind.chunkHeight, across * kind.chunkWidth)
            storedRows = min(kind.chunkHeight, kind.height - top)
            rows = max(region.rows.lowerBound - top, 0)..<min(region.rows.upperBound - top, storedRows)
            columns = max(region.columns.lowerBound - left, 0)..<min(region.columns.upperBound - left, kind.chunkWidth)
            rowBytes = region.rowBytes(page)
            let row = (sample - region.samples.lowerBound) * region.rows.count + top + rows.lowerBound
            self.start =
                start + (row - region.rows.lowerBound) * rowBytes
                + (left + columns.lowerBound - region.columns.lowerBound) * page.samplesPerChunkPixel
                * page.dtype.byteCount
        }
    }

    private mutating func decode(_ chunk: Chunk, _ page: TIFFPage) throws(ImageError) {
        let kind = page.kind
        let elementSize = page.dtype.byteCount
        let samples = chunk.columns.count * page.samplesPerChunkPixel
        let firstByte = chunk.columns.lowerBound * page.samplesPerChunkPixel * elementSize
        guard let place = handle.strilePlace(chunk.index), place.count > 0 else {
            for row in 0..<chunk.rows.count { line(chunk, row, samples * elementSize).zero() }
            return
        }
        if kind.compression == TIFFCompression.none, kind.fillOrder != 2, page.hasWholeElements {
            let needed = (chunk.rows.upperBound - 1) * page.chunkRowBytes + firstByte + samples * elementSize
            if place.count >= needed, place.offset <= source.bytes.count - needed {
                return copy(chunk, from: Int(place.offset) + firstByte, samples * elementSize, page)
            }
        }
        let isWholeWidth = chunk.columns.count == kind.width && chunk.rows.count == chunk.storedRows
        if !kind.isTiled, page.hasWholeElements, isWholeWidth {
            let part = UnsafeMutableRawBufferPointer(
                rebasing: target[chunk.start..<chunk.start + chunk.rows.count * chunk.rowBytes])
            try read(chunk, page, into: part)
            return try undoPredictor(part, rows: 0..<chunk.rows.count, page)
        }
        // A tile is always stored whole, a strip only as far as the picture goes.
        let byteCount = kind.isTiled ? page.strileSize : page.chunkRowBytes * chunk.storedRows
        let room = try room(for: byteCount, stored: Int(clamping: place.count), chunk.index, page)
        try read(chunk, page, into: room)
        try undoPredictor(room, rows: chunk.rows, page)
        for (row, stored) in chunk.rows.enumerated() {
            let decoded = UnsafeRawBufferPointer(
                rebasing: room[stored * page.chunkRowBytes..<(stored + 1) * page.chunkRowBytes])
            let line = line(chunk, row, samples * elementSize)
            if page.hasWholeElements {
                line.copyMemory(from: UnsafeRawBufferPointer(rebasing: decoded[firstByte...].prefix(line.count)))
            } else {
                TIFFSampleUnpacking.unpack(
                    decoded, page, skipping: chunk.columns.lowerBound * page.samplesPerChunkPixel, count: samples,
                    into: line)
            }
        }
    }

    private func line(_ chunk: Chunk, _ row: Int, _ count: Int) -> UnsafeMutableRawBufferPointer {
        let start = chunk.start + row * chunk.rowBytes
        return UnsafeMutableRawBufferPointer(rebasing: target[start..<start + count])
    }

    /// Copies rows that are stored as they are.
    private func copy(_ chunk: Chunk, from start: Int, _ count: Int, _ page: TIFFPage) {
        let unit = page.byteOrder == .native ? 1 : page.dtype.swapUnit
        // Whole rows lie one behind the other.
        let isOneRun = count == page.chunkRowBytes && count == chunk.rowBytes
        let lines = isOneRun ? 1 : chunk.rows.count
        let lineBytes = isOneRun ? count * chunk.rows.count : count
        source.bytes.withUnsafeBytes { bytes in
            for row in 0..<lines {
                let first = start + (chunk.rows.lowerBound + row) * page.chunkRowBytes
                let stored = UnsafeRawBufferPointer(rebasing: bytes[first..<first + lineBytes])
                ByteOrderLoops.copy(stored, to: line(chunk, row, lineBytes), swapping: unit)
            }
        }
    }

    /// Has libtiff decode red, green, blue and alpha of a page, and leaves the alpha away.
    private func decodeWhole(_ page: TIFFPage, _ start: Int) throws(ImageError) {
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
        var place = start
        for row in region.rows {
            for column in region.columns {
                for sample in 0..<3 { target[place + sample] = raster[(row * width + column) * 4 + sample] }
                place += 3
            }
        }
    }

    /// Memory for a decoded tile or strip, kept for the next one.
    private mutating func room(
        for byteCount: Int, stored: Int, _ index: Int, _ page: TIFFPage
    ) throws(ImageError) -> UnsafeMutableRawBufferPointer {
        if let scratch, scratch.byteCount >= byteCount {
            return UnsafeMutableRawBufferPointer(start: scratch.base, count: byteCount)
        }
        // One tile may be larger than the picture, so it is checked by itself.
        let word = page.kind.isTiled ? "tile" : "strip"
        let tag = (page.kind.isTiled ? TIFFTag.tileByteCounts : .stripByteCounts).name
        let ratio = TIFFCompression.largestRatio(page.kind.compression)
        let (most, overflow) = stored.multipliedReportingOverflow(by: ratio)
        guard overflow || byteCount <= most else {
            throw ImageError(
                .truncated,
                "\(word) \(index) should have \(byteCount) bytes, but the \(stored) bytes stored hold at most \(most)",
                page: page.index, tag: tag)
        }
        guard !source.isReadInParts || byteCount <= source.limits.decodedBytes else {
            throw ImageError(
                .tooLarge, "\(word) \(index) takes \(byteCount) bytes, the limit is \(source.limits.decodedBytes)",
                page: page.index, tag: tag)
        }
        let storage = try asImageError { () throws(NDArrayError) in try NDStorage(claimedByteCount: byteCount) }
        scratch = storage
        return UnsafeMutableRawBufferPointer(start: storage.base, count: byteCount)
    }

    private func read(
        _ chunk: Chunk, _ page: TIFFPage, into part: UnsafeMutableRawBufferPointer
    ) throws(ImageError) {
        // A decoder that takes less for enough, as that of JPEG does, must not leave what was in the memory before.
        if !TIFFCompression.fillsAll.contains(page.kind.compression) { part.zero() }
        guard handle.readStrile(chunk.index, into: part) else {
            let word = page.kind.isTiled ? "tile" : "strip"
            throw handle.error(
                .malformed,
                "\(word) \(chunk.index) of \(page.strileCount), \(part.count) bytes with compression "
                    + "\(TIFFCompression.name(page.kind.compression)), cannot be decoded",
                page: page.index)
        }
    }

    /// Adds up the differences that libtiff left in some rows of a strip or tile.
    private mutating func undoPredictor(
        _ part: UnsafeMutableRawBufferPointer, rows: Range<Int>, _ page: TIFFPage
    ) throws(ImageError) {
        guard page.isPredictorOurs else { return }
        let rowBytes = page.chunkRowBytes
        if page.kind.predictor == 3, (planes?.byteCount ?? 0) < rowBytes {
            planes = try asImageError { () throws(NDArrayError) in try NDStorage(claimedByteCount: rowBytes) }
        }
        for row in rows {
            TIFFPredictor.undo(
                UnsafeMutableRawBufferPointer(rebasing: part[row * rowBytes..<(row + 1) * rowBytes]),
                predictor: page.kind.predictor, step: page.samplesPerChunkPixel, size: page.dtype.byteCount,
                scratch: planes?.base)
        }
    }
}

extension UnsafeMutableRawBufferPointer {
    fileprivate func zero() { initializeMemory(as: UInt8.self, repeating: 0) }
}
