extension JSONReader {
    /// Reads the escape at `position` and appends what it stands for.
    mutating func readEscape(into value: inout [UInt8]) {
        let start = position
        position += 1
        guard !atEnd else { return }
        let letter = byte
        let simple: UInt8? =
            switch letter {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
            case UInt8(ascii: "b"): 0x08
            case UInt8(ascii: "f"): 0x0C
            case UInt8(ascii: "n"): 0x0A
            case UInt8(ascii: "r"): 0x0D
            case UInt8(ascii: "t"): 0x09
            default: nil
            }
        if let simple {
            value.append(simple)
            position += 1
        } else if letter == UInt8(ascii: "u") {
            position += 1
            readUnicodeEscape(from: start, into: &value)
        } else {
            readOddEscape(letter, from: start, into: &value)
        }
    }

    private mutating func readUnicodeEscape(from start: Int, into value: inout [UInt8]) {
        guard let first = readHex(4) else {
            reportBadUnicodeEscape(start)
            return
        }
        var code = first
        if (0xD800...0xDBFF).contains(first), !atEnd, byte == UInt8(ascii: "\\"), peek() == UInt8(ascii: "u") {
            let between = position
            position += 2
            guard let second = readHex(4) else {
                reportBadUnicodeEscape(between)
                return
            }
            if (0xDC00...0xDFFF).contains(second) {
                code = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
            } else {
                position = between
            }
        }
        if Unicode.Scalar(code) == nil {
            report(
                .warning, "json.lone-surrogate", start..<position,
                "this escape is half of a surrogate pair and stands for no character; U+FFFD is used",
                hint: "write both halves, or the character itself")
        }
        value.append(contentsOf: String(Unicode.Scalar(code) ?? "\u{FFFD}").utf8)
    }

    private mutating func reportBadUnicodeEscape(_ start: Int) {
        report(
            .error, "json.bad-escape", start..<position, "`\\u` needs four hexadecimal digits",
            hint: "write `\\u00e9`; for a backslash write `\\\\`")
    }

    private mutating func readHex(_ count: Int) -> UInt32? {
        var code: UInt32 = 0
        for _ in 0..<count {
            guard !atEnd, let digit = byte.hexValue else { return nil }
            code = code << 4 + digit
            position += 1
        }
        return code
    }

    /// Escapes that JSON lacks; JSON5 has some of them.
    private mutating func readOddEscape(_ letter: UInt8, from start: Int, into value: inout [UInt8]) {
        let scalar = scalarText(position)
        position += scalarLength(position)
        var hint = "for a backslash write `\\\\`"
        if mode == .relaxed {
            switch letter {
            case UInt8(ascii: "v"): value.append(0x0B)
            case UInt8(ascii: "0") where atEnd || !byte.isDigit: value.append(0)
            case UInt8(ascii: "x"):
                if let code = readHex(2) {
                    value.append(contentsOf: String(Unicode.Scalar(UInt8(code))).utf8)
                } else {
                    report(
                        .error, "json.bad-escape", start..<position, "`\\x` needs two hexadecimal digits",
                        hint: "write `\\xe9`; \(hint)")
                }
            case 0x0A: break
            case 0x0D:
                if !atEnd, byte == 0x0A { position += 1 }
            default: value.append(contentsOf: scalar.utf8)
            }
            return
        }
        if letter == 0x0A || letter == 0x0D {
            position = start + 1
            hint = "write `\\n` and keep the text on one line"
        } else {
            value.append(contentsOf: scalar.utf8)
            if letter == UInt8(ascii: "'") { hint = "write `'` without a backslash" }
            if letter == UInt8(ascii: "x") { hint = "write `\\u00` and two digits" }
        }
        let shown = letter == 0x0A || letter == 0x0D ? "a backslash at the end of a line" : "`\\\(scalar)`"
        report(.error, "json.bad-escape", start..<position, "\(shown) is not an escape that JSON has", hint: hint)
    }
}
