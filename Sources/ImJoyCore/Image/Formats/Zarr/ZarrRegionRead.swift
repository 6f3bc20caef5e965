/// Reading of one region: which keys, which parts of them, and where their elements go.
struct ZarrRegionRead: Sendable {
    private let metadata: ZarrMetadata
    private let path: String
    private let region: [Range<Int>]
    private let pipeline: ZarrPipeline
    private let layout: Layout
    // Every chunk writes to elements of its own.
    private let target: NDStorage

    /// Something stored that holds a chunk, and where the chunk starts in the array.
    private struct Piece: Sendable {
        var request: ZarrRequest
        var origin: [Int]
    }

    /// The elements of `region`, which must lie inside of the array.
    static func step(
        _ metadata: ZarrMetadata, path: String, _ region: [Range<Int>], _ limits: ImageLimits
    ) throws(ImageError) -> ZarrStep<AnyNDArray> {
        let reading = try ZarrRegionRead(metadata, path, region, limits)
        return try metadata.sharding == nil ? reading.chunks(from: 0) : reading.shards(from: 0)
    }

    private init(
        _ metadata: ZarrMetadata, _ path: String, _ region: [Range<Int>], _ limits: ImageLimits
    ) throws(ImageError) {
        let layout = try asImageError { () throws(NDArrayError) in try Layout(shape: region.map(\.count)) }
        let (byteCount, overflow) = layout.count.multipliedReportingOverflow(by: metadata.dtype.byteCount)
        guard !overflow, byteCount <= limits.decodedBytes else {
            throw ImageError(
                .tooLarge,
                "\(layout.shape) \(metadata.dtype) takes more than the limit of \(limits.decodedBytes) bytes; read a part"
            )
        }
        self.metadata = metadata
        self.path = path
        self.region = region
        self.layout = layout
        pipeline = try metadata.pipeline(limits)
        target = try ZarrCompression.storage(byteCount)
    }

    private var result: AnyNDArray { AnyNDArray(storage: target, layout: layout, dtype: metadata.dtype) }

    /// So many chunks are asked for at once: enough to keep threads and connections busy, few enough for memory.
    static func batch(_ byteCount: Int) -> Int { min(max((32 << 20) / max(byteCount, 1), 1), 256) }

    // MARK: Chunks by themselves

    private func chunks(from first: Int) throws(ImageError) -> ZarrStep<AnyNDArray> {
        let grid = try ZarrGrid(region: region, chunkShape: metadata.chunkShape)
        let end = min(first + Self.batch(pipeline.byteCount), grid.count)
        guard first < end else { return .done(result) }
        let pieces = (first..<end).map { number in
            Piece(
                request: ZarrRequest(
                    key: ZarrKey.join(path, metadata.key(of: grid.index(of: number))), limit: pipeline.mostStoredBytes),
                origin: grid.origin(of: number))
        }
        return .read(pieces.map(\.request)) { (found) throws(ImageError) in
            try place(pieces, found)
            return try chunks(from: end)
        }
    }

    /// Decodes chunks and puts their elements where they belong; nil stands for the fill value.
    private func place(_ pieces: [Piece], _ found: [SharedBytes?]) throws(ImageError) {
        _ = try ZarrParallel.map([Int](pieces.indices), nanoseconds: Double(pipeline.byteCount)) {
            (number) throws(ImageError) in
            do throws(ImageError) { try place(pieces[number].origin, found[number]) } catch {
                var named = error
                named.message = "\(pieces[number].request.key): \(error.message)"
                throw named
            }
        }
    }

