/// Runs a connection for the duration of `body`: it is up when `body` starts and closed when `body` ends.
///
/// Throws what `body` throws; when the link breaks, calls inside `body` throw `disconnected`.
public func withRPCConnection<R: Sendable>(
    over transport: some RPCTransport, as role: ImJoyCoreRole, exporting service: RPCService,
    configuration: RPCConfiguration = RPCConfiguration(),
    _ body: @Sendable (RPCConnection) async throws -> R
) async throws -> R {
    let connection = RPCConnection(over: transport, as: role, exporting: service, configuration: configuration)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try? await connection.run() }
        defer { connection.disconnect() }
        try await connection.handshake()
        return try await body(connection)
    }
}
