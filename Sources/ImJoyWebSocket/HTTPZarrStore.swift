public import ImJoyCore
internal import ImJoyRPC
package import NIOCore
internal import NIOHTTP1

/// A Zarr store on a web server or in a public bucket, read by HTTP requests for keys and ranges of bytes.
///
/// ```swift
/// let store = try HTTPZarrStore("https://uk1s3.embassy.ebi.ac.uk/idr/zarr/v0.4/idr0062A/6001240.zarr").secured(by: ClientTLS())
/// let cells = try await ImageSource(zarr: store)
/// ```
///
/// What the server does not have (404, 410), or does not show (403), is absent, as is usual for chunks. Failures that may
/// pass are tried again. Redirections are followed on the same server only. Nothing can be written or listed.
public struct HTTPZarrStore: ZarrStore {
    /// Bounds on what the store does.
    public struct Configuration: Sendable {
        /// At most so many connections at once.
        public var connections = 8
        /// How long a connection or an answer may take.
        public var timeout = Duration.seconds(30)
        /// How often a request is sent at most, when it fails for reasons that may pass.
        public var attempts = 3
        /// The wait before the second attempt; it doubles with each one.
        public var firstDelay = Duration.milliseconds(200)
        /// Headers of every request, such as `Authorization`.
        public var headers: [(name: String, value: String)] = []
        /// Where a server gives all of a key although a part was asked for, this much is taken to cut the part out.
        public var wholeBytes = 64 << 20

        /// Eight connections, thirty seconds, three attempts.
        public init() {}
    }

    package let address: WebSocketAddress
    private let path: String
    private let query: String
    private let configuration: Configuration
    private let connections: HTTPConnections
    /// Runs on a new channel before anything else is added to it; this is where a layer for TLS goes.
    package var prepareChannel: (@Sendable (any Channel) throws -> Void)?

    /// The store below `url`, such as `http://127.0.0.1:8000/cells.zarr`; a query is sent with every key.
    ///
    /// Throws `ImageError` with code `invalidArgument` for what is no such URL; `https:` needs `secured(by:)` of ImJoyTLS.
    public init(_ url: String, configuration: Configuration = Configuration()) throws(ImageError) {
        guard let address = Self.address(of: url) else {
            throw ImageError(.invalidArgument, "\(url) is no address of a server: write http://host/path")
        }
        self.address = address
        let parts = address.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var path = String(parts.first ?? "")
        while path.hasSuffix("/") { path.removeLast() }
        self.path = path
        query = parts.count > 1 ? "?" + parts[1] : ""
        self.configuration = configuration
        connections = HTTPConnections(most: max(configuration.connections, 1))
    }

    private static func address(of url: String) -> WebSocketAddress? {
        let lower = url.lowercased()
        guard lower.hasPrefix("http://") || lower.hasPrefix("https://") else { return nil }
        return try? WebSocketAddress("ws" + url.dropFirst(4))
    }

    /// See `ZarrStore.read(_:_:limit:)`; what the network refuses is an error with code `system`.
    public func read(_ key: String, _ part: ZarrPart, limit: Int) async throws(ImageError) -> SharedBytes? {
        try ZarrKey.check(key)
        // There is no way to ask for nothing.
        if case .range(let range) = part, range.isEmpty { return .empty }
        let names = key.split(separator: "/").map { PercentCoding.encode(String($0), .unreserved) }
        var target = path + "/" + names.joined(separator: "/") + query
        var attempt = 1
        var redirections = 0
        var delay = configuration.firstDelay
        while true {
            let failure: ImageError
            do {
                let answer = try await fetch(target, part, limit: limit)
                switch answer.status.code {
                case 200, 206: return try Self.content(answer, part, limit: limit, key: key)
                case 404, 403, 410: return nil
                case 416: throw ImageError(.truncated, "\(key): the server has no such range of bytes")
                case 301, 302, 303, 307, 308:
                    redirections += 1
                    target = try redirected(answer, redirections, key)
                    continue
                case 408, 429, 500...: failure = ImageError(.system, "\(key): the server answered \(answer.status)")
                default: throw ImageError(.system, "\(key): the server answered \(answer.status)")
                }
            } catch let error as ImageError {
                throw error
            } catch let error as RPCError {
                failure = ImageError(error.code == .limitExceeded ? .tooLarge : .system, "\(key): \(error.message)")
                guard error.code == .disconnected || error.code == .timedOut else { throw failure }
            } catch {
                throw ImageError(.system, "\(key): \(error)")
            }
            guard attempt < configuration.attempts, !Task.isCancelled else { throw failure }
            attempt += 1
            do { try await Task.sleep(for: delay) } catch { throw failure }
            delay *= 2
        }
    }

    /// Throws `ImageError` with code `unsupported`: this store is for reading.
    public func write(_ bytes: SharedBytes?, to key: String) async throws(ImageError) {
        throw ImageError(.unsupported, "\(key): Zarr over HTTP can be read only")
    }

    /// Throws `ImageError` with code `unsupported`: HTTP has no way to ask for names.
    public func list(_ key: String) async throws(ImageError) -> [String] {
        throw ImageError(.unsupported, "a web server does not say what it has; only known paths can be opened")
    }

