internal import ImJoyCore
internal import ImJoyRPCTestSupport
internal import OrderedCollections
internal import Testing

@testable internal import ImJoyRPC

/// What only time shows, in simulated time.
@Suite struct `Clients of a hub, in time` {
    private static func worker(_ world: SimulatedWorld) -> RPCService {
        RPCService("worker") {
            RPCExport("echo") { (value: RPCValue) in value }
            RPCExport("work") { (seconds: Int) async throws -> Int in
                try await world.pause(.seconds(seconds))
                return seconds
            }
        }
    }

    @Test func `wait for a call as long as it shows that it is alive`() throws {
        try SimulatedWorld.run { world in
            let ((owner, _), (user, _)) = (world.client("owner"), world.client("user"))
            try await world.world.with(owner, user) {
                try await owner.register(Self.worker(world))
                let far = try await user.service("worker")
                let start = world.now
                let seconds: Int = try await far.work(3000)
                #expect(seconds == 3000)
                #expect(world.now - start == .seconds(3000))
            }
        }
    }

    @Test func `give up on a call within two heartbeats when its client is frozen`() throws {
        try SimulatedWorld.run { world in
            let ((owner, ownerLink), (user, _)) = (world.client("owner"), world.client("user"))
            try await world.world.with(owner, user) {
                try await owner.register(Self.worker(world))
                let far = try await user.service("worker")
                let call = Task(executorPreference: world.simulation) { try await far.work(3000) as Int }
                try await world.pause(.seconds(100))
                ownerLink.current?.freeze()
                let error = await #expect(throws: RPCError.self) { try await call.value }
                // Either no sign of life has come, or its client has noticed before and is back.
                #expect(error?.code == .timedOut || error?.code == .disconnected)
                #expect(world.now <= .seconds(131))
                // The hub finds out too, and the client comes back by itself.
                let isBack = try await world.eventually { ownerLink.count == 2 && world.hub.clients.count == 2 }
                #expect(isBack)
                let echoed: Int = try await far.echo(5)
                #expect(echoed == 5)
            }
        }
    }

    @Test func `are back with their services after the link was cut`() throws {
        try SimulatedWorld.run { world in
            let ((owner, ownerLink), (user, userLink)) = (world.client("owner"), world.client("user"))
            try await world.world.with(owner, user) {
                try await owner.register(Self.worker(world))
                var added = try await user.events("service_added").makeAsyncIterator()
                let far = try await user.service("worker")
                try await world.pause(.seconds(60))
                let call = Task(executorPreference: world.simulation) { try await far.work(3000) as Int }
                try await world.pause(.seconds(1))
                let cutAt = world.now
                ownerLink.current?.cut()
                let error = await #expect(throws: RPCError.self) { try await call.value }
                #expect(error?.code == .disconnected)
                // The next ping or heartbeat finds the link cut; then the first attempt comes at once.
                #expect(world.now - cutAt <= .seconds(20))
                while await added.next()?["data"]?["id"].stringValue != "ws-local/owner:worker" {}
                #expect(world.now - cutAt <= .seconds(22))
                // What was received before works again.
                let echoed: Int = try await far.echo(5)
                #expect(echoed == 5)
                userLink.current?.cut()
                await #expect(throws: RPCError.self) { try await far.echo(6) as Int }
                let isBack = try await world.eventually { (try? await far.echo(7) as Int) == 7 }
                #expect(isBack)
                #expect(ownerLink.count == 2 && userLink.count == 2)
            }
        }
    }

    @Test func `try again after growing pauses while the server is down`() throws {
        try SimulatedWorld.run { world in
            let attempts = Guarded([Duration]())
            let isDown = Guarded(false)
            let faults = Guarded<LinkFaults?>(nil)
            let client = world.client("c") {
                attempts.withLock { $0.append(world.now) }
                if isDown.withLock({ $0 }) { return nil }
                let link = LinkFaults(world.simulation.clock)
                faults.withLock { $0 = link }
                return link
            }
            try await world.world.with(client) {
                try await world.pause(.seconds(30))
                isDown.withLock { $0 = true }
                faults.withLock { $0 }?.cut()
                try await world.pause(.seconds(400))
                isDown.withLock { $0 = false }
                try await client.connected()
                // One attempt to begin with, one at once after the loss, then 1, 2, 4 … and 60 seconds apart.
                let times = attempts.withLock { $0 }
                let pauses = zip(times.dropFirst(2), times.dropFirst()).map { ($0 - $1) / .seconds(1) }
                #expect(pauses.count >= 9)
                for (pause, expected) in zip(pauses, [1.0, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]) {
                    #expect(abs(pause - expected) <= expected / 10 + 0.001)
                }
            }
        }
    }

