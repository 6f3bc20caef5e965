internal import ImJoyCore
internal import ImJoyRPCTestSupport
internal import OrderedCollections
internal import Testing

@testable internal import ImJoyRPC

typealias Machine = RPCConnection.StateMachine

/// A machine with names that count up, and short notes of what it does.
struct Driver {
    var machine: Machine
    let caller = NoCaller()
    var sent: [RPCMessage] = []
    var served: [Machine.InboundCall] = []
    var resumed: [CallID: [Result<RPCValue, RPCError>]] = [:]
    private var lastCall: UInt64 = 0

    init(limits: RPCLimits = .default, @RPCExportBuilder _ exports: () -> [RPCExport] = { [] }) {
        self.init(api: RPCService("api", exports).members, limits: limits)
    }

    init(api: RPCObject, limits: RPCLimits = .default) {
        self.init(role: .core(ImJoyCoreRole(name: "Cells", type: "native-python")), api: api, limits: limits)
    }

    init(role: Machine.Role, api: RPCObject?, limits: RPCLimits = .default) {
        let counter = Counter()
        machine = Machine(role: role, api: api, limits: limits, makeID: { counter.next() })
    }

    final class Counter: Sendable {
        let count = Guarded(0)
        func next() -> String {
            count.withLock {
                $0 += 1
                return "id\($0)"
            }
        }
    }

    mutating func newCall() -> CallID {
        lastCall += 1
        return CallID(number: lastCall)
    }

    /// Notes: what was sent by type, who was resumed how, which functions are served.
    @discardableResult
    mutating func note(_ actions: [Machine.Action]) -> [String] {
        actions.compactMap { action in
            switch action {
            case .send(let outgoing):
                sent.append(outgoing.message)
                return "send \(outgoing.message.type ?? "")"
            case .resume(let call, let result):
                resumed[call, default: []].append(result)
                switch result {
                case .success(let value): return "resume \(call.number) \(value)"
                case .failure(let error): return "fail \(call.number) \(error.code)"
                }
            case .serve(let call):
                served.append(call)
                return "serve \(call.function.name)"
            case .event(.log(let line)): return "log \(line)"
            case .event(.error(let text)): return "error \(text)"
            case .event(.interfaceChanged): return "interface"
            case .event(.dropped): return "dropped"
            case .forward(let peerID, _): return "forward \(peerID)"
            case .forwardDisposal(let peerID, let objectID): return "dispose \(objectID) of \(peerID)"
            case .introduced, .release: return nil
            case .close: return "close"
            }
        }
    }

    mutating func receive(_ message: RPCMessage) -> [String] { note(machine.receive(message, caller: caller)) }

    /// Brings the machine to where calls may flow.
    mutating func introduce(_ peerID: String = "p") {
        _ = receive(["type": "initialized", "peer_id": .string(peerID), "config": ["name": "plugin"]])
        _ = receive(["type": "interfaceSetAsRemote"])
    }

    mutating func start(_ body: (inout Machine, CallID) throws(RPCError) -> [Machine.Action]) throws -> (
        CallID, [String]
    ) {
        let call = newCall()
        return (call, note(try body(&machine, call)))
    }

    static let method = RemoteReference.method(object: "o", path: "f", target: .text("p"))

    mutating func call(_ arguments: [RPCValue] = [], named: RPCObject = [:], _ reference: RemoteReference = method)
        throws
        -> (CallID, [String])
    {
        try start { (machine, call) throws(RPCError) in
            try machine.call(call, reference, positional: arguments, named: named)
        }
    }

    /// The object that our interface was lent as.
    var apiID: RPCValue { sent.last { $0.type == "setInterface" }.map { Self.objectID($0["api"]) } ?? .null }

    private static func objectID(_ value: RPCValue) -> RPCValue {
        guard case .object(let members) = value else { return .null }
        return members["_rintf"] ?? members.values.lazy.map(objectID).first { !$0.isNull } ?? .null
    }

    static func callback(_ id: RPCValue, target: RPCValue = "p") -> RPCValue {
        ["_rtype": "callback", "_rname": "r", "_rtarget_id": target, "_rvalue": id]
    }

    static let promise: RPCValue = [callback("yes"), callback("no")]
}

@Suite struct `The state machine` {
    // MARK: Handshake

