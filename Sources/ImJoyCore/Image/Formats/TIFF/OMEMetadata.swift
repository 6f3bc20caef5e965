/// Axes, pixel size, channel names and the order of planes from the OME-XML of the first image.
struct OMEMetadata {
    /// A run of planes in the file.
    struct Block {
        var page = 0
        /// The number of planes, nil for all the file has.
        var count: Int?
        var first: [Character: Int] = [:]

        /// The number of the first plane when `shape` names the lengths of `axes`; nil when it lies outside.
        func start(in shape: [Int], axes: Substring) -> Int? {
            var start = 0
            for (length, axis) in zip(shape, axes) {
                let index = first[axis] ?? 0
                guard (0..<length).contains(index) else { return nil }
                start = start * length + index
            }
            return start
        }
    }

    var dimensionOrder = ""
    var sizes: [Character: Int] = [:]
    var pixelSize: PixelSize?
    var channelNames: [String] = []
    var samplesPerPixel = 1
    var description: String?
    /// Seconds from one time point to the next.
    var timeIncrement: Double?
    var blocks: [Block] = []
    var firstPage: Int? { blocks.map(\.page).min() }
    /// True when planes lie in other files too.
    var hasOtherFiles: Bool { fileNames.count > 1 }
    private var fileNames: Set<String> = []

    init?(_ text: String) {
        guard text.utf8.count > 20, text.suffix(20).contains("OME>") else { return nil }
        var scanner = XMLTagScanner(text)
        var hasPixels = false
        reading: while let tag = scanner.next() {
            switch (tag.name, tag.isEnd) {
            case ("Pixels", false):
                guard readPixels(tag) else { return nil }
                hasPixels = true
            // Only the first image counts.
            case ("Pixels", true): break reading
            case ("Description", false) where !hasPixels && description == nil:
                let words = scanner.text()
                description = words.isEmpty ? nil : words
            case ("Channel", false) where hasPixels: readChannel(tag)
            case ("TiffData", false) where hasPixels: readBlock(tag)
            case ("UUID", false) where hasPixels:
                if let name = tag.attributes["FileName"] { fileNames.insert(name) }
            default: break
            }
        }
        guard hasPixels else { return nil }
        // Names are worth something only when there is at least one.
        if channelNames.allSatisfy(\.isEmpty) { channelNames = [] }
    }

    private mutating func readPixels(_ tag: XMLTag) -> Bool {
        guard let order = tag.attributes["DimensionOrder"], order.count == 5, Set(order) == Set("XYZCT") else {
            return false
        }
        dimensionOrder = order
        for axis in order {
            guard let size = tag.attributes["Size\(axis)"].flatMap({ Int($0) }), size > 0 else { return false }
            sizes[axis] = size
        }
        func length(_ axis: String) -> Double? {
            guard let value = tag.attributes["PhysicalSize" + axis].flatMap({ Double($0) }) else { return nil }
            return LengthUnit.micrometres(tag.attributes["PhysicalSize" + axis + "Unit"] ?? "um").map { $0 * value }
        }
        if ["s", nil].contains(tag.attributes["TimeIncrementUnit"]) {
            timeIncrement = tag.attributes["TimeIncrement"].flatMap { Double($0) }
        }
        pixelSize = PixelSize(x: length("X"), y: length("Y"), z: length("Z"), validating: ())
        return true
    }

    private mutating func readChannel(_ tag: XMLTag) {
        if channelNames.isEmpty { samplesPerPixel = tag.attributes["SamplesPerPixel"].flatMap { Int($0) } ?? 1 }
        channelNames.append(tag.attributes["Name"] ?? "")
    }

    private mutating func readBlock(_ tag: XMLTag) {
        var block = Block()
        func number(_ name: String) -> Int? { tag.attributes[name].flatMap { Int($0) }.map { max($0, 0) } }
        block.page = number("IFD") ?? 0
        let count = number("PlaneCount") ?? number("NumPlanes") ?? (tag.attributes["IFD"] == nil ? 0 : 1)
        block.count = count == 0 ? nil : count
        for axis in "ZCT" { block.first[axis] = number("First\(axis)") }
        blocks.append(block)
    }
}
