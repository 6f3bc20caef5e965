internal import OrderedCollections

extension RPCConnection.StateMachine {
    /// Takes one message of the far side.
    mutating func receive(_ message: RPCMessage, caller: any RemoteCaller) -> [Action] {
        if case .closed = phase { return [] }
        if let stray = redirect(message) { return stray }
        do {
            return try handle(message, caller: caller)
        } catch {
            return [.event(.dropped("\(message.type ?? "a message without type"): \(error.message)"))]
        }
    }

    /// What becomes of a message that is not for us; nil when it is.
    private mutating func redirect(_ message: RPCMessage) -> [Action]? {
        let type = message.type ?? "a message without type"
        if case .plugin(_, let id) = role, message.type != "initialize", message["peer_id"].stringValue != id {
            return [.event(.dropped("\(type): it is for the plugin \(message["peer_id"]), not for \(id)"))]
        }
        guard let target = message["target_id"].stringValue, let peerID, target != peerID else { return nil }
        // Anything else would let one plugin speak to another one as if it were the core.
        guard case .core = role, type == "method" || type == "callback" || type == "disposeObject" else {
            return [.event(.dropped("\(type): it is for \(target), not for \(peerID)"))]
        }
        guard type == "disposeObject" else { return [.forward(peerID: target, message)] }
        guard let object = message["object_id"].stringValue, servingCount < limits.maxConcurrentInboundCalls else {
            return [
                .send(withLinkName(["type": "disposed", "error": "the object has no name, or too much runs already"]))
            ]
        }
        servingCount += 1
        return [.forwardDisposal(peerID: target, objectID: object)]
    }

    /// The name of the link, once both ends know it.
    var peerID: String? {
        switch phase {
        case .introduced(let peer), .ready(let peer): peer.id
        case .listening, .closed: nil
        }
    }

    private mutating func handle(_ message: RPCMessage, caller: any RemoteCaller) throws(RPCError) -> [Action] {
        switch (message.type, role) {
        case ("imjoyRPCReady", .core(let core)): return [.send(initialize(message, core))]
        case ("initialized", .core): return try initialized(message)
        case ("executed", .core): return executed(message)
        case ("initialize", .plugin(let plugin, let id)): return initialize(message, plugin, id: id)
        case ("execute", .plugin): return execute(message)
        case ("interfaceSetAsRemote", _): return interfaceAcknowledged()
        case ("setInterface", _): return try setInterface(message, caller: caller)
        case ("getInterface", _): return try interfaceAsked()
        case ("method", _), ("callback", _): return receiveCall(message, caller: caller)
        case ("disposed", _): return disposed(message)
        case ("disposeObject", _): return dispose(message)
        case ("log", _): return [.event(.log(Self.text(message["message"])))]
        case ("error", _):
            lastErrorText = Self.text(message["message"])
            return [.event(.error(Self.text(message["message"])))]
        case ("disconnect", _): return [.close]
        case (let type?, _): return [.event(.dropped("a message of the type \(type), which has no meaning here"))]
        case (nil, _): return [.event(.dropped("a message without a type"))]
        }
    }

    static func text(_ value: RPCValue) -> String { value.stringValue ?? value.description }

    // MARK: Calls

    private mutating func receiveCall(_ message: RPCMessage, caller: any RemoteCaller) -> [Action] {
        let decoder = ImJoyDecoder(caller: caller, limits: limits, codecs: codecs)
        var promise: Promise?
        do throws(RPCError) {
            // The promise comes first, so that every later failure can be told to the one who waits.
            promise = try decodePromise(message["promise"], decoder)
            if message.type == "callback", let answered = try answer(message, decoder) { return answered }
            guard servingCount < limits.maxConcurrentInboundCalls || isAnsweredInOrder(message) else {
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

    /// Whether a call is answered while it is read, and takes no task.
    private func isAnsweredInOrder(_ message: RPCMessage) -> Bool {
        guard message.type == "method", let object = message["object_id"].stringValue,
            let path = message["name"].stringValue
        else { return false }
        return (try? exports.method(object: object, path: path))?.isAnsweredInOrder == true
    }

    private func decodeArguments(_ message: RPCMessage, _ decoder: ImJoyDecoder) throws(RPCError) -> RPCArguments {
        guard case .array(let encoded) = message["args"] else {
            throw RPCError(.protocolViolation, "args is \(message["args"].kindName), not a list")
        }
        if encoded.isEmpty, message["with_kwargs"].boolValue != true { return RPCArguments() }
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
            return [.send(withLinkName(["type": "disposed", "error": .string(error)]))]
        }
        return [.send(withLinkName(["type": "disposed"])), .release(disposed)]
    }

    private mutating func disposed(_ message: RPCMessage) -> [Action] {
        // Some peers answer twice; an answer that nobody waits for is no harm.
        guard let done = disposals.finish() else { return [] }
        if done.isProbe { executionEcho = .none }
        let answer = done.waiter.map { [Action.resume($0, Self.result(message))] } ?? []
        return answer + nextDisposal() + nextExecution()
    }

    private mutating func executed(_ message: RPCMessage) -> [Action] {
        guard let done = executions.finish() else { return [] }
        if speaksJavaScript { executionEcho = .possible }
        return (done.waiter.map { [.resume($0, Self.result(message))] } ?? []) + nextExecution()
    }

    private static func result(_ message: RPCMessage) -> Result<RPCValue, RPCError> {
        message["error"].isNull ? .success(.null) : .failure(RPCError(remoteText: text(message["error"])))
    }
}
