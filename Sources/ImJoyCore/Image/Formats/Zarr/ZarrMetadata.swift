/// The versions of the format.
public enum ZarrVersion: Int, CaseIterable, Hashable, Sendable {
    /// Version 2, of 2016, with `.zarray` files.
    case v2 = 2
    /// Version 3, of 2023, with `zarr.json` files.
    case v3 = 3
}

/// What a Zarr array says about itself.
public struct ZarrMetadata: Sendable, Equatable {
    /// What stands between the numbers in a chunk's key.
    public enum Separator: String, CaseIterable, Hashable, Sendable {
        /// `0.1.2` or `0/1/2`.
        case dot = "."
        /// Folders in folders.
        case slash = "/"
    }

    /// The version of the format.
    public var version: ZarrVersion
    /// The length of each axis.
    public var shape: [Int]
    /// The length of a stored chunk along each axis: of shards, where there are shards.
    public var chunkShape: [Int]
    /// The type of the elements.
    public var dtype: DType
    /// The value of the elements that no chunk holds.
    public var fillValue: ZarrFillValue
    /// How a chunk is stored.
    public var codecs: [ZarrCodec]
    /// What stands between the numbers in a chunk's key.
    public var separator: Separator
    /// Whether keys start with `c`, as is usual in version 3.
    public var hasPrefixedKeys: Bool
    /// The names of the axes, empty when there are none; version 2 keeps them in the attribute `_ARRAY_DIMENSIONS`.
    public var dimensionNames: [String?]
    /// Whatever else was said about the array.
    public var attributes: ManifestObject

    /// More axes are refused; NumPy had no more for a long time.
    static let highestRank = 32

    /// An array of a shape; what is not given is chosen as zarr-python does, but for chunks that are the whole array.
    public init(
        shape: [Int], dtype: DType, chunkShape: [Int]? = nil, version: ZarrVersion = .v3, codecs: [ZarrCodec]? = nil,
        fillValue: ZarrFillValue? = nil, separator: Separator? = nil, dimensionNames: [String?] = [],
        attributes: ManifestObject = ManifestObject()
    ) {
        self.version = version
        self.shape = shape
        self.chunkShape = chunkShape ?? shape.map { max($0, 1) }
        self.dtype = dtype
        self.fillValue = fillValue ?? .zero(dtype)
        self.codecs = codecs ?? ZarrCodec.standard
        self.separator = separator ?? (version == .v2 ? .dot : .slash)
        hasPrefixedKeys = version == .v3
        self.dimensionNames = dimensionNames
        self.attributes = attributes
    }

    /// Refuses what contradicts itself or would take too much.
    package func check(_ limits: ImageLimits) throws(ImageError) {
        guard shape.count <= Self.highestRank else {
            throw ImageError(.unsupported, "\(shape.count) axes; at most \(Self.highestRank) are read")
        }
        guard chunkShape.count == shape.count, chunkShape.allSatisfy({ $0 > 0 }), shape.allSatisfy({ $0 >= 0 }) else {
            throw ImageError(.malformed, "chunks of \(chunkShape) do not fit the shape \(shape)")
        }
        guard dimensionNames.isEmpty || dimensionNames.count == shape.count else {
            throw ImageError(.malformed, "\(dimensionNames.count) dimension names for \(shape.count) axes")
        }
        guard fillValue.bytes.count == dtype.byteCount else {
            throw ImageError(
                .invalidArgument, "the fill value takes \(fillValue.bytes.count) bytes, \(dtype) \(dtype.byteCount)")
        }
        try ZarrCodec.check(codecs, chunkShape)
        _ = try pipeline(limits)
    }

    /// What reads and writes whole chunks, or the inner ones where the codecs are nothing but shards.
    func pipeline(_ limits: ImageLimits) throws(ImageError) -> ZarrPipeline {
        if let sharding {
            return try ZarrPipeline(
                sharding.codecs, shape: sharding.chunkShape, dtype: dtype, fill: fillValue.bytes, limits: limits)
        }
        return try ZarrPipeline(codecs, shape: chunkShape, dtype: dtype, fill: fillValue.bytes, limits: limits)
    }

    /// The shards whose inner chunks can be read one by one.
    var sharding: ZarrSharding? {
        guard codecs.count == 1, case .sharding(let sharding) = codecs[0] else { return nil }
        return sharding
    }

    /// The chunk that can be read by itself.
    public var readingChunkShape: [Int] { sharding?.chunkShape ?? chunkShape }

    /// The key of a chunk below the array's path.
    func key(of index: [Int]) -> String {
        let numbers = index.map(String.init)
        if hasPrefixedKeys { return (["c"] + numbers).joined(separator: separator.rawValue) }
        return numbers.isEmpty ? "0" : numbers.joined(separator: separator.rawValue)
    }

    /// The packing in a word.
    var compressionName: String {
        let all = sharding?.codecs ?? codecs
        let packings = all.filter { $0.kind == .bytesToBytes && $0 != .crc32c }.map(\.name)
        return packings.isEmpty ? "none" : packings.joined(separator: "+")
    }

    /// The order of bytes as stored.
    var byteOrder: DType.ByteOrder {
        for codec in sharding?.codecs ?? codecs { if case .bytes(let order) = codec { return order } }
        return .little
    }
}
