internal import ImJoyCore
internal import ImJoyRPC
internal import OrderedCollections
internal import Testing

private typealias Handlers = OrderedDictionary<String, PluginPeer.Handler>

/// A running connection with a plugin at its other end.
private struct Session: Sendable {
    let connection: RPCConnection
    let peer: PluginPeer
    let plugin: RemoteObject
}

private func withSession(
    _ link: LinkMaker, exporting service: RPCService = RPCService("api") {},
    configuration: RPCConfiguration = RPCConfiguration(), skipsReady: Bool = false, _ handlers: Handlers = [:],
    _ body: @escaping @Sendable (Session) async throws -> Void
) async throws {
    try await within {
        let link = try await link.make()
        let peer = PluginPeer(over: link.there, skipsReady: skipsReady, handlers)
        let connection = RPCConnection(
            over: link.here, as: ImJoyCoreRole(name: "Cells", type: "native-python"), exporting: service,
            configuration: configuration)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await connection.run() }
            group.addTask { try await peer.run() }
            do {
                defer { connection.disconnect() }
                let info = try await connection.handshake()
                #expect(info["lang"]?.stringValue == "swift")
                let plugin = try await connection.remoteInterface()
                try await body(Session(connection: connection, peer: peer, plugin: plugin))
            }
            try await group.waitForAll()
        }
        let open = connection.openCounts
        #expect(open.waits == 0)
        #expect(open.exports == 0)
    }
}

