internal import OrderedCollections

/// Both sides' interfaces, which go over in the same way in either direction.
extension RPCConnection.StateMachine {
    mutating func sendInterface() throws(RPCError) -> [Action] {
        guard peerID != nil else { throw RPCError(.protocolViolation, "the handshake has not begun") }
        owesInterface = false
        // The same name each time, so that what the far side has taken before stays valid.
        let id = apiObjectID ?? makeID()
        apiObjectID = id
        var members = api ?? [:]
        members[WireTag.interface] = .string(id)
        let encoded = try encode(.object(members)) { (encoder, value) throws(RPCError) in
            try encoder.encodeInterface(value)
        }
        return [.send(withLinkName(["type": "setInterface", "api": encoded]))]
    }

    /// Answers `getInterface`, when there is something to answer with.
    mutating func interfaceAsked() throws(RPCError) -> [Action] {
        if api != nil { return try sendInterface() }
        owesInterface = true
        return []
    }

    /// Offers `members` from now on.
    ///
    /// A plugin speaks of it only when the core has asked, or has taken an interface of it before.
    mutating func export(_ members: RPCObject) throws(RPCError) -> [Action] {
        if case .closed(let reason) = phase { throw reason }
        let isKnown = apiObjectID != nil
        var old = apiObjectID.flatMap { exports.dispose($0) } ?? ExportTable()
        if let api { old.commit(ImJoyEncoder.Exports(objects: [("", api)])) }
        api = members
        guard peerID != nil, isKnown || owesInterface else { return [.release(old)] }
        return try sendInterface() + [.release(old)]
    }

    mutating func interfaceAcknowledged() -> [Action] {
        // A plugin is ready when it has the core's interface, whoever has taken its own.
        guard case .core = role, case .introduced(let peer) = phase else { return [] }
        return becomeReady(peer)
    }

    private mutating func becomeReady(_ peer: RPCPeer) -> [Action] {
        phase = .ready(peer)
        defer { handshakeWaiters = [] }
        return handshakeWaiters.map { .resume($0, .success(.object(peer.configuration))) }
    }

    mutating func setInterface(_ message: RPCMessage, caller: any RemoteCaller) throws(RPCError) -> [Action] {
        guard peerID != nil else { throw RPCError(.protocolViolation, "the handshake has not begun") }
        defer { interfaceWaiters = [] }
        interfaceID = message["api"].objectValue?[WireTag.interface]?.stringValue
        let interface: RemoteObject
        do {
            interface = try decodeInterface(message["api"], caller: caller)
        } catch {
            return [.event(.dropped("setInterface: \(error.message)"))]
                + interfaceWaiters.map { .resume($0, .failure(error)) }
        }
        let answers: [Action] =
            [.send(withLinkName(["type": "interfaceSetAsRemote"])), .event(.interfaceChanged(interface))]
            + interfaceWaiters.map { .resume($0, .success(.remote(interface))) }
        guard case .plugin = role else { return answers }
        remoteAPI = interface
        if case .introduced(let peer) = phase { return answers + becomeReady(peer) }
        return answers
    }

    /// Asks for the far side's interface; `call` is resumed with it.
    ///
    /// A plugin is given the core's interface without asking, and keeps the newest one.
    mutating func requestInterface(_ call: CallID) throws(RPCError) -> [Action] {
        if case .plugin = role {
            if case .closed(let reason) = phase { throw reason }
            if let remoteAPI { return [.resume(call, .success(.remote(remoteAPI)))] }
            interfaceWaiters.append(call)
            return []
        }
        try checkReady()
        interfaceWaiters.append(call)
        return [.send(withLinkName(["type": "getInterface"]))]
    }

    private func decodeInterface(_ api: RPCValue, caller: any RemoteCaller) throws(RPCError) -> RemoteObject {
        switch try ImJoyDecoder(caller: caller, limits: limits, codecs: codecs).decode(api) {
        case .remote(let object): return object
        // An interface whose functions all lie deeper carries no mark of its own.
        case .object(let members): return RemoteObject(members: members, objectID: nil, caller: caller)
        case let other: throw RPCError(.protocolViolation, "an interface that is \(other.kindName)")
        }
    }
}
