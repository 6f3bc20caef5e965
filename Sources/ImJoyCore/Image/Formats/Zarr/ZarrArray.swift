/// An n-dimensional array in a Zarr store, read and written region by region.
///
/// ```swift
/// let store = ZarrFolder("measurements.zarr")
/// let metadata = ZarrMetadata(shape: [1000, 4096, 4096], dtype: .uint16, chunkShape: [1, 512, 512])
/// let array = try await ZarrArray(creating: metadata, in: store)
/// try await array.write(frame, at: [17, 0, 0])
/// let corner = try await array.read([17..<18, 0..<64, 0..<64])
/// ```
///
/// Versions 2 and 3 of the format are known, with the fourteen types of ``DType``, both byte orders and both orders of
/// axes, the codecs of ``ZarrCodec``, and shards. Elements that no chunk holds have the fill value and take no memory but
/// that of the region. Writing to regions that share a chunk from several tasks at once is for the caller to avoid.
public struct ZarrArray: Sendable {
    /// Where the array lies.
    public let store: any ZarrStore
    /// Its path in the store, empty for the top.
    public let path: String
    /// What the array says about itself.
    public let metadata: ZarrMetadata
    /// What is accepted of metadata and regions.
    public let limits: ImageLimits

    /// Opens the array at `path`; reads its metadata only.
    ///
    /// Throws ``ImageError``: ``ImageError/Code/unknownFormat`` when there is none, and what is wrong with its metadata.
    public init(
        opening store: any ZarrStore, path: String = "", limits: ImageLimits = .default
    ) async throws(ImageError) {
        let path = ZarrKey.normal(path)
        let node = try await ZarrNode.opening(path, limits).run(awaiting: store)
        guard case .array(let metadata)? = node else {
            throw ImageError(
                .unknownFormat, "there is \(node == nil ? "no Zarr array" : "a group, no array,") at \"\(path)\"")
        }
        self.store = store
        self.path = path
        self.metadata = metadata
        self.limits = limits
    }

    /// Makes an array without any chunk, where none is yet.
    public init(
        creating metadata: ZarrMetadata, in store: any ZarrStore, path: String = "", limits: ImageLimits = .default
    ) async throws(ImageError) {
        let path = ZarrKey.normal(path)
        try metadata.check(limits)
        try await ZarrNode.creating(try metadata.files(), path, limits).run(awaiting: store)
        self.store = store
        self.path = path
        self.metadata = metadata
        self.limits = limits
    }

    /// The length of each axis.
    public var shape: [Int] { metadata.shape }
    /// The type of the elements.
    public var dtype: DType { metadata.dtype }

    /// The elements of a region, one range per axis; all of them when no region is given.
    ///
    /// Throws ``ImageError``: ``ImageError/Code/invalidArgument`` for ranges outside, ``ImageError/Code/tooLarge`` for
    /// regions beyond the limit, and what is wrong with a chunk.
    public func read(_ region: [Range<Int>]? = nil) async throws(ImageError) -> AnyNDArray {
        let region = region ?? shape.map { 0..<$0 }
        guard region.count == shape.count,
            zip(region, shape).allSatisfy({ $0.lowerBound >= 0 && $0.upperBound <= $1 })
        else { throw ImageError(.invalidArgument, "\(region) is no region of an array of shape \(shape)") }
        return try await ZarrRegionRead.step(metadata, path: path, region, limits).run(awaiting: store)
    }

    /// Writes elements of the array's type into the region that starts at `origin`; at the first element by default.
    ///
    /// Chunks that are covered in part are read, changed and written back. Chunks of nothing but the fill value are removed.
    public func write(_ elements: AnyNDArray, at origin: [Int]? = nil) async throws(ImageError) {
        let origin = origin ?? shape.map { _ in 0 }
        try await ZarrRegionWrite.step(metadata, path: path, elements, at: origin, limits).run(awaiting: store)
    }
}

/// A named place in a Zarr store with attributes, arrays and other groups.
public struct ZarrGroup: Sendable {
    /// Where the group lies.
    public let store: any ZarrStore
    /// Its path in the store, empty for the top.
    public let path: String
    /// The version of the format.
    public let version: ZarrVersion
    /// What was said about the group.
    public let attributes: ManifestObject
    private let known: [String]?
    private let limits: ImageLimits

    /// Opens the group at `path`; throws ``ImageError`` with ``ImageError/Code/unknownFormat`` when there is none.
    public init(
        opening store: any ZarrStore, path: String = "", limits: ImageLimits = .default
    ) async throws(ImageError) {
        let path = ZarrKey.normal(path)
        guard
            case .group(let version, let attributes, let members)? =
                try await ZarrNode.opening(path, limits).run(awaiting: store)
        else { throw ImageError(.unknownFormat, "there is no Zarr group at \"\(path)\"") }
        self.init(store, path, version, attributes, members, limits)
    }

    /// Makes a group where nothing is yet.
    public init(
        creating attributes: ManifestObject, in store: any ZarrStore, path: String = "", version: ZarrVersion = .v3
    ) async throws(ImageError) {
        let path = ZarrKey.normal(path)
        try await ZarrNode.creating(ZarrNode.groupFiles(version, attributes), path, .default).run(awaiting: store)
        self.init(store, path, version, attributes, nil, .default)
    }

    private init(
        _ store: any ZarrStore, _ path: String, _ version: ZarrVersion, _ attributes: ManifestObject,
        _ known: [String]?, _ limits: ImageLimits
    ) {
        self.store = store
        self.path = path
        self.version = version
        self.attributes = attributes
        self.known = known
        self.limits = limits
    }

    /// The names of the arrays and groups in it, sorted.
    ///
    /// They come from the metadata at the top when it was put together there, otherwise from the store.
    public func members() async throws(ImageError) -> [String] {
        if let known { return known }
        let names = try await store.list(path).filter { !$0.hasPrefix(".") && $0 != "zarr.json" }
        let found = try await ZarrParallel.awaiting(names) { (name) async throws(ImageError) in
            try await ZarrNode.opening(ZarrKey.join(path, name), limits).run(awaiting: store) != nil
        }
        return zip(names, found).filter(\.1).map(\.0)
    }

    /// Opens an array in the group.
    public func array(_ name: String) async throws(ImageError) -> ZarrArray {
        try await ZarrArray(opening: store, path: ZarrKey.join(path, name), limits: limits)
    }

    /// Opens a group in the group.
    public func group(_ name: String) async throws(ImageError) -> ZarrGroup {
        try await ZarrGroup(opening: store, path: ZarrKey.join(path, name), limits: limits)
    }
}
