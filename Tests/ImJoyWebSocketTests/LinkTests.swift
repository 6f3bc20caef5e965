#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
internal import ImJoyCore
internal import ImJoyRPC
internal import ImJoyRPCTestSupport
internal import ImJoyWebSocket
internal import ImJoyWebSocketTestSupport
internal import Testing

private func client(
    of server: WebSocketServer, _ configuration: WebSocketConfiguration = WebSocketConfiguration()
) throws -> WebSocketClientTransport {
    try WebSocketClientTransport(to: "ws://127.0.0.1:\(server.port)/", configuration: configuration)
}

/// Bytes that differ from place to place and from seed to seed.
private func bytes(_ count: Int, seed: Int = 0) -> SharedBytes {
    let words = (0..<(count + 7) / 8).map { (UInt64($0) &+ UInt64(seed) << 32) &* 0x9E37_79B9_7F4A_7C15 }
    return SharedBytes(count: count) { target in
        words.withUnsafeBytes { target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
}

/// Compares as fast in debug builds as in release builds.
private func equal(_ a: UnsafeRawBufferPointer, _ b: SharedBytes) -> Bool {
    b.withUnsafeBytes { b in
        guard let x = a.baseAddress, let y = b.baseAddress, a.count == b.count else { return a.count == b.count }
        return memcmp(x, y, a.count) == 0
    }
}

/// Nobody is given up in tests that make somebody wait.
private let patient: WebSocketConfiguration = {
    var configuration = WebSocketConfiguration()
    configuration.pingInterval = nil
    configuration.idleTimeout = nil
    return configuration
}()

/// What a task has got to.
private final class Counter: Sendable {
    private let count = Guarded(0)
    var value: Int { count.withLock { $0 } }
    func increase() { count.withLock { $0 += 1 } }
}

/// Polls until the count has stayed the same for a while, and returns it.
private func settled(_ counter: Counter) async throws -> Int {
    var last = -1
    var rounds = 0
    while rounds < 50 {
        try await Task.sleep(for: .milliseconds(10))
        rounds = counter.value == last ? rounds + 1 : 0
        last = counter.value
    }
    return last
}

@Suite(.serialized) struct `A WebSocket` {
    @Test(arguments: [0, 1, 125, 126, 65535, 65536, 262_144, 262_145, 5_000_001])
    func `brings messages of any size there and back`(_ size: Int) async throws {
        try await withEchoServer { server in
            let sent = bytes(size, seed: size)
            try await client(of: server).withWebSocket { inbound, writer in
                try await writer.write(.binary(sent))
                let messages = inbound.makeAsyncIterator()
                guard case .binary(let back)? = try await messages.next() else {
                    Issue.record("no binary message")
                    return
                }
                #expect(back == sent)
                back.withUnsafeBytes { #expect(size == 0 || UInt(bitPattern: $0.baseAddress) % 64 == 0) }
                let text = String(repeating: "µ", count: size / 2)
                try await writer.write(.text(text))
                #expect(try await messages.next() == .text(text))
            }
        }
    }

    @Test func `joins the pieces of a message, however they are cut`() async throws {
        try await withEchoServer { server in
            var configuration = WebSocketConfiguration()
            configuration.fragmentBytes = 7
            try await client(of: server, configuration).withWebSocket { inbound, writer in
                let whole = bytes(100)
                for cuts in [[], [0], [7], [14, 14], [1, 50, 99], [100]] {
                    let edges = [0] + cuts + [100]
                    let pieces = zip(edges, edges.dropFirst()).map { whole.slice($0..<$1) }
                    try await writer.write(pieces)
                    #expect(try await inbound.makeAsyncIterator().next() == .binary(whole))
                }
            }
        }
    }

    @Test func `keeps messages of several tasks whole`() async throws {
        try await withEchoServer { server in
            var configuration = WebSocketConfiguration()
            configuration.fragmentBytes = 1000
            try await client(of: server, configuration).withWebSocket { inbound, writer in
                let sent = (0..<20).map { bytes(20_000 + $0, seed: $0) }
                let received = try await withThrowingTaskGroup(of: Void.self) { group in
                    for message in sent { group.addTask { try await writer.write(.binary(message)) } }
                    var received = Set<WebSocketMessage>()
                    for try await message in inbound {
                        received.insert(message)
                        if received.count == sent.count { break }
                    }
                    try await group.waitForAll()
                    return received
                }
                #expect(received == Set(sent.map { .binary($0) }))
            }
        }
    }

    @Test func `makes a far side wait that sends to a reader who does not read`() async throws {
        try await within {
            let server = try await WebSocketServer.listen(configuration: patient)
            let (gate, opener) = AsyncStream<Void>.makeStream()
            let serving = Task { () -> Int in
                guard let transport = try await server.accept() else { return -1 }
                return try await transport.withWebSocket { inbound, _ in
                    for await _ in gate {}
                    var count = 0
                    for try await message in inbound {
                        guard case .binary(let received) = message else { break }
                        let isSame = received.withUnsafeBytes { equal($0, bytes(100_000, seed: count)) }
                        #expect(isSame, "message \(count)")
                        count += 1
                    }
                    return count
                }
            }
            let written = Counter()
            let total = 500
            let sending = Task {
                try await client(of: server, patient).withWebSocket { _, writer in
                    for index in 0..<total {
                        try await writer.write(.binary(bytes(100_000, seed: index)))
                        written.increase()
                    }
                }
            }
            // 50 MB are to be sent; the inbox takes one, the buffers of the system some more.
            let before = try await settled(written)
            #expect(before < total / 2, "\(before) messages went out to nobody")
            opener.finish()
            #expect(try await serving.value == total)
            try await sending.value
            await server.shutDown()
        }
    }

    @Test func `makes a server wait that sends to a client which does not read`() async throws {
        try await within {
            let server = try await WebSocketServer.listen(configuration: patient)
            let written = Counter()
            let total = 500
            let serving = Task {
                guard let transport = try await server.accept() else { return }
                try await transport.withWebSocket { _, writer in
                    for index in 0..<total {
                        try await writer.write(.binary(bytes(100_000, seed: index)))
                        written.increase()
                    }
                }
            }
            let raw = try RawSocket(connectingTo: server.port, receiveBuffer: 65536)
            await raw.send(handshakeRequest)
            #expect(await raw.receiveHead() != nil)
            let before = try await settled(written)
            #expect(before < total / 2, "\(before) messages went out to nobody")
            var received: [UInt8] = []
            var count = 0
            while let frame = await raw.receiveFrame(), frame.opcode != 8 {
                received += frame.payload
                guard frame.isFinal else { continue }
                let isSame = received.withUnsafeBytes { equal($0, bytes(100_000, seed: count)) }
                #expect(isSame, "message \(count)")
                received = []
                count += 1
            }
            #expect(count == total)
            await raw.send(Frame.close(1000).bytes)
            raw.endOutput()
            try await serving.value
            await server.shutDown()
        }
    }

    @Test func `keeps little of what comes while nobody reads`() async throws {
        try await within {
            var configuration = patient
            configuration.maxWaitingBytes = 10_000
            let server = try await WebSocketServer.listen(configuration: configuration)
            let raw = try RawSocket(connectingTo: server.port)
            await raw.send(handshakeRequest)
            #expect(await raw.receiveHead() != nil)
            let transport = try #require(try await server.accept())
            let sent = Counter()
            let sending = Task {
                for _ in 0..<2000 {
                    await raw.send(Frame.binary(.init(repeating: 7, count: 10_000)).bytes)
                    sent.increase()
                }
                await raw.send(Frame.close(1000).bytes)
            }
            let before = try await settled(sent)
            #expect(before < 1000, "\(before) messages of 10 kB were taken for nobody")
            let count = try await transport.withWebSocket { inbound, _ in
                var count = 0
                for try await _ in inbound { count += 1 }
                return count
            }
            #expect(count == 2000)
            await sending.value
            await server.shutDown()
        }
    }

    @Test func `answers pings between the fragments of a long message`() async throws {
        try await within {
            let server = try await WebSocketServer.listen()
            let serving = Task {
                guard let transport = try await server.accept() else { return }
                try await transport.withWebSocket { _, writer in try await writer.write(.binary(bytes(30_000_000))) }
            }
            let raw = try RawSocket(connectingTo: server.port, receiveBuffer: 65536)
            await raw.send(handshakeRequest)
            #expect(await raw.receiveHead() != nil)
            #expect(await raw.receiveFrame()?.isFinal == false)
            await raw.send(Frame.ping([65]).bytes)
            var kinds: [String] = []
            while let frame = await raw.receiveFrame() {
                kinds.append(frame.opcode == 0 ? (frame.isFinal ? "last" : "more") : frame.description)
                if frame.opcode == 8 { break }
            }
            let pong = try #require(kinds.firstIndex(of: "pong A"))
            let last = try #require(kinds.firstIndex(of: "last"))
            #expect(pong < last)
            await raw.send(Frame.close(1000).bytes)
            raw.endOutput()
            try await serving.value
            await server.shutDown()
        }
    }

    @Test func `ends the far side's sequence in order, after the messages before`() async throws {
        try await within {
            let server = try await WebSocketServer.listen()
            let serving = Task { () -> [WebSocketMessage] in
                guard let transport = try await server.accept() else { return [] }
                return try await transport.withWebSocket { inbound, _ in
                    try await inbound.reduce(into: []) { $0.append($1) }
                }
            }
            try await client(of: server).withWebSocket { _, writer in
                for number in 0..<100 { try await writer.write(.text("\(number)")) }
            }
            #expect(try await serving.value == (0..<100).map { .text("\($0)") })
            await server.shutDown()
        }
    }

    @Test func `tells the far side the code and the reason of a close`() async throws {
        try await within {
            let server = try await WebSocketServer.listen()
            let serving = Task { () -> RPCError? in
                guard let transport = try await server.accept() else { return nil }
                do {
                    try await transport.withWebSocket { inbound, _ in for try await _ in inbound {} }
                    return nil
                } catch let error as RPCError {
                    return error
                }
            }
            let long = String(repeating: "ä", count: 100)
            try await client(of: server).withWebSocket { inbound, writer in
                writer.close(WebSocketClose(.init(rawValue: 4001), "no more " + long))
                for try await _ in inbound {}
                let late = await #expect(throws: RPCError.self) { try await writer.write(.text("late")) }
                #expect(late?.code == .disconnected)
            }
            let error = try await serving.value
            let close = error?.cause as? WebSocketClose
            #expect(close?.code.rawValue == 4001)
            // Cut between characters to what a control frame can hold.
            #expect(close?.reason == "no more " + String(repeating: "ä", count: 57))
            await server.shutDown()
        }
    }

    @Test func `that breaks without a close frame is an error`() async throws {
        try await within {
            let server = try await WebSocketServer.listen()
            let raw = try RawSocket(connectingTo: server.port)
            await raw.send(Array(handshakeRequest.utf8) + Frame.text("last").bytes)
            #expect(await raw.receiveHead() != nil)
            let transport = try #require(try await server.accept())
            try await transport.withWebSocket { inbound, writer in
                let messages = inbound.makeAsyncIterator()
                let last = try await messages.next()
                #expect(last == .text("last"))
                raw.endOutput()
                let error = await #expect(throws: RPCError.self) { try await messages.next() }
                #expect(error?.code == .disconnected)
                #expect((error?.cause as? WebSocketClose)?.code == .abnormal)
                let late = await #expect(throws: RPCError.self) { try await writer.write(.text("late")) }
                #expect(late?.code == .disconnected)
            }
            await server.shutDown()
        }
    }

    @Test func `closes with 1011 when its user fails, and opens once`() async throws {
        struct Trouble: Error {}
        try await within {
            let server = try await WebSocketServer.listen()
            let raw = try RawSocket(connectingTo: server.port)
            await raw.send(handshakeRequest)
            #expect(await raw.receiveHead() != nil)
            let transport = try #require(try await server.accept())
            async let answer = raw.answerClose(1011)
            await #expect(throws: Trouble.self) { try await transport.withWebSocket { _, _ in throw Trouble() } }
            #expect(await answer?.description == "close 1011")
            let again = await #expect(throws: RPCError.self) { try await transport.withWebSocket { _, _ in } }
            #expect(again?.code == .refused)
            await server.shutDown()
        }
    }

    @Test func `is cut when the far side does not answer a close`() async throws {
        try await within {
            var configuration = WebSocketConfiguration()
            configuration.closeTimeout = .milliseconds(20)
            let server = try await WebSocketServer.listen(configuration: configuration)
            let raw = try RawSocket(connectingTo: server.port)
            await raw.send(handshakeRequest)
            #expect(await raw.receiveHead() != nil)
            let transport = try #require(try await server.accept())
            try await transport.withWebSocket { _, _ in }
            #expect(await raw.receiveFrame()?.description == "close 1000")
            #expect(await raw.receiveAll().isEmpty)
            await server.shutDown()
        }
    }

    @Test func `lets a cancelled reader go, and closes`() async throws {
        try await withEchoServer { server in
            let reading = Task {
                try await client(of: server).withWebSocket { inbound, writer in
                    try await writer.write(.text("first"))
                    for try await _ in inbound { withUnsafeCurrentTask { $0?.cancel() } }
                }
            }
            await #expect(throws: CancellationError.self) { try await reading.value }
        }
    }

    @Test func `ends when a message is given up that was sent in part`() async throws {
        try await within {
            let server = try await WebSocketServer.listen()
            let started = Counter()
            let serving = Task {
                guard let transport = try await server.accept() else { return }
                try await transport.withWebSocket { inbound, writer in
                    let sending = Task { try await writer.write(.binary(bytes(50_000_000))) }
                    for try await _ in inbound {
                        started.increase()
                        sending.cancel()
                        break
                    }
                    await #expect(throws: CancellationError.self) { try await sending.value }
                    let error = await #expect(throws: RPCError.self) { try await writer.write(.text("late")) }
                    #expect(error?.code == .disconnected)
                }
            }
            let raw = try RawSocket(connectingTo: server.port, receiveBuffer: 65536)
            await raw.send(handshakeRequest)
            #expect(await raw.receiveHead() != nil)
            #expect(await raw.receiveFrame()?.isFinal == false)
            await raw.send(Frame.text("stop").bytes)
            var last: Frame?
            while let frame = await raw.receiveFrame() { last = frame }
            #expect(last?.description == "close 1011")
            #expect(started.value == 1)
            raw.abort()
            try await serving.value
            await server.shutDown()
        }
    }

    @Test func `whose codec cannot read a message is closed with 1007`() async throws {
        try await within {
            let server = try await WebSocketServer.listen()
            for message in [Frame.binary([0xC1]), .binary([1]), .text("{}")] {
                let raw = try RawSocket(connectingTo: server.port)
                await raw.send(Array(handshakeRequest.utf8) + message.bytes)
                #expect(await raw.receiveHead() != nil)
                let transport = try #require(try await server.accept())
                async let answer = raw.answerClose(1007)
                await #expect(throws: RPCError.self) {
                    try await transport.withConnection { inbound, _ in for try await _ in inbound {} }
                }
                #expect(await answer?.description == "close 1007")
            }
            await server.shutDown()
        }
    }
}

@Suite(.serialized) struct `A WebSocket server` {
    @Test func `closes everybody with 1001 at once when it shuts down`() async throws {
        try await within {
            let server = try await WebSocketServer.listen()
            let raws = try (0..<3).map { _ in try RawSocket(connectingTo: server.port) }
            for raw in raws {
                await raw.send(handshakeRequest)
                #expect(await raw.receiveHead() != nil)
            }
            // One is served, two are not taken by anybody; a fourth has not said anything.
            let silent = try RawSocket(connectingTo: server.port)
            let transport = try #require(try await server.accept())
            let serving = Task { try await transport.withWebSocket { inbound, _ in for try await _ in inbound {} } }
            let ending = Task { await server.shutDown() }
            for raw in raws {
                #expect(await raw.receiveFrame()?.description == "close 1001")
                await raw.send(Frame.close(1001).bytes)
                #expect(await raw.receiveAll().isEmpty)
                raw.endOutput()
            }
            #expect(await silent.receiveAll().isEmpty)
            await ending.value
            try await serving.value
            #expect(try await server.accept() == nil)
            #expect(throws: (any Error).self) { try RawSocket(connectingTo: server.port) }
        }
    }

    @Test func `cuts clients that do not react when it shuts down`() async throws {
        try await within {
            var configuration = WebSocketConfiguration()
            configuration.closeTimeout = .milliseconds(20)
            let server = try await WebSocketServer.listen(configuration: configuration)
            let raw = try RawSocket(connectingTo: server.port)
            await raw.send(handshakeRequest)
            #expect(await raw.receiveHead() != nil)
            await server.shutDown()
            #expect(await raw.receiveFrame()?.description == "close 1001")
        }
    }

    @Test func `stops waiting when the task is cancelled, and goes on listening`() async throws {
        try await within {
            let server = try await WebSocketServer.listen()
            let waiting = Task { try await server.accept() == nil }
            waiting.cancel()
            #expect(try await waiting.value)
            let raw = try RawSocket(connectingTo: server.port)
            await raw.send(handshakeRequest)
            #expect(await raw.receiveHead() != nil)
            #expect(try await server.accept()?.request.path == "/")
            await server.shutDown()
        }
    }

    @Test func `needs a place of its own`() async throws {
        let server = try await WebSocketServer.listen()
        let taken = await #expect(throws: RPCError.self) { try await WebSocketServer.listen(port: server.port) }
        #expect(taken?.code == .refused)
        let foreign = await #expect(throws: RPCError.self) { try await WebSocketServer.listen(on: "192.0.2.1") }
        #expect(foreign?.code == .refused)
        await server.shutDown()
    }

    @Test func `cuts a WebSocket that nobody holds any more`() async throws {
        try await within {
            let server = try await WebSocketServer.listen()
            let raw = try RawSocket(connectingTo: server.port)
            await raw.send(handshakeRequest)
            #expect(await raw.receiveHead() != nil)
            do { _ = try await server.accept() }
            #expect(await raw.receiveAll().isEmpty)
            await server.shutDown()
        }
    }

    @Test func `serves one client after another`() async throws {
        try await within {
            let server = try await WebSocketServer.listen()
            let serving = Task {
                while let transport = try await server.accept() {
                    try await transport.withWebSocket { inbound, writer in
                        for try await message in inbound { try await writer.write(message) }
                    }
                }
            }
            for number in 0..<50 {
                try await client(of: server).withWebSocket { inbound, writer in
                    try await writer.write(.text("\(number)"))
                    #expect(try await inbound.makeAsyncIterator().next() == .text("\(number)"))
                }
            }
            await server.shutDown()
            try await serving.value
            let transport = try client(of: server)
            await #expect(throws: RPCError.self) { try await transport.withWebSocket { _, _ in } }
        }
    }
}
