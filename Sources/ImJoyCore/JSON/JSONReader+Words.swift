extension JSONReader {
    /// Reads a bare word: a literal, or text that lacks its quotes.
    mutating func readWord(for key: String?) -> ManifestValue? {
        let start = position
        while !atEnd, byte.isLetter || byte.isDigit || byte == UInt8(ascii: "_") { position += 1 }
        let range = start..<position
        if atWordEnd, let value = literal(range) { return value }
        position = start
        return readUnquotedText()
    }

    private var atWordEnd: Bool {
        guard !atEnd else { return true }
        switch byte {
        case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: "/"),
            UInt8(ascii: "#"), UInt8(ascii: ";"), UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: ":"):
            return true
        default: return false
        }
    }

    private mutating func literal(_ range: Range<Int>) -> ManifestValue? {
        let word = text(range)
        let kind: ManifestValue.Kind
        let correct: String
        switch word {
        case "true": return ManifestValue(.bool(true), range: range)
        case "false": return ManifestValue(.bool(false), range: range)
        case "null": return ManifestValue(.null, range: range)
        case "NaN", "Infinity":
            let number = Self.relaxedNumber(word)
            reportUnlessRelaxed(
                "json.bad-number", range, "`\(word)` is not a number in JSON", hint: "use `null` or a number")
            return number.map { ManifestValue(.number($0), range: range) }
        case "True", "TRUE": (kind, correct) = (.bool(true), "true")
        case "False", "FALSE": (kind, correct) = (.bool(false), "false")
        case "None", "Null", "NULL", "nil", "undefined": (kind, correct) = (.null, "null")
        default: return nil
        }
        let language = ["True", "False", "None"].contains(word) ? "Python's" : "not JSON's"
        report(
            .error, "json.wrong-literal", range,
            language == "Python's" ? "`\(word)` is Python's spelling" : "`\(word)` is not a JSON value",
            hint: "write `\(correct)`")
        return ManifestValue(kind, range: range)
    }

    /// Takes everything up to the end of the entry as text that lacks its quotes.
    private mutating func readUnquotedText() -> ManifestValue {
        let start = position
        var isCloseQuoted = false
        scan: while !atEnd {
            switch byte {
            case 0x0A, UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"): break scan
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                // `r"…"` and `f'…'` are Python's.
                isCloseQuoted = position - start > 2
                break scan
            case UInt8(ascii: "/") where peek() == UInt8(ascii: "*"): break scan
            default: position += scalarLength(position)
            }
        }
        var stop = position
        while stop > start, [0x20, 0x09, 0x0D].contains(bytes[stop - 1]) { stop -= 1 }
        if stop == start { stop = min(end, start + scalarLength(start)) }
        position = max(stop, start + 1)
        let range = start..<position
        if UTF8Validation.firstInvalid(bytes, in: range) == start {
            report(
                .error, "json.invalid-utf8", start..<start + 1,
                "the byte 0x\(hex(bytes[start])) at offset \(start) is not valid UTF-8", hint: "save the file in UTF-8")
        } else if let smart = smartQuoted(range) {
            report(
                .error, "json.smart-quote", range, "these are typographic quotes",
                hint: "write `\"\(smart)\"` with straight quotes")
            return ManifestValue(.string(smart), range: range)
        } else if isCloseQuoted {
            if !atEnd, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { position += 1 }
            report(
                .error, "json.unopened-string", range, "this text has no opening quote",
                hint: "write `\"\(shortText(range))\"`")
        } else if !atEnd, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
            report(
                .error, "json.string-prefix", range, "JSON text has no prefix letters",
                hint: "remove `\(shortText(range))`")
            let value = readStringValue()
            return ManifestValue(value.kind, range: start..<position)
        } else {
            report(
                .error, "json.unquoted-text", range, "`\(shortText(range))` is not a JSON value",
                hint: "if it is text, put it in double quotes: `\"\(shortText(range))\"`")
        }
        return ManifestValue(.string(text(range)), range: range)
    }
}
