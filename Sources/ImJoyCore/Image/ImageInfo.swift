/// What a file says about its image, without the pixels.
public struct ImageInfo: Sendable {
    /// The kind of file.
    public var format: ImageFormat
    /// The length of each axis of the pixels.
    public var shape: [Int]
    /// The element type of the pixels.
    public var dtype: DType
    /// The names of the axes.
    public var axes: Axes
    /// Micrometres from pixel to pixel, nil when the file does not say or says only a screen resolution.
    public var pixelSize: PixelSize?
    /// The names of the channels, empty when unknown.
    public var channelNames: [String] = []
    /// Free text: `description`, `software` and others.
    public var metadata: [String: String] = [:]
    /// Pages in the file, of which the image may be a part; 1 for formats without pages.
    public var pageCount = 1
    /// `none`, `lzw`, `deflate`, `packbits`, `zstd`, … as it is stored.
    public var compression = "none"
    /// The order of bytes in the file.
    public var byteOrder: DType.ByteOrder
    /// True for TIFF with 64-bit offsets.
    public var isBigTIFF = false
    /// True when the pixels lie in tiles.
    public var isTiled = false
    /// Bits of a stored sample, which may be fewer than the element type has.
    public var bitsPerSample: Int
    /// What a reader should know: pages that were left out, planes that were missing.
    public var notes: [String] = []
}

/// What a reader accepts before it takes memory.
public struct ImageLimits: Hashable, Sendable {
    /// At most this many bytes of decoded pixels.
    public var decodedBytes: Int
    /// At most this many pages.
    public var pages: Int

    /// Limits; the defaults are 16 GiB and a million pages.
    public init(decodedBytes: Int = 16 << 30, pages: Int = 1 << 20) {
        self.decodedBytes = decodedBytes
        self.pages = pages
    }

    /// 16 GiB and a million pages.
    public static let `default` = ImageLimits()
}
