public import OrderedCollections

extension RPCValue: RPCEncodable, RPCDecodable {
    /// The value itself.
    public func rpcValue() -> RPCValue { self }
    /// Takes any value.
    public init(rpcValue: RPCValue) { self = rpcValue }
}

extension Bool: RPCEncodable, RPCDecodable {
    /// A boolean.
    public func rpcValue() -> RPCValue { .bool(self) }
    /// Takes a boolean; throws `invalidArgument` for anything else.
    public init(rpcValue: RPCValue) throws {
        guard case .bool(let value) = rpcValue else { throw RPCError.mismatch("a boolean", rpcValue) }
        self = value
    }
    /// A boolean.
    public static var rpcSchema: RPCObject { ["type": "boolean"] }
}

extension String: RPCEncodable, RPCDecodable {
    /// Text.
    public func rpcValue() -> RPCValue { .string(self) }
    /// Takes a text; throws `invalidArgument` for anything else.
    public init(rpcValue: RPCValue) throws {
        guard case .string(let value) = rpcValue else { throw RPCError.mismatch("text", rpcValue) }
        self = value
    }
    /// Text.
    public static var rpcSchema: RPCObject { ["type": "string"] }
}

extension RPCEncodable where Self: BinaryInteger {
    /// A whole number.
    public func rpcValue() -> RPCValue { RPCValue(self) }
}
extension RPCDecodable where Self: FixedWidthInteger {
    /// Whole numbers that fit; a number with a fraction is refused, not rounded.
    public init(rpcValue: RPCValue) throws {
        let value: Self? =
            switch rpcValue {
            case .int(let number): Self(exactly: number)
            case .uint(let number): Self(exactly: number)
            case .double(let number): Self(exactly: number)
            default: nil
            }
        guard let value else {
            switch rpcValue {
            case .int, .uint, .double:
                throw RPCError(
                    .invalidArgument, "a whole number of \(Self.min)…\(Self.max) is wanted here, not \(rpcValue)")
            default: throw RPCError.mismatch("a whole number", rpcValue)
            }
        }
        self = value
    }
    /// A whole number; not below zero for unsigned types.
    public static var rpcSchema: RPCObject {
        isSigned ? ["type": "integer"] : ["type": "integer", "minimum": 0]
    }
}
extension Int: RPCEncodable, RPCDecodable {}
extension Int8: RPCEncodable, RPCDecodable {}
extension Int16: RPCEncodable, RPCDecodable {}
extension Int32: RPCEncodable, RPCDecodable {}
extension Int64: RPCEncodable, RPCDecodable {}
extension UInt: RPCEncodable, RPCDecodable {}
extension UInt8: RPCEncodable, RPCDecodable {}
extension UInt16: RPCEncodable, RPCDecodable {}
extension UInt32: RPCEncodable, RPCDecodable {}
extension UInt64: RPCEncodable, RPCDecodable {}

extension RPCEncodable where Self: BinaryFloatingPoint {
    /// A number of 64 bits, also when it has no fraction.
    public func rpcValue() -> RPCValue { .double(Double(self)) }
}
extension RPCDecodable where Self: BinaryFloatingPoint {
    /// Takes any number, rounded to this type.
    public init(rpcValue: RPCValue) throws {
        guard let value = rpcValue.doubleValue else { throw RPCError.mismatch("a number", rpcValue) }
        self = Self(value)
    }
    /// A number.
    public static var rpcSchema: RPCObject { ["type": "number"] }
}
extension Double: RPCEncodable, RPCDecodable {}
extension Float: RPCEncodable, RPCDecodable {}

extension Optional: RPCEncodable where Wrapped: RPCEncodable {
    /// The wrapped value, or null.
    public func rpcValue() throws -> RPCValue { try self?.rpcValue() ?? .null }
}
extension Optional: RPCDecodable where Wrapped: RPCDecodable {
    /// Reads null as nil.
    public init(rpcValue: RPCValue) throws { self = rpcValue.isNull ? nil : try Wrapped(rpcValue: rpcValue) }
    /// What is wrapped, or null.
    public static var rpcSchema: RPCObject {
        let wrapped = Wrapped.rpcSchema
        return wrapped.isEmpty ? [:] : ["anyOf": [.object(wrapped), ["type": "null"]]]
    }
}

extension Array: RPCEncodable where Element: RPCEncodable {
    /// A list of the elements.
    public func rpcValue() throws -> RPCValue { .array(try map { try $0.rpcValue() }) }
}
extension Array: RPCDecodable where Element: RPCDecodable {
    /// Takes a list whose elements all fit; throws `invalidArgument` otherwise.
    public init(rpcValue: RPCValue) throws {
        guard case .array(let elements) = rpcValue else { throw RPCError.mismatch("a list", rpcValue) }
        self = try elements.map { try Element(rpcValue: $0) }
    }
    /// A list.
    public static var rpcSchema: RPCObject { ["type": "array", "items": .object(Element.rpcSchema)] }
}

extension Dictionary: RPCEncodable where Key == String, Value: RPCEncodable {
    /// Keys go out sorted, so that equal dictionaries give equal messages.
    public func rpcValue() throws -> RPCValue {
        .object(
            RPCObject(uniqueKeysWithValues: try sorted { $0.key < $1.key }.map { ($0.key, try $0.value.rpcValue()) }))
    }
}
extension Dictionary: RPCDecodable where Key == String, Value: RPCDecodable {
    /// Takes a mapping, a remote object or an ordered map with text keys.
    public init(rpcValue: RPCValue) throws {
        guard let members = rpcValue.mapping else { throw RPCError.mismatch("a mapping", rpcValue) }
        self.init(uniqueKeysWithValues: try members.map { ($0.key, try Value(rpcValue: $0.value)) })
    }
    /// A mapping.
    public static var rpcSchema: RPCObject {
        ["type": "object", "additionalProperties": .object(Value.rpcSchema)]
    }
}

extension OrderedDictionary: RPCEncodable where Key == String, Value: RPCEncodable {
    /// A mapping in this order.
    public func rpcValue() throws -> RPCValue { .object(try mapValues { try $0.rpcValue() }) }
}
extension OrderedDictionary: RPCDecodable where Key == String, Value: RPCDecodable {
    /// Takes a mapping, a remote object or an ordered map with text keys, in its order.
    public init(rpcValue: RPCValue) throws {
        guard let members = rpcValue.mapping else { throw RPCError.mismatch("a mapping", rpcValue) }
        self = try members.mapValues { try Value(rpcValue: $0) }
    }
    /// A mapping.
    public static var rpcSchema: RPCObject {
        ["type": "object", "additionalProperties": .object(Value.rpcSchema)]
    }
}
