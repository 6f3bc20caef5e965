internal import ImJoyRPC
internal import NIOCore
internal import NIOHTTP1
internal import NIOWebSocket

/// The server's half of the opening handshake (RFC 6455, section 4.2): checks the request and answers it.
final class WebSocketServerHandshake: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// Why a request gets no WebSocket.
    struct Refusal: Hashable {
        var status: HTTPResponseStatus
        var reason: String
        var headers: [String: String] = [:]
    }

    private let configuration: WebSocketConfiguration
    private let policy: WebSocketAdmissionPolicy
    /// A reason to answer 503, asked when the request is there.
    private let isBusy: () -> Bool
    private let onOpen: (WebSocketLink, WebSocketRequest) -> Void
    /// NIO knows how a key and its answer belong together.
    private let upgrader = NIOWebSocketServerUpgrader(
        shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture(HTTPHeaders()) },
        upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
    private var isAnswered = false
    private var isDeciding = false
    private var timeout: Scheduled<Void>?

    init(
        configuration: WebSocketConfiguration, policy: @escaping WebSocketAdmissionPolicy,
        isBusy: @escaping () -> Bool, onOpen: @escaping (WebSocketLink, WebSocketRequest) -> Void
    ) {
        self.configuration = configuration
        self.policy = policy
        self.isBusy = isBusy
        self.onOpen = onOpen
    }

    /// Adds what the handshake needs to a channel.
    static func prepare(_ channel: any Channel, _ handshake: WebSocketServerHandshake) throws {
        try channel.pipeline.syncOperations.addHandlers(
            HTTPResponseEncoder(), ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes)),
            handshake)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timeout = context.eventLoop.scheduleTask(in: TimeAmount(configuration.handshakeTimeout)) {
            let (handshake, context) = bound.value
            handshake.runOut(context)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { timeout?.cancel() }

    private func runOut(_ context: ChannelHandlerContext) {
        guard !isAnswered else { return context.close(promise: nil) }
        let limit = configuration.handshakeTimeout
        refuse(
            context,
            isDeciding
                ? Refusal(status: .serviceUnavailable, reason: "the server has not decided within \(limit)")
                : Refusal(status: .requestTimeout, reason: "no whole request within \(limit)"))
        let channel = context.channel
        context.eventLoop.scheduleTask(in: TimeAmount(configuration.closeTimeout)) { channel.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isAnswered, !isDeciding, case .head(let head) = Self.unwrapInboundIn(data) else { return }
        if let refusal = Self.refusal(of: head) { return refuse(context, refusal) }
        if isBusy() {
            return refuse(context, Refusal(status: .serviceUnavailable, reason: "too many connections; try again"))
        }
        decide(context, head)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError {
            refuse(context, Refusal(status: .badRequest, reason: "this is no HTTP request"))
        } else {
            context.close(promise: nil)
        }
    }

    // MARK: Checks

    /// What is wrong with a request; nil when it asks for a WebSocket as it should.
    static func refusal(of head: HTTPRequestHead) -> Refusal? {
        func bad(_ reason: String) -> Refusal { Refusal(status: .badRequest, reason: reason) }
        let headers = head.headers
        guard head.version == .http1_1 else { return bad("a WebSocket needs HTTP/1.1") }
        for name in ["Host", "Origin", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Content-Length"]
        where headers[name].count > 1 { return bad("the header \(name) occurs more than once") }
        guard headers["Host"].count == 1 else { return bad("the header Host is missing") }
        guard head.uri.hasPrefix("/") else { return bad("the target must be a path") }
        guard head.method == .GET else {
            return Refusal(
                status: .methodNotAllowed, reason: "a WebSocket is opened by GET", headers: ["Allow": "GET"])
        }
        guard headers.hasToken("websocket", in: "Upgrade"), headers.hasToken("upgrade", in: "Connection") else {
            return Refusal(
                status: .upgradeRequired, reason: "this server speaks WebSocket only",
                headers: ["Upgrade": "websocket", "Connection": "Upgrade"])
        }
        guard headers["Transfer-Encoding"].isEmpty, ["0", nil].contains(headers["Content-Length"].first) else {
            return bad("a request for a WebSocket has no body")
        }
        guard let version = headers["Sec-WebSocket-Version"].first else {
            return bad("the header Sec-WebSocket-Version is missing")
        }
        guard version == "13" else {
            return Refusal(
                status: .upgradeRequired, reason: "only version 13 is known",
                headers: ["Sec-WebSocket-Version": "13", "Upgrade": "websocket", "Connection": "Upgrade"])
        }
        guard let key = headers["Sec-WebSocket-Key"].first else {
            return bad("the header Sec-WebSocket-Key is missing")
        }
        guard isKey(key) else { return bad("the header Sec-WebSocket-Key holds no 16 bytes in Base64") }
        return nil
    }

    private static func isKey(_ text: String) -> Bool {
        let digits = text.utf8.dropLast(2)
        return text.utf8.count == 24 && text.hasSuffix("==")
            && digits.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                    true
                default: false
                }
            }
    }

    // MARK: Answers

    private func decide(_ context: ChannelHandlerContext, _ head: HTTPRequestHead) {
        isDeciding = true
        let request = WebSocketRequest(head, remoteAddress: context.remoteAddress?.ipAddress)
        let decision = context.eventLoop.makePromise(of: WebSocketAdmission.self)
        let policy = policy
        decision.completeWithTask { try await policy(request) }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        decision.futureResult.whenComplete { result in
            let (handshake, context) = bound.value
            guard context.channel.isActive, !handshake.isAnswered else { return }
            switch result {
            case .success(.accept): handshake.accept(context, head, request)
            case .success(.refuse(let status, let reason)):
                let status = HTTPResponseStatus(statusCode: (400...599).contains(status) ? status : 403)
                handshake.refuse(context, Refusal(status: status, reason: reason))
            case .failure:
                handshake.refuse(
                    context, Refusal(status: .internalServerError, reason: "the server could not decide"))
            }
        }
    }

    private func accept(_ context: ChannelHandlerContext, _ head: HTTPRequestHead, _ request: WebSocketRequest) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let answer = upgrader.buildUpgradeResponse(
            channel: context.channel, upgradeRequest: head, initialResponseHeaders: HTTPHeaders())
        answer.whenComplete { result in
            let (handshake, context) = bound.value
            do {
                try handshake.upgrade(context, try result.get(), request)
            } catch {
                context.close(promise: nil)
            }
        }
    }

    private func upgrade(_ context: ChannelHandlerContext, _ headers: HTTPHeaders, _ request: WebSocketRequest) throws {
        isAnswered = true
        let head = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: headers)
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
        let link = try WebSocketLink(context.channel, role: .server, configuration: configuration)
        let pipeline = context.pipeline.syncOperations
        pipeline.removeHandler(context: try pipeline.context(handlerType: HTTPResponseEncoder.self), promise: nil)
        // Frames that came with the request go on to the new handler.
        pipeline.removeHandler(
            context: try pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self), promise: nil)
        pipeline.removeHandler(context: context, promise: nil)
        onOpen(link, request)
    }

    private func refuse(_ context: ChannelHandlerContext, _ refusal: Refusal) {
        guard !isAnswered else { return }
        isAnswered = true
        let body = context.channel.allocator.buffer(string: refusal.reason + "\n")
        var head = HTTPResponseHead(version: .http1_1, status: refusal.status)
        head.headers.add(name: "Content-Type", value: "text/plain; charset=utf-8")
        head.headers.add(name: "Content-Length", value: "\(body.readableBytes)")
        for (name, value) in refusal.headers { head.headers.replaceOrAdd(name: name, value: value) }
        head.headers.add(name: "Connection", value: "close")
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        context.write(Self.wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        let channel = context.channel
        // The client reads the answer and ends; the time limit of the handshake does it otherwise.
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenComplete { _ in channel.close(mode: .output, promise: nil) }
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: written)
    }
}
