internal import ImJoyCore
internal import ImJoyRPCTestSupport
internal import OrderedCollections
internal import Testing

@testable internal import ImJoyRPC

extension Driver {
    /// A plugin's machine with the link name "p".
    static func plugin(
        api: RPCObject? = RPCService("plugin", { RPCExport("f") { () in 1 } }).members, limits: RPCLimits = .default,
        runsCode: Bool = false, onCredential: ImJoyPluginRole.CredentialHandler? = nil
    ) throws -> Driver {
        var role =
            runsCode
            ? try ImJoyPluginRole(name: "swift", allowExecution: true) { _ in } : try ImJoyPluginRole(name: "swift")
        role.onCredential = onCredential
        return Driver(role: .plugin(role, id: "p"), api: api, limits: limits)
    }

    /// A message of the core for the plugin "p".
    mutating func hear(_ message: RPCMessage) -> [String] {
        var message = message
        message["peer_id"] = "p"
        return receive(message)
    }

    /// Brings a plugin's machine to where calls may flow.
    mutating func meetCore() {
        _ = hear(["type": "initialize", "config": ["name": "Cells"]])
        _ = hear(["type": "setInterface", "api": Self.coreAPI])
    }

    static let coreAPI: RPCValue = [
        "log": ["_rtype": "interface", "_rtarget_id": "p", "_rintf": "c", "_rvalue": "log"], "_rintf": "c",
    ]
}

