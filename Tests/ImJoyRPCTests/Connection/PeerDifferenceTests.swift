internal import ImJoyCore
internal import ImJoyRPCTestSupport
internal import OrderedCollections
internal import Testing

@testable internal import ImJoyRPC

/// Where the peers in Python and in JavaScript differ, we understand both.
@Suite struct `Differences between Python and JavaScript peers` {
    private func introduced(_ exports: RPCExport...) -> Driver {
        var driver = Driver { for export in exports { export } }
        driver.introduce()
        return driver
    }

    private func method(_ driver: Driver, _ name: String, _ arguments: RPCValue, _ more: RPCObject = [:]) -> RPCMessage
    {
        var fields: RPCObject = [
            "type": "method", "object_id": driver.apiID, "name": .string(name), "args": arguments,
        ]
        fields.merge(more) { $1 }
        return RPCMessage(fields)
    }

    @Test(arguments: ["7f0d3c5e-0000-4000-8000-000000000001", 0, 12] as [RPCValue])
    func `callback ids are uuid text or small integers, and go back unchanged`(_ id: RPCValue) throws {
        var driver = introduced(RPCExport("f") { () in 1 })
        _ = driver.receive(method(driver, "f", [], ["promise": [Driver.callback(id), Driver.callback("no")]]))
        driver.note(driver.machine.finish(driver.served[0], .success(1)))
        #expect("\(driver.sent.last?["id"] ?? nil)" == "\(id)")
    }

    @Test(arguments: ["7f0d3c5e-0000-4000-8000-000000000001", "0fzzzzr7261700000000000"])
    func `interface ids are uuid text or random text`(_ id: String) throws {
        var driver = introduced()
        let decoder = ImJoyDecoder(caller: NoCaller(), limits: .default)
        let object = try decoder.decode([
            "_rintf": .string(id), "f": ["_rtype": "interface", "_rintf": .string(id), "_rvalue": "f"],
        ])
        guard case .remote(let reference, _)? = object["f"].functionValue?.kind else {
            throw RPCError(.notFound, "no function")
        }
        _ = try driver.call([], reference)
        #expect(driver.sent.last?["object_id"].stringValue == id)
    }

    @Test(arguments: ["peer-1", nil] as [RPCValue])
    func `a core gives its peer id as _rtarget_id or nothing, and hears the same`(_ target: RPCValue) throws {
        var driver = Driver(role: .plugin(try ImJoyPluginRole(name: "p"), id: "peer-1"), api: [:])
        _ = driver.receive(["type": "initialize", "config": [:]])
        var f: RPCObject = ["_rtype": "interface", "_rintf": "o", "_rvalue": "f"]
        if !target.isNull { f["_rtarget_id"] = target }
        _ = driver.receive(["type": "setInterface", "peer_id": "peer-1", "api": ["f": .object(f), "_rintf": "o"]])
        guard case .remote(let reference, _)? = driver.machine.remoteAPI?.members["f"]?.functionValue?.kind else {
            throw RPCError(.notFound, "no function")
        }
        _ = try driver.call([], reference)
        #expect("\(driver.sent.last?.fields["target_id"] ?? "absent")" == "\(target)")
    }

    @Test(arguments: [true, false, nil] as [RPCValue])
    func `with_kwargs is true, false or missing`(_ flag: RPCValue) throws {
        var driver = introduced(RPCExport(raw: "f") { _ in .null })
        let more: RPCObject = flag.isNull ? [:] : ["with_kwargs": flag]
        _ = driver.receive(method(driver, "f", [1, ["sigma": 2]], more))
        let arguments = try #require(driver.served.first?.arguments)
        let isNamed = flag.boolValue == true
        #expect(arguments.positional.count == (isNamed ? 1 : 2))
        #expect(arguments.named["sigma"]?.intValue == (isNamed ? 2 : nil))
        // What we send says it always.
        _ = try driver.call([1], named: isNamed ? ["a": 1] : [:])
        #expect(driver.sent.last?["with_kwargs"].boolValue == isNamed)
    }

