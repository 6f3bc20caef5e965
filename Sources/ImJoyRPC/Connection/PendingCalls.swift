/// Names one wait of ours for something the far side has to send.
package struct CallID: Hashable, Sendable {
    let number: UInt64
}

/// Who waits for which answer. The far side answers by calling one of two callbacks; using one forgets both.
struct PendingCalls {
    struct Entry {
        var call: CallID
        var resolve: String
        var reject: String
        var name: String
    }
    private var byCallback: [String: CallID] = [:]
    private var entries: [CallID: Entry] = [:]

    var count: Int { entries.count }
    var all: [CallID] { entries.keys.sorted { $0.number < $1.number } }

    mutating func insert(_ entry: Entry) {
        entries[entry.call] = entry
        byCallback[entry.resolve] = entry.call
        byCallback[entry.reject] = entry.call
    }

    /// Takes the wait that `callback` answers, and whether it tells success.
    mutating func take(callback: String) -> (entry: Entry, isSuccess: Bool)? {
        guard let call = byCallback[callback], let entry = remove(call) else { return nil }
        return (entry, entry.resolve == callback)
    }

    @discardableResult
    mutating func remove(_ call: CallID) -> Entry? {
        guard let entry = entries.removeValue(forKey: call) else { return nil }
        byCallback[entry.resolve] = nil
        byCallback[entry.reject] = nil
        return entry
    }
}
