internal import ImJoyRPC
internal import ImJoyRPCTestSupport
internal import ImJoyWebSocket
internal import ImJoyWebSocketTestSupport
internal import SystemPackage
internal import Testing

/// What a client sends and what must come back from a server that echoes, up to the end of the connection.
private struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var sent: [Frame]
    /// Frames before the last one, which closes.
    var echoes: [String]
    var close: String
    var allowsText: Bool

    init(_ name: String, _ sent: [Frame], _ echoes: [String] = [], close: Int? = 1002, allowsText: Bool = true) {
        testDescription = name
        self.sent = sent
        self.echoes = echoes
        self.close = close.map { "close \($0)" } ?? "close "
        self.allowsText = allowsText
    }

    static let limit = 100_000

    /// Closed in order at the end.
    static func fine(_ name: String, _ sent: [Frame], _ echoes: [String]) -> Case {
        Case(name, sent + [.close(1000)], echoes, close: 1000)
    }

    static func close(_ name: String, _ frame: Frame, _ code: Int?) -> Case { Case(name, [frame], close: code) }

    private static func text(_ bytes: [UInt8], isFinal: Bool = true) -> Frame {
        Frame(opcode: 1, payload: bytes, isFinal: isFinal)
    }

    static let all: [Case] =
        messages + fragments + reserved + masks + lengths + control + order + texts + closes

    private static let messages: [Case] = [
        .fine("an empty text", [.text("")], ["text "]), .fine("a text", [.text("hello")], ["text hello"]),
        .fine("an empty binary message", [.binary([])], ["binary "]),
        .fine("a binary message", [.binary(Array("ab".utf8))], ["binary ab"]),
        .fine("125 bytes", [.binary(.init(repeating: 65, count: 125))], ["binary 125 bytes"]),
        .fine("126 bytes", [.binary(.init(repeating: 65, count: 126))], ["binary 126 bytes"]),
        .fine("127 bytes", [.binary(.init(repeating: 65, count: 127))], ["binary 127 bytes"]),
        .fine("65535 bytes", [.binary(.init(repeating: 65, count: 65535))], ["binary 65535 bytes"]),
        .fine("65536 bytes", [.binary(.init(repeating: 65, count: 65536))], ["binary 65536 bytes"]),
        .fine("as many bytes as are allowed", [.binary(.init(repeating: 65, count: limit))], ["binary 100000 bytes"]),
        .fine("a mask of zeros", [.text("hello").with { $0.mask = [0, 0, 0, 0] }], ["text hello"]),
        .fine("many messages", (0..<50).map { (n: Int) in .text("\(n)") }, (0..<50).map { (n: Int) in "text \(n)" }),
        Case("a text where none is taken", [.text("hello")], close: 1003, allowsText: false),
    ]

    private static let fragments: [Case] = [
        .fine("two fragments", [.text("hel", isFinal: false), .more(Array("lo".utf8))], ["text hello"]),
        .fine(
            "empty fragments", [.text("", isFinal: false), .more([], isFinal: false), .more([])], ["text "]),
        .fine(
            "a fragment for each byte",
            [.binary([], isFinal: false)] + "abcdef".utf8.map { .more([$0], isFinal: false) } + [.more([])],
            ["binary abcdef"]),
        .fine(
            "a ping between fragments", [.text("a", isFinal: false), .ping([112]), .more([98])], ["pong p", "text ab"]),
        .fine("a pong between fragments", [.text("a", isFinal: false), .pong([112]), .more([98])], ["text ab"]),
        Case("a close between fragments", [.text("a", isFinal: false), .close(1000)], close: 1000),
        Case(
            "fragments that are too large together",
            [.binary(.init(repeating: 0, count: 60000), isFinal: false), .more(.init(repeating: 0, count: 60000))],
            close: 1009),
    ]

    private static let reserved: [Case] =
        [
            Case("the first reserved bit", [.text("x").with { $0.reserved = 4 }]),
            Case("the second reserved bit", [.text("x").with { $0.reserved = 2 }]),
            Case("the third reserved bit", [.text("x").with { $0.reserved = 1 }]),
            Case("all reserved bits of a ping", [.ping().with { $0.reserved = 7 }]),
            Case(
                "a reserved bit of a continuation", [.text("a", isFinal: false), .more([98]).with { $0.reserved = 4 }]),
            Case("a message, then a reserved bit", [.text("x"), .text("y").with { $0.reserved = 4 }], ["text x"]),
        ] + [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map { Case("a frame of kind \($0)", [Frame(opcode: $0)]) }

    private static let masks: [Case] = [
        Case("a message without a mask", [.text("x").with { $0.mask = nil }]),
        Case("a ping without a mask", [.ping().with { $0.mask = nil }]),
        Case("a close without a mask", [.close(1000).with { $0.mask = nil }]),
    ]

    private static let lengths: [Case] = [
        Case("one byte more than allowed", [.binary([]).with { $0.claimed = UInt64(limit + 1) }], close: 1009),
        Case("a length of a tebibyte", [.binary([]).with { $0.claimed = 1 << 40 }], close: 1009),
        Case("the largest length", [.binary([]).with { $0.claimed = .max >> 1 }], close: 1009),
        Case("a length with its highest bit", [.binary([]).with { $0.claimed = .max }]),
        Case("a text that is too large", [.text("").with { $0.claimed = UInt64(limit + 1) }], close: 1009),
        Case(
            "a continuation that is too large",
            [.binary([1], isFinal: false), .more([]).with { $0.claimed = UInt64(limit) }], close: 1009),
        Case("5 bytes with a length of two bytes", [.text("hello").with { $0.lengthBytes = 2 }]),
        Case("5 bytes with a length of eight bytes", [.text("hello").with { $0.lengthBytes = 8 }]),
        Case(
            "300 bytes with a length of eight bytes",
            [.binary(.init(repeating: 0, count: 300)).with { $0.lengthBytes = 8 }]),
    ]

    private static let control: [Case] = [
        .fine("a ping", [.ping(Array("hi".utf8))], ["pong hi"]), .fine("an empty ping", [.ping()], ["pong "]),
        .fine("a ping of 125 bytes", [.ping(.init(repeating: 65, count: 125))], ["pong 125 bytes"]),
        Case("a ping of 126 bytes", [.ping(.init(repeating: 65, count: 126))]),
        Case("a pong of 126 bytes", [.pong(.init(repeating: 65, count: 126))]),
        Case("a close of 126 bytes", [.close(1000, String(repeating: "x", count: 124))]),
        Case("a fragmented ping", [.ping().with { $0.isFinal = false }]),
        Case("a fragmented close", [.close(1000).with { $0.isFinal = false }]),
        Case("a ping with a length of two bytes", [.ping([1]).with { $0.lengthBytes = 2 }]),
        .fine("a pong that nobody asked for", [.pong(Array("x".utf8))], []),
        .fine("ten pings", (0..<10).map { .ping([48 + $0]) }, (0..<10).map { "pong \($0)" }),
    ]

    private static let order: [Case] = [
        Case("a continuation of nothing", [.more([1])]),
        Case("an unfinished continuation of nothing", [.more([1], isFinal: false)]),
        Case("a continuation of a whole message", [.text("a"), .more([98])], ["text a"]),
        Case("a text inside a message", [.text("a", isFinal: false), .text("b")]),
        Case("a binary message inside a text", [.text("a", isFinal: false), .binary([1])]),
    ]

    private static let texts: [Case] = [
        .fine("text beyond ASCII", [.text("Zellen µm 細胞 🔬")], ["text Zellen µm 細胞 🔬"]),
        .fine(
            "a character cut between fragments",
            [text([0xF0, 0x9F], isFinal: false), .more([0x94, 0xAC])], ["text 🔬"]),
        .fine("the last character of Unicode", [text([0xF4, 0x8F, 0xBF, 0xBF])], ["text \u{10FFFF}"]),
        Case("a byte that never occurs", [text([0xFF])], close: 1007),
        Case("a continuation byte alone", [text([0x80])], close: 1007),
        Case("a slash in two bytes", [text([0xC0, 0xAF])], close: 1007),
        Case("a slash in three bytes", [text([0xE0, 0x80, 0xAF])], close: 1007),
        Case("a surrogate", [text([0xED, 0xA0, 0x80])], close: 1007),
        Case("a character beyond Unicode", [text([0xF4, 0x90, 0x80, 0x80])], close: 1007),
        Case("a character that does not end", [text([0x61, 0xE7, 0xB4])], close: 1007),
        Case("a bad byte after many good ones", [text(.init(repeating: 65, count: 1000) + [0xFF])], close: 1007),
        // Known to be wrong before the message is complete (the rest never comes).
        Case("a bad byte in the first fragment", [text([0xC0], isFinal: false)], close: 1007),
        Case(
            "a bad byte early in a frame that is not complete",
            [text([0x61, 0xFF, 0x61]).with { $0.claimed = 1000 }], close: 1007),
    ]

    private static let closes: [Case] =
        [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999].map {
            (code: Int) in
            .close("a close with \(code)", .close(code), code)
        }
        + [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535].map { (code: Int) in
            .close("a close with \(code), which is no code", .close(code), 1002)
        }
        + [
            .close("a close without a code", .close(nil), nil),
            .close("a close with a reason", .close(1000, "bye"), 1000),
            .close("a close with the longest reason", .close(1000, String(repeating: "x", count: 123)), 1000),
            .close("a close with half a code", Frame(opcode: 8, payload: [3]), 1002),
            .close("a close whose reason is no UTF-8", Frame(opcode: 8, payload: [3, 232, 0xFF]), 1007),
            Case("a message after the close", [.close(1000), .text("late")], close: 1000),
            Case("a message, then the close", [.text("last"), .close(1001)], ["text last"], close: 1001),
        ]
}

