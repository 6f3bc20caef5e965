internal import ImJoyCore
internal import ImJoyRPCTestSupport
internal import OrderedCollections
internal import Testing

@testable internal import ImJoyRPC

/// A client of a hub that writes whatever the test wants.
private struct RawClient: Sendable {
    let id: String
    private let transport = ScriptedTransport()

    init(_ id: String, on hub: Hub) async throws {
        self.id = id
        try hub.attach(transport)
        transport.feed(["client_id": .string(id)])
        guard try await eventually({ hub.clients.contains("ws-local/\(id)") }) else {
            throw RPCError(.refused, "\(id) was not let in")
        }
    }

    func send(control fields: RPCObject) { transport.feed(RPCMessage(fields)) }

    func send(_ header: RPCObject, _ body: RPCObject = [:]) throws {
        transport.feed(HyphaMessage.frame(try HyphaFrame(header: header, body: body)).message)
    }

    func send(_ header: RPCObject, bytes: [UInt8]) {
        transport.feed(HyphaMessage.frame(HyphaFrame(header: header, body: SharedBytes(copying: bytes))).message)
    }

    /// A call of a function of `ws-local/owner`.
    func call(_ method: String, session: String, _ arguments: RPCValue = [], _ more: RPCObject = [:]) throws {
        var header: RPCObject = [
            "type": "method", "to": "owner", "method": .string(method), "session": .string(session),
        ]
        header.merge(more) { $1 }
        try send(header, ["args": arguments, "promise": "*", "t": 15.0])
    }

    /// What has come so far.
    var received: [HyphaFrame] {
        transport.written.compactMap { message in
            if case .frame(let frame)? = try? HyphaMessage(message) { frame } else { nil }
        }
    }

    /// The answer in a session: the method that was called, and its argument.
    func answer(in session: String) async throws -> (method: String, value: RPCValue) {
        let isThere = try await eventually { received.contains { Self.isAnswer($0, in: session) } }
        guard isThere, let frame = received.first(where: { Self.isAnswer($0, in: session) }) else {
            throw RPCError(.timedOut, "no answer in \(session)")
        }
        let method = frame.header["method"]?.stringValue ?? ""
        return (method, try frame.bodyMembers()["args"]?[0] ?? .null)
    }

    private static func isAnswer(_ frame: HyphaFrame, in session: String) -> Bool {
        ["\(session).resolve", "\(session).reject"].contains(frame.header["method"]?.stringValue)
    }

    func end() { transport.end() }
}

@Suite(.serialized) struct `Hostile clients of a hub` {
    /// A hub with an owner of a service, a user of it, and one who means ill.
    private func withEnemy(
        _ body: @escaping @Sendable (_ owner: HyphaClient, RemoteObject, RawClient, Hub) async throws -> Void
    ) async throws {
        try await SmallWorld.run { world in
            let (owner, user) = (world.client("owner"), world.client("user"))
            try await world.with(owner, user) {
                let service = RPCService("s") {
                    RPCExport("echo") { (value: RPCValue) in value }
                    RPCExport("whoami") { () -> RPCValue in
                        let context = RPCCallContext.current
                        return [
                            .string(context?.from ?? ""), .string(context?.workspace ?? ""),
                            context?.user["id"] ?? .null, context?.user["roles"] ?? .null,
                        ]
                    }
                    RPCExport("ask") { (function: RPCFunction) async throws -> Int in try await function() }
                    RPCExport("lend") { () -> RPCValue in
                        ["_rintf": true, "f": .function(RPCFunction("f") { () in 5 })]
                    }
                }
                try await owner.register(service)
                let far = try await user.service("s")
                let enemy = try await RawClient("enemy", on: world.hub)
                try await body(owner, far, enemy, world.hub)
                // All is as before.
                let echoed: Int = try await far.echo(5)
                #expect(echoed == 5)
                #expect(world.hub.clients == ["ws-local/enemy", "ws-local/owner", "ws-local/user"])
                enemy.end()
                #expect(try await eventually { world.hub.clients.count == 2 })
            }
        }
    }

    @Test func `cannot speak as somebody else`() async throws {
        try await withEnemy { _, _, enemy, _ in
            for (index, from) in (["ws-local/user", "*/manager", "user", 5, "ws-other/enemy"] as [RPCValue])
                .enumerated()
            {
                try enemy.call("services.s.whoami", session: "forged\(index)", [], ["from": from])
                let answer = try await enemy.answer(in: "forged\(index)")
                #expect(answer.method == "forged\(index).reject")
                #expect(answer.value["_rcode"].stringValue == "refused")
            }
            // What only the hub may say is replaced.
            let forged: RPCObject = ["ws": "ws-other", "user": ["id": "root", "roles": ["admin"]]]
            try enemy.call("services.s.whoami", session: "honest", [], forged)
            let answer = try await enemy.answer(in: "honest")
            #expect("\(answer.value)" == "[\"ws-local/enemy\", \"ws-local\", \"enemy\", []]")
        }
    }

