/// An image in a Zarr store: the arrays of its levels and what is known about it.
struct ZarrImage: Sendable {
    let path: String
    let info: ImageInfo
    let levels: [ImageSource.Level]
    /// The path of each level's array and its metadata.
    private let arrays: [(path: String, metadata: ZarrMetadata)]
    /// The stored axis at each place of the image's axes.
    private let order: [Int]
    private let limits: ImageLimits

    /// Plates lead to wells, and those to images.
    private static let deepest = 4

    /// Finds the image at `path`: an array, a pyramid, or the first image of a plate or a collection.
    static func opening(_ path: String, _ limits: ImageLimits) throws(ImageError) -> ZarrStep<ZarrImage?> {
        try opening(ZarrKey.normal(path), limits, notes: [], depth: 0)
    }

    private static func opening(
        _ path: String, _ limits: ImageLimits, notes: [String], depth: Int
    ) throws(ImageError) -> ZarrStep<ZarrImage?> {
        try ZarrNode.opening(path, limits).then { (node) throws(ImageError) in
            switch node {
            case nil: return .done(nil)
            case .array(let metadata)?: return .done(try ZarrImage(array: metadata, path, limits, notes))
            case .group(let version, let attributes, let members)?:
                if let ome = try OMEZarrMetadata(attributes) { return try pyramid(ome, path, version, limits, notes) }
                let labels = OMEZarrLayout.labels(attributes)
                guard depth < deepest, let next = OMEZarrLayout.firstImage(attributes) else {
                    let names = labels.isEmpty ? members ?? [] : labels
                    throw ImageError(
                        .unsupported,
                        "the Zarr group \"\(path)\" holds no image itself; open an array or image in it by its path"
                            + (names.isEmpty ? "" : ": \(names.prefix(20).joined(separator: ", "))"))
                }
                return try opening(
                    ZarrKey.join(path, ZarrKey.normal(next.path)), limits, notes: notes + [next.note], depth: depth + 1
                ).then { (image) throws(ImageError) in
                    guard image != nil || depth > 0 else {
                        throw ImageError(.truncated, "there is no image at \"\(next.path)\"")
                    }
                    return .done(image)
                }
            }
        }
    }

    // MARK: Arrays

    private init(array: ZarrMetadata, _ path: String, _ limits: ImageLimits, _ notes: [String]) throws(ImageError) {
        var axes = Axes.conventional(rank: array.shape.count)
        if array.dimensionNames.contains(where: { $0 != nil }) {
            axes = OMEZarrAxis.letters(array.dimensionNames.map { OMEZarrAxis(name: $0 ?? "") })
        }
        try self.init(
            path, [(path, array)], axes, [[]], [], array.attributes["imjoy"]?.object, nil, limits, notes)
    }

    // MARK: Pyramids

    private static func pyramid(
        _ ome: OMEZarrMetadata, _ path: String, _ version: ZarrVersion, _ limits: ImageLimits, _ notes: [String]
    ) throws(ImageError) -> ZarrStep<ZarrImage?> {
        let paths = ome.levels.map { ZarrKey.join(path, $0.path) }
        return try ZarrNode.opening(paths, version, limits).then { (nodes) throws(ImageError) in
            var found: [(path: String, metadata: ZarrMetadata)] = []
            for (path, node) in zip(paths, nodes) {
                guard case .array(let metadata)? = node else { break }
                found.append((path, metadata))
            }
            guard !found.isEmpty else {
                throw ImageError(.truncated, "there is no array at \"\(paths[0])\", where the first level should be")
            }
            let arrays = found
            return try labels(path).then { (labels) throws(ImageError) in
                .done(try ZarrImage(ome, path, arrays, limits, notes + labels))
            }
        }
    }

    /// A note about label images beside the image.
    private static func labels(_ path: String) throws(ImageError) -> ZarrStep<[String]> {
        let folder = ZarrKey.join(path, "labels")
        return .read([
            ZarrRequest(key: ZarrKey.join(folder, "zarr.json"), limit: ZarrJSON.longest),
            ZarrRequest(key: ZarrKey.join(folder, ".zattrs"), limit: ZarrJSON.longest),
        ]) { (found) throws(ImageError) in
            guard let bytes = found[0] ?? found[1] else { return .done([]) }
            let json = try ZarrJSON.object(bytes, folder)
            let names = OMEZarrLayout.labels(found[0] == nil ? json : json["attributes"]?.object ?? ManifestObject())
            return .done(names.isEmpty ? [] : ["label images beside it: \(names.prefix(20).joined(separator: ", "))"])
        }
    }

