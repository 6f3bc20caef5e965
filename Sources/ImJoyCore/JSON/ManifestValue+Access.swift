extension ManifestValue {
    /// Whether this is null.
    public var isNull: Bool { kind == .null }

    /// The truth value, when this is one.
    public var bool: Bool? { if case .bool(let value) = kind { value } else { nil } }
    /// The text, when this is text.
    public var string: String? { if case .string(let value) = kind { value } else { nil } }
    /// The number with its spelling, when this is one.
    public var number: ManifestNumber? { if case .number(let value) = kind { value } else { nil } }
    /// The nearest `Double`, when this is a number.
    public var double: Double? { number?.double }
    /// The number as an `Int`, when it is whole and fits.
    public var int: Int? { number?.int }
    /// The values, when this is a list.
    public var list: [ManifestValue]? { if case .list(let value) = kind { value } else { nil } }
    /// The named values, when this is an object.
    public var object: ManifestObject? { if case .object(let value) = kind { value } else { nil } }

    /// The value called `key`, when this is an object that has it.
    public subscript(key: String) -> ManifestValue? { object?[key] }

    /// The element at `index`, when this is a list that has it.
    public subscript(index: Int) -> ManifestValue? {
        guard let list, list.indices.contains(index) else { return nil }
        return list[index]
    }

    /// The kind in words with an article, for messages: "a number", "an object".
    var kindInWords: String {
        switch kind {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number: "a number"
        case .string: "text"
        case .list: "a list"
        case .object: "an object"
        }
    }
}

extension ManifestValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A truth value written in source.
    public init(booleanLiteral value: Bool) { self.init(.bool(value)) }
    /// A whole number written in source.
    public init(integerLiteral value: Int) { self.init(value) }
    /// A number written in source.
    public init(floatLiteral value: Double) { self.init(value) }
    /// Text written in source.
    public init(stringLiteral value: String) { self.init(value) }
    /// A list written in source.
    public init(arrayLiteral elements: ManifestValue...) { self.init(.list(elements)) }
    /// An object written in source; of two values with one name the last counts.
    public init(dictionaryLiteral elements: (String, ManifestValue)...) {
        self.init(.object(ManifestObject(elements.map { ManifestObject.Entry($0.0, $0.1) })))
    }
}

extension ManifestValue {
    /// `null` without a place; there is no `nil` literal, which optionals would swallow.
    public static var null: ManifestValue { ManifestValue(.null) }

    /// Makes a truth value.
    public init(_ value: Bool) { self.init(.bool(value)) }
    /// Makes a whole number.
    public init(_ value: Int) { self.init(.number(ManifestNumber(value))) }
    /// Makes a number; JSON has no word for one that is not finite.
    public init(_ value: Double) { self.init(.number(ManifestNumber(value))) }
    /// Makes text.
    public init(_ value: String) { self.init(.string(value)) }
    /// Makes a list.
    public init(_ value: [ManifestValue]) { self.init(.list(value)) }
    /// Makes an object.
    public init(_ value: ManifestObject) { self.init(.object(value)) }
}
