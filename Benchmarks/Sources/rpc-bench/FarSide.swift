internal import Foundation
internal import Glibc
internal import ImJoyCore
internal import ImJoyRPC
internal import ImJoyWebSocket
internal import SystemPackage

/// What is called: in processes of their own, and in memory.
enum FarSide {
    static let service = RPCService("echo") {
        RPCExport("null") { () in }
        RPCExport("echo") { (value: RPCValue) in value }
    }

    static func connection(over transport: some RPCTransport) throws -> RPCConnection {
        try RPCConnection(over: transport, as: ImJoyPluginRole(name: "Echo"), exporting: service)
    }

    static func serveSocket(at path: String) async throws {
        let listener = try UnixSocketListener(at: FilePath(path))
        announce("ready")
        while let transport = try await listener.accept() { try await connection(over: transport).run() }
    }

    static func serveWebSocket() async throws {
        let server = try await WebSocketServer.listen(codec: .frames())
        announce("\(server.port)")
        while let transport = try await server.accept() { try await connection(over: transport).run() }
    }

    static func serveHub(at path: String) async throws {
        let listener = try UnixSocketListener(at: FilePath(path))
        announce("ready")
        try await Hub().run(accepting: listener)
    }

    static func serveClient(of path: String) async throws {
        let client = HyphaClient(id: "echo") { try PipeTransport(connectingTo: FilePath(path)) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            try await client.connected()
            try await client.register(service)
            announce("ready")
            try await group.waitForAll()
        }
    }

    /// Gives back each byte.
    static func serveBytes() {
        var byte: UInt8 = 0
        while read(0, &byte, 1) == 1 { guard write(1, &byte, 1) == 1 else { return } }
    }

    private static func announce(_ line: String) {
        print(line)
        fflush(nil)
    }
}

/// A far side in a process of its own, which ends with this value.
final class FarProcess {
    /// What it has said when it was ready.
    let announcement: String
    private let process = Process()

    init(_ arguments: String...) throws {
        let output = Pipe()
        process.executableURL = URL(filePath: CommandLine.arguments[0])
        process.arguments = arguments
        process.standardOutput = output
        try process.run()
        var line = Data()
        while line.last != 10, let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty {
            line += byte
        }
        announcement = String(decoding: line.dropLast(), as: UTF8.self)
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
