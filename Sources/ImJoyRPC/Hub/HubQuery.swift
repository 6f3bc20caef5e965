internal import OrderedCollections

/// Which services somebody looks for; nil stands for any.
struct HubQuery {
    var workspace: String?
    var clientID: String?
    var serviceID: String?
    var type: String?
    var visibility: String?

    /// Reads `service`, `client:service`, `workspace/service` or `workspace/client:service`; what follows an `@` is left
    /// out. A name without a workspace is one of `workspace`.
    init(_ text: String, workspace: String) {
        let name = text.split(separator: "@", maxSplits: 1).first ?? ""
        var rest = name[...]
        self.workspace = workspace
        if let slash = rest.firstIndex(of: "/") {
            self.workspace = Self.pattern(rest[..<slash])
            rest = rest[rest.index(after: slash)...]
        }
        if let colon = rest.firstIndex(of: ":") {
            clientID = Self.pattern(rest[..<colon])
            rest = rest[rest.index(after: colon)...]
        }
        serviceID = Self.pattern(rest)
    }

    /// Reads what lists are asked for: nothing, a text as above, the name of a workspace, or a mapping.
    init(listing query: RPCValue, workspace: String) throws(RPCError) {
        switch query {
        case .null: self.init("*", workspace: workspace)
        case .string(let text) where text.contains("/") || text.contains(":"): self.init(text, workspace: workspace)
        case .string(let text): self.init("*", workspace: text)
        case .object(let fields):
            self.init("*", workspace: workspace)
            for (name, value) in fields {
                let pattern = value.stringValue.flatMap { Self.pattern($0[...]) }
                switch name {
                case "workspace": self.workspace = pattern
                case "client_id": clientID = pattern
                case "service_id", "id": serviceID = pattern
                case "type": type = pattern
                case "visibility": visibility = pattern
                case "app_id": break
                default: throw RPCError(.invalidArgument, "services are not looked for by \(name)")
                }
            }
        default: throw RPCError(.invalidArgument, "services are looked for by text or a mapping, not \(query.kindName)")
        }
    }

    private static func pattern(_ text: Substring) -> String? { text == "*" ? nil : String(text) }

    func matches(_ service: HubService) -> Bool {
        func fits(_ pattern: String?, _ text: String?) -> Bool { pattern == nil || pattern == text }
        return fits(workspace, service.workspace) && fits(clientID, service.clientID)
            && fits(serviceID, service.serviceID) && fits(type, service.description["type"]?.stringValue)
            && fits(visibility, service.visibility.rawValue)
    }
}
