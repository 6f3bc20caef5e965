internal import Synchronization

extension TIFFReader {
    func decode() throws(ImageError) -> AnyNDArray {
        let count = try asImageError { () throws(NDArrayError) in try Layout.elementCount(of: info.shape) }
        if let run = wholeRun(byteCount: count * info.dtype.byteCount) {
            return try asImageError { () throws(NDArrayError) in
                try AnyNDArray(sharing: run, dtype: info.dtype, shape: info.shape)
            }
        }
        return try decode(
            TIFFRegion(wholeOf: first, planeCount: planeCount), of: level, shape: info.shape)
    }

    /// The image in full resolution.
    var level: TIFFLevel { TIFFLevel(first: first, place: .pages(series.planes)) }

    private var planeBytes: Int { first.shape.reduce(1, *) * first.dtype.byteCount }
    /// Planes of the image, also those that only lie behind the first one.
    var planeCount: Int {
        series.isVirtual ? info.shape.reduce(1, *) / first.shape.reduce(1, *) : series.planes.count
    }

    /// Where the rows of a plane lie one behind the other in the file; nil when they do not.
    private func runStart(_ plane: Int) -> Int? {
        if series.isVirtual { return first.firstOffset + plane * planeBytes }
        guard let page = series.planes[plane].flatMap({ pages[$0] }), page.isOneRun else { return nil }
        return page.firstOffset
    }

    /// The bytes of the whole image when they lie in the file as they lie in an array.
    private func wholeRun(byteCount: Int) -> SharedBytes? {
        guard first.byteOrder == .native || first.dtype.swapUnit == 1, first.hasWholeElements,
            let start = runStart(0), byteCount <= source.bytes.count - start
        else { return nil }
        for plane in 1..<max(planeCount, 1) where runStart(plane) != start + plane * planeBytes { return nil }
        return source.bytes.slice(start..<start + byteCount)
    }

    /// The pixels of `region` under `shape`.
    func decode(_ region: TIFFRegion, of level: TIFFLevel, shape: [Int]) throws(ImageError) -> AnyNDArray {
        let layout = try asImageError { () throws(NDArrayError) in try Layout(shape: shape) }
        let byteCount = region.planes.count * region.planeBytes(level.first)
        guard layout.count * info.dtype.byteCount == byteCount else {
            throw ImageError(.malformed, "\(byteCount) bytes of planes for an image of shape \(shape), \(info.dtype)")
        }
        let storage = try asImageError { () throws(NDArrayError) in try NDStorage(claimedByteCount: byteCount) }
        let target = UnsafeMutableRawBufferPointer(start: storage.base, count: byteCount)
        if case .pages = level.place, level.first.kind == first.kind, copyRuns(region, into: target) {
            return AnyNDArray(storage: storage, layout: layout, dtype: info.dtype)
        }
        try decodeChunks(region, level, into: target)
        return AnyNDArray(storage: storage, layout: layout, dtype: info.dtype)
    }

    /// Copies the rows of planes that are stored as they are; false when some are not.
    private func copyRuns(_ region: TIFFRegion, into target: UnsafeMutableRawBufferPointer) -> Bool {
        let page = first
        var starts: [Int] = []
        for plane in region.planes {
            guard let start = runStart(plane), planeBytes <= source.bytes.count - start else { return false }
            starts.append(start)
        }
        let unit = page.byteOrder == .native ? 1 : page.dtype.swapUnit
        let pixelBytes = page.samplesPerChunkPixel * page.dtype.byteCount
        let storedRowBytes = page.kind.width * pixelBytes
        let rowBytes = region.rowBytes(page)
        let rowCount = region.samples.count * region.rows.count
        source.bytes.withUnsafeBytes { bytes in
            ComputeThreads.split(
                starts.count * rowCount, grain: 16, nanoseconds: Double(rowBytes) * 0.2
            ) { range in
                for line in range {
                    let sample = region.samples.lowerBound + line % rowCount / region.rows.count
                    let row = region.rows.lowerBound + line % region.rows.count
                    let from =
                        starts[line / rowCount] + (sample * page.kind.height + row) * storedRowBytes
                        + region.columns.lowerBound * pixelBytes
                    ByteOrderLoops.copy(
                        UnsafeRawBufferPointer(rebasing: bytes[from..<from + rowBytes]),
                        to: UnsafeMutableRawBufferPointer(
                            rebasing: target[line * rowBytes..<(line + 1) * rowBytes]), swapping: unit)
                }
            }
        }
        return true
    }

