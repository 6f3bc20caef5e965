internal import ImJoyCore
internal import ImJoyRPC
internal import ImJoyRPCTestSupport
internal import OrderedCollections
internal import Testing

private func text(_ value: RPCValue) -> String { Normalizer.text(decoded: value) }

private func decode(_ hex: String, limits: RPCLimits = .default) throws -> RPCValue {
    try MessagePackReader.decode(try #require(SharedBytes(hex: hex)), limits: limits)
}

@Suite struct `MessagePack` {
    /// Made by Python's msgpack 1.2.4, `packb(value).hex()`.
    static let golden: [(RPCValue, String)] = [
        (.null, "c0"), (true, "c3"), (false, "c2"), (0, "00"), (127, "7f"), (128, "cc80"), (255, "ccff"),
        (256, "cd0100"),
        (65535, "cdffff"), (65536, "ce00010000"), (4_294_967_295, "ceffffffff"), (4_294_967_296, "cf0000000100000000"),
        (.int(.max), "cf7fffffffffffffff"), (.uint(1 << 63), "cf8000000000000000"), (.uint(.max), "cfffffffffffffffff"),
        (-1, "ff"), (-32, "e0"), (-33, "d0df"), (-128, "d080"), (-129, "d1ff7f"), (-32768, "d18000"),
        (-32769, "d2ffff7fff"), (-2_147_483_648, "d280000000"), (-2_147_483_649, "d3ffffffff7fffffff"),
        (.int(.min), "d38000000000000000"), (.double(0), "cb0000000000000000"), (1.5, "cb3ff8000000000000"),
        (.double(-0.0), "cb8000000000000000"), (.double(.infinity), "cb7ff0000000000000"), ("", "a0"),
        (.bytes(.empty), "c400"), ([], "90"), ([:], "80"),
        (
            [
                "type": "method",
                "args": [1, -1, 2.5, "é", .bytes(SharedBytes(copying: [0, 255])), nil, true, ["k": []]],
            ], "82a474797065a66d6574686f64a4617267739801ffcb4004000000000000a2c3a9c40200ffc0c381a16b90"
        ),
    ]

    @Test(arguments: golden)
    func `is written and read as Python's msgpack does`(_ value: RPCValue, _ hex: String) throws {
        #expect(SharedBytes(copying: try MessagePackWriter.encode(value)).hex == hex)
        #expect(text(try decode(hex)) == text(value))
    }

    @Test(
        arguments: [
            ("ca3fc00000", 1.5), ("d005", 5), ("d10005", 5), ("d200000005", 5), ("d30000000000000005", 5),
            ("cf0000000000000005", 5),
            ("d90161", "a"), ("da000161", "a"), ("db0000000161", "a"), ("dc000101", [1]), ("dd0000000101", [1]),
            ("de0001a16101", ["a": 1]), ("df00000001a16101", ["a": 1]), ("8201a161c3a162", ["1": "a", "true": "b"]),
            ("82a16101a16102", ["a": 2]), ("c6000000020102", .bytes(SharedBytes(copying: [1, 2]))),
            ("d6ff01020304", .tagged(type: "msgpack:-1", ["data": .bytes(SharedBytes(copying: [1, 2, 3, 4]))])),
            ("c7020501ff", .tagged(type: "msgpack:5", ["data": .bytes(SharedBytes(copying: [1, 255]))])),
        ] as [(String, RPCValue)])
    func `is read in forms that are longer than need be`(_ hex: String, _ value: RPCValue) throws {
        #expect(text(try decode(hex)) == text(value))
    }

    @Test(arguments: [
        ("str", 31, "bf"), ("str", 32, "d920"), ("str", 255, "d9ff"), ("str", 256, "da0100"), ("str", 65535, "daffff"),
        ("str", 65536, "db00010000"), ("bin", 255, "c4ff"), ("bin", 256, "c50100"), ("bin", 65535, "c5ffff"),
        ("bin", 65536, "c600010000"), ("arr", 15, "9f"), ("arr", 16, "dc0010"), ("arr", 65535, "dcffff"),
        ("arr", 65536, "dd00010000"), ("map", 15, "8f"), ("map", 16, "de0010"), ("map", 65535, "deffff"),
        ("map", 65536, "df00010000"),
    ])
    func `changes its form at the same lengths as Python's`(_ kind: String, _ count: Int, _ head: String) throws {
        let value: RPCValue =
            switch kind {
            case "str": .string(String(repeating: "a", count: count))
            case "bin": .bytes(SharedBytes(copying: [UInt8](repeating: 1, count: count)))
            case "arr": .array([RPCValue](repeating: .null, count: count))
            default: .object(RPCObject(uniqueKeysWithValues: (0..<count).map { ("\($0)", .null) }))
            }
        let bytes = SharedBytes(copying: try MessagePackWriter.encode(value))
        #expect(bytes.slice(0..<head.count / 2).hex == head)
        let back = try MessagePackReader.decode(bytes)
        #expect(
            (back.stringValue?.utf8.count ?? back.bytesValue?.count ?? back.arrayValue?.count ?? back.objectValue?.count)
                == count)
        #expect(try MessagePackWriter.encode(back) == [UInt8](bytes))
    }

    @Test func `cut off anywhere it is an error, never a trap`() throws {
        for (value, _) in Self.golden {
            let bytes = SharedBytes(copying: try MessagePackWriter.encode(value))
            for end in 0..<bytes.count {
                #expect(throws: RPCError.self) { try MessagePackReader.decode(bytes.slice(0..<end)) }
            }
        }
    }

    @Test(arguments: [
        "c1", "", "0000", "a1ff", "a2c328", "d9", "dd", "ddffffffff", "dfffffffff", "dbffffffff", "c6ffffffff",
        "c9ffffffff01",
        "9fdc", "81c0", "8190c0", "81c40161c0", "ddffffffffddffffffffddffffffff",
    ])
    func `hostile bytes are refused`(_ hex: String) {
        #expect(throws: RPCError.self) { try decode(hex) }
    }

    @Test func `claims inside claims are counted together`() throws {
        // Each list claims as many elements as there are bytes left, and holds the next one.
        let claim = 60_000
        var bytes: [UInt8] = []
        for _ in 0..<60 { bytes += [0xdd, 0, 0, UInt8(claim >> 8), UInt8(claim & 255)] }
        bytes += [UInt8](repeating: 0xc0, count: 70_000)
        var limits = RPCLimits()
        limits.maxValues = 100_000
        let error = #expect(throws: RPCError.self) {
            try MessagePackReader.decode(SharedBytes(copying: bytes), limits: limits)
        }
        #expect(error?.code == .limitExceeded)
        #expect(error?.message.contains("offset 10 ") == true)
    }

    @Test func `nesting ends at the limit`() throws {
        var limits = RPCLimits()
        limits.maxDepth = 10
        #expect(throws: Never.self) { try decode(String(repeating: "91", count: 10) + "c0", limits: limits) }
        let error = #expect(throws: RPCError.self) {
            try decode(String(repeating: "91", count: 11) + "c0", limits: limits)
        }
        #expect(error?.code == .limitExceeded)
        #expect(throws: RPCError.self) { try decode(String(repeating: "91", count: 100_000)) }
    }

    @Test func `random bytes never trap`() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<4000 {
            let bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            if let value = try? MessagePackReader.decode(SharedBytes(copying: bytes)) { _ = value.description }
        }
    }

    @Test func `values that a dialect must write out first are refused`() {
        for value in [
            .error(RPCError(.refused, "no")), .tagged(type: "x", [:]), .ndarray(AnyNDArray(NDArray<UInt8>([1]))),
        ] as [RPCValue] {
            #expect(throws: RPCError.self) { try MessagePackWriter.encode([value]) }
        }
    }
}
