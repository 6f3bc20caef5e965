extension JSONReader {
    /// Whether a scanned string was closed, and what it said.
    private struct ScannedString {
        var value: String
        var start: Int
        /// After the closing quote, or at the end of the line.
        var end: Int
        var isClosed: Bool
    }

    // MARK: Keys

    /// Reads a key; returns nil after reporting and skipping something that is none.
    mutating func readKey() -> JSONKey? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): return readQuotedKey()
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
            UInt8(ascii: "$"), UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...0xFF:
            return readBareKey()
        case UInt8(ascii: ":"):
            report(
                .error, "json.missing-key", position..<position + 1, "there is no name before this colon",
                hint: "write a name in double quotes before it")
            position += 1
            skipToSeparator()
            return nil
        default:
            report(
                .error, "json.unexpected-character", position..<position + scalarLength(position),
                "expected a name in double quotes, found `\(scalarText(position))`",
                hint: byte == UInt8(ascii: "{")
                    ? "give the object a name: `\"name\": { … }`" : "write `\"name\": value`")
            position += scalarLength(position)
            skipToSeparator()
            return nil
        }
    }

    private mutating func readQuotedKey() -> JSONKey? {
        let start = position
        let known = problems.count
        let scan = scanString()
        var next = position
        while next < end, bytes[next] == 0x20 || bytes[next] == 0x09 { next += 1 }
        // `"name: "Foo"` or `"name: 12`: the closing quote of the key is missing.
        if !scan.isClosed || (next < end && bytes[next] != UInt8(ascii: ":") && bytes[next] != 0x0A),
            let colon = bytes[start..<min(scan.end, end)].firstIndex(of: UInt8(ascii: ":")),
            !bytes.matches("://", at: colon)
        {
            let name = start + 1..<colon
            if problems.count == known {
                report(
                    .error, "json.unclosed-key", start..<colon, "the name `\(shortText(name))` has no closing quote",
                    hint: "add `\"` before the colon")
            }
            position = colon
            return JSONKey(text: text(name), range: start..<colon, textRange: name)
        }
        checkQuotes(scan)
        if !scan.isClosed { reportUnclosedString(scan) }
        return JSONKey(
            text: scan.value, range: start..<position, textRange: start + 1..<max(start + 1, position - 1))
    }

    private mutating func readBareKey() -> JSONKey? {
        let start = position
        while !atEnd, isBareKeyByte(byte) { position += scalarLength(position) }
        if position == start { position += scalarLength(position) }
        extendUnopenedKey()
        let range = start..<position
        let name = shortText(range)
        if !atEnd, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
            position += 1
            report(
                .error, "json.unopened-key", range, "the name `\(name)` has no opening quote",
                hint: "write `\"\(name)\"`")
        } else if bytes[start].isDigit {
            report(.error, "json.unquoted-key", range, "names must be in double quotes", hint: "write `\"\(name)\"`")
        } else if let smart = smartQuoted(range) {
            report(
                .error, "json.smart-quote", range, "these are typographic quotes",
                hint: "write `\"\(smart)\"` with straight quotes")
            return JSONKey(text: smart, range: range, textRange: range)
        } else {
            reportUnlessRelaxed(
                "json.unquoted-key", range, "names must be in double quotes", hint: "write `\"\(name)\"`")
        }
        return JSONKey(text: text(range), range: range, textRange: range)
    }

    /// Moves on to the closing quote of a key of several words whose opening quote is missing.
    private mutating func extendUnopenedKey() {
        var offset = position
        let limit = min(end, position + 100)
        while offset < limit, ![0x0A, UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: "\"")].contains(bytes[offset])
        {
            offset += 1
        }
        guard offset + 1 < limit, bytes[offset] == UInt8(ascii: "\""), bytes[offset + 1] == UInt8(ascii: ":") else {
            return
        }
        position = offset
    }

    private func isBareKeyByte(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || byte >= 0x80 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$")
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }

    // MARK: String values

    mutating func readStringValue() -> ManifestValue {
        let scan = scanString()
        if !scan.isClosed { return recoverUnclosed(scan) }
        checkQuotes(scan)
        // `"a, "b": …`: the quote that closed this string opens the next one.
        if !atEnd, byte.isLetter, let stop = cut(scan.start + 1..<scan.end - 1) {
            reportUnclosedString(scan)
            position = stop
            return ManifestValue(.string(text(scan.start + 1..<stop)), range: scan.start..<stop)
        }
        return ManifestValue(.string(scan.value), range: scan.start..<scan.end)
    }

    private mutating func checkQuotes(_ scan: ScannedString) {
        let quote = bytes[scan.start]
        if quote == UInt8(ascii: "'") {
            reportUnlessRelaxed(
                "json.single-quotes", scan.start..<scan.end, "JSON text must be in double quotes",
                hint: "write `\"\(shortText(scan.start + 1..<max(scan.start + 1, scan.end - 1)))\"`")
        } else if quote == UInt8(ascii: "`") {
            report(
                .error, "json.backquotes", scan.start..<scan.end, "JSON text must be in double quotes, not backquotes",
                hint: "write `\"`, and `\\n` for a line break")
        }
    }

    private mutating func reportUnclosedString(_ scan: ScannedString) {
        structureIsGuessed()
        report(
            .error, "json.unclosed-string", scan.start..<scan.end, "this text has no closing quote",
            hint: "add `\(scalarText(scan.start))` at its end; write a line break as `\\n`")
    }

    /// After a line that ends inside a string: goes on where the next entry starts, if that can be seen.
    private mutating func recoverUnclosed(_ scan: ScannedString) -> ManifestValue {
        var next = scan.end
        while next < end, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[next]) { next += 1 }
        let follows = next < end ? bytes[next] : UInt8(ascii: "}")
        let quote = bytes[scan.start]
        if [
            UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "}"),
            UInt8(ascii: "]"),
        ].contains(follows)
            || next >= end
        {
            reportUnclosedString(scan)
            let stop = withoutClosers(trailingComma(scan.start + 1..<scan.end) ?? scan.end, from: scan.start + 1)
            position = stop
            return ManifestValue(.string(text(scan.start + 1..<stop)), range: scan.start..<stop)
        }
        // The string seems to go on over lines: everything up to the next quote belongs to it.
        var close = scan.end
        while close < end, bytes[close] != quote { close += bytes[close] == UInt8(ascii: "\\") ? 2 : 1 }
        close = min(close, end)
        structureIsGuessed()
        if close < end {
            if mode == .strict || quote != UInt8(ascii: "`") {
                report(
                    .error, "json.line-break-in-string", scan.start..<scan.end, "this text runs over a line break",
                    hint: "write `\\n` for the line break and keep the text on one line")
            }
            position = close + 1
        } else {
            reportUnclosedString(scan)
            position = end
        }
        return ManifestValue(.string(text(scan.start + 1..<close)), range: scan.start..<position)
    }

    /// Where text that has swallowed the structure after it most likely ends.
    private func cut(_ range: Range<Int>) -> Int? {
        if let comma = trailingComma(range) { return withoutClosers(comma, from: range.lowerBound) }
        guard let last = bytes[range].last(where: { $0 > 0x20 }), last == UInt8(ascii: "{") || last == UInt8(ascii: "[")
        else { return nil }
        return bytes[range].firstIndex { $0 == UInt8(ascii: "}") || $0 == UInt8(ascii: "]") }
    }

    /// Moves an end back over closing brackets and spaces.
    private func withoutClosers(_ end: Int, from start: Int) -> Int {
        var end = end
        while end > start,
            [UInt8(ascii: "}"), UInt8(ascii: "]"), 0x20, 0x0D].contains(bytes[end - 1])
        {
            end -= 1
        }
        return end
    }

    /// The comma that ends the text in `range`, spaces after it left out.
    private func trailingComma(_ range: Range<Int>) -> Int? {
        var offset = range.upperBound - 1
        while offset >= range.lowerBound, [0x20, 0x09, 0x0D].contains(bytes[offset]) { offset -= 1 }
        return offset >= range.lowerBound && bytes[offset] == UInt8(ascii: ",") ? offset : nil
    }

    /// The text between typographic quotes.
    func smartQuoted(_ range: Range<Int>) -> String? {
        let marks: Set<Unicode.Scalar> = [
            "\u{201C}", "\u{201D}", "\u{201E}", "\u{2018}", "\u{2019}", "\u{AB}", "\u{BB}",
        ]
        var scalars = text(range).unicodeScalars[...]
        guard let first = scalars.first, marks.contains(first) else { return nil }
        scalars = scalars.dropFirst()
        if let last = scalars.last, marks.contains(last) { scalars = scalars.dropLast() }
        return String(scalars)
    }

    // MARK: Scanning

    /// Scans the string at `position` up to its quote or the end of its line, reporting bad bytes and escapes.
    private mutating func scanString() -> ScannedString {
        let start = position
        let quote = byte
        position += 1
        let bodyStart = position
        // The plain case: no escapes, all ASCII.
        while !atEnd, byte != quote, byte != UInt8(ascii: "\\"), byte >= 0x20, byte < 0x80 { position += 1 }
        if !atEnd, byte == quote {
            position += 1
            return ScannedString(
                value: text(bodyStart..<position - 1), start: start, end: position, isClosed: true)
        }
        var value = Array(bytes[bodyStart..<position])
        while !atEnd {
            let current = byte
            if current == quote {
                position += 1
                return ScannedString(
                    value: String(decoding: value, as: UTF8.self), start: start, end: position, isClosed: true)
            }
            switch current {
            case UInt8(ascii: "\\"): readEscape(into: &value)
            case 0x0A where quote != UInt8(ascii: "`"), 0x0D where peek() == 0x0A && quote != UInt8(ascii: "`"):
                return ScannedString(
                    value: String(decoding: value, as: UTF8.self), start: start, end: position, isClosed: false)
            case 0x0A:
                value.append(current)
                position += 1
            case 0..<0x20:
                reportControlCharacter()
                value.append(current)
                position += 1
            case 0x80...:
                let length = UTF8Validation.sequenceLength(bytes, at: position, end: end)
                if length == nil {
                    report(
                        .error, "json.invalid-utf8", position..<position + 1,
                        "the byte 0x\(hex(current)) at offset \(position) is not valid UTF-8",
                        hint: "save the file in UTF-8")
                }
                value.append(contentsOf: bytes[position..<position + (length ?? 1)])
                position += length ?? 1
            default:
                value.append(current)
                position += 1
            }
        }
        return ScannedString(value: String(decoding: value, as: UTF8.self), start: start, end: end, isClosed: false)
    }

    private mutating func reportControlCharacter() {
        let name = byte == 0x09 ? "a tab" : byte == 0x0D ? "a carriage return" : "the control character 0x\(hex(byte))"
        let escape = byte == 0x09 ? "\\t" : byte == 0x0D ? "\\r" : "\\u00\(hex(byte))"
        if mode == .relaxed, byte == 0x09 { return }
        report(
            .error, "json.control-character", position..<position + 1, "JSON text cannot hold \(name)",
            hint: "write `\(escape)`")
    }
}

extension UInt8 {
    var isLetter: Bool { (self | 0x20) >= UInt8(ascii: "a") && (self | 0x20) <= UInt8(ascii: "z") }
    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

    var hexValue: UInt32? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(self - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(self - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(self - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}

/// Two hexadecimal digits.
func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }
