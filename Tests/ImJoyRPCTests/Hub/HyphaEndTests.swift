internal import ImJoyRPCTestSupport
internal import OrderedCollections
internal import Testing

@testable internal import ImJoyRPC

/// Ends that come at an awkward time.
@Suite struct `The end of a Hypha client` {
    private static let service = RPCService("s") { RPCExport("one") { () in 1 } }

    @Test func `comes though it is asked for while a link is being made`() async throws {
        try await SmallWorld.run { world in
            let (isAsked, mayConnect) = (Guarded(false), Guarded(false))
            let client = HyphaClient(id: "late") {
                isAsked.withLock { $0 = true }
                _ = try await eventually { mayConnect.withLock { $0 } }
                return try world.hub.link()
            }
            async let running: Void = client.run()
            #expect(try await eventually { isAsked.withLock { $0 } })
            client.disconnect()
            mayConnect.withLock { $0 = true }
            try await running
        }
    }

    @Test func `is a failure when the server hangs up before its greeting`() async throws {
        try await within {
            let client = HyphaClient(id: "early") {
                let (here, there) = InMemoryTransport.pair()
                Task { try await there.withConnection { _, _ in } }
                return here
            }
            let error = await #expect(throws: RPCError.self) { try await client.run() }
            #expect(error?.code == .disconnected)
            let after = await #expect(throws: RPCError.self) { try await client.register(Self.service) }
            #expect(after?.code == .disconnected)
        }
    }

    @Test(arguments: [-1e300, -.infinity, 0, .nan, 1e300] as [Double])
    func `is not brought about by a token's impossible life time`(_ seconds: Double) async throws {
        try await within {
            let client = HyphaClient(id: "c") {
                let (here, there) = InMemoryTransport.pair()
                Task {
                    try await there.withConnection { inbound, writer in
                        try await writer.write([
                            "type": "connection_info", "workspace": "w", "manager_id": "m", "reconnection_token": "t",
                            "reconnection_token_life_time": .double(seconds),
                        ])
                        // Until the client has asked for something it has taken the greeting.
                        let messages = inbound.makeAsyncIterator()
                        _ = try await messages.next()
                        _ = try await messages.next()
                    }
                }
                return here
            }
            let error = await #expect(throws: RPCError.self) { try await client.run() }
            #expect(error?.code == .disconnected)
        }
    }

    /// A server that answers every call with null, and what clients have shown it when they came.
    private static func serve(_ transport: InMemoryTransport, _ shown: Guarded<[RPCValue]>) async throws {
        try await transport.withConnection { inbound, writer in
            for try await message in inbound {
                switch try HyphaMessage(message) {
                case .control(let fields) where fields["type"] == nil:
                    shown.withLock { $0.append(fields["reconnection_token"] ?? .null) }
                    try await writer.write([
                        "type": "connection_info", "workspace": "w", "manager_id": "m", "reconnection_token": "first",
                        "reconnection_token_life_time": 1.5,
                    ])
                case .control(let fields) where fields["type"]?.stringValue == "refresh_token":
                    try await writer.write(["type": "reconnection_token", "reconnection_token": "second"])
                    return
                case .control: break
                case .frame(let frame):
                    guard let session = frame.header["session"]?.stringValue else { continue }
                    let answer = try HyphaFrame(
                        header: [
                            "type": "method", "from": "*/m", "to": "w/c", "method": .string("\(session).resolve"),
                            "parent": .string(session),
                        ], body: ["args": [nil]])
                    try await writer.write(HyphaMessage.frame(answer).message)
                }
            }
        }
    }

    @Test func `of its link leaves it the newest token, which it has asked for in time`() async throws {
        try await within {
            let shown = Guarded<[RPCValue]>([])
            let client = HyphaClient(id: "c") {
                let (here, there) = InMemoryTransport.pair()
                Task { try await Self.serve(there, shown) }
                return here
            }
            async let running: Void = client.run()
            #expect(try await eventually { shown.withLock { $0.count } == 2 })
            client.disconnect()
            try await running
            let (first, second) = shown.withLock { ($0[0], $0[1]) }
            #expect(first.isNull && second.stringValue == "second")
        }
    }

    @Test func `is not brought about by a namesake while it has its hands full`() async throws {
        try await SmallWorld.run { world in
            var busy = HyphaConfiguration()
            busy.limits.maxConcurrentInboundCalls = 1
            let mayEnd = Guarded(false)
            let (owner, user) = (world.client("owner", configuration: busy), world.client("user"))
            try await world.with(owner, user) {
                try await owner.register(
                    RPCService("s") {
                        RPCExport("work") { () async throws -> Bool in
                            try await eventually { mayEnd.withLock { $0 } }
                        }
                    })
                let far = try await user.service("s")
                async let working: Bool = far.work()
                #expect(try await eventually { owner.openCounts.serving == 1 })
                let overloaded = await #expect(throws: RPCError.self) { try await far.work() as Bool }
                #expect(overloaded?.code == .overloaded)
                let refused = await #expect(throws: RPCError.self) { try await world.client("owner").run() }
                #expect(refused?.code == .refused)
                mayEnd.withLock { $0 = true }
                #expect(try await working)
            }
        }
    }

    @Test func `of a reader ends a source that has nothing to give`() async throws {
        try await SmallWorld.run { world in
            let hasEnded = Guarded(false)
            let (owner, user) = (world.client("owner"), world.client("user"))
            try await world.with(owner, user) {
                try await owner.register(
                    RPCService("s") {
                        RPCExport("silence") { () in
                            let (stream, continuation) = AsyncStream<Int>.makeStream()
                            continuation.onTermination = { _ in hasEnded.withLock { $0 = true } }
                            return RPCStream(stream)
                        }
                    })
                let stream: RPCStream = try await (try await user.service("s")).silence()
                let reading = Task { for try await _ in stream {} }
                #expect(try await eventually { owner.openCounts.serving == 1 })
                reading.cancel()
                _ = await reading.result
                #expect(try await eventually { hasEnded.withLock { $0 } })
                #expect(try await eventually { owner.openCounts.serving == 0 })
            }
        }
    }

    @Test func `of a hub refuses further links`() async throws {
        let hub = Hub()
        hub.shutDown()
        #expect(throws: RPCError.self) { try hub.link() }
        try await hub.run()
    }

    @Test func `leaves no service with a name that services have for themselves`() async throws {
        try await SmallWorld.run { world in
            let client = world.client("one")
            try await world.with(client) {
                let error = await #expect(throws: RPCError.self) {
                    try await client.register(RPCService("s") { RPCExport("config", constant: 1) })
                }
                #expect(error?.code == .invalidArgument && error?.message.contains("config") == true)
                #expect(!world.hub.services.contains("ws-local/one:s"))
            }
        }
    }

    @Test func `refuses further services, with its reason`() async throws {
        try await SmallWorld.run { world in
            let client = world.client("one")
            try await world.with(client) { try await client.register(Self.service) }
            let error = await #expect(throws: RPCError.self) {
                try await client.register(RPCService("t") { RPCExport("one") { () in 2 } })
            }
            #expect(error?.code == .disconnected)
        }
    }
}
