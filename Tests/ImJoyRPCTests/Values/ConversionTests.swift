internal import ImJoyCore
internal import ImJoyRPCTestSupport
internal import OrderedCollections
internal import Testing

@testable internal import ImJoyRPC

@Suite struct `Conversions` {
    @Test func `say what they want when another kind comes`() {
        let conversions: [(String, () throws -> Void)] = [
            ("an n-d array", { _ = try AnyNDArray(rpcValue: 5) }),
            ("an n-d array of float32", { _ = try NDArray<Float>(rpcValue: 5) }),
            ("bytes", { _ = try SharedBytes(rpcValue: 5) }), ("a list", { _ = try [Int](rpcValue: 5) }),
            ("a mapping", { _ = try [String: Int](rpcValue: 5) }), ("a function", { _ = try RPCFunction(rpcValue: 5) }),
            ("an object with functions", { _ = try RemoteObject(rpcValue: 5) }),
            ("text", { _ = try String(rpcValue: 5) }), ("a boolean", { _ = try Bool(rpcValue: 5) }),
            ("a number", { _ = try Double(rpcValue: nil) }), ("a whole number", { _ = try Int(rpcValue: "5") }),
        ]
        for (wanted, conversion) in conversions {
            let error = #expect(throws: RPCError.self) { try conversion() }
            #expect(error?.code == .invalidArgument)
            #expect(error?.message.hasPrefix("\(wanted) is wanted here") == true, "\(error?.message ?? "")")
        }
    }

    @Test func `keep arrays and bytes, and sort the keys of dictionaries`() throws {
        let array = AnyNDArray(try NDArray<Int16>([1, 2], shape: [2]))
        #expect(try AnyNDArray(rpcValue: array.rpcValue()).shape == [2])
        #expect(try SharedBytes(rpcValue: .bytes(SharedBytes(copying: [7])))[0] == 7)
        #expect("\(try ["b": 1, "a": 2].rpcValue())" == "{a: 2, b: 1}")
        #expect("\(try [1, 2].rpcValue())" == "[1, 2]")
        #expect("\(RPCValue(UInt64.max)) \(RPCValue(Int8(-1)))" == "18446744073709551615 -1")
    }

    @Test func `of the values of an object name the one that is missing`() throws {
        let object = RemoteObject(members: ["n": 3], objectID: nil, caller: nil)
        #expect(try object.value("n") == 3)
        let missing = #expect(throws: RPCError.self) { try object.value("m", as: Int.self) }
        #expect(missing?.code == .notFound)
        #expect(object.rpcValue().remoteValue?.members.count == 1)
    }

    @Test func `of exports keep what was built elsewhere, with conditions`() throws {
        let more = [RPCExport("a", constant: 1), RPCExport("b", constant: 2)]
        func service(_ isFull: Bool) throws -> RPCService {
            try RPCService("s") {
                more
                if isFull { try RPCExport("c", value: 3) } else { RPCExport("d", constant: 4) }
                for index in 0..<2 { RPCExport("e\(index)", constant: 5) }
            }
        }
        #expect(try service(true).exports.map(\.name) == ["a", "b", "c", "e0", "e1"])
        #expect(try service(false).exports.map(\.name) == ["a", "b", "d", "e0", "e1"])
    }

    @Test func `to text stay on one line, whatever the far side has sent`() {
        let hostile = "a\nERROR forged\u{1b}[31m"
        let value: RPCValue = [
            "text": .string(hostile), hostile: 1, "f": .function(RPCFunction(hostile) { () in }),
            "e": .error(RPCError(.remoteFailure, hostile)), "t": .tagged(type: hostile, [:]),
        ]
        #expect(!value.description.unicodeScalars.contains { $0.value < 32 })
        #expect("\(RPCValue.string("é \"x\""))" == "\"é \\\"x\\\"\"")
        #expect("\(RPCValue.string(String(repeating: "x", count: 100)))".count == 60)
    }
}
