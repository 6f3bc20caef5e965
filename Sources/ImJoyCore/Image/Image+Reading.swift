public import SystemPackage

extension Image {
    /// Reads the image in the file at `path`.
    ///
    /// The format is found by content, then by file name; a folder is read as Zarr, at its finest level. A file with
    /// pages of several kinds gives the first kind, as `tifffile.imread` does; ``ImageInfo/notes`` says what was left out. Throws ``ImageError`` with one line naming
    /// the file and, where they apply, page, tag and sizes. Memory is taken only after the sizes have been checked.
    public init(contentsOf path: FilePath, limits: ImageLimits = .default) throws(ImageError) {
        if let image = try ZarrImageFolder.image(contentsOf: path, limits: limits) {
            self = image
        } else {
            try self.init(EncodedImage(contentsOf: path, limits: limits), format: nil)
        }
    }

    /// Reads the image in `bytes`; the format is found by content when it is not given.
    public init(
        decoding bytes: SharedBytes, format: ImageFormat? = nil, limits: ImageLimits = .default
    ) throws(ImageError) {
        try self.init(EncodedImage(bytes, limits: limits), format: format)
    }

    private init(_ source: EncodedImage, format: ImageFormat?) throws(ImageError) {
        do {
            let decoder = try source.open(as: format)
            let info = decoder.info
            try self.init(
                decoder.decode(), axes: info.axes, pixelSize: info.pixelSize, channelNames: info.channelNames,
                metadata: info.metadata)
        } catch {
            throw error.naming(source.file)
        }
    }
}

extension ImageInfo {
    /// Reads what the file at `path` says about its image; pixels are neither decoded nor given memory.
    ///
    /// Throws ``ImageError`` for the same files as ``Image/init(contentsOf:limits:)``, except for damage inside the
    /// pixels.
    public init(contentsOf path: FilePath, limits: ImageLimits = .default) throws(ImageError) {
        if let reader = try ZarrImageFolder.reader(contentsOf: path, limits: limits) {
            self = reader.info
            return
        }
        let source = try EncodedImage(contentsOf: path, limits: limits)
        do { self = try source.open(as: nil).info } catch { throw error.naming(path) }
    }

    /// Reads what `bytes` say about their image; the format is found by content when it is not given.
    public init(
        decoding bytes: SharedBytes, format: ImageFormat? = nil, limits: ImageLimits = .default
    ) throws(ImageError) {
        self = try EncodedImage(bytes, limits: limits).open(as: format).info
    }
}

extension EncodedImage {
    func open(as format: ImageFormat?) throws(ImageError) -> any ImageDecoder {
        guard !bytes.isEmpty else { throw ImageError(.truncated, "the file is empty") }
        if let format = format ?? ImageFormat.detect(bytes) { return try format.open(self) }
        if let named = file?.extension.flatMap(ImageFormat.named) { return try named.open(self) }
        let start = (0..<min(bytes.count, 8)).map { index in
            let digits = String(bytes[index], radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined(separator: " ")
        let known = ImageFormat.all.map { $0.name.uppercased() }.joined(separator: ", ")
        throw ImageError(
            .unknownFormat, "the bytes are no image of a known format (\(known)); they start with \(start)")
    }
}
