internal import ImJoyRPC
internal import ImJoyRPCTestSupport
internal import OrderedCollections
internal import Testing

/// Two plugins of one application, and what the application noticed.
private struct Meeting: Sendable {
    let cores: [RPCConnection]
    let plugins: [RPCConnection]
    let router: RPCRouter
    let dropped: Guarded<[String]>
    /// What the application answers to `other`.
    let other: Guarded<RemoteObject?>
}

private func withMeeting(
    _ transport: EveryTransport = .memory, plugin service: RPCService,
    _ body: @escaping @Sendable (Meeting) async throws -> Void
) async throws {
    try await within {
        let router = RPCRouter()
        let dropped = Guarded([String]())
        let offered = Guarded<[String: RPCFunction]>([:])
        let other = Guarded<RemoteObject?>(nil)
        // A board on which plugins leave functions for each other.
        let api = RPCService("api") {
            RPCExport("offer") { (name: String, function: RPCFunction) in offered.withLock { $0[name] = function } }
            RPCExport("take") { (name: String) throws -> RPCFunction in
                guard let function = offered.withLock({ $0.removeValue(forKey: name) }) else {
                    throw RPCError(.notFound, "there is no \(name)")
                }
                return function
            }
            RPCExport("other") { () throws -> RemoteObject in
                guard let object = other.withLock({ $0 }) else { throw RPCError(.notFound, "there is no other") }
                return object
            }
        }
        var configuration = RPCConfiguration()
        configuration.router = router
        configuration.onEvent = { event in
            if case .dropped(let reason) = event { dropped.withLock { $0.append(reason) } }
        }
        let links = [try transport.link(), try transport.link()]
        let cores = links.map {
            RPCConnection(
                over: $0.here, as: ImJoyCoreRole(name: "Cells", type: "rpc-worker"), exporting: api,
                configuration: configuration)
        }
        let plugins = try links.map {
            RPCConnection(over: $0.there, as: try ImJoyPluginRole(name: "plugin"), exporting: service)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for connection in cores + plugins { group.addTask { try await connection.run() } }
            do {
                defer { for core in cores { core.disconnect() } }
                for connection in cores + plugins { try await connection.handshake() }
                #expect(router.peerIDs.count == 2)
                try await body(Meeting(cores: cores, plugins: plugins, router: router, dropped: dropped, other: other))
            }
            try await group.waitForAll()
        }
        #expect(router.peerIDs.isEmpty)
        for connection in cores + plugins {
            #expect(connection.openCounts.waits == 0)
            #expect(connection.openCounts.exports == 0)
        }
    }
}

