/// Decides what a plain YAML scalar is, by the core schema of YAML 1.2 as js-yaml reads it.
///
/// `yes`, `no`, `on`, `off` and dates are text. Integers may be written `0x1F`, `0o17`, `0b101` or `1_000`.
enum YAMLScalar {
    static func resolve(_ text: String) -> ManifestValue.Kind {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        case ".nan", ".NaN", ".NAN": return .number(ManifestNumber(.floating(.nan), text: text))
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF":
            return .number(ManifestNumber(.floating(.infinity), text: text))
        case "-.inf", "-.Inf", "-.INF": return .number(ManifestNumber(.floating(-.infinity), text: text))
        default: return number(text).map { .number($0) } ?? .string(text)
        }
    }

    static func number(_ text: String) -> ManifestNumber? {
        guard let first = text.utf8.first, text.utf8.count <= 400 else { return nil }
        guard first.isDigit || [UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: ".")].contains(first) else {
            return nil
        }
        guard text.utf8.last != UInt8(ascii: "_") else { return nil }
        var sign = ""
        var body = text[...]
        if first == UInt8(ascii: "-") { sign = "-" }
        if !first.isDigit, first != UInt8(ascii: ".") { body = body.dropFirst() }
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where body.hasPrefix(prefix) {
            let digits = body.dropFirst(2).filter { $0 != "_" }
            guard let magnitude = UInt64(digits, radix: radix) else { return nil }
            return JSONReader.number(sign + String(magnitude), isInteger: true, text: text)
        }
        guard let start = body.utf8.first, start.isDigit || (start == UInt8(ascii: ".") && first == start) else {
            return nil
        }
        return decimal(sign: sign, body.filter { $0 != "_" }, text: text)
    }

    private static func decimal(sign: String, _ body: String, text: String) -> ManifestNumber? {
        let bytes = Array(body.utf8)
        var index = 0
        func digits() -> Int {
            let start = index
            while index < bytes.count, bytes[index].isDigit { index += 1 }
            return index - start
        }
        let whole = digits()
        var isInteger = true
        var fraction = 0
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            isInteger = false
            index += 1
            fraction = digits()
        }
        guard whole + fraction > 0 else { return nil }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
                index += 1
            }
            guard digits() > 0 else { return nil }
        }
        guard index == bytes.count else { return nil }
        if isInteger { return JSONReader.number(sign + body, isInteger: true, text: text) }
        return JSONReader.relaxedNumber(sign + body).map { ManifestNumber($0.value, text: text) }
    }
}
