internal import ImJoyCore
internal import ImJoyRPC
internal import OrderedCollections
internal import Synchronization

/// What the running plugins offer to each other by `registerService`.
final class ServiceDirectory: Sendable {
    /// One service, which ends with its plugin.
    struct Service: Sendable {
        let id: String
        let name: String
        /// The type as it is looked up: without the `@` of those that this host knows.
        let type: String
        let provider: PluginInstance
        /// What the plugin said about it, functions included.
        let fields: RPCObject
        /// Lets the plugin forget its functions.
        let object: RemoteObject?

        /// The service as other plugins see it.
        var members: RPCObject {
            var members = fields
            members["id"] = .string(id)
            members["provider"] = .string(provider.name)
            members["providerId"] = .string(provider.id)
            // An operator without a function of its own is the plugin's `run`.
            if type == "operator", members["run"]?.functionValue == nil,
                let run = (try? provider.interface)?.members["run"]
            {
                members["run"] = run
            }
            return members
        }
    }
    private static let limit = 4096
    private let services = Mutex<[Service]>([])

    /// The types that begin with `@` and what each of them must hold.
    private static let known: [(type: String, needed: String?)] = [
        ("operator", nil), ("engine", nil), ("engine-factory", nil), ("file-manager", nil),
        ("transformation", "transform"), ("model", "predict"),
    ]
    /// The types that a plugin may register only with the flag of that name in its config.
    private static let flagged: Set<String> = ["engine", "engine-factory", "file-manager"]

    /// Takes up a service and returns the name of an operator, the id of any other service.
    func register(_ fields: RPCObject, object: RemoteObject?, of provider: PluginInstance) throws -> String {
        guard let name = fields["name"]?.stringValue, !name.isEmpty else {
            throw RPCError(.invalidArgument, "a service needs a `name`")
        }
        // In old plugins everything that is registered is an operator.
        let written = fields["type"]?.stringValue ?? "operator"
        let type = written.hasPrefix("@") ? String(written.dropFirst()) : written
        if written.hasPrefix("@") {
            guard let known = Self.known.first(where: { $0.type == type }) else {
                let names = Self.known.map { "@\($0.type)" }.joined(separator: ", ")
                throw RPCError(.invalidArgument, "there is no service type \(written); known are \(names)")
            }
            if let needed = known.needed, fields[needed]?.functionValue == nil {
                throw RPCError(.invalidArgument, "a service of type \(written) needs a function `\(needed)`")
            }
        }
        if Self.flagged.contains(type), !provider.manifest.flags.contains(type) {
            throw RPCError(
                .refused, "a service of type \(type) needs the flag `\(type)` in the config of \(provider.name)")
        }
        let service = Service(
            id: RandomID.make(), name: name, type: type, provider: provider, fields: fields, object: object)
        let isOperator = type == "operator"
        try services.withLock { services throws in
            // An operator that is registered again replaces the old one; services of other types may share a name.
            if isOperator {
                services.removeAll { $0.provider === provider && $0.type == type && $0.name == name }
            }
            guard services.count < Self.limit else {
                throw RPCError(.overloaded, "\(Self.limit) services are registered already")
            }
            services.append(service)
        }
        return isOperator ? (name == provider.name ? name : "\(provider.name)/\(name)") : service.id
    }

    /// Takes services of `provider` out by their id, or by all that `query` says; throws `notFound` when it has none.
    func unregister(_ query: RPCObject, of provider: PluginInstance) throws -> [Service] {
        let taken = services.withLock { services -> [Service] in
            let taken = services.filter { $0.provider === provider && Self.fits($0, query) }
            services.removeAll { service in taken.contains { $0.id == service.id } }
            return taken
        }
        guard !taken.isEmpty else {
            throw RPCError(.notFound, "\(provider.name) has registered no service \(RPCValue.object(query))")
        }
        return taken
    }

    /// Forgets what a plugin has registered that has ended, and returns it.
    func removeAll(of provider: PluginInstance) -> [Service] {
        services.withLock { services in
            let removed = services.filter { $0.provider === provider }
            services.removeAll { $0.provider === provider }
            return removed
        }
    }

    /// The services that have all the values of `query`, in the order of their registration.
    func find(_ query: RPCObject) -> [Service] {
        services.withLock(\.self).filter { Self.fits($0, query) }
    }

    /// Plain values count; functions and whatever else is in a query do not.
    private static func fits(_ service: Service, _ query: RPCObject) -> Bool {
        query.allSatisfy { name, wanted in
            switch name {
            case "type":
                guard let type = wanted.stringValue else { return false }
                return service.type == (type.hasPrefix("@") ? String(type.dropFirst()) : type)
            case "id": return wanted.stringValue == service.id
            case "provider": return wanted.stringValue == service.provider.name
            case "providerId": return wanted.stringValue == service.provider.id
            default:
                guard let wanted = ManifestValue(wanted, array: { _ in .null }) else { return true }
                return service.fields[name].flatMap { ManifestValue($0, array: { _ in .null }) } == wanted
            }
        }
    }
}