    private func place(_ origin: [Int], _ stored: SharedBytes?) throws(ImageError) {
        let overlap = ZarrOverlap(origin: origin, chunkShape: pipeline.shape, region: region)
        guard let stored else { return fill(overlap) }
        let elements = try pipeline.decode(stored)
        let size = pipeline.dtype.byteCount
        let steps = pipeline.strides
        elements.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            ZarrBox.copy(
                shape: overlap.shape, size: size,
                from: start + size * ZarrOverlap.offset(overlap.startInChunk, steps), steps,
                to: target.base + size * ZarrOverlap.offset(overlap.startInRegion, layout.strides), layout.strides)
        }
    }

    private func fill(_ overlap: ZarrOverlap) {
        let start = target.base + pipeline.dtype.byteCount * ZarrOverlap.offset(overlap.startInRegion, layout.strides)
        ZarrBox.fill(shape: overlap.shape, metadata.fillValue.bytes, start, layout.strides)
    }

    // MARK: Chunks in shards

    private func shards(from first: Int) throws(ImageError) -> ZarrStep<AnyNDArray> {
        guard let sharding = metadata.sharding else { return .done(result) }
        let grid = try ZarrGrid(region: region, chunkShape: metadata.chunkShape)
        let perShard = ZarrGrid(whole: metadata.chunkShape, chunkShape: sharding.chunkShape).count
        let tableCount = ZarrShard.indexByteCount(sharding, chunks: perShard)
        let end = min(first + min(Self.batch(tableCount), 16), grid.count)
        guard first < end else { return .done(result) }
        let part: ZarrPart = sharding.indexIsFirst ? .range(0..<tableCount) : .last(tableCount)
        let tables = (first..<end).map { number in
            Piece(
                request: ZarrRequest(
                    key: ZarrKey.join(path, metadata.key(of: grid.index(of: number))), part: part, limit: tableCount),
                origin: grid.origin(of: number))
        }
        return .read(tables.map(\.request)) { (found) throws(ImageError) in
            var pieces: [Piece] = []
            for (table, stored) in zip(tables, found) {
                pieces += try self.pieces(of: table, stored, sharding, perShard)
            }
            return try self.pieces(pieces, from: 0) { () throws(ImageError) in try shards(from: end) }
        }
    }

    /// The chunks of one shard that the region touches; those that are not there are filled at once.
    private func pieces(
        of table: Piece, _ stored: SharedBytes?, _ sharding: ZarrSharding, _ perShard: Int
    ) throws(ImageError) -> [Piece] {
        let shard = ZarrOverlap(origin: table.origin, chunkShape: metadata.chunkShape, region: region)
        guard let stored else {
            fill(shard)
            return []
        }
        let places: [Range<Int>?]
        do throws(ImageError) { places = try ZarrShard.index(stored, sharding, chunks: perShard) } catch {
            var named = error
            named.message = "\(table.request.key): \(error.message)"
            throw named
        }
        let inside = zip(shard.startInChunk, shard.shape).map { $0..<$0 + $1 }
        let grid = try ZarrGrid(region: inside, chunkShape: sharding.chunkShape)
        let steps = Layout.rowMajorStrides(zip(metadata.chunkShape, sharding.chunkShape).map { $0 / $1 })
        var pieces: [Piece] = []
        for number in 0..<grid.count {
            let origin = zip(table.origin, grid.origin(of: number)).map { $0 + $1 }
            guard let place = places[ZarrOverlap.offset(grid.index(of: number), steps)] else {
                fill(ZarrOverlap(origin: origin, chunkShape: sharding.chunkShape, region: region))
                continue
            }
            let request = ZarrRequest(
                key: table.request.key, part: .range(place), limit: pipeline.mostStoredBytes)
            pieces.append(Piece(request: request, origin: origin))
        }
        return pieces
    }

    private func pieces(
        _ all: [Piece], from first: Int, then next: @escaping @Sendable () throws(ImageError) -> ZarrStep<AnyNDArray>
    ) throws(ImageError) -> ZarrStep<AnyNDArray> {
        let end = min(first + Self.batch(pipeline.byteCount), all.count)
        guard first < end else { return try next() }
        let batch = [Piece](all[first..<end])
        return .read(batch.map(\.request)) { (found) throws(ImageError) in
            for (piece, bytes) in zip(batch, found) where bytes == nil {
                throw ImageError(.truncated, "\(piece.request.key): the shard has gone while it was read")
            }
            try place(batch, found)
            return try pieces(all, from: end, then: next)
        }
    }
}
