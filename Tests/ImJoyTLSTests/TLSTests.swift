internal import Foundation
internal import ImJoyCore
internal import ImJoyRPC
internal import ImJoyRPCTestSupport
internal import ImJoyTLS
internal import ImJoyWebSocket
internal import ImJoyWebSocketTestSupport
internal import SystemPackage
internal import Testing

/// An authority and certificates that it has signed, made by the program `openssl`.
private final class Certificates: Sendable {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "imjoy-tls-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try openssl(
            "req", "-x509", "-nodes", "-newkey", "rsa:2048", "-days", "2", "-subj", "/CN=Authority of a test",
            "-keyout", path("ca.key"), "-out", path("ca.pem"))
        try openssl(
            "req", "-x509", "-nodes", "-newkey", "rsa:2048", "-days", "2", "-subj", "/CN=Nobody",
            "-keyout", path("other.key"), "-out", path("other.pem"))
        try sign("server", for: "DNS:localhost,IP:127.0.0.1")
        try sign("elsewhere", for: "DNS:elsewhere.example")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    func server(_ name: String = "server") throws -> ServerTLS {
        try ServerTLS(certificates: FilePath(path("\(name).pem")), privateKey: FilePath(path("\(name).key")))
    }

    func client() throws -> ClientTLS { try ClientTLS(trusting: [FilePath(path("ca.pem"))]) }

    private func sign(_ name: String, for names: String) throws {
        try openssl(
            "req", "-nodes", "-newkey", "rsa:2048", "-subj", "/CN=\(name)", "-keyout", path("\(name).key"),
            "-out", path("\(name).csr"))
        try Data("subjectAltName=\(names)\n".utf8).write(to: folder.appending(path: "\(name).ext"))
        try openssl(
            "x509", "-req", "-in", path("\(name).csr"), "-CA", path("ca.pem"), "-CAkey", path("ca.key"),
            "-CAcreateserial", "-days", "2", "-extfile", path("\(name).ext"), "-out", path("\(name).pem"))
    }

    private func openssl(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }
}

@Suite(.serialized) struct `Over TLS` {
    private let certificates: Certificates

    init() throws { certificates = try Certificates() }

    private func withServer(
        _ tls: ServerTLS, _ body: @escaping @Sendable (WebSocketServer) async throws -> Void
    ) async throws {
        try await withEchoServer(from: { try await WebSocketServer.listen(securedBy: tls) }, body)
    }

    @Test(arguments: ["127.0.0.1", "localhost"]) func `messages of every size come back`(_ host: String) async throws {
        let tls = try certificates.client()
        try await withServer(certificates.server()) { server in
            let transport = try WebSocketClientTransport(to: "wss://\(host):\(server.port)/").secured(by: tls)
            try await transport.withWebSocket { inbound, writer in
                let messages = inbound.makeAsyncIterator()
                for count in [0, 1, 126, 65536, 4 << 20] {
                    let bytes = SharedBytes(copying: [UInt8](repeating: UInt8(count & 255 ^ 0x5A), count: count))
                    try await writer.write(.binary(bytes))
                    #expect(try await messages.next() == .binary(bytes))
                }
            }
        }
    }

    @Test func `Python's client speaks to our server`() async throws {
        let certificates = certificates
        try await withServer(certificates.server()) { server in
            let script = try Script(
                "websocket_client.py", "wss://localhost:\(server.port)/", certificates.path("ca.pem"))
            defer { script.stop() }
            #expect(try await script.result() == "ok\n")
        }
    }

    @Test func `our client speaks to Python's server`() async throws {
        let certificates = certificates
        try await within {
            let script = try Script(
                "websocket_echo_server.py", certificates.path("server.pem"), certificates.path("server.key"))
            defer { script.stop() }
            let url = "wss://localhost:\(try await script.line())/"
            let transport = try WebSocketClientTransport(to: url).secured(by: certificates.client())
            try await transport.withWebSocket { inbound, writer in
                try await writer.write(.text("µm"))
                #expect(try await inbound.makeAsyncIterator().next() == .text("µm"))
            }
            #expect(try await script.line() == "closed 1000")
        }
    }

