internal import NIOHTTP1

/// What a client asks for before its WebSocket is open.
public struct WebSocketRequest: Sendable {
    /// The path as it was sent, such as `/rpc`; escapes are not resolved.
    public let path: String
    /// What follows the question mark, when there is one.
    public let query: String?
    /// All headers in their order.
    public let headers: [(name: String, value: String)]
    /// The client's address, when the system knows it.
    public let remoteAddress: String?

    init(_ head: HTTPRequestHead, remoteAddress: String?) {
        let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts[0])
        query = parts.count > 1 ? String(parts[1]) : nil
        headers = head.headers.map { ($0.name, $0.value) }
        self.remoteAddress = remoteAddress
    }

    /// The value of the first header of that name, in any case of letters.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The site whose page has opened the WebSocket: every browser sends it, other programs do not.
    public var origin: String? { header("Origin") }
    /// The name under which the client knows this server.
    public var host: String? { header("Host") }
}

/// A server's answer to a request.
public enum WebSocketAdmission: Hashable, Sendable {
    /// The WebSocket opens.
    case accept
    /// It does not; `status` is an HTTP status from 400 to 599, and the reason is sent as text.
    case refuse(status: Int, String)

    /// Lets programs in and pages of browsers out, so that no web site that somebody visits reaches this server.
    public static let refusingBrowsers: WebSocketAdmissionPolicy = { request in
        guard let origin = request.origin else { return .accept }
        return .refuse(status: 403, "pages of \(origin) may not connect")
    }
}

/// Decides about each request; what it throws is answered with status 500.
public typealias WebSocketAdmissionPolicy = @Sendable (WebSocketRequest) async throws -> WebSocketAdmission
