internal import OrderedCollections

/// The handshake as the application sees it.
extension RPCConnection.StateMachine {
    func initialize(_ ready: RPCMessage, _ role: ImJoyCoreRole) -> RPCMessage {
        [
            "type": "initialize",
            "config": [
                "name": .string(role.name), "type": .string(role.type), "allow_execution": .bool(role.allowExecution),
                "enable_service_worker": false, "forwarding_functions": ["close", "on", "off", "emit"],
                "expose_api_globally": true, "credential": nil,
            ],
            "peer_id": ready["peer_id"],
        ]
    }

    mutating func initialized(_ message: RPCMessage) throws(RPCError) -> [Action] {
        if let error = message["error"].stringValue {
            return disconnect(RPCError(.remoteFailure, "the plugin could not start: \(error)"))
        }
        guard let id = message["peer_id"].stringValue, !id.isEmpty else {
            return disconnect(RPCError(.protocolViolation, "the plugin's `initialized` message has no peer_id"))
        }
        // A plugin that reconnects starts again from here. Under a new name it is a new one, which knows nothing of
        // what the old one was asked and lent.
        let hasRestarted = peerID.map { $0 != id } ?? false
        let losses = hasRestarted ? forgetPeer() : []
        phase = .introduced(RPCPeer(id: id, configuration: message["config"].objectValue ?? [:]))
        return losses + [.introduced(peerID: id)] + (try sendInterface())
    }

    private mutating func forgetPeer() -> [Action] {
        let waiters = pending.all + interfaceWaiters + executions.calls + disposals.calls
        let old = exports
        pending = PendingCalls()
        interfaceWaiters = []
        executions.removeAll()
        disposals.removeAll()
        executionEcho = .none
        exports = ExportTable()
        let reason = RPCError(.disconnected, "the plugin has started again")
        return waiters.map { .resume($0, .failure(reason)) } + [.release(old)]
    }
}
