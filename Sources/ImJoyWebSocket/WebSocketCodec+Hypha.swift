internal import ImJoyCore
public import ImJoyRPC

extension WebSocketCodec {
    /// What Hypha's servers and clients speak: calls, answers and events are binary messages of a header and a body, and
    /// what concerns the link itself, greetings and signs of life, is JSON text.
    public static func hypha(limits: RPCLimits = .default) -> WebSocketCodec {
        WebSocketCodec(
            encode: { message in
                switch try HyphaMessage(message) {
                case .frame(let frame): return .binary(try frame.pieces())
                case .control(let fields):
                    guard let json = ManifestValue(.object(fields), array: { _ in .null }) else {
                        throw RPCError(.invalidArgument, "a message about the link that JSON cannot say")
                    }
                    return .text(json.json())
                }
            },
            decode: { message in
                switch message {
                case .binary(let bytes): return HyphaMessage.frame(try HyphaFrame.decode(bytes, limits: limits)).message
                case .text(let text):
                    guard text.utf8.count <= limits.maxHeaderBytes else {
                        throw RPCError(
                            .limitExceeded,
                            "a text of \(text.utf8.count) bytes; at most \(limits.maxHeaderBytes) are allowed")
                    }
                    let value: ManifestValue
                    do throws(ManifestError) {
                        value = try ManifestValue(parsingJSON: Array(text.utf8))
                    } catch {
                        throw RPCError(.protocolViolation, "a text that is no JSON", cause: error)
                    }
                    guard let fields = value.object else {
                        throw RPCError(.protocolViolation, "a text is no mapping")
                    }
                    return HyphaMessage.control(RPCObject(fields)).message
                }
            })
    }
}

extension WebSocketClientTransport {
    /// A link to the Hypha server, or hub, at `server`: `http://127.0.0.1:9527`, or the `ws://…/ws` of its WebSocket.
    ///
    /// ```swift
    /// let square: Int = try await withHyphaClient(
    ///     connect: { try WebSocketClientTransport(toHypha: "http://127.0.0.1:9527") }
    /// ) { client in try await client.service("calculator").square(3) }
    /// ```
    /// Throws `invalidArgument` for what is no such URL.
    public init(
        toHypha server: String, configuration: WebSocketConfiguration = WebSocketConfiguration(),
        limits: RPCLimits = .default
    ) throws {
        var url = server
        let lower = url.lowercased()
        if lower.hasPrefix("http://") || lower.hasPrefix("https://") {
            url = "ws" + url.dropFirst(4)
            while url.hasSuffix("/") { url.removeLast() }
            url += "/ws"
        }
        try self.init(to: url, codec: .hypha(limits: limits), configuration: configuration)
    }
}

extension Hub {
    /// Serves the programs that connect to `server`, which is to speak ``WebSocketCodec/hypha(limits:)``, and shuts it
    /// down in the end.
    ///
    /// ```swift
    /// try await Hub().run(accepting: WebSocketServer.listen(port: 9527, codec: .hypha()))
    /// ```
    /// Everybody who can reach the port is let in, so let it listen on the loopback interface, as it does by default.
    public func run(accepting server: WebSocketServer) async throws {
        try await run {
            try await server.accept()
        } closing: {
            await server.shutDown()
        }
    }
}
