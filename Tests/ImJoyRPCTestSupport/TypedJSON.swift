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
        // Python writes these though JSON has no such numbers.
        for (word, number) in [("NaN", Double.nan), ("Infinity", .infinity), ("-Infinity", -.infinity)] where take(word)
        {
            return .double(number)
        }
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
        if let large = UInt64(number) { return .uint(large) }
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
        case "$npscalar": return subclass(content)
        default: return nil
        }
    }

    /// NumPy scalars that are subclasses of Python's own types go out as those.
    private static func subclass(_ content: RPCValue) -> RPCValue? {
        let dtype = content["dtype"].stringValue ?? ""
        let bytes = content["bytes"].stringValue.flatMap { SharedBytes(hex: $0) }.map { [UInt8]($0) } ?? []
        if dtype == "float64" { return content["repr"].stringValue.flatMap(Double.init).map { .double($0) } }
        if dtype.contains("S") { return .bytes(SharedBytes(copying: bytes)) }
        guard dtype.contains("U") else { return nil }
        // Four bytes for each character, the lowest first, as the machine has them.
        var text = String.UnicodeScalarView()
        for start in stride(from: 0, to: bytes.count - 3, by: 4) {
            var code: UInt32 = 0
            for byte in bytes[start..<start + 4].reversed() { code = code << 8 | UInt32(byte) }
            guard let scalar = Unicode.Scalar(code) else { return nil }
            text.append(scalar)
        }
        return .string(String(text))
    }

    /// A form inside `node` that no wire of ours carries, and why; nil when there is none.
    package static func reasonNotCarried(_ node: RPCValue) -> String? {
        switch node {
        case .array(let elements): return elements.lazy.compactMap(reasonNotCarried).first
        case .object(let members):
            guard members.count == 1, let (form, content) = members.elements.first, form.hasPrefix("$") else {
                return members.values.lazy.compactMap(reasonNotCarried).first
            }
            switch form {
            case "$int":
                return wire(form, content) == nil ? "an integer beyond 64 bits, where MessagePack ends" : nil
            case "$jsdate", "$jsregexp", "$jsblob", "$jsfile":
                return "\(form.dropFirst(3)) crosses by the structured clone of a web page only"
            case "$bytes_length", "$str_length", "$shape", "$long": return "a summary of a value, not the value"
            default: return reasonNotCarried(content)
            }
        default: return nil
        }
    }

    /// Whose values the vectors hold; the same form can be sent in two ways.
    package enum Peer: Sendable { case python, javaScript }

    /// A value for the encoder, from the typed JSON of a peer's own value; nil for what only that peer has.
    package static func local(_ node: RPCValue, of peer: Peer) -> RPCValue? {
        func local(_ node: RPCValue) -> RPCValue? { Self.local(node, of: peer) }
        switch node {
        case .array(let elements):
            let values = elements.map(local)
            return values.contains { $0 == nil } ? nil : .array(values.compactMap(\.self))
        case .object(let members):
            if members.count == 1, let (form, content) = members.elements.first, form.hasPrefix("$") {
                return Self.local(form, content, of: peer)
            }
            var object = RPCObject()
            for (name, member) in members {
                guard let value = local(member) else { return nil }
                object[name] = value
            }
            // What has a type of its own is a tagged value here.
            guard let type = object["_rtype"]?.stringValue else { return .object(object) }
            object["_rtype"] = nil
            return .tagged(type: type, object)
        default: return node
        }
    }

    private static func local(_ form: String, _ content: RPCValue, of peer: Peer) -> RPCValue? {
        switch form {
        case "$function": return .function(RPCFunction(content.stringValue ?? "") { () in })
        case "$exception":
            let message = content["message"].stringValue ?? ""
            // JavaScript tells the class as well, which errors of ours do not have.
            let prefix = peer == .javaScript ? "\(content["type"].stringValue ?? "Error"): " : ""
            return .error(RPCError(.remoteFailure, prefix + message))
        case "$set": return local(content, of: peer).map { .tagged(type: "set", ["_rvalue": $0]) }
        case "$ordereddict":
            var object = RPCObject()
            for pair in content.arrayValue ?? [] {
                guard let name = pair[0].stringValue, let value = local(pair[1], of: peer) else { return nil }
                object[name] = value
            }
            return peer == .javaScript ? .orderedMap(object) : .object(object)
        case "$memoryview": return content.stringValue.flatMap { SharedBytes(hex: $0) }.map { .memoryView($0) }
        case "$ndarray": return array(content)
        case "$npscalar":
            return subclass(content)
                ?? array(["dtype": content["dtype"], "shape": [], "strides": [], "c_order_bytes": content["bytes"]])
        case "$typedarray": return typedArray(content)
        case "$tuple": return local(content, of: peer)
        // Python's mutable bytes are an object with methods to its encoder, ours are bytes.
        case "$bytearray": return nil
        default: return wire(form, content)
        }
    }

    /// A value as it went out, from what the other side read: its functions are functions of ours, its objects ours.
    package static func said(decoded node: RPCValue) -> RPCValue? {
        switch node {
        case .array(let elements):
            let values = elements.map(said)
            return values.contains { $0 == nil } ? nil : .array(values.compactMap(\.self))
        case .object(let members):
            if members.count == 1, let (form, content) = members.elements.first, form.hasPrefix("$") {
                return local(form, content, of: .python)
            }
            var object = RPCObject()
            for (name, member) in members {
                guard let value = said(decoded: member) else { return nil }
                object[name] = value
            }
            if object["_rintf"] != nil { object["_rintf"] = true }
            guard let type = object["_rtype"]?.stringValue else { return .object(object) }
            object["_rtype"] = nil
            return .tagged(type: type, object)
        default: return node
        }
    }

    /// A typed array of the whole buffer that a view is of, which is what goes out.
    private static func typedArray(_ content: RPCValue) -> RPCValue? {
        let name = content["type"].stringValue?.replacing("Array", with: "").lowercased() ?? ""
        guard let dtype = DType(rawValue: name), content["byteOffset"].intValue == 0,
            let bytes = content["bytes"].stringValue.flatMap({ SharedBytes(hex: $0) }),
            content["bufferByteLength"].intValue == bytes.count,
            let array = try? AnyNDArray(sharing: bytes, dtype: dtype, shape: [bytes.count / dtype.byteCount])
        else { return nil }
        return try? .typedArray(array)
    }

    /// An array with the strides of the original, which may lie in any order with gaps.
    private static func array(_ content: RPCValue) -> RPCValue? {
        guard let name = content["dtype"].stringValue,
            let bytes = content["c_order_bytes"].stringValue.flatMap({ SharedBytes(hex: $0) }),
            let lengths = content["shape"].arrayValue
        else { return nil }
        guard let (dtype, order) = DType.parse(numPy: name), order == .native else {
            // Element types and byte orders that our arrays do not have are passed on as they are named.
            return .tagged(
                type: "ndarray", ["_rvalue": .bytes(bytes), "_rshape": .array(lengths), "_rdtype": .string(name)])
        }
        let shape = lengths.compactMap(\.intValue)
        guard let byteStrides = content["strides"].arrayValue?.compactMap(\.intValue) else { return nil }
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
