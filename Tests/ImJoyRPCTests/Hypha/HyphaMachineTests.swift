internal import ImJoyCore
internal import ImJoyRPCTestSupport
internal import OrderedCollections
internal import Testing

@testable internal import ImJoyRPC

/// Two clients of one workspace, whose messages the test hands over as a server would.
private struct Clients {
    var machines: [String: HyphaMachine] = [:]
    var served: [String: [HyphaMachine.InboundCall]] = [:]
    var resumed: [CallID: [Result<RPCValue, RPCError>]] = [:]
    var dropped: [String] = []
    var timers: [String: Duration] = [:]
    var released = 0
    /// Messages in the order in which they were sent.
    var sent: [HyphaFrame] = []
    /// Runs what is called; nil leaves calls to the test.
    var serve: ((HyphaMachine.InboundCall) -> Result<RPCValue, RPCError>)?
    private var lastCall: UInt64 = 0
    private let caller = NoCaller()

    init(limits: RPCLimits = .default, workspaces: [String: String] = ["a": "ws", "b": "ws"]) {
        for (client, workspace) in workspaces {
            let counter = Driver.Counter()
            let identity = HyphaMachine.Identity(clientID: client, workspace: workspace, server: "http://here")
            machines[client] = HyphaMachine(
                identity: identity, limits: limits, makeID: { "\(client)\(counter.next())" })
        }
    }

    mutating func perform(_ actions: [HyphaMachine.Action], at client: String) {
        for action in actions {
            switch action {
            case .send(let frame): deliver(frame, from: client)
            case .resume(let call, let result): resumed[call, default: []].append(result)
            case .serve(let call):
                guard let serve else {
                    served[client, default: []].append(call)
                    continue
                }
                perform(machines[client]?.finish(call, serve(call)) ?? [], at: client)
            case .setTimer(let session, let limit): timers[session] = limit
            case .clearTimer(let session): timers[session] = nil
            case .event(let type, _): dropped.append("event \(type)")
            case .dropped(let reason): dropped.append(reason)
            case .release(let functions): released += functions.count
            }
        }
    }

    /// What a server does: it says itself from whom a message is, and where it goes.
    private mutating func deliver(_ frame: HyphaFrame, from client: String) {
        sent.append(frame)
        var frame = frame
        frame.header["from"] = .string(machines[client]?.identity.address ?? "")
        let target = frame.header["to"]?.stringValue ?? ""
        guard let receiver = machines.first(where: { $0.value.identity.address == target })?.key else { return }
        receive(frame, at: receiver)
    }

    mutating func receive(_ frame: HyphaFrame, at client: String) {
        perform(machines[client]?.receive(frame, caller: caller) ?? [], at: client)
    }

    @discardableResult
    mutating func call(
        _ method: String, _ arguments: [RPCValue] = [], named: RPCObject = [:], from client: String = "a",
        to target: String = "ws/b", parent: String? = nil
    ) throws -> CallID {
        lastCall += 1
        let call = CallID(number: lastCall)
        let reference = HyphaReference(target: target, method: method, parent: parent)
        let actions = try machines[client]?.call(call, reference, positional: arguments, named: named) ?? []
        perform(actions, at: client)
        return call
    }

    mutating func call(_ function: RPCFunction?, _ arguments: [RPCValue] = [], from client: String) throws -> CallID {
        guard case .remote(.address(let reference), _)? = function?.kind else {
            throw RPCError(.notFound, "no function of the far side")
        }
        lastCall += 1
        let call = CallID(number: lastCall)
        perform(
            try machines[client]?.call(call, reference, positional: arguments, named: [:]) ?? [], at: client)
        return call
    }

    mutating func register(_ members: RPCObject, at client: String = "b") throws {
        perform(try machines[client]?.register(try HyphaService(members)) ?? [], at: client)
    }

