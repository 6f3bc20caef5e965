internal import OrderedCollections

/// Who is on a hub, what they offer, and where messages go: everything that a hub decides, without locks or tasks.
struct HubDirectory {
    struct Client {
        let id: String
        let workspace: String
        /// Tells a client from an earlier one of the same address.
        let number: UInt64
        /// Lets the client take the place of this link with another one.
        let token: String
        let link: HyphaLink
        /// Types of events that it wants to hear.
        var subscriptions: Set<String> = []
        /// Clients that have sent it something, which may wait for its answer.
        var contacts: Set<String> = []

        var address: String { "\(workspace)/\(id)" }

        /// What others are told of who runs it; everybody may do everything here.
        var user: RPCValue {
            [
                "id": .string(id), "is_anonymous": true, "roles": [], "email": nil,
                "scope": ["current_workspace": .string(workspace), "workspaces": [workspace: "a"]],
            ]
        }
    }

    /// A message on its way to a client.
    struct Delivery {
        var link: HyphaLink
        var frame: HyphaFrame
    }

    /// Services of one client; more are refused.
    private static let maxServices = 1000
    private static let maxSubscriptions = 1000

    /// The address of the hub's own client.
    let manager: String
    var clients: [String: Client] = [:]
    private(set) var services: OrderedDictionary<String, HubService> = [:]
    private var lastNumber: UInt64 = 0
    private var isClosing = false

    init(manager: String) { self.manager = manager }

    // MARK: Coming and going

    /// Takes a client in, in place of one of the same address; throws when the hub is closing.
    mutating func join(
        id: String, workspace: String, token: String, link: HyphaLink
    ) throws(RPCError) -> (client: Client, replaced: HyphaLink?, deliveries: [Delivery]) {
        guard !isClosing else { throw RPCError(.refused, "the hub is closing") }
        lastNumber += 1
        let client = Client(id: id, workspace: workspace, number: lastNumber, token: token, link: link)
        var deliveries: [Delivery] = []
        let old = clients[client.address]
        if let old { deliveries = leave(old) }
        clients[client.address] = client
        deliveries += announce("client_connected", Self.presence(client), in: workspace)
        return (client, old?.link, deliveries)
    }

    /// Lets nobody in any more, and returns the links of those who are in, but for the hub's own client.
    mutating func close() -> [HyphaLink] {
        isClosing = true
        return clients.values.filter { $0.address != manager }.map(\.link)
    }

    /// Lets a client go with all that it has offered; nothing happens when another one has its place.
    mutating func leave(_ client: Client) -> [Delivery] {
        guard let current = clients[client.address], current.number == client.number else { return [] }
        clients[client.address] = nil
        for address in Array(clients.keys) { clients[address]?.contacts.remove(client.address) }
        let gone = services.values.filter { $0.client == client.address }
        services.removeAll { $0.value.client == client.address }
        var deliveries: [Delivery] = []
        for service in gone { deliveries += announce("service_removed", service.description, in: client.workspace) }
        return deliveries
            + announce("client_disconnected", Self.presence(client), in: client.workspace, and: current.contacts)
    }

    private static func presence(_ client: Client) -> RPCObject {
        ["id": .string(client.address), "workspace": .string(client.workspace)]
    }

    /// An event of the hub for those who listen to it, and for some others.
    private func announce(
        _ type: String, _ data: RPCObject, in workspace: String, and others: Set<String> = []
    ) -> [Delivery] {
        let frame = HyphaFrame(header: ["type": .string(type), "to": "*", "data": .object(data)])
        return listeners(to: type, in: workspace, and: others).map { Delivery(link: $0.link, frame: frame) }
    }

    private func listeners(to type: String, in workspace: String, and others: Set<String> = []) -> [Client] {
        clients.values.filter { client in
            others.contains(client.address) || client.workspace == workspace && client.subscriptions.contains(type)
        }.sorted { $0.number < $1.number }
    }

    /// Adds types of events to those that a client hears, or takes them away.
    mutating func subscribe(_ address: String, to types: [String], _ isWanted: Bool) throws(RPCError) {
        guard !isWanted || (clients[address]?.subscriptions.union(types).count ?? 0) <= Self.maxSubscriptions else {
            throw RPCError(.overloaded, "a client hears at most \(Self.maxSubscriptions) types of events")
        }
        if isWanted {
            clients[address]?.subscriptions.formUnion(types)
        } else {
            clients[address]?.subscriptions.subtract(types)
        }
    }

    // MARK: Services

    mutating func register(_ service: HubService) throws(RPCError) -> [Delivery] {
        guard clients[service.client] != nil else {
            throw RPCError(.refused, "\(service.client) has left before its service could be registered")
        }
        // What is lent to one client is nobody else's business.
        if service.serviceID.hasPrefix("_rintf_") { return [] }
        let count = services.values.count { $0.client == service.client }
        guard services[service.id] != nil || count < Self.maxServices else {
            throw RPCError(.overloaded, "\(service.client) has registered \(count) services, more are not taken")
        }
        let isNew = services.updateValue(service, forKey: service.id) == nil
        return announce(isNew ? "service_added" : "service_updated", service.description, in: service.workspace)
    }

    mutating func unregister(_ id: String, by client: String) throws(RPCError) -> [Delivery] {
        let name = HubService.fullID(id, of: client)
        guard let service = services[name] else { throw RPCError(.notFound, "Service not found: \(id)") }
        guard service.client == client else {
            throw RPCError(.refused, "\(client) may not unregister \(id), which is not its own")
        }
        services[name] = nil
        return announce("service_removed", service.description, in: service.workspace)
    }

    /// The services that match, in the order of their registration.
    func services(_ query: HubQuery) -> [HubService] { services.values.filter(query.matches) }
}
