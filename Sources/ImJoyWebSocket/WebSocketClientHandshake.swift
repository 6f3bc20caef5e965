internal import ImJoyRPC
internal import NIOCore
internal import NIOHTTP1
internal import NIOWebSocket

/// The client's half of the opening handshake (RFC 6455, section 4.1): the request, and the check of the answer.
final class WebSocketClientHandshake: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let address: WebSocketAddress
    private let headers: [(name: String, value: String)]
    private let configuration: WebSocketConfiguration
    private let promise: EventLoopPromise<WebSocketLink>
    /// NIO knows how a key and its answer belong together.
    private let upgrader = NIOWebSocketClientUpgrader { channel, _ in channel.eventLoop.makeSucceededVoidFuture() }
    private var head: HTTPResponseHead?
    private var answer: HTTPAnswer?
    private var isDone = false

    init(
        to address: WebSocketAddress, headers: [(name: String, value: String)], configuration: WebSocketConfiguration,
        promise: EventLoopPromise<WebSocketLink>
    ) {
        self.address = address
        self.headers = headers
        self.configuration = configuration
        self.promise = promise
    }

    /// Adds what the handshake needs to a channel that is not connected yet.
    static func prepare(_ channel: any Channel, _ handshake: WebSocketClientHandshake) throws {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandlers(
            HTTPRequestEncoder(), ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes)),
            handshake)
    }

    func channelActive(context: ChannelHandlerContext) {
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: address.target)
        head.headers.add(name: "Host", value: address.hostHeader)
        head.headers.add(name: "Connection", value: "Upgrade")
        head.headers.add(name: "Upgrade", value: "websocket")
        upgrader.addCustom(upgradeRequestHeaders: &head.headers)
        for (name, value) in headers { head.headers.add(name: name, value: value) }
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDone else { return }
        switch Self.unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            answer = HTTPAnswer(head)
        case .body(let bytes): answer?.add(bytes)
        case .end:
            do {
                try upgrade(context)
            } catch {
                fail(context, error)
            }
        }
    }

    /// Section 4.1, the list at its end.
    private func check(_ head: HTTPResponseHead) throws {
        func mustHold(_ condition: Bool, _ reason: String) throws {
            guard condition else { throw RPCError(.protocolViolation, "the server's handshake \(reason)") }
        }
        try mustHold(head.headers.hasToken("websocket", in: "Upgrade"), "does not upgrade to websocket")
        try mustHold(head.headers.hasToken("upgrade", in: "Connection"), "does not upgrade the connection")
        try mustHold(upgrader.shouldAllowUpgrade(upgradeResponse: head), "does not answer our key")
        let hasBody = !head.headers["Content-Length"].isEmpty || !head.headers["Transfer-Encoding"].isEmpty
        try mustHold(!hasBody, "has a body")
        try mustHold(head.headers["Sec-WebSocket-Extensions"].isEmpty, "has extensions that we did not offer")
        let offered = headers.filter { $0.name.lowercased() == "sec-websocket-protocol" }
            .flatMap { $0.value.split(separator: ",").map { $0.trimmed } }
        let chosen = head.headers["Sec-WebSocket-Protocol"]
        try mustHold(
            chosen.count <= 1 && chosen.allSatisfy(offered.contains), "chooses a protocol that we did not offer")
    }

    private func upgrade(_ context: ChannelHandlerContext) throws {
        guard let head, let answer else { return }
        guard answer.status == .switchingProtocols else { throw answer.error }
        try check(head)
        isDone = true
        let link = try WebSocketLink(context.channel, role: .client, configuration: configuration)
        let pipeline = context.pipeline.syncOperations
        pipeline.removeHandler(context: try pipeline.context(handlerType: HTTPRequestEncoder.self), promise: nil)
        // Bytes that came with the answer go on to the new handler.
        pipeline.removeHandler(
            context: try pipeline.context(handlerType: ByteToMessageHandler<HTTPResponseDecoder>.self), promise: nil)
        pipeline.removeHandler(context: context, promise: nil)
        promise.succeed(link)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(
            context, error as? RPCError ?? RPCError(.protocolViolation, "the server's answer is no HTTP", cause: error))
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(
            context, answer?.error ?? RPCError(.disconnected, "the server closed the connection during the handshake"))
        context.fireChannelInactive()
    }

    func fail(_ context: ChannelHandlerContext, _ error: any Error) {
        isDone = true
        promise.fail(error)
        context.close(promise: nil)
    }
}

extension HTTPHeaders {
    /// Whether the list that `name` holds has `token`, in any case of letters.
    ///
    /// Deliberately simple: what this finds, NIO's decoder finds too, so that it stops to read HTTP there.
    func hasToken(_ token: String, in name: String) -> Bool {
        self[name].contains { list in
            list.split(separator: ",").contains { $0.utf8.allSatisfy { $0 < 0x80 } && $0.trimmed.lowercased() == token }
        }
    }
}

extension StringProtocol {
    /// Without the spaces around it.
    var trimmed: String {
        func isSpace(_ character: Character) -> Bool { character == " " }
        let start = drop(while: isSpace)
        let end = start.lastIndex { !isSpace($0) }.map(start.index(after:)) ?? start.startIndex
        return String(start[..<end])
    }
}
