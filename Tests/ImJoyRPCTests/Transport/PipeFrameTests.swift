internal import ImJoyCore
internal import ImJoyRPC
internal import ImJoyRPCTestSupport
internal import OrderedCollections
internal import SystemPackage
internal import Testing

private func frame(_ message: RPCMessage) throws -> SharedBytes { SharedBytes(joining: try PipeFrame.encode(message)) }

/// A frame with a header of our choice, padded and measured as it should be, followed by `payload` bytes.
private func forged(_ header: RPCValue, payload: Int = 0, total: Int? = nil) throws -> SharedBytes {
    let head = try MessagePackWriter.encode(header)
    let start = (8 + head.count + 63) / 64 * 64
    let count = total ?? start + (payload + 63) / 64 * 64
    let prefix = [count, head.count].flatMap { number in (0..<4).map { UInt8(number >> (8 * $0) & 255) } }
    var bytes = prefix + head
    bytes += [UInt8](repeating: 0, count: max(start + (payload + 63) / 64 * 64 - bytes.count, 0))
    return SharedBytes(copying: bytes)
}

private func ones(_ count: Int) -> RPCValue { .bytes(SharedBytes(copying: [UInt8](repeating: 1, count: count))) }

@Suite struct `Pipe frames` {
    @Test(arguments: [0, 1, 1023, 1024, 1025, 4096, 70_000])
    func `bring messages over whole, with buffers of any size`(_ count: Int) throws {
        let message: RPCMessage = [
            "type": "x", "a": [1, ones(count), ["b": ones(count), "c": 2.5]], "n": nil, "d": ones(1024),
        ]
        let bytes = try frame(message)
        #expect(bytes.count % 64 == 0)
        let back = try PipeFrame.decode(bytes)
        #expect(Normalizer.text(decoded: .object(back.fields)) == Normalizer.text(decoded: .object(message.fields)))
        #expect(Array(back.fields.keys) == ["type", "a", "n", "d"])
    }

    @Test func `share large buffers with the frame, aligned to 64 bytes, and copy small ones out of it`() throws {
        let bytes = try frame(["large": ones(100_000), "small": ones(2000)])
        let back = try PipeFrame.decode(bytes)
        let large = try #require(back["large"].bytesValue)
        let small = try #require(back["small"].bytesValue)
        func isInside(_ part: SharedBytes) -> Bool {
            bytes.withUnsafeBytes { whole in
                part.withUnsafeBytes { part in
                    guard let a = whole.baseAddress, let b = part.baseAddress else { return false }
                    return b >= a && b < a + whole.count
                }
            }
        }
        #expect(isInside(large))
        #expect(large.isAligned(to: 64))
        // Else a few bytes would keep the whole frame in memory.
        #expect(!isInside(small))
        #expect(small.isAligned(to: 64))
    }

    @Test func `hand payloads over without copying them`() throws {
        let payload = SharedBytes(copying: [UInt8](repeating: 5, count: 10_000))
        let pieces = try PipeFrame.encode(["data": .bytes(payload)])
        let addresses = pieces.map { $0.withUnsafeBytes { $0.baseAddress } }
        #expect(addresses.contains(payload.withUnsafeBytes { $0.baseAddress }))
    }

    @Test func `cut off anywhere they are an error`() throws {
        let bytes = try frame(["type": "x", "data": ones(1024)])
        for end in 0..<bytes.count {
            #expect(throws: RPCError.self) { try PipeFrame.decode(bytes.slice(0..<end)) }
        }
        #expect(throws: RPCError.self) { try PipeFrame.decode(SharedBytes(joining: [bytes, bytes])) }
    }

    @Test func `with any byte changed they are read or refused, never trapped on`() throws {
        let bytes = [UInt8](try frame(["type": "x", "list": [1, ones(1024)], "n": ["k": nil]]))
        for index in 0..<120 {
            for change: UInt8 in [1, 0x80] {
                var forged = bytes
                forged[index] ^= change
                if let message = try? PipeFrame.decode(SharedBytes(copying: forged)) { _ = message.description }
            }
        }
    }

