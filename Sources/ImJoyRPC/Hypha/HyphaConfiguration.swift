public import Logging

/// What a client or a hub of the Hypha dialect may do, and how it reports.
public struct HyphaConfiguration: Sendable {
    /// What the far side may claim.
    public var limits = RPCLimits.default
    /// The clock that all waits follow; tests put one of their own here.
    public var clock: any Clock<Duration> = ContinuousClock()
    /// Gets what is dropped, at level `debug`; nil logs nothing.
    public var logger: Logger?
    /// How long an answer to a call, or a sign that the call is alive, is waited for.
    public var callTimeout = Duration.seconds(30)
    /// How often a client says that it is alive. A server that has not said anything in between counts as gone.
    public var pingInterval = Duration.seconds(20)
    /// After how long without a message a hub counts a client as gone; noticed after twice as long at most.
    public var silenceLimit = Duration.seconds(40)
    /// Messages longer than this many bytes go in pieces of this size.
    ///
    /// Peers in Python take no frames of more than half a megabyte. Programs that meet only Swift peers, over a socket or
    /// in memory, are faster with larger pieces.
    public var pieceSize = 262_144

    /// How values of types with a name of their own are written and read.
    var codecs: [String: RPCCodec] = [:]
    /// Makes the names of sessions, which nobody may guess.
    package var makeID: @Sendable () -> String = { RandomID.make() }
    /// A number from 0 to 1, for pauses that differ from those of others.
    package var random: @Sendable () -> Double = { Double.random(in: 0...1) }

    /// The defaults of Hypha's own clients, no logger.
    public init() {}

    /// Reads and writes values of a type of its own, as ``RPCConfiguration/registerCodec(_:decode:encode:)`` does.
    public mutating func registerCodec(
        _ name: String, decode: (@Sendable (RPCObject) throws -> RPCValue)? = nil,
        encode: (@Sendable (RPCObject) throws -> RPCObject)? = nil
    ) {
        codecs[name] = RPCCodec(name: name, encode: encode, decode: decode)
    }
}
