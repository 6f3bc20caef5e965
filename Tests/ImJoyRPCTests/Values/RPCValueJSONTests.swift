internal import ImJoyCore
@testable internal import ImJoyRPC
internal import ImJoyRPCTestSupport
internal import OrderedCollections
internal import Testing

/// Values as JSON and manifests have them.
@Suite struct `JSON values` {
    private static func json(_ value: RPCValue) -> String? {
        ManifestValue(value) { array in ["shape": ManifestValue(array.shape.map { ManifestValue("\($0)") })] }?.json()
    }

    @Test(arguments: [
        "null", "true", #""µm""#, "-9223372036854775808", "18446744073709551615", "0.5", #"[1,[2,"a"]]"#,
        #"{"a":{"b":null},"c":[]}"#,
    ])
    func `become values and JSON again`(_ text: String) throws {
        let value = RPCValue(try ManifestValue(parsingJSON: Array(text.utf8)))
        #expect(Self.json(value) == text)
    }

    @Test func `keep the order of members`() throws {
        let value = try ManifestValue(parsingJSON: Array(#"{"z": 1, "a": 2, "m": 3}"#.utf8))
        #expect(RPCValue(value).objectValue?.keys == ["z", "a", "m"])
    }

    @Test func `have stand-ins for arrays and bytes`() {
        #expect(Self.json(.ndarray(AnyNDArray(NDArray<UInt8>(zeros: [2, 3])))) == #"{"shape":["2","3"]}"#)
        #expect(Self.json(.bytes(SharedBytes(copying: [1, 2]))) == #"{"shape":["2"]}"#)
    }

    @Test func `say of errors what happened, and of sets what they hold`() {
        #expect(Self.json(.error(RPCError(.notFound, "nobody is there"))) == #"{"error":"nobody is there"}"#)
        #expect(Self.json(.tagged(type: "set", ["_rtype": "set", "_rvalue": [1, 2]])) == "[1,2]")
        #expect(Self.json(.tagged(type: "other", ["a": 1])) == #"{"a":1}"#)
    }

    @Test func `cannot say functions, which are left out of what holds them`() {
        let function = RPCValue.function(RPCFunction("f") { () in 1 })
        #expect(Self.json(function) == nil)
        #expect(Self.json(["f": function, "a": 1]) == #"{"a":1}"#)
        #expect(Self.json([function, 1]) == "[null,1]")
        #expect(Self.json(.tagged(type: "set", ["_rvalue": function])) == nil)
        let object = RemoteObject(members: ["f": function, "version": "1.0"], objectID: nil, caller: nil)
        #expect(Self.json(.remote(object)) == #"{"version":"1.0"}"#)
    }
}
