internal import ImJoyCore
internal import ImJoyRPCTestSupport
internal import ImJoyTestSupport
internal import OrderedCollections
internal import Testing

@testable internal import ImJoyRPC

/// A stand-in for a connection: nothing is called.
final class NoCaller: RemoteCaller {
    func call(
        _ reference: RemoteReference, positional: [RPCValue], named: RPCObject, options: RPCCallOptions
    ) async throws -> RPCValue {
        throw RPCError(.disconnected, "nobody is there")
    }
    func dispose(objectID: String, owner: WireID?) async throws {}
}

@Suite struct `Recordings of real peers` {
    /// What the codecs of the program that made the vectors return, which is not in the vectors.
    private static let ownReading: [String: String] = [
        "js/codec": "{_rtype: \"cat\", name: \"boboshu\"}"
    ]

    @Test(
        arguments: [
            ("v1/decode-python.json", "py/"), ("v1/encode-python.json", ""), ("v1/encode-js.json", "js/"),
        ].filter { VectorFiles.holds($0.0) })
    func `everything that peers encoded is decoded`(_ file: String, _ prefix: String) throws {
        let decoder = ImJoyDecoder(caller: NoCaller(), limits: .default)
        var tally = Tally()
        for vector in try Vectors.list(file) where vector.objectValue?["encoded"] != nil {
            let id = prefix + (vector["id"].stringValue ?? "")
            if let reason = TypedJSON.reasonNotCarried(vector["encoded"]) {
                tally.leaveOut(id, reason)
                continue
            }
            guard let encoded = TypedJSON.wire(vector["encoded"]) else {
                tally.fail(id, "no wire form: \(vector["encoded"])")
                continue
            }
            do {
                // Through MessagePack, as on our pipes.
                let carried = try MessagePackReader.decode(SharedBytes(copying: try MessagePackWriter.encode(encoded)))
                let decoded = Normalizer.text(decoded: try decoder.decode(carried))
                // What the peer cannot read itself stays here as it came.
                let wanted =
                    vector["decode_error"].isNull
                    ? Self.ownReading[id] ?? Normalizer.text(expected: vector["decoded"], from: carried)
                    : Normalizer.text(decoded: carried)
                tally.compare(id, decoded, wanted)
            } catch  where !vector["decode_error"].isNull {
                // Or it is refused here, too.
                tally.compare(id, error.code.description, RPCError.Code.protocolViolation.description)
            } catch {
                tally.fail(id, "\(error)")
            }
        }
        tally.report("decode \(file)")
        #expect(tally.failures.isEmpty)
        #expect(tally.passed > 10 || !VectorFiles.areOurs)
    }

    @Test(
        arguments: [
            ("v1/encode-python.json", TypedJSON.Peer.python), ("v1/encode-js.json", TypedJSON.Peer.javaScript),
        ].filter { VectorFiles.holds($0.0) })
    func `what peers encoded is encoded as they did`(_ file: String, _ peer: TypedJSON.Peer) throws {
        var tally = Tally()
        for vector in try Vectors.list(file) where vector.objectValue?["encoded"] != nil {
            let id = vector["id"].stringValue ?? ""
            if let reason = TypedJSON.reasonNotCarried(vector["encoded"]) {
                tally.leaveOut(id, reason)
                continue
            }
            guard let input = Self.said(vector, peer), let encoded = TypedJSON.wire(vector["encoded"]) else {
                tally.fail(id, "cannot be said in Swift: \(vector["input"])")
                continue
            }
            var encoder = ImJoyEncoder(peerID: "me", knownMethods: [:], limits: .default, makeID: RandomID.make)
            do {
                let asInterface = vector["as_interface"].boolValue == true
                var found = asInterface ? try encoder.encodeInterface(input) : try encoder.encode(input)
                var wanted = encoded
                if peer == .javaScript { (found, wanted) = (Self.withoutNames(found), Self.withoutNames(wanted)) }
                var (ours, theirs) = (Normalizer(), Normalizer())
                tally.compare(id, ours.text(wire: found), theirs.text(wire: wanted))
                if let stored = vector["stored_callbacks"].arrayValue {
                    tally.compare("\(id), stored", "\(encoder.exports.callbacks.count)", "\(stored.count)")
                }
            } catch {
                tally.fail(id, "\(error)")
            }
        }
        tally.report("encode \(file)")
        #expect(tally.failures.isEmpty)
        #expect(tally.passed > 5 || !VectorFiles.areOurs)
    }

