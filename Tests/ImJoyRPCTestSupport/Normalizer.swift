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
                let isName = Self.nameMembers.contains(name) || isCallback && name == "_rvalue"
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
        case .tagged("set", let fields): return "set" + text(decoded: fields["_rvalue"] ?? .null)
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

    /// What a peer decoded, as the vectors write it.
    package static func text(expected node: RPCValue) -> String {
        switch node {
        case .array(let elements): return "[\(elements.map { text(expected: $0) }.joined(separator: ", "))]"
        case .object(var members):
            if members.count == 1, let (form, content) = members.elements.first, form.hasPrefix("$") {
                return text(form, content)
            }
            // An object of the far side: the id is not among the members of ours, but stays when there is a type.
            let isRemote = members["_rtype"] == nil && members["_rintf"] != nil
            if isRemote { members["_rintf"] = nil }
            let parts = members.keys.sorted().map { "\($0): \(text(expected: members[$0] ?? .null))" }
            return (isRemote ? "remote" : "") + "{\(parts.joined(separator: ", "))}"
        default: return text(decoded: node)
        }
    }

    private static func text(_ form: String, _ content: RPCValue) -> String {
        switch form {
        case "$function": return "function"
        case "$exception": return "error(\(content["message"].stringValue ?? ""))"
        case "$memoryview": return "bytes(\(content.stringValue ?? ""))"
        case "$set": return "set" + text(expected: content)
        case "$ordereddict": return "ordered" + text(expected: content)
        case "$ndarray":
            let shape = content["shape"].arrayValue?.compactMap(\.intValue) ?? []
            return
                "ndarray(\(content["dtype"].stringValue ?? ""), \(shape), \(content["c_order_bytes"].stringValue ?? ""))"
        case "$typedarray":
            let dtype = content["type"].stringValue?.replacing("Array", with: "").lowercased() ?? ""
            let hex = content["bytes"].stringValue ?? ""
            let count = hex.count / 2 / (DType(rawValue: dtype)?.byteCount ?? 1)
            return "ndarray(\(dtype), \([count]), \(hex))"
        default:
            let node: RPCValue = .object([form: content])
            return TypedJSON.wire(node).map { text(decoded: $0) } ?? "\(node)"
        }
    }
}
