public import ImJoyCore
public import OrderedCollections

/// A message in two parts, as the comms of Jupyter and Colab carry it: members that JSON can say, and the bytes beside
/// them.
///
/// Bytes inside a mapping are taken out of it with their key, so that key is the last one when the message is put
/// together again; bytes inside a list leave null. Buffer *i* belongs to path *i*, in the order of a walk through the
/// message.
public struct CommMessage: Sendable {
    /// The member that tells where the buffers belong.
    private static let pathsMember = "__buffer_paths__"

    /// The members; `__buffer_paths__` is one of them when there are buffers.
    public var content: RPCObject
    /// The bytes that were taken out, in order.
    public var buffers: [SharedBytes]

    /// What has come over a comm.
    public init(content: RPCObject, buffers: [SharedBytes]) {
        self.content = content
        self.buffers = buffers
    }

    /// Takes a message apart; its bytes are shared, not copied.
    public init(_ message: RPCMessage) {
        var splitter = Splitter()
        content = splitter.split(message.fields, at: [])
        buffers = splitter.buffers
        if !buffers.isEmpty { content[Self.pathsMember] = .array(splitter.paths.map { .array($0) }) }
    }

    private struct Splitter {
        var buffers: [SharedBytes] = []
        var paths: [[RPCValue]] = []

        mutating func split(_ members: RPCObject, at path: [RPCValue]) -> RPCObject {
            var rest = RPCObject(minimumCapacity: members.count)
            for (name, member) in members { rest[name] = split(member, at: path + [.string(name)]) }
            return rest
        }

        /// What is left of a value; nil when it is bytes, which are taken.
        private mutating func split(_ value: RPCValue, at path: [RPCValue]) -> RPCValue? {
            switch value {
            case .bytes(let bytes):
                buffers.append(bytes)
                paths.append(path)
                return nil
            case .object(let members): return .object(split(members, at: path))
            case .array(let elements):
                var rest: [RPCValue] = []
                for (index, element) in elements.enumerated() {
                    rest.append(split(element, at: path + [.int(Int64(index))]) ?? .null)
                }
                return .array(rest)
            default: return value
            }
        }
    }

    /// Puts the message together; throws `protocolViolation` when the buffers do not belong to it, and `limitExceeded`
    /// for a path deeper than the limit.
    public func message(limits: RPCLimits = .default) throws(RPCError) -> RPCMessage {
        var fields = content
        let paths = fields.removeValue(forKey: Self.pathsMember)?.arrayValue ?? []
        guard paths.count == buffers.count else {
            throw RPCError(.protocolViolation, "\(buffers.count) buffers came with \(paths.count) paths for them")
        }
        for (path, buffer) in zip(paths, buffers) {
            guard let steps = path.arrayValue, !steps.isEmpty else {
                throw RPCError(.protocolViolation, "the path of a buffer is \(path), not a list of keys and indices")
            }
            guard steps.count <= limits.maxDepth else {
                throw RPCError(
                    .limitExceeded, "the path of a buffer has \(steps.count) steps; \(limits.maxDepth) are allowed")
            }
            try Self.insert(.bytes(buffer), at: steps[...], into: &fields)
        }
        return RPCMessage(fields)
    }

    private static func insert(_ buffer: RPCValue, at path: ArraySlice<RPCValue>, into members: inout RPCObject)
        throws(RPCError)
    {
        guard case .string(let name)? = path.first else { throw nowhere }
        var member = members[name]
        // Taken out while it changes, so that it is not copied.
        if member != nil { members[name] = .null }
        try insert(buffer, at: path.dropFirst(), into: &member)
        members[name] = member
    }

    private static func insert(_ buffer: RPCValue, at path: ArraySlice<RPCValue>, into place: inout RPCValue?)
        throws(RPCError)
    {
        switch place {
        case nil, .null:
            guard path.isEmpty else { throw nowhere }
            place = buffer
        case .object(var members):
            place = nil
            try insert(buffer, at: path, into: &members)
            place = .object(members)
        case .array(var elements):
            guard case .int(let number)? = path.first, let index = Int(exactly: number),
                elements.indices.contains(index)
            else { throw nowhere }
            place = nil
            var element: RPCValue? = elements[index]
            elements[index] = .null
            try insert(buffer, at: path.dropFirst(), into: &element)
            elements[index] = element ?? .null
            place = .array(elements)
        default: throw nowhere
        }
    }

    private static let nowhere = RPCError(.protocolViolation, "the path of a buffer leads nowhere in its message")
}
