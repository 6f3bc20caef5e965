internal import ImJoyCore
internal import ImJoyRPC
internal import OrderedCollections
internal import Testing

@Suite struct `A service` {
    private let service = RPCService("math", summary: "Numbers.") {
        RPCExport("add") { (a: Int, b: Int?) in a + (b ?? 100) }
        RPCExport.group("utils") {
            RPCExport("fail") { () async throws -> Int in throw RPCError(.refused, "not today") }
            RPCExport(raw: "count") { arguments in .int(Int64(arguments.positional.count + arguments.named.count)) }
        }
        if true { RPCExport("add") { (a: Int, b: Int?) in a * (b ?? 10) }.renamed("times") }
    }

    @Test func `answers without a connection`() async throws {
        #expect(try await service.call("add", [1, 2]).intValue == 3)
        #expect(try await service.call("add", [1]).intValue == 101)
        #expect(try await service.call("times", [4]).intValue == 40)
        #expect(try await service.call("utils.count", [1, 2], named: ["x": 3]).intValue == 3)
    }

    @Test(
        arguments: [
            ("add", [], [:], RPCError.Code.invalidArgument), ("add", ["x"], [:], .invalidArgument),
            ("add", [1.5], [:], .invalidArgument), ("add", [1, 2, 3], [:], .invalidArgument),
            ("add", [1], ["b": 2], .invalidArgument),
            ("utils", [], [:], .notFound), ("utils.none", [], [:], .notFound), ("none", [], [:], .notFound),
            ("utils.fail", [], [:], .refused),
        ] as [(String, [RPCValue], RPCObject, RPCError.Code)])
    func `refuses what does not fit`(_ path: String, _ arguments: [RPCValue], _ named: RPCObject, _ code: RPCError.Code)
        async throws
    {
        let error = await #expect(throws: RPCError.self) { try await service.call(path, arguments, named: named) }
        #expect(error?.code == code)
    }
}

@Suite struct `The parameters of a function` {
    private let service = RPCService("math") {
        RPCExport("subtract", summary: "The difference.", parameters: ["from", "what"]) { (a: Int, b: Int?) in
            a - (b ?? 1)
        }
        RPCExport("join", parameters: ["first"]) { (a: String, b: String) in a + b }
        RPCExport("everything") {
            (
                flag: Bool, ratio: Double, small: UInt8, names: [String], table: [String: Int]?, image: NDArray<Float>,
                any: AnyNDArray, step: RPCFunction, bytes: SharedBytes, value: RPCValue, set: Set<Int>,
                object: RemoteObject, stream: RPCStream
            ) in flag
        }
    }

    @Test func `take arguments in order, by name, or both`() async throws {
        #expect(try await service.call("subtract", [5, 3]).intValue == 2)
        #expect(try await service.call("subtract", [5], named: ["what": 2]).intValue == 3)
        #expect(try await service.call("subtract", named: ["what": 2, "from": 10]).intValue == 8)
        #expect(try await service.call("subtract", named: ["from": 10]).intValue == 9)
        #expect(try await service.call("join", named: ["first": "a", "argument2": "b"]).stringValue == "ab")
    }

