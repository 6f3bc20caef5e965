internal import ImJoyRPCTestSupport
internal import ImJoyTestSupport
internal import OrderedCollections
internal import Testing

@testable internal import ImJoyRPC

/// Replays one half of a recorded session through our machine in the role of the other one, and compares what we send
/// with what was sent there.
///
/// We deviate on purpose in:
/// - `initialize.config`: the name and type are those of our role, and there is no service worker to enable;
/// - a JavaScript core numbers its callbacks, calls all of them "Function", names no target in its references and leaves
///   `with_kwargs` out when there are none; we name, target and say it always, as Python does;
/// - a message without a promise is never sent by us: every call is waited for;
/// - the recorded cores say goodbye twice, we do once;
/// - as a plugin, we say another language and id of ourselves, and no folder; what a transport added is left out;
/// - a failure is told by the rejection only, without an `error` message before it, and in our words;
/// - arguments of `execute` and `getInterface` are equal, the order of `setup` and the acknowledgement before it is not
///   fixed, so messages are compared by kind.
private struct Replay {
    var driver: Driver
    var tally = Tally()
    let isJavaScript: Bool
    /// Names that the recorded core gave, and ours in their place.
    private var ours: [String: RPCValue] = [:]
    private var unmatched: [RPCMessage] = []
    private var seen = 0
    private var saidGoodbye = false

    init(_ lines: [RPCValue], as side: String) throws {
        isJavaScript = side == "core" && lines[0]["dir"].stringValue?.contains("js") == true
        let recorded = lines.first {
            $0["message"]["type"].stringValue == "setInterface" && $0["dir"].stringValue?.hasPrefix(side) == true
        }
        let api = Self.localized(TypedJSON.wire(recorded?["message"]["api"] ?? [:]) ?? [:]).objectValue ?? [:]
        if side == "core" {
            driver = Driver(api: api)
        } else {
            let ready = lines.first { $0["message"]["type"].stringValue == "imjoyRPCReady" }?["message"] ?? [:]
            let config = ready["config"]
            let runsCode = config["allow_execution"].boolValue == true
            let run: ImJoyPluginRole.CodeHandler = { _ in }
            let role = try ImJoyPluginRole(
                name: config["name"].stringValue ?? "", description: config["description"].stringValue ?? "",
                allowExecution: runsCode, onExecute: runsCode ? run : nil)
            driver = Driver(role: .plugin(role, id: ready["peer_id"].stringValue ?? ""), api: api)
        }
        for line in lines {
            guard case .object(let fields) = TypedJSON.wire(line["message"]), fields["type"] != nil else { continue }
            let message = RPCMessage(fields)
            let name = "\(line["seq"]) \(message.type ?? "")"
            if line["dir"].stringValue?.hasPrefix(side) != true {
                _ = driver.receive(RPCMessage(translated(.object(fields)).objectValue ?? [:]))
            } else {
                do { try send(message, name) } catch { tally.fail(name, "\(error)") }
            }
        }
        collect()
        for message in unmatched { tally.fail("more than recorded", "\(message)") }
    }

    private mutating func collect() {
        unmatched += driver.sent[seen...]
        seen = driver.sent.count
    }

    /// Has our machine do what made the recorded core send `message`, and compares.
    private mutating func send(_ message: RPCMessage, _ name: String) throws {
        switch message.type {
        case "method" where message["promise"].isNull, "error": return
        case "imjoyRPCReady": driver.note(driver.machine.start())
        case "method" where !message["promise"].isNull, "callback" where !message["promise"].isNull:
            var arguments = Self.localized(message["args"]).arrayValue ?? []
            let named = message["with_kwargs"].boolValue == true ? arguments.popLast()?.objectValue ?? [:] : [:]
            _ = try driver.call(arguments, named: named, reference(message))
        case "callback":
            let answered = WireID(message["id"])
            let index = driver.served.firstIndex { call in
                [call.promise?.resolve, call.promise?.reject].contains { Self.id(of: $0) == answered }
            }
            // What cannot be called was refused at once.
            guard let index else { break }
            let call = driver.served.remove(at: index)
            let isSuccess = Self.id(of: call.promise?.resolve) == answered
            let value = Self.localized(message["args"][0])
            driver.note(
                driver.machine.finish(
                    call, isSuccess ? .success(value) : .failure(RPCError(.remoteFailure, "it failed")))
            )
        case "executed":
            let index = driver.served.firstIndex { if case .execution = $0.purpose { true } else { false } }
            guard let index else { return tally.fail(name, "nothing is executed") }
            let error = message["error"].stringValue.map { RPCError(remoteText: $0) }
            let call = driver.served.remove(at: index)
            driver.note(driver.machine.finish(call, error.map { .failure($0) } ?? .success(.null)))
        case "getInterface":
            _ = try driver.start { (machine, call) throws(RPCError) in try machine.requestInterface(call) }
        case "execute":
            let code = message["code"].objectValue ?? [:]
            _ = try driver.start { (machine, call) throws(RPCError) in try machine.execute(call, code: code) }
        case "disposeObject":
            let id = message["object_id"].stringValue ?? ""
            _ = try driver.start { (machine, call) throws(RPCError) in try machine.dispose(call, objectID: id) }
        case "disconnect":
            if saidGoodbye { return }
            saidGoodbye = true
            driver.note(driver.machine.sayGoodbye())
        default: break
        }
        collect()
        guard let index = unmatched.firstIndex(where: { Self.matches($0, message) }) else {
            return tally.fail(name, "we sent nothing of the kind")
        }
        let sent = unmatched.remove(at: index)
        learn(.object(message.fields), .object(sent.fields))
        var (a, b) = (Normalizer(), Normalizer())
        tally.compare(
            name, a.text(wire: comparable(.object(sent.fields))), b.text(wire: comparable(.object(message.fields))))
    }

