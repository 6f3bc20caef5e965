internal import ImJoyCore
internal import ImJoyRPCTestSupport
internal import OrderedCollections
internal import Testing

@testable internal import ImJoyRPC

@Suite struct `Hostile messages` {
    /// Lists inside lists. In memory no reader has counted them before.
    private static func nested(_ depth: Int) -> RPCValue { (0..<depth).reduce(.null) { value, _ in .array([value]) } }

    private static let mappings: RPCValue = (0..<5000).reduce(.null) { value, _ in .object(["a": value]) }

    private func driver() -> Driver {
        var driver = Driver { RPCExport(raw: "f") { _ in .null } }
        driver.introduce()
        return driver
    }

    /// After whatever came, a call is still served and one of ours is still answered.
    private func checkIsAlive(_ driver: inout Driver) throws {
        let served = driver.served.count
        _ = driver.receive(["type": "method", "object_id": driver.apiID, "name": "f", "args": []])
        #expect(driver.served.count == served + 1)
        let (call, _) = try driver.call()
        let resolve = driver.sent.last?["promise"][0]["_rvalue"] ?? nil
        #expect(driver.receive(["type": "callback", "id": resolve, "args": [1]]) == ["resume \(call.number) 1"])
    }

    // MARK: Depth

    @Test(arguments: [nested(5000), mappings])
    func `depth bombs are refused wherever they are`(_ bomb: RPCValue) throws {
        var driver = driver()
        let call: RPCMessage = [
            "type": "method", "object_id": driver.apiID, "name": "f", "args": [bomb], "promise": Driver.promise,
        ]
        #expect(driver.receive(call) == ["send callback"])
        #expect(driver.sent.last?["id"].stringValue == "no")
        #expect(driver.sent.last?["args"][0]["_rvalue"].stringValue?.contains("nested deeper than 64") == true)
        #expect(driver.receive(["type": "setInterface", "api": bomb]) == ["dropped"])
        let (waiting, _) = try driver.call()
        let resolve = driver.sent.last?["promise"][0]["_rvalue"] ?? nil
        #expect(
            driver.receive(["type": "callback", "id": resolve, "args": [bomb]])
                == ["fail \(waiting.number) limit exceeded"])
        for type in ["log", "error", "callback", "disposeObject", "disposed", "executed", "initialized"] {
            let notes = driver.receive([
                "type": .string(type), "message": bomb, "id": bomb, "object_id": bomb, "args": bomb, "peer_id": bomb,
            ])
            #expect(notes.count <= 1 || type == "initialized", "\(type): \(notes)")
            if case .closed = driver.machine.phase { driver = self.driver() }
        }
        try checkIsAlive(&driver)
    }

    @Test func `values of ours that are nested too deep are not sent`() throws {
        var driver = driver()
        let error = #expect(throws: RPCError.self) { try driver.call([Self.nested(5000)]) }
        #expect(error?.code == .limitExceeded)
        try checkIsAlive(&driver)
    }

    // MARK: Arrays

    @Test(
        arguments: [
            ("a product beyond 64 bits", [.int(.max), 2]),
            ("a product that wraps to its size", [0x1_0000_0000, 0x1_0000_0000]),
            ("a negative length", [-1]), ("two negative lengths", [-2, -2]), ("a fraction", [1.5]), ("text", ["4"]),
            ("no list", 4), ("nothing", nil), ("more than there is", [5]), ("less than there is", [3]),
            ("zero", [0]), ("zero times a lot", [0, .int(.max)]), ("a length beyond Int64", [.uint(.max)]),
            ("null", [nil]), ("too many dimensions", .array([RPCValue](repeating: 1, count: 70_000))),
        ] as [(String, RPCValue)])
    func `arrays with an impossible shape are refused`(_ what: String, _ shape: RPCValue) throws {
        var driver = driver()
        let bytes = RPCValue.bytes(SharedBytes(copying: [1, 2, 3, 4]))
        let array: RPCValue = ["_rtype": "ndarray", "_rvalue": bytes, "_rshape": shape, "_rdtype": "uint8"]
        let notes = driver.receive([
            "type": "method", "object_id": driver.apiID, "name": "f", "args": [array], "promise": Driver.promise,
        ])
        #expect(notes == ["send callback"], "\(what)")
        #expect(driver.sent.last?["id"].stringValue == "no", "\(what)")
        try checkIsAlive(&driver)
    }

    @Test(arguments: [5, nil, "abcd", [5], [[]], [nil], ["abcd"], [:]] as [RPCValue])
    func `arrays without bytes are refused`(_ content: RPCValue) throws {
        let decoder = ImJoyDecoder(caller: NoCaller(), limits: .default)
        let error = #expect(throws: RPCError.self) {
            try decoder.decode(["_rtype": "ndarray", "_rvalue": content, "_rshape": [4], "_rdtype": "uint8"])
        }
        #expect(error?.code == .protocolViolation)
    }

    @Test func `typed arrays with half an element are refused`() {
        let decoder = ImJoyDecoder(caller: NoCaller(), limits: .default)
        let bytes = RPCValue.bytes(SharedBytes(copying: [1, 2, 3]))
        let error = #expect(throws: RPCError.self) {
            try decoder.decode(["_rtype": "typedarray", "_rvalue": bytes, "_rdtype": "uint16"])
        }
        #expect(error?.code == .protocolViolation)
    }

    @Test(arguments: ["typedarray", "memoryview", "set", "orderedmap", "blob", "file", "widget"])
    func `known types without their content stay as they came`(_ type: String) throws {
        let decoder = ImJoyDecoder(caller: NoCaller(), limits: .default)
        for content in [nil, 5, ["a": 1]] as [RPCValue] {
            let decoded = try decoder.decode(["_rtype": .string(type), "_rvalue": content])
            guard case .tagged(type, _) = decoded else { throw RPCError(.notFound, "\(decoded)") }
        }
    }

    // MARK: Functions

    @Test(
        arguments: [
            ["_rtype": "callback"], ["_rtype": "callback", "_rvalue": []], ["_rtype": "callback", "_rvalue": 1.5],
            ["_rtype": "callback", "_rvalue": nil], ["_rtype": "interface"],
            ["_rtype": "interface", "_rintf": "o"], ["_rtype": "interface", "_rvalue": "f"],
            ["_rtype": "interface", "_rintf": 5, "_rvalue": "f"],
            ["_rtype": "interface", "_rintf": "o", "_rvalue": ["f"]],
        ] as [RPCValue])
    func `functions without a name are refused`(_ function: RPCValue) throws {
        let decoder = ImJoyDecoder(caller: NoCaller(), limits: .default)
        let error = #expect(throws: RPCError.self) { try decoder.decode([function]) }
        #expect(error?.code == .protocolViolation)
        var driver = driver()
        for promise in [[function, function], [function, Driver.callback("no")]] as [RPCValue] {
            let notes = driver.receive([
                "type": "method", "object_id": driver.apiID, "name": "f", "args": [], "promise": promise,
            ])
            #expect(notes == ["dropped"])
        }
        try checkIsAlive(&driver)
    }

    @Test(
        arguments: [
            "", ".", "f.", ".f", "f.f", "f.0", "_rintf", "__class__", "__init__.__globals__", "constructor",
            "__proto__", "list.-1", "list.2", "list.x", "list.99999999999999999999", "deep", "list",
        ])
    func `paths that lead to no function of ours are refused`(_ path: String) throws {
        var driver = Driver {
            RPCExport(raw: "f") { _ in .null }
            RPCExport("list", constant: [.function(RPCFunction("zero") { () in 0 }), 1])
            RPCExport.group("deep") { RPCExport(raw: "g") { _ in .null } }
        }
        driver.introduce()
        let notes = driver.receive([
            "type": "method", "object_id": driver.apiID, "name": .string(path), "args": [], "promise": Driver.promise,
        ])
        #expect(notes == ["send callback"])
        #expect(driver.sent.last?["id"].stringValue == "no")
        #expect(driver.served.isEmpty)
        let inside = driver.receive(["type": "method", "object_id": driver.apiID, "name": "list.0", "args": []])
        #expect(inside == ["serve zero"])
    }

    // MARK: Names

    @Test func `unknown ids are answered when somebody waits and dropped when not`() throws {
        var driver = driver()
        let calls: [RPCMessage] = [
            ["type": "method", "object_id": "nobody", "name": "f", "args": []],
            ["type": "method", "name": "f", "args": []], ["type": "method", "object_id": driver.apiID, "args": []],
            ["type": "callback", "id": "nobody", "args": []], ["type": "callback", "id": 3, "args": []],
            ["type": "callback", "args": []],
        ]
        for var message in calls {
            #expect(driver.receive(message) == ["dropped"])
            message["promise"] = Driver.promise
            #expect(driver.receive(message) == ["send callback"])
            #expect(driver.sent.last?["id"].stringValue == "no")
        }
        try checkIsAlive(&driver)
    }

    @Test func `stray answers are dropped and end nobody's wait`() throws {
        var driver = driver()
        let (call, _) = try driver.call()
        let promise = driver.sent.last?["promise"] ?? nil
        for id in ["nobody", 0, -1, nil, [promise[0]["_rvalue"]], ["_rtype": "callback"]] as [RPCValue] {
            #expect(driver.receive(["type": "callback", "id": id, "args": [1]]) == ["dropped"])
        }
        for type in ["executed", "disposed", "interfaceSetAsRemote"] {
            #expect(driver.receive(["type": .string(type), "error": "x"]).isEmpty)
        }
        #expect(driver.resumed[call] == nil)
        // An answer whose arguments are none ends its call with a reason.
        #expect(
            driver.receive(["type": "callback", "id": promise[0]["_rvalue"], "args": 5])
                == ["fail \(call.number) protocol violation"])
    }

    @Test func `a peer cannot dispose of what was lent to another one`() throws {
        var (one, other) = (driver(), driver())
        let lent: RPCValue = ["_rintf": "secret", "f": .function(RPCFunction("f") { () in })]
        _ = try one.call([lent])
        #expect(one.machine.exports.count == 2)
        #expect(other.receive(["type": "disposeObject", "object_id": "secret"]) == ["send disposed"])
        #expect(other.sent.last?["error"].stringValue?.contains("no object") == true)
        // Nor by naming its link: that asks the plugin there to forget an object that it has lent itself.
        #expect(
            other.receive(["type": "disposeObject", "object_id": "secret", "target_id": "one"])
                == ["dispose secret of one"])
        #expect(one.machine.exports.count == 2)
        #expect(one.receive(["type": "disposeObject", "object_id": "secret"]) == ["send disposed"])
        #expect(one.machine.exports.count == 1)
        for id in [nil, 5, "secret", ["a"]] as [RPCValue] {
            #expect(one.receive(["type": "disposeObject", "object_id": id]) == ["send disposed"])
            #expect(one.sent.last?["error"].isNull == false)
        }
        try checkIsAlive(&one)
    }

    // MARK: Amounts

    @Test func `more functions than may be lent are refused before any is`() throws {
        var limits = RPCLimits()
        limits.maxExports = 10
        var driver = Driver(limits: limits) { RPCExport(raw: "f") { _ in .null } }
        driver.introduce()
        let many = RPCValue.array((0..<20).map { _ in .function(RPCFunction("g") { () in }) })
        let error = #expect(throws: RPCError.self) { try driver.call([many]) }
        #expect(error?.code == .overloaded)
        #expect(driver.machine.exports.count == 1)
        // A result with as many is a failure for the one who asked.
        _ = driver.receive([
            "type": "method", "object_id": driver.apiID, "name": "f", "args": [], "promise": Driver.promise,
        ])
        driver.note(driver.machine.finish(driver.served[0], .success(many)))
        #expect(driver.sent.last?["id"].stringValue == "no")
        try checkIsAlive(&driver)
    }

    @Test func `the same answer a thousand times resumes once`() throws {
        var driver = driver()
        let (call, _) = try driver.call()
        let resolve = driver.sent.last?["promise"][0]["_rvalue"] ?? nil
        for _ in 0..<1000 { _ = driver.receive(["type": "callback", "id": resolve, "args": [1]]) }
        #expect(driver.resumed[call]?.count == 1)
    }

    @Test func `an interface of many thousand members is taken, one that is no mapping is not`() throws {
        var driver = driver()
        let members = RPCObject(uniqueKeysWithValues: (0..<20_000).map { ("m\($0)", .int(Int64($0))) })
        #expect(
            driver.receive(["type": "setInterface", "api": .object(members)])
                == ["send interfaceSetAsRemote", "interface"])
        for api in [nil, 5, "api", [], ["_rtype": "callback", "_rvalue": "c"]] as [RPCValue] {
            #expect(driver.receive(["type": "setInterface", "api": api]) == ["dropped"])
        }
    }
}
