/// What we write beside OME's metadata under the name `imjoy`, since OME has no room for it: the order of the image's axes
/// and its texts. Other readers pass over it, and we believe it only as far as it fits.
struct ZarrImageNotes: Sendable {
    /// The letters of the image's axes.
    var axes = ""
    /// The letters that a reader finds for the stored axes.
    var storedAxes = ""
    /// The stored axis at each place of the image.
    var order: [Int] = []
    var metadata: [String: String] = [:]
    /// For arrays without OME's metadata.
    var channelNames: [String] = []
    var pixelSize: PixelSize?

    init() {}

    init(_ object: ManifestObject?) {
        guard let object else { return }
        axes = object["axes"]?.string ?? ""
        storedAxes = object["storedAxes"]?.string ?? ""
        order = object["order"]?.list?.compactMap(\.int) ?? []
        for entry in object["metadata"]?.object?.entries ?? [] {
            if let text = entry.value.string { metadata[entry.key] = text }
        }
        channelNames = object["channelNames"]?.list?.compactMap(\.string) ?? []
        let size = object["pixelSize"]
        pixelSize = PixelSize(x: size?["x"]?.double, y: size?["y"]?.double, z: size?["z"]?.double, validating: ())
    }

    /// The axes of the image and the stored axis at each place, when they fit the axes that were found.
    func axes(of found: Axes) -> (Axes, [Int]) {
        guard let wanted = Axes(axes), wanted.count == found.count, found.letters == storedAxes,
            order.sorted() == [Int](0..<found.count)
        else { return (found, [Int](0..<found.count)) }
        return (wanted, order)
    }

    /// What is worth writing.
    var json: ManifestObject? {
        let texts = metadata.sorted { $0.key < $1.key }.map { ManifestObject.Entry($0.key, ManifestValue($0.value)) }
        let sizes = ZarrJSON.object([
            ("x", pixelSize?.x.map { ManifestValue($0) }), ("y", pixelSize?.y.map { ManifestValue($0) }),
            ("z", pixelSize?.z.map { ManifestValue($0) }),
        ])
        let all = ZarrJSON.object([
            ("axes", axes.isEmpty ? nil : ManifestValue(axes)),
            ("storedAxes", storedAxes.isEmpty ? nil : ManifestValue(storedAxes)),
            ("order", order.isEmpty ? nil : ZarrJSON.list(order)),
            ("metadata", texts.isEmpty ? nil : ManifestValue(ManifestObject(texts))),
            ("channelNames", channelNames.isEmpty ? nil : ManifestValue(channelNames.map { ManifestValue($0) })),
            ("pixelSize", sizes.isEmpty ? nil : ManifestValue(sizes)),
        ])
        return all.isEmpty ? nil : all
    }
}