/// How the bytes of a case reach the server.
private enum Delivery: CaseIterable {
    case glued, byteByByte

    func send(_ frames: some Sequence<Frame>, over socket: RawSocket) async {
        switch self {
        case .glued: await socket.send(frames.flatMap(\.bytes))
        case .byteByByte:
            for frame in frames {
                // The first bytes alone: there the decisions are made.
                for byte in frame.bytes.prefix(40) { await socket.send([byte]) }
                await socket.send(Array(frame.bytes.dropFirst(40)))
            }
        }
    }
}

/// One after the other: each socket of a test holds a thread.
@Suite(.serialized) struct `Raw frames` {
    @Test(arguments: Case.all, Delivery.allCases)
    private func `are answered as RFC 6455 says`(_ example: Case, _ delivery: Delivery) async throws {
        var configuration = WebSocketConfiguration()
        configuration.maxMessageBytes = Case.limit
        configuration.acceptsText = example.allowsText
        try await withEchoServer(configuration) { server in
            let client = try RawSocket(connectingTo: server.port)
            await client.send(handshakeRequest)
            #expect(await client.receiveHead()?.hasPrefix("HTTP/1.1 101 ") == true)
            // What ends the connection may overtake answers, so these are awaited before.
            await delivery.send(example.sent.dropLast(), over: client)
            var answers: [Frame] = []
            for _ in example.echoes { answers += [await client.receiveFrame()].compactMap { $0 } }
            await delivery.send(example.sent.suffix(1), over: client)
            while let frame = await client.receiveFrame() { answers.append(frame) }
            #expect(answers.map(\.description) == example.echoes + [example.close])
            #expect(answers.allSatisfy { $0.mask == nil && $0.reserved == 0 && $0.isFinal })
        }
    }

