internal import ImJoyCore
internal import OrderedCollections

/// The service that every client has: it gives out the others, and takes messages that come in pieces.
extension HyphaMachine {
    /// Its id, and its type.
    static let builtInID = "built-in"

    /// Its functions by their paths; the machine itself runs them.
    private static let builtInPaths = [
        "ping", "get_service", "message_cache.create", "message_cache.append", "message_cache.set",
        "message_cache.process", "message_cache.remove",
    ]

    /// What others see of it.
    static func builtIn(_ identity: Identity) -> RPCObject {
        func function(_ path: String) -> RPCValue {
            let name = path.split(separator: ".").last.map(String.init) ?? path
            return .function(
                RPCFunction(raw: name) { _ in throw RPCError(.refused, "\(path) is called through a connection only") })
        }
        var members: RPCObject = [
            "id": .string(builtInID), "type": .string(builtInID),
            "name": .string("Builtin services for \(identity.address)"),
            "config": ["require_context": true, "visibility": "public", "api_version": 3],
        ]
        var cache = RPCObject()
        for path in builtInPaths {
            if let name = path.split(separator: ".").dropFirst().first {
                cache[String(name)] = function(path)
            } else {
                members[path] = function(path)
            }
        }
        members["message_cache"] = .object(cache)
        return members
    }

    /// Runs a function of the built-in service; nil when `method` is none. What it leads to comes before its answer.
    mutating func callBuiltIn(
        _ method: String, _ arguments: RPCArguments, _ header: RPCObject, from: String, caller: any RemoteCaller
    ) -> (result: Result<RPCValue, RPCError>, actions: [Action])? {
        let prefix = "services.\(Self.builtInID)."
        guard method.hasPrefix(prefix) else { return nil }
        let path = String(method.dropFirst(prefix.count))
        guard Self.builtInPaths.contains(path) else { return nil }
        do throws(RPCError) {
            switch path {
            case "ping": return (.success("pong"), [])
            case "get_service": return (.success(try service(arguments, from: from)), [])
            default: return try cache(path, arguments, header, from: from, caller: caller)
            }
        } catch {
            return (.failure(error), [])
        }
    }

    private func service(_ arguments: RPCArguments, from: String) throws(RPCError) -> RPCValue {
        let wanted = arguments[0].isNull ? arguments.named["service_id"] ?? .null : arguments[0]
        guard let id = wanted.stringValue else {
            throw RPCError(.invalidArgument, "get_service takes the id of a service, not \(wanted.kindName)")
        }
        guard let service = services[id], service.onlyCaller == nil else {
            throw RPCError(.notFound, "Service not found: \(id)")
        }
        guard service.admits(from, workspace: identity.workspace) else {
            throw RPCError(.refused, "Permission denied for getting protected service: \(id)")
        }
        return .object(service.members)
    }

    // MARK: Messages in pieces

    /// The pieces of one message, each where it belongs.
    struct Pieces {
        var byIndex: [Int: SharedBytes] = [:]
        var byteCount = 0
    }

    /// How many messages may be coming in pieces at one time.
    private static let maxPartial = 256

    private mutating func cache(
        _ path: String, _ arguments: RPCArguments, _ header: RPCObject, from: String, caller: any RemoteCaller
    ) throws(RPCError) -> (result: Result<RPCValue, RPCError>, actions: [Action]) {
        guard let key = arguments[0].stringValue else {
            throw RPCError(.invalidArgument, "a message in pieces has a text as its key, not \(arguments[0].kindName)")
        }
        // Each peer has keys of its own, so that none can add to the message of another one.
        let place = "\(from) \(key)"
        if path == "message_cache.create" {
            guard partial[place] == nil else { throw RPCError(.refused, "there is a message \(key) already") }
            guard partial.count < Self.maxPartial else {
                throw RPCError(.overloaded, "\(partial.count) messages are coming in pieces already")
            }
            partial[place] = Pieces()
            return (.success(.null), heartbeat(arguments.positional.last, session: key))
        }
        guard var pieces = partial.removeValue(forKey: place) else {
            throw RPCError(.notFound, "there is no message \(key) in pieces")
        }
        switch path {
        case "message_cache.remove": return (.success(.null), [])
        case "message_cache.process":
            return (.success(.null), try process(pieces, header, from: from, caller: caller))
        default: break
        }
        defer { partial[place] = pieces }
        let isSet = path == "message_cache.set"
        let index = isSet ? arguments[1].intValue : pieces.byIndex.count
        guard let index, index >= 0, case .bytes(let bytes) = arguments[isSet ? 2 : 1] else {
            throw RPCError(.invalidArgument, "a piece of a message is an index and bytes, not \(arguments.positional)")
        }
        let count = pieces.byteCount - (pieces.byIndex[index]?.count ?? 0) + bytes.count
        guard count <= limits.maxFrameBytes, pieces.byIndex.count < limits.maxValues else {
            throw RPCError(
                .limitExceeded, "a message in pieces of \(count) bytes; at most \(limits.maxFrameBytes) are allowed")
        }
        pieces.byIndex[index] = bytes
        pieces.byteCount = count
        return (.success(.null), heartbeat(arguments.positional.last, session: key))
    }

    /// A piece of an answer to a call of ours shows that the call is alive.
    private func heartbeat(_ flag: RPCValue?, session: String) -> [Action] {
        guard flag?.boolValue == true, let wait = sessions[session]?.wait else { return [] }
        return [.setTimer(session: session, wait.timeout)]
    }

    private mutating func process(
        _ pieces: Pieces, _ header: RPCObject, from: String, caller: any RemoteCaller
    ) throws(RPCError) -> [Action] {
        let parts = (0..<pieces.byIndex.count).compactMap { pieces.byIndex[$0] }
        guard parts.count == pieces.byIndex.count else {
            throw RPCError(
                .protocolViolation, "the pieces of a message are not numbered 0 to \(pieces.byIndex.count - 1)")
        }
        let whole = SharedBytes(count: pieces.byteCount) { target in
            var start = 0
            for part in parts {
                part.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: target[start...]).copyMemory(from: $0) }
                start += part.count
            }
        }
        var frame = try HyphaFrame.decode(whole, limits: limits)
        // Who has sent it is what the server says of this call, not what the message says of itself.
        for name in ["from", "to", "ws", "user"] { frame.header[name] = header[name] }
        return receive(frame, caller: caller)
    }
}