    @Test(arguments: [true, false])
    func `keyword arguments come expanded or as a trailing object`(_ isFlagged: Bool) throws {
        var driver = introduced(RPCExport(raw: "f") { _ in .null })
        _ = driver.receive(method(driver, "f", [["sigma": 2]], ["with_kwargs": .bool(isFlagged)]))
        // An options mapping is read the same way in both spellings.
        #expect(driver.served.first?.arguments.option("sigma").intValue == 2)
        #expect(driver.served.first?.arguments.option("other").isNull == true)
    }

    @Test(arguments: [5, [], nil] as [RPCValue])
    func `with_kwargs without a mapping at the end is refused`(_ last: RPCValue) throws {
        var driver = introduced(RPCExport(raw: "f") { _ in .null })
        let notes = driver.receive(
            method(driver, "f", [last], ["with_kwargs": true, "promise": Driver.promise]))
        #expect(notes == ["send callback"])
        #expect(driver.sent.last?["id"].stringValue == "no")
        #expect(driver.sent.last?["args"][0]["_rvalue"].stringValue?.contains("no mapping") == true)
    }

    @Test func `an incoming disconnect is handled, which Python does not do`() throws {
        var driver = introduced()
        let (call, _) = try driver.call()
        #expect(driver.receive(["type": "disconnect"]) == ["close"])
        driver.note(driver.machine.disconnect(RPCError(.disconnected, "gone")))
        #expect(driver.resumed[call]?.count == 1)
    }

    @Test func `once handlers of Python stay and fire again, so surplus answers are no harm`() throws {
        var driver = introduced()
        let (first, _) = try driver.start { (machine, call) throws(RPCError) in
            try machine.execute(call, code: ["type": "script"])
        }
        let (second, _) = try driver.start { (machine, call) throws(RPCError) in
            try machine.dispose(call, objectID: "o")
        }
        for type in ["executed", "executed", "disposed", "disposed", "interfaceSetAsRemote", "interfaceSetAsRemote"] {
            _ = driver.receive(["type": .string(type)])
        }
        #expect(driver.resumed[first]?.count == 1)
        #expect(driver.resumed[second]?.count == 1)
        let (third, notes) = try driver.call()
        #expect(notes == ["send method"])
        #expect(driver.resumed[third] == nil)
    }

    @Test func `handlers hear of events in the order of their arrival`() async throws {
        let heard = Guarded([String]())
        var configuration = RPCConfiguration()
        configuration.onEvent = { event in
            switch event {
            case .log(let line): heard.withLock { $0.append("log \(line)") }
            case .error(let text): heard.withLock { $0.append("error \(text)") }
            default: break
            }
        }
        let transport = ScriptedTransport()
        let connection = RPCConnection(
            over: transport, as: ImJoyCoreRole(name: "Cells", type: "rpc-worker"), exporting: RPCService("api") {},
            configuration: configuration)
        try await within {
            transport.feed(["type": "log", "message": "a"])
            transport.feed(["type": "error", "message": "b"])
            transport.feed(["type": "log", "message": 3])
            transport.end()
            try await connection.run()
        }
        #expect(heard.withLock { $0 } == ["log a", "error b", "log 3"])
    }

    @Test(arguments: [0, 1])
    func `the promise partner is released with the one that was used`(_ used: Int) throws {
        var driver = introduced()
        let (call, _) = try driver.call()
        let promise = driver.sent.last?["promise"] ?? nil
        #expect(driver.machine.pending.count == 1)
        _ = driver.receive(["type": "callback", "id": promise[used]["_rvalue"], "args": ["x"]])
        #expect(driver.machine.pending.count == 0)
        // Neither half means anything any more.
        for half in 0...1 {
            let notes = driver.receive(["type": "callback", "id": promise[half]["_rvalue"], "args": ["y"]])
            #expect(notes == ["dropped"])
        }
        #expect(driver.resumed[call]?.count == 1)
    }