@Suite struct `Plugins that call each other` {
    @Test(arguments: EveryTransport.allCases)
    func `reach each other's callbacks without a trace in the application`(_ transport: EveryTransport) async throws {
        try await withMeeting(transport, plugin: RPCService("plugin") {}) { meeting in
            let apis = [
                try await meeting.plugins[0].remoteInterface(), try await meeting.plugins[1].remoteInterface(),
            ]
            for (giver, taker) in [(0, 1), (1, 0)] {
                let double = RPCFunction("double") { (n: Int, tell: RPCFunction) async throws -> Int in
                    // The giver calls back the taker, which again goes from plugin to plugin.
                    let told: Int = try await tell(n)
                    return told * 2
                }
                let _: RPCValue = try await apis[giver].offer("double", double)
                let taken: RPCFunction = try await apis[taker].take("double")
                let result: Int = try await taken(20, RPCFunction("tell") { (n: Int) in n + 1 })
                #expect(result == 42)
                let again = await #expect(throws: RPCError.self) { try await taken.call(RPCArguments([1])) }
                #expect(again?.message.contains("only once") == true)
            }
            for core in meeting.cores { #expect(core.openCounts.exports == 1) }
            #expect(meeting.dropped.withLock { $0 }.isEmpty)
        }
    }

    @Test(arguments: EveryTransport.allCases)
    func `lend each other objects, which their owners can be told to forget`(_ transport: EveryTransport) async throws {
        let calls = Guarded(0)
        let service = RPCService("plugin") {
            RPCExport(raw: "make") { _ in
                let count = RPCFunction("count") { () -> Int in
                    calls.withLock { $0 += 1 }
                    return calls.withLock { $0 }
                }
                return ["_rintf": true, "count": .function(count)]
            }
        }
        try await withMeeting(transport, plugin: service) { meeting in
            let api = try await meeting.plugins[0].remoteInterface()
            // The application hands one plugin's interface to the other as it is, which lends nothing of its own.
            let interface = try await meeting.cores[1].remoteInterface()
            meeting.other.withLock { $0 = interface }
            let other: RemoteObject = try await api.other()
            meeting.other.withLock { $0 = nil }
            #expect(meeting.cores[0].openCounts.exports == 1)
            let object: RemoteObject = try await other.make()
            for expected in 1...3 {
                let count: Int = try await object.count()
                #expect(count == expected)
            }
            #expect(meeting.plugins[1].openCounts.exports == 2)
            try await object.dispose()
            #expect(meeting.plugins[1].openCounts.exports == 1)
            let error = await #expect(throws: RPCError.self) { let _: Int = try await object.count() }
            #expect(error?.message.contains("disposed") == true)
            // Disposing of what is gone fails; an interface stays for the others.
            await #expect(throws: RPCError.self) { try await object.dispose() }
            try await other.dispose()
            let again: RemoteObject = try await other.make()
            try await again.dispose()
            #expect(meeting.router.openCallCount == 0)
        }
    }

    @Test func `fail at once when the other one ends, and ever after`() async throws {
        let (started, onStart) = AsyncStream.makeStream(of: Void.self)
        let service = RPCService("plugin") {
            RPCExport("hang") { () async throws in
                onStart.yield()
                try await Task.sleep(for: .seconds(1000))
            }
        }
        try await withMeeting(plugin: service) { meeting in
            let api = try await meeting.plugins[0].remoteInterface()
            let interface = try await meeting.cores[1].remoteInterface()
            meeting.other.withLock { $0 = interface }
            let other: RemoteObject = try await api.other()
            meeting.other.withLock { $0 = nil }
            let calls = (0..<200).map { _ in Task { let _: RPCValue = try await other.hang() } }
            var arrived = 0
            // Those above the limit for calls at one time are refused by the one that is called.
            for await _ in started {
                arrived += 1
                if arrived == RPCLimits.default.maxConcurrentInboundCalls { break }
            }
            let start = ContinuousClock.now
            meeting.cores[1].disconnect()
            var codes: [RPCError.Code: Int] = [:]
            for call in calls {
                let error = await #expect(throws: RPCError.self) { try await call.value }
                if let error { codes[error.code, default: 0] += 1 }
            }
            #expect((codes[.disconnected] ?? 0) >= RPCLimits.default.maxConcurrentInboundCalls)
            #expect(codes.values.reduce(0, +) == 200)
            let late = await #expect(throws: RPCError.self) { let _: RPCValue = try await other.hang() }
            #expect(late?.code == .disconnected)
            #expect(late?.message == "the plugin that was called has ended; ask for it again")
            #expect(ContinuousClock.now - start < .seconds(60))
            #expect(meeting.router.openCallCount == 0)
        }
    }

    @Test func `a call to a plugin that is gone is dropped, and one can only call`() async throws {
        let transport = ScriptedTransport()
        let dropped = Guarded([String]())
        var configuration = RPCConfiguration()
        configuration.router = RPCRouter()
        configuration.onEvent = { event in
            if case .dropped(let reason) = event { dropped.withLock { $0.append(reason) } }
        }
        let core = RPCConnection(
            over: transport, as: ImJoyCoreRole(name: "Cells", type: "rpc-worker"), exporting: RPCService("api") {},
            configuration: configuration)
        try await within {
            async let run: Void = core.run()
            transport.feed(["type": "initialized", "peer_id": "one"])
            transport.feed(["type": "callback", "target_id": "two", "id": "x", "args": []])
            transport.feed(["type": "execute", "target_id": "two", "code": [:]])
            #expect(try await eventually { dropped.withLock { $0.count } == 2 })
            #expect(dropped.withLock { $0[0].contains("two, which is not connected") })
            #expect(dropped.withLock { $0[1].contains("execute: it is for two") })
            transport.end()
            try await run
        }
    }

    @Test func `hands calls over unchanged, and leaves a name to the one who had it first`() async throws {
        let router = RPCRouter()
        let dropped = Guarded(0)
        let transports = (0..<3).map { _ in ScriptedTransport() }
        let cores = transports.map { transport in
            var configuration = RPCConfiguration()
            configuration.router = router
            configuration.onEvent = { if case .dropped = $0 { dropped.withLock { $0 += 1 } } }
            return RPCConnection(
                over: transport, as: ImJoyCoreRole(name: "Cells", type: "rpc-worker"),
                exporting: RPCService("api") {}, configuration: configuration)
        }
        try await within {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for core in cores { group.addTask { try await core.run() } }
                for (transport, name) in zip(transports, ["one", "two", "two"]) {
                    transport.feed(["type": "initialized", "peer_id": .string(name)])
                    #expect(try await eventually { transport.written.count == 1 })
                }
                #expect(dropped.withLock { $0 } == 1)
                transports[0].feed([
                    "type": "method", "target_id": "two", "object_id": "o", "name": "f", "args": [1],
                    "with_kwargs": false, "odd": "kept",
                ])
                #expect(try await eventually { transports[1].written.count == 2 })
                let handed = transports[1].written[1]
                #expect(handed["peer_id"].stringValue == "two")
                #expect(handed["target_id"].stringValue == "two")
                #expect(handed["odd"].stringValue == "kept")
                #expect(transports[2].written.count == 1)
                #expect(router.peerIDs == ["one", "two"])
                for transport in transports { transport.end() }
                try await group.waitForAll()
            }
            #expect(router.peerIDs.isEmpty)
        }
    }
}
