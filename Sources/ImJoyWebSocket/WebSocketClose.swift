internal import ImJoyRPC

/// How a WebSocket ended: a code of RFC 6455, section 7.4, and a sentence for people.
///
/// An `RPCError` of a link that was closed has one of these as its cause.
public struct WebSocketClose: Error, Hashable, Sendable {
    /// The kind of end.
    public struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The number on the wire.
        public var rawValue: UInt16
        /// The code with this number.
        public init(rawValue: UInt16) { self.rawValue = rawValue }

        /// All is done.
        public static let normal = Code(rawValue: 1000)
        /// The server shuts down, or the page that held the client is left.
        public static let goingAway = Code(rawValue: 1001)
        /// A frame that the protocol does not allow.
        public static let protocolError = Code(rawValue: 1002)
        /// A kind of message that the receiver does not take.
        public static let unsupportedData = Code(rawValue: 1003)
        /// A close frame without a code; never sent.
        public static let noStatus = Code(rawValue: 1005)
        /// The connection ended without a close frame; never sent.
        public static let abnormal = Code(rawValue: 1006)
        /// Text that is no UTF-8, or a message that means nothing.
        public static let invalidData = Code(rawValue: 1007)
        /// The receiver does not allow this.
        public static let policyViolation = Code(rawValue: 1008)
        /// A message larger than the receiver takes.
        public static let messageTooBig = Code(rawValue: 1009)
        /// The sender of the close cannot go on.
        public static let internalError = Code(rawValue: 1011)
        /// The server is overloaded.
        public static let tryAgainLater = Code(rawValue: 1013)

        /// Whether a close frame may carry it.
        public var canBeSent: Bool {
            switch rawValue {
            case 1000...1003, 1007...1014, 3000...4999: true
            default: false
            }
        }

        /// The number.
        public var description: String { "\(rawValue)" }
    }

    /// The kind of end.
    public var code: Code
    /// What the side that closed says about it; at most 123 bytes of UTF-8 are sent.
    public var reason: String

    /// An end of kind `code`.
    public init(_ code: Code, _ reason: String = "") {
        self.code = code
        self.reason = reason
    }

    /// The most that fits into a control frame beside the code.
    static let maxReasonBytes = 123

    /// The payload of a close frame; the reason is cut between characters when it is too long.
    var payload: [UInt8] {
        guard code.canBeSent else { return [] }
        var kept = reason
        while kept.utf8.count > Self.maxReasonBytes { kept.removeLast() }
        return [UInt8(code.rawValue >> 8), UInt8(code.rawValue & 255)] + Array(kept.utf8)
    }

    /// The error for those who wait for a link that the far side has closed in this way; nil for an orderly end.
    var remoteError: RPCError? {
        switch code {
        case .normal, .goingAway, .noStatus: nil
        default: RPCError(.disconnected, "the far side closed the connection (\(self))", cause: self)
        }
    }

    /// The error for those who wait for a link that we have closed because the far side did something wrong.
    var localError: RPCError {
        RPCError(
            code == .messageTooBig ? .limitExceeded : .protocolViolation,
            "the connection was closed because of what the far side sent (\(self))", cause: self)
    }
}

extension WebSocketClose: CustomStringConvertible {
    /// The code, followed by the reason when there is one.
    public var description: String { reason.isEmpty ? "code \(code)" : "code \(code): \(reason)" }
}
