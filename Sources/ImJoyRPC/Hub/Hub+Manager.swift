internal import OrderedCollections

/// The service `default` of the hub's own client, through which clients find each other.
extension Hub {
    /// How long the client of a service may take to give it out.
    private static let serviceTimeout = 10.0
    /// More is not granted: whoever waits holds a place here.
    private static let longestTimeout = 60.0

    var managerService: RPCService {
        RPCService("workspace-manager", summary: "Finds clients and services.") {
            RPCExport(raw: "register_service", summary: "Tells others of a service of the caller.") { arguments in
                let service = try HubService(Self.mapping("service", 0, arguments), from: try Self.caller())
                try self.perform { (directory) throws(RPCError) in try directory.register(service) }
                return .null
            }
            RPCExport(raw: "unregister_service", summary: "Takes a service of the caller back.") { arguments in
                let (id, caller) = (try Self.text("service_id", 0, arguments), try Self.caller())
                try self.perform { (directory) throws(RPCError) in try directory.unregister(id, by: caller) }
                return .null
            }
            RPCExport(raw: "get_service", summary: "Gives a service out.") { arguments in
                try await self.service(
                    try Self.text("service_id", 0, arguments), Self.value("config", 1, arguments),
                    for: HyphaMachine.workspace(of: try Self.caller()))
            }
            RPCExport(raw: "get_service_info", summary: "Describes a service.") { arguments in
                let workspace = HyphaMachine.workspace(of: try Self.caller())
                let id = try Self.text("service_id", 0, arguments)
                return .object(try self.find(id, Self.value("config", 1, arguments), for: workspace).description)
            }
            RPCExport(raw: "list_services", summary: "Describes the services that match.") { arguments in
                let workspace = HyphaMachine.workspace(of: try Self.caller())
                let query = try HubQuery(listing: Self.value("query", 0, arguments), workspace: workspace)
                let withUnlisted = Self.value("include_unlisted", 1, arguments).boolValue ?? false
                let found = self.look { $0.services(query) }
                return .array(
                    found.filter { $0.isListed(for: workspace, withUnlisted: withUnlisted) }
                        .map { .object($0.description) })
            }
            RPCExport(raw: "subscribe", summary: "Sends events of these types to the caller.") { arguments in
                try self.subscribe(arguments, true)
            }
            RPCExport(raw: "unsubscribe", summary: "Sends events of these types no more.") { arguments in
                try self.subscribe(arguments, false)
            }
            RPCExport(raw: "list_clients", summary: "Who is in a workspace.") { arguments in
                let own = HyphaMachine.workspace(of: try Self.caller())
                let workspace = Self.value("workspace", 0, arguments).stringValue ?? own
                guard workspace == own else {
                    throw RPCError(.refused, "clients of \(own) may not list those of \(workspace)")
                }
                let clients = self.look { $0.clients.values.filter { $0.workspace == workspace } }
                return .array(
                    clients.sorted { $0.number < $1.number }
                        .map { ["id": .string($0.address), "user": $0.user] })
            }
            RPCExport(raw: "echo", summary: "Gives its argument back.") { Self.value("data", 0, $0) }
            RPCExport(raw: "ping", summary: "Asks a client whether it is alive.") { arguments in
                let workspace = HyphaMachine.workspace(of: try Self.caller())
                let id = try Self.text("client_id", 0, arguments)
                let seconds = Self.value("timeout", 1, arguments).doubleValue ?? 5
                let ping = HyphaReference(
                    target: HyphaReference.complete(id, workspace: workspace), method: "services.built-in.ping",
                    promise: .functions)
                do {
                    return try await self.manager.call(
                        ping, positional: ["ping"], timeout: Self.duration(seconds))
                } catch {
                    return .string("Failed to ping client \(id): \(error)")
                }
            }
            RPCExport(raw: "check_status", summary: "Says that the hub works.") { _ in ["status": "ok", "errors": nil] }
        }
    }

    // MARK: Arguments

    /// The address of who calls.
    private static func caller() throws(RPCError) -> String {
        guard let context = RPCCallContext.current else {
            throw RPCError(.refused, "the hub's services are called through the hub")
        }
        return context.from
    }

    private static func value(_ name: String, _ index: Int, _ arguments: RPCArguments) -> RPCValue {
        arguments.named[name] ?? arguments[index]
    }

    private static func text(_ name: String, _ index: Int, _ arguments: RPCArguments) throws(RPCError) -> String {
        let value = value(name, index, arguments)
        guard let text = value.stringValue else {
            throw RPCError(.invalidArgument, "\(name) is a text, not \(value.kindName)")
        }
        return text
    }

    private static func mapping(_ name: String, _ index: Int, _ arguments: RPCArguments) throws(RPCError) -> RPCObject {
        let value = value(name, index, arguments)
        guard case .object(let members) = value else {
            throw RPCError(.invalidArgument, "\(name) is a mapping, not \(value.kindName)")
        }
        return members
    }

    private static func duration(_ seconds: Double) -> Duration {
        .seconds(seconds.isFinite ? min(max(seconds, 0), longestTimeout) : serviceTimeout)
    }

    private func subscribe(_ arguments: RPCArguments, _ isWanted: Bool) throws -> RPCValue {
        let events = Self.value("events", 0, arguments)
        let types = events.stringValue.map { [$0] } ?? events.arrayValue?.compactMap(\.stringValue)
        guard let types else {
            throw RPCError(.invalidArgument, "events are a text or a list of them, not \(events.kindName)")
        }
        let caller = try Self.caller()
        try perform { (directory) throws(RPCError) in
            try directory.subscribe(caller, to: types, isWanted)
            return []
        }
        return true
    }

    // MARK: Giving services out

    /// The service that a name stands for.
    private func find(_ id: String, _ config: RPCValue, for workspace: String) throws(RPCError) -> HubService {
        if id == "~" { throw RPCError(.notFound, "the hub's own service is called by its address") }
        let query = HubQuery(id, workspace: workspace)
        let found = look { $0.services(query) }
        let admitted = found.filter { $0.admits(workspace) }
        guard let first = admitted.first, let last = admitted.last else {
            throw found.isEmpty
                ? RPCError(.notFound, "Service not found: \(id)")
                : RPCError(.refused, "Permission denied for getting protected service: \(id)")
        }
        let mode = config["mode"].stringValue ?? "exact"
        switch mode {
        case "exact":
            guard admitted.count == 1 else {
                throw RPCError(
                    .invalidArgument,
                    "\(admitted.count) services are called \(id): \(admitted.map(\.id).joined(separator: ", "))")
            }
            return first
        case "first": return first
        case "last": return last
        case "random", "native:random": return admitted.randomElement() ?? first
        default: throw RPCError(.invalidArgument, "services are taken by exact, random, first or last, not \(mode)")
        }
    }

    private func service(_ id: String, _ config: RPCValue, for workspace: String) async throws -> RPCValue {
        let found = try find(id, config, for: workspace)
        let timeout = Self.duration(config["timeout"].doubleValue ?? Self.serviceTimeout)
        let reference = HyphaReference(
            target: found.client, method: "services.built-in.get_service", promise: .functions)
        let value = try await manager.call(reference, positional: [.string(found.serviceID)], timeout: timeout)
        guard case .object(var members) = value else {
            throw RPCError(.protocolViolation, "\(found.client) has given out \(value.kindName), not a service")
        }
        members["id"] = .string(found.id)
        var config = members["config"]?.objectValue ?? [:]
        config["workspace"] = .string(found.workspace)
        members["config"] = .object(config)
        return .object(members)
    }
}
