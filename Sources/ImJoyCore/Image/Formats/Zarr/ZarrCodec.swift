/// One step from the elements of a chunk to the bytes that are stored, named as Zarr version 3 names it.
///
/// An array has a list of them: first those that reorder elements, then one that makes bytes (``bytes(_:)`` or
/// ``sharding(_:)``), then those that pack bytes. Version 2's order, byte order, filters and compressor are told with the
/// same words.
public indirect enum ZarrCodec: Hashable, Sendable {
    /// Axes in another order: axis `i` of what is stored is axis `order[i]` of the array.
    case transpose([Int])
    /// Elements one after another in this byte order.
    case bytes(DType.ByteOrder)
    /// Smaller chunks inside of each chunk, which can be read without the others.
    case sharding(ZarrSharding)
    /// zlib's packing with gzip's header, levels 0 to 9.
    case gzip(level: Int)
    /// zlib's packing with its own header, levels 0 to 9.
    case zlib(level: Int)
    /// Zstandard, levels up to 22, with or without a checksum.
    case zstd(level: Int, checksum: Bool)
    /// Blosc: bytes of one significance together, and then a fast packing.
    case blosc(ZarrBlosc)
    /// Four bytes at the end that tell whether the others have changed.
    case crc32c
    /// All first bytes of the elements, then all second ones, and so on (a filter of version 2).
    case shuffle(elementSize: Int)
    /// Differences between neighbours (a filter of version 2).
    case delta(DType, DType.ByteOrder)

    enum Kind { case arrayToArray, arrayToBytes, bytesToBytes }

    var kind: Kind {
        switch self {
        case .transpose: .arrayToArray
        case .bytes, .sharding: .arrayToBytes
        default: .bytesToBytes
        }
    }

    /// The name for messages and ``ImageInfo/compression``.
    var name: String {
        switch self {
        case .transpose: "transpose"
        case .bytes: "bytes"
        case .sharding: "sharding"
        case .gzip: "gzip"
        case .zlib: "zlib"
        case .zstd: "zstd"
        case .blosc(let blosc): "blosc-\(blosc.compressor.rawValue)"
        case .crc32c: "crc32c"
        case .shuffle: "shuffle"
        case .delta: "delta"
        }
    }
}

/// How chunks of an array lie inside of larger ones.
public struct ZarrSharding: Hashable, Sendable {
    /// The length of an inner chunk along each axis; it divides that of the outer one.
    public var chunkShape: [Int]
    /// How inner chunks are stored.
    public var codecs: [ZarrCodec]
    /// How the table of the inner chunks' places is stored: ``ZarrCodec/bytes(_:)``, with or without
    /// ``ZarrCodec/crc32c``.
    public var indexCodecs: [ZarrCodec]
    /// Whether the table comes before the chunks and not after them.
    public var indexIsFirst: Bool

    /// Inner chunks of a shape, packed by `codecs`.
    public init(
        chunkShape: [Int], codecs: [ZarrCodec] = ZarrCodec.standard,
        indexCodecs: [ZarrCodec] = [.bytes(.little), .crc32c], indexIsFirst: Bool = false
    ) {
        self.chunkShape = chunkShape
        self.codecs = codecs
        self.indexCodecs = indexCodecs
        self.indexIsFirst = indexIsFirst
    }
}

/// The choices that Blosc gives.
public struct ZarrBlosc: Hashable, Sendable {
    /// What packs the shuffled bytes.
    public enum Compressor: String, CaseIterable, Hashable, Sendable {
        /// The packing that Blosc calls by this name.
        case blosclz, lz4, lz4hc, zlib, zstd
    }
    /// How bytes are reordered before.
    public enum Shuffle: Int, CaseIterable, Hashable, Sendable {
        /// Not at all, by bytes, or by bits.
        case none, bytes, bits
    }

    /// What packs the shuffled bytes.
    public var compressor: Compressor
    /// 0 (not at all) to 9 (small).
    public var level: Int
    /// How bytes are reordered before.
    public var shuffle: Shuffle
    /// The size of an element in bytes, for the reordering; nil for that of the array's elements.
    public var elementSize: Int?
    /// Bytes that are packed together; 0 leaves the choice to Blosc.
    public var blockSize: Int

    /// Choices; those of numcodecs by default.
    public init(
        _ compressor: Compressor = .lz4, level: Int = 5, shuffle: Shuffle = .bytes, elementSize: Int? = nil,
        blockSize: Int = 0
    ) {
        self.compressor = compressor
        self.level = level
        self.shuffle = shuffle
        self.elementSize = elementSize
        self.blockSize = blockSize
    }
}

extension ZarrCodec {
    /// Zstandard over little-endian elements, which every reader of version 3 knows.
    public static let standard: [ZarrCodec] = [.bytes(.little), .zstd(level: 1, checksum: false)]

    /// Refuses lists that are in the wrong order or do not fit the shape of the chunks.
    static func check(_ codecs: [ZarrCodec], _ chunkShape: [Int], isInner: Bool = false) throws(ImageError) {
        guard codecs.count <= 16 else { throw ImageError(.unsupported, "\(codecs.count) codecs, at most 16 are read") }
        let kinds = codecs.map(\.kind)
        guard kinds.filter({ $0 == .arrayToBytes }).count == 1, let middle = kinds.firstIndex(of: .arrayToBytes),
            kinds[..<middle].allSatisfy({ $0 == .arrayToArray }),
            kinds[(middle + 1)...].allSatisfy({ $0 == .bytesToBytes })
        else {
            let names = codecs.map(\.name).joined(separator: ", ")
            throw ImageError(.malformed, "the codecs [\(names)] are in no order that makes bytes of an array")
        }
        var shape = chunkShape
        for codec in codecs {
            switch codec {
            case .transpose(let order):
                guard order.sorted() == [Int](shape.indices) else {
                    throw ImageError(.malformed, "transpose \(order) is no order of \(shape.count) axes")
                }
                shape = order.map { shape[$0] }
            case .sharding(let sharding): try sharding.check(shape, isInner: isInner)
            case .shuffle(let size):
                guard (1...255).contains(size) else { throw ImageError(.malformed, "shuffle of \(size) bytes") }
            default: break
            }
        }
    }
}

extension ZarrSharding {
    /// More would make the table larger than most chunks.
    static let mostInnerChunks = 1 << 22

    fileprivate func check(_ shape: [Int], isInner: Bool) throws(ImageError) {
        guard !isInner else { throw ImageError(.unsupported, "shards inside of shards") }
        guard chunkShape.count == shape.count, zip(chunkShape, shape).allSatisfy({ $0 > 0 && $1 % $0 == 0 }) else {
            throw ImageError(.malformed, "inner chunks \(chunkShape) do not divide shards of \(shape)")
        }
        try ZarrCodec.check(codecs, chunkShape, isInner: true)
        let count = zip(chunkShape, shape).reduce(1.0) { $0 * Double($1.1 / $1.0) }
        guard count <= Double(Self.mostInnerChunks) else {
            throw ImageError(.unsupported, "\(count) chunks in a shard; at most \(Self.mostInnerChunks) are read")
        }
        let isPlain =
            switch indexCodecs.count {
            case 1: indexCodecs[0].kind == .arrayToBytes
            case 2: indexCodecs[0].kind == .arrayToBytes && indexCodecs[1] == .crc32c
            default: false
            }
        guard isPlain, case .bytes = indexCodecs[0] else {
            throw ImageError(.unsupported, "index_codecs other than bytes and crc32c")
        }
    }
}
