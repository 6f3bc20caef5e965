internal import ImJoyRPC
internal import ImJoyRPCTestSupport
internal import ImJoyWebSocket
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
internal import SystemPackage
internal import Testing

/// The server's end of a link: it waits for its client.
private struct AcceptingTransport: RPCTransport {
    let server: WebSocketServer

    func withConnection<R: Sendable>(
        _ body: (WebSocketRPCMessages, any RPCMessageWriter) async throws -> R
    ) async throws -> R {
        guard let transport = try await server.accept() else { throw CancellationError() }
        // One client is all that a link has.
        let result: Result<R, any Error>
        do { result = .success(try await transport.withConnection(body)) } catch { result = .failure(error) }
        await server.shutDown()
        return try result.get()
    }
}

/// Dials through a relay that changes how bytes arrive.
private func relay(to port: Int, _ style: DripFeed.Style) throws -> Int {
    let listener = try RawListener()
    Task {
        let client = try await listener.accept()
        let server = try RawSocket(connectingTo: port)
        let (a, b) = (client.descriptor, server.descriptor)
        _ = DripFeed(from: try a.duplicate(), to: try b.duplicate(), style)
        _ = DripFeed(from: try b.duplicate(), to: try a.duplicate(), style)
    }
    return listener.port
}

private func maker(
    _ name: String, codec: WebSocketCodec = .messagePack(), through style: DripFeed.Style? = nil,
    clientIsPlugin: Bool = false
) -> LinkMaker {
    LinkMaker(name, isSlow: style == .singly) {
        let server = try await WebSocketServer.listen(codec: codec)
        let port = try style.map { try relay(to: server.port, $0) } ?? server.port
        let client = try WebSocketClientTransport(to: "ws://127.0.0.1:\(port)/", codec: codec)
        let accepting = AcceptingTransport(server: server)
        return clientIsPlugin
            ? TestLink(here: accepting, there: client) : TestLink(here: client, there: accepting)
    }
}

@Suite(.serialized) struct `Over WebSockets` {
    private static let links = [
        maker("MessagePack"), maker("frames", codec: .frames()), maker("dialled by the plugin", clientIsPlugin: true),
        maker("byte by byte", through: .singly), maker("glued", codec: .frames(), through: .glued),
    ]

    @Test(arguments: links, LinkBehaviour.all)
    func `connections behave as over other transports`(_ link: LinkMaker, _ behaviour: LinkBehaviour) async throws {
        try await behaviour.check(link)
    }
}
