public import OrderedCollections

/// A type that can be sent.
public protocol RPCEncodable: Sendable {
    /// The value to send; throws ``RPCError`` with `invalidArgument` when there is none.
    func rpcValue() throws -> RPCValue
}

/// A type that can be received.
public protocol RPCDecodable: Sendable {
    /// Reads a received value; throws ``RPCError`` with `invalidArgument` when it is of another kind.
    init(rpcValue: RPCValue) throws

    /// What is taken, as a JSON schema, for programs that choose among functions; an empty one allows anything.
    static var rpcSchema: RPCObject { get }
}

extension RPCDecodable {
    /// Anything; types that say no more are not described.
    public static var rpcSchema: RPCObject { [:] }
}

/// A type that can be sent and received.
public typealias RPCConvertible = RPCEncodable & RPCDecodable

extension RPCError {
    /// What was wanted and what came instead.
    static func mismatch(_ wanted: String, _ found: RPCValue) -> RPCError {
        RPCError(.invalidArgument, "\(wanted) is wanted here, not \(found.kindName)")
    }
}
