internal import ImJoyRPCTestSupport
internal import OrderedCollections
internal import Testing

@testable internal import ImJoyRPC

private struct Broken: Error, CustomStringConvertible { var description: String { "no such colour" } }

@Suite struct `Values of named types` {
    private func codecs(_ register: (inout RPCConfiguration) -> Void) -> [String: RPCCodec] {
        var configuration = RPCConfiguration()
        register(&configuration)
        return configuration.codecs
    }

    private func decoded(_ value: RPCValue, _ codecs: [String: RPCCodec]) throws -> RPCValue {
        try ImJoyDecoder(caller: NoCaller(), limits: .default, codecs: codecs).decode(value)
    }

    private func encoded(_ value: RPCValue, _ codecs: [String: RPCCodec]) throws -> RPCValue {
        var encoder = ImJoyEncoder(
            peerID: "me", knownMethods: [:], limits: .default, codecs: codecs, makeID: { "id" })
        return try encoder.encode(value)
    }

    @Test func `are read by their codec, before the dialect's own meaning`() throws {
        let codecs = codecs {
            $0.registerCodec("point") { fields in [fields["x"] ?? 0, fields["y"] ?? 0] }
            $0.registerCodec("memoryview") { fields in .string("view with \(fields.count) field") }
        }
        #expect("\(try decoded([["_rtype": "point", "x": 1, "y": 2]], codecs))" == "[[1, 2]]")
        #expect(try decoded(["_rtype": "memoryview", "_rvalue": 1], codecs).stringValue == "view with 1 field")
        // Inner values are read first only when they belong to an object.
        let function: RPCValue = ["_rtype": "callback", "_rvalue": "c"]
        #expect("\(try decoded(["_rtype": "point", "x": function], codecs))".contains("_rvalue"))
        #expect(
            try decoded(["_rtype": "point", "_rintf": "o", "x": function], codecs)[0].functionValue?.isRemote == true)
    }

    @Test func `are written by their codec, which may choose another name`() throws {
        let codecs = codecs {
            $0.registerCodec("point", encode: { ["both": .array(Array($0.values))] })
            $0.registerCodec("old", encode: { _ in ["_rtype": "new", "n": 1] })
            $0.registerCodec(
                "counter", encode: { _ in ["_rintf": true, "count": .function(RPCFunction("count") { () in 1 })] })
        }
        let point = try encoded(.tagged(type: "point", ["x": 1, "y": 2]), codecs)
        #expect(point["_rtype"].stringValue == "point")
        #expect("\(point["both"])" == "[1, 2]")
        #expect(try encoded(.tagged(type: "old", [:]), codecs)["_rtype"].stringValue == "new")
        let counter = try encoded(.tagged(type: "counter", [:]), codecs)
        #expect(counter["count"]["_rtype"].stringValue == "interface")
        #expect(counter["count"]["_rintf"].stringValue == counter["_rintf"].stringValue)
        // Without a codec for that direction they stay as they are.
        #expect("\(try decoded(["_rtype": "point", "x": 1], codecs))" == "<point {x: 1}>")
    }

    @Test func `fail with the codec's reason`() {
        let codecs = codecs {
            $0.registerCodec("colour", decode: { _ in throw Broken() }, encode: { _ in throw Broken() })
        }
        let reading = #expect(throws: RPCError.self) { try decoded(["_rtype": "colour"], codecs) }
        #expect(reading?.message == "a value of type colour cannot be read: no such colour")
        let writing = #expect(throws: RPCError.self) { try encoded(.tagged(type: "colour", [:]), codecs) }
        #expect(writing?.message == "a value of type colour cannot be sent: no such colour")
    }

    @Test func `sets and ordered maps become those of Swift`() throws {
        let set = try decoded(["_rtype": "set", "_rvalue": [1, 2, 2]], [:])
        #expect(try Set<Int>(rpcValue: set) == [1, 2])
        #expect(try Set<Int>(rpcValue: [3]) == [3])
        #expect(throws: RPCError.self) { try Set<Int>(rpcValue: 3) }
        let sent = try encoded(try Set(["a"]).rpcValue(), [:])
        #expect(sent["_rtype"].stringValue == "set")
        #expect("\(sent["_rvalue"])" == "[\"a\"]")
        let map = try decoded(["_rtype": "orderedmap", "_rvalue": [["b", 1], ["a", 2]]], [:])
        #expect(try OrderedDictionary<String, Int>(rpcValue: map).elements.map(\.key) == ["b", "a"])
        #expect(try [String: Int](rpcValue: map) == ["a": 2, "b": 1])
        for broken in [[[1, 2]], [["a"]], [5], 5] as [RPCValue] {
            let value = try decoded(["_rtype": "orderedmap", "_rvalue": broken], [:])
            #expect(throws: RPCError.self) { try [String: Int](rpcValue: value) }
        }
    }
}
