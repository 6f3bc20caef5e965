public import ImJoyCore

extension AnyNDArray: RPCEncodable, RPCDecodable {
    /// The array itself; no element is copied.
    public func rpcValue() -> RPCValue { .ndarray(self) }
    /// Takes this kind of value only; throws `invalidArgument` for anything else.
    public init(rpcValue: RPCValue) throws {
        guard case .ndarray(let array) = rpcValue else { throw RPCError.mismatch("an n-d array", rpcValue) }
        self = array
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
}

extension SharedBytes: RPCEncodable, RPCDecodable {
    /// The bytes themselves; none is copied.
    public func rpcValue() -> RPCValue { .bytes(self) }
    /// Takes this kind of value only; throws `invalidArgument` for anything else.
    public init(rpcValue: RPCValue) throws {
        guard case .bytes(let bytes) = rpcValue else { throw RPCError.mismatch("bytes", rpcValue) }
        self = bytes
    }
}
