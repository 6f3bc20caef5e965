/// What turns the elements of one chunk into the bytes that are stored, and back.
struct ZarrPipeline: Sendable {
    let dtype: DType
    /// The shape of the chunk as the array sees it.
    let shape: [Int]
    let fill: [UInt8]
    /// The array's axis at each place of what is stored.
    private let order: [Int]
    private let middle: ZarrCodec
    private let tail: [ZarrCodec]
    /// The bytes of a whole chunk.
    let byteCount: Int

    /// Larger chunks would not fit the counters of the libraries that pack them.
    static let mostBytes = Int(Int32.max)

    /// Codecs that ``ZarrCodec/check(_:_:isInner:)`` has let through.
    init(_ codecs: [ZarrCodec], shape: [Int], dtype: DType, fill: [UInt8], limits: ImageLimits) throws(ImageError) {
        let most = min(Self.mostBytes, limits.decodedBytes)
        var count = dtype.byteCount
        for length in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard !overflow, product <= most else {
                throw ImageError(.tooLarge, "chunks of \(shape) \(dtype) take more than the limit of \(most) bytes")
            }
            count = product
        }
        var order = [Int](shape.indices)
        var middle = ZarrCodec.bytes(.little)
        for codec in codecs {
            switch codec {
            case .transpose(let step): order = step.map { order[$0] }
            case .bytes, .sharding: middle = codec
            default: break
            }
        }
        self.dtype = dtype
        self.shape = shape
        self.fill = fill
        self.order = order
        self.middle = middle
        tail = codecs.filter { $0.kind == .bytesToBytes }
        byteCount = count
    }

    /// At most so many bytes can be stored for a chunk; more would be something else.
    var mostStoredBytes: Int { byteCount + byteCount / 2 + (1 << 20) }

    static func tooLong(_ codec: String, _ room: Int) -> ImageError {
        ImageError(.malformed, "\(codec): more bytes come out than the \(room) that a chunk has")
    }

    /// The steps between the array's axes and the elements of a decoded chunk.
    var strides: [Int] {
        let stored = Layout.rowMajorStrides(order.map { shape[$0] })
        var strides = [Int](repeating: 0, count: shape.count)
        for (place, axis) in order.enumerated() { strides[axis] = stored[place] }
        return strides
    }

    // MARK: Decoding

    /// The elements of a chunk in this machine's byte order; ``strides`` say how they lie.
    func decode(_ stored: SharedBytes) throws(ImageError) -> SharedBytes {
        var bytes = stored
        var isOurs = false
        let counts = countsOfStages(last: stored.count)
        for (stage, codec) in tail.enumerated().reversed() {
            bytes = try Self.decode(codec, bytes, counts[stage])
            isOurs = true
        }
        if case .sharding(let sharding) = middle { return try ZarrShard(self, sharding, storedShape).decode(bytes) }
        guard bytes.count == byteCount else {
            throw ImageError(
                bytes.count < byteCount ? .truncated : .malformed,
                "a chunk of \(shape) \(dtype) takes \(byteCount) bytes, there are \(bytes.count)")
        }
        guard case .bytes(let byteOrder) = middle else { return bytes }
        let mustSwap = byteOrder != .native && dtype.swapUnit > 1
        guard mustSwap || dtype == .bool else { return bytes }
        if !isOurs || !bytes.isAligned(to: 16) { bytes = try Self.copy(bytes) }
        // Nobody else has seen these bytes yet.
        bytes.withUnsafeBytes { source in
            let target = UnsafeMutableRawBufferPointer(mutating: source)
            if mustSwap { ByteOrderLoops.swap(target, unit: dtype.swapUnit) }
            if dtype == .bool { for index in target.indices where target[index] > 1 { target[index] = 1 } }
        }
        return bytes
    }

    var storedShape: [Int] { order.map { shape[$0] } }

    /// What is known of the number of bytes before each packing: exactly, or at most.
    private func countsOfStages(last: Int) -> [(exact: Int?, most: Int)] {
        var exact: Int?
        var most = mostStoredBytes
        if case .bytes = middle { (exact, most) = (byteCount, byteCount) }
        var counts: [(exact: Int?, most: Int)] = []
        for codec in tail {
            counts.append((exact, most))
            switch codec {
            case .shuffle, .delta: break
            case .crc32c:
                exact = exact.map { $0 + 4 }
                most += 4
            default:
                exact = nil
                most += most / 8 + 65_536
            }
        }
        return counts
    }

    private static func decode(
        _ codec: ZarrCodec, _ bytes: SharedBytes, _ count: (exact: Int?, most: Int)
    ) throws(ImageError) -> SharedBytes {
        switch codec {
        case .crc32c:
            guard bytes.count >= 4 else { throw ImageError(.truncated, "crc32c: \(bytes.count) bytes") }
            let content = bytes.slice(0..<bytes.count - 4)
            let sum = bytes.withUnsafeBytes {
                UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: bytes.count - 4, as: UInt32.self))
            }
            let found = content.withUnsafeBytes { ZarrFilters.crc32c($0) }
            guard sum == found else { throw ImageError(.malformed, "crc32c: the checksum does not fit the bytes") }
            // What follows may write into its input.
            return try copy(content)
        case .shuffle(let size):
            return SharedBytes(count: bytes.count) { target in
                bytes.withUnsafeBytes {
                    ZarrFilters.shuffle($0, into: target, elementSize: size, isReversed: true)
                }
            }
        case .delta(let dtype, let order):
            let copy = try copy(bytes)
            copy.withUnsafeBytes {
                ZarrFilters.delta(UnsafeMutableRawBufferPointer(mutating: $0), dtype, order, isReversed: true)
            }
            return copy
        default: break
        }
        let storage = try ZarrCompression.storage(count.most)
        let target = UnsafeMutableRawBufferPointer(start: storage.base, count: count.most)
        let found = try Self.unpack(codec, bytes, into: target)
        guard count.exact ?? found == found else {
            throw ImageError(.truncated, "\(codec.name): \(found) bytes come out, the chunk takes \(count.most)")
        }
        return SharedBytes(storage).slice(0..<found)
    }

    private static func unpack(
        _ codec: ZarrCodec, _ bytes: SharedBytes, into target: UnsafeMutableRawBufferPointer
    ) throws(ImageError) -> Int {
        let result = bytes.withUnsafeBytes { packed in
            Result { () throws(ImageError) in
                switch codec {
                case .zstd: try ZarrCompression.unpackZstd(packed, into: target)
                case .blosc: try BloscLibrary.get().unpack(packed, into: target)
                default: try ZarrCompression.inflate(packed, into: target)
                }
            }
        }
        return try result.get()
    }

    private static func copy(_ bytes: SharedBytes) throws(ImageError) -> SharedBytes {
        let storage = try ZarrCompression.storage(bytes.count)
        bytes.withUnsafeBytes {
            UnsafeMutableRawBufferPointer(start: storage.base, count: $0.count).copyMemory(from: $0)
        }
        return SharedBytes(storage)
    }

    // MARK: Encoding

    /// The bytes to be stored for a chunk whose elements lie row by row in this machine's byte order.
    func encode(_ chunk: NDStorage) throws(ImageError) -> SharedBytes {
        var bytes: SharedBytes
        switch middle {
        case .sharding(let sharding):
            bytes = try ZarrShard(self, sharding, storedShape).encode(SharedBytes(try reordered(chunk)))
        case .bytes(let byteOrder):
            let storage = try reordered(chunk)
            if byteOrder != .native {
                ByteOrderLoops.swap(
                    UnsafeMutableRawBufferPointer(start: storage.base, count: byteCount), unit: dtype.swapUnit)
            }
            bytes = SharedBytes(storage).slice(0..<byteCount)
        default: throw ImageError(.malformed, "there is no codec that makes bytes")
        }
        for codec in tail { bytes = try encode(codec, bytes) }
        return bytes
    }

    /// The elements in the order of the axes in which they are stored.
    private func reordered(_ chunk: NDStorage) throws(ImageError) -> NDStorage {
        guard order != [Int](shape.indices) else { return chunk }
        let storage = try ZarrCompression.storage(byteCount)
        let from = Layout.rowMajorStrides(shape)
        ZarrBox.copy(
            shape: storedShape, size: dtype.byteCount, from: UnsafeRawPointer(chunk.base),
            order.map { from[$0] }, to: storage.base, Layout.rowMajorStrides(storedShape))
        return storage
    }

    private func encode(_ codec: ZarrCodec, _ bytes: SharedBytes) throws(ImageError) -> SharedBytes {
        switch codec {
        case .crc32c:
            let sum = bytes.withUnsafeBytes { ZarrFilters.crc32c($0) }
            return SharedBytes(count: bytes.count + 4) { target in
                bytes.withUnsafeBytes { target.copyMemory(from: $0) }
                target.storeBytes(of: sum.littleEndian, toByteOffset: bytes.count, as: UInt32.self)
            }
        case .shuffle(let size):
            return SharedBytes(count: bytes.count) { target in
                bytes.withUnsafeBytes {
                    ZarrFilters.shuffle($0, into: target, elementSize: size, isReversed: false)
                }
            }
        case .delta(let dtype, let order):
            let copy = try Self.copy(bytes)
            copy.withUnsafeBytes {
                ZarrFilters.delta(UnsafeMutableRawBufferPointer(mutating: $0), dtype, order, isReversed: false)
            }
            return copy
        default: break
        }
        let result = bytes.withUnsafeBytes { plain in
            Result { () throws(ImageError) in
                switch codec {
                case .zstd(let level, let checksum):
                    try ZarrCompression.packZstd(plain, level: level, checksum: checksum)
                case .blosc(let choices): try BloscLibrary.get().pack(plain, choices, elementSize: dtype.byteCount)
                case .gzip(let level): try ZarrCompression.deflate(plain, level: level, gzip: true)
                case .zlib(let level): try ZarrCompression.deflate(plain, level: level, gzip: false)
                default: throw ImageError(.unsupported, "the codec \(codec.name) here")
                }
            }
        }
        return try result.get()
    }
}
