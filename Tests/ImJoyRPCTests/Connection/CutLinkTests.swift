#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
internal import ImJoyCore
internal import ImJoyRPC
internal import ImJoyRPCTestSupport
internal import OrderedCollections
internal import SystemPackage
internal import Testing

/// One session with everything in it: calls, callbacks, an array, code, a failure.
private struct RecordedSession {
    var toPlugin: [UInt8] = []
    var toCore: [UInt8] = []
    /// Calls of ours that ended, with or without success.
    var ended = 0
    var open = (waits: 0, exports: 0)

    static let callCount = 6

    /// Runs the session over pipes that are cut in one direction, or in none.
    static func run(outgoing: DripFeed.Style, incoming: DripFeed.Style) async throws -> RecordedSession {
        let link = try TestLink.pipes(through: outgoing, and: incoming)
        let peer = PluginPeer(
            over: link.there,
            [
                "echo": { _, args, _ in args[0] },
                "fail": { _, _, _ in throw PluginPeer.Rejection("KeyError: 'k'", notice: "Traceback…") },
                "back": { peer, args, _ in try await peer.call(args[0], [try await peer.callCore("add", [1, 2])]) },
            ])
        let peerTask = Task { try? await peer.run() }
        let service = RPCService("api") { RPCExport("add") { (a: Int, b: Int) in a + b } }
        let connection = RPCConnection(over: link.here, as: ImJoyCoreRole(name: "c", type: "t"), exporting: service)
        let running = Task { try? await connection.run() }
        var session = RecordedSession()
        for call in calls(connection) {
            _ = try? await call()
            session.ended += 1
        }
        connection.disconnect()
        await running.value
        _ = await peerTask.value
        session.open = connection.openCounts
        session.toPlugin = link.feeds[0].passed
        session.toCore = link.feeds[1].passed
        return session
    }

    private static func calls(_ connection: RPCConnection) -> [@Sendable () async throws -> Void] {
        let plugin: @Sendable () async throws -> RemoteObject = { try await connection.remoteInterface() }
        let image = NDArray<UInt16>(repeating: 7, shape: [30, 40])
        return [
            { try await connection.handshake() },
            { try await connection.execute(["type": "script", "content": "pass"]) },
            { _ = try await plugin().echo(image) as NDArray<UInt16> },
            { _ = try await plugin().fail() as RPCValue },
            { _ = try await plugin().back(RPCFunction("n") { (n: Int) in n + 1 }) as Int },
            { _ = try await plugin().echo("end") as String },
        ]
    }

    /// Where frames begin and end in recorded bytes.
    static func boundaries(_ bytes: [UInt8]) -> [Int] {
        var places = [0]
        while let start = places.last, start + 4 <= bytes.count {
            let length = (0..<4).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
            guard length > 0 else { break }
            places.append(start + length)
        }
        return places
    }
}

@Suite struct `A cut link` {
    /// The far side closes what it reads from, and keeps what it writes to.
    @Test func `is noticed while a long message is on its way`() async throws {
        try await within {
            let out = try FileDescriptor.pipe(options: [.closeOnExec])
            let back = try FileDescriptor.pipe(options: [.closeOnExec])
            let transport = PipeTransport(input: back.readEnd, output: out.writeEnd)
            let error = await #expect(throws: RPCError.self) {
                try await transport.withConnection { _, writer in
                    let message: RPCMessage = [
                        "bytes": .bytes(SharedBytes(copying: [UInt8](repeating: 1, count: 1 << 20)))
                    ]
                    #expect(try writer.writeNow(message))
                    #expect(writer.isBusy)
                    #expect(try !writer.writeNow(["next": 1]))
                    try out.readEnd.close()
                    try await writer.flush()
                }
            }
            #expect(error?.code == .disconnected)
            try back.writeEnd.close()
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `anywhere between and inside messages ends every call once and leaves nothing open`() async {
        await #expect(processExitsWith: .success) {
            let whole = try await within { try await RecordedSession.run(outgoing: .plain, incoming: .plain) }
            #expect(whole.ended == RecordedSession.callCount)
            let descriptors = openDescriptorCount()
            let threads = threadCount()
            var runs = 0
            for (bytes, isOutgoing) in [(whole.toPlugin, true), (whole.toCore, false)] {
                let boundaries = RecordedSession.boundaries(bytes)
                #expect(boundaries.count > 10)
                for boundary in boundaries {
                    for cut in [boundary, boundary + 3, boundary + 20] {
                        let session = try await within {
                            try await RecordedSession.run(
                                outgoing: isOutgoing ? .cut(after: cut) : .plain,
                                incoming: isOutgoing ? .plain : .cut(after: cut))
                        }
                        runs += 1
                        #expect(session.ended == RecordedSession.callCount, "cut after \(cut)")
                        #expect(session.open.waits == 0 && session.open.exports == 0, "cut after \(cut)")
                    }
                }
            }
            #expect(runs > 60)
            let isClean = try await eventually { openDescriptorCount() <= descriptors }
            #expect(isClean, "\(openDescriptorCount()) descriptors are open, \(descriptors) were before")
            // Idle threads of the system's pool linger; a thread kept per link would show as one per run.
            #expect(threadCount() < threads + 24)
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `a transport that cannot start closes what it was given`() async {
        await #expect(processExitsWith: .success) {
            signal(SIGPIPE, SIG_IGN)
            let pipe = try FileDescriptor.pipe()
            let transport = PipeTransport(input: pipe.readEnd, output: FileDescriptor(rawValue: 4000))
            await #expect(throws: Errno.badFileDescriptor) { try await transport.withConnection { _, _ in } }
            // The system opens and closes descriptors of its own, so the pipe itself is asked rather than their number.
            #expect(throws: Errno.brokenPipe) { try pipe.writeEnd.writeAll([1]) }
            try pipe.writeEnd.close()
        }
    }
}
