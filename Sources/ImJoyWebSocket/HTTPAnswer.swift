internal import ImJoyRPC
internal import NIOCore
internal import NIOHTTP1

/// A server's answer in short: its status, and the beginning of what it says.
struct HTTPAnswer: Sendable {
    let status: HTTPResponseStatus
    /// Whether the server closes the connection after it.
    let isLast: Bool
    private var explanation = ""

    /// So many bytes of an explanation are kept.
    private static let maxExplanation = 500

    init(_ head: HTTPResponseHead) { (status, isLast) = (head.status, !head.isKeepAlive) }

    /// Takes the next part of the answer's body.
    mutating func add(_ bytes: ByteBuffer) {
        let room = Self.maxExplanation - explanation.utf8.count
        explanation += String(decoding: bytes.readableBytesView.prefix(max(room, 0)), as: UTF8.self)
    }

    /// What it means when it is none of those hoped for; what may be otherwise the next time is no refusal.
    var error: RPCError {
        let code: RPCError.Code =
            switch status.code {
            case 404: .notFound
            case 408, 429, 500...: .overloaded
            default: .refused
            }
        let details = explanation.isEmpty ? "" : ": \(explanation)"
        return RPCError(code, "the server answered \(status.code) \(status.reasonPhrase)\(details)")
    }
}