    @Test func `slow down when links are lost again and again`() throws {
        try SimulatedWorld.run { world in
            let (client, link) = world.client("c")
            try await world.world.with(client) {
                for _ in 0..<5 {
                    try await client.connected()
                    link.current?.cut()
                    await #expect(throws: RPCError.self) { try await client.clients() }
                }
                try await client.connected()
                // 1, 2, 4, 8 and 16 seconds, a tenth more or less.
                #expect(world.now >= .seconds(27) && world.now <= .seconds(40))
            }
        }
    }

    @Test func `wait no longer than the caller says`() throws {
        try SimulatedWorld.run { world in
            let ((owner, _), (user, _)) = (world.client("owner"), world.client("user"))
            try await world.world.with(owner, user) {
                try await owner.register(Self.worker(world))
                let far = try await user.service("worker")
                let start = world.now
                let late = await #expect(throws: RPCError.self) {
                    try await far.work.with(.timeout(.seconds(5)))(60) as Int
                }
                #expect(late?.code == .timedOut)
                #expect(world.now - start == .seconds(5))
                let call = Task(executorPreference: world.simulation) { try await far.work(60) as Int }
                try await world.pause(.seconds(7))
                call.cancel()
                let cancelled = await #expect(throws: RPCError.self) { try await call.value }
                #expect(cancelled?.code == .cancelled)
                #expect(world.now - start == .seconds(12))
                #expect(user.openCounts.waits == 0 && user.openCounts.sessions == 0)
                // The late answers are dropped.
                try await world.pause(.seconds(100))
                let echoed: Int = try await far.echo(5)
                #expect(echoed == 5)
            }
        }
    }

    @Test func `take the name of one that does not answer, not of one that does`() throws {
        try SimulatedWorld.run { world in
            let (old, oldLink) = world.client("same")
            let (new, _) = world.client("same")
            do {
                try await world.world.with(old) {
                    let refused = await #expect(throws: RPCError.self) { try await new.run() }
                    #expect(refused?.code == .refused)
                    oldLink.current?.freeze()
                    let (second, _) = world.client("same")
                    let start = world.now
                    try await world.world.with(second) {
                        #expect(world.now - start == .seconds(3))
                        #expect(world.hub.clients == ["ws-local/same"])
                        // The old one finds its name taken when it comes back.
                        try await world.pause(.seconds(60))
                    }
                }
                Issue.record("the name was not taken")
            } catch let error as RPCError {
                #expect(error.code == .refused)
            }
        }
    }

    @Test func `that say nothing are not let in, and those that fall silent are let go`() throws {
        try SimulatedWorld.run { world in
            let silent = ScriptedTransport()
            try world.hub.attach(silent)
            try await world.pause(.seconds(6))
            silent.feed(["client_id": "late"])
            try await world.pause(.seconds(1))
            #expect(world.hub.clients.isEmpty)
            let quiet = ScriptedTransport()
            try world.hub.attach(quiet)
            quiet.feed(["client_id": "quiet"])
            try await world.pause(.seconds(30))
            #expect(world.hub.clients == ["ws-local/quiet"])
            try await world.pause(.seconds(81))
            #expect(world.hub.clients.isEmpty)
        }
    }

    @Test func `that do not read are cut off, and others do not notice`() throws {
        var limits = RPCLimits()
        limits.maxQueuedMessages = 500
        try SimulatedWorld.run(limits: limits) { world in
            let ((owner, _), (user, _)) = (world.client("owner"), world.client("user"))
            let lazy = ScriptedTransport { _ in try await world.pause(.seconds(10_000)) }
            try await world.world.with(owner, user) {
                try await owner.register(Self.worker(world))
                try world.hub.attach(lazy)
                lazy.feed(["client_id": "lazy"])
                let far = try await user.service("worker")
                for _ in 0..<490 {
                    try await world.pause(.milliseconds(1))
                    try user.emit("news", to: "ws-local/lazy")
                }
                #expect(world.hub.clients.contains("ws-local/lazy"))
                for _ in 0..<20 {
                    try await world.pause(.milliseconds(1))
                    try user.emit("news", to: "ws-local/lazy")
                }
                try await world.pause(.seconds(1))
                #expect(!world.hub.clients.contains("ws-local/lazy"))
                let echoed: Int = try await far.echo(5)
                #expect(echoed == 5)
            }
        }
    }

    @Test func `keep functions of answers for ten minutes after their last call`() throws {
        try SimulatedWorld.run { world in
            let ((owner, _), (user, _)) = (world.client("owner"), world.client("user"))
            try await world.world.with(owner, user) {
                try await owner.register(
                    RPCService("maker") { RPCExport("make") { () in RPCFunction("f") { () in 1 } } })
                let function: RPCFunction = try await user.service("maker").make()
                for _ in 0..<5 {
                    try await world.pause(.seconds(600))
                    let one: Int = try await function()
                    #expect(one == 1)
                }
                try await world.pause(.seconds(1300))
                let gone = await #expect(throws: RPCError.self) { try await function() as Int }
                #expect(gone?.code == .notFound)
                #expect(owner.openCounts.sessions == 0)
            }
        }
    }
}
