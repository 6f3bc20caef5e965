internal import ImJoyCore
internal import ImJoyHost
internal import ImJoyRPC
internal import OrderedCollections
internal import Testing

@Suite(.timeLimit(.minutes(20)))
struct `Values on their way through a plugin` {
    @Test func `come back as they went`() async throws {
        let values: [RPCValue] = [
            .null, true, false, 0, -1, .int(.min), .int(.max), .uint(1 << 63), .uint(.max), 1.5, .double(-0.0),
            .double(.infinity), "", "ünï\u{0}cödé 🔬", [], [[], [1, [2, [3]]]], [:], ["a": ["b": [.null, "c"]]],
            ["": 1, "with space": 2],
        ]
        let plugin = TestPlugin.running("return ctx.data['values']")
        let result = try await plugin.run(data: ["values": .array(values)])
        for (index, value) in values.enumerated() { #expect("\(result[index])" == "\(value)") }
    }

    @Test func `may be no numbers at all`() async throws {
        let result = try await TestPlugin.running(
            "import math\nassert math.isnan(ctx.data['nan'])\nreturn [float('nan'), float('-inf')]"
        ).run(data: ["nan": .double(.nan)])
        #expect(result[0].doubleValue?.isNaN == true)
        #expect(result[1].doubleValue == -.infinity)
    }

    @Test(arguments: [0, 1, 1023, 1024, 1025, 100_000])
    func `may be bytes of any length`(count: Int) async throws {
        let bytes = SharedBytes(copying: (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) })
        let plugin = TestPlugin.running(
            "b = ctx.data['b']\nassert type(b) is bytes\nreturn [len(b), b, memoryview(b), bytearray(b)]")
        let result = try await plugin.run(data: ["b": .bytes(bytes)])
        #expect(result[0].intValue == count)
        #expect(result[1].bytesValue.map { Array($0) } == Array(bytes))
        #expect(result[2].bytesValue.map { Array($0) } == Array(bytes))
    }

    @Test func `keep every element type of arrays, both ways`() async throws {
        var data: RPCObject = [:]
        for dtype in DType.allCases {
            let bytes = SharedBytes(
                copying: (0..<6 * dtype.byteCount).map { dtype == .bool ? UInt8($0 % 2) : UInt8($0) })
            data[dtype.rawValue] = .ndarray(try AnyNDArray(sharing: bytes, dtype: dtype, shape: [2, 3]))
        }
        let plugin = TestPlugin.running(
            """
            import numpy as np
            for name, array in ctx.data.items():
                assert array.dtype == np.dtype(name) and array.shape == (2, 3), (name, array.dtype)
                raw = bytes(i % 2 for i in range(6)) if name == "bool" else bytes(range(6 * array.itemsize))
                assert array.tobytes() == raw, name
            return dict(ctx.data)
            """)
        let result = try await plugin.run(data: data)
        for dtype in DType.allCases {
            let sent = try #require(data[dtype.rawValue]?.ndarrayValue)
            let array = try #require(result[dtype.rawValue].ndarrayValue, "\(dtype)")
            #expect(array.dtype == dtype)
            #expect(array.shape == [2, 3])
            #expect(Array(array.bytes) == Array(sent.bytes))
        }
    }

    @Test func `come in rows whatever their layout in Python`() async throws {
        let result = try await TestPlugin.running(
            """
            import numpy as np
            a = np.arange(24, dtype=np.int32).reshape(2, 3, 4)
            return {
                "plain": a, "fortran": np.asfortranarray(a), "transposed": a.transpose(2, 0, 1).copy(order="F").transpose(1, 2, 0),
                "big": a.astype(">i4"), "reversed": a[::-1, ::-1, ::-1][::-1, ::-1, ::-1], "strided": np.repeat(a, 2, axis=2)[:, :, ::2],
            }
            """
        ).run()
        for name in ["plain", "fortran", "transposed", "big", "reversed", "strided"] {
            let array = try #require(result[name].ndarrayValue, "\(name)")
            #expect(array.shape == [2, 3, 4])
            #expect(try array.typed(as: Int32.self).elements == Array(0..<24), "\(name)")
        }
    }