    @Test func `an object marked _rintf ends when it is sent on, where Python recurses without end`() throws {
        var encoder = ImJoyEncoder(peerID: "me", knownMethods: [:], limits: .default, makeID: { "new" })
        let function = RPCFunction(.method(object: "o", path: "f", target: nil), name: "f", caller: NoCaller())
        let object = RemoteObject(
            members: ["f": .function(function), "_rintf": true], objectID: "o", caller: NoCaller())
        let encoded = try encoder.encode(.remote(object))
        #expect(encoded["_rintf"].stringValue == "new")
        #expect(encoded["f"]["_rvalue"].stringValue == "f")
        #expect(encoder.exports.count == 1)
    }

    @Test func `dates that a peer sends as a MessagePack extension stay as they came`() throws {
        let date = try MessagePackReader.decode(SharedBytes(copying: [0xd6, 0xff, 0x5f, 0x5e, 0x10, 0x00]))
        let decoded = try ImJoyDecoder(caller: NoCaller(), limits: .default).decode(["when": date])
        guard case .tagged("msgpack:-1", let fields) = decoded["when"] else { throw RPCError(.notFound, "no date") }
        #expect(fields["data"]?.bytesValue?.hex == "5f5e1000")
    }

    @Test func `ordered maps come as mappings or as pairs, and go out as either`() throws {
        let decoder = ImJoyDecoder(caller: NoCaller(), limits: .default)
        var encoder = ImJoyEncoder(peerID: "me", knownMethods: [:], limits: .default, makeID: { "id" })
        let members: OrderedDictionary<String, Int> = ["z": 1, "a": 2]
        for sent in [try members.rpcValue(), RPCValue.orderedMap(["z": 1, "a": 2])] {
            let back = try decoder.decode(try encoder.encode(sent))
            let read = try OrderedDictionary<String, Int>(rpcValue: back)
            #expect(Array(read.keys) == ["z", "a"])
        }
        #expect(try encoder.encode(.orderedMap(["z": 1]))["_rtype"].stringValue == "orderedmap")
    }

    @Test(arguments: ["<U2", "datetime64[ns]", "[('a', '<i4')]", "object"])
    func `an ndarray of a type that we have no array of stays an untouched mapping`(_ dtype: String) throws {
        let bytes = RPCValue.bytes(SharedBytes(copying: [1, 2, 3, 4, 5, 6, 7, 8]))
        let encoded: RPCValue = ["_rtype": "ndarray", "_rvalue": bytes, "_rshape": [1], "_rdtype": .string(dtype)]
        let decoded = try ImJoyDecoder(caller: NoCaller(), limits: .default).decode(encoded)
        guard case .tagged("ndarray", let fields) = decoded else { throw RPCError(.notFound, "\(decoded)") }
        #expect(fields["_rdtype"]?.stringValue == dtype)
        // Sent on, it is what it was.
        var encoder = ImJoyEncoder(peerID: "me", knownMethods: [:], limits: .default, makeID: { "id" })
        #expect(try encoder.encode(decoded)["_rvalue"].bytesValue == bytes.bytesValue)
    }

    @Test func `bytes come as bytes, memory views and buffers, and are bytes`() throws {
        let bytes = SharedBytes(copying: [1, 2, 3])
        let decoder = ImJoyDecoder(caller: NoCaller(), limits: .default)
        var encoder = ImJoyEncoder(peerID: "me", knownMethods: [:], limits: .default, makeID: { "id" })
        for sent in [bytes.rpcValue(), .memoryView(bytes)] {
            #expect(try SharedBytes(rpcValue: decoder.decode(try encoder.encode(sent))) == bytes)
        }
        #expect(try encoder.encode(.memoryView(bytes))["_rtype"].stringValue == "memoryview")
    }

