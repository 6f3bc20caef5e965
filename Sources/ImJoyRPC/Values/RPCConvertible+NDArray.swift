public import ImJoyCore

extension AnyNDArray: RPCEncodable, RPCDecodable {
    public func rpcValue() -> RPCValue { .ndarray(self) }
    public init(rpcValue: RPCValue) throws {
        guard case .ndarray(let array) = rpcValue else { throw RPCError.mismatch("an n-d array", rpcValue) }
        self = array
    }
}

extension NDArray: RPCEncodable, RPCDecodable {
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
    public func rpcValue() -> RPCValue { .bytes(self) }
    public init(rpcValue: RPCValue) throws {
        guard case .bytes(let bytes) = rpcValue else { throw RPCError.mismatch("bytes", rpcValue) }
        self = bytes
    }
}
