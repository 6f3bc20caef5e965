/// What one call may do differently from the others on its connection.
public struct RPCCallOptions: Sendable, Hashable {
    /// How long to wait for the answer; nil waits until the connection ends.
    public var timeout: Duration?

    /// Options with a time limit, or with none.
    public init(timeout: Duration? = nil) { self.timeout = timeout }

    /// Gives up with `timedOut` after `limit`.
    public static func timeout(_ limit: Duration) -> RPCCallOptions { RPCCallOptions(timeout: limit) }
}