    @Test func `cannot say that others have come or gone`() async throws {
        try await withEnemy { owner, far, enemy, _ in
            let call = Task {
                try await far.ask(
                    RPCFunction("slow") { () async throws -> Int in
                        #expect(try await eventually { enemy.received.contains { $0.header["method"] != nil } })
                        return 7
                    }) as Int
            }
            #expect(try await eventually { owner.openCounts.serving == 1 })
            for to in ["*", "user", "owner", "ws-local/user"] as [RPCValue] {
                try enemy.send(["type": "client_disconnected", "to": to, "data": ["id": "ws-local/owner"]])
                try enemy.send(["type": "client_disconnected", "to": to, "data": ["id": "ws-local/user"]])
                try enemy.send(["type": "force-exit", "to": to])
            }
            try enemy.call("services.s.echo", session: "after", [1])
            #expect(try await enemy.answer(in: "after").value.intValue == 1)
            let seven = try await call.value
            #expect(seven == 7)
        }
    }

    @Test func `do no harm with bodies that cannot be read`() async throws {
        let bombs: [(String, [UInt8])] = [
            ("depth", [UInt8](repeating: 0x91, count: 1_000_000)),
            ("depth of mappings", [UInt8]((0..<200_000).flatMap { _ in [0x81, 0xa1, 0x61] as [UInt8] })),
            ("list", [0x81, 0xa4, 0x61, 0x72, 0x67, 0x73, 0xdd, 0xff, 0xff, 0xff, 0xff]),
            ("map", [0xdf, 0xff, 0xff, 0xff, 0xff]), ("text", [0xdb, 0xff, 0xff, 0xff, 0xff]),
            ("bytes", [0xc6, 0x7f, 0xff, 0xff, 0xff]), ("list in list", [0xdd, 0x00, 0x3f, 0xff, 0xff, 0xc0]),
            ("nothing", [0xc0]), ("number", [0x05]), ("two values", [0x80, 0x80]), ("reserved", [0xc1]),
        ]
        try await withEnemy { _, _, enemy, _ in
            for (name, bytes) in bombs {
                let header: RPCObject = [
                    "type": "method", "to": "owner", "method": "services.s.echo", "session": .string(name),
                ]
                enemy.send(header, bytes: bytes)
            }
            // Such calls say nowhere that they want an answer, but later ones get theirs.
            try enemy.call("services.s.echo", session: "after", ["fine"])
            #expect(try await enemy.answer(in: "after").value.stringValue == "fine")
            // As deep as arguments may be, and what are no arguments.
            let deep = (0..<62).reduce(RPCValue.null) { value, _ in .array([value]) }
            for (index, arguments) in ([[deep], 5, "x", ["a": 1]] as [RPCValue]).enumerated() {
                try enemy.call("services.s.echo", session: "odd\(index)", arguments)
                let answer = try await enemy.answer(in: "odd\(index)")
                #expect(answer.method == "odd\(index).\(index == 0 ? "resolve" : "reject")", "\(arguments)")
            }
        }
    }

    @Test(
        arguments: [
            "services.s.nothing", "services.nothing.f", "services", "services.", "", ".", "..", "s.echo", "echo",
            "nosession.f", "nosession.resolve", "services.built-in.nothing", "services.s._private", "services.s.echo.x",
            "services.s.config", "services.built-in.message_cache", "services._rintf_x._dispose",
        ])
    func `get an error for what is not there`(_ method: String) async throws {
        try await withEnemy { _, _, enemy, _ in
            try enemy.call(method, session: "S")
            if method == "nosession.resolve" {
                // Late answers are common and stay without one.
                try enemy.call("services.s.echo", session: "after", [1])
                #expect(try await enemy.answer(in: "after").value.intValue == 1)
            } else {
                let answer = try await enemy.answer(in: "S")
                #expect(answer.method == "S.reject")
                #expect(answer.value["_rcode"].stringValue == "not found")
            }
            try enemy.send(["type": "method", "to": "nobody", "method": "services.s.f", "session": "T"])
            let absent = try await enemy.answer(in: "T")
            #expect(absent.value["_rvalue"].stringValue == "Target peer ws-local/nobody is not connected")
            #expect(absent.value["_rcode"].stringValue == "disconnected")
        }
    }