    private static func matches(_ sent: RPCMessage, _ recorded: RPCMessage) -> Bool {
        sent.type == recorded.type && WireID(sent["id"]) == WireID(recorded["id"])
    }

    private static func id(of reference: RemoteReference?) -> WireID? {
        guard case .callback(let id, _)? = reference else { return nil }
        return id
    }

    private func reference(_ message: RPCMessage) -> RemoteReference {
        let target = message["target_id"].stringValue.map { WireID.text($0) }
        if message.type == "callback" {
            return .callback(id: WireID(message["id"]) ?? .text(""), target: target)
        }
        return .method(
            object: message["object_id"].stringValue ?? "", path: message["name"].stringValue ?? "", target: target)
    }

    /// The recorded core's functions and objects as if they were ours.
    private static func localized(_ value: RPCValue) -> RPCValue {
        switch value {
        case .array(let elements): return .array(elements.map(localized))
        case .object(var members):
            switch members["_rtype"]?.stringValue {
            case "callback", "interface":
                return .function(RPCFunction(raw: members["_rname"]?.stringValue ?? "f") { _ in .null })
            case let type?:
                members["_rtype"] = nil
                return .tagged(type: type, members)
            case nil:
                if members["_rintf"] != nil { members["_rintf"] = true }
                return .object(members.mapValues(localized))
            }
        default: return value
        }
    }

    /// Notes which name of ours stands where the recorded core had its own.
    private mutating func learn(_ recorded: RPCValue, _ own: RPCValue) {
        switch (recorded, own) {
        case (.array(let a), .array(let b)): for (x, y) in zip(a, b) { learn(x, y) }
        case (.object(let a), .object(let b)):
            for (name, x) in a {
                guard let y = b[name] else { continue }
                let isName = name == "_rintf" || name == "_rvalue" && a["_rtype"]?.stringValue == "callback"
                if isName { ours["\(x)"] = y } else { learn(x, y) }
            }
        default: break
        }
    }

    /// A message of the plugin with our names in place of the recorded ones.
    private func translated(_ value: RPCValue) -> RPCValue {
        switch value {
        case .array(let elements): return .array(elements.map(translated))
        case .object(var members):
            for name in ["id", "object_id"] {
                if let own = members[name].flatMap({ ours["\($0)"] }) { members[name] = own }
            }
            return .object(members)
        default: return value
        }
    }

    /// A rejection: its text is that of the program.
    private func isFailure(_ members: RPCObject) -> Bool {
        guard case .plugin = driver.machine.role, members["type"]?.stringValue == "callback" else { return false }
        let argument = members["args"]?[0] ?? .null
        return argument["_rtype"].stringValue == "error" || argument.stringValue?.hasPrefix("Traceback") == true
    }

    /// Without what deviates on purpose.
    private func comparable(_ value: RPCValue) -> RPCValue {
        switch value {
        case .array(let elements): return .array(elements.map(comparable))
        case .object(var members):
            if members["type"]?.stringValue == "initialize", case .object(var config)? = members["config"] {
                for name in ["name", "type", "enable_service_worker", "credential"] { config[name] = nil }
                members["config"] = .object(config)
            }
            if members["type"]?.stringValue?.hasPrefix("i") == true, case .object(var config)? = members["config"] {
                for name in ["id", "lang", "work_dir", "server_url", "type", "dedicated_thread"] { config[name] = nil }
                members["config"] = .object(config)
            }
            members["plugin_id"] = nil
            if isFailure(members) { members["args"] = "a failure" }
            if isJavaScript {
                for name in ["_rname", "_rtarget_id"] { members[name] = nil }
                if members["with_kwargs"]?.boolValue == false { members["with_kwargs"] = nil }
            }
            return .object(members.mapValues(comparable))
        default: return value
        }
    }
}

@Suite struct `Recorded sessions` {
    @Test(
        arguments: [
            ("v1/session-python-basic.jsonl", "core", 26), ("v1/session-python-exec.jsonl", "core", 8),
            ("v1/session-js-core-python-plugin.jsonl", "core", 20), ("v1/session-python-basic.jsonl", "plugin", 26),
            ("v1/session-python-exec.jsonl", "plugin", 9), ("v1/session-js-core-python-plugin.jsonl", "plugin", 22),
        ].filter { VectorFiles.holds($0.0) })
    func `are answered as the recorded side answered`(_ file: String, _ side: String, _ count: Int) throws {
        let replay = try Replay(try Vectors.transcript(file), as: side)
        replay.tally.report("\(file) as \(side)")
        #expect(replay.tally.failures.isEmpty)
        #expect(replay.tally.passed >= count || !VectorFiles.areOurs)
        #expect(replay.driver.machine.pending.count == 0)
        #expect(replay.driver.served.isEmpty)
    }
}
