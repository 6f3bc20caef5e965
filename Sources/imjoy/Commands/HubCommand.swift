internal import ArgumentParser
internal import ImJoyCore
internal import ImJoyRPC
internal import ImJoyWebSocket
internal import SystemPackage

/// `imjoy hub`: a small server on which programs of this machine meet.
struct HubCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hub",
        abstract: "Let programs of this machine offer services and call each other.",
        discussion: """
            Programs in Swift, and at a port also those in Python that use hypha-rpc, connect to the address that is \
            printed, and find each other's services there. Everybody who can connect is trusted: a socket is for \
            programs of the same user, a port for all of this machine but pages of browsers. Ends with Ctrl-C.
            """)

    @Option(help: ArgumentHelp("Listen at this path instead of a port.", valueName: "path"))
    var socket: String?

    @Option(
        help: ArgumentHelp(
            "The port on the loopback interface, 9527 by default; 0 for any that is free.", valueName: "number"))
    var port: Int?

    @Option(help: ArgumentHelp("Where clients are that ask for no workspace.", valueName: "name"))
    var workspace = "ws-local"

    @Flag(help: "Print the address as JSON.")
    var json = false

    func validate() throws {
        guard port == nil || socket == nil else { throw ValidationError("--port and --socket exclude each other") }
        guard (0...65535).contains(port ?? 0) else {
            throw ValidationError("--port \(port ?? 0): ports are numbers from 0 to 65535")
        }
    }

    func run() async throws {
        let hub = Hub(workspace: workspace)
        if let socket {
            let listener: UnixSocketListener
            do { listener = try UnixSocketListener(at: FilePath(socket)) } catch {
                throw CommandFailure(.failed, "error: cannot listen at \(socket): \(error)")
            }
            StandardOutput.announce("listening at", "address", socket, asJSON: json)
            try await hub.run(accepting: listener)
        } else {
            let server: WebSocketServer
            do { server = try await WebSocketServer.listen(port: port ?? 9527, codec: .hypha()) } catch {
                throw CommandFailure(.failed, "error: \(error); choose another one with --port, 0 for any that is free")
            }
            StandardOutput.announce("listening at", "address", "http://127.0.0.1:\(server.port)", asJSON: json)
            try await hub.run(accepting: server)
        }
        try Task.checkCancellation()
    }
}
