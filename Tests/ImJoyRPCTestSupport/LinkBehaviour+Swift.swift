internal import ImJoyCore
internal import ImJoyRPC
internal import OrderedCollections
internal import Testing

/// Both ends of a running link, each with what the other one exports.
private struct Pair: Sendable {
    let core: RPCConnection
    let plugin: RPCConnection
    /// What the plugin exports, as the core sees it.
    let remotePlugin: RemoteObject
    /// What the core exports, as the plugin sees it.
    let api: RemoteObject
}

private func withPair(
    _ link: LinkMaker, core service: RPCService = RPCService("api") {}, plugin: RPCService,
    role: ImJoyPluginRole? = nil, configuration: RPCConfiguration = RPCConfiguration(),
    _ body: @escaping @Sendable (Pair) async throws -> Void
) async throws {
    try await within {
        let link = try await link.make()
        let core = RPCConnection(
            over: link.here, as: ImJoyCoreRole(name: "Cells", type: "rpc-worker"), exporting: service,
            configuration: configuration)
        let peer = RPCConnection(
            over: link.there, as: try role ?? ImJoyPluginRole(name: "swift"), exporting: plugin,
            configuration: configuration)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await core.run() }
            group.addTask { try await peer.run() }
            do {
                defer { core.disconnect() }
                #expect(try await core.handshake()["lang"]?.stringValue == "swift")
                #expect(try await peer.handshake()["name"]?.stringValue == "Cells")
                try await body(
                    Pair(
                        core: core, plugin: peer, remotePlugin: try await core.remoteInterface(),
                        api: try await peer.remoteInterface()))
            }
            try await group.waitForAll()
        }
        for connection in [core, peer] {
            #expect(connection.openCounts.waits == 0)
            #expect(connection.openCounts.exports == 0)
        }
    }
}

private struct Broken: Error, CustomStringConvertible { var description: String { "the lamp is off" } }

