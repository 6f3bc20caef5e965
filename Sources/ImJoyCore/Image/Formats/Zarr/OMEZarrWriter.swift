/// Writes an image as OME-Zarr, or as a plain array where OME has no words for its axes.
struct OMEZarrWriter: Sendable {
    private let image: Image
    private let options: ZarrWriteOptions
    /// The axis of the image at each place of what is stored: time, channels, then space, as OME wants it.
    private let order: [Int]
    private let storedAxes: Axes
    private let isOME: Bool

    private static let space = "ZYX"

    /// - Parameter onlyOME: refuse axes that OME has no words for.
    init(_ image: Image, _ options: ZarrWriteOptions, onlyOME: Bool) throws(ImageError) {
        self.image = image
        self.options = options
        let letters = [Character](image.axes.letters)
        isOME = Self.isExpressible(letters)
        guard isOME || !onlyOME else {
            throw ImageError(
                .invalidArgument,
                "OME-Zarr has room for the axes T, one more such as C, and Z, Y, X, of which Y and X must be there, not for "
                    + "\"\(image.axes)\"; write a plain .zarr, or images of fewer axes")
        }
        func rank(_ letter: Character) -> Int {
            Self.space.firstIndex(of: letter).map { Self.space.distance(from: Self.space.startIndex, to: $0) + 2 }
                ?? (letter == "T" ? 0 : 1)
        }
        let plain = [Int](letters.indices)
        order = isOME ? plain.sorted { (rank(letters[$0]), $0) < (rank(letters[$1]), $1) } : plain
        storedAxes = Axes(unchecked: String(order.map { letters[$0] }))
        for shape in [options.chunkShape, options.shardShape] {
            guard let shape, shape.count != letters.count else { continue }
            throw ImageError(.invalidArgument, "chunks of \(shape) for an image of shape \(image.shape)")
        }
    }

    private static func isExpressible(_ letters: [Character]) -> Bool {
        let others = letters.filter { !"TZYX".contains($0) }
        return Set(letters).count == letters.count && others.count <= 1 && letters.contains("Y")
            && letters.contains("X")
    }

    // MARK: Arrays

    private func stored(_ shape: [Int]) -> [Int] { order.map { shape[$0] } }

    /// What the array of a level says.
    private func metadata(_ shape: [Int], attributes: ManifestObject = ManifestObject()) -> ZarrMetadata {
        let side = ZarrWriteOptions.usualSide
        let usual = shape.indices.map { axis in
            isOME ? (axis < shape.count - 2 ? 1 : side) : Self.plainChunk(axis, shape)
        }
        let wanted = options.chunkShape.map(stored) ?? usual
        let chunk = zip(wanted, shape).map { options.shardShape == nil ? min($0, max($1, 1)) : $0 }
        let isNew = options.version == .v0_5
        let codecs = [.bytes(.little)] + options.packing
        var metadata = ZarrMetadata(
            shape: shape, dtype: image.dtype, chunkShape: chunk, version: isNew ? .v3 : .v2, codecs: codecs,
            separator: .slash, dimensionNames: axes.map(\.name), attributes: attributes)
        if let shard = options.shardShape.map(stored), isNew {
            metadata.chunkShape = shard
            metadata.codecs = [.sharding(ZarrSharding(chunkShape: chunk, codecs: codecs))]
        }
        return metadata
    }

    /// Arrays of any axes: about a megabyte of elements, the last axes whole.
    private static func plainChunk(_ axis: Int, _ shape: [Int]) -> Int {
        var room = 1 << 18
        for length in shape[(axis + 1)...] { room = max(room / max(length, 1), 1) }
        return min(room, max(shape[axis], 1))
    }

    /// Writes everything into a store where nothing is yet.
    func write(to store: any ZarrBlockingStore) throws(ImageError) {
        let pixels = image.pixels.with(
            try asImageError { () throws(NDArrayError) in try image.pixels.layout.permuted(order) })
        guard isOME else {
            let attributes = ZarrJSON.object([("imjoy", notes.json.map { ManifestValue($0) })])
            return try write(pixels, metadata(pixels.shape, attributes: attributes), "", store)
        }
        var level = pixels
        var shapes = [pixels.shape]
        try write(level, metadata(level.shape), "0", store)
        while options.downsampling != .none, level.shape.suffix(2).max() ?? 0 > max(options.coarsest, 1) {
            level = try ImageHalving.halved(level, mean: options.downsampling == .mean)
            try write(level, metadata(level.shape), String(shapes.count), store)
            shapes.append(level.shape)
        }
        // The group comes last: nobody takes an unfinished folder for an image.
        for file in ZarrNode.groupFiles(options.version == .v0_5 ? .v3 : .v2, attributes(shapes)) {
            try store.writeNow(file.bytes, to: file.name)
        }
    }

    private func write(
        _ pixels: AnyNDArray, _ metadata: ZarrMetadata, _ path: String, _ store: any ZarrBlockingStore
    ) throws(ImageError) {
        let limits = ImageLimits(decodedBytes: .max)
        try metadata.check(limits)
        for file in try metadata.files() { try store.writeNow(file.bytes, to: ZarrKey.join(path, file.name)) }
        let origin = pixels.shape.map { _ in 0 }
        try ZarrRegionWrite.step(metadata, path: path, pixels, at: origin, isFresh: true, limits).run(on: store)
    }

