internal import ImJoyCore
internal import OrderedCollections

extension RPCValue: CustomStringConvertible {
    /// Short and safe to log: long texts are cut, payloads appear as their size, and a text cannot begin a line of its
    /// own.
    public var description: String {
        var text = ""
        describe(into: &text, depth: 0)
        return text
    }

    private func describe(into text: inout String, depth: Int) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += "\(value)"
        case .int(let value): text += "\(value)"
        case .uint(let value): text += "\(value)"
        case .double(let value): text += "\(value)"
        case .string(let value): text += (value.count <= 60 ? value : "\(value.prefix(57))…").debugDescription
        case .bytes(let value): text += "<\(value.count) bytes>"
        case .ndarray(let array): text += "<\(array.dtype) array \(array.shape)>"
        case .error(let error): text += "<error: \(Self.line(error.message))>"
        case .function(let function): text += "<function \(Self.line(function.name))>"
        case .array(let elements):
            list(elements.prefix(8).map { (nil, $0) }, more: elements.count - 8, "[", "]", &text, depth)
        case .object(let members): list(Self.pairs(members), more: members.count - 8, "{", "}", &text, depth)
        case .remote(let object):
            list(Self.pairs(object.members), more: object.members.count - 8, "<object {", "}>", &text, depth)
        case .tagged(let type, let members):
            list(Self.pairs(members), more: members.count - 8, "<\(Self.line(type)) {", "}>", &text, depth)
        }
    }

    /// The beginning of a name, without what would break the line.
    private static func line(_ name: String) -> String {
        let start = String(name.prefix(60))
        return start.unicodeScalars.contains { $0.value < 32 } ? start.debugDescription : start
    }

    private static func pairs(_ members: RPCObject) -> [(String?, RPCValue)] {
        members.prefix(8).map { ($0.key, $0.value) }
    }

    private func list(
        _ items: [(String?, RPCValue)], more: Int, _ open: String, _ close: String, _ text: inout String, _ depth: Int
    ) {
        guard depth < 4 else { return text += "\(open)…\(close)" }
        text += open
        for (index, (key, value)) in items.enumerated() {
            if index > 0 { text += ", " }
            if let key { text += "\(Self.line(key)): " }
            value.describe(into: &text, depth: depth + 1)
        }
        if more > 0 { text += ", … \(more) more" }
        text += close
    }
}