extension LinkBehaviour {
    /// With our own connections at both ends.
    package static let betweenSwift: [LinkBehaviour] = [
        LinkBehaviour("both sides call each other, with order, names, groups and failures") { link in
            let service = RPCService("both") {
                RPCExport("add") { (a: Int, b: Int) in a + b }
                RPCExport("fail") { () async throws -> Int in throw Broken() }
                RPCExport.group("deep") {
                    RPCExport(raw: "names") { arguments in .array(arguments.named.keys.map { .string($0) }) }
                }
            }
            try await withPair(link, core: service, plugin: service) { pair in
                for far in [pair.remotePlugin, pair.api] {
                    let sum: Int = try await far.add(1, 2)
                    #expect(sum == 3)
                    let names: [String] = try await far.deep.names(a: 1, b: 2)
                    #expect(names == ["a", "b"])
                    let failure = await #expect(throws: RPCError.self) { try await far.fail() }
                    #expect(failure?.message == "the lamp is off")
                    let wrong = await #expect(throws: RPCError.self) { try await far.add("x", 2) }
                    #expect(wrong?.message.contains("argument 1 of add") == true)
                }
            }
        },
        LinkBehaviour("arrays, sets and nested values arrive as they were") { link in
            let service = RPCService("both") { RPCExport("echo") { (value: RPCValue) in value } }
            try await withPair(link, core: service, plugin: service) { pair in
                let image = try NDArray((0..<600).map { UInt16($0) }, shape: [20, 30])
                for far in [pair.remotePlugin, pair.api] {
                    let back: NDArray<UInt16> = try await far.echo(image)
                    #expect(back.shape == [20, 30])
                    #expect(back.bytes == image.bytes)
                    let tags: Set<String> = try await far.echo(Set(["b", "a"]))
                    #expect(tags == ["a", "b"])
                    let nested: RPCValue = try await far.echo(["list": [1, nil, 2.5, "x"], "flag": true] as RPCValue)
                    #expect("\(nested)" == "{list: [1, null, 2.5, \"x\"], flag: true}")
                }
            }
        },
        LinkBehaviour("values of every kind arrive as they were") { link in
            let service = RPCService("both") { RPCExport("echo") { (value: RPCValue) in value } }
            let trace = "Traceback (most recent call last):\n  File \"a.py\", line 1\nValueError: bad"
            let square = AnyNDArray(try NDArray<UInt8>([1, 2, 3, 4], shape: [2, 2]))
            let sent: [(RPCValue, String)] = [
                (.null, "null"), (.uint(.max), "18446744073709551615"), (.int(.min), "-9223372036854775808"),
                (.double(.nan), "float(nan)"), (.double(-0.0), "float(-0.0)"), (.double(.infinity), "float(inf)"),
                (.double(3), "float(3.0)"), (.string(""), "\"\""), (.bytes(.empty), "bytes()"),
                (.memoryView(SharedBytes(copying: [1, 2])), "bytes(0102)"),
                (.orderedMap(["z": 1, "a": [2]]), "ordered[[\"z\", 1], [\"a\", [2]]]"),
                (try .typedArray(square), "ndarray(uint8, [4], 01020304)"),
                (.ndarray(square), "ndarray(uint8, [2, 2], 01020304)"),
                (
                    RPCBlob(SharedBytes(copying: [3]), mediaType: "image/png").rpcValue(),
                    "{_rmime: \"image/png\", _rtype: \"blob\", _rvalue: bytes(03)}"
                ),
                (.error(RPCError(.remoteFailure, "ValueError: bad", remoteTrace: trace)), "error(\(trace))"),
                (.tagged(type: "widget", ["n": 1]), "{_rtype: \"widget\", n: 1}"), (["_private": 1], "{_private: 1}"),
            ]
            try await withPair(link, core: service, plugin: service) { pair in
                for far in [pair.remotePlugin, pair.api] {
                    for (value, text) in sent {
                        let back: RPCValue = try await far.echo(value)
                        #expect(Normalizer.text(decoded: back) == text)
                    }
                }
            }
        },
        LinkBehaviour("values of a type with a codec arrive as what it makes of them") { link in
            let service = RPCService("both") { RPCExport("echo") { (value: RPCValue) in value } }
            var configuration = RPCConfiguration()
            configuration.registerCodec(
                "point", decode: { fields in [fields["x"] ?? 0, fields["y"] ?? 0] },
                encode: { fields in ["x": fields["x"] ?? 0, "y": 7] })
            try await withPair(link, core: service, plugin: service, configuration: configuration) { pair in
                for far in [pair.remotePlugin, pair.api] {
                    let back: [Int] = try await far.echo(RPCValue.tagged(type: "point", ["x": 1]))
                    #expect(back == [1, 7])
                }
            }
        },
        LinkBehaviour("callbacks answer once, objects often and not after they were disposed of") { link in
            let kept = Guarded<RemoteObject?>(nil)
            let service = RPCService("both") {
                RPCExport("once") { (ask: RPCFunction) async throws -> String in
                    let first: Int = try await ask(7)
                    do {
                        let second: Int = try await ask(8)
                        return "\(first) \(second)"
                    } catch let error as RPCError {
                        return "\(first), \(error.message.contains("only once") ? "only once" : error.message)"
                    }
                }
                RPCExport("often") { (counter: RemoteObject) async throws -> Int in
                    kept.withLock { $0 = counter }
                    var sum = 0
                    for _ in 0..<3 { sum += try await counter.count() }
                    try await counter.dispose()
                    return sum
                }
            }
            try await withPair(link, core: service, plugin: service) { pair in
                for (near, far) in [(pair.core, pair.remotePlugin), (pair.plugin, pair.api)] {
                    let answer: String = try await far.once(RPCFunction("next") { (n: Int) in n + 1 })
                    #expect(answer == "8, only once")
                    let before = near.openCounts.exports
                    let one = RPCValue.function(RPCFunction("count") { () in 1 })
                    let sum: Int = try await far.often(["_rintf": true, "count": one] as RPCValue)
                    #expect(sum == 3)
                    #expect(near.openCounts.exports == before)
                    let counter = kept.withLock { $0 }
                    let gone = await #expect(throws: RPCError.self) { try await counter?.count() as RPCValue? }
                    #expect(gone?.message.contains("there is no object") == true)
                }
            }
        },
        LinkBehaviour("many calls back and forth leave empty tables") { link in
            let rounds = link.isSlow ? 40 : 250
            let service = RPCService("both") {
                RPCExport("apply") { (f: RPCFunction, n: Int) async throws -> Int in try await f(n) }
            }
            try await withPair(link, core: service, plugin: service) { pair in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    // Two chains on each side: as many calls at a time as there are chains, and each with a callback.
                    for far in [pair.remotePlugin, pair.api, pair.remotePlugin, pair.api] {
                        group.addTask {
                            for index in 0..<rounds {
                                let twice: Int = try await far.apply(RPCFunction("twice") { (n: Int) in n * 2 }, index)
                                #expect(twice == index * 2)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                for connection in [pair.core, pair.plugin] {
                    #expect(connection.openCounts.waits == 0)
                    // What is left is the interface.
                    #expect(connection.openCounts.exports == 1)
                }
            }
        },
        LinkBehaviour("code runs one piece after another, and a failure names its reason") { link in
            let log = Guarded([String]())
            let role = try ImJoyPluginRole(name: "runner", allowExecution: true) { code in
                let content = code["content"]?.stringValue ?? ""
                log.withLock { $0.append("+\(content)") }
                try await Task.sleep(for: .milliseconds(2))
                log.withLock { $0.append("-\(content)") }
                if content == "fail" { throw Broken() }
            }
            try await withPair(link, plugin: RPCService("runner") {}, role: role) { pair in
                for content in ["a", "b"] {
                    try await pair.core.execute(["type": "script", "content": .string(content)])
                }
                let failure = await #expect(throws: RPCError.self) {
                    try await pair.core.execute(["type": "script", "content": "fail"])
                }
                #expect(failure?.message == "the lamp is off")
                #expect(log.withLock { $0 } == ["+a", "-a", "+b", "-b", "+fail", "-fail"])
                let refused = await #expect(throws: RPCError.self) { try await pair.plugin.execute([:]) }
                #expect(refused?.code == .refused)
            }
        },
        LinkBehaviour("a plugin that hangs up ends both sides") { link in
            let service = RPCService("both") { RPCExport("wait") { () in try await Task.sleep(for: .seconds(3600)) } }
            try await withPair(link, core: service, plugin: service) { pair in
                let call = Task { try await pair.remotePlugin.wait() as RPCValue }
                try await Task.sleep(for: .milliseconds(5))
                pair.plugin.disconnect()
                let end = await #expect(throws: RPCError.self) { try await call.value }
                #expect(end?.code == .disconnected)
            }
        },
    ]
}
