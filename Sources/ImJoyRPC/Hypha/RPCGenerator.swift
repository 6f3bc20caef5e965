internal import OrderedCollections

/// The two functions that a stream of values is made of on the wire.
struct RPCGenerator {
    /// The type under which a generator is a value.
    static let type = "generator"

    /// What the name of the second function adds to that of the first.
    static let closeSuffix = ":close"
    /// The value that says that no other comes.
    static let end = RPCValue.tagged(type: "stop_iteration", [:])

    static func isEnd(_ value: RPCValue) -> Bool {
        if case .tagged("stop_iteration", _) = value { true } else { false }
    }

    /// Gives the next value, and a value of type `stop_iteration` at the end.
    var next: RPCFunction
    /// Ends the stream before its end.
    var close: RPCFunction

    init(next: RPCFunction, close: RPCFunction) {
        self.next = next
        self.close = close
    }

    /// Nil when the value is no generator of this process.
    init?(fields: RPCObject) {
        guard case .function(let next)? = fields["next"], case .function(let close)? = fields["close"] else {
            return nil
        }
        self.init(next: next, close: close)
    }

    /// The functions as the fields of a value of type ``type``.
    var fields: RPCObject { ["next": .function(next), "close": .function(close)] }
}