    @Test func `leads through the handshake`() {
        var driver = Driver { RPCExport("f") { () in 1 } }
        let waiter = driver.newCall()
        #expect(driver.note(driver.machine.awaitHandshake(waiter)).isEmpty)
        #expect(driver.receive(["type": "imjoyRPCReady", "peer_id": "p"]) == ["send initialize"])
        #expect(driver.sent[0]["peer_id"].stringValue == "p")
        #expect(driver.sent[0]["config"]["name"].stringValue == "Cells")
        #expect(
            driver.receive(["type": "initialized", "peer_id": "p", "config": ["lang": "python"]]) == [
                "send setInterface"
            ])
        #expect(driver.sent[1]["peer_id"].stringValue == "p")
        #expect(driver.sent[1]["api"]["f"]["_rvalue"].stringValue == "f")
        #expect(driver.receive(["type": "interfaceSetAsRemote"]) == ["resume 1 {lang: \"python\"}"])
        #expect(driver.receive(["type": "interfaceSetAsRemote"]).isEmpty)
    }

    @Test func `refuses calls before the handshake and after the end`() throws {
        var driver = Driver()
        #expect(throws: RPCError.self) { try driver.call() }
        driver.introduce()
        _ = try driver.call()
        #expect(
            driver.note(driver.machine.disconnect(RPCError(.disconnected, "gone"))) == ["fail 2 disconnected", "close"])
        #expect(throws: RPCError(.disconnected, "gone")) { try driver.call() }
        #expect(driver.receive(["type": "log", "message": "x"]).isEmpty)
        #expect(driver.note(driver.machine.disconnect(RPCError(.disconnected, "again"))).isEmpty)
    }

    @Test(
        arguments: [
            (["type": "initialized", "peer_id": "p", "error": "no module"], .remoteFailure),
            (["type": "initialized"], .protocolViolation),
            (["type": "initialized", "peer_id": ""], .protocolViolation),
        ] as [(RPCMessage, RPCError.Code)])
    func `a plugin that cannot start ends the connection`(_ message: RPCMessage, _ code: RPCError.Code) {
        var driver = Driver()
        let waiter = driver.newCall()
        driver.note(driver.machine.awaitHandshake(waiter))
        #expect(driver.receive(message) == ["fail 1 \(code)", "close"])
    }

    @Test func `a plugin that starts again is introduced again, and what the old one owed fails`() throws {
        var driver = Driver { RPCExport("f") { () in 1 } }
        driver.introduce("old")
        let api = driver.apiID
        let (call, _) = try driver.call([.function(RPCFunction("lent") { () in })])
        _ = try driver.start { (machine, call) throws(RPCError) in try machine.requestInterface(call) }
        #expect(driver.machine.exports.count == 2)
        let notes = driver.receive(["type": "initialized", "peer_id": "new"])
        #expect(notes == ["fail \(call.number) disconnected", "fail 2 disconnected", "send setInterface"])
        #expect(driver.machine.exports.count == 1)
        #expect(driver.sent.last?["peer_id"].stringValue == "new")
        #expect(driver.apiID.stringValue == api.stringValue)
        _ = driver.receive(["type": "interfaceSetAsRemote"])
        #expect(throws: Never.self) { try driver.call() }
        // The same name again is a plugin that only repeats itself.
        #expect(driver.receive(["type": "initialized", "peer_id": "new"]) == ["send setInterface"])
        #expect(driver.machine.pending.count == 1)
    }

    @Test func `an interface can be asked for and set again at any time`() throws {
        var driver = Driver { RPCExport("f") { () in 1 } }
        driver.introduce()
        #expect(driver.receive(["type": "getInterface"]) == ["send setInterface"])
        #expect(driver.machine.exports.count == 1)
        let (_, asked) = try driver.start { (machine, call) throws(RPCError) in try machine.requestInterface(call) }
        #expect(asked == ["send getInterface"])
        let api: RPCValue = ["g": ["_rtype": "interface", "_rintf": "o", "_rvalue": "g"], "_rintf": "o"]
        #expect(
            driver.receive(["type": "setInterface", "api": api])
                == ["send interfaceSetAsRemote", "interface", "resume 1 <object {g: <function g>}>"])
        #expect(driver.receive(["type": "setInterface", "api": api]) == ["send interfaceSetAsRemote", "interface"])
        _ = try driver.start { (machine, call) throws(RPCError) in try machine.requestInterface(call) }
        #expect(driver.receive(["type": "setInterface", "api": 5]) == ["dropped", "fail 2 protocol violation"])
    }

    // MARK: Our calls

    @Test func `writes calls out as peers expect them`() throws {
        var driver = Driver()
        driver.introduce()
        let (call, notes) = try driver.call([5], named: ["a": 1])
        #expect(notes == ["send method"])
        let message = try #require(driver.sent.last)
        #expect(message["with_kwargs"].boolValue == true)
        #expect("\(message["args"])" == "[5, {a: 1}]")
        #expect(message["target_id"].stringValue == "p")
        #expect(message["promise"][0]["_rname"].stringValue == "resolve")
        let resolve = message["promise"][0]["_rvalue"]
        let reject = message["promise"][1]["_rvalue"]
        #expect(driver.receive(["type": "callback", "id": resolve, "target_id": nil, "args": [7]]) == ["resume 1 7"])
        // The other half is forgotten with it.
        #expect(driver.receive(["type": "callback", "id": reject, "args": ["late"]]) == ["dropped"])
        #expect(driver.receive(["type": "callback", "id": resolve, "args": [8]]) == ["dropped"])
        #expect(driver.resumed[call]?.count == 1)
    }

    @Test(arguments: [
        (["_rtype": "error", "_rvalue": "KeyError: 'k'"] as RPCValue, "KeyError: 'k'"),
        ("TypeError: no", "TypeError: no"), (.null, "the far side failed without saying why"), (5, "5"),
    ])
    func `reads every kind of rejection`(_ value: RPCValue, _ message: String) throws {
        var driver = Driver()
        driver.introduce()
        let (call, _) = try driver.call()
        let reject = try #require(driver.sent.last)["promise"][1]["_rvalue"]
        _ = driver.receive(["type": "callback", "id": reject, "args": [value]])
        #expect(throws: RPCError(.remoteFailure, message)) { try driver.resumed[call]?[0].get() }
    }

    @Test func `an answer that cannot be read fails its call`() throws {
        var driver = Driver()
        driver.introduce()
        _ = try driver.call()
        let id = try #require(driver.sent.last)["promise"][0]["_rvalue"]
        let broken: RPCValue = ["_rtype": "ndarray", "_rvalue": .bytes(.empty), "_rshape": [-4], "_rdtype": "uint8"]
        #expect(driver.receive(["type": "callback", "id": id, "args": [broken]]) == ["fail 1 protocol violation"])
    }

    @Test func `functions passed to a register function can be called often, others once`() throws {
        var driver = Driver()
        driver.introduce()
        let function = RPCFunction("f") { () in }
        _ = try driver.call([.function(function)], .method(object: "o", path: "on", target: nil))
        let often = try #require(driver.sent.last)["args"][0]
        #expect(often["_rtype"].stringValue == "interface")
        for _ in 0..<2 {
            #expect(
                driver.receive(["type": "method", "object_id": often["_rintf"], "name": often["_rvalue"], "args": []])
                    == ["serve f"])
        }
        // Known from there, it keeps that reference.
        _ = try driver.call([.function(function)])
        #expect(try #require(driver.sent.last)["args"][0]["_rintf"].stringValue == often["_rintf"].stringValue)
        _ = driver.receive(["type": "disposeObject", "object_id": often["_rintf"]])
        _ = try driver.call([.function(function)])
        let once = try #require(driver.sent.last)["args"][0]["_rvalue"]
        #expect(driver.receive(["type": "callback", "id": once, "args": []]) == ["serve f"])
        #expect(driver.receive(["type": "callback", "id": once, "args": []]) == ["dropped"])
        #expect(driver.machine.exports.count == 0)
    }

    @Test func `a value that cannot be encoded leaves no trace`() throws {
        var limits = RPCLimits()
        limits.maxDepth = 4
        limits.maxExports = 2
        var driver = Driver(limits: limits)
        driver.introduce()
        let function = RPCValue.function(RPCFunction("f") { () in })
        let deep = (0..<9).reduce(function) { value, _ in .array([value]) }
        #expect(throws: RPCError.self) { try driver.call([function, deep]) }
        #expect(throws: RPCError.self) { try driver.call([function, function, function]) }
        #expect(driver.machine.exports.count == 0)
        #expect(driver.machine.pending.count == 0)
        _ = try driver.call([function, function])
        let overloaded = #expect(throws: RPCError.self) { try driver.call([function]) }
        #expect(overloaded?.code == .overloaded)
    }

    @Test func `requests with anonymous answers go out one after another`() throws {
        var driver = Driver()
        driver.introduce()
        func execute(_ name: String) throws -> [String] {
            try driver.start { (machine, call) throws(RPCError) in
                try machine.execute(call, code: ["content": .string(name)])
            }.1
        }
        #expect(try execute("a") == ["send execute"])
        #expect(try execute("b").isEmpty)
        let disposal = try driver.start { (machine, call) throws(RPCError) in try machine.dispose(call, objectID: "x") }
        #expect(disposal.1 == ["send disposeObject"])
        #expect(driver.receive(["type": "executed", "error": "E: 1"]) == ["fail 1 remote failure", "send execute"])
        #expect(driver.receive(["type": "disposed"]) == ["resume 3 null"])
        #expect(driver.receive(["type": "executed"]) == ["resume 2 null"])
        #expect(driver.receive(["type": "executed"]).isEmpty)
        #expect(driver.receive(["type": "disposed"]).isEmpty)
    }

    // MARK: Calls of the far side

    @Test(arguments: [nil, "p"] as [RPCValue])
    func `serves a method for itself`(_ target: RPCValue) throws {
        var driver = Driver { RPCExport.group("a") { RPCExport("b") { () in 1 } } }
        driver.introduce()
        let id = driver.apiID
        let message: RPCMessage = [
            "type": "method", "target_id": target, "object_id": id, "name": "a.b", "args": [1, ["k": 2]],
            "with_kwargs": true,
            "promise": Driver.promise, "plugin_id": "ignored",
        ]
        #expect(driver.receive(message) == ["serve b"])
        #expect("\(driver.served[0].arguments.positional)" == "[1]")
        #expect(driver.served[0].arguments.named["k"]?.intValue == 2)
        #expect(driver.note(driver.machine.finish(driver.served[0], .success(.null))) == ["send callback"])
        let answer = try #require(driver.sent.last)
        #expect(answer["id"].stringValue == "yes")
        #expect("\(answer["args"])" == "[null]")
        #expect(answer["peer_id"].stringValue == "p")
    }

    @Test func `passes on what is meant for another connection`() {
        var driver = Driver()
        driver.introduce()
        #expect(driver.receive(["type": "method", "target_id": "other"]) == ["forward other"])
    }

    @Test func `answers to numbered callbacks without a target, as JavaScript peers send them`() throws {
        var driver = Driver { RPCExport("f") { () in 1 } }
        driver.introduce()
        let half: RPCValue = ["_rtype": "callback", "_rname": "Function", "_rvalue": 0]
        _ = driver.receive([
            "type": "method", "object_id": driver.apiID, "name": "f", "args": [], "promise": [half, half],
        ])
        _ = driver.note(driver.machine.finish(driver.served[0], .success(1)))
        let answer = try #require(driver.sent.last)
        #expect(answer["id"].intValue == 0)
        #expect(answer["target_id"].isNull)
    }

    @Test(
        arguments: [
            ["type": "method", "object_id": "nope", "name": "f", "args": []],
            ["type": "method", "object_id": "id1", "name": "g", "args": []],
            ["type": "method", "object_id": "id1", "name": "_rintf", "args": []],
            ["type": "method", "object_id": "id1", "name": "value", "args": []],
            ["type": "method", "object_id": "id1", "name": "f.x", "args": []],
            ["type": "method", "object_id": "id1", "name": "f", "args": 5],
            ["type": "method", "object_id": "id1", "name": "f", "args": [5], "with_kwargs": true],
            ["type": "method", "object_id": "id1", "name": "f"], ["type": "method"], ["type": "callback", "args": []],
            ["type": "callback", "id": 3, "args": []],
            [
                "type": "method", "object_id": "id1", "name": "f",
                "args": [["_rtype": "ndarray", "_rvalue": 1, "_rshape": [1], "_rdtype": "uint8"]],
            ],
        ] as [RPCMessage])
    func `refuses calls that cannot be, with the promise or silently without`(_ message: RPCMessage) throws {
        var driver = Driver {
            RPCExport("f") { () in 1 }
        }
        driver.introduce()
        #expect(driver.apiID.stringValue == "id1")
        #expect(driver.receive(message) == ["dropped"])
        var asked = message
        asked["promise"] = Driver.promise
        #expect(driver.receive(asked) == ["send callback"])
        #expect(driver.sent.last?["id"].stringValue == "no")
        #expect(driver.sent.last?["args"][0]["_rtype"].stringValue == "error")
        #expect(driver.machine.servingCount == 0)
    }

    @Test(arguments: [5, [5], [5, 6], [[:], [:]], [Driver.callback(nil), Driver.callback("x")]] as [RPCValue])
    func `survives promises that are none`(_ promise: RPCValue) {
        var driver = Driver { RPCExport("f") { () in 1 } }
        driver.introduce()
        let notes = driver.receive([
            "type": "method", "object_id": driver.apiID, "name": "f", "args": [], "promise": promise,
        ])
        #expect(notes == ["serve f"] || notes == ["dropped"])
    }

    @Test func `refuses more calls than may run at once`() {
        var limits = RPCLimits()
        limits.maxConcurrentInboundCalls = 1
        var driver = Driver(limits: limits) { RPCExport("f") { () in 1 } }
        driver.introduce()
        let message: RPCMessage = [
            "type": "method", "object_id": driver.apiID, "name": "f", "args": [], "promise": Driver.promise,
        ]
        #expect(driver.receive(message) == ["serve f"])
        #expect(driver.receive(message) == ["send callback"])
        #expect(driver.sent.last?["id"].stringValue == "no")
        _ = driver.note(driver.machine.finish(driver.served[0], .success(1)))
        #expect(driver.receive(message) == ["serve f"])
        _ = driver.machine.disconnect(RPCError(.disconnected, "gone"))
        #expect(driver.note(driver.machine.finish(driver.served[1], .success(1))).isEmpty)
    }

    @Test func `never refuses what is answered while it is read`() throws {
        var limits = RPCLimits()
        limits.maxConcurrentInboundCalls = 1
        var driver = Driver(limits: limits) {
            RPCExport("f") { () in 1 }
            RPCExport.group("notes") { RPCExport(inOrder: "note") { _ in .null } }
        }
        driver.introduce()
        func call(_ name: String) -> RPCMessage {
            [
                "type": "method", "object_id": driver.apiID, "name": .string(name), "args": [],
                "promise": Driver.promise,
            ]
        }
        #expect(driver.receive(call("f")) == ["serve f"])
        #expect(driver.receive(call("notes.note")) == ["serve note"])
        #expect(try driver.served.last?.function.answerInOrder(RPCArguments())?.get().isNull == true)
        #expect(driver.receive(call("notes.none")) == ["send callback"])
        #expect(driver.receive(call("f")) == ["send callback"])
        #expect(driver.sent.last?["id"].stringValue == "no")
    }

    @Test func `a result that cannot be encoded becomes a rejection`() {
        var limits = RPCLimits()
        limits.maxDepth = 3
        var driver = Driver(limits: limits) { RPCExport("f") { () in 1 } }
        driver.introduce()
        let message: RPCMessage = [
            "type": "method", "object_id": driver.apiID, "name": "f", "args": [], "promise": Driver.promise,
        ]
        _ = driver.receive(message)
        _ = driver.note(driver.machine.finish(driver.served[0], .success([[[[[1]]]]])))
        #expect(driver.sent.last?["id"].stringValue == "no")
        #expect(driver.machine.exports.count == 1)
    }

    @Test(
        arguments: [
            (["type": "log", "message": "hi"], "log hi"), (["type": "error", "message": "E"], "error E"),
            (["type": "unheard of"], "dropped"), ([:], "dropped"), (["type": 5], "dropped"),
            (["type": "disconnect"], "close"),
        ] as [(RPCMessage, String)])
    func `takes every other message calmly`(_ message: RPCMessage, _ note: String) {
        var driver = Driver()
        driver.introduce()
        #expect(driver.receive(message) == [note])
    }
}
