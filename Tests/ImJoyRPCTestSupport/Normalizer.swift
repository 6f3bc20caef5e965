internal import ImJoyCore
package import ImJoyRPC
internal import OrderedCollections

/// Writes values as text that is equal exactly when the values are equal but for random names and member order.
package struct Normalizer {
    /// Members that hold names which each peer chooses for itself.
    private static let nameMembers: Set<String> = ["_rintf", "_rtarget_id", "target_id", "peer_id", "object_id", "id"]
    private var names: [String: String] = [:]

    package init() {}

    /// A value as it crosses the wire.
    package mutating func text(wire value: RPCValue) -> String {
        switch value {
        case .object(let members):
            let isCallback = members["_rtype"]?.stringValue == "callback"
            let parts = members.keys.sorted().map { name -> String in
                let member = members[name] ?? .null
                let isName =
                    Self.nameMembers.contains(name)
                    || isCallback
                        && (name == "_rvalue" || name == "_rname" && "\(member)" == "\(members["_rvalue"] ?? 0)")
                let text = isName && !member.isNull ? rename(member) : text(wire: member)
                return "\(name): \(text)"
            }
            return "{\(parts.joined(separator: ", "))}"
        case .array(let elements): return "[\(elements.map { text(wire: $0) }.joined(separator: ", "))]"
        case .bytes(let bytes): return "bytes(\(bytes.hex))"
        case .string(let text): return "\"\(text)\""
        case .double(let number): return "float(\(number))"
        default: return "\(value)"
        }
    }

    private mutating func rename(_ name: RPCValue) -> String {
        let key = "\(name)"
        if let known = names[key] { return known }
        names[key] = "name-\(names.count + 1)"
        return names[key] ?? ""
    }
}

extension Normalizer {
    /// A decoded value of ours.
    package static func text(decoded value: RPCValue) -> String {
        switch value {
        case .function: return "function"
        case .error(let error): return "error(\(error.remoteTrace ?? error.message))"
        case .ndarray(let array): return "ndarray(\(array.dtype), \(array.shape), \(array.bytes.hex))"
        case .bytes(let bytes): return "bytes(\(bytes.hex))"
        case .array(let elements): return "[\(elements.map { text(decoded: $0) }.joined(separator: ", "))]"
        case .object(let members): return object(members)
        case .remote(let object): return "remote" + self.object(object.members)
        case .tagged("set", let fields): return set(fields["_rvalue"]?.arrayValue?.map { text(decoded: $0) } ?? [])
        case .tagged("orderedmap", let fields): return "ordered" + text(decoded: fields["_rvalue"] ?? .null)
        case .tagged(let type, var fields):
            fields["_rtype"] = .string(type)
            return object(fields)
        case .double(let number): return "float(\(number))"
        case .string(let text): return "\"\(text)\""
        default: return "\(value)"
        }
    }

    private static func object(_ members: RPCObject) -> String {
        let parts = members.keys.sorted().map { "\($0): \(text(decoded: members[$0] ?? .null))" }
        return "{\(parts.joined(separator: ", "))}"
    }

    /// The members of a set: which they are, not in which order or how often they came.
    private static func set(_ elements: [String]) -> String {
        "set[\(Set(elements).sorted().joined(separator: ", "))]"
    }

    /// What a peer decoded, as the vectors write it; `wire` is what it decoded it from.
    ///
    /// Values that have no Swift type of their own (streams, objects of a codec, arrays of text or dates) stay here as
    /// they came.
    package static func text(expected node: RPCValue, from wire: RPCValue) -> String {
        switch node {
        case .array(let elements):
            return "[\(elements.enumerated().map { text(expected: $1, from: wire[$0]) }.joined(separator: ", "))]"
        case .object(var members):
            if members.count == 1, let (form, content) = members.elements.first, form.hasPrefix("$") {
                return text(form, content, from: wire)
            }
            // An object of the far side: the id is not among the members of ours, but stays when there is a type.
            let isRemote = members["_rtype"] == nil && members["_rintf"] != nil
            if isRemote { members["_rintf"] = nil }
            let parts = members.keys.sorted().map { "\($0): \(text(expected: members[$0] ?? .null, from: wire[$0]))" }
            return (isRemote ? "remote" : "") + "{\(parts.joined(separator: ", "))}"
        default: return text(decoded: node)
        }
    }

    private static func text(_ form: String, _ content: RPCValue, from wire: RPCValue) -> String {
        switch form {
        case "$function": return "function"
        case "$exception":
            // An error without a text gets a sentence that says so.
            let message = content["message"].stringValue ?? ""
            return "error(\(message.isEmpty ? "the far side failed without saying why" : message))"
        case "$memoryview": return "bytes(\(content.stringValue ?? ""))"
        case "$set":
            return set((content.arrayValue ?? []).map { text(expected: $0, from: .null) })
        case "$ordereddict":
            // From a mapping it is one of ours, from an ordered map the list of pairs.
            guard wire["_rtype"].isNull else { return "ordered" + text(expected: content, from: wire["_rvalue"]) }
            let members = RPCObject((content.arrayValue ?? []).map { ($0[0].stringValue ?? "", $0[1]) }) { $1 }
            return text(expected: .object(members), from: wire)
        case "$ndarray": return array(content) ?? text(decoded: wire)
        case "$typedarray":
            let dtype = content["type"].stringValue?.replacing("Array", with: "").lowercased() ?? ""
            let hex = content["bytes"].stringValue ?? ""
            guard let type = DType(rawValue: dtype) else { return text(decoded: wire) }
            return "ndarray(\(dtype), \([hex.count / 2 / type.byteCount]), \(hex))"
        case "$iostream", "$instance", "$jsblob": return text(decoded: wire)
        default:
            let node: RPCValue = .object([form: content])
            return TypedJSON.wire(node).map { text(decoded: $0) } ?? "\(node)"
        }
    }

    /// An array of ours has the byte order of the machine, whatever that of the peer's was; nil when we have no array
    /// of that type.
    private static func array(_ content: RPCValue) -> String? {
        guard let (dtype, order) = DType.parse(numPy: content["dtype"].stringValue ?? "") else { return nil }
        let shape = content["shape"].arrayValue?.compactMap(\.intValue) ?? []
        var hex = content["c_order_bytes"].stringValue ?? ""
        if order != .native, let bytes = SharedBytes(hex: hex) {
            let unit = dtype.swapUnit
            let swapped = stride(from: 0, to: bytes.count, by: unit).flatMap { start in
                [UInt8](bytes)[start..<start + unit].reversed()
            }
            hex = SharedBytes(copying: swapped).hex
        }
        return "ndarray(\(dtype), \(shape), \(hex))"
    }
}
