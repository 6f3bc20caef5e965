internal import ImJoyRPCTestSupport
internal import Testing

@testable internal import ImJoyRPC

/// A hub with clients that the test brings in, over links of one kind.
struct SmallWorld: Sendable {
    let hub: Hub
    let transport: EveryTransport
    var configuration = HyphaConfiguration()

    /// A client that is not running yet.
    func client(
        _ id: String, workspace: String? = nil, configuration: HyphaConfiguration? = nil
    ) -> HyphaClient {
        HyphaClient(id: id, workspace: workspace, configuration: configuration ?? self.configuration) {
            let link = try transport.link()
            try hub.attach(link.there)
            return link.here
        }
    }

    /// Runs clients for the duration of `body`, and looks at what they leave behind.
    func with(
        _ clients: HyphaClient..., body: @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in clients { group.addTask { try await client.run() } }
            do {
                defer { for client in clients { client.disconnect() } }
                for client in clients { try await client.connected() }
                try await body()
            }
            try await group.waitForAll()
        }
        for client in clients { #expect(client.openCounts.isEmpty, "\(client.openCounts)") }
    }

    /// Runs a hub for the duration of `body`; nothing is left on it in the end.
    static func run(
        over transport: EveryTransport = .memory, configuration: HyphaConfiguration = HyphaConfiguration(),
        _ body: @escaping @Sendable (SmallWorld) async throws -> Void
    ) async throws {
        try await within { try await runWithoutLimit(over: transport, configuration: configuration, body) }
    }

    /// The same without a limit of real time, for simulations.
    static func runWithoutLimit(
        over transport: EveryTransport = .memory, configuration: HyphaConfiguration,
        _ body: @Sendable (SmallWorld) async throws -> Void
    ) async throws {
        let hub = Hub(configuration: configuration)
        let world = SmallWorld(hub: hub, transport: transport, configuration: configuration)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await hub.run() }
            do {
                defer { hub.shutDown() }
                try await body(world)
            }
            try await group.waitForAll()
        }
        #expect(hub.clients.isEmpty && hub.services.isEmpty)
        #expect(hub.manager.openCounts.isEmpty, "\(hub.manager.openCounts)")
    }
}

extension HyphaOpenCounts {
    /// Whether nothing is open; timers of calls included.
    var isEmpty: Bool {
        self == HyphaOpenCounts(waits: 0, sessions: 0, serving: 0, partial: 0, long: 0, lentObjects: 0, timers: 0)
    }
}