    // MARK: Metadata

    /// What OME has no room for.
    private var notes: ZarrImageNotes {
        var notes = ZarrImageNotes()
        notes.metadata = image.metadata
        let found = OMEZarrAxis.letters(axes)
        if found != image.axes {
            notes.axes = image.axes.letters
            notes.storedAxes = found.letters
            notes.order = order.indices.map { place in order.firstIndex(of: place) ?? place }
        }
        if !isOME { (notes.channelNames, notes.pixelSize) = (image.channelNames, image.pixelSize) }
        return notes
    }

    private var axes: [OMEZarrAxis] {
        storedAxes.letters.map { letter in
            let unit = size(letter) == nil ? nil : "micrometer"
            return switch letter {
            case "T": OMEZarrAxis(name: "t", type: "time", unit: nil)
            case "C": OMEZarrAxis(name: "c", type: "channel", unit: nil)
            case "S" where isOME: OMEZarrAxis(name: "c", type: "channel", unit: nil)
            case "Z", "Y", "X": OMEZarrAxis(name: letter.lowercased(), type: "space", unit: unit)
            default: OMEZarrAxis(name: letter.lowercased(), type: nil, unit: nil)
            }
        }
    }

    private func size(_ letter: Character) -> Double? {
        let size: Double? =
            switch letter {
            case "X": image.pixelSize?.x
            case "Y": image.pixelSize?.y
            case "Z": image.pixelSize?.z
            default: nil
            }
        return size.flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
    }

    private func attributes(_ shapes: [[Int]]) -> ManifestObject {
        let isNew = options.version == .v0_5
        let version = ManifestValue(options.version.rawValue)
        let method = options.downsampling == .mean ? "mean of 2 x 2 pixels" : "every second pixel"
        let multiscale = ZarrJSON.object([
            ("version", isNew ? nil : version),
            ("name", image.metadata["name"].map { ManifestValue($0) }),
            ("axes", ManifestValue(axes.map(Self.json))),
            ("datasets", ManifestValue(shapes.indices.map { dataset($0) })),
            ("type", shapes.count > 1 ? ManifestValue(method) : nil),
        ])
        let ome = ZarrJSON.object([
            ("version", isNew ? version : nil), ("multiscales", [ManifestValue(multiscale)]), ("omero", omero),
        ])
        var attributes = isNew ? ZarrJSON.object([("ome", ManifestValue(ome))]) : ome
        attributes["imjoy"] = notes.json.map { ManifestValue($0) }
        return attributes
    }

    private static func json(_ axis: OMEZarrAxis) -> ManifestValue {
        ManifestValue(
            ZarrJSON.object([
                ("name", ManifestValue(axis.name)), ("type", axis.type.map { ManifestValue($0) }),
                ("unit", axis.unit.map { ManifestValue($0) }),
            ]))
    }

    private func dataset(_ level: Int) -> ManifestValue {
        let factor = Double(1 << level)
        let isMean = options.downsampling == .mean && image.dtype != .bool && !image.dtype.isComplex
        var scale: [ManifestValue] = []
        var shift: [ManifestValue] = []
        for letter in storedAxes.letters {
            let step = size(letter) ?? 1
            let isHalved = letter == "Y" || letter == "X"
            scale.append(ManifestValue(isHalved ? step * factor : step))
            // The middle of the first mean lies between the pixels that it is made of.
            shift.append(ManifestValue(isHalved && isMean ? step * (factor - 1) / 2 : 0.0))
        }
        var steps: [ManifestValue] = [["type": "scale", "scale": ManifestValue(scale)]]
        if level > 0, isMean { steps.append(["type": "translation", "translation": ManifestValue(shift)]) }
        return ["path": ManifestValue(String(level)), "coordinateTransformations": ManifestValue(steps)]
    }

    /// Names of channels with colours and the range of the type, which viewers want with them.
    private var omero: ManifestValue? {
        guard !image.channelNames.isEmpty else { return nil }
        let isColour = image.axes.contains("S")
        let colours = isColour ? ["FF0000", "00FF00", "0000FF", "FFFFFF"] : Self.colours
        let most: Double =
            image.dtype.isInteger ? pow2(image.dtype.byteCount * 8 - (image.dtype.isSigned ? 1 : 0)) - 1 : 1
        let channels = image.channelNames.enumerated().map { index, name -> ManifestValue in
            [
                "label": ManifestValue(name), "color": ManifestValue(colours[index % colours.count]), "active": true,
                "window": ["min": 0.0, "max": ManifestValue(most), "start": 0.0, "end": ManifestValue(most)],
            ]
        }
        return ["channels": ManifestValue(channels)]
    }

    private static let colours = ["00FF00", "FF00FF", "00FFFF", "FFFF00", "FF0000", "0000FF", "FFFFFF"]

    private func pow2(_ bits: Int) -> Double { Double(sign: .plus, exponent: bits, significand: 1) }
}
