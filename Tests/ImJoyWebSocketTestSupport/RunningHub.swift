package import ImJoyRPC
internal import ImJoyWebSocket

/// A hub over WebSockets that runs until it is stopped; pages of browsers are let in.
package final class RunningHub: Sendable {
    package let hub = Hub()
    package let port: Int
    private let running: Task<Void, any Error>

    /// Listens on `port`; 0 chooses a free one.
    package init(port: Int) async throws {
        let sockets = try await WebSocketServer.listen(port: port, codec: .hypha(), admitting: { _ in .accept })
        self.port = sockets.port
        running = Task { [hub] in try await hub.run(accepting: sockets) }
    }

    /// Ends it and waits until its port is free.
    package func stop() async throws {
        hub.shutDown()
        try await running.value
    }
}
