/// One end of a link inside this process; messages cross it without being serialised.
///
/// ```swift
/// let (here, there) = InMemoryTransport.pair()
/// ```
public struct InMemoryTransport: RPCTransport {
    private let inbound: MessageQueue
    private let outbound: MessageQueue

    /// Two ends of one link. Each end suspends its writers while `capacity` messages wait for the other.
    public static func pair(capacity: Int = 64) -> (InMemoryTransport, InMemoryTransport) {
        let one = MessageQueue(capacity: capacity)
        let other = MessageQueue(capacity: capacity)
        return (InMemoryTransport(inbound: one, outbound: other), InMemoryTransport(inbound: other, outbound: one))
    }

    /// Opens this end; leaving `body` ends the link for the other one too. Opens once.
    public func withConnection<R: Sendable>(
        _ body: (RPCInboundMessages, any RPCMessageWriter) async throws -> R
    ) async throws -> R {
        defer {
            outbound.finish()
            inbound.finish()
        }
        return try await body(RPCInboundMessages(queue: inbound), Writer(queue: outbound))
    }

    private struct Writer: RPCMessageWriter {
        let queue: MessageQueue
        func write(_ message: RPCMessage) async throws { try await queue.push(message) }
        func writeNow(_ message: RPCMessage) throws -> Bool { try queue.tryPush(message) }
    }
}