    /// The result of the call that `body` makes.
    mutating func value(_ body: (inout Clients) throws -> CallID) throws -> RPCValue {
        let call = try body(&self)
        return try value(call)
    }

    /// The reason why the call that `body` makes fails.
    mutating func error(_ body: (inout Clients) throws -> CallID) throws -> String {
        let call = try body(&self)
        return error(call)
    }

    func value(_ call: CallID) throws -> RPCValue {
        guard let results = resumed[call], results.count == 1 else {
            throw RPCError(.notFound, "resumed \(resumed[call]?.count ?? 0) times")
        }
        return try results[0].get()
    }

    func error(_ call: CallID) -> String {
        guard case .failure(let error)? = resumed[call]?.first else { return "no failure" }
        return error.message
    }
}

@Suite struct `A client of Hypha` {
    private static let echo: RPCObject = [
        "id": "s", "config": ["visibility": "protected"],
        "echo": .function(RPCFunction(raw: "echo") { $0[0] }),
        "deep": ["list": [.function(RPCFunction(raw: "first") { _ in 1 })]],
    ]

    private func clients() throws -> Clients {
        var clients = Clients()
        try clients.register(Self.echo)
        clients.serve = { .success($0.arguments[0]) }
        return clients
    }

    @Test func `calls another one with arguments in order and by name`() throws {
        var clients = try clients()
        clients.serve = { call in
            .success(["positional": .array(call.arguments.positional), "named": .object(call.arguments.named)])
        }
        let call = try clients.call("services.s.echo", [1, "x"], named: ["sigma": 2])
        #expect("\(try clients.value(call))" == "{positional: [1, \"x\"], named: {sigma: 2}}")
        #expect(clients.timers.isEmpty)
        #expect(clients.machines["a"]?.waiterCount == 0)
        #expect(clients.machines["b"]?.servingCount == 0)
        let inside = try clients.call("services.s.deep.list.0")
        #expect("\(try clients.value(inside)["positional"])" == "[]")
    }

    @Test func `lends functions for as long as the call runs`() throws {
        var clients = try clients()
        clients.serve = nil
        let call = try clients.call("services.s.echo", [.function(RPCFunction("tell") { () in })])
        let inbound = try #require(clients.served["b"]?.first)
        let tell = inbound.arguments[0].functionValue
        for _ in 0..<2 {
            let told = try clients.call(tell, [5], from: "b")
            let last = clients.served["a"]?.popLast()
            let asked = try #require(last)
            #expect(asked.arguments[0].intValue == 5)
            clients.perform(clients.machines["a"]?.finish(asked, .success("thanks")) ?? [], at: "a")
            #expect(try clients.value(told).stringValue == "thanks")
        }
        clients.perform(clients.machines["b"]?.finish(inbound, .success(.null)) ?? [], at: "b")
        #expect(try clients.value(call).isNull)
        let late = try clients.call(tell, [6], from: "b")
        #expect(clients.error(late).hasPrefix("Session not found: ws/b:"))
        #expect(clients.released == 1)
    }

    @Test func `gives functions away that stay, and takes them back when the peer leaves`() throws {
        var clients = try clients()
        clients.serve = { _ in .success(.function(RPCFunction("more") { () in 3 })) }
        let given = try clients.value { try $0.call("services.s.echo") }.functionValue
        #expect(given?.name == "more")
        clients.serve = { _ in .success(7) }
        for _ in 0..<2 {
            let call = try clients.call(given, from: "a")
            #expect(try clients.value(call).intValue == 7)
        }
        clients.receive(
            HyphaFrame(header: ["type": "client_disconnected", "data": ["id": "a", "workspace": "ws"]]), at: "b")
        let call = try clients.call(given, from: "a")
        #expect(clients.error(call).hasPrefix("Session not found"))
    }

