internal import ImJoyCore
internal import ImJoyRPC
internal import ImJoyRPCTestSupport
internal import ImJoyWebSocket
internal import ImJoyWebSocketTestSupport
internal import OrderedCollections
internal import Testing

/// A plugin that the real imjoy-rpc runs in a sandboxed frame of a page; the page passes its messages on.
@Suite(.serialized) struct `A plugin in a browser` {
    private func withPlugin(
        exporting api: RPCService, _ body: @escaping @Sendable (RPCConnection) async throws -> Void
    ) async throws {
        try await within(.seconds(60)) {
            let server = try await WebSocketServer.listen(admitting: { _ in .accept })
            let browser = try Script.browser("relay", "ws://127.0.0.1:\(server.port)/")
            defer { browser.stop() }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // A page that fails ends the wait for it.
                    do { _ = try await browser.result() } catch {
                        await server.shutDown()
                        throw error
                    }
                }
                if let transport = try await server.accept() {
                    let role = ImJoyCoreRole(name: "Plugin of the tests", type: "rpc-window")
                    try await withRPCConnection(over: transport, as: role, exporting: api, body)
                }
                try await group.waitForAll()
            }
            await server.shutDown()
        }
    }

    @Test func `takes and gives values, functions and arrays`() async throws {
        let api = RPCService("api") {
            RPCExport("double") { (value: Int) in 2 * value }
        }
        try await withPlugin(exporting: api) { connection in
            let plugin = try await connection.remoteInterface()
            #expect(try plugin.value("version") as String == "1.0")
            #expect(try await plugin.add(2) as Int == 3)
            #expect(try await plugin.add(2, 40) as Int == 42)
            let values: [RPCValue] = [
                nil, true, -7, 1.5, "µm 🔬", [1, [2, nil]], ["a": ["b": [nil, 1.5]]], .int(1 << 52),
            ]
            for value in values {
                let back: RPCValue = try await plugin.echo(value)
                #expect(try MessagePackWriter.encode(back) == MessagePackWriter.encode(value), "\(back)")
            }
            let bytes: SharedBytes = try await plugin.bytes(5)
            #expect([UInt8](bytes) == [0, 1, 2, 3, 4])
            #expect(try await plugin.size(SharedBytes(copying: [7, 8])) as Int == 2)

            let failure = await #expect(throws: RPCError.self) { try await plugin.fail("the lamp is off") as RPCValue }
            #expect(failure?.message.contains("the lamp is off") == true)

            let asked = Guarded<[Int]>([])
            let ask = RPCFunction("ask") { (index: Int) in
                asked.withLock { $0.append(index) }
                return index * 10
            }
            #expect(try await plugin.once(ask, 4) as Int == 40)
            let asker: RPCValue = ["_rintf": true, "ask": .function(ask)]
            #expect(try await plugin.often(asker, 4) as Int == 60)
            #expect(asked.withLock { $0 } == [4, 0, 1, 2, 3])
            let adder: RPCFunction = try await plugin.adder(2)
            #expect(try await adder(40) as Int == 42)
            let counter: RemoteObject = try await plugin.counter(5)
            #expect(try counter.value("start") as Int == 5)
            #expect(try await counter.following() as Int == 6)
            #expect(try await counter.following() as Int == 7)
            try await counter.dispose()

            // What JavaScript calls an array of numbers; an n-d array stays a mapping there.
            let numbers = AnyNDArray(NDArray<Float>([1, 2.5])).bytes
            let typed = RPCValue.tagged(type: "typedarray", ["_rvalue": .bytes(numbers), "_rdtype": "float32"])
            let doubled: NDArray<Float> = try await plugin.doubled(typed)
            #expect(doubled == NDArray<Float>([2, 5]))
            let picture: NDArray<UInt8> = try await plugin.picture(2, 3)
            #expect(picture.shape == [2, 3, 4] && (picture .== 7).all())
            let brighter: NDArray<UInt8> = try await plugin.brighter(picture)
            #expect(brighter.shape == [2, 3, 4] && (brighter .== 8).all())

            let tagged: RPCObject = try await plugin.values()
            #expect(try Set<Int>(rpcValue: tagged["set"] ?? nil) == [1, 2])
            #expect(try [String: Int](rpcValue: tagged["map"] ?? nil) == ["a": 1])
            #expect(tagged["nothing"]?.isNull == true && tagged["text"]?.stringValue == "µm 🔬")

            // The other way round: the plugin calls the application.
            #expect(try await plugin.host("double", 21) as Int == 42)
            let blob = RPCBlob(SharedBytes(copying: "a picture".utf8), mediaType: "text/plain")
            let described: [String] = try await plugin.described(blob)
            #expect(described == ["text/plain", "a picture"])
        }
    }

    @Test func `runs code that it is sent`() async throws {
        try await withPlugin(exporting: RPCService("api") {}) { connection in
            try await connection.execute([
                "type": "script", "content": "api.export({ answer: () => 42 })", "attrs": ["lang": "javascript"],
            ])
            let plugin = try await connection.remoteInterface()
            #expect(try await plugin.answer() as Int == 42)
        }
    }
}
