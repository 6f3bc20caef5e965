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
    /// Cases whose decoded value differs from that of the peer on purpose, with what we make of it.
    private static let ownReading: [String: String] = [
        // Rejections without text get a sentence that says so.
        "exception-empty": "error(the far side failed without saying why)",
        // Files become streams in Python; here they stay as they came, with their kind and type.
        "blob-text": "{_rtype: \"blob\", _rvalue: \"text\"}",
        "blob-bytes": "{_rmime: \"image/png\", _rtype: \"blob\", _rvalue: bytes(0001)}",
        // Our arrays always have the byte order of the machine.
        "nd-bigendian": "ndarray(int32, [3], 000000000100000002000000)",
        // The codecs that turn these back live in the test program that made the vectors.
        "codec": "{_rtype: \"cat\", age: float(0.5), color: \"mixed\", name: \"boboshu\"}",
        "js/codec": "{_rtype: \"cat\", name: \"boboshu\"}",
        // Numbers as keys become text, as in JSON.
        "dict-intkeys": "{1: \"a\", 2: \"b\"}",
        // The decoder does not repeat the members of a set.
        "py/set": "set[1, 2, 2]",
    ]

    /// Values that no wire of ours carries.
    private static let notOnTheWire: Set<String> = [
        // Beyond 64 bits; MessagePack ends there.
        "int-huge"
    ]

    @Test(
        arguments: [
            ("v1/decode-python.json", "py/"), ("v1/encode-python.json", ""), ("v1/encode-js.json", "js/"),
        ].filter { VectorFiles.holds($0.0) })
    func `everything that peers encoded is decoded`(_ file: String, _ prefix: String) throws {
        let decoder = ImJoyDecoder(caller: NoCaller(), limits: .default)
        var tally = Tally()
        for vector in try Vectors.list(file) {
            let id = vector["id"].stringValue ?? ""
            if Self.notOnTheWire.contains(id) { continue }
            guard let encoded = TypedJSON.wire(vector["encoded"]) else {
                tally.fail(id, "no wire form: \(vector["encoded"])")
                continue
            }
            let wanted =
                Self.ownReading[prefix + id] ?? Self.ownReading[id] ?? Normalizer.text(expected: vector["decoded"])
            do {
                // Through MessagePack, as on our pipes.
                let carried = try MessagePackReader.decode(SharedBytes(copying: try MessagePackWriter.encode(encoded)))
                tally.compare(id, Normalizer.text(decoded: try decoder.decode(carried)), wanted)
            } catch {
                tally.fail(id, "\(error)")
            }
        }
        tally.report("decode \(file)")
        #expect(tally.failures.isEmpty)
        #expect(tally.passed > 10 || !VectorFiles.areOurs)
    }

    /// Inputs that only the recorded peer has, each with the reason.
    private static let foreignInputs: [String: String] = [
        "int-huge": "an integer beyond 64 bits",
        "memoryview": "Python's view of memory; we have bytes, which go out as bytes",
        "dataview": "JavaScript's view of memory",
        "bytesio": "a Python stream",
        "nd-bigendian": "our arrays have the byte order of the machine",
        "callback-partial": "a Python function without a name; ours always have one",
        "instance": "an object of a Python class",
        "codec": "a Python class with a codec",
        "codec-interface": "a Python class with a codec",
        "js/undefined": "JavaScript's undefined",
        "js/uint8array": "a typed array; ours go out as ndarray",
        "js/float32array": "a typed array",
        "js/int16array-subarray": "a typed array",
        "js/map": "JavaScript's Map; our mappings keep their order and go out as mappings",
        "js/error": "the text of an error of ours is its message, without a class",
        "js/instance": "an object of a JavaScript class",
    ]

    @Test(arguments: [("v1/encode-python.json", ""), ("v1/encode-js.json", "js/")].filter { VectorFiles.holds($0.0) })
    func `what Swift can say is encoded as peers encode it`(_ file: String, _ prefix: String) throws {
        var tally = Tally()
        for vector in try Vectors.list(file) {
            let id = vector["id"].stringValue ?? ""
            if Self.foreignInputs[prefix + id] != nil || prefix.isEmpty && Self.foreignInputs[id] != nil { continue }
            if prefix == "js/", Self.foreignInputs[id] != nil { continue }
            guard var input = TypedJSON.local(vector["input"]), let encoded = TypedJSON.wire(vector["encoded"]) else {
                tally.fail(id, "cannot be said in Swift: \(vector["input"])")
                continue
            }
            // What has a type of its own is a tagged value here.
            if case .object(var members) = input, let type = members.removeValue(forKey: "_rtype")?.stringValue {
                input = .tagged(type: type, members)
            }
            var encoder = ImJoyEncoder(peerID: "me", knownMethods: [:], limits: .default, makeID: RandomID.make)
            do {
                let asInterface = vector["as_interface"].boolValue == true || id == "as-interface"
                var found = asInterface ? try encoder.encodeInterface(input) : try encoder.encode(input)
                var wanted = encoded
                if prefix == "js/" { (found, wanted) = (Self.withoutNames(found), Self.withoutNames(wanted)) }
                var (ours, theirs) = (Normalizer(), Normalizer())
                tally.compare(id, ours.text(wire: found), theirs.text(wire: wanted))
            } catch {
                tally.fail(id, "\(error)")
            }
        }
        tally.report("encode \(file)")
        #expect(tally.failures.isEmpty)
        #expect(tally.passed > 5 || !VectorFiles.areOurs)
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
}