    @Test func `lends objects until they are disposed of, to one client only`() throws {
        var clients = Clients(workspaces: ["a": "ws", "b": "ws", "c": "ws"])
        try clients.register(Self.echo)
        clients.serve = { _ in
            .success(["_rintf": true, "inc": .function(RPCFunction("inc") { () in 1 }), "label": "counter"])
        }
        let object = try clients.value { try $0.call("services.s.echo") }
        #expect(object.remoteValue != nil)
        #expect(object["label"].stringValue == "counter")
        clients.serve = { _ in .success(1) }
        #expect(try clients.value { try $0.call(object["inc"].functionValue, from: "a") }.intValue == 1)
        let thief = try clients.call(object["inc"].functionValue, from: "c")
        #expect(clients.error(thief).hasPrefix("Permission denied"))
        let forged = try clients.call(object["_dispose"].functionValue, from: "c")
        #expect(clients.error(forged).hasPrefix("Permission denied"))
        let id = object["_rintf_service_id"]
        // It cannot be had from the owner either.
        let asked = try clients.call("services.built-in.get_service", [id], from: "c")
        #expect(clients.error(asked).hasPrefix("Service not found"))
        #expect(try clients.value { try $0.call(object["_dispose"].functionValue, from: "a") }.intValue == 1)
        let gone = try clients.call(object["inc"].functionValue, from: "a")
        #expect(clients.error(gone).hasPrefix("Method expired or not found"))
        #expect(clients.released == 1)
    }

    // MARK: Refusals

    @Test(arguments: [
        ("services.s.nothing", "Method expired or not found"), ("services.s._private", "Method expired or not found"),
        ("services.s.deep.list.1", "Method expired or not found"), ("services.s.deep", "Method expired or not found"),
        ("services.none.f", "Method expired or not found"), ("services.", "Method expired or not found"),
        ("session.f", "Session not found"), ("f", "Session not found"), ("", "Session not found"),
        (".", "Session not found"), ("services.s.id", "Method expired or not found"),
        ("services.s._dispose", "Method expired or not found"),
    ])
    func `refuses what it does not have`(_ method: String, _ reason: String) throws {
        var clients = try clients()
        let call = try clients.call(method)
        #expect(clients.error(call).hasPrefix(reason))
    }

    @Test(arguments: [("public", true), ("unlisted", true), ("protected", false)])
    func `admits other workspaces by visibility`(_ visibility: String, _ isAdmitted: Bool) throws {
        var clients = Clients(workspaces: ["a": "other", "b": "ws"])
        try clients.register(["id": "s", "config": ["visibility": .string(visibility)], "f": Self.echo["echo"] ?? nil])
        try clients.register([
            "id": "friends", "config": ["authorized_workspaces": ["other"]], "f": Self.echo["echo"] ?? nil,
        ])
        clients.serve = { _ in .success(1) }
        for method in ["services.s.f", "services.built-in.get_service"] {
            let call = try clients.call(method, ["s"])
            #expect((clients.error(call) == "no failure") == isAdmitted)
            #expect(isAdmitted || clients.error(call).hasPrefix("Permission denied"))
        }
        #expect(try clients.value { try $0.call("services.friends.f") }.intValue == 1)
    }

    @Test func `nobody else calls functions of a session or answers in it`() throws {
        var clients = Clients(workspaces: ["a": "ws", "b": "ws", "c": "ws"])
        try clients.register(Self.echo)
        let call = try clients.call("services.s.echo", [.function(RPCFunction("tell") { () in })])
        let session = try #require(clients.timers.keys.first)
        let tell = clients.served["b"]?.first?.arguments[0].functionValue
        let stolen = try clients.call(tell, from: "c")
        #expect(clients.error(stolen).hasPrefix("Access denied"))
        for name in ["resolve", "reject", "heartbeat"] {
            let header: RPCObject = [
                "type": "method", "from": "ws/c", "to": "ws/a", "method": .string("\(session).\(name)"),
            ]
            clients.receive(try HyphaFrame(header: header, body: ["args": [1]]), at: "a")
        }
        #expect(clients.resumed[call] == nil)
        #expect(clients.dropped.count == 3)
        // Late ones are ignored without a word.
        let inbound = try #require(clients.served["b"]?.first)
        clients.perform(clients.machines["b"]?.finish(inbound, .success(1)) ?? [], at: "b")
        clients.perform(clients.machines["b"]?.heartbeat(inbound) ?? [], at: "b")
        #expect(try clients.value(call).intValue == 1)
        #expect(clients.dropped.count == 3)
    }

