/// A field of a plugin's form, written `{id: 'sigma', type: 'number', min: 0}` in its markup.
public struct UIWidget: Sendable {
    /// What kind of field it is; open, because ops are fields too.
    public struct Kind: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A number, with `min` and `max`.
        public static let number = Kind(rawValue: "number")
        /// A line of text.
        public static let string = Kind(rawValue: "string")
        /// One of several options.
        public static let choose = Kind(rawValue: "choose")
        /// A color.
        public static let color = Kind(rawValue: "color")
        /// A button, which calls the plugin's `update`.
        public static let button = Kind(rawValue: "button")
        /// A button that saves; it has no value.
        public static let save = Kind(rawValue: "save")
        /// A list of steps.
        public static let ops = Kind(rawValue: "ops")
        /// Text; it has no value.
        public static let instructions = Kind(rawValue: "instructions")
        /// A remark; it has no value.
        public static let comment = Kind(rawValue: "comment")
        /// The name of a variable.
        public static let variableName = Kind(rawValue: "variableName")

        static let known: [Kind] = [
            .number, .string, .choose, .color, .button, .save, .ops, .instructions, .comment, .variableName,
        ]
        /// Kinds that hold no value.
        var isValueless: Bool { [.save, .instructions, .comment].contains(self) }
    }

    /// One choice of a `choose` field.
    public struct Option: Sendable, Equatable {
        /// What a person sees.
        public let label: String
        /// What the plugin gets.
        public let value: ManifestValue
    }

    /// The key of the value in `ctx.config`.
    public let id: String?
    /// What kind of field it is.
    public let kind: Kind
    /// The initial value, as written.
    public let placeholder: ManifestValue?
    /// The choices of a `choose` field.
    public let options: [Option]
    /// The text before the field on its line, without HTML and a colon at its end.
    public let label: String
    /// All keys of the widget.
    public let fields: ManifestObject

    init(_ fields: ManifestObject, label: String) {
        self.fields = fields
        self.label = label
        id = fields["id"].flatMap { $0.string ?? $0.number?.text }
        kind = Kind(rawValue: fields["type"]?.string ?? "")
        placeholder = fields["placeholder"].flatMap { $0.isNull ? nil : $0 }
        options = (fields["options"]?.list ?? []).map { option in
            guard let object = option.object else { return Option(label: Self.text(option), value: option) }
            let value = object["value"] ?? object["label"] ?? ManifestValue(.null)
            return Option(label: object["label"].map(Self.text) ?? Self.text(value), value: value)
        }
    }

    /// The smallest value of a number.
    public var minimum: Double? { fields["min"]?.double }
    /// The largest value of a number.
    public var maximum: Double? { fields["max"]?.double }

    static func text(_ value: ManifestValue) -> String { value.string ?? value.json() }
}

extension UIWidget {
    /// The value before anybody changed it: the placeholder, or what the kind of field starts with.
    ///
    /// A number starts at 3, a string at `???`. A choice without a placeholder has no value until one is made.
    public var defaultValue: ManifestValue? {
        switch kind {
        case .number:
            guard let placeholder else { return 3 }
            if let text = placeholder.string, let number = Self.number(text) { return number }
            return placeholder
        case .string: return placeholder ?? "???"
        case .color: return placeholder.flatMap { Self.rgb($0) ?? $0 }
        case .button: return ["type": "button"]
        case .ops: return placeholder ?? []
        default: return kind.isValueless ? nil : placeholder
        }
    }

    /// The value that `text`, from a command line, means for this field.
    func value(of text: String) throws(UIConfigError.Problem) -> ManifestValue {
        switch kind {
        case .number: return try number(text)
        case .string: return ManifestValue(text)
        case .choose: return try choice(text)
        case .color:
            guard let color = Self.color(text) else {
                throw problem("`\(text)` is not a color", "write `#ff8000` or `rgb(255,128,0)`")
            }
            return color
        case .button: return ["type": "button"]
        default:
            guard !kind.isValueless else { throw problem("a field of type `\(kind.rawValue)` has no value", nil) }
            var reader = JSONReader(Array(text.utf8))
            let value = reader.read()
            return reader.problems.isEmpty ? value ?? ManifestValue(text) : ManifestValue(text)
        }
    }

    private func problem(_ message: String, _ hint: String?) -> UIConfigError.Problem {
        UIConfigError.Problem(id: id ?? "", message: "\(id ?? ""): \(message)", hint: hint)
    }

