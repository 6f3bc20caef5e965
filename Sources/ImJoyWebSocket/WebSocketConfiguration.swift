/// Limits and times of a WebSocket.
public struct WebSocketConfiguration: Hashable, Sendable {
    /// The largest message that is taken, in bytes, all its fragments together; the far side is told 1009 above that.
    public var maxMessageBytes = 256 << 20
    /// Whether text messages are taken; the far side is told 1003 when they are not.
    public var acceptsText = true
    /// Messages that were received and wait to be taken, in bytes, before the far side must wait.
    public var maxWaitingBytes = 1 << 20
    /// Messages that were received and wait to be taken, by number, before the far side must wait.
    public var maxWaitingMessages = 256
    /// Messages above this size, in bytes, are sent in fragments of it, between which pings are answered.
    public var fragmentBytes = 256 << 10
    /// How long it may take to connect, and to exchange the first request and its answer.
    public var handshakeTimeout = Duration.seconds(10)
    /// After a silence of this length the far side is asked whether it is there. Nil: it is never asked.
    public var pingInterval: Duration? = .seconds(20)
    /// After a silence of this length the far side is given up. Nil: it may be silent for ever.
    public var idleTimeout: Duration? = .seconds(60)
    /// How long the far side has to answer a close before the connection is cut.
    public var closeTimeout = Duration.seconds(2)
    /// How many connections a server has at one time; more are answered with status 503, and cut when they are twice as
    /// many. Those are also refused that come while 64 wait to be accepted.
    public var maxConnections = 1024

    /// The default limits and times.
    public init() {}
}
