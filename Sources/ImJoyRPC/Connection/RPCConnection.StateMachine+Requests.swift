internal import OrderedCollections

/// Requests whose answers carry no id: `execute` and `disposeObject`.
extension RPCConnection.StateMachine {
    /// Whether a second answer to the last `execute` may still come.
    ///
    /// JavaScript pages answer twice: when the code has run, and once more before they take the next message. The
    /// second answer would end the next `execute` too early. So before that goes out, such a peer is asked something
    /// harmless (to forget an object that does not exist); when it has answered, all that it said before has come.
    enum ExecutionEcho {
        case none
        case possible
        /// The question is on its way.
        case probing
    }

    var speaksJavaScript: Bool {
        switch phase {
        case .introduced(let peer), .ready(let peer): peer.configuration["lang"]?.stringValue == "javascript"
        case .listening, .closed: false
        }
    }

    /// Sends code to run; `call` is resumed when it has run.
    mutating func execute(_ call: CallID, code: RPCObject) throws(RPCError) -> [Action] {
        guard case .core = role else {
            throw RPCError(.refused, "only an application has its plugins execute code, not the other way round")
        }
        try checkReady()
        let code = try encode(.object(code)) { (encoder, value) throws(RPCError) in try encoder.encode(value) }
        executions.add(SerialQueue.Entry(call: call, message: withLinkName(["type": "execute", "code": code])))
        return nextExecution()
    }

    mutating func nextExecution() -> [Action] {
        guard executions.canStart else { return [] }
        switch executionEcho {
        case .none: return executions.start().map { [.send(Outgoing(message: $0.message, call: $0.call))] } ?? []
        case .probing: return []
        case .possible:
            executionEcho = .probing
            let probe = withLinkName(["type": "disposeObject", "object_id": .string(makeID())])
            disposals.add(SerialQueue.Entry(call: nil, message: probe))
            return nextDisposal()
        }
    }

    /// Asks the far side to forget an object; `call` is resumed when it has.
    ///
    /// - Parameter owner: the link of the plugin that lends it, which a plugin tells the core when it is not the core.
    mutating func dispose(_ call: CallID, objectID: String, owner: WireID? = nil) throws(RPCError) -> [Action] {
        try checkReady()
        var fields: RPCObject = ["type": "disposeObject", "object_id": .string(objectID)]
        if case .plugin = role, let owner { fields["target_id"] = owner.value }
        let message = withLinkName(RPCMessage(fields))
        disposals.add(SerialQueue.Entry(call: call, message: message))
        return nextDisposal()
    }

    mutating func nextDisposal() -> [Action] {
        disposals.start().map { [.send(Outgoing(message: $0.message, call: $0.call))] } ?? []
    }

    /// Ends a request whose message the transport has refused; nil when it is none of these.
    mutating func refuseRequest(_ call: CallID, _ error: RPCError) -> [Action]? {
        let isExecution = executions.finish(call)
        guard let refused = isExecution ?? disposals.finish(call) else { return nil }
        let answer = refused.waiter.map { [Action.resume($0, .failure(error))] } ?? []
        return answer + (isExecution == nil ? nextDisposal() : nextExecution())
    }
}
