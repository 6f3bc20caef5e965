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

    /// Sends one message when that needs no waiting; false when it does, and then nothing of it has gone out.
    ///
    /// Not called while a ``write(_:)`` is under way. A writer without such a way, which is what the default is, is only
    /// slower.
    func writeNow(_ message: RPCMessage) throws -> Bool

    /// Whether a part of what ``writeNow(_:)`` has taken is not out yet, or could not be sent; ``flush()`` is to be called
    /// then.
    var isBusy: Bool { get }

    /// Waits until what ``writeNow(_:)`` has taken is out; throws what has damaged the link.
    func flush() async throws
}

extension RPCMessageWriter {
    /// Always false: every message waits for its turn.
    public func writeNow(_ message: RPCMessage) throws -> Bool { false }
    /// False: there is nothing to wait for.
    public var isBusy: Bool { false }
    /// Nothing to wait for.
    public func flush() async throws {}
}
