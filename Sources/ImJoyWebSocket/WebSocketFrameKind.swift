/// The kinds of frames (RFC 6455, section 5.2).
enum WebSocketFrameKind: UInt8 {
    case continuation = 0
    case text = 1
    case binary = 2
    case close = 8
    case ping = 9
    case pong = 10

    /// Control frames are short, whole, and allowed between the fragments of a message.
    var isControl: Bool { rawValue >= 8 }

    static let maxControlBytes = 125
}

/// Which end of a connection we are; clients mask what they send and servers do not.
enum WebSocketRole: Hashable, Sendable { case client, server }