    @Test func `errors come with the text and the trace of the far side`() throws {
        var clients = try clients()
        clients.serve = { _ in .failure(RPCError(.remoteFailure, "bad value", remoteTrace: "Traceback\n  at f")) }
        let call = try clients.call("services.s.echo")
        guard case .failure(let error)? = clients.resumed[call]?.first else { throw RPCError(.notFound, "no failure") }
        #expect(error.message == "bad value")
        #expect(error.remoteTrace == "Traceback\n  at f")
    }

    @Test func `a result that cannot be sent is a rejection`() throws {
        var clients = try clients()
        let deep = (0..<100).reduce(RPCValue.null) { value, _ in .array([value]) }
        clients.serve = { _ in .success(deep) }
        let call = try clients.call("services.s.echo")
        #expect(clients.error(call).contains("cannot be sent"))
        #expect(throws: RPCError.self) { try clients.call("services.s.echo", [deep]) }
        #expect(clients.machines["a"]?.waiterCount == 0)
    }

    @Test(
        arguments: [
            ["type": "method"], ["type": "method", "from": "ws/a"], ["type": "method", "method": "services.s.echo"],
            ["type": "method", "from": "a", "method": "services.s.echo"], ["from": "ws/a"], ["type": 5],
            ["type": "method", "from": 5, "method": []],
        ] as [RPCObject])
    func `messages without an address are dropped`(_ header: RPCObject) throws {
        var clients = try clients()
        clients.receive(HyphaFrame(header: header), at: "b")
        #expect(clients.dropped.count == 1)
        #expect(clients.served.isEmpty)
    }

    @Test(
        arguments: [
            ["args": 5, "promise": "*"], ["args": [1], "with_kwargs": true, "promise": "*"],
            ["with_kwargs": true, "promise": "*"],
        ] as [RPCObject])
    func `calls that cannot be read are rejected`(_ body: RPCObject) throws {
        var clients = try clients()
        let header: RPCObject = ["type": "method", "from": "ws/a", "method": "services.s.echo", "session": "S"]
        clients.receive(try HyphaFrame(header: header, body: body), at: "b")
        #expect(clients.sent.last?.header["method"]?.stringValue == "S.reject")
        #expect(clients.machines["b"]?.servingCount == 0)
    }

    @Test(
        arguments: [
            ["promise": [:]], ["promise": ["resolve": 5]], ["promise": ["resolve": ["_rtarget": "a"]]],
            ["promise": ["resolve": ["_rtarget": "a", "_rmethod": "x"], "reject": 1]],
        ] as [RPCObject])
    func `promises that are none are dropped`(_ body: RPCObject) throws {
        var clients = try clients()
        clients.receive(
            try HyphaFrame(header: ["type": "method", "from": "ws/a", "method": "services.s.echo"], body: body), at: "b"
        )
        clients.receive(
            try HyphaFrame(
                header: ["type": "method", "from": "ws/a", "method": "services.s.echo"], body: ["promise": "*"]),
            at: "b")
        #expect(clients.dropped.count == 2)
        #expect(clients.served.isEmpty)
        #expect(clients.machines["b"]?.servingCount == 0)
    }

