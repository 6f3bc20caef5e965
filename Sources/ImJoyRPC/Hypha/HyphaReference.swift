internal import OrderedCollections

/// A function as the Hypha dialect names it: whose it is, and where it lies in the owner's store.
package struct HyphaReference: Hashable, Sendable {
    /// The owner, as `workspace/client`.
    package var target: String
    /// The path in the owner's store: `services.ID.NAME`, or a session and a name in it.
    package var method: String
    /// The base address of the server that both are on, when the owner has told it.
    package var server: String?
    /// How the owner wants to be told where its answer goes.
    package var promise = PromiseForm.shared
    /// The call that brought this function, when it is an argument of one.
    package var parent: String?

    /// The forms of a promise.
    package enum PromiseForm: Hashable, Sendable {
        /// By the name of the session alone.
        case shared
        /// By three functions.
        case functions
        /// Nobody waits for an answer.
        case none
    }

    /// The owner's address with its workspace: a bare client is one of `workspace`.
    static func complete(_ target: String, workspace: String) -> String {
        target.contains("/") || workspace.isEmpty ? target : "\(workspace)/\(target)"
    }
}

extension HyphaReference {
    /// Reads the fields of an encoded function, which `workspace` has sent; throws for one without an owner or a path.
    init(_ fields: RPCObject, method: String = HyphaTag.method, workspace: String, parent: String?) throws(RPCError) {
        guard let target = fields[HyphaTag.target]?.stringValue, let path = fields[method]?.stringValue,
            !target.isEmpty, !path.isEmpty
        else {
            throw RPCError(.protocolViolation, "a function without a target or a method: \(RPCValue.object(fields))")
        }
        self.init(
            target: Self.complete(target, workspace: workspace), method: path,
            server: fields[HyphaTag.server]?.stringValue, promise: PromiseForm(wireValue: fields[HyphaTag.promise]),
            parent: parent)
    }
}
