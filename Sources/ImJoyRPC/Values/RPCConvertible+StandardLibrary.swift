public import OrderedCollections

extension RPCValue: RPCEncodable, RPCDecodable {
    public func rpcValue() -> RPCValue { self }
    public init(rpcValue: RPCValue) { self = rpcValue }
}

extension Bool: RPCEncodable, RPCDecodable {
    public func rpcValue() -> RPCValue { .bool(self) }
    public init(rpcValue: RPCValue) throws {
        guard case .bool(let value) = rpcValue else { throw RPCError.mismatch("a boolean", rpcValue) }
        self = value
    }
}

extension String: RPCEncodable, RPCDecodable {
    public func rpcValue() -> RPCValue { .string(self) }
    public init(rpcValue: RPCValue) throws {
        guard case .string(let value) = rpcValue else { throw RPCError.mismatch("text", rpcValue) }
        self = value
    }
}

extension RPCEncodable where Self: BinaryInteger {
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
    public func rpcValue() -> RPCValue { .double(Double(self)) }
}
extension RPCDecodable where Self: BinaryFloatingPoint {
    public init(rpcValue: RPCValue) throws {
        guard let value = rpcValue.doubleValue else { throw RPCError.mismatch("a number", rpcValue) }
        self = Self(value)
    }
}
extension Double: RPCEncodable, RPCDecodable {}
extension Float: RPCEncodable, RPCDecodable {}

extension Optional: RPCEncodable where Wrapped: RPCEncodable {
    public func rpcValue() throws -> RPCValue { try self?.rpcValue() ?? .null }
}
extension Optional: RPCDecodable where Wrapped: RPCDecodable {
    public init(rpcValue: RPCValue) throws { self = rpcValue.isNull ? nil : try Wrapped(rpcValue: rpcValue) }
}

extension Array: RPCEncodable where Element: RPCEncodable {
    public func rpcValue() throws -> RPCValue { .array(try map { try $0.rpcValue() }) }
}
extension Array: RPCDecodable where Element: RPCDecodable {
    public init(rpcValue: RPCValue) throws {
        guard case .array(let elements) = rpcValue else { throw RPCError.mismatch("a list", rpcValue) }
        self = try elements.map { try Element(rpcValue: $0) }
    }
}

extension Dictionary: RPCEncodable where Key == String, Value: RPCEncodable {
    /// Keys go out sorted, so that equal dictionaries give equal messages.
    public func rpcValue() throws -> RPCValue {
        .object(
            RPCObject(uniqueKeysWithValues: try sorted { $0.key < $1.key }.map { ($0.key, try $0.value.rpcValue()) }))
    }
}
extension Dictionary: RPCDecodable where Key == String, Value: RPCDecodable {
    public init(rpcValue: RPCValue) throws {
        guard let members = rpcValue.mapping else { throw RPCError.mismatch("a mapping", rpcValue) }
        self.init(uniqueKeysWithValues: try members.map { ($0.key, try Value(rpcValue: $0.value)) })
    }
}

extension OrderedDictionary: RPCEncodable where Key == String, Value: RPCEncodable {
    public func rpcValue() throws -> RPCValue { .object(try mapValues { try $0.rpcValue() }) }
}
extension OrderedDictionary: RPCDecodable where Key == String, Value: RPCDecodable {
    public init(rpcValue: RPCValue) throws {
        guard let members = rpcValue.mapping else { throw RPCError.mismatch("a mapping", rpcValue) }
        self = try members.mapValues { try Value(rpcValue: $0) }
    }
}
