internal import ImJoyCore
public import ImJoyRPC
package import NIOCore
internal import NIOHTTP1
internal import OrderedCollections

/// A link to a Hypha server over plain HTTP, where no WebSocket gets through: what arrives is one answer that does not end,
/// and each message of ours is a request.
///
/// ```swift
/// let square: Int = try await withHyphaClient(
///     connect: { try HyphaHTTPTransport(to: "http://127.0.0.1:9527") }
/// ) { client in try await client.service("calculator").square(3) }
/// ```
/// Requests follow each other, so messages arrive in order and a slow server slows us down.
public struct HyphaHTTPTransport: RPCTransport {
    package let address: WebSocketAddress
    private let configuration: WebSocketConfiguration
    private let limits: RPCLimits
    /// Runs on a new channel before anything else is added to it; this is where a layer for TLS goes.
    package var prepareChannel: (@Sendable (any Channel) throws -> Void)?

    /// A link to the server at `server`, such as `http://127.0.0.1:9527`; throws `invalidArgument` for what is no such URL.
    public init(
        to server: String, configuration: WebSocketConfiguration = WebSocketConfiguration(),
        limits: RPCLimits = .default
    ) throws {
        let lower = server.lowercased()
        guard lower.hasPrefix("http://") || lower.hasPrefix("https://") else {
            throw RPCError(
                .invalidArgument, "\(server) is no address of a server: it must begin with http:// or https://")
        }
        guard !server.contains("?") else {
            throw RPCError(.invalidArgument, "\(server) is no address of a server: it may have no query")
        }
        var url = "ws" + server.dropFirst(4)
        while url.hasSuffix("/") { url.removeLast() }
        address = try WebSocketAddress(url + "/rpc")
        self.configuration = configuration
        self.limits = limits
    }

    /// Lends the link to `body`, whose first message is the greeting and opens it.
    ///
    /// That message is refused with `disconnected` when nobody listens, with `refused`, `notFound` or `overloaded` by the
    /// server's status, and with `timedOut` after ``WebSocketConfiguration/handshakeTimeout``. Throws `invalidArgument` for
    /// an `https:` address without TLS, and what `body` throws.
    public func withConnection<R: Sendable>(
        _ body: (HyphaHTTPMessages, any RPCMessageWriter) async throws -> R
    ) async throws -> R {
        guard !address.isSecure || prepareChannel != nil else { throw Dialling<HTTPRequests>.withoutTLS(address) }
        let inbox = Mailbox<RPCMessage>(
            maxCost: configuration.maxWaitingBytes, maxCount: configuration.maxWaitingMessages)
        let writer = HyphaHTTPWriter(transport: self, inbox: inbox)
        let result: Result<R, any Error>
        do {
            result = .success(try await body(HyphaHTTPMessages(inbox: inbox), writer))
        } catch {
            result = .failure(error)
        }
        inbox.finish()
        await writer.close()
        return try result.get()
    }

    // MARK: Requests

    private func head(_ method: HTTPMethod, _ greeting: RPCObject, query: [String], length: Int? = nil)
        -> HTTPRequestHead
    {
        let items = query.compactMap { name -> String? in
            guard let value = greeting[name]?.stringValue else { return nil }
            return "\(name)=\(PercentCoding.encode(value, .unreserved))"
        }
        var head = HTTPRequestHead(
            version: .http1_1, method: method, uri: "\(address.target)?\(items.joined(separator: "&"))")
        head.headers.add(name: "Host", value: address.hostHeader)
        head.headers.add(name: "Content-Type", value: "application/msgpack")
        if let token = greeting["token"]?.stringValue {
            head.headers.add(name: "Authorization", value: "Bearer \(token)")
        }
        if let length { head.headers.add(name: "Content-Length", value: "\(length)") }
        return head
    }

    /// Opens the answer that does not end; its messages go to `inbox`.
    func openStream(_ greeting: RPCObject, into inbox: Mailbox<RPCMessage>) async throws -> any Channel {
        var head = head(.GET, greeting, query: ["client_id", "workspace", "reconnection_token"])
        head.headers.add(name: "Accept", value: "application/x-msgpack-stream")
        let (limits, request) = (limits, head)
        return try await dialling().run { channel, promise in
            try channel.pipeline.syncOperations.addHTTPClientHandlers()
            try channel.pipeline.syncOperations.addHandler(
                HyphaHTTPStream(request: request, inbox: inbox, limits: limits, promise: promise))
        }
    }