    @Test(
        arguments: [
            ([1], ["from": 2], "argument 1 of subtract is given twice, in order and as from"),
            ([1], ["what": 2, "why": 3], "subtract has no parameter why; it takes from, what"),
            ([], ["what": 2], "argument 1 of subtract is missing (0 given)"),
            ([1], ["what": "x"], "argument 2 of subtract does not fit: a whole number is wanted here, not text"),
        ] as [([RPCValue], RPCObject, String)])
    func `refuse what they do not know`(_ arguments: [RPCValue], _ named: RPCObject, _ message: String) async throws {
        let error = await #expect(throws: RPCError.self) {
            try await service.call("subtract", arguments, named: named)
        }
        #expect(error?.code == .invalidArgument && error?.message == message)
    }

    private func schema(_ name: String) throws -> RPCValue {
        let function = try #require(service.members[name]?.functionValue)
        return try #require(function.schema)
    }

    @Test func `are described by the closure's types`() throws {
        let subtract = try schema("subtract")
        #expect(subtract["name"].stringValue == "subtract")
        #expect(subtract["description"].stringValue == "The difference.")
        let parameters = subtract["parameters"]
        #expect(parameters["type"].stringValue == "object")
        #expect(parameters["required"].arrayValue?.compactMap(\.stringValue) == ["from"])
        #expect(parameters["properties"]["from"]["type"].stringValue == "integer")
        #expect(parameters["properties"]["what"]["anyOf"].arrayValue?.count == 2)

        let json = try #require(ManifestValue(try schema("everything")["parameters"]["properties"]) { _ in .null })
        #expect(
            json.json() == """
                {"argument1":{"type":"boolean"},"argument2":{"type":"number"},\
                "argument3":{"type":"integer","minimum":0},"argument4":{"type":"array","items":{"type":"string"}},\
                "argument5":{"anyOf":[{"type":"object","additionalProperties":{"type":"integer"}},{"type":"null"}]},\
                "argument6":{"type":"object","description":"n-d array of float32","properties":\
                {"_rtype":{"const":"ndarray"},"_rdtype":{"const":"float32"}}},\
                "argument7":{"type":"object","description":"n-d array","properties":{"_rtype":{"const":"ndarray"}}},\
                "argument8":{"description":"a function"},"argument9":{"description":"bytes"},"argument10":{},\
                "argument11":{"type":"array","items":{"type":"integer"},"uniqueItems":true},\
                "argument12":{"type":"object","description":"an object with functions"},\
                "argument13":{"description":"a stream of values"}}
                """)
        let required = try schema("everything")["parameters"]["required"].arrayValue?.compactMap(\.stringValue)
        #expect(required == (1...13).filter { $0 != 5 && $0 != 10 }.map { "argument\($0)" })
    }
}

@Suite struct `Values` {
    @Test func `convert to Swift types exactly or not at all`() throws {
        #expect(try Int(rpcValue: 3) == 3)
        #expect(try Int(rpcValue: 3.0) == 3)
        #expect(try Double(rpcValue: 3) == 3)
        #expect(try UInt64(rpcValue: .uint(.max)) == .max)
        #expect(try [Int]?(rpcValue: .null) == nil)
        #expect(try [String: [Int]](rpcValue: ["a": [1, 2]]) == ["a": [1, 2]])
        #expect(try NDArray<Float>(rpcValue: NDArray<Float>([1, 2]).rpcValue()).shape == [2])
        #expect(throws: RPCError.self) { try UInt8(rpcValue: 256) }
        #expect(throws: RPCError.self) { try Int(rpcValue: 0.5) }
        #expect(throws: RPCError.self) { try Int(rpcValue: .double(.nan)) }
        #expect(throws: RPCError.self) { try String(rpcValue: 1) }
        #expect(throws: RPCError.self) { try NDArray<Float>(rpcValue: NDArray<Double>([1, 2]).rpcValue()) }
    }

    @Test(arguments: [
        ("ValueError: bad", "ValueError: bad", nil),
        ("", "the far side failed without saying why", nil),
        (
            "Traceback (most recent call last):\n  File \"a\"\nValueError: two\nlines\n", "ValueError: two\nlines",
            "Traceback"
        ),
        ("Traceback (most recent call last):\n  File \"a\"\n", "  File \"a\"", "Traceback"),
    ])
    func `an error's message is the last line of its trace`(_ text: String, _ message: String, _ trace: String?) {
        let error = RPCError(remoteText: text)
        #expect(error.message == message)
        #expect(error.remoteTrace?.hasPrefix(trace ?? "") == (trace == nil ? nil : true))
    }
}
