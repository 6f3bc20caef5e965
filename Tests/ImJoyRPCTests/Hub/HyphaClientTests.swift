internal import ImJoyCore
internal import ImJoyRPCTestSupport
internal import OrderedCollections
internal import Testing

@testable internal import ImJoyRPC

/// Each link over descriptors holds threads, of which the system's pool has a few hundred.
@Suite(.serialized) struct `Clients of a hub` {
    static let transports: [EveryTransport] = [.memory, .codec, .pipesGlued, .socket]

    /// Runs a client that offers ``everything`` and one that uses it.
    private func withEverything(
        over transport: EveryTransport = .memory, configuration: HyphaConfiguration = HyphaConfiguration(),
        _ body: @escaping @Sendable (SmallWorld, _ user: HyphaClient, RemoteObject) async throws -> Void
    ) async throws {
        try await SmallWorld.run(over: transport, configuration: configuration) { world in
            let (owner, user) = (world.client("owner"), world.client("user"))
            try await world.with(owner, user) {
                let id = try await owner.register(everything)
                #expect(id == "ws-local/owner:everything")
                try await body(world, user, try await user.service("everything"))
            }
        }
    }

    /// 20 MiB, of which no two KiB are alike.
    private static let long = SharedBytes(count: 20 << 20) { target in
        for index in 0..<target.count / 1024 {
            target.storeBytes(of: UInt32(index), toByteOffset: index * 1024, as: UInt32.self)
        }
    }

    private static func zeros<T: NDElement>(_ type: T.Type) -> AnyNDArray { AnyNDArray(NDArray<T>(zeros: [2, 3])) }

    @Test(arguments: transports)
    func `call each other with order, names, groups, constants and failures`(_ transport: EveryTransport) async throws {
        try await withEverything(over: transport) { _, _, far in
            let sum: Int = try await far.add(1, 2)
            #expect(sum == 3)
            #expect(try await far.deep.names(a: 1, b: 2) as [String] == ["a", "b"])
            #expect(try far.value("version") as String == "1.0")
            #expect(try await far.whoami() as [String] == ["ws-local/user", "ws-local", "user"])
            let failure = await #expect(throws: RPCError.self) { try await far.fail() as Int }
            #expect(failure?.message == "the lamp is off")
            #expect(failure?.code == .remoteFailure)
            #expect(failure?.remoteTrace?.contains("the lamp is off") == true)
            let wrong = await #expect(throws: RPCError.self) { try await far.add("x", 2) as Int }
            #expect(wrong?.code == .invalidArgument)
            #expect(wrong?.message.contains("argument 1 of add") == true)
        }
        #expect(RPCCallContext.current == nil)
    }

    @Test(arguments: transports)
    func `send each other values of every kind`(_ transport: EveryTransport) async throws {
        let trace = "Traceback (most recent call last):\n  File \"a.py\", line 1\nValueError: bad"
        let square = AnyNDArray(try NDArray<UInt8>([1, 2, 3, 4], shape: [2, 2]))
        let sent: [(RPCValue, String)] = [
            (.null, "null"), (.bool(true), "true"), (.uint(.max), "18446744073709551615"),
            (.int(.min), "-9223372036854775808"), (.double(.nan), "float(nan)"), (.double(-0.0), "float(-0.0)"),
            (.double(.infinity), "float(inf)"), (.double(3), "float(3.0)"), (.string(""), "\"\""),
            (.bytes(.empty), "bytes()"), ([[], [:], [1, "x"]], "[[], {}, [1, \"x\"]]"),
            (.memoryView(SharedBytes(copying: [1, 2])), "bytes(0102)"),
            (.orderedMap(["z": 1, "a": [2]]), "ordered[[\"z\", 1], [\"a\", [2]]]"),
            (try .typedArray(square), "ndarray(uint8, [4], 01020304)"),
            (.ndarray(square), "ndarray(uint8, [2, 2], 01020304)"),
            (.error(RPCError(.remoteFailure, "ValueError: bad", remoteTrace: trace)), "error(\(trace))"),
            (.tagged(type: "widget", ["n": 1]), "{_rtype: \"widget\", n: 1}"), (["_private": 1], "{_private: 1}"),
        ]
        try await withEverything(over: transport) { _, _, far in
            for (value, text) in sent {
                let back: RPCValue = try await far.echo(value)
                #expect(Normalizer.text(decoded: back) == text)
            }
            let tags: Set<String> = try await far.echo(Set(["b", "a"]))
            #expect(tags == ["a", "b"])
            for type in DType.allCases {
                let array = Self.zeros(type.elementType)
                let back: RPCValue = try await far.echo(RPCValue.ndarray(array))
                #expect(back.ndarrayValue?.dtype == type)
                #expect(back.ndarrayValue?.shape == [2, 3])
            }
        }
    }

