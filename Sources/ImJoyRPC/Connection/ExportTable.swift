internal import OrderedCollections

/// What we have lent to the far side: functions that answer once, and objects that stay until they are disposed of.
struct ExportTable {
    private var callbacks: [String: RPCFunction] = [:]
    private var objects: [String: RPCObject] = [:]
    /// References that the peer has for closures of ours, so that a closure sent again is the same function to it.
    private(set) var knownMethods: [ObjectIdentifier: RPCObject] = [:]

    var count: Int { callbacks.count + objects.count }

    mutating func commit(_ exports: ImJoyEncoder.Exports) {
        for (id, function) in exports.callbacks { callbacks[id] = function }
        for (id, members) in exports.objects {
            _ = dispose(id)
            objects[id] = members
        }
        for (function, reference) in exports.methods { knownMethods[function] = reference }
    }

    /// The function behind a callback, which is forgotten: it may be called once.
    mutating func takeCallback(_ id: String) -> RPCFunction? { callbacks.removeValue(forKey: id) }

    /// The function at a dotted path inside an object.
    func method(object id: String, path: String) throws(RPCError) -> RPCFunction {
        guard let members = objects[id] else {
            throw RPCError(.notFound, "there is no object \(id); it was disposed of or never lent")
        }
        // Most names are those of members.
        if case .function(let function)? = members[path], !path.utf8.contains(UInt8(ascii: ".")), !path.hasPrefix("_") {
            return function
        }
        var value = RPCValue.object(members)
        for name in path.split(separator: ".", omittingEmptySubsequences: false).map(String.init) {
            let next: RPCValue? =
                switch value {
                case .object(let members): members[name]
                case .remote(let object): object.members[name]
                case .array(let elements): Int(name).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
                default: nil
                }
            // Names with an underscore are private in this dialect and were never sent.
            guard let next, !name.hasPrefix("_") || name == "__enter__" || name == "__exit__" else {
                throw RPCError(.notFound, "there is no function \(path)")
            }
            value = next
        }
        guard case .function(let function) = value else {
            throw RPCError(.notFound, "\(path) is \(value.kindName), not a function")
        }
        return function
    }

    /// Forgets an object and returns it in a table of its own; nil when there is none of that name.
    mutating func dispose(_ id: String) -> ExportTable? {
        guard let members = objects.removeValue(forKey: id) else { return nil }
        // A reference that outlived its closure would be taken for that of the next closure at the same address.
        knownMethods = knownMethods.filter { $0.value[WireTag.interface]?.stringValue != id }
        var disposed = ExportTable()
        disposed.objects[id] = members
        return disposed
    }
}