    /// Opens a connection for requests, one after the other.
    func openRequests() async throws -> HTTPRequests {
        try await dialling().run { channel, promise in
            try channel.pipeline.syncOperations.addHTTPClientHandlers()
            try channel.pipeline.syncOperations.addHandler(HTTPRequestsHandler(promise: promise))
        }
    }

    private func dialling<T: Sendable>() -> Dialling<T> {
        Dialling(to: address, limit: configuration.handshakeTimeout, prepareChannel: prepareChannel)
    }

    func postHead(_ greeting: RPCObject, length: Int) -> HTTPRequestHead {
        head(.POST, greeting, query: ["client_id", "workspace"], length: length)
    }

    /// How long a request may take.
    var answerLimit: Duration { configuration.idleTimeout ?? .seconds(60) }
}

/// The messages that arrive over HTTP.
public struct HyphaHTTPMessages: AsyncSequence, Sendable {
    /// One whole message.
    public typealias Element = RPCMessage
    /// What damaged the link.
    public typealias Failure = any Error
    let inbox: Mailbox<RPCMessage>

    /// Reads message after message.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let inbox: Mailbox<RPCMessage>
        /// The next message, nil when the server has ended its answer.
        public func next() async throws -> RPCMessage? { try await inbox.next() }
    }

    /// An iterator; several of them share the messages.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(inbox: inbox) }
}

/// Sends the greeting as the request for the stream, and every other message as a request of its own.
private actor HyphaHTTPWriter: RPCMessageWriter {
    private let transport: HyphaHTTPTransport
    private let inbox: Mailbox<RPCMessage>
    private var stream: (any Channel)?
    private var greeting: RPCObject?
    private var requests: HTTPRequests?
    private var lastUse = ContinuousClock.now
    private var isClosed = false

    /// Servers close a connection that has been idle for some seconds; before that it is used again.
    private static let idleLimit = Duration.seconds(2)

    init(transport: HyphaHTTPTransport, inbox: Mailbox<RPCMessage>) {
        self.transport = transport
        self.inbox = inbox
    }

    func write(_ message: RPCMessage) async throws {
        do {
            try await send(message)
        } catch {
            // Whoever reads hears of it too: the two directions are one link.
            if !RPCError.isFaultOfMessage(error) { inbox.finish(throwing: error) }
            throw error
        }
    }

    private func send(_ message: RPCMessage) async throws {
        switch try HyphaMessage(message) {
        case .control(let fields) where greeting == nil:
            greeting = fields
            let stream = try await transport.openStream(fields, into: inbox)
            guard !isClosed else { return stream.close(promise: nil) }
            self.stream = stream
        case .control(let fields):
            try await post([SharedBytes(copying: try MessagePackWriter.encode(.object(fields)))])
        case .frame(let frame):
            // Servers know the client by the workspace that its calls come from.
            if greeting?["workspace"]?.stringValue == nil, let from = frame.header["from"]?.stringValue,
                let workspace = from.split(separator: "/").first
            {
                greeting?["workspace"] = .string(String(workspace))
            }
            try await post(try frame.pieces())
        }
    }

    private func post(_ pieces: [SharedBytes]) async throws {
        guard let greeting, !isClosed else { throw RPCError(.disconnected, "the link has ended") }
        let length = pieces.reduce(0) { $0 + $1.count }
        let head = transport.postHead(greeting, length: length)
        let requests: HTTPRequests
        if let open = self.requests, open.isOpen, lastUse.duration(to: .now) < Self.idleLimit {
            requests = open
        } else {
            self.requests?.close()
            self.requests = nil
            requests = try await transport.openRequests()
            guard !isClosed else { return requests.close() }
            self.requests = requests
        }
        let answer = try await requests.perform(head, pieces, limit: transport.answerLimit)
        lastUse = .now
        // The server will close it.
        if answer.isLast { self.requests = nil }
        switch answer.status {
        case .ok: break
        case .payloadTooLarge:
            throw RPCError(
                .limitExceeded, "\(answer.error.message) (a message of \(length) bytes; send it in parts)")
        // Only the greeting is refused for good: here the server may just have lost our stream.
        default: throw RPCError(.disconnected, answer.error.message, cause: answer.error)
        }
    }

    func close() {
        isClosed = true
        requests?.close()
        stream?.close(promise: nil)
    }
}
