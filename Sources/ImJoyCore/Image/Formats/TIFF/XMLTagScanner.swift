/// A start or end tag.
struct XMLTag {
    /// The name without its namespace prefix.
    var name: String
    var attributes: [String: String]
    var isEnd: Bool
}

/// Walks through the tags of an XML text, forgiving what does not matter for reading attributes.
///
/// One pass, no recursion, no entities beyond the five named ones and character numbers, so that a hostile text costs
/// no more than its length.
struct XMLTagScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    /// The next tag; nil at the end or when a tag is not closed.
    mutating func next() -> XMLTag? {
        while let open = bytes[position...].firstIndex(of: UInt8(ascii: "<")) {
            position = open + 1
            if skip("!--", to: "-->") || skip("![CDATA[", to: "]]>") || skip("?", to: "?>") || skip("!", to: ">") {
                continue
            }
            return tag()
        }
        return nil
    }

    /// The text from here to the next tag.
    func text() -> String {
        let end = bytes[position...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.endIndex
        return Self.unescaped(bytes[position..<end])
    }

    private mutating func skip(_ start: StaticString, to end: StaticString) -> Bool {
        guard bytes[position...].starts(with: start.utf8) else { return false }
        let wanted = end.utf8
        position += start.utf8.count
        while position < bytes.count, !bytes[position...].starts(with: wanted) { position += 1 }
        position = min(position + wanted.count, bytes.count)
        return true
    }

    private mutating func tag() -> XMLTag? {
        let isEnd = position < bytes.count && bytes[position] == UInt8(ascii: "/")
        if isEnd { position += 1 }
        var tag = XMLTag(name: word(), attributes: [:], isEnd: isEnd)
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: ">"):
                position += 1
                return tag
            case UInt8(ascii: "<"):
                // The tag was never closed; the next one starts here.
                return tag
            case UInt8(ascii: "/"), UInt8(ascii: "="), UInt8(ascii: "\""), UInt8(ascii: "'"), 0...0x20:
                position += 1
            default:
                let name = word()
                if let value = attributeValue() { tag.attributes[name] = value }
            }
        }
        return nil
    }

    /// A name up to a space, `=`, `/`, `>` or quote; what stands before a colon is dropped.
    private mutating func word() -> String {
        let start = position
        while position < bytes.count, bytes[position] > 0x20, !"=/>\"'<".utf8.contains(bytes[position]) {
            position += 1
        }
        let name = bytes[start..<position]
        let local = name.lastIndex(of: UInt8(ascii: ":")).map { name[($0 + 1)...] } ?? name
        return String(decoding: local, as: UTF8.self)
    }

    private mutating func skipSpace() {
        while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
    }

    private mutating func attributeValue() -> String? {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "=") else { return nil }
        position += 1
        skipSpace()
        guard position < bytes.count, bytes[position] == 0x22 || bytes[position] == 0x27 else { return nil }
        let quote = bytes[position]
        let end = bytes[(position + 1)...].firstIndex(of: quote) ?? bytes.endIndex
        defer { position = min(end + 1, bytes.count) }
        return Self.unescaped(bytes[(position + 1)..<end])
    }

    private static func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.contains(UInt8(ascii: "&")) else { return String(decoding: bytes, as: UTF8.self) }
        var result: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "&"), let end = rest.prefix(12).firstIndex(of: UInt8(ascii: ";")),
                let character = entity(String(decoding: rest[rest.startIndex..<end], as: UTF8.self))
            else {
                result.append(byte)
                continue
            }
            result += String(character).utf8
            rest = rest[(end + 1)...]
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func entity(_ name: String) -> Unicode.Scalar? {
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard name.first == "#" else { return nil }
            let digits = name.dropFirst()
            let isHex = digits.first == "x" || digits.first == "X"
            return UInt32(isHex ? digits.dropFirst() : digits, radix: isHex ? 16 : 10).flatMap(Unicode.Scalar.init)
        }
    }
}

extension StaticString {
    fileprivate var utf8: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount) }
}
