internal import OrderedCollections

extension RPCConnection.StateMachine {
    /// Takes one message of the far side.
    mutating func receive(_ message: RPCMessage, caller: any RemoteCaller) -> [Action] {
        if case .closed = phase { return [] }
        if let target = message["target_id"].stringValue, let peerID, target != peerID {
            return [.forward(peerID: target, message)]
        }
        do {
            return try handle(message, caller: caller)
        } catch {
            return [.event(.dropped("\(message.type ?? "a message without type"): \(error.message)"))]
        }
    }

    var peerID: String? {
        switch phase {
        case .introduced(let peer), .ready(let peer): peer.id
        case .listening, .closed: nil
        }
    }

    private mutating func handle(_ message: RPCMessage, caller: any RemoteCaller) throws(RPCError) -> [Action] {
        switch message.type {
        case "imjoyRPCReady": return [.send(initialize(message))]
        case "initialized": return try initialized(message)
        case "interfaceSetAsRemote": return interfaceAcknowledged()
        case "setInterface": return setInterface(message, caller: caller)
        case "getInterface": return try sendInterface()
        case "method", "callback": return receiveCall(message, caller: caller)
        case "executed": return answerSerial(\.executions, message)
        case "disposed": return answerSerial(\.disposals, message)
        case "disposeObject": return dispose(message)
        case "log": return [.event(.log(Self.text(message["message"])))]
        case "error":
            lastErrorText = Self.text(message["message"])
            return [.event(.error(Self.text(message["message"])))]
        case "disconnect": return [.close]
        case let type?: return [.event(.dropped("a message of the unknown type \(type)"))]
        case nil: return [.event(.dropped("a message without a type"))]
        }
    }

    private static func text(_ value: RPCValue) -> String { value.stringValue ?? value.description }

    // MARK: Handshake

