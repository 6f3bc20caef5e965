internal import ImJoyCore
internal import ImJoyRPC
internal import NIOCore
internal import NIOEmbedded
internal import Testing

@testable internal import ImJoyWebSocket

/// One end of a WebSocket with a clock that moves when told.
private struct End {
    let channel = EmbeddedChannel()
    let stream: WebSocketFrameStream

    init(_ role: WebSocketRole = .server, _ configuration: WebSocketConfiguration = WebSocketConfiguration()) throws {
        stream = WebSocketFrameStream(role: role, configuration: configuration)
        try channel.pipeline.syncOperations.addHandler(stream)
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
    }

    func hear(_ frame: Frame) throws { try channel.writeInbound(ByteBuffer(bytes: frame.bytes)) }

    /// What has been sent since the last look.
    func said() throws -> [String] {
        var bytes: [UInt8] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { bytes += buffer.readableBytesView }
        return Frame.all(in: bytes).frames.map(\.description)
    }

    func wait(_ seconds: Int64) { channel.embeddedEventLoop.advanceTime(by: .seconds(seconds)) }
}

@Suite struct `A stream of frames` {
    @Test func `pings a silent far side once, and gives it up after its time`() async throws {
        let end = try End()
        end.wait(19)
        #expect(try end.said() == [])
        end.wait(1)
        #expect(try end.said() == ["ping "])
        end.wait(39)
        #expect(try end.said() == [])
        end.wait(1)
        #expect(try end.said() == ["close 1001"])
        let error = await #expect(throws: RPCError.self) { try await end.stream.inbox.next() }
        #expect(error?.message.contains("nothing was heard for 60") == true)
        #expect(end.channel.isActive)
        end.wait(2)
        #expect(!end.channel.isActive)
    }

    @Test func `leaves a far side alone that is heard`() throws {
        let end = try End()
        for _ in 0..<10 {
            end.wait(20)
            #expect(try end.said() == ["ping "])
            try end.hear(.pong())
        }
        for _ in 0..<100 {
            end.wait(15)
            try end.hear(.text("x"))
        }
        #expect(try end.said().allSatisfy { $0 == "ping " })
        #expect(end.channel.isActive)
    }

    @Test func `never asks when it is not to`() throws {
        var configuration = WebSocketConfiguration()
        configuration.pingInterval = nil
        configuration.idleTimeout = nil
        let end = try End(.server, configuration)
        end.wait(1_000_000)
        #expect(try end.said() == [])
        #expect(end.channel.isActive)
    }

    @Test func `does not hold a silence against the far side while nobody takes its messages`() async throws {
        var configuration = WebSocketConfiguration()
        configuration.maxWaitingMessages = 2
        let end = try End(.server, configuration)
        for _ in 0..<3 { try end.hear(.text("x")) }
        end.channel.read()
        end.wait(1000)
        #expect(try end.said() == [])
        for _ in 0..<3 { #expect(try await end.stream.inbox.next() == .text("x")) }
        end.channel.embeddedEventLoop.run()
        end.wait(20)
        #expect(try end.said() == ["ping "])
        end.wait(60)
        #expect(try end.said() == ["close 1001"])
    }

    @Test func `reads frames that are cut anywhere`() throws {
        let frames: [Frame] = [
            .text("Zellen µm 細胞", isFinal: false), .ping([1, 2, 3]), .more(Array("🔬".utf8), isFinal: false), .more([]),
            .binary(.init(repeating: 9, count: 300)), .binary([]), .close(1000, "bye"),
        ]
        let bytes = frames.flatMap(\.bytes)
        let expected: [WebSocketFrameReader.Event] = [
            .ping([1, 2, 3]), .message(.text("Zellen µm 細胞🔬")),
            .message(.binary(SharedBytes(copying: [UInt8](repeating: 9, count: 300)))), .message(.binary(.empty)),
            .close(WebSocketClose(.normal, "bye")),
        ]
        for step in [1, 2, 3, 5, 7, 64, bytes.count] {
            var reader = WebSocketFrameReader(role: .server)
            var events: [WebSocketFrameReader.Event] = []
            for start in stride(from: 0, to: bytes.count, by: step) {
                try bytes[start..<min(start + step, bytes.count)].withUnsafeBytes { part in
                    var input = part[...]
                    while let event = try reader.next(&input) { events.append(event) }
                    #expect(input.isEmpty)
                }
            }
            #expect(events == expected)
            #expect(reader.isDone)
        }
    }

    @Test func `masks as its role demands`() throws {
        let source = SharedBytes(copying: Array("hello".utf8))
        for (role, isMasked) in [(WebSocketRole.client, true), (.server, false)] {
            var bytes = ByteSource([source])
            let frame = WebSocketFrameWriter(role: role).data(
                .text, isFinal: true, length: 5, of: &bytes, allocator: ByteBufferAllocator())
            let (frames, rest) = Frame.all(in: Array(frame.readableBytesView))
            #expect(rest.isEmpty)
            #expect(frames.map(\.description) == ["text hello"])
            #expect((frames.first?.mask != nil) == isMasked)
        }
    }

    @Test func `is unmasked alike from every place of a frame`() {
        let mask = WebSocketMask(1, 2, 3, 4)
        for count in 0..<40 {
            for offset in 0..<9 {
                var bytes = [UInt8](repeating: 0, count: count)
                bytes.withUnsafeMutableBytes { mask.apply(to: $0, offset: offset) }
                #expect(bytes == (0..<count).map { UInt8(($0 + offset) % 4 + 1) })
            }
        }
    }

    @Test func `knows UTF-8 as the standard library does, whatever way it is cut`() {
        var state: UInt64 = 7
        func random() -> UInt8 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
        let starts: [[UInt8]] = [[], [0xE0], [0xED], [0xF0], [0xF4], [0xC1], [0xF5], [0xEF, 0xBF], [0xF0, 0x90]]
        for start in starts {
            for _ in 0..<500 {
                var bytes = start
                for _ in 0..<Int(random() % 5) { bytes.append(random() % 3 == 0 ? random() : 0x80 | random() & 0x3F) }
                let isValid = String(validating: bytes, as: UTF8.self) != nil
                for cut in 0...bytes.count {
                    var check = UTF8Check()
                    let parts = [bytes[..<cut], bytes[cut...]]
                    let isAccepted = parts.allSatisfy { part in part.withUnsafeBytes { check.accept($0) } }
                    #expect((isAccepted && check.isAtBoundary) == isValid, "\(bytes) cut at \(cut)")
                }
            }
        }
    }
}
