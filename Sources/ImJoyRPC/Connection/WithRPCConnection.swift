/// Runs a connection for the duration of `body`: it is up when `body` starts and closed when `body` ends.
///
/// Throws what `body` throws; when the link breaks, calls inside `body` throw `disconnected`.
public func withRPCConnection<R: Sendable>(
    over transport: some RPCTransport, as role: ImJoyCoreRole, exporting service: RPCService,
    configuration: RPCConfiguration = RPCConfiguration(),
    _ body: @Sendable (RPCConnection) async throws -> R
) async throws -> R {
    try await withRunning(
        RPCConnection(over: transport, as: role, exporting: service, configuration: configuration), body)
}

/// Runs a plugin's end of a connection for the duration of `body`, which starts when the application's interface has
/// come.
public func withRPCConnection<R: Sendable>(
    over transport: some RPCTransport, as role: ImJoyPluginRole, exporting service: RPCService,
    configuration: RPCConfiguration = RPCConfiguration(),
    _ body: @Sendable (RPCConnection) async throws -> R
) async throws -> R {
    try await withRunning(
        RPCConnection(over: transport, as: role, exporting: service, configuration: configuration), body)
}

private func withRunning<R: Sendable>(
    _ connection: RPCConnection, _ body: @Sendable (RPCConnection) async throws -> R
) async throws -> R {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try? await connection.run() }
        defer { connection.disconnect() }
        try await connection.handshake()
        return try await body(connection)
    }
}
