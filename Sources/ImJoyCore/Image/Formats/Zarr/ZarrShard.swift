/// The inner chunks of one shard and the table that says where they lie.
struct ZarrShard: Sendable {
    let inner: ZarrPipeline
    private let sharding: ZarrSharding
    private let outer: ZarrPipeline
    private let shape: [Int]
    /// How many inner chunks there are along each axis.
    let grid: ZarrGrid

    init(_ outer: ZarrPipeline, _ sharding: ZarrSharding, _ shape: [Int]) throws(ImageError) {
        try self.init(outer, sharding, shape, ImageLimits(decodedBytes: ZarrPipeline.mostBytes))
    }

    private init(
        _ outer: ZarrPipeline, _ sharding: ZarrSharding, _ shape: [Int], _ limits: ImageLimits
    ) throws(ImageError) {
        self.outer = outer
        self.sharding = sharding
        self.shape = shape
        inner = try ZarrPipeline(
            sharding.codecs, shape: sharding.chunkShape, dtype: outer.dtype, fill: outer.fill, limits: limits)
        grid = ZarrGrid(whole: shape, chunkShape: sharding.chunkShape)
    }

    // MARK: The table

    static func indexByteCount(_ sharding: ZarrSharding, chunks: Int) -> Int {
        chunks * 16 + (sharding.indexCodecs.contains(.crc32c) ? 4 : 0)
    }

    /// Where each inner chunk lies in the shard; nil for those that are not there.
    static func index(_ stored: SharedBytes, _ sharding: ZarrSharding, chunks: Int) throws(ImageError) -> [Range<Int>?]
    {
        var bytes = stored
        guard bytes.count == indexByteCount(sharding, chunks: chunks) else {
            throw ImageError(.truncated, "the table of \(chunks) chunks in a shard has \(bytes.count) bytes")
        }
        if sharding.indexCodecs.contains(.crc32c) {
            let end = bytes.count - 4
            let isRight = bytes.withUnsafeBytes { all in
                UInt32(littleEndian: all.loadUnaligned(fromByteOffset: end, as: UInt32.self))
                    == ZarrFilters.crc32c(UnsafeRawBufferPointer(rebasing: all[..<end]))
            }
            guard isRight else { throw ImageError(.malformed, "the checksum of a shard's table does not fit it") }
            bytes = bytes.slice(0..<end)
        }
        let isBig = sharding.indexCodecs.first == .bytes(.big)
        var places: [Range<Int>?] = []
        places.reserveCapacity(chunks)
        let table = bytes
        for chunk in 0..<chunks {
            let (offset, count) = table.withUnsafeBytes { all in
                func number(_ place: Int) -> UInt64 {
                    let raw = all.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                    return isBig ? UInt64(bigEndian: raw) : UInt64(littleEndian: raw)
                }
                return (number(16 * chunk), number(16 * chunk + 8))
            }
            if offset == .max, count == .max {
                places.append(nil)
                continue
            }
            guard let start = Int(exactly: offset), let length = Int(exactly: count), start <= Int.max - length else {
                throw ImageError(.malformed, "chunk \(chunk) of a shard lies at byte \(offset), with \(count) bytes")
            }
            places.append(start..<start + length)
        }
        return places
    }

    // MARK: Whole shards

    /// The elements of a shard, row by row.
    func decode(_ stored: SharedBytes) throws(ImageError) -> SharedBytes {
        let tableCount = Self.indexByteCount(sharding, chunks: grid.count)
        let part: ZarrPart = sharding.indexIsFirst ? .range(0..<tableCount) : .last(tableCount)
        guard let range = part.range(in: stored.count) else {
            throw ImageError(.truncated, "a shard of \(stored.count) bytes is too short for its table")
        }
        let places = try Self.index(stored.slice(range), sharding, chunks: grid.count)
        let storage = try ZarrCompression.storage(outer.byteCount)
        let steps = Layout.rowMajorStrides(shape)
        let size = outer.dtype.byteCount
        for (chunk, place) in places.enumerated() {
            let origin = grid.origin(of: chunk)
            let target = storage.base + size * zip(origin, steps).reduce(0) { $0 + $1.0 * $1.1 }
            guard let place else {
                ZarrBox.fill(shape: inner.shape, inner.fill, target, steps)
                continue
            }
            guard place.upperBound <= stored.count else {
                throw ImageError(.truncated, "chunk \(chunk) of a shard lies at \(place) of \(stored.count) bytes")
            }
            try inner.decode(stored.slice(place)).withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress else { return }
                ZarrBox.copy(shape: inner.shape, size: size, from: start, inner.strides, to: target, steps)
            }
        }
        return SharedBytes(storage).slice(0..<outer.byteCount)
    }

    /// The bytes of a shard whose elements lie row by row; chunks of nothing but the fill value are left out.
    func encode(_ elements: SharedBytes) throws(ImageError) -> SharedBytes {
        let steps = Layout.rowMajorStrides(shape)
        let size = outer.dtype.byteCount
        let chunks = try ZarrParallel.map(
            [Int](0..<grid.count), nanoseconds: Double(inner.byteCount)
        ) { (chunk) throws(ImageError) -> SharedBytes? in
            let origin = grid.origin(of: chunk)
            let storage = try ZarrCompression.storage(inner.byteCount)
            elements.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress else { return }
                ZarrBox.copy(
                    shape: inner.shape, size: size,
                    from: start + size * zip(origin, steps).reduce(0) { $0 + $1.0 * $1.1 }, steps, to: storage.base,
                    Layout.rowMajorStrides(inner.shape))
            }
            let whole = UnsafeRawBufferPointer(start: storage.base, count: inner.byteCount)
            return ZarrBox.isFilled(whole, with: inner.fill) ? nil : try inner.encode(storage)
        }
        let tableCount = Self.indexByteCount(sharding, chunks: grid.count)
        var table = ByteWriter(reserving: tableCount)
        var place = sharding.indexIsFirst ? tableCount : 0
        for chunk in chunks {
            let numbers = chunk.map { [UInt64(place), UInt64($0.count)] } ?? [.max, .max]
            for number in numbers {
                if sharding.indexCodecs.first == .bytes(.big) {
                    table.appendBigEndian(number)
                } else {
                    table.appendLittleEndian(number)
                }
            }
            place += chunk?.count ?? 0
        }
        if sharding.indexCodecs.contains(.crc32c) {
            table.appendLittleEndian(table.bytes.withUnsafeBytes { ZarrFilters.crc32c($0) })
        }
        var writer = ByteWriter(reserving: place + tableCount)
        if sharding.indexIsFirst { writer.append(contentsOf: table.bytes) }
        for case let chunk? in chunks { writer.append(contentsOf: chunk) }
        if !sharding.indexIsFirst { writer.append(contentsOf: table.bytes) }
        return SharedBytes(copying: writer.bytes)
    }
}
