internal import ImJoyRPC
internal import ImJoyRPCTestSupport
internal import ImJoyWebSocket
internal import ImJoyWebSocketTestSupport
internal import Testing

/// A request that differs from a good one, and the status that answers it.
private struct Request: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var status: Int
    var text: String

    init(_ name: String, _ status: Int, replacing old: String = "", by new: String = "", adding line: String = "") {
        testDescription = name
        self.status = status
        var changed = handshakeRequest
        if !old.isEmpty { changed = changed.replacing(old, with: new) }
        if !line.isEmpty { changed = changed.replacing("Host:", with: "\(line)\r\nHost:") }
        text = changed
    }

    static let all: [Request] = [
        Request("a good request", 101),
        Request("names of headers in other letters", 101, replacing: "Upgrade: websocket", by: "uPGRADE: WebSocket"),
        Request(
            "several tokens for the connection", 101, replacing: "Connection: Upgrade",
            by: "Connection: keep-alive, Upgrade"),
        Request("a path with a query", 101, replacing: "GET / ", by: "GET /a/b?c=d "),
        Request("extensions, which are not used", 101, adding: "Sec-WebSocket-Extensions: permessage-deflate"),
        Request("protocols, of which none is chosen", 101, adding: "Sec-WebSocket-Protocol: chat"),
        Request("POST", 405, replacing: "GET", by: "POST"), Request("HEAD", 405, replacing: "GET", by: "HEAD"),
        Request("HTTP/1.0", 400, replacing: "HTTP/1.1", by: "HTTP/1.0"),
        Request("no upgrade", 426, replacing: "Upgrade: websocket\r\n", by: ""),
        Request("another upgrade", 426, replacing: "Upgrade: websocket", by: "Upgrade: h2c"),
        Request("no connection header", 426, replacing: "Connection: Upgrade\r\n", by: ""),
        Request("a connection that stays", 426, replacing: "Connection: Upgrade", by: "Connection: keep-alive"),
        Request("no version", 400, replacing: "Sec-WebSocket-Version: 13\r\n", by: ""),
        Request("an old version", 426, replacing: "Version: 13", by: "Version: 8"),
        Request("a version that is no number", 426, replacing: "Version: 13", by: "Version: x"),
        Request("two versions", 400, adding: "Sec-WebSocket-Version: 13"),
        Request("no key", 400, replacing: "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", by: ""),
        Request("an empty key", 400, replacing: "dGhlIHNhbXBsZSBub25jZQ==", by: ""),
        Request("a short key", 400, replacing: "dGhlIHNhbXBsZSBub25jZQ==", by: "dGhlIHNhbXBsZQ=="),
        Request("a key that is no Base64", 400, replacing: "dGhlIHNhbXBsZSBub25jZQ==", by: "dGhl!HNhbXBsZSBub25jZQ=="),
        Request("two keys", 400, adding: "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
        Request("no host", 400, replacing: "Host: 127.0.0.1\r\n", by: ""),
        Request("two hosts", 400, adding: "Host: other"),
        Request("two origins", 400, adding: "Origin: http://a\r\nOrigin: http://b"),
        Request("a page's origin", 403, adding: "Origin: http://evil.example"),
        Request("the origin of a sandbox", 403, adding: "Origin: null"),
        Request("a body", 400, adding: "Content-Length: 5"),
        Request("a chunked body", 400, adding: "Transfer-Encoding: chunked"),
        Request("a target that is no path", 400, replacing: "GET / ", by: "GET http://127.0.0.1/ "),
        Request("no HTTP", 400, replacing: "GET / HTTP/1.1", by: "hello"),
        Request("a header without a colon", 400, adding: "nonsense"),
    ]
}