    @Test(arguments: [
        ("Traceback (most recent call last):\n  File \"a.py\", line 2, in f\nValueError: bad", "ValueError: bad"),
        ("TypeError: bad", "TypeError: bad"),
    ])
    func `an error text is a whole traceback, or class and message`(_ text: String, _ message: String) throws {
        var driver = introduced()
        let (call, _) = try driver.call()
        let reject = driver.sent.last?["promise"][1]["_rvalue"] ?? nil
        _ = driver.receive([
            "type": "callback", "id": reject, "args": [["_rtype": "error", "_rvalue": .string(text)]],
        ])
        guard case .failure(let error)? = driver.resumed[call]?.first else { throw RPCError(.notFound, "no failure") }
        #expect(error.message == message)
        #expect(error.code == .remoteFailure)
    }

    @Test func `a connection is busy while calls are open and idle after them`() throws {
        var driver = introduced(RPCExport("f") { () in 1 })
        #expect(driver.machine.waiterCount == 0)
        let (_, _) = try driver.call()
        let resolve = driver.sent.last?["promise"][0]["_rvalue"] ?? nil
        #expect(driver.machine.waiterCount == 1)
        _ = driver.receive(method(driver, "f", []))
        #expect(driver.machine.servingCount == 1)
        _ = driver.receive(["type": "callback", "id": resolve, "args": [1]])
        driver.note(driver.machine.finish(driver.served[0], .success(1)))
        #expect(driver.machine.waiterCount == 0)
        #expect(driver.machine.servingCount == 0)
    }

    @Test func `execute is answered twice by a JavaScript page and once by others`() throws {
        for (language, answers) in [("python", 1), ("javascript", 2)] {
            var driver = Driver()
            _ = driver.receive(["type": "initialized", "peer_id": "p", "config": ["lang": .string(language)]])
            _ = driver.receive(["type": "interfaceSetAsRemote"])
            let calls = try (0..<2).map { index in
                try driver.start { (machine, call) throws(RPCError) in
                    try machine.execute(call, code: ["type": .string("script \(index)")])
                }.0
            }
            for _ in 0..<answers { _ = driver.receive(["type": "executed"]) }
            #expect(driver.resumed[calls[0]]?.count == 1)
            // The second piece is not ended by the second answer to the first one.
            #expect(driver.resumed[calls[1]] == nil)
            if language == "javascript" { _ = driver.receive(["type": "disposed", "error": "no such object"]) }
            for _ in 0..<answers { _ = driver.receive(["type": "executed", "error": "late"]) }
            #expect(driver.resumed[calls[1]]?.count == 1)
        }
    }

    @Test func `typed arrays are read as arrays, and written when a page has no array library`() throws {
        let decoder = ImJoyDecoder(caller: NoCaller(), limits: .default)
        var encoder = ImJoyEncoder(peerID: "me", knownMethods: [:], limits: .default, makeID: { "id" })
        let array = try NDArray<Float>([1, 2, 3, 4], shape: [2, 2])
        let encoded = try encoder.encode(try .typedArray(AnyNDArray(array.transposed())))
        #expect(encoded["_rtype"].stringValue == "typedarray")
        let back = try NDArray<Float>(rpcValue: try decoder.decode(encoded))
        #expect(back.bytes == NDArray<Float>([1, 3, 2, 4]).bytes)
        for dtype in [DType.int64, .bool, .complex64] {
            let zero = SharedBytes(copying: [UInt8](repeating: 0, count: dtype.byteCount))
            let array = try AnyNDArray(sharing: zero, dtype: dtype, shape: [1])
            let error = #expect(throws: RPCError.self) { try RPCValue.typedArray(array) }
            #expect(error?.code == .invalidArgument)
        }
        // Names that we do not know leave it as it came.
        let odd: RPCValue = ["_rtype": "typedarray", "_rdtype": "array", "_rvalue": .bytes(.empty)]
        #expect("\(try decoder.decode(odd))".hasPrefix("<typedarray"))
    }
}
