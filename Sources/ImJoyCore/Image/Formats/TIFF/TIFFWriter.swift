/// Writes TIFF: the last axes are the picture, all others become pages in row-major order.
///
/// Unpacked strips are laid down by ``TIFFPlainWriter``, everything else by ``TIFFPackedWriter``. ``TIFFWords`` chooses
/// whose description the first page gets. `bool` is written as uint8 of 0 and 1.
struct TIFFWriter {
    let image: Image
    let options: ImageWriteOptions
    let plan: TIFFPagePlan
    let isBig: Bool
    let words: TIFFWords
    let encoder: TIFFBlockEncoder
    /// Resolutions of each page, the full one included.
    let levelCount: Int

    init(_ image: Image, _ options: ImageWriteOptions) throws(ImageError) {
        let image = try options.layout == .imageJ ? TIFFWords.inOrderOfImageJ(image) : image
        let plan = try TIFFPagePlan(image)
        if let tile = options.tileSize, tile <= 0 || !tile.isMultiple(of: 16) || tile > 1 << 14 {
            throw ImageError(
                .invalidArgument, "tiles of \(tile) pixels; the side must be a multiple of 16, at most 16384")
        }
        levelCount = try Self.levelCount(options.pyramid, plan)
        let tileSize = options.tileSize ?? (levelCount > 1 ? 256 : nil)
        encoder = try TIFFBlockEncoder(image, plan, options, tileSize: tileSize)
        // Offsets have 32 bits; the rest is room for directories and for pixels that grow when packed.
        let pixels = levelCount > 1 ? image.pixels.byteCount / 2 * 3 : image.pixels.byteCount
        let margin = 32 << 20 + pixels / 64 + plan.pageCount * levelCount * 1024
        let needsBig = pixels + margin >= 1 << 32
        guard options.isBigTIFF != false || !needsBig else {
            throw ImageError(
                .invalidArgument, "\(image.pixels.byteCount) bytes of pixels need BigTIFF, which was switched off")
        }
        isBig = options.isBigTIFF ?? needsBig
        words = try TIFFWords(image, plan, options, suitsImageJ: encoder.suitsImageJ, isBig: isBig)
        self.image = image
        self.options = options
        self.plan = plan
    }

    private static func levelCount(_ pyramid: ImageWriteOptions.Pyramid, _ plan: TIFFPagePlan) throws(ImageError) -> Int
    {
        var (width, height) = (plan.width, plan.height)
        var count = 1
        switch pyramid {
        case .none: return 1
        case .automatic:
            while max(width, height) > 256 {
                (width, height) = (TIFFPicture.half(width), TIFFPicture.half(height))
                count += 1
            }
            return count
        case .levels(let wanted):
            while max(width, height) > 1, count < wanted {
                (width, height) = (TIFFPicture.half(width), TIFFPicture.half(height))
                count += 1
            }
            guard wanted >= 1, count == wanted else {
                throw ImageError(
                    .invalidArgument,
                    "\(wanted) resolutions of \(plan.width) x \(plan.height) pixels; from 1 to \(count) are possible")
            }
            return count
        }
    }

    func write(to sink: inout ImageSink) throws(ImageError) {
        if encoder.compression == TIFFCompression.none, encoder.tileSize == nil {
            try TIFFPlainWriter(self).write(to: &sink)
        } else {
            try TIFFPackedWriter(self).write(to: &sink)
        }
    }

    func picture(_ pixels: SharedBytes) -> TIFFPicture {
        TIFFPicture(
            pixels: pixels, dtype: image.dtype, width: plan.width, height: plan.height,
            samples: plan.samplesPerChunkPixel, planes: plan.isPlanar ? plan.samples : 1)
    }

