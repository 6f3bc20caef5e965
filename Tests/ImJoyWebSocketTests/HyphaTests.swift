internal import Foundation
internal import ImJoyCore
internal import ImJoyRPC
internal import ImJoyRPCTestSupport
internal import ImJoyWebSocket
internal import ImJoyWebSocketTestSupport
internal import OrderedCollections
internal import Testing

/// Programs in Swift, Python and JavaScript that meet on our hub, and on the real server of Hypha.
@Suite(.serialized) struct `With Hypha's programs` {
    private func link(_ url: String) -> @Sendable () async throws -> any RPCTransport {
        { try WebSocketClientTransport(toHypha: url) }
    }

    /// Under the thread sanitizer everything takes many times as long.
    #if IMJOY_THREAD_SANITIZER
        private let largeMegabytes = 4
    #else
        private let largeMegabytes = 100
    #endif

    private static let overHTTP: @Sendable (String) -> @Sendable () async throws -> any RPCTransport = { url in
        { try HyphaHTTPTransport(to: url) }
    }

    // MARK: Python

    @Test(arguments: HyphaServer.allCases) func `a client in Python calls ours`(_ server: HyphaServer) async throws {
        try await server.run { url in try await self.letPythonCall(url, self.link(url)) }
    }

    @Test func `a client in Python calls ours over HTTP`() async throws {
        try await HyphaServer.hypha.run { url in
            // Anonymous clients over HTTP have a workspace in common, which no other one may enter.
            try await self.letPythonCall(url, Self.overHTTP(url))
        }
    }

    private func letPythonCall(_ url: String, _ link: @escaping @Sendable () async throws -> any RPCTransport)
        async throws
    {
        try await withHyphaClient(id: "swift", connect: link) { client in
            let id = try #require(try await client.register(everything, options: .public))
            let script = try Script("hypha_peer.py", "use", url, id)
            defer { script.stop() }
            let printed = try await script.result()
            #expect(printed.hasSuffix("ok\n"), "\(printed)")
        }
    }

    @Test(arguments: HyphaServer.allCases) func `ours calls a client in Python`(_ server: HyphaServer) async throws {
        try await server.run { url in try await self.callPython(url, self.link(url)) }
    }

    @Test func `ours calls a client in Python over HTTP`() async throws {
        try await HyphaServer.hypha.run { url in try await self.callPython(url, Self.overHTTP(url)) }
    }

    private func callPython(_ url: String, _ link: @escaping @Sendable () async throws -> any RPCTransport) async throws
    {
        let script = try Script("hypha_peer.py", "serve", url)
        defer { script.stop() }
        let id = try await script.line()
        try await withHyphaClient(id: "swift-user", connect: link) { client in
            try await self.callEverything(client, id)
            try script.proceed()
        }
        _ = try await script.result()
    }

    // MARK: JavaScript

    @Test(arguments: HyphaServer.allCases) func `a client in JavaScript calls ours`(_ server: HyphaServer) async throws
    {
        try await server.run { url in
            try await withHyphaClient(id: "swift", connect: self.link(url)) { client in
                let id = try #require(try await client.register(everything, options: .public))
                let browser = try Script.browser("use", url, id)
                defer { browser.stop() }
                #expect(try await browser.result() == "ok\n")
            }
        }
    }

    @Test(arguments: HyphaServer.allCases) func `ours calls a client in JavaScript`(_ server: HyphaServer) async throws
    {
        try await server.run { url in
            let browser = try Script.browser("serve", url)
            defer { browser.stop() }
            let id = try await browser.line()
            try await withHyphaClient(id: "swift-user", connect: self.link(url)) { client in
                // The real server takes its time.
                try await self.callJavaScript(client, id, megabytes: server == .hub ? largeMegabytes : 4)
                try browser.proceed()
            }
            _ = try await browser.result()
        }
    }

