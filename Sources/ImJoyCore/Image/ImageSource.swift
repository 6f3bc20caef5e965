public import SystemPackage

/// An image that is read piece by piece: a file larger than memory, a pyramid of resolutions, an array on a server.
///
/// ```swift
/// let slide = try ImageSource(contentsOf: "slide.ome.tif")
/// let overview = try await slide.image(level: slide.levels.count - 1)
/// let detail = try await slide.image(["Y": 4096..<5120, "X": 8192..<9216])
/// print(slide.info.axes, slide.levels.map(\.shape), overview, detail)
/// ```
///
/// Opening reads what the file says about itself. Reading takes the strips, tiles or chunks that a region touches, and
/// memory for the region and a few of those.
public struct ImageSource: Sendable {
    /// One resolution of an image.
    public struct Level: Sendable, Hashable {
        /// The length of each axis.
        public let shape: [Int]
        /// Micrometres from pixel to pixel; nil when unknown.
        public let pixelSize: PixelSize?
        /// The block of pixels that is decoded at once, one length per axis: a strip, a tile, a chunk.
        public let chunkShape: [Int]

        package init(shape: [Int], pixelSize: PixelSize?, chunkShape: [Int]) {
            self.shape = shape
            self.pixelSize = pixelSize
            self.chunkShape = chunkShape
        }
    }

    let reader: any ImageRegionReader

    package init(_ reader: any ImageRegionReader) { self.reader = reader }

    /// Opens the image in the file at `path`; pixels are read when they are asked for.
    ///
    /// TIFF gives its parts and its reduced copies (those below its pages and those among them), a folder of Zarr its
    /// chunks and levels. Arrays of NumPy are mapped; PNG and JPEG are decoded whole for each region. ``ImageLimits/decodedBytes`` holds for each region, not for the image.
    /// Throws ``ImageError`` as ``ImageInfo/init(contentsOf:limits:)`` does.
    public init(contentsOf path: FilePath, limits: ImageLimits = .default) throws(ImageError) {
        if let reader = try ZarrImageFolder.reader(contentsOf: path, limits: limits) {
            self.init(reader)
            return
        }
        let source = try EncodedImage(contentsOf: path, limits: limits)
        do throws(ImageError) { try self.init(source, format: nil) } catch { throw error.naming(path) }
    }

    /// Opens the image in `bytes`; the format is found by content when it is not given.
    public init(
        decoding bytes: SharedBytes, format: ImageFormat? = nil, limits: ImageLimits = .default
    ) throws(ImageError) {
        try self.init(EncodedImage(bytes, limits: limits), format: format)
    }

    private init(_ source: EncodedImage, format: ImageFormat?) throws(ImageError) {
        var source = source
        source.isReadInParts = true
        let decoder = try source.open(as: format)
        self.init(
            (decoder as? TIFFReader).map(TIFFRegionReader.init) ?? WholeImageReader(source, info: decoder.info))
    }

    /// What the file says about its image; the shape is that of the first level.
    public var info: ImageInfo { reader.info }

    /// The resolutions there are, the finest first; there is always one.
    public var levels: [Level] { reader.levels }

    /// The pixels of `region`, one range per axis in the order of the axes, at a resolution.
    ///
    /// Throws ``ImageError`` with code ``ImageError/Code/invalidArgument`` for a level that is not there and for ranges that
    /// lie outside, and what reading the file throws.
    public func pixels(in region: [Range<Int>], level: Int = 0) async throws(ImageError) -> AnyNDArray {
        let shape = try shape(ofLevel: level)
        guard region.count == shape.count else {
            throw ImageError(
                .invalidArgument, "\(region.count) ranges are given, the image has \(shape.count) axes, shape \(shape)")
        }
        for (axis, range) in region.enumerated() where range.lowerBound < 0 || range.upperBound > shape[axis] {
            throw ImageError(
                .invalidArgument,
                "\(range) is outside of axis \(axis), whose length is \(shape[axis]) at level \(level)")
        }
        return try await reader.pixels(in: region, level: level)
    }

    /// The image at a resolution, whole or cut to ranges along some axes, named by their letters.
    ///
    /// The ranges count pixels of that level. Throws as ``pixels(in:level:)`` does, and for letters that name no axis.
    public func image(_ ranges: [Character: Range<Int>] = [:], level: Int = 0) async throws(ImageError) -> Image {
        var region = try shape(ofLevel: level).map { 0..<$0 }
        for (letter, range) in ranges {
            guard let axis = info.axes.index(of: letter) else {
                throw ImageError(.invalidArgument, "there is no axis \(letter); the axes are \(info.axes)")
            }
            region[axis] = range
        }
        let pixels = try await pixels(in: region, level: level)
        var names = info.channelNames
        if let channels = info.axes.index(of: "C"), region[channels].upperBound <= names.count {
            names = Array(names[region[channels]])
        }
        return try Image(
            pixels, axes: info.axes, pixelSize: levels[level].pixelSize, channelNames: names, metadata: info.metadata)
    }

    private func shape(ofLevel level: Int) throws(ImageError) -> [Int] {
        guard levels.indices.contains(level) else {
            throw ImageError(.invalidArgument, "there is no level \(level); there are \(levels.count), counted from 0")
        }
        return levels[level].shape
    }
}

/// What reads regions of one kind of file. The caller has checked level and region.
package protocol ImageRegionReader: Sendable {
    var info: ImageInfo { get }
    var levels: [ImageSource.Level] { get }
    func pixels(in region: [Range<Int>], level: Int) async throws(ImageError) -> AnyNDArray
}
