internal import OrderedCollections

/// A place inside a remote object that can be called.
@dynamicMemberLookup
@dynamicCallable
public struct RemoteMember: Sendable {
    let root: RPCValue
    let path: [String]
    var options = RPCCallOptions()

    init(root: RPCValue, path: [String]) {
        self.root = root
        self.path = path
    }

    /// A member one level deeper.
    public subscript(dynamicMember name: String) -> RemoteMember { self[name] }

    /// A member one level deeper, also for names that Swift or this type have taken.
    public subscript(name: String) -> RemoteMember {
        var member = RemoteMember(root: root, path: path + [name])
        member.options = options
        return member
    }

    /// The same member with other call options: `plugin.run.with(.timeout(.seconds(5)))(image)`.
    public func with(_ options: RPCCallOptions) -> RemoteMember {
        var member = self
        member.options = options
        return member
    }

    /// Calls the member and reads its result as the type the caller asks for.
    public func dynamicallyCall<R: RPCDecodable>(
        withKeywordArguments arguments: KeyValuePairs<String, any RPCEncodable>
    ) async throws -> R {
        try R(rpcValue: try await call(arguments))
    }

    /// Calls the member.
    @discardableResult
    public func dynamicallyCall(
        withKeywordArguments arguments: KeyValuePairs<String, any RPCEncodable>
    ) async throws -> RPCValue {
        try await call(arguments)
    }

    private func call(_ arguments: KeyValuePairs<String, any RPCEncodable>) async throws -> RPCValue {
        var values = RPCArguments()
        for (name, argument) in arguments {
            if name.isEmpty {
                values.positional.append(try argument.rpcValue())
            } else {
                values.named[name] = try argument.rpcValue()
            }
        }
        return try await function().call(values, options: options)
    }

    /// The function at this place; throws `notFound` naming the members that are there.
    public func function() throws(RPCError) -> RPCFunction {
        var value = root
        for (depth, name) in path.enumerated() {
            guard let members = value.objectValue, let member = members[name] else {
                let place = depth == 0 ? "the remote object" : path[..<depth].joined(separator: ".")
                let present = value.objectValue.map { $0.keys.joined(separator: ", ") } ?? ""
                throw RPCError(
                    .notFound, "\(place) has no member \(name)\(present.isEmpty ? "" : " (it has \(present))")")
            }
            value = member
        }
        guard case .function(let function) = value else {
            throw RPCError(.notFound, "\(path.joined(separator: ".")) is \(value.kindName), not a function")
        }
        return function
    }
}
