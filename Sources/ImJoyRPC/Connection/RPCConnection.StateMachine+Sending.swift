internal import DequeModule
internal import OrderedCollections

extension RPCConnection.StateMachine {
    /// Functions of these names take objects that stay, so the caller lends their functions for many calls.
    private static let interfaceTakers: Set<String> = [
        "register", "registerService", "register_service", "export", "on",
    ]

    /// Adds the link's name, without which a plugin drops the message; a plugin itself adds nothing.
    func withLinkName(_ message: RPCMessage) -> RPCMessage {
        var message = message
        if case .core = role, let peerID { message["peer_id"] = .string(peerID) }
        return message
    }

    /// Encodes a value and, only when that worked, lends what is in it.
    mutating func encode(
        _ value: RPCValue, _ body: (inout ImJoyEncoder, RPCValue) throws(RPCError) -> RPCValue
    ) throws(RPCError) -> RPCValue {
        var encoder = ImJoyEncoder(
            peerID: peerID ?? "", knownMethods: exports.knownMethods, limits: limits, codecs: codecs, makeID: makeID,
            isRouted: isRouted)
        let encoded = try body(&encoder, value)
        guard exports.count + encoder.exports.count <= limits.maxExports else {
            throw RPCError(
                .overloaded,
                "\(exports.count) functions and objects are lent out; \(encoder.exports.count) more exceed \(limits.maxExports)"
            )
        }
        exports.commit(encoder.exports)
        return encoded
    }

    private mutating func encode(_ value: RPCValue) throws(RPCError) -> RPCValue {
        switch value {
        // Small results and calls without arguments, which are many, stay what they are.
        case .null, .bool, .int, .uint, .double, .string: return value
        case .array(let elements) where elements.isEmpty: return value
        default: break
        }
        return try encode(value) { (encoder, value) throws(RPCError) in try encoder.encode(value) }
    }

    func checkReady() throws(RPCError) {
        switch phase {
        case .ready: return
        case .closed(let reason): throw reason
        case .listening, .introduced:
            throw RPCError(.disconnected, "the handshake with the far side is not complete yet")
        }
    }

    /// Calls a function of the far side; `call` is resumed with its answer.
    mutating func call(
        _ call: CallID, _ reference: RemoteReference, positional: [RPCValue], named: RPCObject
    ) throws(RPCError) -> [Action] {
        try checkReady()
        var arguments = positional
        if !named.isEmpty { arguments.append(.object(named)) }
        if case .address = reference {
            throw RPCError(.invalidArgument, "\(reference.path) is a function of another dialect")
        }
        let encoded: RPCValue
        if case .method(_, let path, _) = reference, Self.interfaceTakers.contains(path) {
            encoded = try encode(.array(arguments)) { (encoder, value) throws(RPCError) in
                try encoder.encodeInterface(value)
            }
        } else {
            encoded = try encode(.array(arguments))
        }
        let entry = PendingCalls.Entry(call: call, resolve: makeID(), reject: makeID(), name: reference.path)
        let promise = RPCValue.array([half(entry.resolve, "resolve"), half(entry.reject, "reject")])
        pending.insert(entry)
        let message = message(calling: reference, encoded, withNames: !named.isEmpty, promise: promise)
        return [.send(Outgoing(message: message, call: call))]
    }

    private func half(_ id: String, _ name: String) -> RPCValue {
        var fields = Template.half
        fields.values[1] = .string(name)
        fields.values[2] = .string(peerID ?? "")
        fields.values[3] = .string(id)
        return .object(fields)
    }

    /// Messages without their content: many a second share their keys.
    private enum Template {
        static let half: RPCObject = [
            WireTag.type: "callback", WireTag.name: nil, WireTag.target: nil, WireTag.value: nil,
        ]
        static let callback: RPCObject = [
            "type": "callback", "id": nil, "target_id": nil, "args": nil, "with_kwargs": false,
        ]
        static let method: RPCObject = [
            "type": "method", "target_id": nil, "name": nil, "object_id": nil, "args": nil, "with_kwargs": false,
        ]
        static let callbackWithPromise = with(callback, "promise")
        static let methodWithPromise = with(method, "promise")
        static let coreCallback = with(callback, "peer_id")
        static let coreMethod = with(method, "peer_id")
        static let coreCallbackWithPromise = with(callbackWithPromise, "peer_id")
        static let coreMethodWithPromise = with(methodWithPromise, "peer_id")

        private static func with(_ fields: RPCObject, _ name: String) -> RPCObject {
            var fields = fields
            fields[name] = .null
            return fields
        }
    }

    /// The message that calls a function of the far side; the name of the link comes last, as in every message of a core.
    private func message(
        calling reference: RemoteReference, _ arguments: RPCValue, withNames: Bool, promise: RPCValue?
    ) -> RPCMessage {
        var linkName: String?
        if case .core = role { linkName = peerID }
        var fields: RPCObject
        var place: Int
        switch reference {
        case .callback(let id, let target):
            fields =
                switch (promise != nil, linkName != nil) {
                case (false, false): Template.callback
                case (false, true): Template.coreCallback
                case (true, false): Template.callbackWithPromise
                case (true, true): Template.coreCallbackWithPromise
                }
            fields.values[1] = id.value
            fields.values[2] = target?.value ?? .null
            place = 3
        case .method(let object, let path, let target):
            fields =
                switch (promise != nil, linkName != nil) {
                case (false, false): Template.method
                case (false, true): Template.coreMethod
                case (true, false): Template.methodWithPromise
                case (true, true): Template.coreMethodWithPromise
                }
            fields.values[1] = target?.value ?? .null
            fields.values[2] = .string(path)
            fields.values[3] = .string(object)
            place = 4
        case .address: return RPCMessage([:])
        }
        fields.values[place] = arguments
        if withNames { fields.values[place + 1] = true }
        place += 2
        if let promise {
            fields.values[place] = promise
            place += 1
        }
        if let linkName { fields.values[place] = .string(linkName) }
        return RPCMessage(fields)
    }