    private func initialize(_ ready: RPCMessage) -> RPCMessage {
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

    private mutating func initialized(_ message: RPCMessage) throws(RPCError) -> [Action] {
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
        return losses + (try sendInterface())
    }

    private mutating func forgetPeer() -> [Action] {
        let waiters = pending.all + interfaceWaiters + executions.calls + disposals.calls
        let old = exports
        pending = PendingCalls()
        interfaceWaiters = []
        executions.removeAll()
        disposals.removeAll()
        exports = ExportTable()
        let reason = RPCError(.disconnected, "the plugin has started again")
        return waiters.map { .resume($0, .failure(reason)) } + [.release(old)]
    }

    private mutating func sendInterface() throws(RPCError) -> [Action] {
        guard peerID != nil else { throw RPCError(.protocolViolation, "the handshake has not begun") }
        // The same name each time, so that what the plugin has taken before stays valid.
        let id = apiObjectID ?? makeID()
        apiObjectID = id
        var members = api
        members[WireTag.interface] = .string(id)
        let encoded = try encode(.object(members)) { (encoder, value) throws(RPCError) in
            try encoder.encodeInterface(value)
        }
        return [.send(outgoing(["type": "setInterface", "api": encoded]))]
    }

    private mutating func interfaceAcknowledged() -> [Action] {
        guard case .introduced(let peer) = phase else { return [] }
        phase = .ready(peer)
        defer { handshakeWaiters = [] }
        return handshakeWaiters.map { .resume($0, .success(.object(peer.configuration))) }
    }

    private mutating func setInterface(_ message: RPCMessage, caller: any RemoteCaller) -> [Action] {
        defer { interfaceWaiters = [] }
        let interface: RemoteObject
        do {
            interface = try decodeInterface(message["api"], caller: caller)
        } catch {
            return [.event(.dropped("setInterface: \(error.message)"))]
                + interfaceWaiters.map { .resume($0, .failure(error)) }
        }
        return [.send(outgoing(["type": "interfaceSetAsRemote"])), .event(.interfaceChanged(interface))]
            + interfaceWaiters.map { .resume($0, .success(.remote(interface))) }
    }

    private func decodeInterface(_ api: RPCValue, caller: any RemoteCaller) throws(RPCError) -> RemoteObject {
        switch try ImJoyDecoder(caller: caller, limits: limits).decode(api) {
        case .remote(let object): return object
        // An interface whose functions all lie deeper carries no mark of its own.
        case .object(let members): return RemoteObject(members: members, objectID: nil, caller: caller)
        case let other: throw RPCError(.protocolViolation, "an interface that is \(other.kindName)")
        }
    }

    // MARK: Calls

    private mutating func receiveCall(_ message: RPCMessage, caller: any RemoteCaller) -> [Action] {
        let decoder = ImJoyDecoder(caller: caller, limits: limits)
        var promise: Promise?
        do throws(RPCError) {
            // The promise comes first, so that every later failure can be told to the one who waits.
            promise = try decodePromise(message["promise"], decoder)
            if message.type == "callback", let answered = try answer(message, decoder) { return answered }
            guard servingCount < limits.maxConcurrentInboundCalls else {
                throw RPCError(.overloaded, "\(servingCount) calls are running already; try again later")
            }
            let function = try findFunction(message)
            let call = InboundCall(
                function: function, arguments: try decodeArguments(message, decoder), promise: promise)
            servingCount += 1
            return [.serve(call)]
        } catch {
            guard let promise else { return [.event(.dropped("\(message.type ?? ""): \(error.message)"))] }
            return settle(promise, .failure(error))
        }
    }

    private func decodePromise(_ value: RPCValue, _ decoder: ImJoyDecoder) throws(RPCError) -> Promise? {
        guard let pair = value.arrayValue, pair.count == 2 else { return nil }
        var references: [RemoteReference] = []
        for member in pair {
            guard case .object(let fields) = member, let tag = fields[WireTag.type]?.stringValue else {
                throw RPCError(.protocolViolation, "a promise that is no pair of functions: \(value)")
            }
            references.append(try decoder.decodeReference(fields, tag: tag))
        }
        return Promise(resolve: references[0], reject: references[1])
    }

    /// Ends a wait of ours when the callback is one half of a promise.
    private mutating func answer(_ message: RPCMessage, _ decoder: ImJoyDecoder) throws(RPCError) -> [Action]? {
        guard let id = message["id"].stringValue, let (entry, isSuccess) = pending.take(callback: id) else {
            return nil
        }
        let first: RPCValue
        do {
            first = try decodeArguments(message, decoder)[0]
        } catch {
            return [.resume(entry.call, .failure(error))]
        }
        if isSuccess { return [.resume(entry.call, .success(first))] }
        return [.resume(entry.call, .failure(rejection(first)))]
    }

    /// Peers reject with an error, with text, or with nothing.
    private mutating func rejection(_ value: RPCValue) -> RPCError {
        defer { lastErrorText = nil }
        var error: RPCError
        switch value {
        case .error(let remote): error = remote
        case .string(let text): error = RPCError(remoteText: text)
        case .null: error = RPCError(.remoteFailure, "the far side failed without saying why")
        default: error = RPCError(.remoteFailure, value.description)
        }
        // Python drops two lines from the traceback in a rejection, but sends the whole one just before.
        if let full = lastErrorText, RPCError(remoteText: full).message == error.message { error.remoteTrace = full }
        return error
    }

    private mutating func findFunction(_ message: RPCMessage) throws(RPCError) -> RPCFunction {
        if message.type == "method" {
            guard let object = message["object_id"].stringValue, let path = message["name"].stringValue else {
                throw RPCError(.protocolViolation, "a call without object_id or name")
            }
            return try exports.method(object: object, path: path)
        }
        guard let id = message["id"].stringValue, let function = exports.takeCallback(id) else {
            throw RPCError(
                .notFound,
                "callback \(message["id"]) can be called only once, or was never lent; put functions that are called more often into an object with _rintf"
            )
        }
        return function
    }

    private func decodeArguments(_ message: RPCMessage, _ decoder: ImJoyDecoder) throws(RPCError) -> RPCArguments {
        guard case .array(let encoded) = message["args"] else {
            throw RPCError(.protocolViolation, "args is \(message["args"].kindName), not a list")
        }
        guard case .array(var values) = try decoder.decode(.array(encoded)) else { return RPCArguments() }
        guard message["with_kwargs"].boolValue == true else { return RPCArguments(values) }
        guard let named = values.popLast()?.objectValue else {
            throw RPCError(
                .protocolViolation, "with_kwargs is set, but the last of \(encoded.count) args is no mapping")
        }
        return RPCArguments(values, named: named)
    }

    private mutating func dispose(_ message: RPCMessage) -> [Action] {
        guard let id = message["object_id"].stringValue, let disposed = exports.dispose(id) else {
            let error = "there is no object \(message["object_id"])"
            return [.send(outgoing(["type": "disposed", "error": .string(error)]))]
        }
        return [.send(outgoing(["type": "disposed"])), .release(disposed)]
    }

    private mutating func answerSerial(_ queue: WritableKeyPath<Self, SerialQueue>, _ message: RPCMessage) -> [Action] {
        // Some peers answer twice; an answer that nobody waits for is no harm.
        guard let (call, next) = self[keyPath: queue].finish() else { return [] }
        let result: Result<RPCValue, RPCError> =
            message["error"].isNull
            ? .success(.null) : .failure(RPCError(remoteText: Self.text(message["error"])))
        return (call.map { [.resume($0, result)] } ?? []) + (next.map { [.send($0)] } ?? [])
    }
}