    @Test func `a body that cannot be read fails what it was meant for`() throws {
        var clients = try clients()
        clients.serve = nil
        let call = try clients.call("services.s.echo")
        let session = try #require(clients.timers.keys.first)
        let broken = SharedBytes(copying: [0xc1])
        let answer: RPCObject = ["type": "method", "from": "ws/b", "method": .string("\(session).resolve")]
        clients.receive(HyphaFrame(header: answer, body: broken), at: "a")
        #expect(clients.error(call).contains("0xc1"))
        // Where the answer to a call should go stands in its body, so nobody can be told.
        let question: RPCObject = ["type": "method", "from": "ws/a", "method": "services.s.echo", "session": "S"]
        clients.receive(HyphaFrame(header: question, body: broken), at: "b")
        #expect(clients.dropped.count == 1)
    }

    @Test func `more calls and functions than allowed are refused`() throws {
        var limits = RPCLimits()
        limits.maxConcurrentInboundCalls = 1
        limits.maxExports = 5
        var clients = Clients(limits: limits)
        try clients.register(Self.echo)
        let first = try clients.call("services.s.echo")
        let second = try clients.call("services.s.echo")
        #expect(clients.error(second).contains("try again later"))
        #expect(clients.resumed[first] == nil)
        let many = RPCValue.array((0..<9).map { _ in .function(RPCFunction("f") { () in }) })
        let error = #expect(throws: RPCError.self) { try clients.call("services.s.echo", [many]) }
        #expect(error?.code == .overloaded)
        #expect(clients.machines["a"]?.waiterCount == 1)
    }

    @Test func `a session has only the functions that were lent in it`() throws {
        var clients = try clients()
        clients.serve = nil
        try clients.call("services.s.echo", [.function(RPCFunction("f") { () in })])
        let session = try #require(clients.timers.keys.first)
        let call = try clients.call("\(session).other", from: "b", to: "ws/a")
        #expect(clients.error(call).hasPrefix("Method expired or not found"))
    }

    @Test func `a call without a promise is over at once, and its failure is told to nobody`() throws {
        var clients = try clients()
        clients.serve = { _ in .failure(RPCError(.remoteFailure, "it broke")) }
        let reference = HyphaReference(target: "ws/b", method: "services.s.echo", promise: .none)
        let call = CallID(number: 99)
        let actions = try clients.machines["a"]?.call(call, reference, positional: [1], named: [:]) ?? []
        clients.perform(actions, at: "a")
        #expect(try clients.value(call).isNull)
        #expect(clients.dropped.last?.contains("it broke") == true)
        #expect(clients.sent.count == 1)
    }

    // MARK: Time

    @Test func `waits thirty seconds from the last sign of life`() throws {
        var clients = try clients()
        clients.serve = nil
        let call = try clients.call("services.s.echo")
        let session = try #require(clients.timers.keys.first)
        #expect(clients.timers[session] == .seconds(30))
        let inbound = try #require(clients.served["b"]?.first)
        // Half of that is how often the far side should say that it lives.
        #expect(inbound.answer?.interval == .seconds(15))
        clients.timers = [:]
        clients.perform(clients.machines["b"]?.heartbeat(inbound) ?? [], at: "b")
        #expect(clients.timers[session] == .seconds(30))
        clients.perform(clients.machines["a"]?.timeOut(session) ?? [], at: "a")
        #expect(clients.error(call).contains("no sign of life"))
        clients.perform(clients.machines["a"]?.timeOut(session) ?? [], at: "a")
        clients.perform(clients.machines["b"]?.finish(inbound, .success(1)) ?? [], at: "b")
        #expect(clients.resumed[call]?.count == 1)
    }