    /// The input of a vector as a Swift program says it.
    private static func said(_ vector: RPCValue, _ peer: TypedJSON.Peer) -> RPCValue? {
        let (input, encoded) = (vector["input"], vector["encoded"])
        // A function without a name goes by its id.
        if case .string(let name) = encoded["_rname"], encoded["_rvalue"].stringValue == name {
            return .function(RPCFunction("") { () in })
        }
        let isPlain = vector["as_interface"].boolValue != true && input["_rintf"].isNull && input["_rtype"].isNull
        // Instances of classes and streams: which members they have stands in what the other side read.
        if isPlain, !encoded["_rintf"].isNull { return TypedJSON.said(decoded: vector["decoded"]) }
        return written(input, as: encoded) ?? TypedJSON.local(input, of: peer)
            ?? TypedJSON.said(decoded: vector["decoded"])
    }

    /// An object that the peer's own codec wrote out: here it is a value of that type.
    private static func written(_ input: RPCValue, as encoded: RPCValue) -> RPCValue? {
        let isForm = input.objectValue?.keys.first?.hasPrefix("$") == true && input["$instance"].isNull
        guard !isForm, input["_rtype"].isNull, input.objectValue != nil, !encoded["_rtype"].isNull else { return nil }
        return TypedJSON.said(decoded: encoded)
    }

    /// JavaScript calls every function "Function".
    private static func withoutNames(_ value: RPCValue) -> RPCValue {
        switch value {
        case .array(let elements): return .array(elements.map(withoutNames))
        case .object(var members):
            members["_rname"] = nil
            return .object(members.mapValues(withoutNames))
        default: return value
        }
    }

    @Test(arguments: ["v1/encode-python.json"].filter { VectorFiles.holds($0) })
    func `bytes are taken out of a message for comms, and put back`(_ file: String) throws {
        var tally = Tally()
        for vector in try Vectors.list(file) where !vector["comm"].isNull {
            let id = vector["id"].stringValue ?? ""
            guard TypedJSON.reasonNotCarried(vector["encoded"]) == nil,
                let encoded = TypedJSON.wire(vector["encoded"]),
                var content = try TypedJSON.parse(vector["comm"]["json"].stringValue ?? "").objectValue
            else { continue }
            let paths = vector["comm"]["buffer_paths"]
            let buffers = (vector["comm"]["buffers"].arrayValue ?? []).compactMap { $0.stringValue }
                .compactMap { SharedBytes(hex: $0) }
            if !buffers.isEmpty { content["__buffer_paths__"] = paths }
            let message: RPCMessage = ["v": encoded]
            let comm = CommMessage(message)
            tally.compare(
                "\(id), apart", "\(Self.text(.object(comm.content))) \(comm.buffers.map(\.hex))",
                "\(Self.text(.object(content))) \(buffers.map(\.hex))")
            let whole = try CommMessage(content: content, buffers: buffers).message()
            tally.compare("\(id), together", Self.text(.object(whole.fields)), Self.text(.object(message.fields)))
        }
        tally.report("comm \(file)")
        #expect(tally.failures.isEmpty)
        #expect(tally.passed > 50 || !VectorFiles.areOurs)
    }

    private static func text(_ value: RPCValue) -> String {
        var normalizer = Normalizer()
        return normalizer.text(wire: value)
    }
}
