/// Writes TIFF: the last axes are the picture, all others become pages in row-major order.
///
/// Unpacked strips are laid down by ``TIFFPlainWriter``, everything else goes through libtiff. Stacks that ImageJ
/// understands (unpacked uint8, uint16, float32 or 8-bit RGB over `TZC` axes) carry its description, all others
/// tifffile's, so shape, axes and pixel size come back from both. `bool` is written as uint8 of 0 and 1.
struct TIFFWriter {
    let image: Image
    let options: ImageWriteOptions
    let plan: TIFFPagePlan
    let isBig: Bool

    init(_ image: Image, _ options: ImageWriteOptions) throws(ImageError) {
        self.image = image
        self.options = options
        plan = try TIFFPagePlan(image)
        if let tile = options.tileSize, tile <= 0 || !tile.isMultiple(of: 16) || tile > 1 << 14 {
            throw ImageError(
                .invalidArgument, "tiles of \(tile) pixels; the side must be a multiple of 16, at most 16384")
        }
        // Offsets have 32 bits; the rest is room for directories and for pixels that grow when packed.
        let margin = 32 << 20 + image.pixels.byteCount / 64 + plan.pageCount * 1024
        let needsBig = image.pixels.byteCount + margin >= 1 << 32
        guard options.isBigTIFF != false || !needsBig else {
            throw ImageError(
                .invalidArgument, "\(image.pixels.byteCount) bytes of pixels need BigTIFF, which was switched off")
        }
        isBig = options.isBigTIFF ?? needsBig
    }

    func write(to sink: inout ImageSink) throws(ImageError) {
        if isPlain {
            try TIFFPlainWriter(self).write(to: &sink)
        } else {
            try TIFFPackedWriter(self).write(to: &sink)
        }
    }

    private var isPlain: Bool { options.compression == .none && options.tileSize == nil }

    // MARK: What both kinds of file say

    /// Tags with small numbers that are the same for every page.
    var numbers: [(tag: TIFFTag, value: Int)] {
        let dtype = image.dtype
        return [
            (.bitsPerSample, dtype.byteCount * 8), (.photometricInterpretation, plan.isColour ? 2 : 1),
            (.samplesPerPixel, plan.samples), (.planarConfiguration, plan.isPlanar ? 2 : 1),
            (.sampleFormat, dtype.isComplex ? 6 : dtype.isFloatingPoint ? 3 : dtype.isSigned ? 2 : 1),
        ]
    }

    /// What the samples beyond grey or red, green and blue are: 2 for alpha that colours are not multiplied with, 0
    /// for others.
    var extraSamples: [UInt16] {
        let count = plan.samples - (plan.isColour ? 3 : 1)
        guard count > 0 else { return [] }
        return [plan.samples == 4 || plan.samples == 2 ? 2 : 0] + [UInt16](repeating: 0, count: count - 1)
    }

    /// Texts of the first page.
    var texts: [(tag: TIFFTag, value: String)] {
        var texts: [(TIFFTag, String)] = [
            (.imageDescription, isForImageJ ? imageJ.encoded : shaped.encoded),
            (.software, image.metadata["software"] ?? "ImJoy"),
        ]
        for tag in [TIFFTag.dateTime, .artist, .make, .model, .copyright] {
            if let text = image.metadata["\(tag)"] { texts.append((tag, text)) }
        }
        return texts
    }

    /// Pixels per unit across and down; ImageJ counts in its own unit (1), everybody else in centimetres (3).
    var resolution: (x: Double, y: Double, unit: Int)? {
        guard let x = image.pixelSize?.x, let y = image.pixelSize?.y else { return nil }
        return isForImageJ ? (1 / x, 1 / y, 1) : (10_000 / x, 10_000 / y, 3)
    }

    private var shaped: ShapedMetadata {
        var metadata = ShapedMetadata(shape: image.shape, axes: image.axes)
        metadata.pixelSize = image.pixelSize
        metadata.channelNames = image.channelNames
        metadata.description = image.metadata["description"]
        return metadata
    }

    private var imageJ: ImageJMetadata {
        var metadata = ImageJMetadata()
        metadata.images = plan.pageCount
        metadata.frames = image.length(of: "T") ?? 1
        metadata.slices = image.length(of: "Z") ?? 1
        metadata.channels = image.length(of: "C") ?? 1
        if let size = image.pixelSize {
            metadata.unit = "um"
            metadata.spacing = size.z
        }
        return metadata
    }

    /// ImageJ reads a stack as one run of unpacked pixels; its description has no room for texts, names and axes of
    /// length one.
    private var isForImageJ: Bool {
        let isKnownType = [.uint8, .uint16, .float32].contains(image.dtype)
        let isKnownColour = plan.samples == 1 || (plan.samples == 3 && !plan.isPlanar && image.dtype == .uint8)
        let leading = image.axes.letters.prefix(plan.outerShape.count)
        let isInOrder = String("TZC".filter(leading.contains)) == leading
        let hasSize = image.pixelSize.map { $0.x != nil && $0.y != nil } ?? true
        let isWorthIt = !leading.isEmpty || image.pixelSize != nil
        return isPlain && !isBig && isKnownType && isKnownColour && isInOrder && hasSize && isWorthIt
            && !plan.outerShape.contains(1) && image.axes.letters.hasSuffix(plan.samples == 1 ? "YX" : "YXS")
            && image.channelNames.isEmpty && image.metadata["description"] == nil
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

    /// Rows for strips of about 256 KiB.
    func rowsPerStrip(_ dtype: DType) -> Int {
        min(max((256 << 10) / (width * samplesPerChunkPixel * dtype.byteCount), 1), height)
    }

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
