internal import ImJoyCore
package import ImJoyRPC
internal import OrderedCollections

/// Reads JSON text for tests: whole numbers stay whole, members keep their order.
package struct TypedJSON {
    private var text: Substring.UTF8View

    /// Why a text is no JSON.
    package struct SyntaxError: Error { package var rest: String }

    package static func parse(_ text: some StringProtocol) throws -> RPCValue {
        var reader = TypedJSON(text: Substring(text).utf8)
        let value = try reader.value()
        reader.skipBlanks()
        guard reader.text.isEmpty else { throw reader.error }
        return value
    }

    private var error: SyntaxError { SyntaxError(rest: String(Substring(text.prefix(40)))) }

    private mutating func skipBlanks() { text = text.drop { $0 == 32 || $0 == 10 || $0 == 13 || $0 == 9 } }

    private mutating func take(_ word: String) -> Bool {
        skipBlanks()
        guard text.starts(with: word.utf8) else { return false }
        text = text.dropFirst(word.utf8.count)
        return true
    }

    private mutating func value() throws -> RPCValue {
        if take("null") { return .null }
        if take("true") { return true }
        if take("false") { return false }
        if take("[") { return .array(try list("]") { try $0.value() }) }
        if take("{") {
            let members = try list("}") { reader -> (String, RPCValue) in
                let name = try reader.string()
                guard reader.take(":") else { throw reader.error }
                return (name, try reader.value())
            }
            return .object(RPCObject(members, uniquingKeysWith: { $1 }))
        }
        if text.first == UInt8(ascii: "\"") { return .string(try string()) }
        let digits = text.prefix { ($0 >= 48 && $0 <= 57) || "+-.eE".utf8.contains($0) }
        text = text.dropFirst(digits.count)
        let number = String(Substring(digits))
        if let whole = Int64(number) { return .int(whole) }
        guard let fraction = Double(number) else { throw error }
        return .double(fraction)
    }

    private mutating func list<T>(_ end: String, _ element: (inout TypedJSON) throws -> T) throws -> [T] {
        var elements: [T] = []
        if take(end) { return elements }
        repeat { elements.append(try element(&self)) } while take(",")
        guard take(end) else { throw error }
        return elements
    }

    private mutating func string() throws -> String {
        guard take("\"") else { throw error }
        var units: [UInt16] = []
        var plain = Substring(text)
        while let character = plain.unicodeScalars.popFirst() {
            if character == "\"" {
                text = plain.utf8
                return String(decoding: units, as: UTF16.self)
            }
            guard character == "\\" else {
                units += Array(String(character).utf16)
                continue
            }
            guard let escape = plain.unicodeScalars.popFirst() else { break }
            switch escape {
            case "n": units.append(10)
            case "t": units.append(9)
            case "r": units.append(13)
            case "b": units.append(8)
            case "f": units.append(12)
            case "u":
                guard let unit = UInt16(plain.prefix(4), radix: 16) else { throw error }
                plain = plain.dropFirst(4)
                units.append(unit)
            default: units += Array(String(escape).utf16)
            }
        }
        throw error
    }
}

extension TypedJSON {
    /// A value as it crosses the wire, from its typed JSON; nil for forms that no wire carries.
    package static func wire(_ node: RPCValue) -> RPCValue? {
        switch node {
        case .array(let elements):
            let values = elements.map(wire)
            return values.contains { $0 == nil } ? nil : .array(values.compactMap(\.self))
        case .object(let members):
            if members.count == 1, let (form, content) = members.elements.first, form.hasPrefix("$") {
                return wire(form, content)
            }
            var object = RPCObject()
            for (name, member) in members {
                if !member["$undefined"].isNull { continue }
                guard let value = wire(member) else { return nil }
                object[name] = value
            }
            return .object(object)
        default: return node
        }
    }

