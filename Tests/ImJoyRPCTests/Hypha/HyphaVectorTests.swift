internal import ImJoyCore
internal import ImJoyRPCTestSupport
internal import ImJoyTestSupport
internal import OrderedCollections
internal import Testing

@testable internal import ImJoyRPC

/// Values of recorded peers as a Swift program says them. What the recording leaves out of an input (the documentation
/// of a function, the members of a stream or of an object with a codec) is taken from what was sent.
private enum Said {
    /// Nil for what cannot be said.
    static func value(_ input: RPCValue, as encoded: RPCValue) -> RPCValue? {
        switch input {
        case .array(let elements):
            let values = elements.enumerated().map { value($1, as: encoded[$0]) }
            return values.contains { $0 == nil } ? nil : .array(values.compactMap(\.self))
        case .object(let members):
            if members.count == 1, let (form, content) = members.elements.first, form.hasPrefix("$") {
                return value(form, content, as: encoded)
            }
            var object = RPCObject()
            for (name, member) in members {
                guard let said = value(member, as: encoded[name]) else { return nil }
                object[name] = said
            }
            guard let type = object.removeValue(forKey: "_rtype")?.stringValue else { return .object(object) }
            return .tagged(type: type, object)
        default: return input
        }
    }

    private static func value(_ form: String, _ content: RPCValue, as encoded: RPCValue) -> RPCValue? {
        switch form {
        case "$function", "$instance", "$iostream":
            guard !encoded.isNull, let wire = TypedJSON.wire(encoded) else { return nil }
            return HyphaSaid.value(encoded: wire, own: "golden-client")
        case "$exception":
            return .error(
                RPCError(
                    .remoteFailure, content["message"].stringValue ?? "", remoteTrace: encoded["_rtrace"].stringValue))
        case "$frozenset", "$bytearray": return nil
        default: return TypedJSON.local(.object([form: content]), of: .python)
        }
    }
}

/// Values as text, so that ours can be compared with what Python made of the same bytes.
private enum Read {
    /// Of a stream these are Python's own, and what it keeps of the original.
    private static let streamOnly: Set<String> = [
        "_rnative", "__enter__", "__exit__", "__iter__", "__next__", "__rpc_object__",
    ]

    static func text(_ value: RPCValue) -> String {
        switch value {
        case .array(let elements): "[\(elements.map { text($0) }.joined(separator: ", "))]"
        case .object(let members), .tagged("iostream", let members): object(members.mapValues { text($0) })
        case .remote(let object): self.object(object.members.mapValues { text($0) })
        case .tagged(RPCGenerator.type, _): "generator"
        case .tagged(let type, let fields) where type != "set" && type != "orderedmap":
            object(fields.mapValues { text($0) }.merging(["_rtype": "\"\(type)\""]) { $1 })
        case .error(let error): "error(RemoteError:\(error.message)\n\(error.remoteTrace ?? ""))"
        default: Normalizer.text(decoded: value)
        }
    }

    static func text(expected node: RPCValue, from wire: RPCValue) -> String {
        switch node {
        case .array(let elements):
            return "[\(elements.enumerated().map { text(expected: $1, from: wire[$0]) }.joined(separator: ", "))]"
        case .object(let members):
            guard members.count == 1, let (form, content) = members.elements.first, form.hasPrefix("$") else {
                var parts = OrderedDictionary<String, String>()
                for (name, member) in members { parts[name] = text(expected: member, from: wire[name]) }
                return object(parts)
            }
            switch form {
            case "$exception": return "error(\(content["message"].stringValue ?? ""))"
            case "$instance" where content["type"].stringValue == "async_generator": return "generator"
            // What a codec of the recorded program makes of it is its own affair.
            case "$instance": return object((wire.objectValue ?? [:]).mapValues { text($0) })
            default: return Normalizer.text(expected: node, from: wire)
            }
        default: return text(node)
        }
    }

    private static func object(_ parts: OrderedDictionary<String, String>) -> String {
        let kept = parts.filter { !streamOnly.contains($0.key) }.sorted { $0.key < $1.key }
        return "{\(kept.map { "\($0.key): \($0.value)" }.joined(separator: ", "))}"
    }
}

@Suite struct `Recordings of Hypha peers` {
    private static let server = "http://127.0.0.1:9520"