    /// What both kinds of file say about a page, or a copy of it of another size.
    func directory(page: Int, level: Int, width: Int, height: Int) -> TIFFDirectory {
        var directory = TIFFDirectory(byteOrder: options.byteOrder, isBig: isBig)
        func add(_ tag: TIFFTag, _ value: Int, times count: Int = 1) {
            directory.add(tag, numbers: [Int](repeating: value, count: count), size: 2)
        }
        if level > 0 { directory.add(.newSubfileType, numbers: [1], size: 4) }
        directory.add(.imageWidth, numbers: [width], size: 4)
        directory.add(.imageLength, numbers: [height], size: 4)
        add(.bitsPerSample, image.dtype.byteCount * 8, times: plan.samples)
        add(.compression, Int(encoder.compression))
        add(.photometricInterpretation, encoder.photometric)
        add(.samplesPerPixel, plan.samples)
        add(.planarConfiguration, plan.isPlanar ? 2 : 1)
        add(.sampleFormat, encoder.sampleFormat, times: plan.samples)
        if encoder.predictor != 1 { add(.predictor, encoder.predictor) }
        if encoder.photometric == 6 { add(.yCbCrSubSampling, 1, times: 2) }
        // Version 4 of the packing, without a second one on top.
        if encoder.compression == TIFFCompression.lerc { directory.add(.lercParameters, numbers: [4, 0], size: 4) }
        if !extraSamples.isEmpty { directory.add(.extraSamples, numbers: extraSamples, size: 2) }
        if page == 0, level == 0 {
            for (tag, text) in texts { directory.add(tag, text: text) }
            if let (counts, bytes) = words.labels?.encoded(options.byteOrder) {
                directory.add(.imageJByteCounts, numbers: counts, size: 4)
                directory.add(.imageJMetadata, bytes: bytes)
            }
        }
        if let (x, y, unit) = resolution {
            directory.add(.xResolution, fraction: x * Double(width) / Double(plan.width))
            directory.add(.yResolution, fraction: y * Double(height) / Double(plan.height))
            add(.resolutionUnit, unit)
        }
        return directory
    }

    /// What the samples beyond grey or red, green and blue are: 2 for alpha that colours are not multiplied with, 0
    /// for others.
    private var extraSamples: [Int] {
        let count = plan.samples - (plan.isColour ? 3 : 1)
        guard count > 0 else { return [] }
        return [plan.samples == 4 || plan.samples == 2 ? 2 : 0] + [Int](repeating: 0, count: count - 1)
    }

    /// Texts of the first page.
    private var texts: [(tag: TIFFTag, value: String)] {
        var texts: [(TIFFTag, String)] = [
            (.imageDescription, words.text), (.software, image.metadata["software"] ?? "ImJoy"),
        ]
        for tag in [TIFFTag.dateTime, .artist, .make, .model, .copyright] {
            if let text = image.metadata["\(tag)"] { texts.append((tag, text)) }
        }
        return texts
    }

    /// Pixels per unit across and down; ImageJ counts in its own unit (1), everybody else in centimetres (3).
    private var resolution: (x: Double, y: Double, unit: Int)? {
        guard let x = image.pixelSize?.x, let y = image.pixelSize?.y else { return nil }
        return words.isForImageJ ? (1 / x, 1 / y, 1) : (10_000 / x, 10_000 / y, 3)
    }
}

extension TIFFBlockEncoder {
    /// How `options` want an image packed; refuses what the packing cannot hold.
    init(_ image: Image, _ plan: TIFFPagePlan, _ options: ImageWriteOptions, tileSize: Int?) throws(ImageError) {
        let dtype = image.dtype
        compression =
            switch options.compression {
            case .none: TIFFCompression.none
            case .lzw: TIFFCompression.lzw
            case .deflate: TIFFCompression.adobeDeflate
            case .packbits: TIFFCompression.packbits
            case .zstd: TIFFCompression.zstd
            case .lerc: TIFFCompression.lerc
            case .jpeg: TIFFCompression.jpeg
            }
        self.tileSize = tileSize
        byteOrder = options.byteOrder
        sampleFormat = dtype.isComplex ? 6 : dtype.isFloatingPoint ? 3 : dtype.isSigned ? 2 : 1
        let isPacked = TIFFCompression.withPredictor.contains(compression)
        predictor = options.usesPredictor && isPacked && !dtype.isComplex ? (dtype.isFloatingPoint ? 3 : 2) : 1
        photometric = plan.isColour ? (options.compression == .jpeg && !plan.isPlanar ? 6 : 2) : 1
        func level(_ range: ClosedRange<Int>) throws(ImageError) -> Int {
            guard range.contains(options.level) else {
                throw ImageError(
                    .invalidArgument,
                    "level \(options.level) for compression \(options.compression); it goes from \(range.lowerBound) to "
                        + "\(range.upperBound)")
            }
            return options.level
        }
        switch options.compression {
        case .deflate: self.level = try level(1...9)
        case .zstd: self.level = try level(1...22)
        case .jpeg:
            guard (1...100).contains(options.quality) else {
                throw ImageError(.invalidArgument, "quality \(options.quality) for JPEG; it goes from 1 to 100")
            }
            self.level = options.quality
        default: self.level = options.level
        }
        guard options.compression != .lerc || options.byteOrder == .native || dtype.swapUnit == 1 else {
            throw ImageError(
                .unsupported, "compression lerc is written in this machine's byte order only; leave byteOrder as it is")
        }
        if let reason = Self.refusal(options.compression, dtype, plan, tileSize) {
            throw ImageError(.unsupported, "compression \(options.compression) \(reason)")
        }
        guard TIFFHandle.isConfigured(compression: compression) else {
            throw ImageError(
                .unsupported, "the installed libtiff was built without compression \(options.compression)",
                tag: TIFFTag.compression.name)
        }
    }

