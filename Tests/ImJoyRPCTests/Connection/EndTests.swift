internal import ImJoyCore
internal import ImJoyRPC
internal import ImJoyRPCTestSupport
internal import OrderedCollections
internal import SystemPackage
internal import Testing

private let role = ImJoyCoreRole(name: "Cells", type: "native-python")

/// Feeds the messages of a handshake.
private func introduce(_ transport: ScriptedTransport, peerID: String = "p") {
    transport.feed(["type": "initialized", "peer_id": .string(peerID), "config": ["name": "p"]])
    transport.feed(["type": "interfaceSetAsRemote"])
    transport.feed([
        "type": "setInterface",
        "api": ["f": ["_rtype": "interface", "_rintf": "o", "_rvalue": "f", "_rtarget_id": "p"], "_rintf": "o"],
    ])
}

private struct Weak<Object: AnyObject & Sendable>: Sendable {
    weak let object: Object?
}

/// A place for a connection that a closure of its own service needs.
private final class Slot: Sendable {
    let connection = Guarded<RPCConnection?>(nil)
}

@Suite struct `The end of a connection` {
    /// Far longer than an end takes, also on a loaded machine, and far shorter than what the far side does in these
    /// tests: an end within it has not waited for the far side.
    private static let promptly = Duration.seconds(100)
    /// What a far side does that must not be waited for.
    private static let endlessly = Duration.seconds(3600)