    @Test func `what is given up, and what a lost link leaves, ends once`() throws {
        var clients = try clients()
        clients.serve = nil
        let function = RPCValue.function(RPCFunction("f") { () in })
        let calls = try (0..<3).map { _ in try clients.call("services.s.echo", [function]) }
        clients.perform(clients.machines["a"]?.abandon(calls[0]) ?? [], at: "a")
        #expect(clients.resumed[calls[0]] == nil)
        clients.perform(
            clients.machines["a"]?.disconnect(RPCError(.disconnected, "the link is gone")) ?? [], at: "a")
        for call in calls.dropFirst() { #expect(clients.error(call) == "the link is gone") }
        #expect(clients.released == 3)
        #expect(clients.timers.isEmpty)
        #expect(clients.machines["a"]?.sessions.isEmpty == true)
        // Services are there for the next link.
        #expect(clients.machines["b"]?.services.keys.sorted() == ["built-in", "s"])
    }

    // MARK: Services

    @Test(
        arguments: [
            [:], ["id": ""], ["id": 5], ["id": "a/b"], ["id": "a:b"], ["id": "a@b"],
            ["id": "s", "config": ["visibility": "secret"]],
        ] as [RPCObject])
    func `services that cannot be are refused`(_ members: RPCObject) {
        let error = #expect(throws: RPCError.self) { try HyphaService(members) }
        #expect(error?.code == .invalidArgument)
    }

    @Test func `a service is registered once, or again in its place`() throws {
        var clients = try clients()
        #expect(throws: RPCError.self) { try clients.register(Self.echo) }
        let other = try HyphaService(["id": "s", "g": .function(RPCFunction("g") { () in })])
        clients.perform(try clients.machines["b"]?.register(other, overwrite: true) ?? [], at: "b")
        #expect(clients.released == 2)
        #expect(try clients.error { try $0.call("services.s.echo") }.hasPrefix("Method expired"))
        clients.perform(try clients.machines["b"]?.unregister("s") ?? [], at: "b")
        #expect(throws: RPCError.self) { try clients.machines["b"]?.unregister("s") }
        #expect(try clients.error { try $0.call("services.s.g") }.hasPrefix("Method expired"))
    }

    @Test func `the built-in service answers by itself`() throws {
        var clients = try clients()
        #expect(try clients.value { try $0.call("services.built-in.ping", ["ping"]) }.stringValue == "pong")
        let service = try clients.value { try $0.call("services.built-in.get_service", ["s"]) }
        let echo = try #require(service["echo"].functionValue)
        #expect(try clients.value { try $0.call(echo, [5], from: "a") }.intValue == 5)
        let builtIn = try clients.value { try $0.call("services.built-in.get_service", ["built-in"]) }
        #expect(builtIn["config"]["api_version"].intValue == 3)
        #expect(builtIn["message_cache"]["process"].functionValue != nil)
        #expect(try clients.error { try $0.call("services.built-in.get_service", ["none"]) }.contains("not found"))
        #expect(try clients.error { try $0.call("services.built-in.get_service", [5]) }.contains("not a whole number"))
        #expect(clients.machines["b"]?.servingCount == 0)
    }
}

@Suite struct `Hypha messages in pieces` {
    private static let cache = "services.built-in.message_cache."

    private func clients(limits: RPCLimits = .default) throws -> Clients {
        var clients = Clients(limits: limits, workspaces: ["a": "ws", "b": "ws", "c": "ws"])
        try clients.register(["id": "s", "f": .function(RPCFunction(raw: "f") { $0[0] })])
        clients.serve = { .success($0.arguments[0]) }
        return clients
    }

    /// A call as it would have been sent whole, with a sender that is not to be believed.
    private func message() throws -> [SharedBytes] {
        let header: RPCObject = [
            "type": "method", "from": "ws/c", "to": "ws/b", "method": "services.s.f", "session": "S",
        ]
        let array = SharedBytes(copying: (0..<1000).map { UInt8($0 % 251) })
        let whole = try HyphaFrame(header: header, body: ["args": [.bytes(array)], "promise": "*"]).encode()
        return stride(from: 0, to: whole.count, by: 300).map { whole.slice($0..<min($0 + 300, whole.count)) }
    }