    @Test func `cannot answer, call or dispose of what is somebody else's`() async throws {
        try await withEnemy { owner, far, enemy, _ in
            let lent: RemoteObject = try await far.lend()
            let id = try #require(lent.members["_rintf_service_id"]?.stringValue)
            for method in ["_dispose", "f"] {
                try enemy.call("services.\(id).\(method)", session: "foreign \(method)")
                let answer = try await enemy.answer(in: "foreign \(method)")
                #expect(answer.value["_rcode"].stringValue == "refused")
            }
            try enemy.call("services.built-in.get_service", session: "get", [.string(id)])
            #expect(try await enemy.answer(in: "get").value["_rcode"].stringValue == "not found")
            #expect(try await lent.f() as Int == 5)

            // The session of a call between others, guessed right.
            let mayEnd = Guarded(false)
            let call = Task {
                try await far.ask(
                    RPCFunction("slow") { () async throws -> Int in
                        #expect(try await eventually { mayEnd.withLock { $0 } })
                        return 7
                    }) as Int
            }
            // The owner has called back by now.
            #expect(try await eventually { owner.openCounts.serving == 1 && !owner.sessionNames.isEmpty })
            let sessions = owner.sessionNames
            for session in sessions {
                for method in ["resolve", "reject", "heartbeat"] {
                    try enemy.send(
                        ["type": "method", "to": "owner", "method": .string("\(session).\(method)")], ["args": [9]])
                }
            }
            mayEnd.withLock { $0 = true }
            let seven = try await call.value
            #expect(seven == 7)
            try await lent.dispose()
        }
    }

    @Test func `cannot register or take back services of others`() async throws {
        try await withEnemy { _, _, enemy, hub in
            let manager = try #require(hub.manager.greeting?["manager_id"]?.stringValue)
            func call(_ method: String, _ arguments: RPCValue, session: String) async throws -> String? {
                try enemy.call(
                    "services.default.\(method)", session: session, arguments, ["to": .string("*/\(manager)")])
                return try await enemy.answer(in: session).value["_rcode"].stringValue
            }
            for (index, id) in ["ws-local/owner:s", "owner:s", "ws-other/enemy:s"].enumerated() {
                let session = "register\(index)"
                #expect(try await call("register_service", [["id": .string(id)]], session: session) == "refused")
            }
            for (index, value) in ([5, [:], ["id": 5], ["id": ""], ["id": "a.b:c/d"]] as [RPCValue]).enumerated() {
                #expect(try await call("register_service", [value], session: "odd\(index)") != nil)
            }
            #expect(try await call("unregister_service", ["owner:s"], session: "take") == "refused")
            #expect(try await call("unregister_service", ["nothing"], session: "take2") == "not found")
            #expect(try await call("subscribe", [5], session: "sub") == "invalid argument")
            #expect(try await call("list_clients", ["ws-other"], session: "list") == "refused")
            // Silently nothing, as real servers do.
            #expect(try await call("register_service", [["id": "_rintf_1"]], session: "rintf") == nil)
            #expect(hub.services.contains("ws-local/owner:s"))
            #expect(!hub.services.contains { $0.hasPrefix("ws-local/enemy") })
        }
    }

    @Test func `do no harm with messages of any form`() async throws {
        try await withEnemy { _, _, enemy, hub in
            var generator = SeededGenerator(seed: 4)
            let manager = hub.manager.greeting?["manager_id"]?.stringValue ?? ""
            let texts: [RPCValue] = [
                "method", "owner", "user", "*", "enemy", .string("*/\(manager)"), "services.s.echo", "S.resolve", "S",
                "",
                "services.built-in.message_cache.create", "services.built-in.message_cache.set",
                "services.built-in.message_cache.process", "services.default.get_service", "news", 5, .null, [], [:],
            ]
            for _ in 0..<3000 {
                var header = RPCObject()
                for name in ["type", "to", "method", "session", "parent"]
                where Int.random(in: 0..<6, using: &generator) > 0 {
                    header[name] = texts.randomElement(using: &generator)
                }
                if Bool.random(using: &generator) { header["type"] = "method" }
                var body = RPCObject()
                for name in ["args", "promise", "with_kwargs", "t"] where Bool.random(using: &generator) {
                    let values: [RPCValue] = [
                        ["k", 0, .bytes(SharedBytes(copying: [0x80])), true], "*", true, [:], 5, .double(.nan), ["x"],
                        ["heartbeat": ["_rtype": "method", "_rtarget": "user", "_rmethod": "x.y"]],
                        [["_rtype": "method", "_rtarget": "owner", "_rmethod": "services.s.echo"]],
                    ]
                    body[name] = values.randomElement(using: &generator)
                }
                try enemy.send(header, body)
            }
            for control in [["type": "ping"], ["type": 5], [:], ["type": "refresh_token"]] as [RPCObject] {
                enemy.send(control: control)
            }
            try enemy.call("services.s.echo", session: "after", [1])
            #expect(try await enemy.answer(in: "after").value.intValue == 1)
        }
    }

    @Test func `are not let in with what is no greeting`() async throws {
        try await SmallWorld.run { world in
            for hello in [["client_id": "a/b"], ["client_id": ""], ["client_id": "a", "workspace": "*"]] as [RPCMessage]
            {
                let transport = ScriptedTransport()
                try world.hub.attach(transport)
                transport.feed(HyphaMessage.frame(HyphaFrame(header: ["type": "method"])).message)
                transport.feed(["type": "ping"])
                transport.feed(hello)
                let isRefused = try await eventually { transport.written.contains { $0.type == "error" } }
                #expect(isRefused)
                transport.end()
            }
            #expect(world.hub.clients.isEmpty)
        }
    }
}
