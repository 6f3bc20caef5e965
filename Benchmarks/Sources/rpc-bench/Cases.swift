internal import Foundation
internal import Glibc
internal import ImJoyCore
internal import ImJoyRPC
internal import ImJoyWebSocket
internal import SystemPackage

struct Cases {
    let folder: String
    private static let clock = ContinuousClock()
    /// Calls that are open at one time in the pipelined cases.
    private static let width = 64

    private func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// Measures the groups that are named, all when none is.
    func run(_ names: [String]) async throws {
        func isWanted(_ name: String) -> Bool { names.isEmpty || names.contains(name) }
        if isWanted("bare") { try barePingPong() }
        if isWanted("decode") { try decodeMapping() }
        if isWanted("memory") { try await inMemory() }
        if isWanted("socket") { try await overSocket() }
        if isWanted("websocket") { try await overWebSocket() }
        if isWanted("hub") { try await throughHub() }
    }

    private func report(_ name: String, _ value: Double, _ unit: String) {
        print("{\"case\": \"\(name)\", \"ours\": \(value), \"unit\": \"\(unit)\"}")
        fflush(nil)
    }

    // MARK: Cases

    /// What this machine needs to wake another process and be woken by it.
    private func barePingPong() throws {
        let (process, there, back) = (Process(), Pipe(), Pipe())
        process.executableURL = URL(filePath: CommandLine.arguments[0])
        process.arguments = ["serve-bytes"]
        process.standardInput = there
        process.standardOutput = back
        try process.run()
        var (byte, times): (UInt8, [Duration]) = (7, [])
        let (output, input) = (there.fileHandleForWriting, back.fileHandleForReading)
        for _ in 0..<5_000 {
            times.append(
                Self.clock.measure {
                    _ = write(output.fileDescriptor, &byte, 1)
                    _ = read(input.fileDescriptor, &byte, 1)
                })
        }
        try output.close()
        process.waitUntilExit()
        report("bare ping-pong", Self.median(times) / .microseconds(1), "µs")
    }

    /// The same bytes are left in a file for the peer.
    private func decodeMapping() throws {
        let members = (0..<10_000).map { index -> (String, RPCValue) in
            let value: RPCValue =
                switch index % 4 {
                case 0: .int(Int64(index) * 1_000_003)
                case 1: .double(Double(index) / 7)
                case 2: .string("value number \(index)")
                default: .bool(index % 8 == 3)
                }
            return ("entry-\(index)", value)
        }
        let codec = WebSocketCodec.messagePack()
        guard case .object(let mapping) = try Dictionary(uniqueKeysWithValues: members).rpcValue(),
            case .binary(let pieces) = try codec.encode(RPCMessage(mapping))
        else { return }
        let bytes = pieces[0]
        try bytes.withUnsafeBytes { try Data($0).write(to: URL(filePath: path("mapping.msgpack"))) }
        var times: [Duration] = []
        for _ in 0..<200 {
            times.append(try Self.clock.measure { _ = try codec.decode(.binary(bytes)) })
        }
        report("decode mapping of 10000", Self.median(times) / .microseconds(1), "µs")
    }

    private func inMemory() async throws {
        let (here, there) = InMemoryTransport.pair()
        let far = try FarSide.connection(over: there)
        async let serving: Void = far.run()
        try await withInterface(over: here) { echo in
            report("null call, in memory", try await nullCall(echo), "µs")
            report("calls at once, in memory", try await pipelined(echo, count: 200_000), "calls/s")
        }
        try await serving
    }

    private func overSocket() async throws {
        let process = try FarProcess("serve-socket", path("direct.sock"))
        try await withInterface(over: PipeTransport(connectingTo: FilePath(path("direct.sock")))) { echo in
            report("null call, Unix socket", try await nullCall(echo), "µs")
            report("calls at once, Unix socket", try await pipelined(echo, count: 100_000), "calls/s")
            report("64 MiB echo, Unix socket", try await largeEcho(echo), "MiB/s")
        }
        withExtendedLifetime(process) {}
    }

    private func overWebSocket() async throws {
        let process = try FarProcess("serve-websocket")
        let url = "ws://127.0.0.1:\(process.announcement)/"
        try await withInterface(over: WebSocketClientTransport(to: url, codec: .frames())) { echo in
            report("null call, WebSocket", try await nullCall(echo), "µs")
            report("calls at once, WebSocket", try await pipelined(echo, count: 50_000), "calls/s")
            report("64 MiB echo, WebSocket", try await largeEcho(echo), "MiB/s")
        }
        withExtendedLifetime(process) {}
    }

    /// From client to client, as peers are measured.
    private func throughHub() async throws {
        let hub = try FarProcess("serve-hub", path("hub.sock"))
        let far = try FarProcess("serve-client", path("hub.sock"))
        let connect = { @Sendable [path = path("hub.sock")] in try PipeTransport(connectingTo: FilePath(path)) }
        try await withHyphaClient(connect: connect) { client in
            let echo = try await client.service("echo")
            report("null call, through the hub", try await nullCall(echo), "µs")
            report("calls at once, through the hub", try await pipelined(echo, count: 20_000), "calls/s")
            report("64 MiB echo, through the hub", try await largeEcho(echo), "MiB/s")
        }
        withExtendedLifetime((hub, far)) {}
    }

    // MARK: Measuring

    private func withInterface(
        over transport: some RPCTransport, _ body: @Sendable (RemoteObject) async throws -> Void
    ) async throws {
        let role = ImJoyCoreRole(name: "Echo", type: "rpc-worker")
        try await withRPCConnection(over: transport, as: role, exporting: RPCService("bench") {}) {
            try await body($0.remoteInterface())
        }
    }

    /// The median time of a call without arguments, one after the other.
    private func nullCall(_ echo: RemoteObject) async throws -> Double {
        var times: [Duration] = []
        for round in 0..<5_500 {
            let time = try await Self.clock.measure { try await echo.null() }
            if round >= 500 { times.append(time) }
        }
        return Self.median(times) / .microseconds(1)
    }

    private func pipelined(_ echo: RemoteObject, count: Int) async throws -> Double {
        let time = try await Self.clock.measure {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<Self.width {
                    group.addTask { for _ in 0..<count / Self.width { try await echo.null() } }
                }
                try await group.waitForAll()
            }
        }
        return Double(count / Self.width * Self.width) / (time / .seconds(1))
    }

    private func largeEcho(_ echo: RemoteObject) async throws -> Double {
        let array = NDArray<Float>.arange(0, 16_777_216)
        var times: [Duration] = []
        for _ in 0..<9 {
            let start = Self.clock.now
            let back: NDArray<Float> = try await echo.echo(array)
            times.append(start.duration(to: Self.clock.now))
            precondition(back.shape == array.shape && back[-1] == array[-1], "another array came back")
        }
        return 64 / (Self.median(times) / .seconds(1))
    }

    private static func median(_ times: [Duration]) -> Duration { times.sorted()[times.count / 2] }
}
