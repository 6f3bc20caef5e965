/// How an image is written; formats ignore what they have no choice in.
public struct ImageWriteOptions: Hashable, Sendable {
    /// How TIFF pixels are packed.
    ///
    /// All but `jpeg` give every pixel back. Packings that the system's libtiff was built without are refused.
    public enum Compression: String, CaseIterable, Sendable, Hashable {
        /// The compression that TIFF calls by this name.
        case none, lzw, deflate, packbits
        /// Zstandard: packs and unpacks faster than deflate.
        case zstd
        /// LERC without loss, for whole numbers up to 32 bits and floats.
        case lerc
        /// JPEG of 8-bit grey or red, green and blue, with loss; ``ImageWriteOptions/quality`` says how much.
        case jpeg
    }

    /// What a TIFF says about its axes, and to whom.
    public enum Layout: String, CaseIterable, Sendable, Hashable {
        /// OME for names that end in `.ome.tif` or `.ome.tiff`; else ImageJ's words when they can say all, else tifffile's.
        case automatic
        /// tifffile's note: any axes, all element types.
        case plain
        /// A hyperstack for ImageJ: uint8, uint16, float32 or 8-bit colours, axes brought into the order TZCYX; strips that are
        /// not packed, or by LZW, deflate or PackBits.
        case imageJ
        /// OME-TIFF (OME-XML 2016-06): axes T, C and Z before YX, YXS or SYX.
        case ome
    }

    /// How many reduced copies a TIFF gets below each page (SubIFDs), each half as wide and high as the one before.
    public enum Pyramid: Hashable, Sendable {
        /// None.
        case none
        /// Until both sides are at most 256 pixels.
        case automatic
        /// So many resolutions in all, the full one included.
        case levels(Int)
    }

    /// What a pixel of a reduced copy is.
    public enum Reduction: String, CaseIterable, Sendable, Hashable {
        /// The mean of 2 x 2 pixels.
        case mean
        /// The upper left of 2 x 2 pixels: for labels and masks.
        case nearest
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
    /// Store differences between neighbours (TIFF with LZW, deflate or Zstandard): smaller for most pictures.
    ///
    /// Left out for complex numbers.
    public var usesPredictor: Bool
    /// The side of square TIFF tiles in pixels, a multiple of 16; nil for strips.
    public var tileSize: Int?
    /// Byte order of the TIFF.
    public var byteOrder: DType.ByteOrder
    /// 64-bit offsets for TIFF: nil means when the pixels come near 4 GiB.
    public var isBigTIFF: Bool?
    /// How small packing shall make it: for PNG 0 (fast) to 9 (small), for TIFF with deflate 1 to 9, with Zstandard 1 to 22.
    public var level: Int
    /// What a TIFF says about its axes.
    public var layout: Layout = .automatic
    /// Reduced copies in a TIFF, in tiles (of 256 pixels when ``tileSize`` is nil).
    public var pyramid: Pyramid = .none
    /// How pixels of reduced copies are made; `bool` is always taken from the nearest.
    public var reduction: Reduction = .mean
    /// How good a JPEG is, also inside a TIFF: 1 (small) to 100.
    public var quality: Int
    /// How finely a JPEG file keeps colours.
    public var chroma: Chroma

    /// Strips without compression in this machine's byte order.
    public init(
        compression: Compression = .none, usesPredictor: Bool = false, tileSize: Int? = nil,
        byteOrder: DType.ByteOrder = .native, isBigTIFF: Bool? = nil, level: Int = 6, layout: Layout = .automatic,
        pyramid: Pyramid = .none, reduction: Reduction = .mean, quality: Int = 90, chroma: Chroma = .halved
    ) {
        self.compression = compression
        self.usesPredictor = usesPredictor
        self.tileSize = tileSize
        self.byteOrder = byteOrder
        self.isBigTIFF = isBigTIFF
        self.level = level
        self.layout = layout
        self.pyramid = pyramid
        self.reduction = reduction
        self.quality = quality
        self.chroma = chroma
    }

    /// The same options with what the name of the file says: `.ome.tif` asks for OME.
    func adapted(toName name: String) -> ImageWriteOptions {
        let endings = [".ome.tif", ".ome.tiff", ".ome.tf2", ".ome.tf8", ".ome.btf"]
        let isOME = endings.contains { name.lowercased().hasSuffix($0) }
        guard isOME, layout == .automatic else { return self }
        var copy = self
        copy.layout = .ome
        return copy
    }
}
