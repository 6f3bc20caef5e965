extension JSONReader {
    /// Reads a number, or what was meant to be one.
    mutating func readNumber() -> ManifestValue? {
        let start = position
        while !atEnd, isNumberByte(byte) { position += 1 }
        if position == start { position += 1 }
        let range = start..<position
        let spelling = text(range)
        if let number = Self.strictNumber(spelling) {
            if !number.double.isFinite { reportTooLarge(range) }
            return ManifestValue(.number(number), range: range)
        }
        if let number = Self.relaxedNumber(spelling) {
            reportUnlessRelaxed(
                "json.bad-number", range, "`\(shortText(range))` is not a number in JSON",
                hint: Self.isVersion(spelling)
                    ? "put it in double quotes: `\"\(spelling)\"`"
                    : number.double.isFinite ? "write `\(Self.plain(number))`" : "JSON has no such number: use `null`")
            return ManifestValue(.number(number), range: range)
        }
        // `0.1.0`, `2021-03-04`, `20px`: most likely text without quotes.
        position = start
        return readWord(for: nil)
    }

    private func isNumberByte(_ byte: UInt8) -> Bool {
        byte.isDigit || byte.isLetter || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
    }

    private mutating func reportTooLarge(_ range: Range<Int>) {
        report(
            .error, "json.number-too-large", range,
            "`\(shortText(range))` is larger than any 64-bit floating point number",
            hint: "use a number below 1.8e308, or text in quotes")
    }

    private static func isVersion(_ spelling: String) -> Bool {
        spelling.utf8.first == UInt8(ascii: "0") && spelling.utf8.count > 1 && !spelling.contains("x")
            && spelling.contains(".")
    }

    private static func plain(_ number: ManifestNumber) -> String {
        switch number.value {
        case .integer(let value): String(value)
        case .unsigned(let value): String(value)
        case .floating(let value): value.description
        }
    }

    /// A number by RFC 8259's grammar.
    static func strictNumber(_ spelling: String) -> ManifestNumber? {
        var spelling = spelling
        return spelling.withUTF8 { bytes in
            var index = 0
            func digits() -> Int {
                let start = index
                while index < bytes.count, bytes[index].isDigit { index += 1 }
                return index - start
            }
            if index < bytes.count, bytes[index] == UInt8(ascii: "-") { index += 1 }
            let first = index
            let whole = digits()
            guard whole > 0, whole == 1 || bytes[first] != UInt8(ascii: "0") else { return nil }
            var isInteger = true
            if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
                index += 1
                isInteger = false
                guard digits() > 0 else { return nil }
            }
            if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
                index += 1
                isInteger = false
                if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
                    index += 1
                }
                guard digits() > 0 else { return nil }
            }
            guard index == bytes.count else { return nil }
            return number(String(decoding: bytes, as: UTF8.self), isInteger: isInteger)
        }
    }

    /// A number of a checked spelling; integers that do not fit 64 bits become doubles, minus zero stays one.
    static func number(_ spelling: String, isInteger: Bool, text: String? = nil) -> ManifestNumber? {
        let text = text ?? spelling
        if isInteger, spelling != "-0" {
            if let value = Int64(spelling) { return ManifestNumber(.integer(value), text: text) }
            if let value = UInt64(spelling) { return ManifestNumber(.unsigned(value), text: text) }
        }
        return Double(spelling).map { ManifestNumber(.floating($0), text: text) }
    }

    /// JSON5's further spellings, and leading zeros: `+1`, `.5`, `5.`, `0x1F`, `Infinity`, `NaN`, `007`.
    static func relaxedNumber(_ spelling: String) -> ManifestNumber? {
        var body = spelling[...]
        var sign = ""
        if let first = body.first, first == "-" || first == "+" {
            if first == "-" { sign = "-" }
            body = body.dropFirst()
        }
        switch body {
        case "Infinity":
            return ManifestNumber(.floating(sign == "-" ? -Double.infinity : .infinity), text: spelling)
        case "NaN": return ManifestNumber(.floating(.nan), text: spelling)
        default: break
        }
        if body.hasPrefix("0x") || body.hasPrefix("0X") {
            return UInt64(body.dropFirst(2), radix: 16).flatMap { magnitude in
                number(sign + String(magnitude), isInteger: true, text: spelling)
            }
        }
        var digits = String(body)
        while digits.utf8.count > 1, digits.hasPrefix("0"), digits.utf8.dropFirst().first?.isDigit == true {
            digits.removeFirst()
        }
        if digits.hasPrefix(".") { digits = "0" + digits }
        if digits.hasSuffix(".") { digits += "0" }
        if let point = digits.firstIndex(of: "."), let next = digits[point...].dropFirst().first,
            next == "e" || next == "E"
        {
            digits.insert("0", at: digits.index(after: point))
        }
        guard digits.utf8.first?.isDigit == true, let parsed = strictNumber(sign + digits) else { return nil }
        return ManifestNumber(parsed.value, text: spelling)
    }
}
