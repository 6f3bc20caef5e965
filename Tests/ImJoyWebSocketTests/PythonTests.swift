internal import Foundation
internal import ImJoyCore
internal import ImJoyRPC
internal import ImJoyRPCTestSupport
internal import ImJoyWebSocket
internal import ImJoyWebSocketTestSupport
internal import Testing

private func withPythonServer(
    _ body: @escaping @Sendable (String, Script) async throws -> Void
) async throws {
    try await within {
        let script = try Script("websocket_echo_server.py")
        defer { script.stop() }
        let port = try await script.line()
        try await body("ws://127.0.0.1:\(port)/", script)
    }
}

@Suite(.serialized) struct `With Python's websockets` {
    @Test func `our server speaks to its client`() async throws {
        try await withEchoServer { server in
            let script = try Script("websocket_client.py", "ws://127.0.0.1:\(server.port)/")
            #expect(try await script.result() == "ok\n")
        }
    }

    @Test func `our client speaks to its server, in text and bytes of every size`() async throws {
        try await withPythonServer { url, script in
            var configuration = WebSocketConfiguration()
            configuration.fragmentBytes = 100_000
            try await WebSocketClientTransport(to: url, configuration: configuration).withWebSocket { inbound, writer in
                let messages = inbound.makeAsyncIterator()
                for count in [0, 1, 125, 126, 65535, 65536, 1 << 20, 16 << 20] {
                    let bytes = SharedBytes(copying: [UInt8](repeating: UInt8(count & 255 ^ 0x5A), count: count))
                    try await writer.write(.binary(bytes))
                    let back = try await messages.next()
                    #expect(back == .binary(bytes))
                    let text = String(repeating: "µm", count: count / 3)
                    try await writer.write(.text(text))
                    let same = try await messages.next()
                    #expect(same == .text(text))
                }
                for number in 0..<1000 { try await writer.write(.text("\(number)")) }
                for number in 0..<1000 {
                    let back = try await messages.next()
                    #expect(back == .text("\(number)"))
                }
                try await writer.write(.text("parts"))
                #expect(try await messages.next() == .text("0123456789"))
                try await writer.write(.text("ping"))
                #expect(try await messages.next() == .text("pong"))
            }
            #expect(try await script.line() == "closed 1000")
        }
    }

    @Test func `our client hears of its server's close`() async throws {
        try await withPythonServer { url, _ in
            let error = await #expect(throws: RPCError.self) {
                try await WebSocketClientTransport(to: url).withWebSocket { inbound, writer in
                    try await writer.write(.text("close"))
                    for try await _ in inbound {}
                }
            }
            #expect(error?.cause as? WebSocketClose == WebSocketClose(.init(rawValue: 4001), "as you wish"))
        }
    }

    @Test func `its server hears why we close`() async throws {
        try await withPythonServer { url, script in
            try await WebSocketClientTransport(to: url).withWebSocket { inbound, writer in
                writer.close(WebSocketClose(.init(rawValue: 3001), "that was all"))
                for try await _ in inbound {}
            }
            #expect(try await script.line() == "closed 3001 that was all")
        }
    }
}
