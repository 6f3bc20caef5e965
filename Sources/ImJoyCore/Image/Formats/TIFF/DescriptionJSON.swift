/// The little JSON that image descriptions hold; anything odd makes the whole text "no JSON".
enum DescriptionJSON {
    case null
    case truth(Bool)
    case number(Double)
    case text(String)
    case list([DescriptionJSON])
    case object([String: DescriptionJSON])

    static func parse(_ text: String) -> DescriptionJSON? {
        var parser = Parser(bytes: Array(text.utf8))
        guard let value = parser.value(depth: 0) else { return nil }
        parser.skipSpace()
        // Some writers pad the description with spaces or NULs.
        return parser.isAtEnd ? value : nil
    }

    /// `text` as a JSON string of ASCII characters only.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for unit in text.utf16 {
            switch unit {
            case 0x22, 0x5c: result += "\\" + String(Unicode.Scalar(UInt8(unit)))
            case 0x20...0x7e: result += String(Unicode.Scalar(UInt8(unit)))
            default:
                let digits = String(unit, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return result + "\""
    }

    private struct Parser {
        let bytes: [UInt8]
        var position = 0
        static let deepest = 16

        var isAtEnd: Bool { position >= bytes.count || bytes[position] == 0 }
        private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

        mutating func skipSpace() {
            while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d { position += 1 }
        }

        private mutating func take(_ byte: UInt8) -> Bool {
            skipSpace()
            guard next == byte else { return false }
            position += 1
            return true
        }

        private mutating func take(word: StaticString) -> Bool {
            word.withUTF8Buffer { wanted in
                guard bytes[position...].starts(with: wanted) else { return false }
                position += wanted.count
                return true
            }
        }

        mutating func value(depth: Int) -> DescriptionJSON? {
            skipSpace()
            guard depth < Self.deepest, let byte = next else { return nil }
            switch byte {
            case UInt8(ascii: "{"): return object(depth)
            case UInt8(ascii: "["): return list(depth)
            case UInt8(ascii: "\""): return string().map { .text($0) }
            case UInt8(ascii: "t"): return take(word: "true") ? .truth(true) : nil
            case UInt8(ascii: "f"): return take(word: "false") ? .truth(false) : nil
            case UInt8(ascii: "n"): return take(word: "null") ? .null : nil
            default: return number()
            }
        }

        private mutating func object(_ depth: Int) -> DescriptionJSON? {
            position += 1
            var fields: [String: DescriptionJSON] = [:]
            if take(UInt8(ascii: "}")) { return .object(fields) }
            repeat {
                skipSpace()
                guard next == UInt8(ascii: "\""), let key = string(), take(UInt8(ascii: ":")),
                    let value = value(depth: depth + 1)
                else { return nil }
                fields[key] = value
            } while take(UInt8(ascii: ","))
            return take(UInt8(ascii: "}")) ? .object(fields) : nil
        }

        private mutating func list(_ depth: Int) -> DescriptionJSON? {
            position += 1
            var items: [DescriptionJSON] = []
            if take(UInt8(ascii: "]")) { return .list(items) }
            repeat {
                guard let item = value(depth: depth + 1) else { return nil }
                items.append(item)
            } while take(UInt8(ascii: ","))
            return take(UInt8(ascii: "]")) ? .list(items) : nil
        }

        private mutating func number() -> DescriptionJSON? {
            let start = position
            while let byte = next, (0x30...0x39).contains(byte) || [0x2b, 0x2d, 0x2e, 0x45, 0x65].contains(byte) {
                position += 1
            }
            return Double(String(decoding: bytes[start..<position], as: UTF8.self)).map { .number($0) }
        }

        private mutating func string() -> String? {
            position += 1
            var units: [UInt16] = []
            var plain = position
            func flush(to end: Int) { units += String(decoding: bytes[plain..<end], as: UTF8.self).utf16 }
            while let byte = next {
                if byte == UInt8(ascii: "\"") {
                    flush(to: position)
                    position += 1
                    return String(decoding: units, as: UTF16.self)
                }
                guard byte == UInt8(ascii: "\\") else { position += 1; continue }
                flush(to: position)
                guard let unit = escape() else { return nil }
                units.append(unit)
                plain = position
            }
            return nil
        }

        private mutating func escape() -> UInt16? {
            guard position + 1 < bytes.count else { return nil }
            let letter = bytes[position + 1]
            position += 2
            switch letter {
            case UInt8(ascii: "n"): return 0x0a
            case UInt8(ascii: "t"): return 0x09
            case UInt8(ascii: "r"): return 0x0d
            case UInt8(ascii: "b"): return 0x08
            case UInt8(ascii: "f"): return 0x0c
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return UInt16(letter)
            case UInt8(ascii: "u"):
                guard position + 4 <= bytes.count else { return nil }
                defer { position += 4 }
                return UInt16(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
            default: return nil
            }
        }
    }
}
