internal import OrderedCollections

/// Where messages go.
extension HubDirectory {
    /// Events that only the hub itself may tell; believed by clients, they end calls and links.
    private static func isReserved(_ type: String) -> Bool {
        ["client_", "service_", "workspace_"].contains { type.hasPrefix($0) } || type == "force-exit"
            || type == "peer_not_found"
    }

    /// Finds out where a message of `client` goes; what is said of its sender is what the hub knows.
    ///
    /// - Returns: what to deliver, or why the message is dropped.
    mutating func route(_ frame: HyphaFrame, from client: Client) -> Result<[Delivery], RPCError> {
        guard clients[client.address]?.number == client.number else {
            return .failure(RPCError(.refused, "\(client.address) has been replaced by another link"))
        }
        var frame = frame
        guard let type = frame.header["type"]?.stringValue, let to = frame.header["to"]?.stringValue, !to.isEmpty else {
            return .failure(RPCError(.protocolViolation, "a message without `type` or `to`"))
        }
        let claim = frame.header["from"] ?? .null
        guard claim.isNull || claim.stringValue == client.address || claim.stringValue == client.id else {
            let error = RPCError(.refused, "\(client.address) may not send a message as \(claim)")
            return answer(frame, from: manager, to: client, error)
        }
        frame.header["from"] = .string(client.address)
        frame.header["ws"] = .string(client.workspace)
        frame.header["user"] = client.user
        if type != "method", to == "*" { return broadcast(frame, type, from: client) }
        guard type == "method" || !Self.isReserved(type) else {
            return .failure(RPCError(.refused, "\(client.address) may not send events of type \(type)"))
        }
        let target = HyphaReference.complete(to, workspace: client.workspace)
        frame.header["to"] = .string(target)
        guard let receiver = clients[target] else {
            let error = RPCError(.disconnected, "Target peer \(target) is not connected")
            return answer(frame, from: target, to: client, error)
        }
        clients[target]?.contacts.insert(client.address)
        return .success([Delivery(link: receiver.link, frame: frame)])
    }

    private func broadcast(_ frame: HyphaFrame, _ type: String, from client: Client) -> Result<[Delivery], RPCError> {
        guard !Self.isReserved(type) else {
            return .failure(RPCError(.refused, "\(client.address) may not send events of type \(type)"))
        }
        return .success(
            clients.values.filter { $0.workspace == client.workspace && $0.subscriptions.contains(type) }
                .sorted { $0.number < $1.number }.map { Delivery(link: $0.link, frame: frame) })
    }

    /// Rejects a call in the name of who cannot answer; messages that nobody waits for are dropped, or rejections of
    /// rejections would go round.
    private func answer(
        _ frame: HyphaFrame, from target: String, to client: Client, _ error: RPCError
    ) -> Result<[Delivery], RPCError> {
        guard let session = frame.header["session"]?.stringValue,
            let rejection = try? HyphaFrame(
                header: [
                    "type": "method", "from": .string(target), "to": .string(client.address),
                    "method": .string("\(session).reject"), "parent": .string(session),
                ], body: ["args": [.object(HyphaEncoder.encode(error))]])
        else { return .failure(error) }
        return .success([Delivery(link: client.link, frame: rejection)])
    }
}
