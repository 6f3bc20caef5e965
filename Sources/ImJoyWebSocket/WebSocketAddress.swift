internal import ImJoyRPC

/// Where a client dials: the parts of a `ws:` or `wss:` URL (RFC 6455, section 3).
package struct WebSocketAddress: Hashable, Sendable {
    package var isSecure: Bool
    /// A name or an IP address, without brackets.
    package var host: String
    package var port: Int
    /// Path and query, as the request line has them.
    var target: String

    /// Throws `invalidArgument` for what is no such URL.
    init(_ url: String) throws(RPCError) {
        func refusal(_ reason: String) -> RPCError {
            RPCError(.invalidArgument, "\(url) is no address of a WebSocket: \(reason)")
        }
        // Also keeps line breaks out of the request.
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw refusal("only visible ASCII characters may stand in it")
        }
        let lower = url.lowercased()
        guard lower.hasPrefix("ws://") || lower.hasPrefix("wss://") else {
            throw refusal("it must begin with ws:// or wss://")
        }
        isSecure = lower.hasPrefix("wss")
        let rest = url.dropFirst(isSecure ? 6 : 5)
        guard !rest.contains("#") else { throw refusal("a fragment is not sent") }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@") else { throw refusal("names and passwords go into headers") }
        let path = rest[authority.endIndex...]
        target = path.hasPrefix("/") ? String(path) : "/" + path

        let portText: Substring
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { throw refusal("a bracket is not closed") }
            host = String(authority[authority.index(after: authority.startIndex)..<end])
            portText = authority[authority.index(after: end)...]
        } else {
            host = String(authority.prefix { $0 != ":" })
            portText = authority.dropFirst(host.count)
        }
        guard !host.isEmpty else { throw refusal("there is no host") }
        switch portText {
        case "", ":": port = isSecure ? 443 : 80
        default:
            guard portText.hasPrefix(":"), let number = UInt16(portText.dropFirst()), number > 0 else {
                throw refusal("\(portText) is no port")
            }
            port = Int(number)
        }
    }

    /// The value of the `Host` header.
    var hostHeader: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }
}