    // MARK: Requests

    private func fetch(_ target: String, _ part: ZarrPart, limit: Int) async throws -> HTTPFetched {
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: target)
        head.headers.add(name: "Host", value: address.hostHeader)
        head.headers.add(name: "Accept-Encoding", value: "identity")
        switch part {
        case .all: break
        case .range(let range):
            head.headers.add(name: "Range", value: "bytes=\(range.lowerBound)-\(range.upperBound - 1)")
        case .last(let count): head.headers.add(name: "Range", value: "bytes=-\(count)")
        }
        for header in configuration.headers { head.headers.add(name: header.name, value: header.value) }
        let most = part == .all ? limit : max(limit, configuration.wholeBytes)
        let (request, time) = (head, configuration.timeout)
        return try await connections.with({ try await open() }) { connection in
            try await connection.perform(request, limit: most, within: time)
        }
    }

    private func open() async throws -> HTTPFetches {
        let dialling = Dialling<HTTPFetches>(
            to: address, limit: configuration.timeout, prepareChannel: prepareChannel)
        return try await dialling.run { channel, promise in
            try channel.pipeline.syncOperations.addHTTPClientHandlers()
            try channel.pipeline.syncOperations.addHandler(HTTPFetchHandler(promise: promise))
        }
    }

    /// The part that was asked for, whether the server cut it out or not.
    private static func content(
        _ answer: HTTPFetched, _ part: ZarrPart, limit: Int, key: String
    ) throws(ImageError) -> SharedBytes {
        let bytes = answer.bytes
        guard answer.status == .partialContent else {
            guard let range = part.range(in: bytes.count) else {
                throw ZarrPart.beyond(key, part, count: bytes.count)
            }
            guard range.count <= limit else {
                throw ImageError(.tooLarge, "\(key) holds \(range.count) bytes, the limit is \(limit)")
            }
            return bytes.slice(range)
        }
        let stated = answer.headers.first(name: "Content-Range") ?? ""
        let numbers = stated.split { !$0.isNumber }.compactMap { Int($0) }
        let isRight =
            switch part {
            case .all: false
            case .range(let range):
                numbers.first == range.lowerBound && numbers.dropFirst().first == range.upperBound - 1
                    && bytes.count == range.count
            case .last(let count):
                bytes.count == count && numbers.count == 3 && numbers[1] == numbers[2] - 1
                    && numbers[0] == numbers[2] - count
            }
        guard isRight else {
            throw ImageError(
                .truncated,
                "\(key): \(part) was asked for, the server gave \(bytes.count) bytes as \"\(stated.prefix(80))\"")
        }
        return bytes
    }

    private static let mostRedirections = 5

    private func redirected(_ answer: HTTPFetched, _ count: Int, _ key: String) throws(ImageError) -> String {
        let location = answer.headers.first(name: "Location") ?? ""
        guard count <= Self.mostRedirections else { throw ImageError(.system, "\(key): too many redirections") }
        if location.hasPrefix("/"), !location.hasPrefix("//"), location.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) {
            return location
        }
        guard let other = Self.address(of: location), other.isSecure == address.isSecure, other.host == address.host,
            other.port == address.port
        else {
            throw ImageError(
                .system,
                "\(key): the server sends us on to \"\(location.prefix(200))\"; only places on the same server are followed"
            )
        }
        return other.target
    }
}

/// Lends out connections, which are used again as long as the server keeps them open.
private actor HTTPConnections {
    private let most: Int
    private var count = 0
    private var idle: [(connection: HTTPFetches, since: ContinuousClock.Instant)] = []
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Servers close a connection that has been idle for some seconds; before that it is used again.
    private static let idleLimit = Duration.seconds(2)

    init(most: Int) { self.most = most }

    func with(
        _ open: @Sendable () async throws -> HTTPFetches,
        _ body: @Sendable (HTTPFetches) async throws -> HTTPFetched
    ) async throws -> HTTPFetched {
        // Whoever ends hands its place on without giving it back.
        if count < most { count += 1 } else { await withCheckedContinuation { waiting.append($0) } }
        defer { if waiting.isEmpty { count -= 1 } else { waiting.removeFirst().resume() } }
        if let connection = takeIdle() {
            do {
                return try await use(connection, body)
            } catch let error as RPCError where error.code == .disconnected {
                // The server has closed it meanwhile, which says nothing about the request.
            }
        }
        return try await use(open(), body)
    }

    private func use(
        _ connection: HTTPFetches, _ body: @Sendable (HTTPFetches) async throws -> HTTPFetched
    ) async throws -> HTTPFetched {
        do {
            let answer = try await body(connection)
            if !answer.isLast, connection.isOpen { idle.append((connection, .now)) }
            return answer
        } catch {
            connection.close()
            throw error
        }
    }

    private func takeIdle() -> HTTPFetches? {
        while let last = idle.popLast() {
            if last.connection.isOpen, last.since.duration(to: .now) < Self.idleLimit { return last.connection }
            last.connection.close()
        }
        return nil
    }

    deinit { for entry in idle { entry.connection.close() } }
}
