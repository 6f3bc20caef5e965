internal import OrderedCollections

/// What two ends of the Hypha dialect send each other: frames, and short messages about the link itself.
///
/// A web socket carries the first as binary and the second as JSON text. Other transports carry a frame as a message with
/// the members `header` and `body`, so that a server need not unpack the body; everything else is about the link.
package enum HyphaMessage: Sendable {
    /// Greetings, signs of life, and errors of the server.
    case control(RPCObject)
    /// A call, an answer or an event.
    case frame(HyphaFrame)

    private static let header = "header"
    private static let body = "body"

    /// Reads a message of a transport; throws `protocolViolation` for a frame whose parts are of another kind.
    package init(_ message: RPCMessage) throws(RPCError) {
        guard let header = message.fields[Self.header] else {
            self = .control(message.fields)
            return
        }
        guard case .object(let fields) = header else {
            throw RPCError(.protocolViolation, "the header of a message is \(header.kindName), not a mapping")
        }
        switch message[Self.body] {
        case .null: self = .frame(HyphaFrame(header: fields))
        case .bytes(let bytes): self = .frame(HyphaFrame(header: fields, body: bytes))
        case let other:
            throw RPCError(.protocolViolation, "the body of a message is \(other.kindName), not bytes")
        }
    }

    /// The message as a transport carries it.
    package var message: RPCMessage {
        switch self {
        case .control(let fields): return RPCMessage(fields)
        case .frame(let frame):
            var fields: RPCObject = [Self.header: .object(frame.header)]
            if let body = frame.body { fields[Self.body] = .bytes(body) }
            return RPCMessage(fields)
        }
    }
}
