internal import OrderedCollections

/// Calls of others.
extension HyphaMachine {
    /// Takes one message.
    mutating func receive(_ frame: HyphaFrame, caller: any RemoteCaller) -> [Action] {
        guard let type = frame.header["type"]?.stringValue else { return [.dropped("a message without a type")] }
        guard type == "method" else { return received(type, frame.header) }
        guard let from = frame.header["from"]?.stringValue, from.contains("/"),
            let method = frame.header["method"]?.stringValue
        else {
            return [.dropped("a call without `from` or `method`: \(RPCValue.object(frame.header))")]
        }
        let (session, name) = Self.split(method)
        let body: RPCObject
        do throws(RPCError) {
            body = try frame.bodyMembers(limits: limits)
        } catch {
            if let session, let ended = answered(session, name, .failure(error), from: from) { return ended }
            return refuse(frame.header, [:], from: from, error)
        }
        let decoder = decoder(from: from, parent: frame.header["session"]?.stringValue, caller: caller)
        if let session, let ended = answered(session, name, .success((body, decoder)), from: from) { return ended }
        do throws(RPCError) {
            let call = try inboundCall(method, frame.header, body, from: from, decoder)
            // These end at once, so that a client which has its hands full still shows that it is alive.
            if let (result, actions) = callBuiltIn(method, call.arguments, frame.header, from: from, caller: caller) {
                servingCount += 1
                return actions + finish(call, result)
            }
            guard servingCount < limits.maxConcurrentInboundCalls else {
                throw RPCError(.overloaded, "\(servingCount) calls are running already; try again later")
            }
            servingCount += 1
            return [.serve(call)]
        } catch {
            return refuse(frame.header, body, from: from, error)
        }
    }

    private mutating func received(_ type: String, _ header: RPCObject) -> [Action] {
        var payload = header
        payload["type"] = nil
        var actions: [Action] = [.event(type: type, payload)]
        // Servers report this themselves; what names a sender is another client's own message.
        if type == "client_disconnected", header["from"] == nil, let id = header["data"]?["id"].stringValue {
            let workspace = header["data"]?["workspace"].stringValue ?? identity.workspace
            actions += peerLeft(HyphaReference.complete(id, workspace: workspace))
        }
        return actions
    }

    /// The session and the name in it of a path; the name may hold dots behind its mark for people.
    static func split(_ method: String) -> (session: String?, name: String) {
        let end = method.firstIndex(of: "#") ?? method.endIndex
        guard let dot = method[..<end].lastIndex(of: ".") else { return (nil, method) }
        return (String(method[..<dot]), String(method[method.index(after: dot)...]))
    }

    private mutating func inboundCall(
        _ method: String, _ header: RPCObject, _ body: RPCObject, from: String, _ decoder: HyphaDecoder
    ) throws(RPCError) -> InboundCall {
        let (function, disposed, lent) = try callee(method, from: from)
        let decoded = try decoder.decode(body["args"] ?? [])
        guard case .array(var values) = decoded else {
            throw RPCError(.protocolViolation, "args is \(decoded.kindName), not a list")
        }
        var named = RPCObject()
        if body["with_kwargs"]?.boolValue == true {
            guard let last = values.popLast()?.objectValue else {
                throw RPCError(.protocolViolation, "with_kwargs is set, but the last argument is no mapping")
            }
            named = last
        }
        let answer = try answer(header, body, from: from)
        var context = header
        context["method"] = .string(method)
        return InboundCall(
            function: function, arguments: RPCArguments(values, named: named), from: from, context: context,
            answer: answer, disposes: disposed, lent: lent)
    }

    /// The function that a call names, if the caller may call it, and the lent object that goes with the call.
    private mutating func callee(
        _ method: String, from: String
    ) throws(RPCError) -> (RPCFunction, disposes: String?, lent: Place?) {
        if method.hasPrefix("services.") {
            let rest = method.dropFirst("services.".count)
            // The id of a service may hold dots itself.
            for dot in rest.indices where rest[dot] == "." {
                guard let service = services[String(rest[..<dot])] else { continue }
                guard service.admits(from, workspace: identity.workspace) else {
                    throw RPCError(.refused, "Permission denied for invoking protected method \(from):\(method)")
                }
                let path = rest[rest.index(after: dot)...]
                if path == HyphaTag.dispose, service.onlyCaller != nil {
                    return (RPCFunction(HyphaTag.dispose) { () in }, service.id, nil)
                }
                if let function = service.function(at: path) { return (function, nil, nil) }
            }
            throw RPCError(.notFound, "Method expired or not found: \(from):\(method)")
        }
        let (session, name) = Self.split(method)
        guard let session, let lent = sessions[session] else {
            throw RPCError(.notFound, "Session not found: \(from):\(method)")
        }
        guard lent.target == from else {
            throw RPCError(.refused, "Access denied for method call \(from):\(method)")
        }
        guard let function = lent.functions[name] else {
            throw RPCError(.notFound, "Method expired or not found: \(from):\(method)")
        }
        sessions[session]?.age = 0
        return (function, nil, Place(session: session, name: name))
    }

