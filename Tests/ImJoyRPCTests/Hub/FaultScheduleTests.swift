#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
internal import ImJoyCore
internal import ImJoyRPCTestSupport
internal import OrderedCollections
internal import Testing

@testable internal import ImJoyRPC

/// A history of calls over links that fail as a seed says: the same seed, the same history.
private struct FaultSchedule: Sendable {
    private struct Chances {
        var generator: SeededGenerator
        /// Whether links are harmed now.
        var isActive = false
    }
    let seed: UInt64
    private let chances: Guarded<Chances>
    /// How many of a million messages each fault meets on its way.
    private let rates: (cut: Int, drop: Int, delay: Int, freeze: Int)
    private let ended = Guarded((calls: 0, right: 0))

    private static let callCount = 10

    init(seed: UInt64) {
        self.seed = seed
        var generator = SeededGenerator(seed: seed &+ 77)
        func rate(_ most: Int) -> Int {
            Bool.random(using: &generator) ? Int.random(in: 0...most, using: &generator) : 0
        }
        rates = (cut: rate(30_000), drop: rate(20_000), delay: rate(60_000), freeze: rate(8_000))
        chances = Guarded(Chances(generator: generator))
    }

    private func random(_ range: ClosedRange<Int>) -> Int {
        chances.withLock { Int.random(in: range, using: &$0.generator) }
    }

    private func setActive(_ isActive: Bool) { chances.withLock { $0.isActive = isActive } }

    private func fault() -> LinkFaults.Fault? {
        chances.withLock { chances in
            guard chances.isActive else { return nil }
            var dice = Int.random(in: 0..<1_000_000, using: &chances.generator)
            func falls(_ rate: Int) -> Bool {
                dice -= rate
                return dice < 0
            }
            if falls(rates.cut) { return .cut }
            if falls(rates.drop) { return .drop }
            if falls(rates.delay) {
                return .delay(.milliseconds(Int.random(in: 1...9000, using: &chances.generator)))
            }
            return falls(rates.freeze) ? .freeze : nil
        }
    }

    /// Plays the history; what does not hold is an issue that names the seed.
    func play() {
        do {
            try SimulatedWorld.run(seed: seed) { try await play($0) }
        } catch {
            Issue.record(error, "seed \(seed)")
        }
    }

    private func client(_ id: String, _ world: SimulatedWorld) -> HyphaClient {
        world.client(id) { LinkFaults(world.simulation.clock) { fault() } }
    }

