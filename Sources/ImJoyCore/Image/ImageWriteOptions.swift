/// How an image is written; formats ignore what they have no choice in.
public struct ImageWriteOptions: Hashable, Sendable {
    /// How TIFF pixels are packed.
    public enum Compression: String, CaseIterable, Sendable, Hashable {
        /// The compression that TIFF calls by this name.
        case none, lzw, deflate, packbits
    }

    /// How finely JPEG keeps colours, beside the brightness of every pixel.
    public enum Chroma: String, CaseIterable, Sendable, Hashable {
        /// For every pixel (4:4:4).
        case full
        /// For every second pixel of every second row (4:2:0), as other programs do unless asked.
        case halved
    }

    /// Packing of TIFF pixels. PNG is always deflated, NPY never.
    public var compression: Compression
    /// Store differences between neighbours (TIFF with LZW or deflate): smaller for most pictures.
    ///
    /// Left out where there is none: complex numbers, and floats in the byte order that is not this machine's.
    public var usesPredictor: Bool
    /// The side of square TIFF tiles in pixels, a multiple of 16; nil for strips.
    public var tileSize: Int?
    /// Byte order of the TIFF.
    public var byteOrder: DType.ByteOrder
    /// 64-bit offsets for TIFF: nil means when the pixels come near 4 GiB.
    public var isBigTIFF: Bool?
    /// zlib level of PNG, 0 (fast) to 9 (small).
    public var level: Int
    /// How good a JPEG is, 1 (small) to 100.
    public var quality: Int
    /// How finely a JPEG keeps colours.
    public var chroma: Chroma

    /// Strips without compression in this machine's byte order.
    public init(
        compression: Compression = .none, usesPredictor: Bool = false, tileSize: Int? = nil,
        byteOrder: DType.ByteOrder = .native, isBigTIFF: Bool? = nil, level: Int = 6,
        quality: Int = 90, chroma: Chroma = .halved
    ) {
        self.compression = compression
        self.usesPredictor = usesPredictor
        self.tileSize = tileSize
        self.byteOrder = byteOrder
        self.isBigTIFF = isBigTIFF
        self.level = level
        self.quality = quality
        self.chroma = chroma
    }
}
