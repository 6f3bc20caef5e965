/// The description of the first page: ImageJ's, OME's or tifffile's.
struct TIFFWords {
    let text: String
    let isForImageJ: Bool
    /// Channel names and a description have no room in ImageJ's own text.
    let labels: ImageJLabels?

    init(
        _ image: Image, _ plan: TIFFPagePlan, _ options: ImageWriteOptions, suitsImageJ: Bool, isBig: Bool
    ) throws(ImageError) {
        switch options.layout {
        case .ome:
            isForImageJ = false
            labels = nil
            text = try OMEMetadata.encoded(image, plan, options.byteOrder)
        case .imageJ:
            try Self.checkForImageJ(image, plan, suitsImageJ: suitsImageJ, isBig: isBig)
            isForImageJ = true
            labels = Self.labels(image, plan)
            text = Self.imageJ(image, plan).encoded
        case .automatic where suitsImageJ && !isBig && Self.fitsImageJ(image, plan):
            isForImageJ = true
            labels = Self.labels(image, plan)
            text = Self.imageJ(image, plan).encoded
        case .automatic, .plain:
            isForImageJ = false
            labels = nil
            text = Self.shaped(image).encoded
        }
    }

    private static func shaped(_ image: Image) -> ShapedMetadata {
        var metadata = ShapedMetadata(shape: image.shape, axes: image.axes)
        metadata.pixelSize = image.pixelSize
        metadata.channelNames = image.channelNames
        metadata.description = image.metadata["description"]
        return metadata
    }

    // MARK: ImageJ

    private static func imageJ(_ image: Image, _ plan: TIFFPagePlan) -> ImageJMetadata {
        var metadata = ImageJMetadata()
        metadata.images = plan.pageCount
        metadata.frames = image.length(of: "T") ?? 1
        metadata.slices = image.length(of: "Z") ?? 1
        metadata.channels = image.length(of: "C") ?? 1
        for name in ["finterval", "min", "max"] {
            if let number = image.metadata[name], Double(number) != nil { metadata.settings[name] = number }
        }
        if let size = image.pixelSize {
            // As ImageJ writes it.
            metadata.unit = "\\u00B5m"
            metadata.spacing = size.z
        }
        return metadata
    }

    /// ImageJ's description has no room for axes of length one, and its labels are names of channels only when they
    /// differ.
    private static func fitsImageJ(_ image: Image, _ plan: TIFFPagePlan) -> Bool {
        let leading = image.axes.letters.prefix(plan.outerShape.count)
        let isInOrder = String("TZC".filter(leading.contains)) == leading
        let hasSize = image.pixelSize.map { $0.x != nil && $0.y != nil } ?? true
        let isWorthIt = !leading.isEmpty || image.pixelSize != nil
        return isKnown(image, plan) && isInOrder && hasSize && isWorthIt
            && !plan.outerShape.contains(1) && image.axes.letters.hasSuffix(plan.samples == 1 ? "YX" : "YXS")
            && hasLabels(image)
    }

    /// Whether the names of channels come back from labels of planes.
    private static func hasLabels(_ image: Image) -> Bool {
        let names = image.channelNames
        return names.isEmpty
            || names.count == image.length(of: "C") && Set(names).count == names.count && !names.contains("")
    }

    private static func isKnown(_ image: Image, _ plan: TIFFPagePlan) -> Bool {
        [.uint8, .uint16, .float32].contains(image.dtype)
            && (plan.samples == 1 || (plan.samples == 3 && !plan.isPlanar && image.dtype == .uint8))
    }

    private static func checkForImageJ(
        _ image: Image, _ plan: TIFFPagePlan, suitsImageJ: Bool, isBig: Bool
    ) throws(ImageError) {
        guard isKnown(image, plan) || image.dtype == .bool else {
            throw ImageError(
                .unsupported,
                "ImageJ reads uint8, uint16, float32 and colours of 3 x uint8, not \(image.dtype) with \(plan.samples) "
                    + "samples; cast, or write with the layout .plain")
        }
        guard suitsImageJ else {
            throw ImageError(
                .unsupported,
                "ImageJ reads stacks that are not packed, or by LZW, deflate or PackBits, without predictor, tiles and "
                    + "pyramid; leave these out, or use another layout")
        }
        guard !isBig else {
            throw ImageError(
                .unsupported,
                "ImageJ reads no BigTIFF, and \(image.pixels.byteCount) bytes need one or it was asked for; "
                    + "write parts, or use another layout")
        }
        if let size = image.pixelSize, size.x == nil || size.y == nil {
            throw ImageError(.unsupported, "ImageJ knows the size of a pixel along both X and Y or not at all")
        }
    }

    /// The image with its axes in the order of ImageJ; those of length one without such a name are left out.
    static func inOrderOfImageJ(_ image: Image) throws(ImageError) -> Image {
        let letters = Array(image.axes.letters)
        let kept = letters.indices.filter { image.shape[$0] != 1 || "TZCYXS".contains(letters[$0]) }
        let names = kept.map { letters[$0] }
        guard Set(names).isSubset(of: "TZCYXS"), Set(names).count == names.count, names.contains("Y"),
            names.contains("X")
        else {
            throw ImageError(
                .invalidArgument,
                "an ImageJ hyperstack has the axes T, Z, C, Y, X and S, not \"\(image.axes)\"; give the image such axes"
            )
        }
        let order = "TZCYXS".compactMap { letter in names.firstIndex(of: letter) }
        let pixels = try asImageError { () throws(NDArrayError) in
            try image.pixels.reshaped(to: kept.map { image.shape[$0] }).permuted(order)
        }
        return try Image(
            pixels, axes: Axes(String(order.map { names[$0] })), pixelSize: image.pixelSize,
            channelNames: image.channelNames, metadata: image.metadata)
    }

    private static func labels(_ image: Image, _ plan: TIFFPagePlan) -> ImageJLabels {
        var labels = ImageJLabels()
        labels.info = image.metadata["description"]
        let channels = image.length(of: "C") ?? 1
        if image.channelNames.count == channels {
            // Channels are the fastest of the outer axes.
            labels.labels = (0..<plan.pageCount).map { image.channelNames[$0 % channels] }
        }
        return labels
    }
}
