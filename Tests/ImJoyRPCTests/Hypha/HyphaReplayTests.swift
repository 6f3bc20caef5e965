internal import ImJoyCore
internal import ImJoyRPCTestSupport
internal import ImJoyTestSupport
internal import OrderedCollections
internal import Testing

@testable internal import ImJoyRPC

/// Plays one client of a recorded session with our machine, and compares what it sends byte for byte with what the real
/// client has sent.
///
/// Our machine is given the ids that the real client has chosen, and values as the program of the recording had them.
/// We deviate on purpose in:
/// - heartbeats: that a call is alive is said when the recording says it, but never after its answer;
/// - errors that the machine itself tells have our trace.
private struct HyphaReplay {
    private var machine: HyphaMachine
    private var served: [HyphaMachine.InboundCall] = []
    private var unmatched: [HyphaFrame] = []
    private let ids: Guarded<[String]>
    private(set) var resumed: [CallID: Int] = [:]
    private(set) var callCount: UInt64 = 0
    private(set) var tally = Tally()
    private let caller = NoCaller()

    init(_ frames: [RecordedHypha.Frame], connection: Int) throws {
        let own = frames.filter { $0.connection == connection }
        let address = own.first { $0.isFromClient && !$0.header["from"].isNull }?.header["from"].stringValue ?? "/"
        let parts = address.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let ids = Guarded([String]())
        self.ids = ids
        machine = HyphaMachine(
            identity: HyphaMachine.Identity(
                clientID: parts.last ?? "", workspace: parts.first ?? "", server: Self.server(of: own)),
            makeID: { ids.withLock { $0.isEmpty ? "unused" : $0.removeFirst() } })
        try registerServices(of: own)
        for frame in own {
            guard let bytes = frame.bytes else { continue }
            let message = try HyphaFrame.decode(bytes)
            let name = "\(frame.number) \(message.header["method"]?.stringValue ?? "")"
            do throws(RPCError) {
                if frame.isFromClient {
                    try send(message, name, bytes)
                } else {
                    perform(machine.receive(message, caller: caller))
                }
            } catch {
                tally.fail(name, "\(error)")
            }
        }
        for frame in unmatched { tally.fail("more than recorded", "\(RPCValue.object(frame.header))") }
        if resumed.values.contains(where: { $0 != 1 }) { tally.fail("answers", "a call was resumed more than once") }
        perform(machine.disconnect(RPCError(.disconnected, "the end")))
        tally.compare("calls that ended", "\(resumed.count)", "\(callCount)")
        tally.compare("calls that are open", "\(machine.waiterCount)", "0")
    }

    private mutating func perform(_ actions: [HyphaMachine.Action]) {
        for action in actions {
            switch action {
            case .send(let frame): unmatched.append(frame)
            case .resume(let call, _): resumed[call, default: 0] += 1
            case .serve(let call): served.append(call)
            case .setTimer, .clearTimer, .event, .dropped, .release: break
            }
        }
    }

    // MARK: What the client does

    private mutating func send(_ message: HyphaFrame, _ name: String, _ bytes: SharedBytes) throws(RPCError) {
        let header = message.header
        guard header["type"]?.stringValue == "method", let method = header["method"]?.stringValue else { return }
        let body = try message.bodyMembers()
        let values = HyphaSaid.value(encoded: body["args"] ?? [], own: machine.identity.clientID).arrayValue ?? []
        let (session, leaf) = HyphaMachine.split(method)
        if header["session"] != nil || body["promise"] != nil {
            try call(message, body, values)
        } else if let session, ["resolve", "reject", "heartbeat"].contains(leaf) {
            guard let index = served.firstIndex(where: { $0.answer?.resolve.method == "\(session).resolve" }) else {
                // The machine has answered by itself, or refused.
                if leaf == "heartbeat" { return }
                return compare(name, bytes, isOurs: true)
            }
            if leaf == "heartbeat" {
                perform(machine.heartbeat(served[index]))
            } else {
                let inbound = served.remove(at: index)
                ids.withLock { $0 = HyphaSaid.ids(in: body["args"] ?? [], isAnswer: true) }
                let value = values.first ?? .null
                if case .error(let error) = value, leaf == "reject" {
                    perform(machine.finish(inbound, .failure(error)))
                } else {
                    perform(machine.finish(inbound, .success(value)))
                }
            }
        } else {
            tally.fail(name, "nothing that a client of ours sends")
            return
        }
        compare(name, bytes, isOurs: false)
    }

