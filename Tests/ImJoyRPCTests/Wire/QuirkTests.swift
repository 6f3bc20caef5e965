internal import ImJoyCore
internal import ImJoyRPCTestSupport
internal import OrderedCollections
internal import Testing

@testable internal import ImJoyRPC

/// The oddities of the protocol that implementations stumble over, one test for each.
///
/// Two more concern the worker in Python, and ImJoyHostTests has them: a script runs in `__main__`, so that the plugin's
/// methods see its imports, with the lines of the plugin file in tracebacks; and what the Python package prints or logs
/// does not get between the messages.
@Suite struct `Quirks of the protocol` {
    @Test func `a promise is read with _rtarget_id absent, and its answer has a target_id of null`() throws {
        var driver = Driver { RPCExport("f") { () in 1 } }
        driver.introduce()
        let promise: RPCValue = [["_rtype": "callback", "_rvalue": 1], ["_rtype": "callback", "_rvalue": 2]]
        let notes = driver.receive([
            "type": "method", "object_id": driver.apiID, "name": "f", "args": [], "promise": promise,
        ])
        #expect(notes == ["serve f"])
        driver.note(driver.machine.finish(driver.served[0], .success(5)))
        let answer = try #require(driver.sent.last)
        #expect(answer["id"].intValue == 1)
        #expect(answer.fields["target_id"]?.isNull == true)
    }

    @Test func `the _rvalue of a callback may be the number 0`() throws {
        var driver = Driver { RPCExport("f") { () in 1 } }
        driver.introduce()
        // As one half of a promise.
        let promise: RPCValue = [["_rtype": "callback", "_rvalue": 0], ["_rtype": "callback", "_rvalue": 1]]
        _ = driver.receive(["type": "method", "object_id": driver.apiID, "name": "f", "args": [], "promise": promise])
        driver.note(driver.machine.finish(driver.served[0], .success(5)))
        #expect("\(driver.sent.last?["id"] ?? nil)" == "0")
        // As a function among the arguments.
        let decoder = ImJoyDecoder(caller: NoCaller(), limits: .default)
        let function = try decoder.decode(["_rtype": "callback", "_rvalue": 0]).functionValue
        guard case .remote(let reference, _)? = function?.kind else { throw RPCError(.notFound, "no function") }
        _ = try driver.call([], reference)
        #expect("\(driver.sent.last?["id"] ?? nil)" == "0")
    }

    @Test func `args may be a list of null or an empty list, and a call without result resolves with a list of null`()
        throws
    {
        var driver = Driver { RPCExport("f") { () in } }
        driver.introduce()
        for empty in [[nil], []] as [RPCValue] {
            let (call, _) = try driver.call()
            #expect("\(driver.sent.last?["args"] ?? nil)" == "[]")
            let resolve = driver.sent.last?["promise"][0]["_rvalue"] ?? nil
            let notes = driver.receive(["type": "callback", "id": resolve, "args": empty])
            #expect(notes == ["resume \(call.number) null"])
        }
        _ = driver.receive([
            "type": "method", "object_id": driver.apiID, "name": "f", "args": [], "promise": Driver.promise,
        ])
        driver.note(driver.machine.finish(driver.served[0], .success(.null)))
        #expect("\(driver.sent.last?["args"] ?? nil)" == "[null]")
    }

    @Test func `setInterface may come again at any time, and the remote API is updated`() throws {
        func api(_ version: Int64) -> RPCMessage {
            [
                "type": "setInterface", "peer_id": "p",
                "api": [
                    "version": .int(version), "_rintf": "o",
                    "f": ["_rtype": "interface", "_rintf": "o", "_rvalue": "f", "_rtarget_id": "p"],
                ],
            ]
        }
        var driver = Driver(role: .plugin(try ImJoyPluginRole(name: "p"), id: "p"), api: [:])
        _ = driver.receive(["type": "initialize", "config": [:]])
        for version in Int64(1)...3 {
            #expect(driver.receive(api(version)).contains("send interfaceSetAsRemote"))
            let (call, _) = try driver.start { (machine, call) throws(RPCError) in try machine.requestInterface(call) }
            let newest = try driver.resumed[call]?.first?.get()
            #expect(newest?["version"].intValue == Int(version))
        }
    }

    @Test func `an error message arrives before the reject callback for the same failure`() throws {
        var driver = Driver()
        driver.introduce()
        let full =
            "Traceback (most recent call last):\n  File \"rpc.py\", line 1\n  File \"a.py\", line 2\nKeyError: 'k'"
        let short = "Traceback (most recent call last):\n  File \"a.py\", line 2\nKeyError: 'k'"
        let (call, _) = try driver.call()
        let reject = driver.sent.last?["promise"][1]["_rvalue"] ?? nil
        #expect(driver.receive(["type": "error", "message": .string(full)]) == ["error \(full)"])
        #expect(driver.resumed[call] == nil)
        _ = driver.receive([
            "type": "callback", "id": reject, "args": [["_rtype": "error", "_rvalue": .string(short)]],
        ])
        guard case .failure(let error)? = driver.resumed[call]?.first else { throw RPCError(.notFound, "no failure") }
        #expect(error.message == "KeyError: 'k'")
        // The rejection has lost two lines; the notice before it has them.
        #expect(error.remoteTrace == full)
    }

    @Test func `interfaces without any function carry no _rintf`() throws {
        var encoder = ImJoyEncoder(peerID: "me", knownMethods: [:], limits: .default, makeID: { "id" })
        let plain = try encoder.encodeInterface(["x": 1, "deep": ["y": 2]])
        #expect("\(plain)" == "{x: 1, deep: {y: 2}}")
        #expect(encoder.exports.count == 0)
        let f = RPCValue.function(RPCFunction("f") { () in })
        let deep = try encoder.encodeInterface(["x": 1, "deep": ["f": f]])
        #expect(deep["_rintf"].isNull)
        #expect(deep["deep"]["_rintf"].stringValue == "id")
    }

