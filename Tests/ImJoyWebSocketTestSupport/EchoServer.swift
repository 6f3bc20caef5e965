internal import ImJoyRPCTestSupport
package import ImJoyWebSocket

/// Runs `body` with a server that sends each message back.
package func withEchoServer<R: Sendable>(
    _ configuration: WebSocketConfiguration = WebSocketConfiguration(),
    admitting policy: @escaping WebSocketAdmissionPolicy = WebSocketAdmission.refusingBrowsers,
    _ body: @escaping @Sendable (WebSocketServer) async throws -> R
) async throws -> R {
    try await withEchoServer(
        from: { try await WebSocketServer.listen(configuration: configuration, admitting: policy) }, body)
}

/// Runs `body` with the server that `listen` makes, which then sends each message back.
package func withEchoServer<R: Sendable>(
    from listen: @escaping @Sendable () async throws -> WebSocketServer,
    _ body: @escaping @Sendable (WebSocketServer) async throws -> R
) async throws -> R {
    try await within {
        let server = try await listen()
        let serving = Task {
            try await withThrowingDiscardingTaskGroup { group in
                while let transport = try await server.accept() {
                    group.addTask {
                        // How a link ends is the client's business in these tests.
                        try? await transport.withWebSocket { inbound, writer in
                            for try await message in inbound { try await writer.write(message) }
                        }
                    }
                }
            }
        }
        do {
            let result = try await body(server)
            await server.shutDown()
            try await serving.value
            return result
        } catch {
            await server.shutDown()
            throw error
        }
    }
}

/// A request that opens a WebSocket.
package let handshakeRequest = """
    GET / HTTP/1.1\r
    Host: 127.0.0.1\r
    Connection: Upgrade\r
    Upgrade: websocket\r
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
    Sec-WebSocket-Version: 13\r
    \r

    """