extension LinkBehaviour {
    /// Against a plugin written from the wire's point of view.
    package static let withPlugin: [LinkBehaviour] = [
        LinkBehaviour("the handshake, a call with order and names, and a group of functions work") { link in
            let handlers: Handlers = [
                "run": { _, args, named in ["args": .array(args), "named": .object(named)] },
                "nested.deep.twice": { _, args, _ in .int(Int64((args[0].intValue ?? 0) * 2)) },
            ]
            try await withSession(link, handlers) { session in
                let answer: RPCValue = try await session.plugin.run(5, "x", sigma: 2.5)
                #expect(answer["args"].arrayValue?.count == 2)
                #expect(answer["args"][0].intValue == 5)
                #expect(answer["named"]["sigma"].doubleValue == 2.5)
                let twice: Int = try await session.plugin.nested.deep.twice(21)
                #expect(twice == 42)
                #expect(session.plugin.hasFunction("run"))
                await #expect(throws: RPCError.self) { try await session.plugin.nothing() }
            }
        },
        LinkBehaviour("a peer that starts with initialized is served as well") { link in
            try await withSession(link, skipsReady: true, ["ping": { _, _, _ in "pong" }]) { session in
                let pong: String = try await session.plugin.ping()
                #expect(pong == "pong")
                let received = await session.peer.received
                #expect(!received.contains("initialize"))
            }
        },
        LinkBehaviour("the plugin calls our functions and hears of their failures") { link in
            struct Broken: Error, CustomStringConvertible { var description: String { "the lamp is off" } }
            let service = RPCService("api") {
                RPCExport("add") { (a: Int, b: Int) in a + b }
                RPCExport("fail") { () async throws -> Int in throw Broken() }
                RPCExport.group("utils") {
                    RPCExport(raw: "names") { arguments in .array(arguments.named.keys.map { .string($0) }) }
                }
            }
            try await withSession(link, exporting: service) { session in
                let peer = session.peer
                #expect(try await peer.callCore("add", [1, 2]).intValue == 3)
                let names = try await peer.callCore("utils.names", named: ["a": 1, "b": 2])
                #expect(names.arrayValue?.map(\.stringValue) == ["a", "b"])
                let failure = await #expect(throws: PluginPeer.Rejection.self) { try await peer.callCore("fail") }
                #expect(failure?.value["_rtype"].stringValue == "error")
                #expect(failure?.value["_rvalue"].stringValue == "the lamp is off")
                let wrong = await #expect(throws: PluginPeer.Rejection.self) {
                    try await peer.callCore("add", ["x", 2])
                }
                #expect(wrong?.value["_rvalue"].stringValue?.contains("argument 1 of add") == true)
                let known = await peer.core("add")
                let unknown: RPCValue = ["_rtype": "interface", "_rintf": known["_rintf"], "_rvalue": "nothing.here"]
                await #expect(throws: PluginPeer.Rejection.self) { try await peer.call(unknown) }
            }
        },
        LinkBehaviour("callbacks go both ways and answer once") { link in
            let seen = Guarded([Int]())
            let service = RPCService("api") {
                RPCExport("ask") { (question: RPCFunction) async throws -> String in
                    let answer: String = try await question("why?")
                    return answer + "!"
                }
            }
            let handlers: Handlers = [
                "progress": { peer, args, _ in
                    let first = try await peer.call(args[0], [7])
                    do {
                        return ["first": first, "second": try await peer.call(args[0], [8])]
                    } catch let rejection as PluginPeer.Rejection {
                        return ["first": first, "refusal": rejection.value["_rvalue"]]
                    }
                }
            ]
            try await withSession(link, exporting: service, handlers) { session in
                let note = RPCFunction("note") { (n: Int) in
                    seen.withLock { $0.append(n) }
                    return n + 1
                }
                let answer: RPCValue = try await session.plugin.progress(note)
                #expect(answer["first"].intValue == 8)
                #expect(answer["refusal"].stringValue?.contains("only once") == true)
                #expect(seen.withLock { $0 } == [7])
                let question = await session.peer.callback { _, args, _ in
                    .string("because of \(args[0].stringValue ?? "")")
                }
                let reply = try await session.peer.callCore("ask", [question])
                #expect(reply.stringValue == "because of why?!")
            }
        },
        LinkBehaviour("an object lent with _rintf can be called often, and not after it was disposed of") { link in
            let handlers: Handlers = [
                "useOften": { peer, args, _ in
                    for _ in 0..<3 { _ = try await peer.call(args[0]["count"]) }
                    try await peer.send(["type": "disposeObject", "object_id": args[0]["_rintf"]])
                    do { return try await peer.call(args[0]["count"]) } catch let error as PluginPeer.Rejection {
                        return error.value
                    }
                }
            ]
            let count = Guarded(0)
            try await withSession(link, handlers) { session in
                let before = session.connection.openCounts.exports
                let counter = RPCFunction("count") { () in count.withLock { $0 += 1 } }
                let refusal = try await session.plugin["useOften"].function().call(
                    RPCArguments([["_rintf": true, "count": .function(counter), "note": "kept"]]))
                #expect(count.withLock { $0 } == 3)
                guard case .error(let error) = refusal else {
                    Issue.record("not an error: \(refusal)")
                    return
                }
                #expect(error.message.contains("there is no object"))
                #expect(session.connection.openCounts.exports == before)
            }
        },
        LinkBehaviour("failures come with the far side's trace, whatever it rejects with") { link in
            let full = "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    g()\nValueError: bad 1\n"
            let short = "Traceback (most recent call last):\n    g()\nValueError: bad 1"
            let handlers: Handlers = [
                "python": { _, _, _ in
                    throw PluginPeer.Rejection(["_rtype": "error", "_rvalue": .string(short)], notice: full)
                },
                "text": { _, _, _ in throw PluginPeer.Rejection("TypeError: no") },
                "nothing": { _, _, _ in throw PluginPeer.Rejection(.null) },
            ]
            try await withSession(link, handlers) { session in
                let python = await #expect(throws: RPCError.self) { try await session.plugin.python() }
                #expect(python?.code == .remoteFailure)
                #expect(python?.message == "ValueError: bad 1")
                #expect(python?.remoteTrace == full)
                let text = await #expect(throws: RPCError.self) { try await session.plugin.text() }
                #expect(text?.message == "TypeError: no")
                let nothing = await #expect(throws: RPCError.self) { try await session.plugin.nothing() }
                #expect(nothing?.code == .remoteFailure)
            }
        },
        LinkBehaviour("arrays go there and back unchanged") { link in
            #if DEBUG
                let side = link.isSlow ? 40 : 300
            #else
                let side = link.isSlow ? 200 : 3200
            #endif
            try await withSession(link, ["echo": { _, args, _ in args[0] }]) { session in
                let image = try NDArray(
                    (0..<side * side).map { UInt16(truncatingIfNeeded: $0 &* 31) }, shape: [side, side])
                let back: NDArray<UInt16> = try await session.plugin.echo(image)
                #expect(back.shape == image.shape)
                #expect(back.bytes == image.bytes)
                let empty: NDArray<Float> = try await session.plugin.echo(NDArray<Float>(zeros: [0, 3]))
                #expect(empty.shape == [0, 3])
            }
        },
        LinkBehaviour("code is executed in order, and a failure names its reason") { link in
            try await withSession(link) { session in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for index in 0..<5 {
                        group.addTask {
                            try await session.connection.execute(["type": "script", "content": .string("\(index)")])
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(await session.peer.executed.count == 5)
                let failure = await #expect(throws: RPCError.self) {
                    try await session.connection.execute(["type": "script", "content": "fail"])
                }
                #expect(failure?.message == "SyntaxError: fail")
            }
        },
        LinkBehaviour("many calls at once find their own answers") { link in
            let handlers: Handlers = [
                "slow": { _, args, _ in
                    try await Task.sleep(for: .milliseconds((args[0].intValue ?? 0) % 7))
                    return args[0]
                }
            ]
            try await withSession(link, handlers) { session in
                try await withThrowingTaskGroup(of: (Int, Int).self) { group in
                    for index in 0..<40 {
                        group.addTask { (index, try await session.plugin.slow(index)) }
                    }
                    for try await (asked, answered) in group { #expect(asked == answered) }
                }
            }
        },
        LinkBehaviour("a call can time out or be cancelled, and its late answer harms nothing") { link in
            // The answers are held back until both calls have been given up, however long that takes here.
            let (gate, opener) = AsyncStream<Void>.makeStream()
            let answered = Guarded(0)
            let handlers: Handlers = [
                "slow": { _, _, _ in
                    for await _ in gate {}
                    answered.withLock { $0 += 1 }
                    return "late"
                },
                "fast": { _, _, _ in "fast" },
            ]
            try await withSession(link, handlers) { session in
                let timeout = await #expect(throws: RPCError.self) {
                    try await session.plugin.slow.with(.timeout(.milliseconds(20)))()
                }
                #expect(timeout?.code == .timedOut)
                let task = Task { try await session.plugin.slow.with(.timeout(.seconds(3600)))() as RPCValue }
                let isAsked = try await eventually { await session.peer.received.contains("method") }
                #expect(isAsked)
                task.cancel()
                let cancelled = await #expect(throws: RPCError.self) { try await task.value }
                #expect(cancelled?.code == .cancelled)
                #expect(session.connection.openCounts.waits == 0)
                opener.finish()
                let isLate = try await eventually { answered.withLock { $0 } > 0 }
                #expect(isLate)
                // Its answer comes after the late ones.
                let fast: String = try await session.plugin.fast()
                #expect(fast == "fast")
            }
        },
        LinkBehaviour("calls above the limit are answered overloaded, those below are served") { link in
            let (gate, opener) = AsyncStream<Void>.makeStream()
            let isWaiting = Guarded(false)
            let service = RPCService("api") {
                RPCExport("wait") { () in
                    isWaiting.withLock { $0 = true }
                    for await _ in gate {}
                }
                RPCExport("quick") { () in 1 }
            }
            var configuration = RPCConfiguration()
            configuration.limits.maxConcurrentInboundCalls = 1
            try await withSession(link, exporting: service, configuration: configuration) { session in
                let peer = session.peer
                async let waiting = peer.callCore("wait")
                let hasStarted = try await eventually { isWaiting.withLock { $0 } }
                #expect(hasStarted)
                let refusal = await #expect(throws: PluginPeer.Rejection.self) { try await peer.callCore("quick") }
                #expect(refusal?.value["_rvalue"].stringValue?.contains("try again later") == true)
                opener.finish()
                #expect(try await waiting.isNull)
                #expect(try await peer.callCore("quick").intValue == 1)
            }
        },
        LinkBehaviour("a message beyond the depth limit fails its call and leaves the link alive") { link in
            try await withSession(link, ["echo": { _, args, _ in args[0] }]) { session in
                func nested(_ depth: Int) -> RPCValue { (0..<depth).reduce(.int(1)) { value, _ in .array([value]) } }
                let deepest: RPCValue = try await session.plugin.echo(nested(62))
                #expect(deepest.arrayValue != nil)
                let error = await #expect(throws: RPCError.self) { try await session.plugin.echo(nested(100)) }
                #expect(error?.code == .limitExceeded)
                let alive: Int = try await session.plugin.echo(1)
                #expect(alive == 1)
            }
        },
    ]
}
