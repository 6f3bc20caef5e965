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

/// Hands arguments, given in order or by name, to a closure's parameters one after another.
struct ArgumentReader {
    private let arguments: RPCArguments
    private let function: String
    private let parameters: [String]
    private var next = 0
    /// How many of the named arguments have been taken.
    private var namedCount = 0

    init(_ arguments: RPCArguments, of function: String, parameters: [String]) {
        self.arguments = arguments
        self.function = function
        self.parameters = parameters
    }

    /// What the parameter at `index` is called.
    static func name(at index: Int, of parameters: [String]) -> String {
        parameters.indices.contains(index) ? parameters[index] : "argument\(index + 1)"
    }

    mutating func read<A: RPCDecodable>(_ type: A.Type) throws -> A {
        defer { next += 1 }
        let named = arguments.named.isEmpty ? nil : arguments.named[Self.name(at: next, of: parameters)]
        if named != nil {
            namedCount += 1
            guard next >= arguments.positional.count else {
                let name = Self.name(at: next, of: parameters)
                throw RPCError(
                    .invalidArgument, "argument \(next + 1) of \(function) is given twice, in order and as \(name)")
            }
        }
        do {
            // A missing argument reads as null, which optional parameters take.
            return try A(rpcValue: named ?? arguments[next])
        } catch let error as RPCError {
            let isMissing = next >= arguments.positional.count && named == nil
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
        guard namedCount < arguments.named.count else { return }
        let names = (0..<next).map { Self.name(at: $0, of: parameters) }
        let unknown = arguments.named.keys.filter { !names.contains($0) }
        throw RPCError(
            .invalidArgument,
            "\(function) has no parameter \(unknown.joined(separator: ", ")); it takes \(names.joined(separator: ", "))"
        )
    }
}
