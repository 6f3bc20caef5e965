/// How values stand in the text of a pipeline.
enum PipelineText {
    static func text(of value: ManifestValue) -> String {
        switch value.kind {
        case .null: "none"
        case .bool(let flag): flag ? "true" : "false"
        case .number(let number): number.text
        case .string(let text): isBare(text) ? text : quoted(text)
        case .list(let values): "[\(values.map(Self.text).joined(separator: ", "))]"
        case .object: value.json()
        }
    }

    /// A word that reads back as the same text without quotes.
    static func isBare(_ text: String) -> Bool {
        guard let first = text.utf8.first, isWord(first) || first == UInt8(ascii: "@"), !isDigit(first) else {
            return false
        }
        guard !["true", "false", "none", "null"].contains(text.lowercased()) else { return false }
        // An image's name may have what words do not have.
        if first == UInt8(ascii: "@") { return text.utf8.count > 1 && text.utf8.dropFirst().allSatisfy(isPath) }
        return text.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    }

    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
    static func isPath(_ byte: UInt8) -> Bool {
        isWord(byte) || byte >= 0x80
            || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "~")].contains(byte)
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for character in text.unicodeScalars {
            switch character {
            case "\"", "\\": result += "\\\(character)"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            default: result.unicodeScalars.append(character)
            }
        }
        return result + "\""
    }
}
