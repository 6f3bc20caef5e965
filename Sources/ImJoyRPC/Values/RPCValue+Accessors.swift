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

    /// The value of a boolean; nil for other values.
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
    /// The value of a text; nil for other values.
    public var stringValue: String? { if case .string(let value) = self { value } else { nil } }
    /// The value of bytes; nil for other values.
    public var bytesValue: SharedBytes? { if case .bytes(let value) = self { value } else { nil } }
    /// The elements of a list; nil for other values.
    public var arrayValue: [RPCValue]? { if case .array(let value) = self { value } else { nil } }
    /// The members of a mapping or of a remote object.
    public var objectValue: RPCObject? {
        switch self {
        case .object(let members): members
        case .remote(let object): object.members
        default: nil
        }
    }
    /// An n-d array; nil for other values.
    public var ndarrayValue: AnyNDArray? { if case .ndarray(let value) = self { value } else { nil } }
    /// A function; nil for other values.
    public var functionValue: RPCFunction? { if case .function(let value) = self { value } else { nil } }
    /// An object of the far side; nil for other values.
    public var remoteValue: RemoteObject? { if case .remote(let value) = self { value } else { nil } }
}