@Suite struct `The plugin's state machine` {
    @Test func `leads through the handshake`() throws {
        var driver = try Driver.plugin()
        let waiter = driver.newCall()
        #expect(driver.note(driver.machine.awaitHandshake(waiter)).isEmpty)
        #expect(driver.note(driver.machine.start()) == ["send imjoyRPCReady"])
        #expect(driver.sent[0]["peer_id"].stringValue == "p")
        #expect(driver.sent[0]["config"]["name"].stringValue == "swift")
        // Whatever name `initialize` carries.
        let initialize: RPCMessage = ["type": "initialize", "config": ["name": "Cells"], "peer_id": "other"]
        #expect(driver.receive(initialize) == ["send initialized"])
        let introduction = driver.sent[1]
        #expect(introduction["peer_id"].stringValue == "p")
        #expect(introduction["error"].isNull)
        for (field, value) in [
            ("id", "p"), ("name", "swift"), ("type", "rpc-worker"), ("lang", "swift"), ("version", "0.1.0"),
            ("api_version", "0.2.3"), ("description", ""),
        ] {
            #expect(introduction["config"][field].stringValue == value)
        }
        #expect(introduction["config"]["allow_execution"].boolValue == false)
        #expect(
            driver.hear(["type": "setInterface", "api": Driver.coreAPI])
                == ["send interfaceSetAsRemote", "interface", "resume 1 {name: \"Cells\"}"])
        // The link's name is added by cores only.
        #expect(driver.sent[2]["peer_id"].isNull)
        #expect(driver.hear(["type": "getInterface"]) == ["send setInterface"])
        #expect(driver.sent[3]["api"]["f"]["_rtarget_id"].stringValue == "p")
        #expect(driver.hear(["type": "interfaceSetAsRemote"]).isEmpty)
        #expect(driver.receive(initialize) == ["send initialized"])
        #expect(throws: Never.self) { try driver.call() }
    }

    @Test(arguments: [
        "setInterface", "getInterface", "interfaceSetAsRemote", "method", "callback", "execute", "disposeObject",
        "disposed", "log", "error", "disconnect",
    ])
    func `messages for another plugin are dropped`(_ type: String) throws {
        var driver = try Driver.plugin(runsCode: true)
        driver.meetCore()
        let before = driver.sent.count
        for peerID in [nil, "q", 5] as [RPCValue] {
            let message: RPCMessage = ["type": .string(type), "peer_id": peerID, "api": [:], "promise": Driver.promise]
            #expect(driver.receive(message) == ["dropped"])
        }
        #expect(driver.hear(["type": .string(type), "target_id": "q", "promise": Driver.promise]) == ["dropped"])
        #expect(driver.sent.count == before)
    }

    @Test(arguments: ["imjoyRPCReady", "initialized", "executed", "unheard of"])
    func `what only plugins say is dropped`(_ type: String) throws {
        var driver = try Driver.plugin()
        driver.meetCore()
        #expect(driver.hear(["type": .string(type)]) == ["dropped"])
    }

    @Test(arguments: ["initialize", "execute"])
    func `what only cores say is dropped by a core`(_ type: String) {
        var driver = Driver()
        driver.introduce()
        #expect(driver.receive(["type": .string(type), "peer_id": "p"]) == ["dropped"])
    }

    @Test(arguments: ["setInterface", "getInterface"])
    func `nothing is answered before initialize`(_ type: String) throws {
        var driver = try Driver.plugin()
        #expect(driver.hear(["type": .string(type), "api": Driver.coreAPI]) == ["dropped"])
        #expect(throws: RPCError.self) { try driver.call() }
    }

    @Test(arguments: [nil, "p"] as [RPCValue])
    func `serves methods for itself`(_ target: RPCValue) throws {
        var driver = try Driver.plugin()
        driver.meetCore()
        _ = driver.hear(["type": "getInterface"])
        let message: RPCMessage = [
            "type": "method", "target_id": target, "object_id": driver.apiID, "name": "f", "args": [],
            "promise": Driver.promise,
        ]
        #expect(driver.hear(message) == ["serve f"])
        #expect(driver.note(driver.machine.finish(driver.served[0], .success(1))) == ["send callback"])
        #expect(driver.sent.last?["id"].stringValue == "yes")
        #expect(driver.sent.last?["peer_id"].isNull == true)
    }

    @Test func `the core's interface is kept, replaced and given up`() throws {
        var driver = try Driver.plugin()
        let early = try driver.start { (machine, call) throws(RPCError) in try machine.requestInterface(call) }
        #expect(early.1.isEmpty)
        _ = driver.hear(["type": "initialize"])
        let notes = driver.hear(["type": "setInterface", "api": Driver.coreAPI])
        #expect(notes == ["send interfaceSetAsRemote", "interface", "resume 1 <object {log: <function log>}>"])
        let again = try driver.start { (machine, call) throws(RPCError) in try machine.requestInterface(call) }
        #expect(again.1 == ["resume 2 <object {log: <function log>}>"])
        _ = driver.hear(["type": "setInterface", "api": ["version": 2]])
        let newest = try driver.start { (machine, call) throws(RPCError) in try machine.requestInterface(call) }
        #expect(newest.1 == ["resume 3 <object {version: 2}>"])
        #expect(driver.hear(["type": "setInterface", "api": 5]) == ["dropped"])
        #expect(driver.hear(["type": "disconnect"]) == ["close"])
        driver.note(driver.machine.disconnect(RPCError(.disconnected, "gone")))
        #expect(driver.machine.remoteAPI == nil)
        #expect(throws: RPCError.self) {
            try driver.start { (machine, call) throws(RPCError) in try machine.requestInterface(call) }
        }
    }

    @Test func `an export after the question answers it, one before waits for it`() throws {
        let one = RPCService("one") { RPCExport("g") { () in 1 } }.members
        var driver = try Driver.plugin(api: nil)
        driver.meetCore()
        #expect(driver.hear(["type": "getInterface"]).isEmpty)
        #expect(driver.note(try driver.machine.export(one)) == ["send setInterface"])
        let id = driver.apiID
        #expect(driver.note(try driver.machine.export(one)) == ["send setInterface"])
        #expect("\(driver.apiID)" == "\(id)")
        #expect(driver.machine.exports.count == 1)

        var early = try Driver.plugin(api: nil)
        early.meetCore()
        #expect(early.note(try early.machine.export(one)).isEmpty)
        #expect(early.hear(["type": "getInterface"]) == ["send setInterface"])
        early.note(early.machine.disconnect(RPCError(.disconnected, "gone")))
        #expect(throws: RPCError.self) { try early.machine.export(one) }
    }

    // MARK: Code

    @Test func `code is refused unless there is somebody to run it`() throws {
        var driver = try Driver.plugin()
        driver.meetCore()
        #expect(driver.hear(["type": "execute", "code": ["type": "script"]]) == ["send executed"])
        #expect(driver.sent.last?["error"].stringValue?.contains("does not execute") == true)
    }

    @Test func `code runs one piece after another`() throws {
        var driver = try Driver.plugin(runsCode: true)
        driver.meetCore()
        #expect(driver.hear(["type": "execute", "code": ["content": "a"]]) == ["serve execute"])
        #expect(driver.hear(["type": "execute", "code": ["content": "b"]]).isEmpty)
        let failure = RPCError(.remoteFailure, "E: 1")
        #expect(
            driver.note(driver.machine.finish(driver.served[0], .failure(failure)))
                == ["send executed", "serve execute"])
        #expect(driver.sent.last?["error"].stringValue == "E: 1")
        #expect(driver.served[1].arguments[0]["content"].stringValue == "b")
        #expect(driver.note(driver.machine.finish(driver.served[1], .success(.null))) == ["send executed"])
        #expect(driver.sent.last?["error"].isNull == true)
        #expect(driver.machine.servingCount == 0)
        #expect(driver.machine.codeQueue.isEmpty)
    }

    @Test func `a core that does not wait for its code ends the link`() throws {
        var limits = RPCLimits()
        limits.maxConcurrentInboundCalls = 2
        var driver = try Driver.plugin(limits: limits, runsCode: true)
        driver.meetCore()
        for _ in 0..<2 { _ = driver.hear(["type": "execute", "code": [:]]) }
        #expect(driver.hear(["type": "execute", "code": [:]]) == ["close"])
        #expect(driver.note(driver.machine.finish(driver.served[0], .success(.null))).isEmpty)
    }

    // MARK: Credentials

    @Test(arguments: [true, false])
    func `a credential is checked before the introduction`(_ isRight: Bool) throws {
        var driver = try Driver.plugin(onCredential: { _ in [:] })
        let waiter = driver.newCall()
        driver.note(driver.machine.awaitHandshake(waiter))
        let initialize: RPCMessage = ["type": "initialize", "config": ["credential": ["pin": 5]]]
        #expect(driver.hear(initialize) == ["serve check the credential"])
        #expect(driver.served[0].arguments[0]["pin"].intValue == 5)
        #expect(driver.hear(initialize) == ["dropped"])
        #expect(driver.hear(["type": "setInterface", "api": Driver.coreAPI]) == ["dropped"])
        let result: Result<RPCValue, RPCError> =
            isRight ? .success(["auth": ["type": "jwt"]]) : .failure(RPCError(.refused, "wrong pin"))
        let notes = driver.note(driver.machine.finish(driver.served[0], result))
        #expect(notes == (isRight ? ["send initialized"] : ["send initialized", "fail 1 refused", "close"]))
        #expect(driver.sent.last?["config"]["auth"]["type"].stringValue == (isRight ? "jwt" : nil))
        #expect(driver.sent.last?["error"].stringValue == (isRight ? nil : "wrong pin"))
    }

    // MARK: The role

    @Test(
        arguments: [
            ("", "rpc-worker", "1", ""), (String(repeating: "n", count: 49), "rpc-worker", "1", ""),
            ("n", "native-python", "1", ""), ("n", "rpc-worker", String(repeating: "1", count: 33), ""),
            ("n", "rpc-worker", "1", String(repeating: "d", count: 257)),
        ])
    func `what applications would not accept is refused at once`(
        _ name: String, _ type: String, _ version: String, _ description: String
    ) {
        let error = #expect(throws: RPCError.self) {
            try ImJoyPluginRole(name: name, type: type, version: version, description: description)
        }
        #expect(error?.code == .invalidArgument)
    }

    @Test func `the longest texts are taken, and execution needs a handler`() throws {
        let role = try ImJoyPluginRole(
            name: String(repeating: "ü", count: 48), version: String(repeating: "1", count: 32),
            description: String(repeating: "d", count: 256))
        #expect(role.name.count == 48)
        #expect(throws: RPCError.self) { try ImJoyPluginRole(name: "n", allowExecution: true) }
    }
}