    @Test(
        arguments: [
            ("no table", 5, 0), ("one part", [[]], 0), ("three parts", [[], [:], 1], 0), ("no message", [[], 5], 0),
            ("empty path", [[[[], 64]], [:]], 64), ("unknown member", [[[["b"], 64]], ["a": nil]], 64),
            ("index for a mapping", [[[[0], 64]], ["a": nil]], 64),
            ("name for a list", [[[["a", "x"], 64]], ["a": [nil]]], 64),
            ("index out of range", [[[["a", 1], 64]], ["a": [nil]]], 64),
            ("negative index", [[[["a", -1], 64]], ["a": [nil]]], 64),
            ("fraction as index", [[[["a", 0.5], 64]], ["a": [nil]]], 64),
            ("place that is taken", [[[["a"], 64]], ["a": 5]], 64),
            ("path through a number", [[[["a", "b"], 64]], ["a": 5]], 64),
            ("path through null", [[[["a", "b"], 64]], ["a": nil]], 64),
            ("same path twice", [[[["a"], 64], [["a"], 64]], ["a": nil]], 128),
            ("path inside a buffer", [[[["a"], 64], [["a", "b"], 64]], ["a": nil]], 128),
            ("negative length", [[[["a"], -1]], ["a": nil]], 64),
            ("length that is text", [[[["a"], "64"]], ["a": nil]], 64),
            ("length beyond the frame", [[[["a"], 65]], ["a": nil]], 64),
            ("huge length", [[[["a"], .int(.max)]], ["a": nil]], 64),
            ("bytes nobody names", [[], [:]], 64), ("buffer without bytes", [[[["a"], 64]], ["a": nil]], 0),
            ("long path", [[[.array([RPCValue](repeating: 0, count: 50_000)), 64]], ["a": nil]], 64),
        ] as [(String, RPCValue, Int)])
    func `with forged headers are refused`(_ what: String, _ header: RPCValue, _ payload: Int) throws {
        let bytes = try forged(header, payload: payload)
        #expect(throws: RPCError.self, "\(what)") { try PipeFrame.decode(bytes) }
    }

    @Test(arguments: [
        (64, 57, RPCError.Code.protocolViolation), (7, 1, .protocolViolation), (64, 0, .protocolViolation),
        (0, 0, .protocolViolation), (Int(UInt32.max), 8, .limitExceeded), (1 << 20, Int(UInt32.max), .limitExceeded),
        (1 << 30, 1 << 29, .limitExceeded),
    ])
    func `with impossible prefixes are refused before memory is taken`(_ total: Int, _ head: Int, _ code: RPCError.Code)
        throws
    {
        let bytes = SharedBytes(
            copying: [total, head].flatMap { number in (0..<4).map { UInt8(number >> (8 * $0) & 255) } })
        let error = #expect(throws: RPCError.self) { try PipeFrame.Prefix(bytes, limits: .default) }
        #expect(error?.code == code)
    }

    @Test(arguments: 0..<8)
    func `with a prefix that is cut off are refused`(_ count: Int) {
        let bytes = SharedBytes(copying: [UInt8](repeating: 1, count: count))
        let error = #expect(throws: RPCError.self) { try PipeFrame.Prefix(bytes, limits: .default) }
        #expect(error?.code == .protocolViolation)
    }

    @Test func `larger than allowed are refused by the writer`() throws {
        var limits = RPCLimits()
        limits.maxFrameBytes = 4096
        limits.maxHeaderBytes = 100
        #expect(throws: Never.self) { try PipeFrame.encode(["d": ones(3000)], limits: limits) }
        for message in [["d": ones(5000)], ["d": .string(String(repeating: "a", count: 200))]] as [RPCMessage] {
            let error = #expect(throws: RPCError.self) { try PipeFrame.encode(message, limits: limits) }
            #expect(error?.code == .limitExceeded)
        }
    }

    @Test func `look as the documentation shows them`() throws {
        let file = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
            .removingLastComponent().appending("Documentation/WireProtocol.md")
        let text = try Vectors.read(file)
        let blocks = text.components(between: "```hex\n", and: "```")
        let messages: [RPCMessage] = [
            ["type": "log", "message": "hi"],
            ["type": "log", "message": ["hi", .bytes(SharedBytes(copying: [UInt8](repeating: 7, count: 1030)))]],
        ]
        #expect(blocks.count == messages.count)
        for (block, message) in zip(blocks, messages) {
            let hex = block.split(separator: "\n").map { line -> String in
                let parts = line.split(separator: " × ")
                guard parts.count == 2, let count = Int(parts[1]) else { return String(line) }
                return String(repeating: String(parts[0]), count: count)
            }.joined()
            let bytes = try #require(SharedBytes(hex: hex))
            #expect(try frame(message).hex == bytes.hex)
            #expect(try PipeFrame.decode(bytes).description == message.description)
        }
    }
}

extension String {
    fileprivate func components(between start: String, and end: String) -> [Substring] {
        var found: [Substring] = []
        var rest = self[...]
        while let opening = rest.firstRange(of: start) {
            rest = rest[opening.upperBound...]
            guard let closing = rest.firstRange(of: end) else { break }
            found.append(rest[..<closing.lowerBound])
            rest = rest[closing.upperBound...]
        }
        return found
    }
}