/// One after the other: each socket of a test holds a thread.
@Suite(.serialized) struct `The handshake of a server` {
    @Test(arguments: Request.all)
    private func `has the right status`(_ request: Request) async throws {
        try await withEchoServer { server in
            let client = try RawSocket(connectingTo: server.port)
            await client.send(request.text)
            let head = await client.receiveHead() ?? ""
            #expect(head.hasPrefix("HTTP/1.1 \(request.status) "), "\(head)")
            #expect(!head.lowercased().contains("extensions"))
            if request.status == 101 {
                // The example of RFC 6455, section 1.3.
                #expect(head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
            } else {
                // The connection ends without our doing.
                _ = await client.receiveAll()
            }
            if request.status == 405 { #expect(head.contains("Allow: GET")) }
            if request.testDescription == "an old version" { #expect(head.contains("Sec-WebSocket-Version: 13")) }
        }
    }

    @Test func `comes byte by byte as well`() async throws {
        try await withEchoServer { server in
            let client = try RawSocket(connectingTo: server.port)
            for byte in handshakeRequest.utf8 { await client.send([byte]) }
            #expect(await client.receiveHead()?.hasPrefix("HTTP/1.1 101 ") == true)
        }
    }

    @Test func `is decided by the policy, which sees path, query, headers and origin`() async throws {
        struct Trouble: Error {}
        let policy: WebSocketAdmissionPolicy = { request in
            switch request.path {
            case "/rpc" where request.query == "token=1" && request.header("x-KIND") == "cells": .accept
            case "/page" where request.origin == "http://127.0.0.1:\(request.host?.split(separator: ":").last ?? "")":
                .accept
            case "/broken": throw Trouble()
            case "/odd": .refuse(status: 200, "no status for a refusal")
            default: .refuse(status: 404, "there is nothing at \(request.path)")
            }
        }
        try await withEchoServer(admitting: policy) { server in
            let base = "ws://127.0.0.1:\(server.port)"
            func refusal(_ url: String, _ headers: [(name: String, value: String)] = []) async throws -> RPCError? {
                let transport = try WebSocketClientTransport(to: base + url, headers: headers)
                do {
                    try await transport.withWebSocket { _, _ in }
                    return nil
                } catch let error as RPCError {
                    return error
                }
            }
            #expect(try await refusal("/rpc?token=1", [("X-Kind", "cells")]) == nil)
            #expect(try await refusal("/page", [("Origin", "http://127.0.0.1:\(server.port)")]) == nil)
            #expect(try await refusal("/page", [("Origin", "http://127.0.0.1")])?.code == .notFound)
            let missing = try await refusal("/rpc?token=2", [("X-Kind", "cells")])
            #expect(missing?.code == .notFound)
            #expect(missing?.message.contains("404 Not Found: there is nothing at /rpc") == true)
            #expect(try await refusal("/broken")?.message.contains("500") == true)
            #expect(try await refusal("/odd")?.message.contains("403") == true)
        }
    }

    @Test func `must be done in time`() async throws {
        var configuration = WebSocketConfiguration()
        configuration.handshakeTimeout = .milliseconds(50)
        try await withEchoServer(configuration) { server in
            let client = try RawSocket(connectingTo: server.port)
            await client.send("GET / HTTP/1.1\r\n")
            #expect(await client.receiveHead()?.hasPrefix("HTTP/1.1 408 ") == true)
            _ = await client.receiveAll()
        }
    }

    @Test func `is refused above the number of connections`() async throws {
        var configuration = WebSocketConfiguration()
        configuration.maxConnections = 1
        try await withEchoServer(configuration) { server in
            let first = try RawSocket(connectingTo: server.port)
            await first.send(handshakeRequest)
            #expect(await first.receiveHead()?.hasPrefix("HTTP/1.1 101 ") == true)
            let second = try RawSocket(connectingTo: server.port)
            await second.send(handshakeRequest)
            #expect(await second.receiveHead()?.hasPrefix("HTTP/1.1 503 ") == true)
        }
    }
}

/// What a server answers, and what the client makes of it.
private struct Answer: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var code: RPCError.Code
    var text: String

    static let good = """
        HTTP/1.1 101 Switching Protocols\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Accept: ACCEPT\r
        \r

        """

    init(_ name: String, _ code: RPCError.Code, replacing old: String, by new: String) {
        testDescription = name
        self.code = code
        text = Self.good.replacing(old, with: new)
    }

    static let all: [Answer] = [
        Answer("another key", .protocolViolation, replacing: "ACCEPT", by: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        Answer("no key", .protocolViolation, replacing: "Sec-WebSocket-Accept: ACCEPT\r\n", by: ""),
        Answer("no upgrade", .protocolViolation, replacing: "Upgrade: websocket\r\n", by: ""),
        Answer("another upgrade", .protocolViolation, replacing: "Upgrade: websocket", by: "Upgrade: h2c"),
        Answer("no connection header", .protocolViolation, replacing: "Connection: Upgrade\r\n", by: ""),
        Answer(
            "an extension", .protocolViolation, replacing: "\r\n\r\n",
            by: "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"),
        Answer("a protocol", .protocolViolation, replacing: "\r\n\r\n", by: "\r\nSec-WebSocket-Protocol: chat\r\n\r\n"),
        Answer("an ordinary page", .refused, replacing: good, by: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"),
        Answer(
            "a redirection", .refused, replacing: good,
            by: "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"),
        Answer("a body", .protocolViolation, replacing: "\r\n\r\n", by: "\r\nContent-Length: 1\r\n\r\nx"),
        Answer("no HTTP", .protocolViolation, replacing: good, by: "SSH-2.0-OpenSSH_9.2\r\n"),
        Answer("nothing", .disconnected, replacing: good, by: ""),
    ]
}

/// One after the other: each socket of a test holds a thread.
@Suite(.serialized) struct `The handshake of a client` {
    @Test(arguments: Answer.all)
    private func `fails on what is no WebSocket`(_ answer: Answer) async throws {
        try await within {
            let listener = try RawListener()
            let serving = Task {
                let socket = try await listener.accept()
                let request = await socket.receiveHead() ?? ""
                let key = request.split(separator: "\r\n").first { $0.hasPrefix("Sec-WebSocket-Key: ") }?.dropFirst(19)
                #expect(key?.utf8.count == 24)
                await socket.send(answer.text.replacing("ACCEPT", with: try await acceptance(of: String(key ?? ""))))
                socket.endOutput()
                _ = await socket.receiveAll()
                return request
            }
            let transport = try WebSocketClientTransport(to: "ws://127.0.0.1:\(listener.port)/a?b=c")
            let error = await #expect(throws: RPCError.self) { try await transport.withWebSocket { _, _ in } }
            #expect(error?.code == answer.code, "\(error.map { "\($0)" } ?? "")")
            let request = try await serving.value
            #expect(request.hasPrefix("GET /a?b=c HTTP/1.1\r\n"))
            #expect(request.contains("\r\nHost: 127.0.0.1:\(listener.port)\r\n"))
            #expect(request.contains("\r\nSec-WebSocket-Version: 13\r\n"))
        }
    }

    @Test func `gives up after its time`() async throws {
        try await within {
            let listener = try RawListener()
            var configuration = WebSocketConfiguration()
            configuration.handshakeTimeout = .milliseconds(50)
            let transport = try WebSocketClientTransport(
                to: "ws://127.0.0.1:\(listener.port)/", configuration: configuration)
            let error = await #expect(throws: RPCError.self) { try await transport.withWebSocket { _, _ in } }
            #expect(error?.code == .timedOut)
        }
    }

    @Test func `can be cancelled`() async throws {
        try await within {
            let listener = try RawListener()
            let transport = try WebSocketClientTransport(to: "ws://127.0.0.1:\(listener.port)/")
            let dialling = Task { try await transport.withWebSocket { _, _ in } }
            let socket = try await listener.accept()
            #expect(await socket.receiveHead() != nil)
            dialling.cancel()
            await #expect(throws: CancellationError.self) { try await dialling.value }
            #expect(await socket.receiveAll().isEmpty)
        }
    }

    @Test func `needs somebody who listens`() async throws {
        let server = try await WebSocketServer.listen()
        await server.shutDown()
        let transport = try WebSocketClientTransport(to: "ws://127.0.0.1:\(server.port)/")
        let error = await #expect(throws: RPCError.self) { try await transport.withWebSocket { _, _ in } }
        #expect(error?.code == .disconnected)
    }

    @Test(arguments: [
        "http://127.0.0.1/", "127.0.0.1:80", "ws://", "ws:///path", "ws://host:0/", "ws://host:70000/", "ws://host:x/",
        "ws://[::1/", "ws://[::1]x/", "ws://user:word@host/", "ws://host/#part", "ws://host/a b", "ws://host/\r\nX: y",
        "ws://höst/", "",
    ])
    func `takes no address that is none`(_ url: String) {
        let error = #expect(throws: RPCError.self) { try WebSocketClientTransport(to: url) }
        #expect(error?.code == .invalidArgument)
    }

    @Test func `sends no headers that would break the request`() {
        for header in [("X", "a\r\nY: b"), ("X\n", "a"), ("", "a")] {
            #expect(throws: RPCError.self) {
                try WebSocketClientTransport(to: "ws://host/", headers: [(name: header.0, value: header.1)])
            }
        }
    }

    @Test func `says that encryption needs another module`() async throws {
        let transport = try WebSocketClientTransport(to: "wss://127.0.0.1:1/")
        let error = await #expect(throws: RPCError.self) { try await transport.withWebSocket { _, _ in } }
        #expect(error?.code == .invalidArgument)
    }
}

/// The answer to a key, by the one other implementation in this process: our server.
private func acceptance(of key: String) async throws -> String {
    let server = try await WebSocketServer.listen()
    let socket = try RawSocket(connectingTo: server.port)
    await socket.send(handshakeRequest.replacing("dGhlIHNhbXBsZSBub25jZQ==", with: key))
    let head = await socket.receiveHead() ?? ""
    socket.abort()
    await server.shutDown()
    let line = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("sec-websocket-accept: ") }
    return String(try #require(line).dropFirst(22))
}