@Suite struct `Code for peers that answer twice` {
    /// A core's machine with a JavaScript plugin.
    private func driver() -> Driver {
        var driver = Driver()
        _ = driver.receive(["type": "initialized", "peer_id": "p", "config": ["lang": "javascript"]])
        _ = driver.receive(["type": "interfaceSetAsRemote"])
        return driver
    }

    private func execute(_ driver: inout Driver) throws -> [String] {
        try driver.start { (machine, call) throws(RPCError) in try machine.execute(call, code: [:]) }.1
    }

    @Test(arguments: 0...2)
    func `the next piece ends with its own answer, however many the last one had`(_ surplus: Int) throws {
        var driver = driver()
        #expect(try execute(&driver) == ["send execute"])
        #expect(try execute(&driver).isEmpty)
        // The question goes out in place of the second piece.
        #expect(
            driver.receive(["type": "executed", "error": "E: 1"]) == ["fail 1 remote failure", "send disposeObject"])
        for _ in 0..<surplus { #expect(driver.receive(["type": "executed"]).isEmpty) }
        #expect(driver.receive(["type": "disposed", "error": "unknown"]) == ["send execute"])
        #expect(driver.receive(["type": "executed"]) == ["resume 2 null"])
    }

    @Test func `a piece that comes later is held back as well`() throws {
        var driver = driver()
        _ = try execute(&driver)
        #expect(driver.receive(["type": "executed"]) == ["resume 1 null"])
        #expect(try execute(&driver) == ["send disposeObject"])
        #expect(try execute(&driver).isEmpty)
        #expect(driver.receive(["type": "executed"]).isEmpty)
        #expect(driver.receive(["type": "disposed"]) == ["send execute"])
        driver.note(driver.machine.disconnect(RPCError(.disconnected, "gone")))
        #expect(driver.machine.waiterCount == 0)
    }

