internal import SystemPackage

/// Writes TIFF through libtiff: the last axes are the picture, all others become pages in row-major order.
///
/// Stacks that ImageJ understands (uint8, uint16, float32 or 8-bit RGB over `TZC` axes) carry its description, all
/// others tifffile's, so shape, axes and pixel size come back from both. `bool` is written as uint8 of 0 and 1.
struct TIFFWriter {
    private let image: Image
    private let options: ImageWriteOptions
    private let plan: TIFFPagePlan

    init(_ image: Image, _ options: ImageWriteOptions) throws(ImageError) {
        self.image = image
        self.options = options
        plan = try TIFFPagePlan(image)
        if let tile = options.tileSize, tile <= 0 || !tile.isMultiple(of: 16) || tile > 1 << 14 {
            throw ImageError(
                .invalidArgument, "tiles of \(tile) pixels; the side must be a multiple of 16, at most 16384")
        }
    }

    /// Offsets have 32 bits; the rest is room for directories and for pixels that grow when packed.
    private func isBig() throws(ImageError) -> Bool {
        let margin = 32 << 20 + image.pixels.byteCount / 64 + plan.pageCount * 1024
        let needsBig = image.pixels.byteCount + margin >= 1 << 32
        guard options.isBigTIFF != false || !needsBig else {
            throw ImageError(
                .invalidArgument, "\(image.pixels.byteCount) bytes of pixels need BigTIFF, which was switched off")
        }
        return options.isBigTIFF ?? needsBig
    }

    func write(to sink: inout ImageSink) throws(ImageError) {
        switch sink {
        case .file(let file):
            _ = try write(descriptor: file.descriptor.rawValue)
        case .memory:
            sink = .memory(try write(descriptor: nil))
        }
    }

    private func write(descriptor: Int32?) throws(ImageError) -> SharedBytes {
        let handle = try TIFFHandle(writingTo: descriptor, byteOrder: options.byteOrder, isBig: isBig())
        var index = [Int](repeating: 0, count: plan.outerShape.count)
        for page in 0..<plan.pageCount {
            let part = try asImageError { () throws(NDArrayError) in try image.pixels.sliced(index) }
            setTags(handle, isFirst: page == 0)
            var encoder = TIFFPageEncoder(plan, options)
            guard encoder.write(part.bytes, dtype: image.dtype, to: handle), handle.writeDirectory() else {
                throw failure(handle, page)
            }
            for axis in index.indices.reversed() {
                index[axis] += 1
                if index[axis] < plan.outerShape[axis] { break }
                index[axis] = 0
            }
        }
        return descriptor == nil ? handle.written() : .empty
    }

    private func failure(_ handle: borrowing TIFFHandle, _ page: Int) -> ImageError {
        if let code = handle.writeErrno {
            return ImageError(.system, "the page cannot be written: \(Errno(rawValue: code))", page: page)
        }
        return handle.error(.system, "the page cannot be written", page: page)
    }

    private func setTags(_ handle: borrowing TIFFHandle, isFirst: Bool) {
        let dtype = image.dtype
        handle.set(.imageWidth, number32: plan.width)
        handle.set(.imageLength, number32: plan.height)
        handle.set(.bitsPerSample, number16: dtype.byteCount * 8)
        handle.set(.samplesPerPixel, number16: plan.samples)
        handle.set(.sampleFormat, number16: dtype.isComplex ? 6 : dtype.isFloatingPoint ? 3 : dtype.isSigned ? 2 : 1)
        handle.set(.photometricInterpretation, number16: plan.isColour ? 2 : 1)
        handle.set(.planarConfiguration, number16: plan.isPlanar ? 2 : 1)
        let extra = plan.samples - (plan.isColour ? 3 : 1)
        if extra > 0 {
            // 2: alpha that the colours are not multiplied with, 0: something else.
            let hasAlpha = plan.samples == 4 || plan.samples == 2
            handle.set(.extraSamples, numbers16: [hasAlpha ? 2 : 0] + [UInt16](repeating: 0, count: extra - 1))
        }
        setCompression(handle)
        if let tile = options.tileSize {
            handle.set(.tileWidth, number32: tile)
            handle.set(.tileLength, number32: tile)
        } else {
            handle.set(.rowsPerStrip, number32: plan.rowsPerStrip(image.dtype))
        }
        if isFirst { setTexts(handle) }
        setResolution(handle)
    }

    private func setCompression(_ handle: borrowing TIFFHandle) {
        let value =
            switch options.compression {
            case .none: TIFFCompression.none
            case .lzw: TIFFCompression.lzw
            case .deflate: TIFFCompression.adobeDeflate
            case .packbits: TIFFCompression.packbits
            }
        handle.set(.compression, number16: Int(value))
        let isPacked = options.compression == .lzw || options.compression == .deflate
        // libtiff 4.5 swaps the bytes of floats before it takes them apart, which spoils them in the other byte order.
        let canPredict = image.dtype.isFloatingPoint ? options.byteOrder == .native : !image.dtype.isComplex
        if options.usesPredictor, isPacked, canPredict {
            handle.set(.predictor, number16: image.dtype.isFloatingPoint ? 3 : 2)
        }
    }

    private func setTexts(_ handle: borrowing TIFFHandle) {
        handle.set(.imageDescription, text: isForImageJ ? imageJ.encoded : shaped.encoded)
        handle.set(.software, text: image.metadata["software"] ?? "ImJoy")
        for tag in [TIFFTag.dateTime, .artist, .make, .model, .copyright] {
            if let text = image.metadata["\(tag)"] { handle.set(tag, text: text) }
        }
    }

    private func setResolution(_ handle: borrowing TIFFHandle) {
        guard let x = image.pixelSize?.x, let y = image.pixelSize?.y else { return }
        // ImageJ counts pixels per its own unit, everybody else per centimetre.
        let unit = isForImageJ ? 1 : 10_000.0
        handle.set(.xResolution, fraction: unit / x)
        handle.set(.yResolution, fraction: unit / y)
        handle.set(.resolutionUnit, number16: isForImageJ ? 1 : 3)
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

    /// ImageJ's description has no room for texts, names and axes of length one, and ImageJ reads no tiles.
    private var isForImageJ: Bool {
        let isKnownType = [.uint8, .uint16, .float32].contains(image.dtype)
        let isKnownColour = plan.samples == 1 || (plan.samples == 3 && !plan.isPlanar && image.dtype == .uint8)
        let leading = image.axes.letters.prefix(plan.outerShape.count)
        let isInOrder = String("TZC".filter(leading.contains)) == leading
        let hasSize = image.pixelSize.map { $0.x != nil && $0.y != nil } ?? true
        let isWorthIt = !leading.isEmpty || image.pixelSize != nil
        return isKnownType && isKnownColour && isInOrder && hasSize && isWorthIt && !plan.outerShape.contains(1)
            && image.axes.letters.hasSuffix(plan.samples == 1 ? "YX" : "YXS") && options.tileSize == nil
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
}
