/// Reads parts of a TIFF at its resolutions: the image, then the copies below its pages or among them.
struct TIFFRegionReader: ImageRegionReader {
    let info: ImageInfo
    let levels: [ImageSource.Level]
    private let reader: TIFFReader
    private let places: [TIFFLevel]

    init(_ reader: TIFFReader) {
        self.reader = reader
        var info = reader.info
        var places = [reader.level]
        let below = Self.copiesBelow(reader, notes: &info.notes)
        places += below.isEmpty ? reader.reducedPages : below
        self.places = places
        self.info = info
        levels = places.map { Self.level($0, reader) }
    }

    /// The reduced copies that the first plane's page names; those that are no such copies are left out with a note.
    private static func copiesBelow(_ reader: TIFFReader, notes: inout [String]) -> [TIFFLevel] {
        guard !reader.series.isVirtual, case let index?? = reader.series.planes.first, let page = reader.pages[index]
        else { return [] }
        let offsets = reader.chain.reducedCopies(ofDirectoryAt: page.offset)
        guard !offsets.isEmpty else { return [] }
        var levels: [TIFFLevel] = []
        do throws(ImageError) {
            let handle = try TIFFHandle(reading: reader.source.bytes)
            for (number, offset) in offsets.enumerated() {
                // A list that names a page again would give it a second time.
                guard !offsets[..<number].contains(offset) else { continue }
                let copy = try reader.copy(at: offset, of: index, handle)
                guard TIFFLevel.isCopy(copy, of: levels.last?.first ?? page) else {
                    notes.append("\(copy.summary) below page \(index) is no reduced copy of it and was left out")
                    continue
                }
                levels.append(TIFFLevel(first: copy, place: .below(number)))
            }
        } catch {
            notes.append("\(error) (this reduced copy and those behind it were left out)")
        }
        return levels
    }

    private static func level(_ level: TIFFLevel, _ reader: TIFFReader) -> ImageSource.Level {
        let (whole, page) = (reader.first, level.first)
        var shape = reader.info.shape
        var chunk = [Int](repeating: 1, count: shape.count)
        let axes = TIFFSeries.imageAxes(of: whole.shape, in: shape)
        let chunkLengths =
            page.shape.count == 2
            ? [page.kind.chunkHeight, page.kind.chunkWidth]
            : page.kind.isPlanar
                ? [1, page.kind.chunkHeight, page.kind.chunkWidth]
                : [page.kind.chunkHeight, page.kind.chunkWidth, page.kind.samplesPerPixel]
        for (number, axis) in axes.enumerated() {
            guard let axis else { continue }
            shape[axis] = page.shape[number]
            chunk[axis] = min(chunkLengths[number], page.shape[number])
        }
        let (across, down) = (
            Double(whole.kind.width) / Double(page.kind.width), Double(whole.kind.height) / Double(page.kind.height)
        )
        let size = reader.info.pixelSize.map { size in
            PixelSize(x: size.x.map { $0 * across }, y: size.y.map { $0 * down }, z: size.z)
        }
        return ImageSource.Level(shape: shape, pixelSize: size, chunkShape: chunk)
    }

    func pixels(in region: [Range<Int>], level: Int) async throws(ImageError) -> AnyNDArray {
        do throws(ImageError) { return try read(region, level) } catch { throw error.naming(reader.source.file) }
    }

    private func read(_ region: [Range<Int>], _ level: Int) throws(ImageError) -> AnyNDArray {
        let (place, shape) = (places[level], levels[level].shape)
        var ranges = region
        // Samples that lie side by side are decoded together.
        let sampleAxis =
            place.first.shape.count == 3 && !place.first.kind.isPlanar
            ? TIFFSeries.imageAxes(of: reader.first.shape, in: reader.info.shape)[2] : nil
        if let sampleAxis, !ranges[sampleAxis].isEmpty { ranges[sampleAxis] = 0..<shape[sampleAxis] }
        let lengths = ranges.map(\.count)
        let count = try asImageError { () throws(NDArrayError) in try Layout.elementCount(of: lengths) }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: info.dtype.byteCount)
        let limit = reader.source.limits.decodedBytes
        guard !overflow, bytes <= limit else {
            throw ImageError(
                .tooLarge,
                "a region of shape \(lengths), \(info.dtype), takes \(overflow ? "over 2^63" : "\(bytes)") bytes, "
                    + "the limit is \(limit)")
        }
        guard let box = TIFFRegion(ranges, of: shape, page: place.first) else {
            return try asImageError { () throws(NDArrayError) in
                try AnyNDArray(sharing: .empty, dtype: info.dtype, shape: region.map(\.count))
            }
        }
        defer { reader.source.forgetPages() }
        let pixels = try reader.decode(box, of: place, shape: lengths)
        guard let sampleAxis, region[sampleAxis] != ranges[sampleAxis] else { return pixels }
        return try asImageError { () throws(NDArrayError) in
            var selectors: [any AxisSelector] = lengths.map { 0..<$0 }
            selectors[sampleAxis] = region[sampleAxis]
            let part = try pixels.sliced(selectors)
            return try AnyNDArray(sharing: part.bytes, dtype: info.dtype, shape: part.shape)
        }
    }
}

/// Reads parts of a file that is decoded as a whole; arrays that lie in the file as they are are only mapped.
struct WholeImageReader: ImageRegionReader {
    let info: ImageInfo
    let levels: [ImageSource.Level]
    private let source: EncodedImage

    init(_ source: EncodedImage, info: ImageInfo) {
        self.source = source
        self.info = info
        levels = [ImageSource.Level(shape: info.shape, pixelSize: info.pixelSize, chunkShape: info.shape)]
    }

    func pixels(in region: [Range<Int>], level: Int) async throws(ImageError) -> AnyNDArray {
        do throws(ImageError) {
            let whole = try source.open(as: info.format).decode()
            return try asImageError { () throws(NDArrayError) in
                let part = try whole.sliced(region.map { $0 as any AxisSelector })
                return try AnyNDArray(sharing: part.bytes, dtype: info.dtype, shape: part.shape)
            }
        } catch {
            throw error.naming(source.file)
        }
    }
}
