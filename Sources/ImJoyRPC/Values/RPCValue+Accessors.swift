public import ImJoyCore
public import OrderedCollections

extension RPCValue {
    /// The member `name` of a mapping or remote object; null when there is none.
    public subscript(name: String) -> RPCValue {
        switch self {
        case .object(let members), .tagged(_, let members): members[name] ?? .null
        case .remote(let object): object.members[name] ?? .null
        default: .null
        }
    }

    /// The element `index` of a list; null when there is none.
    public subscript(index: Int) -> RPCValue {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return .null }
        return elements[index]
    }

    public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// A whole number; also a `double` without a fraction.
    public var intValue: Int? {
        switch self {
        case .int(let value): Int(exactly: value)
        case .uint(let value): Int(exactly: value)
        case .double(let value): Int(exactly: value)
        default: nil
        }
    }
    /// Any number.
    public var doubleValue: Double? {
        switch self {
        case .int(let value): Double(value)
        case .uint(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }
    public var stringValue: String? { if case .string(let value) = self { value } else { nil } }
    public var bytesValue: SharedBytes? { if case .bytes(let value) = self { value } else { nil } }
    public var arrayValue: [RPCValue]? { if case .array(let value) = self { value } else { nil } }
    /// The members of a mapping or of a remote object.
    public var objectValue: RPCObject? {
        switch self {
        case .object(let members): members
        case .remote(let object): object.members
        default: nil
        }
    }
    public var ndarrayValue: AnyNDArray? { if case .ndarray(let value) = self { value } else { nil } }
    public var functionValue: RPCFunction? { if case .function(let value) = self { value } else { nil } }
    public var remoteValue: RemoteObject? { if case .remote(let value) = self { value } else { nil } }
}
