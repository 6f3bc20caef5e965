internal import DequeModule

/// Requests that must be answered one after another because their answers have no id.
struct SerialQueue {
    struct Entry {
        /// Nil when nobody waits for the answer any more.
        var call: CallID?
        var message: RPCMessage
        /// True for a question of the connection itself.
        var isProbe = false
    }
    private var waiting: Deque<Entry> = []
    private var underWay: Entry?

    var calls: [CallID] { [underWay?.call].compactMap(\.self) + waiting.compactMap(\.call) }
    /// True when a request may go out.
    var canStart: Bool { underWay == nil && !waiting.isEmpty }

    mutating func add(_ entry: Entry) { waiting.append(entry) }

    /// Takes the next request, to be sent, unless one is under way.
    mutating func start() -> Entry? {
        guard underWay == nil, let next = waiting.popFirst() else { return nil }
        underWay = next
        return next
    }

    /// Ends the request under way and returns it.
    mutating func finish() -> Entry? {
        defer { underWay = nil }
        return underWay
    }

    /// Ends the request under way when it is that of `call`.
    mutating func finish(_ call: CallID) -> Bool {
        guard underWay?.call == call else { return false }
        underWay = nil
        return true
    }

    /// Forgets who waits. The request under way keeps its place until it is answered, the others never go out.
    mutating func abandon(_ call: CallID) {
        if underWay?.call == call { underWay?.call = nil }
        waiting.removeAll { $0.call == call }
    }

    mutating func removeAll() { self = SerialQueue() }
}
