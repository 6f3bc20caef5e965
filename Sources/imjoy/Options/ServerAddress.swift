internal import ArgumentParser
internal import ImJoyRPC
internal import ImJoyWebSocket
internal import SystemPackage

/// Where a Hypha server or a hub is reached: an address, or the path of a hub's socket.
struct ServerAddress: ExpressibleByArgument {
    var text: String

    init(argument: String) { text = argument }

    var link: @Sendable () async throws -> any RPCTransport {
        get throws {
            guard text.contains("://") else { return { [text] in try PipeTransport(connectingTo: FilePath(text)) } }
            let scheme = text.prefix { $0 != ":" }.lowercased()
            guard scheme != "https", scheme != "wss" else {
                throw CommandFailure(.usage, "error: \(text): TLS is not supported yet; use http:// or ws://")
            }
            let transport: WebSocketClientTransport
            do { transport = try WebSocketClientTransport(toHypha: text) } catch {
                throw CommandFailure(.usage, "error: \(error)")
            }
            return { transport }
        }
    }
}

/// How a command reaches a server.
struct ServerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The workspace to be in; the server chooses by default.", valueName: "name"))
    var workspace: String?

    @Option(help: ArgumentHelp("What the server asks for to let you in.", valueName: "token"))
    var token: String?

    /// Runs `body` as a client of the server at `address`.
    func withClient<R: Sendable>(
        of address: ServerAddress, _ body: @Sendable (HyphaClient) async throws -> R
    ) async throws -> R {
        let link = try address.link
        do {
            return try await withHyphaClient(workspace: workspace, token: token, connect: link, body)
        } catch let error as RPCError where error.code == .cancelled {
            throw CancellationError()
        }
    }
}
