extension ManifestDecoder {
    /// The value of a field that says something; null counts as missing.
    func value(_ key: String) -> ManifestValue? {
        fields[key].flatMap { $0.isNull ? nil : $0 }
    }

    /// Reports a value of the wrong kind.
    mutating func wrongType(
        _ key: String, _ expected: String, _ value: ManifestValue, _ severity: ManifestDiagnostic.Severity = .error,
        hint: String
    ) {
        var found = value.kindInWords
        if let text = value.string, text.utf8.count <= 40 { found = "the text `\(text)`" }
        report(
            severity, "config.wrong-type", value.range, "`\(key)` must be \(expected), found \(found)", hint: hint)
    }

    /// A text field.
    mutating func string(_ key: String, _ severity: ManifestDiagnostic.Severity = .error) -> String? {
        guard let value = value(key) else { return nil }
        // One switch: a chain of accessors here crashes the optimizer of Swift 6.3.
        let hint: String
        switch value.kind {
        case .string(let text): return text
        case .number(let number): hint = quoted(number.text)
        case .bool(let flag): hint = quoted(flag ? "true" : "false")
        default: hint = "write it in quotes"
        }
        wrongType(key, "text", value, severity, hint: hint)
        return nil
    }

    private func quoted(_ text: String) -> String { "write `\"\(text)\"`" }

    /// A version field; a number is taken with its spelling, since YAML makes numbers of `0.1`.
    mutating func version(_ key: String) -> String? {
        guard let value = value(key) else { return nil }
        if let number = value.number {
            report(
                .warning, "config.version-number", value.range, "`\(key)` should be text, found a number",
                hint: quoted(number.text))
            return number.text
        }
        guard let text = string(key) else { return nil }
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        if parts.contains(where: { $0.first?.isDigit != true }) {
            report(
                .warning, "config.odd-version", value.range,
                "`\(text)` is not a dotted number; its odd parts count as 0",
                hint: "write a version such as `\"0.1.0\"`")
        }
        return text
    }

    mutating func bool(_ key: String) -> Bool? {
        guard let value = value(key) else { return nil }
        if let flag = value.bool { return flag }
        let words = [
            "yes": true, "on": true, "true": true, "1": true, "no": false, "off": false, "false": false, "0": false,
        ]
        let meant = (value.string?.lowercased() ?? value.number?.text).flatMap { words[$0] }
        let note = language == .yaml && value.string != nil ? ", which is text in YAML 1.2" : ""
        wrongType(
            key, "true or false", value,
            hint: meant.map { "write `\($0)` without quotes\(note)" } ?? "write `true` or `false`")
        return nil
    }

    /// A list of texts; text on its own is one entry when `allowsSingle`, and empty text none.
    mutating func strings(
        _ key: String, allowsSingle: Bool = false, _ severity: ManifestDiagnostic.Severity = .error
    ) -> [String]? {
        guard let value = value(key), value.kind != .bool(false) else { return nil }
        if let text = value.string {
            if text.isEmpty { return [] }
            if allowsSingle { return [text] }
            wrongType(key, "a list of strings", value, severity, hint: "write `[\"\(text)\"]`")
            return severity == .warning ? [text] : nil
        }
        guard let list = value.list else {
            let spelling = value.number?.text ?? "…"
            wrongType(key, "a list of strings", value, severity, hint: "write `[\"\(spelling)\"]`")
            return nil
        }
        return list.compactMap { element in
            if let text = element.string { return text }
            if element.isNull { return nil }
            let spelling = element.number?.text ?? "…"
            report(
                severity, "config.wrong-type", element.range,
                "`\(key)` must be a list of strings, but this entry is \(element.kindInWords)",
                hint: "write `\"\(spelling)\"`")
            return nil
        }
    }

    /// An object, or a list when `allowsList`; empty text and false count as missing.
    mutating func object(_ key: String, allowsList: Bool = false) -> ManifestValue? {
        guard let value = value(key), value.kind != .bool(false), value.string != "" else { return nil }
        if value.object != nil || (allowsList && value.list != nil) { return value }
        wrongType(key, "an object", value, hint: "write `{ \"name\": value }`, or `null`")
        return nil
    }
}