    @Test func `the question waits its turn among disposals, and a piece given up is not sent`() throws {
        var driver = driver()
        _ = try execute(&driver)
        _ = driver.receive(["type": "executed"])
        let disposal = try driver.start { (machine, call) throws(RPCError) in try machine.dispose(call, objectID: "x") }
        #expect(disposal.1 == ["send disposeObject"])
        let call = driver.newCall()
        #expect(driver.note(try driver.machine.execute(call, code: [:])).isEmpty)
        driver.machine.abandon(call)
        #expect(driver.receive(["type": "disposed"]) == ["resume 2 null", "send disposeObject"])
        #expect(driver.receive(["type": "disposed", "error": "unknown"]).isEmpty)
        #expect(try execute(&driver) == ["send execute"])
    }

    @Test(arguments: [true, false])
    func `code that the transport cannot take fails, and the next goes out`(_ isAwaited: Bool) throws {
        var driver = Driver()
        driver.introduce()
        let call = driver.newCall()
        guard case .send(let outgoing)? = try driver.machine.execute(call, code: [:]).first else {
            Issue.record("nothing was sent")
            return
        }
        #expect(try execute(&driver).isEmpty)
        if !isAwaited { driver.machine.abandon(call) }
        let notes = driver.note(driver.machine.refuse(outgoing, RPCError(.limitExceeded, "too large")))
        #expect(notes == (isAwaited ? ["fail 1 limit exceeded"] : []) + ["send execute"])
    }
}
