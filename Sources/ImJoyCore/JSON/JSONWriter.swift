extension ManifestValue {
    /// How JSON is laid out.
    public enum JSONStyle: Sendable {
        /// One line without spaces.
        case compact
        /// Two spaces of indentation, one entry a line.
        case pretty
    }

    /// The value as JSON text (RFC 8259) in UTF-8.
    ///
    /// Keys keep their order. Doubles are written with the fewest digits that read back as the same number;
    /// infinity and NaN, which JSON lacks, become `null`.
    public func json(_ style: JSONStyle = .compact) -> String {
        var writer = JSONWriter(style: style)
        writer.write(self, depth: 0)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension ManifestValue: CustomStringConvertible {
    /// The value as compact JSON.
    public var description: String { json() }
}

struct JSONWriter {
    let style: ManifestValue.JSONStyle
    private(set) var bytes: [UInt8] = []

    init(style: ManifestValue.JSONStyle) { self.style = style }

    mutating func write(_ value: ManifestValue, depth: Int) {
        switch value.kind {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .number(let value): append(Self.text(of: value))
        case .string(let value): write(value)
        case .list(let values):
            writeContainer("[", "]", values, depth) { writer, element in writer.write(element, depth: depth + 1) }
        case .object(let object):
            writeContainer("{", "}", object.entries, depth) { writer, entry in
                writer.write(entry.key)
                writer.append(writer.style == .pretty ? ": " : ":")
                writer.write(entry.value, depth: depth + 1)
            }
        }
    }

    private mutating func writeContainer<Element>(
        _ open: String, _ close: String, _ elements: [Element], _ depth: Int,
        _ body: (inout JSONWriter, Element) -> Void
    ) {
        append(open)
        var isFirst = true
        for element in elements {
            if !isFirst { append(",") }
            isFirst = false
            newline(depth + 1)
            body(&self, element)
        }
        if !isFirst { newline(depth) }
        append(close)
    }

    private mutating func newline(_ depth: Int) {
        guard style == .pretty else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// Writes a string with its quotes.
    mutating func write(_ string: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 0x08: append("\\b")
            case 0x09: append("\\t")
            case 0x0A: append("\\n")
            case 0x0C: append("\\f")
            case 0x0D: append("\\r")
            case 0..<0x20, 0x7F:
                let digits = String(byte, radix: 16)
                append("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func text(of number: ManifestNumber) -> String {
        switch number.value {
        case .integer(let value): String(value)
        case .unsigned(let value): String(value)
        case .floating(let value): value.isFinite ? value.description : "null"
        }
    }
}