    private static func wire(_ form: String, _ content: RPCValue) -> RPCValue? {
        switch form {
        case "$bytes", "$bytearray": return content.stringValue.flatMap { SharedBytes(hex: $0) }.map { .bytes($0) }
        case "$float": return content.stringValue.flatMap(Double.init).map { .double($0) }
        case "$int":
            guard let digits = content.stringValue else { return nil }
            return Int64(digits).map { .int($0) } ?? UInt64(digits).map { .uint($0) }
        case "$tuple": return wire(content)
        case "$undefined": return .null
        case "$dict":
            var object = RPCObject()
            for pair in content.arrayValue ?? [] {
                guard let value = wire(pair[1]) else { return nil }
                object[pair[0].stringValue ?? "\(pair[0])"] = value
            }
            return .object(object)
        case "$npscalar" where content["dtype"].stringValue == "float64":
            // A subclass of Python's float, which goes out as a number.
            return content["repr"].stringValue.flatMap(Double.init).map { .double($0) }
        default: return nil
        }
    }

    /// A value for the encoder, from the typed JSON of a peer's own value; nil for what only that peer has.
    package static func local(_ node: RPCValue) -> RPCValue? {
        switch node {
        case .array(let elements):
            let values = elements.map(local)
            return values.contains { $0 == nil } ? nil : .array(values.compactMap(\.self))
        case .object(let members):
            if members.count == 1, let (form, content) = members.elements.first, form.hasPrefix("$") {
                return local(form, content)
            }
            var object = RPCObject()
            for (name, member) in members {
                guard let value = local(member) else { return nil }
                object[name] = value
            }
            return .object(object)
        default: return node
        }
    }

    private static func local(_ form: String, _ content: RPCValue) -> RPCValue? {
        switch form {
        case "$function": return .function(RPCFunction(content.stringValue ?? "") { () in })
        case "$exception": return .error(RPCError(.remoteFailure, content["message"].stringValue ?? ""))
        case "$set": return local(content).map { .tagged(type: "set", ["_rvalue": $0]) }
        case "$ordereddict":
            var object = RPCObject()
            for pair in content.arrayValue ?? [] {
                guard let name = pair[0].stringValue, let value = local(pair[1]) else { return nil }
                object[name] = value
            }
            return .object(object)
        case "$ndarray": return array(content)
        case "$npscalar" where content["dtype"].stringValue != "float64":
            return array(["dtype": content["dtype"], "shape": [], "strides": [], "c_order_bytes": content["bytes"]])
        case "$tuple": return local(content)
        default: return wire(form, content)
        }
    }

    /// An array with the strides of the original, which may lie in any order with gaps.
    private static func array(_ content: RPCValue) -> RPCValue? {
        guard let name = content["dtype"].stringValue, let (dtype, order) = DType.parse(numPy: name), order == .native,
            let bytes = content["c_order_bytes"].stringValue.flatMap({ SharedBytes(hex: $0) }),
            let shape = content["shape"].arrayValue?.compactMap(\.intValue),
            let byteStrides = content["strides"].arrayValue?.compactMap(\.intValue)
        else { return nil }
        let size = dtype.byteCount
        let strides = byteStrides.map { $0 / size }
        guard !bytes.isEmpty else {
            return (try? AnyNDArray(sharing: bytes, dtype: dtype, shape: shape)).map { .ndarray($0) }
        }
        let extent = zip(shape, strides).reduce(1) { $0 + ($1.0 - 1) * $1.1 }
        var spread = [UInt8](repeating: 0xee, count: extent * size)
        for index in 0..<bytes.count / size {
            var rest = index
            var place = 0
            for (length, stride) in zip(shape, strides).reversed() {
                place += rest % length * stride
                rest /= length
            }
            for byte in 0..<size { spread[place * size + byte] = bytes[index * size + byte] }
        }
        let storage = SharedBytes(copying: spread)
        return (try? AnyNDArray(sharing: storage, dtype: dtype, shape: shape, strides: strides)).map { .ndarray($0) }
    }
}
