internal import ImJoyCore
internal import OrderedCollections

/// A service of ours as others find it.
struct HyphaService {
    typealias Visibility = HyphaServiceOptions.Visibility

    let id: String
    /// Everything in it, as it goes out: functions, values, and what describes it.
    let members: RPCObject
    let visibility: Visibility
    /// Workspaces whose clients may call it though it is protected.
    let authorizedWorkspaces: Set<String>
    /// The one client that may call it.
    var onlyCaller: String?

    /// Reads the id and who may call from the members `id` and `config`; throws `invalidArgument` for what cannot be.
    init(_ members: RPCObject) throws(RPCError) {
        guard let id = members["id"]?.stringValue, !id.isEmpty else {
            throw RPCError(.invalidArgument, "a service needs an id")
        }
        guard !id.contains(where: { "/:@".contains($0) }) else {
            throw RPCError(.invalidArgument, "the id of a service has none of / : @, unlike \(id)")
        }
        let config = members["config"] ?? .null
        let visibility = config["visibility"].stringValue ?? Visibility.protected.rawValue
        guard let visibility = Visibility(rawValue: visibility) else {
            throw RPCError(
                .invalidArgument, "the visibility of a service is public, unlisted or protected, not \(visibility)")
        }
        self.id = id
        self.members = members
        self.visibility = visibility
        authorizedWorkspaces = Set(config["authorized_workspaces"].arrayValue?.compactMap(\.stringValue) ?? [])
    }

    /// An object that one client has been lent.
    init(lending members: RPCObject, as id: String, to caller: String) {
        self.id = id
        self.members = members
        visibility = .protected
        authorizedWorkspaces = []
        onlyCaller = caller
    }

    func admits(_ caller: String, workspace: String) -> Bool {
        if let onlyCaller { return caller == onlyCaller }
        if visibility != .protected { return true }
        let theirs = HyphaMachine.workspace(of: caller)
        // The manager of the server has no workspace of its own.
        return theirs == workspace || theirs == "*" || authorizedWorkspaces.contains(theirs)
    }

    /// The function at a dotted path; nil when there is none. Names with an underscore are private.
    func function(at path: Substring) -> RPCFunction? {
        var value = RPCValue.object(members)
        for name in path.split(separator: ".", omittingEmptySubsequences: false).map(String.init) {
            if name.hasPrefix("_"), name != "__enter__", name != "__exit__" { return nil }
            switch value {
            case .object(let members): value = members[name] ?? .null
            case .array(let elements):
                guard let index = Int(name), elements.indices.contains(index) else { return nil }
                value = elements[index]
            default: return nil
            }
        }
        return value.functionValue
    }

    /// The closures in it.
    var functions: [RPCFunction] { Self.methods(.object(members), at: "").map(\.function) }

    /// The closures of services with their paths, so that one that is sent on goes by its path.
    static func methods(of services: some Sequence<HyphaService>) -> [ObjectIdentifier: String] {
        var paths: [ObjectIdentifier: String] = [:]
        for service in services {
            for (function, path) in methods(.object(service.members), at: "services.\(service.id)") {
                if case .local(let local) = function.kind { paths[ObjectIdentifier(local)] = path }
            }
        }
        return paths
    }

    private static func methods(_ value: RPCValue, at path: String) -> [(function: RPCFunction, path: String)] {
        switch value {
        case .function(let function) where !function.isRemote: [(function, path)]
        case .object(let members): members.flatMap { methods($0.value, at: "\(path).\($0.key)") }
        case .array(let elements): elements.enumerated().flatMap { methods($0.element, at: "\(path).\($0.offset)") }
        default: []
        }
    }
}