    // MARK: Answers

    private func answer(_ header: RPCObject, _ body: RPCObject, from: String) throws(RPCError) -> Answer? {
        switch body["promise"] {
        case .string("*")?:
            guard let session = header["session"]?.stringValue else {
                throw RPCError(.protocolViolation, "a promise without a session to answer in")
            }
            func half(_ name: String) -> HyphaReference {
                HyphaReference(target: from, method: "\(session).\(name)", promise: .none, parent: session)
            }
            return Answer(
                resolve: half("resolve"), reject: half("reject"), heartbeat: half("heartbeat"),
                interval: Self.interval(body["t"]))
        case .object(let fields)?:
            func half(_ name: String) throws(RPCError) -> HyphaReference {
                guard case .object(let function)? = fields[name] else {
                    throw RPCError(.protocolViolation, "a promise without \(name)")
                }
                return try HyphaReference(
                    function, workspace: Self.workspace(of: from), parent: header["session"]?.stringValue)
            }
            return Answer(
                resolve: try half("resolve"), reject: try half("reject"), heartbeat: try half("heartbeat"),
                interval: Self.interval(fields["interval"]))
        default: return nil
        }
    }

    /// How often to say that a call is alive; not more often than once a second, whatever the caller asks for.
    private static func interval(_ seconds: RPCValue?) -> Duration {
        guard let seconds = seconds?.doubleValue, seconds.isFinite else { return defaultTimeout / 2 }
        return .seconds(min(max(seconds, 1), 3600))
    }

    private mutating func refuse(_ header: RPCObject, _ body: RPCObject, from: String, _ error: RPCError) -> [Action] {
        guard let answer = try? answer(header, body, from: from) else {
            return [.dropped("\(header["method"]?.stringValue ?? ""): \(error.message)")]
        }
        return settle(answer, .failure(error))
    }

    /// Ends a served call with its result.
    mutating func finish(_ call: InboundCall, _ result: Result<RPCValue, RPCError>) -> [Action] {
        servingCount -= 1
        var actions: [Action] = []
        if let id = call.disposes, let service = services.removeValue(forKey: id) {
            actions.append(.release(service.functions))
        }
        if let lent = call.lent { actions += endGenerator(lent, result) }
        if let answer = call.answer { return settle(answer, result) + actions }
        guard case .failure(let error) = result else { return actions }
        return actions + [.dropped("\(call.function.name) failed, and nobody waits for it: \(error)")]
    }

    /// Takes back the two functions of a generator that has come to its end, which nobody will call again.
    private mutating func endGenerator(_ place: Place, _ result: Result<RPCValue, RPCError>) -> [Action] {
        let suffix = RPCGenerator.closeSuffix
        let isClosed = place.name.hasSuffix(suffix)
        let next = isClosed ? String(place.name.dropLast(suffix.count)) : place.name
        guard sessions[place.session]?.functions[next + suffix] != nil else { return [] }
        if !isClosed, case .success(let value) = result, !RPCGenerator.isEnd(value) { return [] }
        let released = [next, next + suffix].compactMap {
            sessions[place.session]?.functions.removeValue(forKey: $0)
        }
        if let session = sessions[place.session], session.functions.isEmpty, session.wait == nil {
            sessions[place.session] = nil
        }
        return [.release(released)]
    }

    /// Says that a call is still being served.
    func heartbeat(_ call: InboundCall) -> [Action] {
        guard let answer = call.answer else { return [] }
        return [.send(HyphaFrame(header: header(answer.heartbeat)))]
    }

    private mutating func settle(_ answer: Answer, _ result: Result<RPCValue, RPCError>) -> [Action] {
        do throws(RPCError) {
            let session = makeID()
            let (reference, value) =
                switch result {
                case .success(let value): (answer.resolve, value)
                case .failure(let error): (answer.reject, RPCValue.error(error))
                }
            let encoded = try encode(value, session: session, target: reference.target, isAnswer: true)
            let frame = try HyphaFrame(header: header(reference), body: ["args": [encoded]])
            return send(frame, to: reference.target, key: reference.parent)
        } catch {
            let refusal = RPCValue.error(RPCError(error.code, "the result cannot be sent: \(error.message)"))
            // An error is short and can always be written.
            guard
                let encoded = try? encode(refusal, session: "", target: answer.reject.target, isAnswer: true),
                let frame = try? HyphaFrame(header: header(answer.reject), body: ["args": [encoded]])
            else { return [.dropped("an answer that cannot be written: \(error.message)")] }
            return [.send(frame)]
        }
    }

    private func header(_ reference: HyphaReference) -> RPCObject {
        var header: RPCObject = [
            "type": "method", "from": .string(identity.address), "to": .string(reference.target),
            "method": .string(reference.method),
        ]
        if let parent = reference.parent { header["parent"] = .string(parent) }
        return header
    }
}
