internal import ImJoyRPC
internal import ImJoyRPCTestSupport
internal import ImJoyWebSocket

/// A place where programs of the Hypha dialect meet.
package enum HyphaServer: CaseIterable, Sendable {
    /// Ours, over WebSockets.
    case hub
    /// The real one.
    case hypha

    /// Starts it for the duration of `body`, which gets its address; pages of browsers are let in.
    package func run(_ body: @escaping @Sendable (String) async throws -> Void) async throws {
        switch self {
        case .hub:
            try await within(.seconds(120)) {
                let sockets = try await WebSocketServer.listen(codec: .hypha(), admitting: { _ in .accept })
                let hub = Hub()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await hub.run(accepting: sockets) }
                    do {
                        defer { hub.shutDown() }
                        try await body("http://127.0.0.1:\(sockets.port)")
                    }
                    try await group.waitForAll()
                }
                guard hub.clients.isEmpty, hub.services.isEmpty else {
                    throw Script.Failure(description: "left on the hub: \(hub.clients), \(hub.services.count) services")
                }
            }
        case .hypha:
            try await within(.seconds(200)) {
                let (process, port) = try await Script.startHypha()
                defer { process.stop() }
                try await body("http://127.0.0.1:\(port)")
            }
        }
    }
}

extension Script {
    /// Starts the real server on a port that is free; others may take it before the server does.
    package static func startHypha() async throws -> (Script, port: Int) {
        var attempts = 0
        while true {
            let other = try await WebSocketServer.listen()
            let port = other.port
            await other.shutDown()
            do {
                return (try await startHypha(port: port), port)
            } catch {
                attempts += 1
                if attempts == 3 { throw error }
            }
        }
    }

    /// Starts the real server on this port and waits until it answers.
    package static func startHypha(port: Int) async throws -> Script {
        let process = try Script.hyphaServer(port: port)
        do {
            // Everything before that is its log.
            while try await !process.line().hasPrefix("READY") {}
        } catch {
            process.stop()
            throw error
        }
        return process
    }
}
