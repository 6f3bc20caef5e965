internal import DequeModule

/// Requests that must be answered one after another because their answers have no id.
struct SerialQueue {
    struct Entry {
        /// Who asked; nil for a question of the connection itself.
        var call: CallID?
        var message: RPCMessage
        /// True when nobody waits for the answer any more.
        var isAbandoned = false

        var isProbe: Bool { call == nil }
        /// Who waits for the answer.
        var waiter: CallID? { isAbandoned ? nil : call }
    }
    private var waiting: Deque<Entry> = []
    private var underWay: Entry?

    var calls: [CallID] { [underWay?.waiter].compactMap(\.self) + waiting.compactMap(\.call) }
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

    /// Ends the request under way when it is that of `call`, whether somebody still waits or not.
    mutating func finish(_ call: CallID) -> Entry? {
        underWay?.call == call ? finish() : nil
    }

    /// Forgets who waits. The request under way keeps its place until it is answered, the others never go out.
    mutating func abandon(_ call: CallID) {
        if underWay?.call == call { underWay?.isAbandoned = true }
        waiting.removeAll { $0.call == call }
    }

    mutating func removeAll() { self = SerialQueue() }
}