    private func number(_ text: String) throws(UIConfigError.Problem) -> ManifestValue {
        guard let value = Self.number(text), let double = value.double else {
            throw problem("`\(text)` is not a number", "write digits, such as 2.5")
        }
        if let minimum, double < minimum { throw problem("\(text) is below the minimum of \(plain("min"))", nil) }
        if let maximum, double > maximum { throw problem("\(text) is above the maximum of \(plain("max"))", nil) }
        return value
    }

    private func plain(_ key: String) -> String { fields[key]?.number?.text ?? "" }

    static func number(_ text: String) -> ManifestValue? {
        let trimmed = String(text.split(separator: " ").joined(separator: " "))
        guard let number = JSONReader.relaxedNumber(trimmed), number.double.isFinite else { return nil }
        return ManifestValue(.number(number))
    }

    private func choice(_ text: String) throws(UIConfigError.Problem) -> ManifestValue {
        if let option = options.first(where: { Self.text($0.value) == text || $0.label == text }) {
            return option.value
        }
        // 1.0 for an option written 1.
        if let number = Self.number(text), let option = options.first(where: { $0.value == number }) {
            return option.value
        }
        let labels = options.map(\.label)
        let near = NearestName.find(text, in: labels)
        throw problem(
            options.isEmpty
                ? "there is nothing to choose from"
                : "`\(text)` is not one of \(NameList.text(labels))", near.map { "did you mean `\($0)`?" })
    }

    // MARK: Colors

    /// `[h, s, v]`, with the hue in degrees and the others from 0 to 1, as `rgb(r,g,b)`.
    static func rgb(_ value: ManifestValue) -> ManifestValue? {
        guard let list = value.list, list.count == 3 else { return nil }
        let parts = list.compactMap(\.double)
        guard parts.count == 3, parts.allSatisfy(\.isFinite) else { return nil }
        let hue = (parts[0].truncatingRemainder(dividingBy: 360) + 360).truncatingRemainder(dividingBy: 360) / 60
        let (saturation, brightness) = (min(max(parts[1], 0), 1), min(max(parts[2], 0), 1))
        let sector = Int(hue)
        let part = hue - Double(sector)
        let low = brightness * (1 - saturation)
        let falling = brightness * (1 - saturation * part)
        let rising = brightness * (1 - saturation * (1 - part))
        let (red, green, blue) =
            switch sector {
            case 0: (brightness, rising, low)
            case 1: (falling, brightness, low)
            case 2: (low, brightness, rising)
            case 3: (low, falling, brightness)
            case 4: (rising, low, brightness)
            default: (brightness, low, falling)
            }
        let bytes = [red, green, blue].map { String(Int(($0 * 255).rounded())) }
        return ManifestValue("rgb(\(bytes.joined(separator: ",")))")
    }

    /// `#rgb`, `#rrggbb` or `rgb(r,g,b)` as `rgb(r,g,b)`.
    static func color(_ text: String) -> ManifestValue? {
        let digits = Array(text.utf8.dropFirst())
        if text.hasPrefix("#"), digits.count == 3 || digits.count == 6 {
            let values = digits.compactMap(\.hexValue)
            guard values.count == digits.count else { return nil }
            let wide = digits.count == 3 ? values.flatMap { [$0, $0] } : values
            let bytes = stride(from: 0, to: 6, by: 2).map { String(wide[$0] * 16 + wide[$0 + 1]) }
            return ManifestValue("rgb(\(bytes.joined(separator: ",")))")
        }
        guard text.hasPrefix("rgb("), text.hasSuffix(")") else { return nil }
        let parts = text.dropFirst(4).dropLast().split(separator: ",", omittingEmptySubsequences: false).map {
            UInt8($0.filter { $0 != " " })
        }
        guard parts.count == 3, parts.allSatisfy({ $0 != nil }) else { return nil }
        return ManifestValue("rgb(\(parts.compactMap { $0.map { String($0) } }.joined(separator: ",")))")
    }
}

/// Lists names for a message.
enum NameList {
    static func text(_ names: [String], limit: Int = 20) -> String {
        let shown = names.prefix(limit).map { "`\($0)`" }.joined(separator: ", ")
        return names.count > limit ? shown + " and \(names.count - limit) more" : shown
    }
}