    @Test func `programs of the Hypha dialect meet`() async throws {
        let (tls, own) = (try certificates.client(), try certificates.server())
        try await within {
            let sockets = try await WebSocketServer.listen(securedBy: own, codec: .hypha())
            let hub = Hub()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await hub.run(accepting: sockets) }
                defer { hub.shutDown() }
                let url = "https://localhost:\(sockets.port)"
                let connect = { @Sendable in try WebSocketClientTransport(toHypha: url).secured(by: tls) }
                try await withHyphaClient(id: "one", connect: connect) { one in
                    try await one.register(everything, options: .public)
                    try await withHyphaClient(connect: connect) { two in
                        let sum: Int = try await two.service("everything").add(40, 2)
                        #expect(sum == 42)
                    }
                }
            }
        }
    }

    /// How dialling fails.
    private func failure(_ url: String, _ tls: ClientTLS) async throws -> RPCError? {
        await #expect(throws: RPCError.self) {
            try await WebSocketClientTransport(to: url).secured(by: tls).withWebSocket { _, _ in }
        }
    }

    @Test func `only servers are trusted that show who they are`() async throws {
        let stranger = try ClientTLS(trusting: [FilePath(certificates.path("other.pem"))])
        let (tls, system) = (try certificates.client(), try ClientTLS())
        try await withServer(certificates.server()) { server in
            for untrusting in [stranger, system] {
                let error = try await self.failure("wss://localhost:\(server.port)/", untrusting)
                #expect(error?.code == .refused && error?.message.hasPrefix("localhost cannot be trusted") == true)
            }
        }
        try await withServer(certificates.server("elsewhere")) { server in
            for host in ["localhost", "127.0.0.1"] {
                let error = try await self.failure("wss://\(host):\(server.port)/", tls)
                #expect(error?.code == .refused && error?.message.hasPrefix("\(host) cannot be trusted") == true)
            }
        }
        // A server without TLS.
        try await withEchoServer { server in
            let error = try await self.failure("wss://localhost:\(server.port)/", tls)
            #expect(error?.code == .refused && error?.message.hasPrefix("localhost speaks no TLS") == true)
        }
    }

    @Test func `a transport without TLS does not dial a secure address`() async throws {
        let links: [@Sendable () async throws -> any RPCTransport] = [
            { try WebSocketClientTransport(toHypha: "https://localhost:1") },
            { try HyphaHTTPTransport(to: "https://localhost:1") },
        ]
        for link in links {
            let error = await #expect(throws: RPCError.self) { try await withHyphaClient(connect: link) { _ in } }
            #expect(error?.code == .invalidArgument && error?.message.contains("ImJoyTLS") == true)
        }
    }

    @Test func `a link over HTTP makes sure of the server too`() async throws {
        let (tls, own) = (try certificates.client(), try certificates.server())
        let stranger = try ClientTLS(trusting: [FilePath(certificates.path("other.pem"))])
        // A server of WebSockets answers the request, and refuses it.
        try await withEchoServer(from: { try await WebSocketServer.listen(securedBy: own) }) { server in
            let url = "https://localhost:\(server.port)"
            let refused = await #expect(throws: RPCError.self) {
                try await withHyphaClient(connect: { try HyphaHTTPTransport(to: url).secured(by: tls) }) { _ in }
            }
            #expect(refused?.message.hasPrefix("the server answered 4") == true, "\(String(describing: refused))")
            let untrusted = await #expect(throws: RPCError.self) {
                try await withHyphaClient(connect: { try HyphaHTTPTransport(to: url).secured(by: stranger) }) { _ in }
            }
            #expect(untrusted?.message.hasPrefix("localhost cannot be trusted") == true)
        }
    }

    @Test func `files that are no certificates are refused by name`() throws {
        let missing = FilePath(certificates.path("missing.pem"))
        let key = FilePath(certificates.path("ca.key"))
        let server = FilePath(certificates.path("server.pem"))
        for (name, make) in [
            ("missing.pem", { _ = try ClientTLS(trusting: [missing]) }),
            ("no authority", { _ = try ClientTLS(trusting: []) }),
            ("missing.pem", { _ = try ServerTLS(certificates: missing, privateKey: key) }),
            ("missing.pem", { _ = try ServerTLS(certificates: server, privateKey: missing) }),
            ("ca.key", { _ = try ServerTLS(certificates: server, privateKey: key) }),
            ("ca.key", { _ = try ServerTLS(certificates: key, privateKey: key) }),
        ] as [(String, () throws -> Void)] {
            let error = #expect(throws: RPCError.self) { try make() }
            #expect(error?.code == .invalidArgument && error?.message.contains(name) == true, "\(name)")
        }
    }
}
