public import OrderedCollections

/// What a function is called with: values in order, and values by name.
public struct RPCArguments: Sendable {
    /// The values given in order.
    public var positional: [RPCValue]
    /// The values given by name.
    public var named: RPCObject

    /// Values in order and by name; none by default.
    public init(_ positional: [RPCValue] = [], named: RPCObject = [:]) {
        self.positional = positional
        self.named = named
    }

    /// The value at `index`, null when the caller gave fewer.
    public subscript(index: Int) -> RPCValue { positional.indices.contains(index) ? positional[index] : .null }

    /// The value called `name`: a named argument, or a member of a mapping that is the only positional one.
    ///
    /// ImJoy functions take one options mapping, which Python callers may spell as keywords.
    public func option(_ name: String) -> RPCValue {
        if let value = named[name] { return value }
        guard positional.count == 1, case .object(let options) = positional[0] else { return .null }
        return options[name] ?? .null
    }
}

/// Hands positional arguments to a closure's parameters one after another.
struct ArgumentReader {
    private let arguments: RPCArguments
    private let function: String
    private var next = 0

    init(_ arguments: RPCArguments, of function: String) throws(RPCError) {
        self.arguments = arguments
        self.function = function
        if let name = arguments.named.keys.first {
            throw RPCError(.invalidArgument, "\(function) takes its arguments in order, not by name (\(name))")
        }
    }

    mutating func read<A: RPCDecodable>(_ type: A.Type) throws -> A {
        defer { next += 1 }
        do {
            // A missing argument reads as null, which optional parameters take.
            return try A(rpcValue: arguments[next])
        } catch let error as RPCError {
            let isMissing = next >= arguments.positional.count
            let reason =
                isMissing ? "is missing (\(arguments.positional.count) given)" : "does not fit: \(error.message)"
            throw RPCError(error.code, "argument \(next + 1) of \(function) \(reason)", cause: error.cause)
        }
    }

    func finish() throws(RPCError) {
        guard next >= arguments.positional.count else {
            throw RPCError(
                .invalidArgument, "\(function) takes \(next) arguments, \(arguments.positional.count) were given")
        }
    }
}
