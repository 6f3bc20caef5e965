public import OrderedCollections

/// An object of the far side: functions to call, and the plain values that it had when it was sent.
///
/// ```swift
/// let plugin = try await connection.remoteInterface()
/// try await plugin.setup()
/// let count: Int = try await plugin.analysis.count(image, threshold: 0.5)
/// ```
/// Names that Swift or this type have taken are reached through the subscript: `plugin["members"]()`.
@dynamicMemberLookup
public struct RemoteObject: Sendable {
    /// Everything in it by name, in the order of the far side.
    public let members: RPCObject
    /// The name that the far side has for it; nil when it cannot be disposed of.
    let objectID: String?
    private let caller: (any RemoteCaller)?

    package init(members: RPCObject, objectID: String?, caller: (any RemoteCaller)?) {
        self.members = members
        self.objectID = objectID
        self.caller = caller
    }

    /// The member `name` written like a property; it need not exist until it is called.
    public subscript(dynamicMember name: String) -> RemoteMember { self[name] }

    /// The member `name`, which need not exist until it is called.
    public subscript(name: String) -> RemoteMember { RemoteMember(root: .remote(self), path: [name]) }

    /// True when there is a function called `name`.
    public func hasFunction(_ name: String) -> Bool { members[name]?.functionValue != nil }

    /// The plain value called `name`.
    public func value<T: RPCDecodable>(_ name: String, as type: T.Type = T.self) throws -> T {
        guard let value = members[name] else { throw RPCError(.notFound, "the object has no member \(name)") }
        return try T(rpcValue: value)
    }

    /// Lets the far side forget the object; its functions cannot be called afterwards.
    ///
    /// This is never done behind your back: a peer may hand the same function out again under the same name.
    public func dispose() async throws {
        // The Hypha dialect lends the function for this with the object.
        if let dispose = members[HyphaTag.dispose]?.functionValue {
            try await dispose.call(RPCArguments())
            return
        }
        guard let objectID, let caller else { return }
        try await caller.dispose(objectID: objectID, owner: owner(of: objectID))
    }

    /// The link of the one who lends the object, when one of its own functions tells.
    private func owner(of objectID: String) -> WireID? {
        for member in members.values {
            guard case .function(let function) = member, case .remote(let reference, _) = function.kind,
                case .method(objectID, _, let target) = reference
            else { continue }
            return target
        }
        return nil
    }
}

extension RemoteObject: RPCEncodable, RPCDecodable {
    /// The object as a value; its functions are passed on.
    public func rpcValue() -> RPCValue { .remote(self) }
    /// Takes an object of the far side; throws `invalidArgument` for anything else.
    public init(rpcValue: RPCValue) throws {
        guard case .remote(let object) = rpcValue else { throw RPCError.mismatch("an object with functions", rpcValue) }
        self = object
    }
    /// A mapping with functions in it.
    public static var rpcSchema: RPCObject { ["type": "object", "description": "an object with functions"] }
}
