internal import ArgumentParser
internal import ImJoyRPC
internal import ImJoyTLS
internal import ImJoyWebSocket
internal import SystemPackage

/// Where a Hypha server or a hub is reached: an address, or the path of a hub's socket.
struct ServerAddress: ExpressibleByArgument {
    var text: String

    init(argument: String) { text = argument }

    /// Makes links to it; over TLS, trusts the authorities of a file, or those of the system.
    func link(by way: ServerOptions.Way, trusting authority: String?) throws
        -> @Sendable () async throws -> any RPCTransport
    {
        guard text.contains("://") else {
            guard way == .websocket, authority == nil else {
                throw CommandFailure(
                    .usage, "error: --transport and --authority are for addresses, and \(text) is a path")
            }
            return { [text] in try PipeTransport(connectingTo: FilePath(text)) }
        }
        let isSecure = ["https", "wss"].contains { text.lowercased().hasPrefix("\($0)://") }
        guard authority == nil || isSecure else {
            throw CommandFailure(.usage, "error: --authority is for https:// and wss://, and \(text) is neither")
        }
        do {
            let tls = try ClientTLS(trusting: authority.map { [FilePath($0)] })
            switch way {
            case .websocket:
                let transport = try WebSocketClientTransport(toHypha: text).secured(by: tls)
                return { transport }
            case .http:
                let transport = try HyphaHTTPTransport(to: text).secured(by: tls)
                return { transport }
            }
        } catch {
            throw CommandFailure(.usage, "error: \(error)")
        }
    }
}

/// How a command reaches a server.
struct ServerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The workspace to be in; the server chooses by default.", valueName: "name"))
    var workspace: String?

    @Option(help: ArgumentHelp("What the server asks for to let you in.", valueName: "token"))
    var token: String?

    /// What carries the messages.
    enum Way: String, ExpressibleByArgument, CaseIterable { case websocket, http }

    @Option(
        help: ArgumentHelp(
            "How: websocket, or http, which Hypha's own server takes where no WebSocket gets through.", valueName: "way"
        ))
    var transport = Way.websocket

    @Option(
        help: ArgumentHelp(
            "Trust servers whose certificate these authorities have signed, instead of the system's; a PEM file.",
            valueName: "file"), completion: .file())
    var authority: String?

    /// Runs `body` as a client of the server at `address`.
    func withClient<R: Sendable>(
        of address: ServerAddress, _ body: @Sendable (HyphaClient) async throws -> R
    ) async throws -> R {
        let link = try address.link(by: transport, trusting: authority)
        do {
            return try await withHyphaClient(workspace: workspace, token: token, connect: link, body)
        } catch let error as RPCError where error.code == .cancelled {
            throw CancellationError()
        }
    }
}
