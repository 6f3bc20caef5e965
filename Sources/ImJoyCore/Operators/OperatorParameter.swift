/// One parameter of an operator: its name, what it means, and which values it takes.
public struct OperatorParameter: Sendable, Equatable {
    /// Which values a parameter takes.
    public enum Kind: Sendable, Hashable {
        /// A number.
        case number
        /// A whole number.
        case integer
        /// True or false.
        case boolean
        /// Text.
        case string
        /// One of these words.
        case choice([String])
        /// A number, or a list with one for each axis that the operator works along.
        case numbers
        /// A whole number, or a list with one for each axis that the operator works along.
        case integers
        /// Numbers in nested lists: a kernel, a matrix.
        case matrix
        /// Another image: `@name` for a named step, `@input` for what came in, `@file.tif` for a file.
        case image
        /// A number or another image.
        case numberOrImage
    }

    /// The name.
    public let name: String
    /// What it means, as a sentence without a full stop.
    public let summary: String
    /// Which values it takes.
    public let kind: Kind
    /// What counts when it is not given; `null` when the operator then chooses, nil when it must be given.
    public let defaultValue: ManifestValue?
    /// The smallest number.
    public let minimum: Double?
    /// The largest number.
    public let maximum: Double?
    /// What its numbers are in, such as `pixels`.
    public let unit: String?

    /// True when there is no default.
    public var isRequired: Bool { defaultValue == nil }

    init(
        _ name: String, _ kind: Kind, _ defaultValue: ManifestValue?, _ summary: String,
        in range: ClosedRange<Double>? = nil,
        from minimum: Double? = nil, unit: String? = nil
    ) {
        self.name = name
        self.kind = kind
        self.defaultValue = defaultValue
        self.summary = summary
        self.minimum = range?.lowerBound ?? minimum
        self.maximum = range?.upperBound
        self.unit = unit
    }
}

extension OperatorParameter {
    /// The parameter as a JSON schema (draft 2020-12).
    public var schema: ManifestValue {
        var object = ManifestObject()
        switch kind {
        case .number: object["type"] = "number"
        case .integer: object["type"] = "integer"
        case .boolean: object["type"] = "boolean"
        case .string: object["type"] = "string"
        case .choice(let words):
            object["type"] = "string"
            object["enum"] = ManifestValue(words.map { ManifestValue($0) })
        case .numbers: object["anyOf"] = [bounded("number"), ["type": "array", "items": bounded("number")]]
        case .integers: object["anyOf"] = [bounded("integer"), ["type": "array", "items": bounded("integer")]]
        case .matrix: object["type"] = "array"
        case .image:
            object["type"] = "string"
            object["pattern"] = "^@"
        case .numberOrImage: object["anyOf"] = [["type": "number"], ["type": "string", "pattern": "^@"]]
        }
        if kind == .number || kind == .integer, let bounds = bounded("number").object {
            object["minimum"] = bounds["minimum"]
            object["maximum"] = bounds["maximum"]
        }
        if let defaultValue, !defaultValue.isNull { object["default"] = defaultValue }
        object["description"] = ManifestValue(unit.map { "\(summary), in \($0)" } ?? summary)
        return ManifestValue(object)
    }

    private func bounded(_ type: String) -> ManifestValue {
        var object = ManifestObject([.init("type", ManifestValue(type))])
        object["minimum"] = minimum.map { ManifestValue(plain: $0) }
        object["maximum"] = maximum.map { ManifestValue(plain: $0) }
        return ManifestValue(object)
    }

    /// The value in the form in which operators take it; throws ``OperatorError`` for one that the parameter does not
    /// take.
    func checked(_ value: ManifestValue) throws(OperatorError) -> ManifestValue {
        if value.isNull, let defaultValue { return defaultValue }
        switch kind {
        case .number: return ManifestValue(plain: try checkedNumber(value))
        case .integer:
            _ = try checkedNumber(value)
            guard let whole = value.int else { throw refuse(value, "a whole number") }
            return ManifestValue(whole)
        case .boolean:
            guard value.bool != nil else { throw refuse(value, "true or false") }
            return value
        case .string:
            // Channels are called by number, too.
            if let number = value.number { return ManifestValue(number.text) }
            guard value.string != nil else { throw refuse(value, "text") }
            return value
        case .choice(let words):
            guard let word = value.string else { throw refuse(value, "one of \(words.joined(separator: ", "))") }
            guard words.contains(word) else {
                throw OperatorError.unknown("\(name)", word, among: words, .invalidArgument)
            }
            return value
        case .numbers, .integers:
            guard let list = value.list else { return try checkedEntry(value) }
            guard (1...16).contains(list.count) else { throw refuse(value, "a number or a list of 1 to 16 numbers") }
            var entries: [ManifestValue] = []
            for entry in list { entries.append(try checkedEntry(entry)) }
            return ManifestValue(entries)
        case .matrix:
            guard value.list != nil else { throw refuse(value, "a list of numbers or of such lists") }
            return value
        case .image:
            guard let text = value.string, text.hasPrefix("@"), text.count > 1 else {
                throw refuse(value, "`@name` for a named step, `@input`, or `@file.tif`")
            }
            return value
        case .numberOrImage:
            if let text = value.string, text.hasPrefix("@"), text.count > 1 { return value }
            guard value.double != nil else { throw refuse(value, "a number, `@name` for a named step, or `@file.tif`") }
            return ManifestValue(plain: try checkedNumber(value))
        }
    }

    private func checkedEntry(_ value: ManifestValue) throws(OperatorError) -> ManifestValue {
        let number = try checkedNumber(value)
        guard kind == .integers else { return ManifestValue(plain: number) }
        guard let whole = value.int else { throw refuse(value, "a whole number") }
        return ManifestValue(whole)
    }

    private func checkedNumber(_ value: ManifestValue) throws(OperatorError) -> Double {
        guard let number = value.double, number.isFinite else {
            throw refuse(value, kind == .integer || kind == .integers ? "a whole number" : "a number")
        }
        if let minimum, number < minimum { throw refuse(value, "at least \(ManifestValue(plain: minimum).json())") }
        if let maximum, number > maximum { throw refuse(value, "at most \(ManifestValue(plain: maximum).json())") }
        return number
    }

    private func refuse(_ value: ManifestValue, _ wanted: String) -> OperatorError {
        let text = value.json()
        return OperatorError(
            .invalidArgument, "`\(name)` is \(wanted), not \(text.count > 40 ? text.prefix(40) + "…" : text[...])")
    }
}
