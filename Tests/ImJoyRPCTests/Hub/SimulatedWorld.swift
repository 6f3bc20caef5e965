internal import ImJoyRPCTestSupport
internal import Testing

@testable internal import ImJoyRPC

/// A hub and clients whose time is simulated, and whose links the test can harm.
struct SimulatedWorld: Sendable {
    let simulation: Simulation
    let world: SmallWorld

    var hub: Hub { world.hub }
    var configuration: HyphaConfiguration { world.configuration }
    var now: Duration { simulation.now }

    /// Runs `body` with a hub; whatever takes chances takes them from `seed`.
    static func run(
        seed: UInt64 = 1, limits: RPCLimits = .default,
        _ body: @escaping @Sendable (SimulatedWorld) async throws -> Void
    ) throws {
        let simulation = Simulation()
        let chances = Guarded(SeededGenerator(seed: seed))
        let count = Guarded(0)
        var configuration = HyphaConfiguration()
        configuration.clock = simulation.clock
        configuration.limits = limits
        configuration.random = { chances.withLock { Double.random(in: 0...1, using: &$0) } }
        configuration.makeID = {
            count.withLock { count in
                count += 1
                return "id\(count)"
            }
        }
        try simulation.run { [configuration] in
            try await SmallWorld.runWithoutLimit(configuration: configuration) { world in
                try await body(SimulatedWorld(simulation: simulation, world: world))
            }
        }
    }

    func pause(_ duration: Duration) async throws {
        try await simulation.clock.sleep(until: simulation.clock.now.advanced(by: duration), tolerance: nil)
    }

    /// Whether `condition` holds within ten minutes.
    func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
        for _ in 0..<600 {
            if try await condition() { return true }
            try await pause(.seconds(1))
        }
        return false
    }

    /// A client whose links are made by `faults`, one after another; nil makes the attempt fail.
    func client(
        _ id: String, configuration: HyphaConfiguration? = nil, faults: @escaping @Sendable () -> LinkFaults?
    ) -> HyphaClient {
        HyphaClient(id: id, configuration: configuration ?? self.configuration) {
            guard let faults = faults() else { throw RPCError(.disconnected, "nobody is there") }
            let (here, there) = FaultyTransport.pair(faults)
            try hub.attach(there)
            return here
        }
    }

    /// A client whose links the test can reach.
    func client(_ id: String) -> (HyphaClient, LinkHandle) {
        let handle = LinkHandle()
        let clock = simulation.clock
        return (client(id) { handle.next(LinkFaults(clock)) }, handle)
    }
}

/// The links of one client: the present one, and when each of them was asked for.
final class LinkHandle: Sendable {
    private let state = Guarded((links: [LinkFaults](), isDown: false))

    var count: Int { state.withLock { $0.links.count } }
    var current: LinkFaults? { state.withLock { $0.links.last } }
    /// Whether attempts fail.
    func setDown(_ isDown: Bool) { state.withLock { $0.isDown = isDown } }

    fileprivate func next(_ faults: LinkFaults) -> LinkFaults? {
        state.withLock { state in
            if state.isDown { return nil }
            state.links.append(faults)
            return faults
        }
    }
}