    private func play(_ world: SimulatedWorld) async throws {
        let user = client("user", world)
        let owners = Guarded<[(client: HyphaClient, task: Task<Void, any Error>)]>([])
        /// Brings an owner of the service in; it may find its name taken.
        @Sendable func addOwner() -> HyphaClient {
            let owner = client("owner", world)
            let task = Task(executorPreference: world.simulation) { try await owner.run() }
            owners.withLock { $0.append((owner, task)) }
            return owner
        }
        let first = addOwner()
        try await first.connected()
        try await first.register(service(world))
        try await world.world.with(user) {
            setActive(true)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<Self.callCount {
                    group.addTask { await call(number, from: user, world) }
                    try await world.pause(.milliseconds(random(0...6000)))
                    guard random(0...11) == 0 else { continue }
                    // The owner is killed, or somebody wants its name, or both.
                    if random(0...2) > 0 { owners.withLock { $0.last }?.task.cancel() }
                    let owner = addOwner()
                    _ = try? await owner.register(service(world))
                }
                try await group.waitForAll()
            }
            setActive(false)
            #expect(ended.withLock { $0.calls } == Self.callCount, "seed \(seed)")
            // Once links hold again, all is as it was. An owner may have found the name taken, or have failed at its very
            // first attempt; then another one comes.
            let isBack = try await world.eventually {
                try await user.connected()
                if !world.hub.clients.contains("ws-local/owner") {
                    _ = try? await addOwner().register(service(world))
                }
                guard let far = try? await user.service("worker") else { return false }
                return (try? await far.echo(seed) as UInt64) == seed
            }
            #expect(isBack, "seed \(seed): \(world.hub.clients), \(world.hub.services)")
        }
        for (owner, task) in owners.withLock({ $0 }) {
            owner.disconnect()
            _ = await task.result
            #expect(owner.openCounts.isEmpty, "seed \(seed): \(owner.openCounts)")
        }
    }

    private func service(_ world: SimulatedWorld) -> RPCService {
        RPCService("worker") {
            RPCExport("echo") { (value: RPCValue) in value }
            RPCExport("work") { (milliseconds: Int) async throws -> Int in
                try await world.pause(.milliseconds(milliseconds))
                return milliseconds
            }
            RPCExport("often") { (ask: RPCFunction) async throws -> Int in
                var sum = 0
                for index in 0..<3 { sum += try await ask(index) }
                return sum
            }
            RPCExport("numbers") { () in
                RPCStream(
                    AsyncStream<Int> { source in
                        for number in 0..<4 { source.yield(number) }
                        source.finish()
                    })
            }
            RPCExport("object") { () -> RPCValue in ["_rintf": true, "f": .function(RPCFunction("f") { () in 5 })] }
        }
    }

    private static let long = SharedBytes(copying: (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 7) })

    /// One call of a kind that chance chooses; it ends right or with an error of ours.
    private func call(_ number: Int, from user: HyphaClient, _ world: SimulatedWorld) async {
        defer { ended.withLock { $0.calls += 1 } }
        do {
            let far = try await user.service("worker", mode: .first)
            switch random(0...7) {
            case 0, 1:
                let back: Int = try await far.echo(number)
                #expect(back == number, "seed \(seed)")
            case 2:
                let back: RPCValue = try await far.echo(RPCValue.bytes(Self.long))
                #expect(back.bytesValue == Self.long, "seed \(seed)")
            case 3:
                let sum: Int = try await far.often(RPCFunction("f") { (n: Int) in n + number })
                #expect(sum == 3 + 3 * number, "seed \(seed)")
            case 4:
                let numbers: RPCStream = try await far.numbers()
                let limit = random(0...5)
                var next = 0
                for try await value in numbers.decoded(as: Int.self) {
                    #expect(value == next, "seed \(seed)")
                    next += 1
                    if next == limit { break }
                }
            case 5:
                let time = random(0...90_000)
                let back: Int = try await far.work(time)
                #expect(back == time, "seed \(seed)")
            case 6: _ = try await far.work.with(.timeout(.seconds(5)))(random(0...10_000)) as Int
            default:
                let object: RemoteObject = try await far.object()
                #expect(try await object.f() as Int == 5, "seed \(seed)")
                if random(0...1) == 0 { try await object.dispose() }
            }
            ended.withLock { $0.right += 1 }
        } catch {
            #expect(error is RPCError, "seed \(seed): \(error)")
        }
    }

    /// How many calls have ended with their result.
    var rightCount: Int { ended.withLock { $0.right } }
}

@Suite struct `Links that fail` {
    private static func number(_ name: String) -> UInt64? { getenv(name).flatMap { UInt64(String(cString: $0)) } }

    /// Histories in each of the twenty blocks.
    private static let blockSize = max((number("IMJOY_FAULT_HISTORIES") ?? 1000) / 20, 1)
    /// `IMJOY_FAULT_SEED` replays one history alone.
    private static let replayed = number("IMJOY_FAULT_SEED")

    @Test(arguments: UInt64(0)..<20)
    func `end every call once and leave nothing behind`(_ block: UInt64) {
        if let seed = Self.replayed {
            if seed % 20 == block { FaultSchedule(seed: seed).play() }
            return
        }
        var right: UInt64 = 0
        for seed in block * Self.blockSize..<(block + 1) * Self.blockSize {
            let schedule = FaultSchedule(seed: seed)
            schedule.play()
            right += UInt64(schedule.rightCount)
        }
        // The faults must leave something to be right about, and must not be too weak either.
        guard Self.blockSize >= 10 else { return }
        #expect(right > 2 * Self.blockSize && right < 10 * Self.blockSize, "\(right) calls were right")
    }
}
