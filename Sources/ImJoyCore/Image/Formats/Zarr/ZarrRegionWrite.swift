/// Writing of one region: whole chunks are made anew, others are read, changed and written back.
struct ZarrRegionWrite: Sendable {
    private let metadata: ZarrMetadata
    private let path: String
    private let source: AnyNDArray
    private let region: [Range<Int>]
    private let pipeline: ZarrPipeline
    private let grid: ZarrGrid
    /// True when nothing is stored yet, so that nothing needs to be read or removed.
    private let isFresh: Bool

    private struct Piece: Sendable {
        var key: String
        var origin: [Int]
        /// Whether the region covers all of the chunk that lies inside of the array.
        var isWhole: Bool
    }

    static func step(
        _ metadata: ZarrMetadata, path: String, _ source: AnyNDArray, at origin: [Int], isFresh: Bool = false,
        _ limits: ImageLimits
    ) throws(ImageError) -> ZarrStep<Void> {
        try ZarrRegionWrite(metadata, path, source, origin, isFresh, limits).chunks(from: 0)
    }

    private init(
        _ metadata: ZarrMetadata, _ path: String, _ source: AnyNDArray, _ origin: [Int], _ isFresh: Bool,
        _ limits: ImageLimits
    ) throws(ImageError) {
        guard source.dtype == metadata.dtype else {
            throw ImageError(
                .invalidArgument, "the elements are \(source.dtype), the array holds \(metadata.dtype); cast them first"
            )
        }
        guard origin.count == metadata.shape.count, source.rank == origin.count,
            zip(zip(origin, source.shape), metadata.shape).allSatisfy({ $0.0 >= 0 && $0.0 <= $1 - $0.1 })
        else {
            throw ImageError(
                .invalidArgument, "\(source.shape) at \(origin) lies outside of the array's shape \(metadata.shape)")
        }
        self.metadata = metadata
        self.path = path
        self.source = source
        self.isFresh = isFresh
        region = zip(origin, source.shape).map { $0..<$0 + $1 }
        pipeline = try ZarrPipeline(
            metadata.codecs, shape: metadata.chunkShape, dtype: metadata.dtype, fill: metadata.fillValue.bytes,
            limits: limits)
        grid = try ZarrGrid(region: region, chunkShape: metadata.chunkShape)
    }

    private func chunks(from first: Int) throws(ImageError) -> ZarrStep<Void> {
        let end = min(first + ZarrRegionRead.batch(pipeline.byteCount), grid.count)
        guard first < end else { return .done(()) }
        let pieces = (first..<end).map { number in
            let origin = grid.origin(of: number)
            let isWhole = region.enumerated().allSatisfy { axis, range in
                range.lowerBound <= origin[axis]
                    && (range.upperBound == metadata.shape[axis]
                        || range.upperBound - origin[axis] >= metadata.chunkShape[axis])
            }
            return Piece(
                key: ZarrKey.join(path, metadata.key(of: grid.index(of: number))), origin: origin, isWhole: isWhole)
        }
        let changed = isFresh ? [] : pieces.filter { !$0.isWhole }
        let requests = changed.map { ZarrRequest(key: $0.key, limit: pipeline.mostStoredBytes) }
        guard !requests.isEmpty else { return try write(pieces, [:], next: end) }
        return .read(requests) { (found) throws(ImageError) in
            var stored: [String: SharedBytes] = [:]
            for (piece, bytes) in zip(changed, found) { stored[piece.key] = bytes }
            return try write(pieces, stored, next: end)
        }
    }

    private func write(
        _ pieces: [Piece], _ stored: [String: SharedBytes], next: Int
    ) throws(ImageError) -> ZarrStep<Void> {
        let entries = try ZarrParallel.map(pieces, nanoseconds: 4 * Double(pipeline.byteCount)) {
            (piece) throws(ImageError) in
            ZarrEntry(key: piece.key, bytes: try encoded(piece, stored[piece.key]))
        }
        let needed = isFresh ? entries.filter { $0.bytes != nil } : entries
        return .write(needed) { () throws(ImageError) in try chunks(from: next) }
    }

    /// The bytes of a chunk with the region's elements in it; nil when all are the fill value.
    private func encoded(_ piece: Piece, _ stored: SharedBytes?) throws(ImageError) -> SharedBytes? {
        let chunk = try ZarrCompression.storage(pipeline.byteCount)
        let steps = Layout.rowMajorStrides(pipeline.shape)
        let size = pipeline.dtype.byteCount
        let overlap = ZarrOverlap(origin: piece.origin, chunkShape: pipeline.shape, region: region)
        if let stored {
            try pipeline.decode(stored).withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress else { return }
                ZarrBox.copy(
                    shape: pipeline.shape, size: size, from: start, pipeline.strides, to: chunk.base, steps)
            }
        } else if overlap.shape != pipeline.shape {
            ZarrBox.fill(shape: pipeline.shape, pipeline.fill, chunk.base, steps)
        }
        let layout = source.layout
        let start = layout.offset + ZarrOverlap.offset(overlap.startInRegion, layout.strides)
        withExtendedLifetime(source) {
            ZarrBox.copy(
                shape: overlap.shape, size: size, from: UnsafeRawPointer(source.storage.base) + size * start,
                layout.strides, to: chunk.base + size * ZarrOverlap.offset(overlap.startInChunk, steps), steps)
        }
        let whole = UnsafeRawBufferPointer(start: chunk.base, count: pipeline.byteCount)
        if ZarrBox.isFilled(whole, with: pipeline.fill) { return nil }
        return try pipeline.encode(chunk)
    }
}
