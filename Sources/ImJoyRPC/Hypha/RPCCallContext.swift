public import OrderedCollections

/// Who calls: what a server of the Hypha dialect has said about the call that is being served.
///
/// ```swift
/// RPCExport("whoami") { () in RPCCallContext.current?.from ?? "nobody" }
/// ```
public struct RPCCallContext: Sendable {
    /// The caller's address, `workspace/client`.
    public let from: String
    /// The caller's workspace.
    public let workspace: String
    /// What the server knows about the caller's user, such as `id` and `is_anonymous`; null when it has said nothing.
    public let user: RPCValue
    /// The whole header of the call.
    public let header: RPCObject

    /// The call that this task serves; nil outside of calls, and in those of other dialects.
    @TaskLocal public static var current: RPCCallContext?

    init(_ call: HyphaMachine.InboundCall) {
        from = call.from
        workspace = call.context["ws"]?.stringValue ?? HyphaMachine.workspace(of: call.from)
        user = call.context["user"] ?? .null
        header = call.context
    }
}
