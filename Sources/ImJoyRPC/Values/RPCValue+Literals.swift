internal import OrderedCollections

extension RPCValue: ExpressibleByNilLiteral {
    /// Null.
    public init(nilLiteral: ()) { self = .null }
}
extension RPCValue: ExpressibleByBooleanLiteral {
    /// A boolean.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}
extension RPCValue: ExpressibleByIntegerLiteral {
    /// A whole number.
    public init(integerLiteral value: Int64) { self = .int(value) }
}
extension RPCValue: ExpressibleByFloatLiteral {
    /// A number.
    public init(floatLiteral value: Double) { self = .double(value) }
}
extension RPCValue: ExpressibleByStringLiteral {
    /// A text.
    public init(stringLiteral value: String) { self = .string(value) }
}
extension RPCValue: ExpressibleByArrayLiteral {
    /// A list.
    public init(arrayLiteral elements: RPCValue...) { self = .array(elements) }
}
extension RPCValue: ExpressibleByDictionaryLiteral {
    /// A key that occurs twice keeps its last value.
    public init(dictionaryLiteral elements: (String, RPCValue)...) {
        self = .object(RPCObject(elements, uniquingKeysWith: { $1 }))
    }
}
