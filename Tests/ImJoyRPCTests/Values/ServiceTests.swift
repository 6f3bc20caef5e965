import ImJoyCore
import ImJoyRPC
import OrderedCollections
import Testing

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
