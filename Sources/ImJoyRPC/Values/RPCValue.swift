public import ImJoyCore
public import OrderedCollections

/// A mapping with text keys that remembers their order.
public typealias RPCObject = OrderedDictionary<String, RPCValue>

/// Everything that can cross a connection: data travels by copy, functions and objects by reference.
///
/// ```swift
/// let request: RPCValue = ["sigma": 2.5, "image": .ndarray(AnyNDArray(pixels)), "tags": ["a", "b"]]
/// ```
public enum RPCValue: Sendable {
    /// Python's `None`, JavaScript's `null`.
    case null
    /// A boolean.
    case bool(Bool)
    /// A whole number.
    case int(Int64)
    /// A whole number above `Int64.max`; smaller ones are always ``int(_:)``.
    case uint(UInt64)
    /// A number of 64 bits.
    case double(Double)
    /// A text.
    case string(String)
    /// Raw bytes.
    case bytes(SharedBytes)
    /// A list.
    case array([RPCValue])
    /// A mapping with text keys, in order.
    case object(RPCObject)
    /// An n-d array; its pixels are not copied on their way through this process.
    indirect case ndarray(AnyNDArray)
    /// An error as a value, as peers pass them to callbacks.
    indirect case error(RPCError)
    /// Something to call: a closure of ours on its way out, a remote one on its way in.
    indirect case function(RPCFunction)
    /// An object of the far side, with functions and values.
    indirect case remote(RemoteObject)
    /// A value of a type that its dialect names but we have no case for; it passes through untouched.
    indirect case tagged(type: String, RPCObject)
}

extension RPCValue {
    /// The value of an integer of any size.
    public init<I: BinaryInteger>(_ number: I) {
        if let small = Int64(exactly: number) {
            self = .int(small)
        } else if let large = UInt64(exactly: number) {
            self = .uint(large)
        } else {
            self = .double(Double(number))
        }
    }

    /// True for ``null``.
    public var isNull: Bool { if case .null = self { true } else { false } }

    /// What kind of value this is, for error messages.
    public var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .int, .uint: "a whole number"
        case .double: "a number"
        case .string: "text"
        case .bytes: "bytes"
        case .array: "a list"
        case .object: "a mapping"
        case .ndarray(let array): "a \(array.dtype) array of shape \(array.shape)"
        case .error: "an error"
        case .function: "a function"
        case .remote: "a remote object"
        case .tagged(let type, _): "a value of type \(type)"
        }
    }
}
