/// What the attributes of a group say about a pyramid of images (OME-NGFF 0.1 to 0.5).
struct OMEZarrMetadata: Sendable {
    /// One resolution.
    struct Level: Sendable, Hashable {
        var path: String
        /// Steps along the axes, empty when unknown.
        var scale: [Double]
    }

    var axes: [OMEZarrAxis]?
    var levels: [Level]
    var name: String?
    var channelNames: [String]
    /// What we keep along for ourselves.
    var ours: ManifestObject?
    var notes: [String] = []

    /// More levels than any pyramid has.
    static let mostLevels = 64

    /// Nil when the attributes tell of no pyramid.
    init?(_ attributes: ManifestObject) throws(ImageError) {
        // Since 0.5 everything is one level deeper.
        let ome = attributes["ome"]?.object ?? attributes
        guard let all = ome["multiscales"]?.list else { return nil }
        guard let first = all.first?.object, let datasets = first["datasets"]?.list, !datasets.isEmpty else {
            throw ImageError(.malformed, "multiscales names no datasets")
        }
        guard datasets.count <= Self.mostLevels else {
            throw ImageError(.unsupported, "\(datasets.count) levels; at most \(Self.mostLevels) are read")
        }
        if all.count > 1 { notes.append("\(all.count - 1) more images in multiscales were left out") }
        axes = try Self.axes(first["axes"])
        let common = try Self.scale(first["coordinateTransformations"])
        levels = []
        for dataset in datasets {
            guard let path = dataset["path"]?.string else {
                throw ImageError(.malformed, "a dataset in multiscales has no path")
            }
            var scale = try Self.scale(dataset["coordinateTransformations"])
            if scale.isEmpty {
                scale = common
            } else if scale.count == common.count {
                scale = zip(scale, common).map { $0 * $1 }
            }
            levels.append(Level(path: ZarrKey.normal(path), scale: scale))
        }
        name = first["name"]?.string
        let channels = ome["omero"]?["channels"]?.list ?? []
        channelNames = channels.map { $0["label"]?.string ?? "" }
        if channelNames.allSatisfy(\.isEmpty) { channelNames = [] }
        ours = attributes["imjoy"]?.object
    }

    private static func axes(_ value: ManifestValue?) throws(ImageError) -> [OMEZarrAxis]? {
        guard let list = value?.list else { return nil }
        guard list.count <= ZarrMetadata.highestRank else { throw ImageError(.unsupported, "\(list.count) axes") }
        var axes: [OMEZarrAxis] = []
        for axis in list {
            // Version 0.3 had names only.
            guard let name = axis.string ?? axis["name"]?.string else {
                throw ImageError(.malformed, "an axis in multiscales has no name")
            }
            axes.append(OMEZarrAxis(name: name, type: axis["type"]?.string, unit: axis["unit"]?.string))
        }
        return axes
    }

    /// The product of the scales in a list of transformations; translations change no size.
    private static func scale(_ value: ManifestValue?) throws(ImageError) -> [Double] {
        var product: [Double] = []
        for step in value?.list ?? [] where step["type"]?.string == "scale" {
            let numbers = step["scale"]?.list?.compactMap(\.double) ?? []
            guard numbers.count <= ZarrMetadata.highestRank else {
                throw ImageError(.malformed, "a scale of too many axes")
            }
            product = product.count == numbers.count ? zip(product, numbers).map { $0 * $1 } : numbers
        }
        return product
    }
}

/// What OME-Zarr groups lead to when they hold no image themselves.
enum OMEZarrLayout {
    /// The path of the first image below, and what that leaves out; nil when the attributes say of none.
    static func firstImage(_ attributes: ManifestObject) -> (path: String, note: String)? {
        let ome = attributes["ome"]?.object ?? attributes
        if let wells = ome["plate"]?["wells"]?.list, let path = wells.first?["path"]?.string {
            return (path, "a plate of \(wells.count) wells; this is the first field of well \(path)")
        }
        if let images = ome["well"]?["images"]?.list, let path = images.first?["path"]?.string {
            return (path, "a well of \(images.count) fields; this is field \(path)")
        }
        if let series = ome["series"]?.list?.compactMap(\.string), let path = series.first {
            return (path, "a collection of \(series.count) images; this is image \(path)")
        }
        if ome["bioformats2raw.layout"] != nil {
            return ("0", "a collection of images; this is image 0")
        }
        return nil
    }

    /// The names in a group of label images.
    static func labels(_ attributes: ManifestObject) -> [String] {
        (attributes["ome"]?["labels"] ?? attributes["labels"])?.list?.compactMap(\.string) ?? []
    }
}
