internal import Foundation
internal import ImJoyCore
internal import ImJoyRPC
internal import ImJoyRPCTestSupport
internal import ImJoyWebSocket
internal import OrderedCollections
internal import Testing

/// Swift and Python programs that meet on our hub, and on the real server of Hypha.
@Suite(.serialized) struct `With Hypha's programs` {
    enum Server: CaseIterable, Sendable { case hub, hypha }

    /// Starts a server for the duration of `body`, which gets its address.
    private func with(_ server: Server, _ body: @escaping @Sendable (String) async throws -> Void) async throws {
        switch server {
        case .hub:
            try await within {
                let sockets = try await WebSocketServer.listen(codec: .hypha())
                let hub = Hub()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await hub.run(accepting: sockets) }
                    do {
                        defer { hub.shutDown() }
                        try await body("http://127.0.0.1:\(sockets.port)")
                    }
                    try await group.waitForAll()
                }
                #expect(hub.clients.isEmpty && hub.services.isEmpty)
            }
        case .hypha:
            try await within(.seconds(200)) {
                let (process, port) = try await Self.startServer()
                defer { process.stop() }
                try await body("http://127.0.0.1:\(port)")
            }
        }
    }

    /// Others may take the port that was free before the server does.
    private static func startServer() async throws -> (Script, port: Int) {
        var attempts = 0
        while true {
            let port = try RawListener().port
            let process = try Script.hyphaServer(port: port)
            do {
                // Everything before that is its log.
                while try await !process.line().hasPrefix("READY") {}
                return (process, port)
            } catch {
                process.stop()
                attempts += 1
                if attempts == 3 { throw error }
            }
        }
    }

    private func link(_ url: String) -> @Sendable () async throws -> any RPCTransport {
        { try WebSocketClientTransport(toHypha: url) }
    }

    @Test(arguments: Server.allCases) func `a client in Python calls ours`(_ server: Server) async throws {
        try await with(server) { url in
            try await withHyphaClient(id: "swift", connect: link(url)) { client in
                let id = try #require(try await client.register(everything, options: .public))
                let script = try Script("hypha_peer.py", "use", url, id)
                defer { script.stop() }
                let printed = try await script.result()
                #expect(printed.hasSuffix("ok\n"), "\(printed)")
            }
        }
    }

    @Test(arguments: Server.allCases) func `ours calls a client in Python`(_ server: Server) async throws {
        try await with(server) { url in
            let script = try Script("hypha_peer.py", "serve", url)
            defer { script.stop() }
            let id = try await script.line()
            try await withHyphaClient(id: "swift-user", connect: link(url)) { client in
                try await self.callEverything(client, id)
                try script.proceed()
            }
            _ = try await script.result()
        }
    }

    private func callEverything(_ client: HyphaClient, _ id: String) async throws {
        let tools = try await client.service(id)
        #expect(try tools.value("version") as String == "1.0")
        #expect(try await tools.add(2, 3) as Int == 5)
        #expect(try await tools.add(2) as Int == 3)
        #expect(try await tools.add(2, b: 40) as Int == 42)
        let values: [RPCValue] = [
            nil, true, -7, 1.5, "µm", .uint(1 << 63), .bytes(SharedBytes(copying: [0, 255])), [1, [2]],
            ["a": ["b": 1]],
        ]
        for value in values {
            let back: RPCValue = try await tools.echo(value)
            #expect(try MessagePackWriter.encode(back) == MessagePackWriter.encode(value), "\(back)")
        }

        let failure = await #expect(throws: RPCError.self) { try await tools.fail("the lamp is off") as RPCValue }
        #expect(failure?.message.contains("the lamp is off") == true)
        #expect(failure?.remoteTrace?.contains("ValueError") == true)

        let asked = Guarded<[Int]>([])
        let ask = RPCFunction("ask") { (index: Int) in
            asked.withLock { $0.append(index) }
            return index * 10
        }
        #expect(try await tools.often(ask, 4) as Int == 60)
        #expect(asked.withLock { $0 } == [0, 1, 2, 3])

        for name in ["numbers", "later"] {
            let stream: RPCStream = try await tools[name](5)
            var numbers: [Int] = []
            for try await number in stream.decoded(as: Int.self) { numbers.append(number) }
            #expect(numbers == [0, 1, 2, 3, 4])
        }

        let counter: RemoteObject = try await tools.counter(5)
        #expect(try counter.value("start") as Int == 5)
        #expect(try await counter.following() as Int == 6)
        #expect(try await counter.following() as Int == 7)

        let arrays: [String: AnyNDArray] = try await tools.arrays()
        #expect(arrays.count == 14)
        for (name, array) in arrays {
            #expect(array.dtype.description == name && array.shape == [2, 3])
            let back: AnyNDArray = try await tools.echo(array)
            #expect(back.dtype == array.dtype && back.shape == array.shape && back.bytes == array.bytes, "\(name)")
        }
        let large = NDArray<UInt32>.arange(0, 3 << 20)
        #expect(try await tools.total(large) as Int == (3 << 20) * ((3 << 20) - 1) / 2)

        let context = try await client.service(id.replacing(":tools", with: ":context"))
        let caller: [String] = try await context.who()
        #expect(caller.first == client.address)
    }
}
