internal import OrderedCollections

/// Calls of ours.
extension HyphaMachine {
    /// How long an answer, or a sign of life, is waited for when nothing else is said.
    static let defaultTimeout = Duration.seconds(30)
    /// The same for objects that were lent, whose owner forgets them when it is in doubt.
    private static let lentTimeout = Duration.seconds(10)

    /// Calls a function; `call` is resumed with its answer, or at once when the function gives none.
    mutating func call(
        _ call: CallID, _ reference: HyphaReference, positional: [RPCValue], named: RPCObject
    ) throws(RPCError) -> [Action] {
        try self.call(for: .call(call), reference, positional: positional, named: named)
    }

    mutating func call(
        for purpose: Wait.Purpose, _ reference: HyphaReference, positional: [RPCValue], named: RPCObject = [:]
    ) throws(RPCError) -> [Action] {
        let session = makeID()
        let timeout = reference.method.contains("_rintf_") ? min(Self.lentTimeout, self.timeout) : self.timeout
        var arguments = positional
        if !named.isEmpty { arguments.append(.object(named)) }
        var header: RPCObject = [
            "type": "method", "from": .string(identity.address), "to": .string(reference.target),
            "method": .string(reference.method),
        ]
        if let parent = reference.parent { header["parent"] = .string(parent) }
        var body = RPCObject()
        if !arguments.isEmpty {
            body["args"] = try encode(
                .array(arguments), session: session, target: reference.target, isAnswer: false)
        }
        if !named.isEmpty { body["with_kwargs"] = true }
        let interval = RPCValue.double(timeout / .seconds(2))
        switch reference.promise {
        case .none:
            let message = try frame(header, body)
            let wait = Wait(purpose: purpose, timeout: timeout, name: reference.method)
            return send(message, to: reference.target, key: reference.parent) + end(wait, .success(.null))
        case .shared:
            body["promise"] = "*"
            body["t"] = interval
        case .functions:
            body["promise"] = [
                "heartbeat": half(session, "heartbeat"), "interval": interval, "resolve": half(session, "resolve"),
                "reject": half(session, "reject"),
            ]
        }
        header["session"] = .string(session)
        let message = try frame(header, body)
        sessions[session, default: Session(target: reference.target)].wait = Wait(
            purpose: purpose, timeout: timeout, name: reference.method)
        let sending = send(message, to: reference.target, key: reference.parent, session: session)
        return [.setTimer(session: session, timeout)] + sending
    }

    /// A message, with what was lent for it taken back when it cannot be written.
    private mutating func frame(_ header: RPCObject, _ body: RPCObject) throws(RPCError) -> HyphaFrame {
        do {
            return try HyphaFrame(header: header, body: body)
        } catch {
            if let session = header["session"]?.stringValue { sessions[session] = nil }
            throw error
        }
    }

    private func half(_ session: String, _ name: String) -> RPCValue {
        [
            WireTag.type: "method", HyphaTag.target: .string(identity.clientID),
            HyphaTag.method: .string("\(session).\(name)"), HyphaTag.promise: false,
        ]
    }

    /// No answer and no sign of life has come in time.
    mutating func timeOut(_ session: String) -> [Action] {
        guard let wait = sessions[session]?.wait else { return [] }
        let error = RPCError(.timedOut, "\(wait.name) gave no answer and no sign of life within \(wait.timeout)")
        let released = forget(session)
        return end(wait, .failure(error)) + released
    }

    /// Tells whoever waits.
    mutating func end(_ wait: Wait, _ result: Result<RPCValue, RPCError>) -> [Action] {
        switch wait.purpose {
        case .call(let call): [.resume(call, result)]
        case .piece(let name): advance(name, result)
        }
    }

    /// Stops waiting for an answer; one that comes late is ignored.
    mutating func abandon(_ call: CallID) -> [Action] {
        guard let session = sessions.first(where: { $0.value.wait?.purpose == .call(call) })?.key else { return [] }
        let released = forget(session)
        // One that is on its way in pieces need not arrive.
        let unsent = long.filter { $0.value.session == session }.keys.sorted()
        return [.clearTimer(session: session)] + released
            + unsent.flatMap { fail($0, RPCError(.cancelled, "the task was cancelled")) }
    }

    /// A message could not be written: if it is a call of ours, that fails.
    mutating func refuse(_ frame: HyphaFrame, _ error: RPCError) -> [Action] {
        guard let session = frame.header["session"]?.stringValue, let wait = sessions[session]?.wait else {
            return [.dropped("a message that cannot be written: \(error.message)")]
        }
        let released = forget(session)
        return [.clearTimer(session: session)] + end(wait, .failure(error)) + released
    }

    mutating func forget(_ session: String) -> [Action] {
        let functions = sessions.removeValue(forKey: session)?.functions.values
        return [.release(functions.map(Array.init) ?? [])]
    }

    /// Takes what was said to a call of ours; nil when the message is nothing of the kind.
    mutating func answered(
        _ session: String, _ name: String, _ content: Result<(body: RPCObject, decoder: HyphaDecoder), RPCError>,
        from: String
    ) -> [Action]? {
        guard ["resolve", "reject", "heartbeat"].contains(name) else { return nil }
        // Late ones are common: a heartbeat may cross with the answer.
        guard let open = sessions[session], let wait = open.wait else { return [] }
        guard open.target == from else {
            return [.dropped("\(name) for a call of \(open.target), but from \(from)")]
        }
        if name == "heartbeat" { return [.setTimer(session: session, wait.timeout)] }
        let result: Result<RPCValue, RPCError>
        do throws(RPCError) {
            let (body, decoder) = try content.get()
            let value = try decoder.decode(body["args"] ?? [])[0]
            result = name == "resolve" ? .success(value) : .failure(Self.rejection(value))
        } catch {
            result = .failure(error)
        }
        let released = forget(session)
        return [.clearTimer(session: session)] + end(wait, result) + released
    }

    private static func rejection(_ value: RPCValue) -> RPCError {
        switch value {
        case .error(let error): error
        case .string(let text): RPCError(remoteText: text)
        case .null: RPCError(.remoteFailure, "the far side failed without saying why")
        default: RPCError(.remoteFailure, value.description)
        }
    }

    func decoder(from: String, parent: String?, caller: any RemoteCaller) -> HyphaDecoder {
        HyphaDecoder(
            caller: caller, limits: limits, workspace: Self.workspace(of: from), parent: parent, codecs: codecs)
    }

    /// The first part of an address.
    static func workspace(of address: String) -> String {
        address.split(separator: "/", maxSplits: 1).first.map(String.init) ?? ""
    }
}