    @Test(arguments: transports)
    func `lend each other functions for a call, and objects until they are disposed of`(_ transport: EveryTransport)
        async throws
    {
        try await withEverything(over: transport) { _, user, far in
            let before = user.openCounts
            let kept = Guarded<RPCFunction?>(nil)
            let twice = RPCFunction("twice") { (n: Int) in n * 2 }
            #expect(try await far.often(twice, 4) as Int == 12)
            #expect(user.openCounts == before)

            let add: RPCFunction = try await far.adder(5)
            kept.withLock { $0 = add }
            #expect(try await add(6) as Int == 11)
            // Functions of answers stay.
            #expect(try await add(7) as Int == 12)

            let counter: RemoteObject = try await far.counter(10)
            #expect(try counter.value("start") as Int == 10)
            #expect(try await counter.next() as Int == 11)
            #expect(try await counter.next() as Int == 12)
            try await counter.dispose()
            let gone = await #expect(throws: RPCError.self) { try await counter.next() as Int }
            #expect(gone?.code == .notFound)
        }
    }

    @Test func `get a function that came with a call only while the call runs`() async throws {
        let kept = Guarded<RPCFunction?>(nil)
        let service = RPCService("keeper") {
            RPCExport("keep") { (function: RPCFunction) in kept.withLock { $0 = function } }
        }
        try await SmallWorld.run { world in
            let (owner, user) = (world.client("owner"), world.client("user"))
            try await world.with(owner, user) {
                try await owner.register(service)
                try await user.service("keeper").keep(RPCFunction("f") { () in 1 })
                let late = await #expect(throws: RPCError.self) {
                    try await kept.withLock { $0 }?.call(RPCArguments())
                }
                #expect(late?.message.hasPrefix("Session not found") == true)
                kept.withLock { $0 = nil }
            }
        }
    }

    @Test(arguments: transports)
    func `stream values to each other, each when it is asked for`(_ transport: EveryTransport) async throws {
        try await withEverything(over: transport) { _, user, far in
            let numbers: RPCStream = try await far.numbers(5)
            var seen: [Int] = []
            for try await number in numbers.decoded(as: Int.self) { seen.append(number) }
            #expect(seen == [0, 1, 2, 3, 4])
            // What has come to its end stays at its end.
            let iterator = numbers.makeAsyncIterator()
            let after = await #expect(throws: RPCError.self) { try await iterator.next() }
            #expect(after?.code == .notFound)
            let sum: Int = try await far.sum(RPCStream(AsyncStream { $0.feed(0..<10) }))
            #expect(sum == 45)
            #expect(user.openCounts.sessions == 0)
        }
    }

    @Test func `make values of a stream only when the reader asks, and none after it has gone`() async throws {
        let made = Guarded(0)
        let ended = Guarded(false)
        let service = RPCService("source") {
            RPCExport("values") { () in
                RPCStream(
                    AsyncStream<Int> {
                        made.withLock { count -> Int? in
                            count += 1
                            return count
                        }
                    } onCancel: {
                        ended.withLock { $0 = true }
                    })
            }
        }
        try await SmallWorld.run { world in
            let (owner, user) = (world.client("owner"), world.client("user"))
            try await world.with(owner, user) {
                try await owner.register(service)
                do {
                    let stream: RPCStream = try await user.service("source").values()
                    for try await value in stream.decoded(as: Int.self) where value == 3 { break }
                    #expect(made.withLock { $0 } == 3)
                }
                #expect(try await eventually { owner.openCounts.sessions == 0 })
                #expect(made.withLock { $0 } == 3)
            }
        }
    }

    @Test(arguments: transports)
    func `send long messages in pieces, both ways`(_ transport: EveryTransport) async throws {
        try await withEverything(over: transport) { _, user, far in
            let back: RPCValue = try await far.echo(RPCValue.bytes(Self.long))
            #expect(back.bytesValue == Self.long)
            #expect(user.openCounts.long == 0 && user.openCounts.partial == 0)
        }
    }

    // MARK: Services

    @Test func `find services by name, client, workspace and mode`() async throws {
        try await SmallWorld.run { world in
            let (one, two, other) = (world.client("one"), world.client("two"), world.client("x", workspace: "ws-other"))
            try await world.with(one, two, other) {
                func service(_ value: RPCValue) -> RPCService {
                    RPCService("s", summary: "A service.") {
                        RPCExport("value", constant: value)
                        RPCExport("f", summary: "Does nothing.") { () in }
                    }
                }
                try await one.register(service(1))
                try await two.register(service(2), options: .public)
                #expect(
                    world.hub.services.filter { !$0.hasSuffix("built-in") } == ["ws-local/one:s", "ws-local/two:s"])
                let several = await #expect(throws: RPCError.self) { try await one.service("s") }
                #expect(several?.message.contains("ws-local/one:s, ws-local/two:s") == true)
                #expect(try await one.service("s", mode: .first).value("value") as Int == 1)
                #expect(try await one.service("s", mode: .last).value("value") as Int == 2)
                #expect([1, 2].contains(try await one.service("s", mode: .random).value("value") as Int))
                #expect(try await one.service("two:s").value("id") as String == "ws-local/two:s")
                #expect(try await one.service("ws-local/two:s").value("value") as Int == 2)

                // From elsewhere, only what is public.
                #expect(try await other.service("ws-local/s").value("value") as Int == 2)
                let refused = await #expect(throws: RPCError.self) { try await other.service("ws-local/one:s") }
                #expect(refused?.code == .refused)
                let absent = await #expect(throws: RPCError.self) { try await other.service("s") }
                #expect(absent?.code == .notFound)

                let listed = try await one.services("ws-local/*:s")
                #expect(listed.compactMap { $0["id"].stringValue } == ["ws-local/one:s", "ws-local/two:s"])
                #expect(listed[0]["service_schema"]["f"]["function"]["description"].stringValue == "Does nothing.")
                #expect(listed[0]["service_schema"]["value"]["type"].stringValue == "number")
                #expect(try await other.services("ws-local/*:s").count == 1)
                #expect(try await one.services(["client_id": "two", "service_id": "s"]).count == 1)
                await #expect(throws: RPCError.self) { try await one.services(["colour": "red"]) }
                #expect(try await one.clients().sorted() == ["ws-local/one", "ws-local/two"])

                try await two.unregister("s")
                #expect(try await one.service("s").value("value") as Int == 1)
                await #expect(throws: RPCError.self) { try await two.unregister("s") }
            }
        }
    }

    @Test func `say what their functions do in a schema`() async throws {
        try await withEverything { _, _, far in
            let echo = try far.echo.function()
            #expect(echo.documentation == "Gives back what it got.")
            #expect(echo.schema?["description"].stringValue == "Gives back what it got.")
            #expect(echo.schema?["name"].stringValue == "echo")
            let add = try #require(try far.add.function().schema)
            #expect(add["parameters"]["properties"]["argument2"]["type"].stringValue == "integer")
        }
    }

    @Test func `offer a service once under an id, or in place of the old one`() async throws {
        try await SmallWorld.run { world in
            let client = world.client("one")
            try await world.with(client) {
                func service(_ value: Int) -> RPCService {
                    RPCService("s") { RPCExport("value", constant: .int(Int64(value))) }
                }
                try await client.register(service(1))
                let twice = await #expect(throws: RPCError.self) { try await client.register(service(2)) }
                #expect(twice?.code == .refused)
                var options = HyphaServiceOptions()
                options.replacesExisting = true
                try await client.register(service(3), options: options)
                #expect(try await client.service("s").value("value") as Int == 3)
                let wrong = await #expect(throws: RPCError.self) { try await client.register(service(1), id: "a/b") }
                #expect(wrong?.code == .invalidArgument)
            }
        }
    }

    // MARK: Presence, events, load

    @Test(arguments: transports)
    func `hear at once when one that they wait for has gone`(_ transport: EveryTransport) async throws {
        try await SmallWorld.run(over: transport) { world in
            let (owner, user, foreign) = (
                world.client("owner"), world.client("user"), world.client("f", workspace: "ws-other")
            )
            try await world.with(user, foreign) {
                try await world.with(owner) {
                    try await owner.register(everything, options: .public)
                    let (near, far) = (
                        try await user.service("everything"), try await foreign.service("ws-local/everything")
                    )
                    let waiting = [near, far].map { far in Task { try await far.nobody() as RPCValue } }
                    #expect(try await eventually { owner.openCounts.serving == 2 })
                    owner.disconnect()
                    for call in waiting {
                        let error = await #expect(throws: RPCError.self) { try await call.value }
                        #expect(error?.code == .disconnected)
                    }
                    let after = await #expect(throws: RPCError.self) { try await near.add(1, 2) as Int }
                    #expect(after?.code == .disconnected)
                }
                #expect(try await eventually { world.hub.clients == ["ws-local/user", "ws-other/f"] })
                let gone = await #expect(throws: RPCError.self) { try await user.service("everything") }
                #expect(gone?.code == .notFound)
            }
        }
    }

    @Test func `hear the events that they listen to`() async throws {
        try await SmallWorld.run { world in
            let (one, two) = (world.client("one"), world.client("two"))
            let other = world.client("o", workspace: "ws-other")
            try await world.with(one, two, other) {
                var news = try await one.events("news").makeAsyncIterator()
                var elsewhere = try await other.events("news").makeAsyncIterator()
                var added = try await one.events("service_added").makeAsyncIterator()
                try two.emit("news", ["text": "hello"])
                let heard = try #require(await news.next())
                #expect(heard["text"]?.stringValue == "hello")
                #expect(heard["from"]?.stringValue == "ws-local/two")
                #expect(heard["ws"]?.stringValue == "ws-local")
                // One that is sent to a client needs no listening at the hub, and may cross workspaces.
                try two.emit("news", ["text": "for you"], to: "ws-other/o")
                #expect(await elsewhere.next()?["text"]?.stringValue == "for you")
                try await two.register(RPCService("s") {})
                #expect(await added.next()?["data"]?["id"].stringValue == "ws-local/two:s")
                #expect(throws: RPCError.self) { try two.emit("news", ["from": "ws-local/one"]) }
                #expect(throws: RPCError.self) { try two.emit("method") }
            }
        }
    }

    @Test func `are told when too many calls run at one time`() async throws {
        var limits = RPCLimits()
        limits.maxConcurrentInboundCalls = 3
        var configuration = HyphaConfiguration()
        configuration.limits = limits
        try await SmallWorld.run { [configuration] world in
            let (owner, user) = (world.client("owner", configuration: configuration), world.client("user"))
            try await world.with(owner, user) {
                try await owner.register(everything)
                let far = try await user.service("everything")
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<3 { group.addTask { _ = try? await far.nobody() as RPCValue } }
                    #expect((try? await eventually { owner.openCounts.serving == 3 }) == true)
                    let error = await #expect(throws: RPCError.self) { try await far.add(1, 2) as Int }
                    #expect(error?.code == .overloaded)
                    group.cancelAll()
                }
                // Our callers do not wait any more, but the dialect has no word for that.
                #expect(user.openCounts.waits == 0)
            }
        }
    }

    @Test func `make many calls at one time, and nothing is left of them`() async throws {
        try await withEverything(over: .socket) { _, user, far in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for chain in 0..<8 {
                    group.addTask {
                        for index in 0..<100 {
                            let sum: Int = try await far.often(RPCFunction("f") { (n: Int) in n + index }, 2)
                            #expect(sum == 2 * index + 1, "chain \(chain)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(user.openCounts.waits == 0 && user.openCounts.sessions == 0)
        }
    }

    @Test func `fail when the server cannot be reached, or does not let them in`() async throws {
        await #expect(throws: RPCError(.disconnected, "nobody is there")) {
            try await withHyphaClient(connect: { throw RPCError(.disconnected, "nobody is there") }) { _ in }
        }
        try await SmallWorld.run { world in
            let first = world.client("same")
            try await world.with(first) {
                let second = world.client("same")
                let error = await #expect(throws: RPCError.self) { try await second.run() }
                #expect(error?.code == .refused)
                #expect(error?.message.contains("already exists") == true)
                await #expect(throws: RPCError.self) { try await second.connected() }
                await #expect(throws: RPCError.self) { try await world.client("a/b").run() }
                await #expect(throws: RPCError.self) { try await world.client("a", workspace: "*").run() }
                await #expect(throws: RPCError.self) { try await first.run() }
            }
        }
    }
}