    @Test(arguments: ["set", "append"])
    func `are put together, and come from who has sent the pieces`(_ way: String) throws {
        var clients = try clients()
        let pieces = try message()
        #expect(try clients.value { try $0.call(Self.cache + "create", ["k", false]) }.isNull)
        // With their numbers they may come in any order.
        for (index, piece) in way == "set" ? Array(pieces.enumerated().reversed()) : Array(pieces.enumerated()) {
            let number: [RPCValue] = way == "set" ? [.int(Int64(index))] : []
            #expect(
                try clients.value { try $0.call(Self.cache + way, ["k"] + number + [.bytes(piece), false]) }.isNull)
        }
        #expect(try clients.value { try $0.call(Self.cache + "process", ["k", false]) }.isNull)
        let answer = try #require(clients.sent.first { $0.header["method"]?.stringValue == "S.resolve" })
        #expect(answer.header["to"]?.stringValue == "ws/a")
        #expect(try answer.bodyMembers()["args"]?[0].bytesValue?.count == 1000)
        #expect(clients.machines["b"]?.partial.isEmpty == true)
    }

    @Test func `of others cannot be touched, and gaps are found`() throws {
        var clients = try clients()
        let piece = RPCValue.bytes(SharedBytes(copying: [1, 2, 3]))
        try clients.call(Self.cache + "create", ["k", false])
        #expect(try clients.error { try $0.call(Self.cache + "create", ["k", false]) }.contains("already"))
        #expect(
            try clients.error { try $0.call(Self.cache + "set", ["k", 0, piece], from: "c") }.contains("no message"))
        #expect(try clients.error { try $0.call(Self.cache + "process", ["k"], from: "c") }.contains("no message"))
        for wrong in [["k", -1, piece], ["k", "x", piece], ["k", 0, "text"], ["k"]] as [[RPCValue]] {
            #expect(try clients.error { try $0.call(Self.cache + "set", wrong) }.contains("an index and bytes"))
        }
        #expect(try clients.error { try $0.call(Self.cache + "set", [5, 0, piece]) }.contains("a text as its key"))
        try clients.call(Self.cache + "set", ["k", 1, piece])
        #expect(try clients.error { try $0.call(Self.cache + "process", ["k"]) }.contains("not numbered"))
        #expect(try clients.error { try $0.call(Self.cache + "process", ["k"]) }.contains("no message"))
        // Bytes that are no message.
        try clients.call(Self.cache + "create", ["k", false])
        try clients.call(Self.cache + "append", ["k", .bytes(SharedBytes(copying: [0xc1])), false])
        #expect(try clients.error { try $0.call(Self.cache + "process", ["k"]) }.contains("0xc1"))
        try clients.call(Self.cache + "create", ["k", false])
        #expect(try clients.value { try $0.call(Self.cache + "remove", ["k"]) }.isNull)
        #expect(clients.machines["b"]?.partial.isEmpty == true)
    }

    @Test func `beyond the limits are refused`() throws {
        var limits = RPCLimits()
        limits.maxFrameBytes = 1000
        var clients = try clients(limits: limits)
        let piece = RPCValue.bytes(SharedBytes(copying: [UInt8](repeating: 0, count: 400)))
        try clients.call(Self.cache + "create", ["k", false])
        for index in 0..<2 { try clients.call(Self.cache + "set", ["k", .int(Int64(index)), piece]) }
        // A piece that replaces another one counts once.
        #expect(try clients.value { try $0.call(Self.cache + "set", ["k", 1, piece]) }.isNull)
        #expect(try clients.error { try $0.call(Self.cache + "set", ["k", 2, piece]) }.contains("at most 1000"))
        for index in 0..<300 { try clients.call(Self.cache + "create", [.string("more \(index)"), false]) }
        #expect(clients.machines["b"]?.partial.count == 256)
        clients.receive(
            HyphaFrame(header: ["type": "client_disconnected", "data": ["id": "a", "workspace": "ws"]]), at: "b")
        #expect(clients.machines["b"]?.partial.isEmpty == true)
    }

    @Test func `of an answer show that the call is alive`() throws {
        var clients = try clients()
        clients.serve = nil
        let call = try clients.call("services.s.f")
        let session = try #require(clients.timers.keys.first)
        clients.timers = [:]
        _ = try clients.call(Self.cache + "create", [.string(session), true], from: "b", to: "ws/a")
        #expect(clients.timers[session] == .seconds(30))
        #expect(clients.resumed[call] == nil)
    }

    // MARK: Sending

    private static let payload = RPCValue.bytes(SharedBytes(copying: (0..<20_000).map { UInt8($0 % 251) }))

    private func sending(limits: RPCLimits = .default) throws -> Clients {
        var clients = try clients(limits: limits)
        for client in ["a", "b"] { clients.machines[client]?.pieceSize = 1000 }
        return clients
    }

    @Test func `carry long calls and long answers`() throws {
        var clients = try sending()
        let call = try clients.call("services.s.f", [Self.payload, 5], named: ["x": Self.payload])
        #expect(try clients.value(call).bytesValue == Self.payload.bytesValue)
        // No frame was longer than a piece and the little more that goes whole.
        let longest = try clients.sent.map { try $0.encode().count }.max() ?? 0
        #expect(longest < 2200)
        let pieces = clients.sent.count { $0.header["method"]?.stringValue == Self.cache + "set" }
        #expect(pieces > 60)
        for machine in clients.machines.values {
            #expect(machine.long.isEmpty)
            #expect(machine.partial.isEmpty)
            #expect(machine.sessions.isEmpty)
        }
        #expect(clients.timers.isEmpty)
    }

    @Test func `go one after another to receivers that only add them`() throws {
        var clients = try sending()
        var members = HyphaMachine.builtIn(HyphaMachine.Identity(clientID: "b", workspace: "ws"))
        members["config"] = ["visibility": "public", "api_version": 2]
        let old = try HyphaService(members)
        clients.perform(try clients.machines["b"]?.register(old, overwrite: true) ?? [], at: "b")
        let call = try clients.call("services.s.f", [Self.payload])
        #expect(try clients.value(call).bytesValue == Self.payload.bytesValue)
        let pieces = clients.sent.count { $0.header["method"]?.stringValue == Self.cache + "append" }
        #expect(pieces == 21)
    }

    @Test func `that are not taken fail the call, and an answer is dropped`() throws {
        var limits = RPCLimits()
        limits.maxFrameBytes = 5000
        var clients = try sending(limits: limits)
        let call = try clients.call("services.s.f", [Self.payload])
        #expect(clients.error(call).contains("a long message was not taken"))
        #expect(clients.machines["b"]?.partial.isEmpty == true)
        clients.serve = { _ in .success(Self.payload) }
        let asked = try clients.call("services.s.f", [1])
        #expect(clients.resumed[asked] == nil)
        #expect(clients.dropped.contains { $0.contains("a long message was not taken") })
        for machine in clients.machines.values { #expect(machine.long.isEmpty) }
    }

    @Test func `end with the link and with the receiver`() throws {
        var clients = try sending()
        // Nobody is there, so the first step is never answered.
        for isLink in [true, false] {
            let call = try clients.call("services.s.f", [Self.payload], to: "ws/nobody")
            #expect(clients.machines["a"]?.long.count == 1)
            let actions =
                isLink
                ? clients.machines["a"]?.disconnect(RPCError(.disconnected, "the link is gone"))
                : clients.machines["a"]?.peerLeft("ws/nobody")
            clients.perform(actions ?? [], at: "a")
            #expect(clients.resumed[call]?.count == 1)
            #expect(clients.machines["a"]?.long.isEmpty == true)
            #expect(clients.machines["a"]?.sessions.isEmpty == true)
        }
    }
}
