extension ManifestValue {
    public var isNull: Bool { kind == .null }

    public var bool: Bool? { if case .bool(let value) = kind { value } else { nil } }
    public var string: String? { if case .string(let value) = kind { value } else { nil } }
    public var number: ManifestNumber? { if case .number(let value) = kind { value } else { nil } }
    public var double: Double? { number?.double }
    /// The number as an `Int`, when it is whole and fits.
    public var int: Int? { number?.int }
    public var list: [ManifestValue]? { if case .list(let value) = kind { value } else { nil } }
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
    public init(booleanLiteral value: Bool) { self.init(.bool(value)) }
    public init(integerLiteral value: Int) { self.init(value) }
    public init(floatLiteral value: Double) { self.init(value) }
    public init(stringLiteral value: String) { self.init(value) }
    public init(arrayLiteral elements: ManifestValue...) { self.init(.list(elements)) }
    public init(dictionaryLiteral elements: (String, ManifestValue)...) {
        self.init(.object(ManifestObject(elements.map { ManifestObject.Entry($0.0, $0.1) })))
    }
}

extension ManifestValue {
    /// `null` without a place; there is no `nil` literal, which optionals would swallow.
    public static var null: ManifestValue { ManifestValue(.null) }

    public init(_ value: Bool) { self.init(.bool(value)) }
    public init(_ value: Int) { self.init(.number(ManifestNumber(value))) }
    public init(_ value: Double) { self.init(.number(ManifestNumber(value))) }
    public init(_ value: String) { self.init(.string(value)) }
    public init(_ value: [ManifestValue]) { self.init(.list(value)) }
    public init(_ value: ManifestObject) { self.init(.object(value)) }
}
