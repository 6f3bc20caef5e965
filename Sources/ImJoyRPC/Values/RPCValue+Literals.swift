internal import OrderedCollections

extension RPCValue: ExpressibleByNilLiteral {
    public init(nilLiteral: ()) { self = .null }
}
extension RPCValue: ExpressibleByBooleanLiteral {
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}
extension RPCValue: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int64) { self = .int(value) }
}
extension RPCValue: ExpressibleByFloatLiteral {
    public init(floatLiteral value: Double) { self = .double(value) }
}
extension RPCValue: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
}
extension RPCValue: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: RPCValue...) { self = .array(elements) }
}
extension RPCValue: ExpressibleByDictionaryLiteral {
    /// A key that occurs twice keeps its last value.
    public init(dictionaryLiteral elements: (String, RPCValue)...) {
        self = .object(RPCObject(elements, uniquingKeysWith: { $1 }))
    }
}