    @Test func `are covered by at least sixty cases`() {
        #expect(Case.all.count >= 60)
        #expect(Set(Case.all.map(\.testDescription)).count == Case.all.count)
    }

    @Test func `may come in one piece with the request`() async throws {
        try await withEchoServer { server in
            let client = try RawSocket(connectingTo: server.port)
            await client.send(Array(handshakeRequest.utf8) + Frame.text("early").bytes + Frame.binary([65]).bytes)
            #expect(await client.receiveHead()?.hasPrefix("HTTP/1.1 101 ") == true)
            #expect(await client.receiveFrame()?.description == "text early")
            #expect(await client.receiveFrame()?.description == "binary A")
        }
    }

    @Test func `that are cut off end the connection, and harm nobody else`() async throws {
        let whole = Frame.text(String(repeating: "x", count: 300)).bytes
        try await withEchoServer { server in
            for count in [1, 2, 3, 4, 7, 8, 9, 200, whole.count - 1] {
                let client = try RawSocket(connectingTo: server.port)
                await client.send(Array(handshakeRequest.utf8) + whole.prefix(count))
                #expect(await client.receiveHead() != nil)
                client.endOutput()
                #expect(await client.receiveAll().isEmpty)
            }
            let other = try RawSocket(connectingTo: server.port)
            await other.send(Array(handshakeRequest.utf8) + Frame.text("alive").bytes)
            #expect(await other.receiveHead() != nil)
            #expect(await other.receiveFrame()?.description == "text alive")
        }
    }
}
