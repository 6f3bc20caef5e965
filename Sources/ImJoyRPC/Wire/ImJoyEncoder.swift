internal import ImJoyCore
internal import OrderedCollections

/// Writes values out in the ImJoy dialect (API version 0.2.3): functions become references, arrays and errors tagged
/// mappings.
///
/// Encoding may lend functions and objects to the peer. They are collected in ``exports`` and belong to nobody until
/// the caller commits them, so a value that cannot be encoded leaves no trace.
struct ImJoyEncoder {
    /// What the value being encoded lends to the peer.
    struct Exports {
        var callbacks: [(id: String, function: RPCFunction)] = []
        var objects: [(id: String, members: RPCObject)] = []
        var methods: [(function: ObjectIdentifier, reference: RPCObject)] = []
        var count: Int { callbacks.count + objects.count }
    }
    private(set) var exports = Exports()
    /// The objects that a function was written out for.
    private var called: Set<String> = []

    /// The name of the link, repeated in every reference.
    let peerID: String
    /// Functions that the peer already knows as part of an object.
    let knownMethods: [ObjectIdentifier: RPCObject]
    let limits: RPCLimits
    let codecs: [String: RPCCodec]
    let makeID: () -> String
    /// Whether the peer can reach a function of another connection under the name that it has there.
    let isRouted: (RemoteReference, any RemoteCaller) -> Bool

    init(
        peerID: String, knownMethods: [ObjectIdentifier: RPCObject], limits: RPCLimits,
        codecs: [String: RPCCodec] = [:], makeID: @escaping () -> String,
        isRouted: @escaping (RemoteReference, any RemoteCaller) -> Bool = { _, _ in false }
    ) {
        self.codecs = codecs
        self.isRouted = isRouted
        self.peerID = peerID
        self.knownMethods = knownMethods
        self.limits = limits
        self.makeID = makeID
    }

    /// The object that functions belong to, and the path to the current place inside it.
    private struct Place {
        var object: String
        var path: String
        /// True for an object of another plugin, which lends it itself.
        var isElsewhere = false

        func appending(_ name: String) -> Place {
            var place = self
            place.path = path.isEmpty ? name : "\(path).\(name)"
            return place
        }
    }

    /// A value as an argument or a result: functions in it become callbacks.
    mutating func encode(_ value: RPCValue) throws(RPCError) -> RPCValue {
        try encode(value, in: nil, depth: 0)
    }

    /// A value whose functions may be called any number of times.
    mutating func encodeInterface(_ value: RPCValue) throws(RPCError) -> RPCValue {
        switch value {
        case .object(let members): return try openInterface(members, depth: 0)
        case .array(let elements):
            // The members of a list are found by their index.
            let members = RPCObject(uniqueKeysWithValues: elements.enumerated().map { ("\($0.offset)", $0.element) })
            return try lend(members, as: makeID()) { (encoder, place) throws(RPCError) in
                try encoder.encode(value, in: place, depth: 0)
            }
        default: return try encode(value, in: nil, depth: 0)
        }
    }

    /// Lends an object, when there turns out to be a function in it that can be called.
    private mutating func lend(
        _ members: RPCObject, as id: String, isElsewhere: Bool = false,
        _ body: (inout ImJoyEncoder, Place) throws(RPCError) -> RPCValue
    ) throws(RPCError) -> RPCValue {
        let encoded = try body(&self, Place(object: id, path: "", isElsewhere: isElsewhere))
        if called.remove(id) != nil { exports.objects.append((id, members)) }
        return encoded
    }

    private mutating func encode(_ value: RPCValue, in place: Place?, depth: Int) throws(RPCError) -> RPCValue {
        guard depth <= limits.maxDepth else {
            throw RPCError(.limitExceeded, "the value is nested deeper than \(limits.maxDepth)")
        }
        switch value {
        case .null, .bool, .int, .uint, .double, .string, .bytes: return value
        case .array(let elements):
            var encoded: [RPCValue] = []
            encoded.reserveCapacity(elements.count)
            for (index, element) in elements.enumerated() {
                encoded.append(try encode(element, in: place?.appending("\(index)"), depth: depth + 1))
            }
            return .array(encoded)
        case .object(let members):
            if let place { return try encodeMembers(members, in: place, depth: depth) }
            if Self.asksForInterface(members) { return try openInterface(members, depth: depth) }
            return .object(try encodeEach(members, depth: depth))
        case .remote(let object): return try encode(object, depth: depth)
        case .ndarray(let array): return .object(WireArray.encode(array))
        case .error(let error):
            return [WireTag.type: "error", WireTag.value: .string(error.remoteTrace ?? error.message)]
        case .function(let function): return try encode(function, in: place)
        case .tagged(let type, var fields):
            var type = type
            if let written = try codecs[type]?.write(fields) {
                fields = written
                // A codec may say that its value is of another type.
                type = fields.removeValue(forKey: WireTag.type)?.stringValue ?? type
            }
            var encoded = RPCObject()
            if fields[WireTag.interface] == nil {
                encoded = try encodeEach(fields, depth: depth)
            } else if case .object(let members) = try openInterface(fields, depth: depth) {
                encoded = members
            }
            encoded[WireTag.type] = .string(type)
            return .object(encoded)
        }
    }

