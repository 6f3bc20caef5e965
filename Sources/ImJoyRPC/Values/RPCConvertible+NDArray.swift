public import ImJoyCore
public import OrderedCollections

extension AnyNDArray: RPCEncodable, RPCDecodable {
    /// The array itself; no element is copied.
    public func rpcValue() -> RPCValue { .ndarray(self) }
    /// Takes this kind of value only; throws `invalidArgument` for anything else.
    public init(rpcValue: RPCValue) throws {
        guard case .ndarray(let array) = rpcValue else { throw RPCError.mismatch("an n-d array", rpcValue) }
        self = array
    }
    /// An array of any dtype.
    public static var rpcSchema: RPCObject { arraySchema(of: nil) }

    /// The mapping that stands for an array where no array can be given.
    static func arraySchema(of dtype: DType?) -> RPCObject {
        var members: RPCObject = [WireTag.type: ["const": "ndarray"]]
        if let dtype { members[WireTag.dtype] = ["const": .string(dtype.description)] }
        return [
            "type": "object", "description": .string("n-d array" + (dtype.map { " of \($0)" } ?? "")),
            "properties": .object(members),
        ]
    }
}

extension NDArray: RPCEncodable, RPCDecodable {
    /// The array itself; no element is copied.
    public func rpcValue() -> RPCValue { .ndarray(AnyNDArray(self)) }
    /// Takes an array of exactly this element type; nothing is converted behind the caller's back.
    public init(rpcValue: RPCValue) throws {
        guard case .ndarray(let array) = rpcValue else {
            throw RPCError.mismatch("an n-d array of \(Element.dtype)", rpcValue)
        }
        do { self = try array.typed() } catch { throw RPCError(.invalidArgument, error.message, cause: error) }
    }
    /// An array of this element type.
    public static var rpcSchema: RPCObject { AnyNDArray.arraySchema(of: Element.dtype) }
}

extension SharedBytes: RPCEncodable, RPCDecodable {
    /// The bytes themselves; none is copied.
    public func rpcValue() -> RPCValue { .bytes(self) }
    /// Takes this kind of value only; throws `invalidArgument` for anything else.
    public init(rpcValue: RPCValue) throws {
        guard case .bytes(let bytes) = rpcValue else { throw RPCError.mismatch("bytes", rpcValue) }
        self = bytes
    }
    /// Bytes, for which JSON has no name.
    public static var rpcSchema: RPCObject { ["description": "bytes"] }
}