    @Test func `may be empty, or numbers of NumPy`() async throws {
        let result = try await TestPlugin.running(
            """
            import numpy as np
            return {
                "empty": np.zeros((0, 3), np.uint8), "also": np.zeros((2, 0)), "float64": np.float64(1.5),
                "int64": np.int64(-5), "bool": np.bool_(True), "zero_d": np.array(7, np.uint16),
                "mean": np.arange(4).mean(), "count": np.arange(4).sum(),
            }
            """
        ).run()
        #expect(result["empty"].ndarrayValue?.shape == [0, 3])
        #expect(result["also"].ndarrayValue?.shape == [2, 0])
        #expect(result["float64"].doubleValue == 1.5)
        #expect(try result["int64"].ndarrayValue?.typed(as: Int64.self).elements == [-5])
        #expect(try result["bool"].ndarrayValue?.typed(as: Bool.self).elements == [true])
        #expect(result["zero_d"].ndarrayValue?.shape == [])
        #expect(result["mean"].doubleValue == 1.5)
        #expect(try result["count"].ndarrayValue?.typed(as: Int64.self).elements == [6])
    }

    @Test func `reach Python in rows whatever their layout here`() async throws {
        let array = try NDArray<Int32>(0..<24).reshaped(to: [2, 3, 4])
        let data: RPCObject = [
            "turned": .ndarray(AnyNDArray(array.transposed([2, 0, 1]))),
            "cut": .ndarray(AnyNDArray(array[.all, 1..., .step(2)])),
        ]
        let result = try await TestPlugin.running(
            """
            import numpy as np
            a = np.arange(24, dtype=np.int32).reshape(2, 3, 4)
            return [np.array_equal(ctx.data.turned, a.transpose(2, 0, 1)), np.array_equal(ctx.data.cut, a[:, 1:, ::2])]
            """
        ).run(data: data)
        #expect(result[0].boolValue == true)
        #expect(result[1].boolValue == true)
    }

    @Test func `may be tuples, sets and ordered mappings in Python`() async throws {
        let result = try await TestPlugin.running(
            "from collections import OrderedDict\nreturn {'t': (1, 2), 'o': OrderedDict(b=1, a=2), 's': {3}, 'n': {1: 'one'}}"
        ).run()
        #expect(result["t"].arrayValue?.compactMap(\.intValue) == [1, 2])
        #expect(result["o"].objectValue.map { Array($0.keys) } == ["b", "a"])
        #expect(result["s"]["_rvalue"][0].intValue == 3)
        #expect(result["n"]["1"].stringValue == "one")
    }

    @Test func `cross as arrays of many megabytes unharmed`() async throws {
        let count = 3 << 20
        let array = try AnyNDArray(
            sharing: SharedBytes(count: count * 4) { target in
                for index in 0..<count {
                    target.storeBytes(
                        of: UInt32(truncatingIfNeeded: index &* 2_654_435_761), toByteOffset: index * 4, as: UInt32.self
                    )
                }
            }, dtype: .uint32, shape: [3, 1 << 20])
        let result = try await TestPlugin.running("a = ctx.data['a']\nreturn [int(a.astype('u8').sum()), a]")
            .run(data: ["a": .ndarray(array)])
        let back = try #require(result[1].ndarrayValue)
        #expect(back.bytes.withUnsafeBytes { back in array.bytes.withUnsafeBytes { back.elementsEqual($0) } })
    }

    @Test func `give a plugin the context of a click`() async throws {
        let result = try await TestPlugin.running(
            "return {'keys': sorted(ctx), 'sigma': ctx.config.sigma, 'op': ctx['_op']}"
        )
        .run(config: ["sigma": 2])
        #expect(
            result["keys"].arrayValue?.compactMap(\.stringValue) == [
                "_op", "_source_op", "_variables", "_workflow_id", "config", "data", "name", "type",
            ])
        #expect(result["sigma"].intValue == 2)
        #expect(result["op"].stringValue == "Test")
    }
}