    private mutating func encodeEach(_ members: RPCObject, depth: Int) throws(RPCError) -> RPCObject {
        var encoded = RPCObject(minimumCapacity: members.count)
        for (name, member) in members { encoded[name] = try encode(member, in: nil, depth: depth + 1) }
        return encoded
    }

    /// `_rintf: true` asks for a fresh object, text names it. What has a type is written out already.
    private static func asksForInterface(_ members: RPCObject) -> Bool {
        guard members[WireTag.type] == nil else { return false }
        switch members[WireTag.interface] {
        case .bool(true), .string: return true
        default: return false
        }
    }

    private mutating func openInterface(_ members: RPCObject, depth: Int) throws(RPCError) -> RPCValue {
        let id = members[WireTag.interface]?.stringValue ?? makeID()
        return try lend(members, as: id) { (encoder, place) throws(RPCError) in
            try encoder.encodeMembers(members, in: place, depth: depth)
        }
    }

    /// An object of another plugin keeps its name, so that whoever gets it can let its owner forget it.
    private mutating func encode(_ object: RemoteObject, depth: Int) throws(RPCError) -> RPCValue {
        guard let id = object.objectID,
            object.members.values.contains(where: { $0.functionValue.map(isRouted) ?? false })
        else { return try openInterface(object.members, depth: depth) }
        return try lend(object.members, as: id, isElsewhere: true) { (encoder, place) throws(RPCError) in
            try encoder.encodeMembers(object.members, in: place, depth: depth)
        }
    }

    /// Whether the peer can call `function` under the name that it has at its owner.
    private func isRouted(_ function: RPCFunction) -> Bool {
        guard case .remote(let reference, let caller) = function.kind, reference.target != .text(peerID) else {
            return false
        }
        return isRouted(reference, caller)
    }

    private mutating func encodeMembers(_ members: RPCObject, in place: Place, depth: Int) throws(RPCError) -> RPCValue
    {
        var encoded = RPCObject(minimumCapacity: members.count + 1)
        var hasFunction = false
        for (name, member) in members {
            if name.hasPrefix("_"), name != "__enter__", name != "__exit__" { continue }
            if case .function = member { hasFunction = true }
            encoded[name] = try encode(member, in: place.appending(name), depth: depth + 1)
        }
        // Only a mapping that holds a function directly is marked; the peer tells objects from data by it.
        if hasFunction { encoded[WireTag.interface] = .string(place.object) }
        return .object(encoded)
    }

    private mutating func encode(_ function: RPCFunction, in place: Place?) throws(RPCError) -> RPCValue {
        if case .remote(let reference, _) = function.kind, isRouted(function),
            let fields = reference.encoded(name: function.name)
        {
            // Inside an object of ours the peer may want to be rid of the object as a whole.
            if let place, !place.isElsewhere { called.insert(place.object) }
            return .object(fields)
        }
        if let place {
            called.insert(place.object)
            let reference: RPCObject = [
                WireTag.type: "interface", WireTag.target: .string(peerID), WireTag.interface: .string(place.object),
                WireTag.value: .string(place.path),
            ]
            if case .local(let local) = function.kind { exports.methods.append((ObjectIdentifier(local), reference)) }
            return .object(reference)
        }
        if case .local(let local) = function.kind, let known = knownMethods[ObjectIdentifier(local)] {
            return .object(known)
        }
        // A function of the far side goes out as one of ours that passes the call on: a peer would look for its own
        // function in the wrong place if it got its reference back.
        let id = makeID()
        exports.callbacks.append((id, function))
        return [
            // A function without a name goes by its id.
            WireTag.type: "callback", WireTag.name: .string(function.name.isEmpty ? id : function.name),
            WireTag.target: .string(peerID), WireTag.value: .string(id),
        ]
    }
}

extension RemoteReference {
    /// The fields that stand for a function called `name`; nil for one that the ImJoy dialect has no words for.
    fileprivate func encoded(name: String) -> RPCObject? {
        let target = target?.value ?? .null
        return switch self {
        case .callback(let id, _):
            [
                WireTag.type: "callback", WireTag.name: .string(name), WireTag.target: target, WireTag.value: id.value,
            ]
        case .method(let object, let path, _):
            [
                WireTag.type: "interface", WireTag.target: target, WireTag.interface: .string(object),
                WireTag.value: .string(path),
            ]
        case .address: nil
        }
    }
}