    /// Stops waiting for an answer; one that comes late is dropped.
    mutating func abandon(_ call: CallID) {
        pending.remove(call)
        handshakeWaiters.removeAll { $0 == call }
        interfaceWaiters.removeAll { $0 == call }
        executions.abandon(call)
        disposals.abandon(call)
    }

    /// Takes a message back that is too large for the transport, or holds what it cannot say.
    mutating func refuse(_ outgoing: Outgoing, _ error: RPCError) -> [Action] {
        if case .closed = phase { return [] }
        if let promise = outgoing.promise {
            return settle(promise, .failure(RPCError(error.code, "the result cannot be sent: \(error.message)")))
        }
        if let call = outgoing.call, let answer = refuseRequest(call, error) { return answer }
        guard let call = outgoing.call, pending.remove(call) != nil else {
            return [.event(.error("a message of type \(outgoing.message.type ?? "") cannot be sent: \(error.message)"))]
        }
        return [.resume(call, .failure(error))]
    }

    /// Ends a served call with its result.
    mutating func finish(_ call: InboundCall, _ result: Result<RPCValue, RPCError>) -> [Action] {
        switch call.purpose {
        case .call, .disposal: servingCount -= 1
        case .execution, .introduction: break
        }
        if case .closed = phase { return [] }
        switch call.purpose {
        case .call: break
        case .disposal:
            guard case .failure(let error) = result else { return [.send(withLinkName(["type": "disposed"]))] }
            return [.send(withLinkName(["type": "disposed", "error": .string(error.message)]))]
        case .execution: return finishExecution(result)
        case .introduction(let wishes): return finishCheck(wishes, result)
        }
        guard let promise = call.promise else {
            guard case .failure(let error) = result else { return [] }
            return [.event(.error("\(call.function.name): \(error)"))]
        }
        return settle(promise, result)
    }

    /// Answers through one half of the far side's promise.
    mutating func settle(_ promise: Promise, _ result: Result<RPCValue, RPCError>) -> [Action] {
        var value: RPCValue
        var reference = promise.resolve
        switch result {
        case .success(let success):
            do {
                value = try encode(success)
            } catch {
                reference = promise.reject
                value = ["_rtype": "error", "_rvalue": .string("the result cannot be sent: \(error.message)")]
            }
        case .failure(let error):
            reference = promise.reject
            var fields: RPCObject = ["_rtype": "error", "_rvalue": .string(error.remoteTrace ?? error.description)]
            if error.code == .disconnected { fields[WireTag.code] = .string(error.code.description) }
            value = .object(fields)
        }
        let message = message(calling: reference, .array([value]), withNames: false, promise: nil)
        // A failure is short; if even that cannot go out, there is nothing left to say.
        let isFinal = reference == promise.reject
        return [.send(Outgoing(message: message, promise: isFinal ? nil : promise))]
    }

    /// Resumes `call` once calls may flow, or with the reason why it never will.
    mutating func awaitHandshake(_ call: CallID) -> [Action] {
        switch phase {
        case .ready(let peer): return [.resume(call, .success(.object(peer.configuration)))]
        case .closed(let reason): return [.resume(call, .failure(reason))]
        case .listening, .introduced:
            handshakeWaiters.append(call)
            return []
        }
    }

    /// Says goodbye, when there is somebody to say it to.
    mutating func sayGoodbye() -> [Action] {
        guard peerID != nil else { return [] }
        return [.send(withLinkName(["type": "disconnect"]))]
    }

    /// Hands a message of another plugin to ours.
    func relay(_ message: RPCMessage) throws(RPCError) -> [Action] {
        guard peerID != nil else { throw RPCError(.disconnected, "the handshake with the far side has not begun") }
        return [.send(withLinkName(message))]
    }

    /// Takes back an object that is lent, before the far side gives it up.
    mutating func revoke(_ objectID: String) -> [Action] {
        exports.dispose(objectID).map { [.release($0)] } ?? []
    }

    /// The link is gone: every wait ends, everything lent is taken back.
    mutating func disconnect(_ reason: RPCError) -> [Action] {
        if case .closed = phase { return [] }
        phase = .closed(reason)
        let waiters = pending.all + handshakeWaiters + interfaceWaiters + executions.calls + disposals.calls
        pending = PendingCalls()
        handshakeWaiters = []
        interfaceWaiters = []
        executions.removeAll()
        disposals.removeAll()
        return waiters.map { .resume($0, .failure(reason)) } + [releaseAll(), .close]
    }

    /// Takes back everything that is lent, our interface included.
    private mutating func releaseAll() -> Action {
        var released = exports
        let ours: RPCObject = [
            "api": .object(api ?? [:]), "hooks": .object(hooks), "remote": .object(remoteAPI?.members ?? [:]),
        ]
        released.commit(ImJoyEncoder.Exports(objects: [("", ours)]))
        exports = ExportTable()
        api = nil
        hooks = [:]
        remoteAPI = nil
        codeQueue = []
        return .release(released)
    }
}