    @Test func `decoded arrays view the received bytes, and changing one changes nothing shared`() throws {
        let message: RPCMessage = [
            "a": [
                "_rtype": "ndarray", "_rdtype": "uint8", "_rshape": [4096],
                "_rvalue": .bytes(SharedBytes(copying: [UInt8](repeating: 7, count: 4096))),
            ]
        ]
        let frame = SharedBytes(joining: try PipeFrame.encode(message))
        let before = frame.hex
        let decoder = ImJoyDecoder(caller: NoCaller(), limits: .default)
        let received = try decoder.decode(try PipeFrame.decode(frame)["a"])
        var one = try NDArray<UInt8>(rpcValue: received)
        one[0] = 99
        #expect(one[0] == 99)
        #expect(try NDArray<UInt8>(rpcValue: received)[0] == 7)
        #expect(frame.hex == before)
    }

    @Test func `the comm split changes key order`() throws {
        let message: RPCMessage = ["type": "m", "data": .bytes(SharedBytes(copying: [1, 2])), "n": 1]
        let comm = CommMessage(message)
        #expect(Array(comm.content.keys) == ["type", "n", "__buffer_paths__"])
        let back = try comm.message()
        #expect(Array(back.fields.keys) == ["type", "n", "data"])
        #expect(back["data"].bytesValue?.hex == "0102")
    }

    @Test func `disposed answers are anonymous, so disposals go out one at a time`() throws {
        var driver = Driver()
        driver.introduce()
        let calls = try ["a", "b"].map { id in
            try driver.start { (machine, call) throws(RPCError) in try machine.dispose(call, objectID: id) }
        }
        #expect(calls[0].1 == ["send disposeObject"])
        #expect(calls[1].1.isEmpty)
        #expect(
            driver.receive(["type": "disposed", "error": "no object"])
                == ["fail \(calls[0].0.number) remote failure", "send disposeObject"])
        #expect(driver.sent.last?["object_id"].stringValue == "b")
        #expect(driver.receive(["type": "disposed"]) == ["resume \(calls[1].0.number) null"])
    }
}

@Suite struct `Messages for comms` {
    private static let bytes = RPCValue.bytes(SharedBytes(copying: [1]))

    @Test(
        arguments: [
            ("more buffers than paths", [:], 1),
            ("more paths than buffers", ["__buffer_paths__": [["a"]]], 0),
            ("no list of paths", ["__buffer_paths__": 5], 1),
            ("a path that is none", ["__buffer_paths__": [5]], 1),
            ("an empty path", ["__buffer_paths__": [[]]], 1),
            ("a name in a list", ["a": [1], "__buffer_paths__": [["a", "x"]]], 1),
            ("an index that is not there", ["a": [1], "__buffer_paths__": [["a", 1]]], 1),
            ("a negative index", ["a": [1], "__buffer_paths__": [["a", -1]]], 1),
            ("an index at the top", ["a": [1], "__buffer_paths__": [[0]]], 1),
            ("an index in a mapping", ["a": ["b": 1], "__buffer_paths__": [["a", 0]]], 1),
            ("a place inside a number", ["a": 1, "__buffer_paths__": [["a", "b"]]], 1),
            ("a place that is taken", ["a": 1, "__buffer_paths__": [["a"]]], 1),
            ("two buffers for one place", ["__buffer_paths__": [["a"], ["a"]]], 2),
            ("a place inside nothing", ["__buffer_paths__": [["a", "b"]]], 1),
            ("a place inside a buffer", ["__buffer_paths__": [["a"], ["a", "b"]]], 2),
        ] as [(String, RPCObject, Int)])
    func `with buffers that do not belong to them are refused`(_ what: String, _ content: RPCObject, _ count: Int) {
        let buffers = [SharedBytes](repeating: SharedBytes(copying: [1]), count: count)
        let error = #expect(throws: RPCError.self, "\(what)") {
            try CommMessage(content: content, buffers: buffers).message()
        }
        #expect(error?.code == .protocolViolation)
    }

    @Test func `have paths as deep as messages may be`() throws {
        let path = RPCValue.array([RPCValue](repeating: "a", count: 65))
        let error = #expect(throws: RPCError.self) {
            try CommMessage(content: ["__buffer_paths__": [path]], buffers: [.empty]).message()
        }
        #expect(error?.code == .limitExceeded)
    }

    @Test func `without bytes are as they were`() throws {
        let comm = CommMessage(["type": "m", "n": [1, ["x": nil]]])
        #expect("\(RPCValue.object(comm.content))" == "{type: \"m\", n: [1, {x: null}]}")
        #expect(comm.buffers.isEmpty)
        #expect("\(try comm.message())" == "{type: \"m\", n: [1, {x: null}]}")
    }

    @Test func `leave null in lists and keep the other elements in place`() throws {
        let message: RPCMessage = ["l": [1, Self.bytes, ["d": Self.bytes], 3]]
        let comm = CommMessage(message)
        #expect("\(comm.content["l"] ?? nil)" == "[1, null, {}, 3]")
        #expect("\(comm.content["__buffer_paths__"] ?? nil)" == "[[\"l\", 1], [\"l\", 2, \"d\"]]")
        #expect("\(try comm.message()["l"])" == "[1, <1 bytes>, {d: <1 bytes>}, 3]")
    }
}
