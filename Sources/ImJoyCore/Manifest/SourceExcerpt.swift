/// Draws a source line with a caret line under the marked part.
enum SourceExcerpt {
    /// The most display columns of a line that are shown.
    static let maximumWidth = 100
    private static let contextBefore = 60

    static func render(_ source: SourceText, line: Int, column: Int, length: Int) -> String {
        let lineRange = source.lineRange(line)
        // Only the part near the column is decoded: a minified line can be megabytes long.
        let mark = source.offset(line: line, column: column)
        // In a run of bytes that are no UTF-8 no sequence starts.
        let from = min(mark, boundary(source, max(lineRange.lowerBound, mark - 4 * maximumWidth), lineRange))
        let to = boundary(source, min(lineRange.upperBound, mark + 4 * maximumWidth), lineRange)
        let before = Array(source.text(in: from..<mark).unicodeScalars)
        let after = Array(source.text(in: mark..<max(mark, to)).unicodeScalars)

        var head = before[...]
        var clippedHead = from > lineRange.lowerBound
        let tailWidth = after.reduce(0) { $0 + DisplayWidth.of($1) }
        let room = max(contextBefore, maximumWidth - tailWidth)
        var width = before.reduce(0) { $0 + DisplayWidth.of($1) }
        while width > room, let first = head.popFirst() {
            width -= DisplayWidth.of(first)
            clippedHead = true
        }
        var tail: [Unicode.Scalar] = []
        var total = width
        var clippedTail = to < lineRange.upperBound
        for scalar in after {
            total += DisplayWidth.of(scalar)
            if total > maximumWidth {
                clippedTail = true
                break
            }
            tail.append(scalar)
        }

        let lead = clippedHead ? "…" : ""
        let text = lead + printable(head) + printable(tail) + (clippedTail ? "…" : "")
        var caret = clippedHead ? " " : ""
        for scalar in head {
            caret += scalar == "\t" ? "\t" : String(repeating: " ", count: DisplayWidth.of(scalar))
        }
        let marked = tail.prefix(length).reduce(0) { $0 + max(1, DisplayWidth.of($1)) }
        caret += "^" + String(repeating: "~", count: max(0, marked - 1))
        return text + "\n" + caret
    }

    /// Moves `offset` forward to the start of a UTF-8 sequence.
    private static func boundary(_ source: SourceText, _ offset: Int, _ range: Range<Int>) -> Int {
        var offset = offset
        while offset < range.upperBound, source.bytes[offset] & 0xC0 == 0x80 { offset += 1 }
        return offset
    }

    /// Control characters would confuse a terminal, so they are shown as U+FFFD.
    private static func printable(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var text = ""
        for scalar in scalars {
            let isControl = (scalar.value < 0x20 && scalar != "\t") || (0x7F...0x9F).contains(scalar.value)
            text.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
        }
        return text
    }
}

/// How many terminal cells a scalar takes.
enum DisplayWidth {
    static func of(_ scalar: Unicode.Scalar) -> Int {
        let value = scalar.value
        if value < 0x300 { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
            0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