    /// Decodes strips and tiles on several threads, each with a handle of its own.
    private func decodeChunks(
        _ region: TIFFRegion, _ level: TIFFLevel, into target: UnsafeMutableRawBufferPointer
    ) throws(ImageError) {
        let perPlane = region.chunkCount(in: level.first)
        let isPacked = level.first.kind.compression != TIFFCompression.none
        let chunkBytes = Double(level.first.isDecodedWhole ? region.planeBytes(level.first) : level.first.strileSize)
        let failure = FirstFailure()
        ComputeThreads.split(
            region.planes.count * perPlane, grain: 1, nanoseconds: 5_000 + chunkBytes * (isPacked ? 2 : 0.2)
        ) { range in
            var task = range.lowerBound
            do throws(ImageError) {
                var decoder = try TIFFChunkDecoder(source, region, into: target)
                var loaded: Int?
                while task < range.upperBound, failure.mayMatter(task) {
                    let slot = task / perPlane
                    if loaded != slot {
                        try decoder.load { (handle: borrowing TIFFHandle) throws(ImageError) in
                            try open(region.planes[slot], of: level, with: handle)
                        }
                        loaded = slot
                    }
                    try decoder.decode(task % perPlane, slot: slot, like: level.first)
                    task += 1
                }
            } catch {
                failure.note(error, at: task)
            }
        }
        if let error = failure.error { throw error }
    }

    /// Loads the directory of a plane at a level; nil when the plane is missing.
    private func open(
        _ plane: Int, of level: TIFFLevel, with handle: borrowing TIFFHandle
    ) throws(ImageError) -> TIFFPage? {
        switch level.place {
        case .pages(let planes):
            guard let index = planes[plane], let page = pages[index] else { return nil }
            try Self.load(handle, chain, page: index, at: page.offset)
            return page
        case .below(let number):
            guard let index = series.planes[plane], let parent = pages[index] else { return nil }
            let copies = chain.reducedCopies(ofDirectoryAt: parent.offset)
            guard copies.indices.contains(number) else {
                throw ImageError(
                    .malformed, "the page has \(copies.count) reduced copies, the first one has more than \(number)",
                    page: index, tag: TIFFTag.subIFDs.name)
            }
            let page = try copy(at: copies[number], of: index, handle)
            guard page.kind == level.first.kind else {
                throw ImageError(
                    .malformed, "reduced copy \(number) is \(page.summary), that of the first page is of another kind",
                    page: index, tag: TIFFTag.subIFDs.name)
            }
            return page
        }
    }

    /// The reduced copy at `offset` that page `index` names.
    func copy(at offset: Int, of index: Int, _ handle: borrowing TIFFHandle) throws(ImageError) -> TIFFPage {
        try Self.load(handle, chain, page: index, at: offset)
        return try TIFFPage(handle, chain, index: index, at: offset, fileSize: source.bytes.count)
    }
}

/// The error of the first piece of work that failed, whichever thread noticed it first.
final class FirstFailure: Sendable {
    private let state = Mutex<(index: Int, error: ImageError)?>(nil)

    /// False when something before has failed.
    func mayMatter(_ index: Int) -> Bool { state.withLock { $0.map { index < $0.index } ?? true } }

    func note(_ error: ImageError, at index: Int) {
        state.withLock { known in if known.map({ index < $0.index }) ?? true { known = (index, error) } }
    }

    var error: ImageError? { state.withLock { $0?.error } }
}