    @Test func `pages of browsers are not let in unless the program wants it`() async throws {
        try await within(.seconds(60)) {
            let sockets = try await WebSocketServer.listen(codec: .hypha())
            let hub = Hub()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await hub.run(accepting: sockets) }
                defer { hub.shutDown() }
                let browser = try Script.browser("serve", "http://127.0.0.1:\(sockets.port)")
                defer { browser.stop() }
                let failure = await #expect(throws: Script.Failure.self) { try await browser.line() }
                #expect(failure?.description.contains("403") == true, "\(String(describing: failure))")
                #expect(hub.clients.isEmpty)
            }
        }
    }

    private func callJavaScript(_ client: HyphaClient, _ id: String, megabytes: Int) async throws {
        let tools = try await client.service(id)
        #expect(try tools.value("version") as String == "1.0")
        #expect(try await tools.add(2) as Int == 3)
        #expect(try await tools.add(a: 2, b: 40) as Int == 42)
        let values: [RPCValue] = [
            nil, true, -7, 1.5, "µm 🔬", .bytes(SharedBytes(copying: [0, 255])), [1, [2]], ["a": ["b": 1]],
        ]
        for value in values {
            let back: RPCValue = try await tools.echo(value)
            #expect(try MessagePackWriter.encode(back) == MessagePackWriter.encode(value), "\(back)")
        }
        for (value, kind) in [(nil, "null"), (.bytes(SharedBytes(copying: [1])), "Uint8Array"), ("a", "String")]
            as [(RPCValue, String)]
        {
            #expect(try await tools.kind(value) as String == kind)
        }
        #expect(try await tools.echo(Set([1, 2])) as Set<Int> == [1, 2])
        let nan: Double = try await tools.echo(Double.nan)
        #expect(nan.isNaN)

        #expect(try await tools.sum(RPCStream(AsyncStream { $0.feed(1..<4) })) as Int == 6)
        let adder: RPCFunction = try await tools.adder(2)
        #expect(try await adder(40) as Int == 42)

        let tagged: RPCObject = try await tools.values()
        #expect(tagged["nothing"]?.isNull == true && tagged["text"]?.stringValue == "µm 🔬")
        #expect(tagged["buffer"].map { if case .bytes(let bytes) = $0 { bytes.count } else { 0 } } == 2)
        #expect(try Set<Int>(rpcValue: tagged["set"] ?? nil) == [1, 2])
        #expect(try [String: Int](rpcValue: tagged["map"] ?? nil) == ["a": 1])
        guard case .error(let error)? = tagged["error"] else {
            Issue.record("an error came as \(String(describing: tagged["error"]))")
            return
        }
        #expect(error.message.contains("too far"))

        let arrays: [String: RPCValue] = try await tools.arrays()
        #expect(arrays.count == 8)
        for (name, value) in arrays where name != "uint8" {
            let array = try AnyNDArray(rpcValue: value)
            #expect(array.dtype.description == name && array.shape == [6])
        }
        let picture: NDArray<Float> = try await tools.picture(3, 4)
        #expect(picture.shape == [3, 4] && picture[2, 3] == 11)
        // There and back, in pieces each way.
        let large = NDArray<Float>.arange(0, Float(megabytes * 250_000))
        let back: NDArray<Float> = try await tools.echo(large)
        #expect(back.shape == large.shape && (back .== large).all())
        try await callWhatBothHave(client, id)
    }

    // MARK: Swift

    @Test(arguments: HyphaServer.allCases) func `two of ours call each other`(_ server: HyphaServer) async throws {
        try await server.run { url in
            try await withHyphaClient(id: "one", connect: self.link(url)) { one in
                let id = try #require(try await one.register(everything, options: .public))
                try await withHyphaClient(id: "two", connect: self.link(url)) { two in
                    let far = try await two.service(id)
                    #expect(try await far.add(argument2: 2, argument1: 40) as Int == 42)
                    let numbers: RPCStream = try await far.numbers(4)
                    #expect(try await far.sum(numbers) as Int == 6)
                    let object: RemoteObject = try await far.counter(5)
                    #expect(try await object.next() as Int == 6)
                    #expect(try await two.ping("two"))
                    #expect(try await !two.ping("nobody", timeout: .seconds(1)))
                }
            }
        }
    }

    @Test(arguments: HyphaServer.allCases) func `an array of 100 MB goes there and back`(_ server: HyphaServer)
        async throws
    {
        let count = largeMegabytes * 250_000
        try await server.run { url in
            let script = try Script("hypha_peer.py", "serve", url)
            defer { script.stop() }
            let id = try await script.line()
            try await withHyphaClient(id: "one", connect: self.link(url)) { one in
                let own = try #require(try await one.register(everything, options: .public))
                try await withHyphaClient(id: "two", connect: self.link(url)) { two in
                    let array = NDArray<Float>.arange(0, Float(count))
                    for peer in [id, own] {
                        let back: NDArray<Float> = try await two.service(peer).echo(array)
                        #expect(back.shape == array.shape && (back .== array).all())
                    }
                }
            }
            try script.proceed()
            _ = try await script.result()
        }
    }

    @Test func `everybody is back when our hub has been started again`() async throws {
        try await within(.seconds(120)) {
            let first = try await RunningHub(port: 0)
            defer { first.hub.shutDown() }
            let url = "http://127.0.0.1:\(first.port)"
            let script = try Script("hypha_peer.py", "serve", url)
            defer { script.stop() }
            let id = try await script.line()
            let browser = try Script.browser("serve", url)
            defer { browser.stop() }
            let page = try await browser.line()
            try await withHyphaClient(id: "swift", connect: self.link(url)) { client in
                let own = try #require(try await client.register(everything, options: .public))
                try await first.stop()
                while client.isConnected { try await Task.sleep(for: .milliseconds(20)) }
                let second = try await RunningHub(port: first.port)
                defer { second.hub.shutDown() }
                try await client.connected()
                for peer in [own, id, page] {
                    // Peers come back when their pauses end.
                    while !second.hub.services.contains(peer) { try await Task.sleep(for: .milliseconds(50)) }
                    let sum: Int = try await client.service(peer).add(40, 2)
                    #expect(sum == 42)
                }
                #expect(second.hub.clients.count == 3)
                try script.proceed()
                try browser.proceed()
                _ = try await script.result()
                _ = try await browser.result()
                try await second.stop()
            }
        }
    }

    @Test func `services are back when the server has been killed and started again`() async throws {
        try await within(.seconds(200)) {
            let (first, port) = try await Script.startHypha()
            defer { first.stop() }
            let url = "http://127.0.0.1:\(port)"
            try await withHyphaClient(id: "swift", connect: link(url)) { client in
                let before = try #require(try await client.register(everything, options: .public))
                first.stop()
                while client.isConnected { try await Task.sleep(for: .milliseconds(20)) }
                let second = try await Script.startHypha(port: port)
                defer { second.stop() }
                try await client.connected()
                let after = try #require(client.address) + ":everything"
                #expect(after == before)
                let script = try Script("hypha_peer.py", "use", url, after)
                defer { script.stop() }
                #expect(try await script.result().hasSuffix("ok\n"))
            }
        }
    }

    @Test func `a person signs in on the real server`() async throws {
        try await HyphaServer.hypha.run { url in
            try await withHyphaClient(id: "person", connect: self.link(url)) { person in
                let issued = try await person.generateToken()
                let shown = Guarded("")
                let token = try await hyphaLogin(connect: self.link(url)) { page in
                    shown.withLock { $0 = page }
                    // What the page does when somebody has signed in.
                    let key = String(page.split(separator: "key=").last?.split(separator: "&").first ?? "")
                    try await person.service("public/hypha-login").report(key, issued)
                }
                #expect(token == issued)
                #expect(shown.withLock { $0 }.hasPrefix("\(url)/public/apps/hypha-login"))
                var impatient = HyphaLoginOptions()
                impatient.timeout = .seconds(2)
                let error = await #expect(throws: RPCError.self) {
                    try await hyphaLogin(options: impatient, connect: self.link(url)) { _ in }
                }
                #expect(error?.code == .timedOut, "\(String(describing: error))")
            }
        }
    }

    @Test func `the real server gives tokens that it takes`() async throws {
        try await HyphaServer.hypha.run { url in
            try await withHyphaClient(id: "owner", connect: self.link(url)) { owner in
                try await owner.registerProbes { RPCExport("readiness") { () in true } }
                #expect(try await owner.service("probes").readiness() as Bool)
                var options = HyphaClient.TokenOptions()
                options.lifetime = .seconds(60)
                let token = try await owner.generateToken(options)
                let user = try await owner.parseToken(token)
                #expect(
                    user["scope"]?["current_workspace"].stringValue
                        == owner.address?.split(separator: "/").first.map(String.init))
                try await withHyphaClient(id: "guest", token: token, connect: self.link(url)) { guest in
                    #expect(guest.address?.split(separator: "/").first == owner.address?.split(separator: "/").first)
                    let clients = try await guest.clients()
                    #expect(clients.contains { $0.hasSuffix("owner") })
                }
                try await withHyphaClient(id: "poster", token: token, connect: Self.overHTTP(url)) { poster in
                    let isReady: Bool = try await poster.service("probes").readiness()
                    #expect(isReady)
                }
                try await owner.revokeToken(token)
                let refused = await #expect(throws: RPCError.self) {
                    try await withHyphaClient(id: "late", token: token, connect: self.link(url)) { _ in }
                }
                #expect(refused?.code == .refused)
                let nonsense = await #expect(throws: RPCError.self) {
                    try await withHyphaClient(token: "nonsense", connect: Self.overHTTP(url)) { _ in }
                }
                #expect(nonsense?.code == .refused, "\(String(describing: nonsense))")
            }
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
        #expect(failure?.remoteTrace?.contains("ValueError") == true)

        let arrays: [String: AnyNDArray] = try await tools.arrays()
        #expect(arrays.count == 14)
        for (name, array) in arrays {
            #expect(array.dtype.description == name && array.shape == [2, 3])
            let back: AnyNDArray = try await tools.echo(array)
            #expect(back.dtype == array.dtype && back.shape == array.shape && back.bytes == array.bytes, "\(name)")
        }
        try await callWhatBothHave(client, id)
    }

    // MARK: Both

    /// What the services in Python and in JavaScript have in common.
    private func callWhatBothHave(_ client: HyphaClient, _ id: String) async throws {
        let tools = try await client.service(id)
        let failure = await #expect(throws: RPCError.self) { try await tools.fail("the lamp is off") as RPCValue }
        #expect(failure?.message.contains("the lamp is off") == true)

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
        let large = NDArray<UInt32>.arange(0, 3 << 20)
        #expect(try await tools.total(large) as Int == (3 << 20) * ((3 << 20) - 1) / 2)

        let context = try await client.service(id.replacing(":tools", with: ":context"))
        let caller: [String] = try await context.who()
        #expect(caller.first == client.address)
    }
}
