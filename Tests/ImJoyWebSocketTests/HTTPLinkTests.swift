internal import ImJoyCore
internal import ImJoyRPC
internal import ImJoyRPCTestSupport
internal import ImJoyWebSocket
internal import OrderedCollections
internal import Testing

/// Both connections of a link over HTTP, with the test as the server.
private struct HTTPServer: Sendable {
    let listener: RawListener

    init() throws { listener = try RawListener() }

    /// Runs a client, which has sent nothing yet, and what the server does beside it; both must come to their end.
    static func meet(
        _ configuration: WebSocketConfiguration = WebSocketConfiguration(), limits: RPCLimits = .default,
        client: @Sendable (HyphaHTTPMessages, any RPCMessageWriter) async throws -> Void,
        server: @escaping @Sendable (HTTPServer) async throws -> Void
    ) async throws {
        let place = try HTTPServer()
        let transport = try HyphaHTTPTransport(
            to: "http://127.0.0.1:\(place.listener.port)", configuration: configuration, limits: limits)
        async let served: Void = server(place)
        try await transport.withConnection(client)
        try await served
    }

    /// Answers the request for the stream, and returns its head and the connection.
    func openStream() async throws -> (head: String, socket: RawSocket) {
        let socket = try await listener.accept()
        let head = await socket.receiveHead() ?? ""
        await socket.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        return (head, socket)
    }

    /// One request: its head and body.
    static func request(on socket: RawSocket) async throws -> (head: String, body: [UInt8])? {
        guard let head = await socket.receiveHead() else { return nil }
        let prefix = "content-length: "
        let line = head.lowercased().split(separator: "\r\n").first { $0.hasPrefix(prefix) }
        let length = try #require(line.flatMap { Int($0.dropFirst(prefix.count)) })
        return (head, await socket.receive(length))
    }
}

extension RawSocket {
    /// Bytes of an answer in chunks.
    fileprivate func sendChunk(_ bytes: [UInt8]) async {
        await send(Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8))
    }

    fileprivate func answer(_ status: String, _ body: String = "", headers: String = "") async {
        await send("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)")
    }
}

/// A message as the server streams it: four bytes of length, and the message.
private func streamed(_ value: RPCValue) throws -> [UInt8] {
    let bytes = try MessagePackWriter.encode(value)
    return withUnsafeBytes(of: UInt32(bytes.count).bigEndian, Array.init) + bytes
}

private let greeting = HyphaMessage.control(["type": "hello", "client_id": "a b/ü", "token": "secret"]).message

private func event(_ number: Int) -> HyphaFrame {
    HyphaFrame(header: ["type": "event", "from": "ws/a", "to": "ws/b", "n": .int(Int64(number))], body: nil)
}

@Suite(.timeLimit(.minutes(5)))
struct `A link over HTTP` {
    @Test func `asks for the stream with its greeting, and posts the rest in order over one connection`() async throws {
        try await HTTPServer.meet { inbound, writer in
            try await writer.write(greeting)
            let messages = inbound.makeAsyncIterator()
            let first = try #require(try await messages.next())
            #expect(first["workspace"].stringValue == "ws")
            for number in 0..<3 { try await writer.write(HyphaMessage.frame(event(number)).message) }
            // The answer has no end of its own, so the link is cut.
            await #expect(throws: RPCError.self) { try await messages.next() }
        } server: { server in
            let (head, stream) = try await server.openStream()
            #expect(head.hasPrefix("GET /rpc?client_id=a%20b%2F%C3%BC HTTP/1.1\r\n"), "\(head)")
            #expect(head.contains("Authorization: Bearer secret\r\n"), "\(head)")
            #expect(head.split(separator: "\r\n").first?.contains("secret") == false, "addresses are logged by servers")
            await stream.sendChunk(try streamed(["type": "connection_info", "workspace": "ws"]))
            let socket = try await server.listener.accept()
            for number in 0..<3 {
                let request = try #require(try await HTTPServer.request(on: socket))
                #expect(request.head.hasPrefix("POST /rpc?"), "\(request.head)")
                #expect(request.head.contains("workspace=ws"), "the workspace of our calls: \(request.head)")
                let frame = try HyphaFrame.decode(SharedBytes(copying: request.body), limits: .default)
                #expect(frame.header["n"]?.intValue == number)
                await socket.answer("200 OK", "{}")
            }
            stream.abort()
        }
    }

    @Test func `puts messages together that come byte by byte or glued`() async throws {
        try await HTTPServer.meet { inbound, writer in
            try await writer.write(greeting)
            var numbers: [Int] = []
            // The server has ended its answer in order, and so the sequence ends.
            for try await message in inbound { numbers.append(message["n"].intValue ?? -1) }
            #expect(numbers == Array(0..<20))
        } server: { server in
            let (_, stream) = try await server.openStream()
            for byte in try streamed(["type": "ping", "n": 0]) { await stream.sendChunk([byte]) }
            await stream.sendChunk(try (1..<20).flatMap { try streamed(["type": "ping", "n": .int(Int64($0))]) })
            await stream.send("0\r\n\r\n")
            _ = await stream.receiveAll()
        }
    }