    private func encoder(_ vector: RPCValue) -> HyphaEncoder {
        var count = 0
        return HyphaEncoder(
            context: HyphaEncoder.Context(
                clientID: "golden-client", workspace: "golden-ws", server: Self.server, session: "goldensession",
                isAnswer: !vector["options"]["local_workspace"].isNull),
            makeID: {
                count += 1
                let digits = String(count)
                return "goldenid" + String(repeating: "0", count: 14 - digits.count) + digits
            })
    }

    @Test(arguments: ["hypha/encode.json"].filter { VectorFiles.holds($0) })
    func `values are encoded byte for byte as Python encodes them`(_ file: String) throws {
        var tally = Tally()
        for vector in try Vectors.list(file) {
            let id = vector["id"].stringValue ?? ""
            let said = Said.value(vector["input"], as: vector["encoded"])
            if !vector["encode_error"].isNull || !vector["pack_error"].isNull {
                // What Python refuses to send cannot even be said here.
                tally.compare(id, said == nil ? "refused" : "sent", "refused")
                continue
            }
            if !vector["unpack_error"].isNull {
                tally.leaveOut(id, "Python receivers lose the whole message; the keys of our mappings are text")
                continue
            }
            guard let said, let wire = TypedJSON.wire(vector["encoded"]) else {
                tally.fail(id, "cannot be said in Swift: \(vector["input"])")
                continue
            }
            do {
                var encoder = encoder(vector)
                let bytes = SharedBytes(copying: try MessagePackWriter.encode(try encoder.encode(said)))
                let wanted = SharedBytes(copying: try MessagePackWriter.encode(wire))
                tally.compare(id, bytes.hex, vector["msgpack"].stringValue ?? wanted.hex)
                if let length = vector["msgpack_length"].intValue {
                    tally.compare("\(id), length", "\(bytes.count)", "\(length)")
                }
                if let stored = vector["stored_in_session"].arrayValue {
                    tally.compare(
                        "\(id), stored", "\(encoder.exports.functions.map(\.name))",
                        "\(stored.compactMap(\.stringValue))")
                }
                if let services = vector["local_services"].arrayValue {
                    tally.compare(
                        "\(id), services", "\(encoder.exports.services.map(\.id))",
                        "\(services.compactMap(\.stringValue))")
                }
            } catch {
                tally.fail(id, "\(error)")
            }
        }
        tally.report("encode \(file)", group: "hypha")
        #expect(tally.failures.isEmpty)
        #expect(tally.passed > 60 || !VectorFiles.areOurs)
    }

    @Test(arguments: ["hypha/encode.json", "hypha/decode.json"].filter { VectorFiles.holds($0) })
    func `bytes are decoded to what Python makes of them`(_ file: String) throws {
        let decoder = HyphaDecoder(caller: NoCaller(), limits: .default, workspace: "peer-ws")
        var tally = Tally()
        for vector in try Vectors.list(file) {
            let id = vector["id"].stringValue ?? ""
            if vector.objectValue?["decoded"] == nil { continue }
            if let reason = TypedJSON.reasonNotCarried(vector["encoded"]) {
                tally.leaveOut(id, reason)
                continue
            }
            guard let wire = TypedJSON.wire(vector["encoded"]) else {
                tally.fail(id, "no wire form: \(vector["encoded"])")
                continue
            }
            do {
                let bytes =
                    try vector["msgpack"].stringValue.flatMap { SharedBytes(hex: $0) }
                    ?? SharedBytes(copying: MessagePackWriter.encode(wire))
                let decoded = try decoder.decode(try MessagePackReader.decode(bytes))
                tally.compare(id, Read.text(decoded), Read.text(expected: vector["decoded"], from: wire))
                if let target = vector["resolved_target"].stringValue {
                    guard case .remote(.address(let reference), _)? = decoded.functionValue?.kind else {
                        tally.fail(id, "no function of the far side")
                        continue
                    }
                    tally.compare("\(id), target", reference.target, target)
                    tally.compare("\(id), name", decoded.functionValue?.name ?? "", vector["name"].stringValue ?? "")
                }
            } catch {
                tally.fail(id, "\(error)")
            }
        }
        tally.report("decode \(file)", group: "hypha")
        #expect(tally.failures.isEmpty)
        #expect(tally.passed > 5 || !VectorFiles.areOurs)
    }
}
