internal import ImJoyCore
internal import ImJoyRPCTestSupport
internal import ImJoyTestSupport
internal import OrderedCollections
internal import SystemPackage
internal import Testing

@testable internal import ImJoyRPC

@Suite struct `Frames of Hypha` {
    private static let header: RPCObject = [
        "type": "method", "from": "ws/a", "to": "ws/b", "method": "services.s.f", "session": "S",
    ]

    @Test func `are a header and a body, or a header alone`() throws {
        let whole = try HyphaFrame(header: Self.header, body: ["args": [1, "x"], "promise": "*"])
        let back = try HyphaFrame.decode(try whole.encode())
        #expect("\(RPCValue.object(back.header))" == "\(RPCValue.object(Self.header))")
        #expect("\(RPCValue.object(try back.bodyMembers()))" == "{args: [1, \"x\"], promise: \"*\"}")
        // Nothing to say is not written.
        let alone = try HyphaFrame(header: Self.header, body: [:])
        #expect(alone.body == nil)
        let read = try HyphaFrame.decode(try alone.encode())
        #expect(read.body == nil)
        #expect(try read.bodyMembers().isEmpty)
    }

    @Test func `cut off anywhere are an error, or lack their body`() throws {
        let frame = try HyphaFrame(header: Self.header, body: ["args": [.bytes(SharedBytes(copying: [1, 2, 3]))]])
        let bytes = try frame.encode()
        let headerLength = bytes.count - (frame.body?.count ?? 0)
        for count in 0..<bytes.count {
            let part = bytes.slice(0..<count)
            guard count >= headerLength else {
                #expect(throws: RPCError.self) { try HyphaFrame.decode(part) }
                continue
            }
            let read = try HyphaFrame.decode(part)
            if count == headerLength {
                #expect(read.body == nil)
            } else {
                #expect(throws: RPCError.self) { try read.bodyMembers() }
            }
        }
    }

    @Test(arguments: ["c0", "93010203", "a161", "81a161", "c1", "82a161"])
    func `with something else for a header are refused`(_ hex: String) throws {
        let bytes = try #require(SharedBytes(hex: hex))
        let error = #expect(throws: RPCError.self) { try HyphaFrame.decode(bytes) }
        #expect(error?.code == .protocolViolation || error?.code == .limitExceeded)
    }

    @Test(arguments: ["c0", "93010203", "80c0", "df7fffffff", "dd7fffffff"])
    func `with something else for a body are refused when it is read`(_ hex: String) throws {
        let body = try #require(SharedBytes(hex: hex))
        let frame = try HyphaFrame.decode(try HyphaFrame(header: Self.header, body: body).encode())
        #expect(throws: RPCError.self) { try frame.bodyMembers() }
    }

    @Test func `larger than allowed are refused`() throws {
        var limits = RPCLimits()
        limits.maxFrameBytes = 200
        limits.maxHeaderBytes = 50
        let bytes = try HyphaFrame(header: Self.header, body: ["a": 1]).encode()
        let header = #expect(throws: RPCError.self) { try HyphaFrame.decode(bytes, limits: limits) }
        #expect(header?.message.contains("at most 50") == true)
        limits.maxFrameBytes = 60
        let frame = #expect(throws: RPCError.self) { try HyphaFrame.decode(bytes, limits: limits) }
        #expect(frame?.message.contains("at most 60") == true)
    }

    /// Sessions between the real clients and the real server, when the folder with them is there.
    @Test(arguments: RecordedHypha.sessions)
    func `of recorded sessions are read, and written byte for byte`(_ name: String) throws {
        var tally = Tally()
        for frame in try RecordedHypha.frames(name) {
            guard let bytes = frame.bytes else { continue }
            let read = try HyphaFrame.decode(bytes)
            tally.compare(
                "\(frame.number), header length", "\(bytes.count - (read.body?.count ?? 0))", "\(frame.headerLength)")
            tally.compare(
                "\(frame.number), header", "\(RPCValue.object(read.header).fullDescription)",
                "\(frame.header.fullDescription)")
            let again = try HyphaFrame(header: read.header, body: try read.bodyMembers())
            tally.compare("\(frame.number), bytes", try again.encode().hex, bytes.hex)
        }
        tally.report("frames of \(name)", group: "hypha")
        #expect(tally.failures.isEmpty)
    }
}

extension RPCValue {
    /// Everything in it, unlike the description for logs.
    fileprivate var fullDescription: String {
        var normalizer = Normalizer()
        return normalizer.text(wire: self)
    }
}