    @Test func `disconnecting ends promptly though the peer takes nothing from a full pipe`() async throws {
        try await within(Self.promptly) {
            let out = try FileDescriptor.pipe()
            let back = try FileDescriptor.pipe()
            defer {
                try? out.readEnd.close()
                try? back.writeEnd.close()
            }
            let connection = RPCConnection(
                over: PipeTransport(input: back.readEnd, output: out.writeEnd), as: role,
                exporting: RPCService("api") {})
            let running = Task { try await connection.run() }
            for message in [
                ["type": "initialized", "peer_id": "p"], ["type": "interfaceSetAsRemote"],
                [
                    "type": "setInterface",
                    "api": ["f": ["_rtype": "interface", "_rintf": "o", "_rvalue": "f"], "_rintf": "o"],
                ],
            ] as [RPCMessage] {
                for piece in try PipeFrame.encode(message) {
                    _ = try piece.withUnsafeBytes { try back.writeEnd.writeAll($0) }
                }
            }
            try await connection.handshake()
            let function = RPCFunction(.method(object: "o", path: "f", target: nil), name: "f", caller: connection)
            let image = NDArray<UInt8>(zeros: [1 << 20])
            let calls = (0..<2).map { _ in Task { try await function.call(RPCArguments([image.rpcValue()])) } }
            _ = try await eventually { connection.openCounts.waits == 2 }
            connection.disconnect()
            try await running.value
            for call in calls {
                await #expect(throws: RPCError(.disconnected, "the connection was closed here")) {
                    try await call.value
                }
            }
            #expect(connection.openCounts.exports == 0)
        }
    }

    @Test(arguments: EveryTransport.allCases)
    func `cancelling run ends everything with a cancellation`(_ transport: EveryTransport) async throws {
        try await within(Self.promptly) {
            let link = try transport.link()
            let peer = PluginPeer(
                over: link.there,
                [
                    "hang": { _, _, _ in
                        try await Task.sleep(for: Self.endlessly)
                        return .null
                    }
                ])
            let peerRunning = Task { try await peer.run() }
            let connection = RPCConnection(over: link.here, as: role, exporting: RPCService("api") {})
            let running = Task { try await connection.run() }
            try await connection.handshake()
            let plugin = try await connection.remoteInterface()
            let call = Task { try await plugin.hang() as RPCValue }
            _ = try await eventually { await peer.received.contains("method") }
            running.cancel()
            await #expect(throws: CancellationError.self) { try await running.value }
            let error = await #expect(throws: RPCError.self) { try await call.value }
            #expect(error?.code == .disconnected)
            _ = try? await peerRunning.value
            #expect(connection.openCounts.waits == 0)
        }
    }

    @Test func `a peer that hangs up while it is being served does not wait for its answers`() async throws {
        try await within(Self.promptly) {
            let transport = ScriptedTransport()
            let wasCancelled = Guarded(false)
            let slot = Slot()
            let service = RPCService("api") {
                RPCExport("work") { () async throws in
                    // Waits for the far side in a way that the task's own cancellation does not end.
                    let far = Task {
                        try await slot.connection.withLock { $0 }?.remoteInterface()
                    }
                    _ = try? await far.value
                    wasCancelled.withLock { $0 = Task.isCancelled }
                }
            }
            let made = RPCConnection(over: transport, as: role, exporting: service)
            slot.connection.withLock { $0 = made }
            let running = Task { try await made.run() }
            transport.feed(["type": "initialized", "peer_id": "p"])
            transport.feed(["type": "interfaceSetAsRemote"])
            try await made.handshake()
            let api = try #require(transport.written.first { $0.type == "setInterface" })
            transport.feed([
                "type": "method", "object_id": api["api"]["work"]["_rintf"], "name": "work", "args": [],
            ])
            _ = try await eventually { transport.written.contains { $0.type == "getInterface" } }
            transport.end()
            try await running.value
            #expect(wasCancelled.withLock { $0 })
            slot.connection.withLock { $0 = nil }
        }
    }

    @Test func `a broken link ends run with its error and calls with a reason`() async throws {
        struct Smoke: Error {}
        try await within(Self.promptly) {
            let transport = ScriptedTransport()
            let connection = RPCConnection(over: transport, as: role, exporting: RPCService("api") {})
            let running = Task { try await connection.run() }
            introduce(transport)
            try await connection.handshake()
            let call = Task { try await connection.execute(["type": "script"]) }
            _ = try await eventually { connection.openCounts.waits == 1 }
            transport.end(Smoke())
            await #expect(throws: Smoke.self) { try await running.value }
            let error = await #expect(throws: RPCError.self) { try await call.value }
            #expect(error?.code == .disconnected)
            #expect(error?.cause is Smoke)
            let late = await #expect(throws: RPCError.self) { try await connection.execute(["type": "script"]) }
            #expect(late?.code == .disconnected)
            await #expect(throws: RPCError.self) { try await connection.run() }
        }
    }

    @Test func `a failed write ends the connection, and messages that came before are still read`() async throws {
        try await within(Self.promptly) {
            let transport = ScriptedTransport { message in
                if message.type == "execute" { throw RPCError(.disconnected, "broken pipe") }
            }
            let connection = RPCConnection(over: transport, as: role, exporting: RPCService("api") {})
            let running = Task { try await connection.run() }
            introduce(transport)
            try await connection.handshake()
            let call = Task { try await connection.execute(["type": "script"]) }
            _ = try await eventually { transport.written.contains { $0.type == "execute" } }
            transport.feed(["type": "executed", "error": "SystemExit: the plugin gave up"])
            transport.end()
            let error = await #expect(throws: RPCError.self) { try await call.value }
            #expect(error?.message == "SystemExit: the plugin gave up")
            try await running.value
        }
    }

    @Test func `a message that the transport refuses fails alone`() async throws {
        try await within(Self.promptly) {
            var limits = RPCLimits()
            limits.maxFrameBytes = 1 << 16
            let link = try TestLink.pipes(limits: limits)
            let big = SharedBytes(copying: [UInt8](repeating: 0, count: 1 << 20))
            let peer = PluginPeer(over: link.there, ["echo": { _, args, _ in args[0] }])
            let peerRunning = Task { try await peer.run() }
            let connection = RPCConnection(
                over: link.here, as: role,
                exporting: RPCService("api") { RPCExport("big") { () in big } })
            let running = Task { try await connection.run() }
            try await connection.handshake()
            let plugin = try await connection.remoteInterface()
            let error = await #expect(throws: RPCError.self) { try await plugin.echo(big) }
            #expect(error?.code == .limitExceeded)
            let rejection = await #expect(throws: PluginPeer.Rejection.self) { try await peer.callCore("big") }
            #expect(rejection?.value["_rvalue"].stringValue?.contains("cannot be sent") == true)
            let alive: Int = try await plugin.echo(1)
            #expect(alive == 1)
            connection.disconnect()
            try await running.value
            try await peerRunning.value
        }
    }

    @Test func `a peer that asks on and on without reading is cut off`() async throws {
        try await within(Self.promptly) {
            let transport = ScriptedTransport { _ in try await Task.sleep(for: Self.endlessly) }
            var configuration = RPCConfiguration()
            configuration.limits.maxQueuedMessages = 100
            let connection = RPCConnection(
                over: transport, as: role, exporting: RPCService("api") {}, configuration: configuration)
            let handshake = Task { try await connection.handshake() }
            let running = Task { try await connection.run() }
            transport.feed(["type": "initialized", "peer_id": "p"])
            for _ in 0..<200 { transport.feed(["type": "disposeObject", "object_id": "x"]) }
            try await running.value
            let error = await #expect(throws: RPCError.self) { try await handshake.value }
            #expect(error?.code == .overloaded)
        }
    }

    @Test func `waits that are given up leave nothing behind`() async throws {
        try await within(Self.promptly) {
            let transport = ScriptedTransport()
            let connection = RPCConnection(over: transport, as: role, exporting: RPCService("api") {})
            let running = Task { try await connection.run() }
            func giveUp(_ body: @escaping @Sendable () async throws -> Void) async throws {
                let before = connection.openCounts.waits
                let task = Task { try await body() }
                _ = try await eventually { connection.openCounts.waits > before }
                task.cancel()
                let error = await #expect(throws: RPCError.self) { try await task.value }
                #expect(error?.code == .cancelled)
                #expect(connection.openCounts.waits == before)
            }
            try await giveUp { try await connection.handshake() }
            introduce(transport)
            try await connection.handshake()
            try await giveUp { _ = try await connection.remoteInterface() }
            try await giveUp { try await connection.execute(["type": "one"]) }
            // The second is never sent, because nobody wants it when its turn comes.
            try await giveUp { try await connection.execute(["type": "two"]) }
            transport.feed(["type": "executed"])
            let third = Task { try await connection.execute(["type": "three"]) }
            _ = try await eventually { transport.written.contains { $0["code"]["type"].stringValue == "three" } }
            transport.feed(["type": "executed"])
            try await third.value
            #expect(!transport.written.contains { $0["code"]["type"].stringValue == "two" })
            connection.disconnect()
            try await running.value
        }
    }

    @Test func `what was lent is let go at the end, also closures that hold the connection`() async throws {
        final class Witness: Sendable {}
        try await within(Self.promptly) {
            let (connectionSight, witnessSight) = try await { () async throws -> (Weak<RPCConnection>, Weak<Witness>) in
                let transport = ScriptedTransport()
                let witness = Witness()
                let service = RPCService("api") {
                    RPCExport("f") { () in withExtendedLifetime(witness) {} }
                }
                let connection = RPCConnection(over: transport, as: role, exporting: service)
                let running = Task { try await connection.run() }
                introduce(transport)
                try await connection.handshake()
                let plugin = try await connection.remoteInterfaceAnswered(by: transport)
                let selfHolding = RPCFunction("hold") { () in _ = connection.openCounts }
                let call = Task { try await plugin["f"].function().call(RPCArguments([.function(selfHolding)])) }
                _ = try await eventually { transport.written.contains { $0.type == "method" } }
                #expect(connection.openCounts.exports == 2)
                connection.disconnect()
                try await running.value
                await #expect(throws: RPCError.self) { try await call.value }
                return (Weak(object: connection), Weak(object: witness))
            }()
            let isGone = try await eventually { connectionSight.object == nil && witnessSight.object == nil }
            #expect(isGone)
        }
    }

    @Test func `a closure whose end calls the connection does not block it`() async throws {
        final class Caller: Sendable {
            let connection: RPCConnection
            init(_ connection: RPCConnection) { self.connection = connection }
            deinit { connection.disconnect() }
        }
        try await within(Self.promptly) {
            let transport = ScriptedTransport()
            let connection = RPCConnection(over: transport, as: role, exporting: RPCService("api") {})
            let running = Task { try await connection.run() }
            introduce(transport)
            try await connection.handshake()
            func lend() async throws -> Task<RPCValue, any Error> {
                let caller = Caller(connection)
                let plugin = try await connection.remoteInterfaceAnswered(by: transport)
                let function = RPCFunction("f") { () in withExtendedLifetime(caller) {} }
                return Task {
                    try await plugin["f"].function().call(RPCArguments([["_rintf": "mine", "f": .function(function)]]))
                }
            }
            let call = try await lend()
            _ = try await eventually { transport.written.contains { $0.type == "method" } }
            let request = try #require(transport.written.last { $0.type == "method" })
            transport.feed(["type": "callback", "id": request["promise"][0]["_rvalue"], "args": [.null]])
            _ = try await call.value
            transport.feed(["type": "disposeObject", "object_id": "mine"])
            try await running.value
        }
    }
}

extension RPCConnection {
    /// Asks for the interface and has the script answer.
    fileprivate func remoteInterfaceAnswered(by transport: ScriptedTransport) async throws -> RemoteObject {
        let task = Task { try await remoteInterface() }
        _ = try await eventually { transport.written.contains { $0.type == "getInterface" } }
        transport.feed([
            "type": "setInterface",
            "api": ["f": ["_rtype": "interface", "_rintf": "o", "_rvalue": "f", "_rtarget_id": "p"], "_rintf": "o"],
        ])
        return try await task.value
    }
}
