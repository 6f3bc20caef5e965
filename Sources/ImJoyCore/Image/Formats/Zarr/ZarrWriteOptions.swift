/// How an image is written as OME-Zarr.
public struct ZarrWriteOptions: Hashable, Sendable {
    /// The versions of OME-Zarr that can be written.
    public enum Version: String, CaseIterable, Hashable, Sendable {
        /// On version 2 of Zarr, which every reader knows.
        case v0_4 = "0.4"
        /// On version 3 of Zarr.
        case v0_5 = "0.5"
    }
    /// How coarser levels are made.
    public enum Downsampling: String, CaseIterable, Hashable, Sendable {
        /// The mean of 2 x 2 pixels, rounded to the nearest value of the type.
        case mean
        /// Every second pixel, for labels and masks. Truth values and complex numbers are always taken so.
        case nearest
        /// There is the image alone.
        case none
    }

    /// The version of OME-Zarr.
    public var version: Version
    /// The length of a chunk along each axis of the image; nil for one plane of at most 512 x 512 pixels.
    public var chunkShape: [Int]?
    /// The length of a shard along each axis of the image, a multiple of ``chunkShape``; version 0.5 only.
    public var shardShape: [Int]?
    /// What packs the chunks, after the elements have become bytes.
    public var packing: [ZarrCodec]
    /// How coarser levels are made.
    public var downsampling: Downsampling
    /// Levels are added until neither height nor width is above this.
    public var coarsest: Int

    /// Zstandard over chunks of 512 x 512, and means of 2 x 2 pixels until 512 are left.
    public init(
        version: Version = .v0_5, chunkShape: [Int]? = nil, shardShape: [Int]? = nil,
        packing: [ZarrCodec] = [.zstd(level: 1, checksum: false)], downsampling: Downsampling = .mean,
        coarsest: Int = 512
    ) {
        self.version = version
        self.chunkShape = chunkShape
        self.shardShape = shardShape
        self.packing = packing
        self.downsampling = downsampling
        self.coarsest = coarsest
    }

    /// The side of a chunk when nobody says.
    static let usualSide = 512
}
