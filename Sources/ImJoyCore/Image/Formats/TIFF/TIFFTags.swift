/// The tags we read and write, by the numbers and names of the TIFF 6.0 specification and libtiff's extensions.
enum TIFFTag: UInt16 {
    /// 1 for a reduced copy of another picture.
    case newSubfileType = 254
    case imageWidth = 256
    case imageLength = 257
    case bitsPerSample = 258
    case compression = 259
    case photometricInterpretation = 262
    case fillOrder = 266
    case imageDescription = 270
    case make = 271
    case model = 272
    case stripOffsets = 273
    case samplesPerPixel = 277
    case rowsPerStrip = 278
    case stripByteCounts = 279
    case xResolution = 282
    case yResolution = 283
    case planarConfiguration = 284
    case resolutionUnit = 296
    case software = 305
    case dateTime = 306
    case artist = 315
    case predictor = 317
    case tileWidth = 322
    case tileLength = 323
    case tileOffsets = 324
    case tileByteCounts = 325
    /// The directories of reduced copies of a page.
    case subIFDs = 330
    case extraSamples = 338
    case sampleFormat = 339
    case yCbCrSubSampling = 530
    case imageDepth = 32997
    case copyright = 33432
    case lercParameters = 50674
    /// How long each part of ``imageJMetadata`` is.
    case imageJByteCounts = 50838
    /// Labels of planes and notes of ImageJ.
    case imageJMetadata = 50839
    /// Where MetaMorph says how many planes follow one directory.
    case uic2 = 33629
    /// The notes of Zeiss' LSM files.
    case lsm = 34412

    /// The name in the specification: `StripByteCounts`.
    var name: String {
        let text = "\(self)"
        return text == "subIFDs" ? "SubIFDs" : text.prefix(1).uppercased() + text.dropFirst()
    }
}

/// Values of the Compression tag.
enum TIFFCompression {
    static let none: UInt16 = 1
    static let lzw: UInt16 = 5
    static let oldJPEG: UInt16 = 6
    static let jpeg: UInt16 = 7
    static let adobeDeflate: UInt16 = 8
    static let packbits: UInt16 = 32773
    static let deflate: UInt16 = 32946
    static let sgiLog: UInt16 = 34676
    static let sgiLog24: UInt16 = 34677
    static let lerc: UInt16 = 34887
    static let lzma: UInt16 = 34925
    static let zstd: UInt16 = 50000

    /// Packings that may hold differences between neighbours.
    static let withPredictor = [lzw, deflate, adobeDeflate, lzma, zstd]

    /// Packings whose decoders write all that was asked for, or fail.
    static let fillsAll = [none, lzw, deflate, adobeDeflate, packbits, zstd]

    /// SGI's packings of luminances over many magnitudes.
    static func isLogarithmic(_ value: UInt16) -> Bool { value == sgiLog || value == sgiLog24 }

    static func name(_ value: UInt16) -> String {
        switch value {
        case none: "none"
        case 2: "ccitt-rle"
        case 3: "ccitt-g3"
        case 4: "ccitt-g4"
        case lzw: "lzw"
        case oldJPEG: "old-jpeg"
        case jpeg: "jpeg"
        case adobeDeflate, deflate: "deflate"
        case packbits: "packbits"
        case 33003, 33005, 34712: "jpeg2000"
        case 34661: "jbig"
        case sgiLog, sgiLog24: "sgilog"
        case lerc: "lerc"
        case lzma: "lzma"
        case zstd: "zstd"
        case 50001: "webp"
        case 50002: "jpeg-xl"
        default: "compression \(value)"
        }
    }

    /// How many decoded bytes a stored byte can at most become.
    static func largestRatio(_ value: UInt16) -> Int {
        switch value {
        case none: 1
        // Two bytes make 128.
        case packbits: 64
        // A match of 258 bytes takes two bits at least.
        case adobeDeflate, deflate: 1032
        // The longest string of a full table, 3838 bytes, takes 12 bits.
        case lzw: 2560
        // A run of 128 KiB takes four bytes.
        case zstd: 1 << 15
        // Blank fax rows, flat JPEG and LZMA have no small bound; beyond this nobody has pictures.
        default: 1 << 17
        }
    }
}
