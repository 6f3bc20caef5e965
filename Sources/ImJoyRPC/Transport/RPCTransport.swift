/// Moves whole messages in order and knows nothing of calls.
///
/// An implementer owes: messages arrive whole, once and in the order they were written; the inbound sequence ends
/// when the other side is gone and throws when the link is damaged; leaving `withConnection` releases everything.
public protocol RPCTransport: Sendable {
    /// The messages that arrive.
    associatedtype Inbound: AsyncSequence & Sendable where Inbound.Element == RPCMessage, Inbound.Failure == any Error

    /// Opens the link for the duration of `body`.
    func withConnection<R: Sendable>(
        _ body: (Inbound, any RPCMessageWriter) async throws -> R
    ) async throws -> R
}

/// The sending half of a link.
public protocol RPCMessageWriter: Sendable {
    /// Sends one message; suspends while the other side is slow, and that is the backpressure.
    func write(_ message: RPCMessage) async throws
}
