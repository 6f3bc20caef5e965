/// What the description of the first page turned out to be.
enum TIFFDescription {
    case shaped(ShapedMetadata)
    case imageJ(ImageJMetadata)
    case ome(OMEMetadata)
    case plain(String?)

    init(_ text: String?) {
        guard let text else { self = .plain(nil); return }
        if let metadata = ShapedMetadata(text) {
            self = .shaped(metadata)
        } else if let metadata = OMEMetadata(text) {
            self = .ome(metadata)
        } else if let metadata = ImageJMetadata(text) {
            self = .imageJ(metadata)
        } else {
            self = .plain(text)
        }
    }

    var isStructured: Bool { if case .plain = self { false } else { true } }

    var channelNames: [String] {
        switch self {
        case .shaped(let metadata): metadata.channelNames
        case .ome(let metadata): metadata.channelNames
        case .imageJ, .plain: []
        }
    }

    /// The words a person wrote, if any.
    var freeText: String? {
        switch self {
        case .shaped(let metadata): metadata.description
        case .plain(let text): text
        case .ome(let metadata): metadata.description
        case .imageJ: nil
        }
    }

    /// What else it says that travels with the image as text: the seconds between frames and the range that is shown.
    var settings: [String: String] {
        switch self {
        case .imageJ(let metadata): metadata.settings
        case .ome(let metadata): metadata.timeIncrement.map { ["finterval": "\($0)"] } ?? [:]
        case .shaped, .plain: [:]
        }
    }
}

/// The JSON object that tifffile, and our writer, put into the description: `{"shape": [3, 64, 64], "axes": "ZYX"}`.
struct ShapedMetadata {
    var shape: [Int]
    var axes: Axes?
    var pixelSize: PixelSize?
    var channelNames: [String] = []
    var description: String?

    init(shape: [Int], axes: Axes?) {
        self.shape = shape
        self.axes = axes
    }

    init?(_ text: String) {
        guard text.hasPrefix("{\"shape\":"), case .object(let fields)? = DescriptionJSON.parse(text),
            case .list(let lengths)? = fields["shape"], lengths.count <= Layout.maximumRank
        else { return nil }
        shape = []
        for length in lengths {
            guard case .number(let value) = length, let whole = Int(exactly: value), whole >= 0 else { return nil }
            shape.append(whole)
        }
        if case .text(let letters)? = fields["axes"] { axes = Axes(letters) }
        if case .text(let words)? = fields["description"] { description = words }
        func size(_ axis: String) -> Double? {
            guard case .number(let value)? = fields["PhysicalSize" + axis] else { return nil }
            guard case .text(let unit)? = fields["PhysicalSize" + axis + "Unit"] else { return value }
            return LengthUnit.micrometres(unit).map { $0 * value }
        }
        pixelSize = PixelSize(x: size("X"), y: size("Y"), z: size("Z"), validating: ())
        if case .object(let channel)? = fields["Channel"], case .list(let names)? = channel["Name"] {
            channelNames = names.map { if case .text(let name) = $0 { name } else { "" } }
        }
    }

    /// The JSON text, in the spelling tifffile recognises.
    var encoded: String {
        var text = "{\"shape\": [\(shape.map(String.init).joined(separator: ", "))]"
        if let axes { text += ", \"axes\": \"\(axes)\"" }
        for (axis, size) in [("X", pixelSize?.x), ("Y", pixelSize?.y), ("Z", pixelSize?.z)] {
            // Plain ASCII, as the tag demands.
            if let size { text += ", \"PhysicalSize\(axis)\": \(size), \"PhysicalSize\(axis)Unit\": \"um\"" }
        }
        if !channelNames.isEmpty {
            text += ", \"Channel\": {\"Name\": [\(channelNames.map(DescriptionJSON.quoted).joined(separator: ", "))]}"
        }
        if let description { text += ", \"description\": \(DescriptionJSON.quoted(description))" }
        return text + "}"
    }
}

/// The `name=value` lines that ImageJ writes.
struct ImageJMetadata {
    var frames = 1
    var slices = 1
    var channels = 1
    var images = 1
    /// The outer axes, the slowest first.
    var axes = "TZC"
    var unit: String?
    var spacing: Double?
    /// `finterval`, `min` and `max` as they stand there.
    var settings: [String: String] = [:]

    init() {}

    init?(_ text: String) {
        guard text.hasPrefix("ImageJ=") else { return nil }
        for line in text.split(separator: "\n", maxSplits: 200) {
            let parts = line.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let value = String(parts[1]).trimmingSpaces
            switch parts[0] {
            case "frames": frames = Int(value) ?? 0
            case "slices": slices = Int(value) ?? 0
            case "channels": channels = Int(value) ?? 0
            case "images": images = Int(value) ?? 1
            case "order":
                // Named from the fastest to the slowest.
                let letters = String(value.uppercased().reversed())
                if letters.count == 3, Set(letters) == Set("CZT") { axes = letters }
            case "unit": unit = value
            case "spacing": spacing = Double(value)
            case "finterval", "min", "max": settings[String(parts[0])] = value
            default: break
            }
        }
        guard frames > 0, slices > 0, channels > 0 else { return nil }
    }

    /// The lines for a hyperstack; `mode=grayscale` keeps the display neutral.
    var encoded: String {
        var lines = ["ImageJ=1.11a", "images=\(images)"]
        if channels > 1 { lines.append("channels=\(channels)") }
        if slices > 1 { lines.append("slices=\(slices)") }
        if frames > 1 { lines.append("frames=\(frames)") }
        if [channels, slices, frames].filter({ $0 > 1 }).count > 1 { lines.append("hyperstack=true") }
        lines.append("mode=grayscale")
        if let spacing { lines.append("spacing=\(spacing)") }
        if let interval = settings["finterval"] { lines.append("finterval=\(interval)") }
        lines.append("loop=false")
        if let unit { lines.append("unit=\(unit)") }
        for name in ["min", "max"] { if let value = settings[name] { lines.append("\(name)=\(value)") } }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// Names of units of length.
enum LengthUnit {
    /// How many micrometres the unit is, nil when it is none of length.
    static func micrometres(_ name: String) -> Double? {
        switch name.trimmingSpaces {
        // Both the micro sign and the Greek letter are in use, and ImageJ escapes the first.
        case "um", "\u{b5}m", "\u{3bc}m", "\\u00B5m", "\\u00b5m", "micron", "microns", "micrometer", "micrometre": 1
        case "pm": 1e-6
        case "\u{c5}", "\u{212b}", "angstrom": 1e-4
        case "nm", "nanometer": 1e-3
        case "mm", "millimeter": 1e3
        case "cm", "centimeter": 1e4
        case "dm": 1e5
        case "m", "meter": 1e6
        case "km": 1e9
        case "in", "inch": 25_400
        default: nil
        }
    }
}

extension String {
    var trimmingSpaces: String {
        var text = Substring(self)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