    private mutating func call(_ message: HyphaFrame, _ body: RPCObject, _ values: [RPCValue]) throws(RPCError) {
        let header = message.header
        var positional = values
        let named = body["with_kwargs"]?.boolValue == true ? positional.popLast()?.objectValue ?? [:] : [:]
        var reference = HyphaReference(
            target: header["to"]?.stringValue ?? "", method: header["method"]?.stringValue ?? "",
            parent: header["parent"]?.stringValue)
        if case .object? = body["promise"] { reference.promise = .functions }
        let session = header["session"]?.stringValue ?? ""
        ids.withLock { $0 = [session] + HyphaSaid.ids(in: body["args"] ?? [], isAnswer: false) }
        callCount += 1
        let actions = try machine.call(
            CallID(number: callCount), reference, positional: positional, named: named)
        perform(actions)
        // The client takes its service back before it tells the server.
        if reference.method == "services.default.unregister_service",
            let id = positional.first?.stringValue ?? named["service_id"]?.stringValue,
            let own = id.split(separator: ":").last
        {
            perform((try? machine.unregister(String(own))) ?? [])
        }
    }

    private mutating func compare(_ name: String, _ recorded: SharedBytes, isOurs: Bool) {
        let kind = Self.kind(recorded)
        let index = unmatched.firstIndex { frame in
            guard let bytes = try? frame.encode() else { return false }
            return Self.kind(bytes) == kind
        }
        guard let index, let bytes = try? unmatched.remove(at: index).encode() else {
            return tally.fail(name, "we sent nothing of the kind")
        }
        if bytes != recorded, isOurs, let ours = Self.withoutTrace(bytes), let theirs = Self.withoutTrace(recorded) {
            return tally.compare(name, ours, theirs)
        }
        tally.compare(name, bytes.hex, recorded.hex)
    }

    private static func kind(_ bytes: SharedBytes) -> String? {
        guard let header = try? HyphaFrame.decode(bytes).header else { return nil }
        return "\(header["method"] ?? .null) \(header["session"] ?? .null)"
    }

    /// A rejection without the trace, which is that of the program, and without the kind, which only we send.
    private static func withoutTrace(_ bytes: SharedBytes) -> String? {
        guard let frame = try? HyphaFrame.decode(bytes), let body = try? frame.bodyMembers(),
            case .object(var error)? = body["args"]?[0], error.removeValue(forKey: "_rtrace") != nil
        else { return nil }
        error["_rcode"] = nil
        var normalizer = Normalizer()
        return normalizer.text(wire: .object(frame.header)) + normalizer.text(wire: .object(error))
    }

    // MARK: What the client had

    /// The services as they were given out, before the session begins.
    private mutating func registerServices(of frames: [RecordedHypha.Frame]) throws {
        for frame in frames where frame.isFromClient {
            guard let bytes = frame.bytes, let body = try? HyphaFrame.decode(bytes).bodyMembers(),
                case .object(let fields)? = body["args"]?[0], let id = fields["id"]?.stringValue,
                fields.values.contains(where: { $0["_rmethod"].stringValue?.hasPrefix("services.\(id).") == true }),
                case .object(let members) = HyphaSaid.value(encoded: .object(fields), own: machine.identity.clientID)
            else { continue }
            perform(try machine.register(HyphaService(members), overwrite: true))
        }
    }

    private static func server(of frames: [RecordedHypha.Frame]) -> String? {
        func find(_ value: RPCValue) -> String? {
            switch value {
            case .array(let elements): elements.lazy.compactMap(find).first
            case .object(let members):
                members["_rserver"]?.stringValue ?? members.values.lazy.compactMap(find).first
            default: nil
            }
        }
        return frames.lazy.filter(\.isFromClient).compactMap { frame in
            frame.bytes.flatMap { try? HyphaFrame.decode($0).bodyMembers() }.flatMap { find(.object($0)) }
        }.first
    }
}

@Suite struct `Recorded Hypha sessions` {
    static let cases: [(String, Int)] = RecordedHypha.sessions.filter { !$0.hasPrefix("07") && !$0.hasPrefix("10") }
        .flatMap { name in
            let connections = Set(((try? RecordedHypha.frames(name)) ?? []).map(\.connection)).sorted()
            return connections.map { (name, $0) }
        }

    @Test(arguments: cases)
    func `are played by our machine as by the real client, caller and callee`(_ name: String, _ connection: Int) throws
    {
        let replay = try HyphaReplay(try RecordedHypha.frames(name), connection: connection)
        replay.tally.report("\(name), client \(connection)", group: "hypha")
        #expect(replay.tally.failures.isEmpty)
        #expect(replay.callCount > 0)
    }
}