    @Test func `reads no further while nobody takes its messages`() async throws {
        var configuration = WebSocketConfiguration()
        configuration.maxWaitingMessages = 4
        let sent = Guarded(0)
        let count = 400
        try await HTTPServer.meet(configuration) { inbound, writer in
            try await writer.write(greeting)
            var last = -1
            while sent.withLock({ $0 }) != last || last == 0 {
                last = sent.withLock { $0 }
                try await Task.sleep(for: .milliseconds(300))
            }
            #expect(last > 4 && last < count, "\(last) were taken from the server, and nobody has read any")
            var next = 0
            for try await message in inbound {
                #expect(message["n"].intValue == next)
                next += 1
            }
            #expect(next == count)
        } server: { server in
            let (_, stream) = try await server.openStream()
            for number in 0..<count {
                let text = RPCValue.string(String(repeating: "x", count: 200_000))
                await stream.sendChunk(try streamed(["type": "ping", "n": .int(Int64(number)), "text": text]))
                sent.withLock { $0 += 1 }
            }
            await stream.send("0\r\n\r\n")
            _ = await stream.receiveAll()
        }
    }

    @Test(arguments: [
        ("401 Unauthorized", RPCError.Code.refused), ("403 Forbidden", .refused), ("404 Not Found", .notFound),
        ("413 Payload Too Large", .refused), ("429 Too Many Requests", .overloaded),
        ("500 Internal Server Error", .overloaded),
    ])
    func `says why the server does not let it in`(_ status: String, _ code: RPCError.Code) async throws {
        try await HTTPServer.meet { inbound, writer in
            // The head is there before the body, so it is the reader who hears why.
            let error = await #expect(throws: RPCError.self) {
                try await writer.write(greeting)
                for try await _ in inbound {}
            }
            #expect(error?.code == code)
            #expect(error?.message.contains(status) == true && error?.message.contains("no room for you") == true)
            #expect((error?.message.utf8.count ?? 0) < 700, "a body is shown in part")
        } server: { server in
            let socket = try await server.listener.accept()
            _ = await socket.receiveHead()
            await socket.answer(status, "no room for you" + String(repeating: ".", count: 2000))
            _ = await socket.receiveAll()
        }
    }

    @Test func `leaves a message behind that the server finds too large, and lives on`() async throws {
        try await HTTPServer.meet { inbound, writer in
            try await writer.write(greeting)
            let large = await #expect(throws: RPCError.self) {
                try await writer.write(HyphaMessage.frame(event(0)).message)
            }
            #expect(large?.code == .limitExceeded && large?.message.contains("too large") == true)
            try await writer.write(HyphaMessage.frame(event(1)).message)
            let lost = await #expect(throws: RPCError.self) {
                try await writer.write(HyphaMessage.frame(event(2)).message)
            }
            #expect(lost?.code == .disconnected && lost?.message.contains("who are you?") == true)
            // Both directions are one link.
            let ended = await #expect(throws: RPCError.self) { for try await _ in inbound {} }
            #expect(ended?.code == .disconnected)
        } server: { server in
            let (_, stream) = try await server.openStream()
            let first = try await server.listener.accept()
            _ = try await HTTPServer.request(on: first)
            await first.answer("413 Payload Too Large", "too large")
            _ = try await HTTPServer.request(on: first)
            await first.answer("200 OK", headers: "Connection: close\r\n")
            // What is said to be the last answer is: the next request comes over another connection.
            let second = try await server.listener.accept()
            _ = try await HTTPServer.request(on: second)
            await second.answer("400 Bad Request", "who are you?")
            _ = await stream.receiveAll()
        }
    }

    @Test func `takes no memory for lengths that are only claimed`() async throws {
        var limits = RPCLimits.default
        limits.maxFrameBytes = 1 << 20
        try await HTTPServer.meet(limits: limits) { inbound, writer in
            try await writer.write(greeting)
            let error = await #expect(throws: RPCError.self) { for try await _ in inbound {} }
            #expect(error?.code == .limitExceeded && error?.message.contains("4294967295") == true)
        } server: { server in
            let (_, stream) = try await server.openStream()
            await stream.sendChunk([0xff, 0xff, 0xff, 0xff, 0x80])
            _ = await stream.receiveAll()
        }
    }

    @Test func `ends at once when its user leaves, and the server sees both connections close`() async throws {
        try await HTTPServer.meet { _, writer in
            try await writer.write(greeting)
            try await writer.write(HyphaMessage.frame(event(0)).message)
        } server: { server in
            let (_, stream) = try await server.openStream()
            let socket = try await server.listener.accept()
            _ = try await HTTPServer.request(on: socket)
            await socket.answer("200 OK")
            #expect(await stream.receiveAll().isEmpty)
            #expect(await socket.receiveAll().isEmpty)
        }
    }
}
