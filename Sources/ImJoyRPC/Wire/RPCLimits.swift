/// Every bound on what a peer may claim; each is checked before memory is taken for the claim.
public struct RPCLimits: Hashable, Sendable {
    /// The largest message, payloads included, in bytes.
    public var maxFrameBytes = 2 << 30
    /// The largest message without its array payloads, in bytes.
    public var maxHeaderBytes = 64 << 20
    /// How deep lists and mappings may be nested.
    public var maxDepth = 64
    /// Values in one message, counted over all lists and mappings.
    public var maxValues = 4_000_000
    /// Functions and objects lent to the peer at one time.
    public var maxExports = 65_536
    /// Calls of the peer that may run at one time; those above are answered `overloaded`.
    public var maxConcurrentInboundCalls = 64
    /// Messages that may wait for a peer that does not read; above that the connection ends.
    public var maxQueuedMessages = 65_536

    /// The default limits.
    public init() {}
    /// Meant for a worker on the same machine.
    public static let `default` = RPCLimits()
}
