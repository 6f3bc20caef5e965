/// How values of one type are written and read; see ``RPCConfiguration/registerCodec(_:decode:encode:)``.
struct RPCCodec: Sendable {
    var name: String
    var encode: (@Sendable (RPCObject) throws -> RPCObject)?
    var decode: (@Sendable (RPCObject) throws -> RPCValue)?

    func read(_ fields: RPCObject) throws(RPCError) -> RPCValue? {
        do {
            return try decode?(fields)
        } catch {
            throw RPCError(.invalidArgument, "a value of type \(name) cannot be read: \(error)", cause: error)
        }
    }

    func write(_ fields: RPCObject) throws(RPCError) -> RPCObject? {
        do {
            return try encode?(fields)
        } catch {
            throw RPCError(.invalidArgument, "a value of type \(name) cannot be sent: \(error)", cause: error)
        }
    }
}