    private static func refusal(
        _ compression: ImageWriteOptions.Compression, _ dtype: DType, _ plan: TIFFPagePlan, _ tileSize: Int?
    ) -> String? {
        switch compression {
        case .jpeg:
            guard dtype == .uint8 || dtype == .bool else {
                return "holds uint8, not \(dtype); cast, or choose another one"
            }
            guard [1, 3].contains(plan.samplesPerChunkPixel) else {
                return "holds 1 or 3 samples side by side, not \(plan.samplesPerChunkPixel)"
            }
            guard tileSize != nil || plan.width <= 65_500 else {
                return "holds strips of at most 65500 pixels, not \(plan.width); choose a tileSize"
            }
        case .lerc:
            guard !dtype.isComplex, dtype != .float16, dtype != .int64, dtype != .uint64 else {
                return "holds whole numbers of up to 32 bits, float32 and float64, not \(dtype)"
            }
        default: break
        }
        return nil
    }
}

/// How the axes of an image are spread over pages.
struct TIFFPagePlan {
    var outerShape: [Int]
    var height: Int
    var width: Int
    var samples = 1
    /// True when each sample has a plane of its own.
    var isPlanar = false

    init(_ image: Image) throws(ImageError) {
        let shape = image.shape
        guard shape.count >= 2, image.pixels.count > 0 else {
            throw ImageError(
                .unsupported,
                "TIFF holds pictures of at least two axes and one pixel, not shape \(shape); reshape, or write npy")
        }
        if image.axes.letters.hasSuffix("YXS") {
            (height, width, samples) = (shape[shape.count - 3], shape[shape.count - 2], shape[shape.count - 1])
            outerShape = Array(shape.dropLast(3))
        } else if image.axes.letters.hasSuffix("SYX") {
            (samples, height, width) = (shape[shape.count - 3], shape[shape.count - 2], shape[shape.count - 1])
            outerShape = Array(shape.dropLast(3))
            isPlanar = samples > 1
        } else {
            (height, width) = (shape[shape.count - 2], shape[shape.count - 1])
            outerShape = Array(shape.dropLast(2))
        }
        guard width < 1 << 31, height < 1 << 31, samples < 1 << 16, width * samples < 1 << 31 else {
            throw ImageError(.unsupported, "TIFF cannot hold a picture of \(width) x \(height) x \(samples) samples")
        }
    }

    var pageCount: Int { outerShape.reduce(1, *) }
    /// Three or four samples are red, green, blue and perhaps alpha.
    var isColour: Bool { samples == 3 || samples == 4 }
    var samplesPerChunkPixel: Int { isPlanar ? 1 : samples }

    /// Calls `body` with each page's pixels, in order.
    func forEachPage(of image: Image, _ body: (Int, SharedBytes) throws(ImageError) -> Void) throws(ImageError) {
        var index = [Int](repeating: 0, count: outerShape.count)
        for page in 0..<pageCount {
            let part = try asImageError { () throws(NDArrayError) in try image.pixels.sliced(index) }
            try body(page, part.bytes)
            for axis in index.indices.reversed() {
                index[axis] += 1
                if index[axis] < outerShape[axis] { break }
                index[axis] = 0
            }
        }
    }
}