    private init(
        _ ome: OMEZarrMetadata, _ path: String, _ found: [(path: String, metadata: ZarrMetadata)],
        _ limits: ImageLimits, _ notes: [String]
    ) throws(ImageError) {
        guard let first = found.first?.metadata else { throw ImageError(.truncated, "there is no level") }
        let rank = first.shape.count
        var notes = notes + ome.notes
        let named = ome.axes ?? (rank == 5 ? OMEZarrAxis.unnamed : [])
        guard named.isEmpty || named.count == rank else {
            throw ImageError(.malformed, "multiscales names \(named.count) axes, the array has shape \(first.shape)")
        }
        let fitting = found.prefix { $0.metadata.shape.count == rank && $0.metadata.dtype == first.dtype }
        if fitting.count < ome.levels.count {
            notes.append(
                "\(ome.levels.count - fitting.count) levels were left out: they are missing or of another kind")
        }
        let axes = named.isEmpty ? Axes.conventional(rank: rank) : OMEZarrAxis.letters(named)
        for (axis, letter) in zip(named, axes.letters) where "XYZ".contains(letter) && axis.unit == nil {
            let step = ome.levels[0].scale.first.map { _ in ome.levels[0].scale } ?? []
            guard let place = named.firstIndex(of: axis), step.indices.contains(place), step[place] != 1 else {
                continue
            }
            notes.append(
                "axis \(letter) has the scale \(step[place]) without a unit, which says nothing about its size")
        }
        try self.init(
            path, [(path: String, metadata: ZarrMetadata)](fitting), axes, ome.levels.map(\.scale), named, ome.ours,
            ome,
            limits, notes)
    }

    // MARK: Both

    private init(
        _ path: String, _ arrays: [(path: String, metadata: ZarrMetadata)], _ storedAxes: Axes, _ scales: [[Double]],
        _ named: [OMEZarrAxis], _ ours: ManifestObject?, _ ome: OMEZarrMetadata?, _ limits: ImageLimits,
        _ notes: [String]
    ) throws(ImageError) {
        let kept = ZarrImageNotes(ours)
        let (axes, order) = kept.axes(of: storedAxes)
        let first = arrays[0].metadata
        self.path = path
        self.arrays = arrays
        self.order = order
        self.limits = limits
        levels = zip(arrays, scales).map { array, scale in
            ImageSource.Level(
                shape: order.map { array.metadata.shape[$0] },
                pixelSize: ome == nil ? kept.pixelSize : PixelSize(named, steps: scale),
                chunkShape: order.map { array.metadata.readingChunkShape[$0] })
        }
        var info = ImageInfo(
            format: .zarr, shape: order.map { first.shape[$0] }, dtype: first.dtype, axes: axes,
            pixelSize: levels[0].pixelSize, byteOrder: first.byteOrder, bitsPerSample: first.dtype.byteCount * 8)
        info.channelNames = ome?.channelNames ?? kept.channelNames
        if let channels = axes.index(of: "C") ?? axes.index(of: "S") {
            if info.channelNames.count > info.shape[channels] {
                info.channelNames.removeLast(info.channelNames.count - info.shape[channels])
            }
        }
        info.metadata = kept.metadata
        if let name = ome?.name, !name.isEmpty { info.metadata["name"] = info.metadata["name"] ?? name }
        info.compression = first.compressionName
        info.isTiled = true
        info.notes = notes
        self.info = info
    }

    /// The pixels of a region at a level, both in the order of the image's axes.
    func pixels(in region: [Range<Int>], level: Int) throws(ImageError) -> ZarrStep<AnyNDArray> {
        var stored = region
        for (place, axis) in order.enumerated() { stored[axis] = region[place] }
        let order = order
        return try ZarrRegionRead.step(arrays[level].metadata, path: arrays[level].path, stored, limits).then {
            (pixels) throws(ImageError) in
            guard order != [Int](order.indices) else { return .done(pixels) }
            return .done(pixels.with(try asImageError { () throws(NDArrayError) in try pixels.layout.permuted(order) }))
        }
    }

    /// All pixels of the finest level.
    func allPixels() throws(ImageError) -> ZarrStep<AnyNDArray> { try pixels(in: info.shape.map { 0..<$0 }, level: 0) }
}
