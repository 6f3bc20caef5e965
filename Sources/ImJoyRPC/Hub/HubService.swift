internal import OrderedCollections

/// A service as a hub knows it: what its client has told, and nothing to call.
struct HubService {
    /// `workspace/client:service`.
    let id: String
    let workspace: String
    let clientID: String
    let serviceID: String
    let visibility: HyphaService.Visibility
    let authorizedWorkspaces: Set<String>
    /// What others are told of it.
    let description: RPCObject

    var client: String { "\(workspace)/\(clientID)" }

    /// Reads what a client tells of a service of its own; throws `invalidArgument` for what cannot be, and `refused` for
    /// a service of another client.
    init(_ description: RPCObject, from client: String) throws(RPCError) {
        guard let id = description["id"]?.stringValue else {
            throw RPCError(.invalidArgument, "a service needs an id")
        }
        let name = Self.fullID(id, of: client)
        guard name.hasPrefix("\(client):") else {
            throw RPCError(.refused, "\(client) may not register \(id), which is not its own")
        }
        var members = description
        members["id"] = .string(String(name.dropFirst(client.count + 1)))
        let service = try HyphaService(members)
        self.id = name
        serviceID = service.id
        workspace = HyphaMachine.workspace(of: client)
        clientID = String(client.dropFirst(workspace.count + 1))
        visibility = service.visibility
        authorizedWorkspaces = service.authorizedWorkspaces
        members["id"] = .string(name)
        self.description = members
    }

    /// The full form of an id as `client` writes it, without the application that may stand behind it.
    static func fullID(_ id: String, of client: String) -> String {
        let name = id.split(separator: "@", maxSplits: 1).first.map(String.init) ?? ""
        if name.contains("/") { return name }
        return name.contains(":") ? "\(HyphaMachine.workspace(of: client))/\(name)" : "\(client):\(name)"
    }

    /// Whether clients of `workspace` may call it.
    func admits(_ workspace: String) -> Bool {
        visibility != .protected || workspace == self.workspace || authorizedWorkspaces.contains(workspace)
    }

    /// Whether clients of `workspace` find it without knowing its id.
    func isListed(for workspace: String, withUnlisted: Bool) -> Bool {
        visibility == .unlisted ? withUnlisted && workspace == self.workspace : admits(workspace)
    }
}
