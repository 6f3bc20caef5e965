extension JSONReader {
    // MARK: Objects

    mutating func readObject(hasOpener: Bool = true) -> ManifestValue {
        let start = position
        if hasOpener { position += 1 }
        var entries = EntryList()
        var comma: Int?
        var lastEnd = position
        while true {
            skipSpace()
            guard !atEnd else {
                reportUnclosed(start, closer: "}", lastEnd)
                break
            }
            switch byte {
            case UInt8(ascii: "}"):
                if let comma { reportTrailingComma(comma, "}") }
                position += 1
                return ManifestValue(.object(entries.object), range: start..<position)
            case UInt8(ascii: "]"):
                closeEarlier(start, expected: "}", found: "]")
                return ManifestValue(.object(entries.object), range: start..<position)
            case UInt8(ascii: ","):
                reportExtraComma(hasEntry: !entries.isEmpty)
                position += 1
                continue
            case UInt8(ascii: "{"):
                // `[{"a": 1, {"b": 2}]`: the object lost its bracket and the list around it goes on.
                if let comma, isInsideList {
                    report(
                        .error, "json.unclosed", lastEnd..<lastEnd + 1,
                        "the object opened\(atLine(start)) is not closed before the next one", hint: "add `}`")
                    structureIsGuessed()
                    position = comma
                    return ManifestValue(.object(entries.object), range: start..<lastEnd)
                }
            default: break
            }
            guard let key = readKey() else {
                structureIsGuessed()
                comma = nil
                continue
            }
            if let value = readEntryValue(key) {
                lastEnd = position
                if let earlier = entries.append(ManifestObject.Entry(key.text, value, keyRange: key.range)) {
                    report(
                        .warning, "json.duplicate-key", key.range,
                        "`\(shortText(key.textRange))` is given twice, first\(atLine(earlier.lowerBound)); "
                            + "the last value is used", hint: "remove one of the two")
                }
            }
            comma = readSeparator(closer: "}", lastEnd)
        }
        return ManifestValue(.object(entries.object), range: start..<position)
    }

    /// Reads the colon and the value after a key.
    private mutating func readEntryValue(_ key: JSONKey) -> ManifestValue? {
        let keyEnd = position
        skipSpace()
        if !atEnd, byte == UInt8(ascii: ":") {
            position += 1
        } else if !atEnd, byte == UInt8(ascii: "=") {
            report(
                .error, "json.missing-colon", position..<position + 1,
                "`=` stands between `\(shortText(key.textRange))` and its value", hint: "write `:` instead")
            position += 1
            if !atEnd, byte == UInt8(ascii: ">") { position += 1 }
        } else if atEnd || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
            report(
                .error, "json.missing-value", key.range, "`\(shortText(key.textRange))` has no value",
                hint: "write `: ` and a value after it")
            return nil
        } else {
            report(
                .error, "json.missing-colon", keyEnd..<keyEnd + 1,
                "a colon is missing after `\(shortText(key.textRange))`", hint: "add `:`")
        }
        let afterColon = position
        skipSpace()
        // A value on a later line that is itself followed by a colon is the next key, not a value.
        guard !atEnd, !(lineFeed(in: afterColon..<position) && startsKey()) else {
            report(
                .error, "json.missing-value", max(0, afterColon - 1)..<afterColon,
                "`\(shortText(key.textRange))` has no value",
                hint: "write a value after the colon, or `null`")
            return nil
        }
        return readValue(for: key.text)
    }

    private func lineFeed(in range: Range<Int>) -> Bool { bytes[range].contains(0x0A) }

    /// Whether a quoted string followed by a colon stands at `position`; looks at this line only.
    func startsKey() -> Bool {
        guard byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") else { return false }
        let quote = byte
        var offset = position + 1
        // Long enough for any real key, short enough to look again and again.
        let limit = min(end, position + 200)
        while offset < limit, bytes[offset] != quote, bytes[offset] != 0x0A {
            offset += bytes[offset] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard offset < limit, bytes[offset] == quote else { return false }
        offset += 1
        while offset < limit, bytes[offset] == 0x20 || bytes[offset] == 0x09 { offset += 1 }
        return offset < limit && bytes[offset] == UInt8(ascii: ":")
    }

    // MARK: Lists

    mutating func readList() -> ManifestValue {
        let start = position
        position += 1
        var values: [ManifestValue] = []
        var comma: Int?
        var lastEnd = position
        while true {
            skipSpace()
            guard !atEnd else {
                reportUnclosed(start, closer: "]", lastEnd)
                break
            }
            switch byte {
            case UInt8(ascii: "]"):
                if let comma { reportTrailingComma(comma, "]") }
                position += 1
                return ManifestValue(.list(values), range: start..<position)
            case UInt8(ascii: "}"):
                closeEarlier(start, expected: "]", found: "}")
                return ManifestValue(.list(values), range: start..<position)
            case UInt8(ascii: ","):
                reportExtraComma(hasEntry: !values.isEmpty)
                position += 1
                continue
            case UInt8(ascii: ":"):
                report(
                    .error, "json.colon-in-list", position..<position + 1, "a list has no names, but here is a colon",
                    hint: "use `{ … }` for named values")
                structureIsGuessed()
                position += 1
                continue
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                // `["a", "key": …`: the list lost its bracket and the object around it goes on.
                if isInsideObject, startsKey() {
                    report(
                        .error, "json.unclosed", lastEnd..<lastEnd + 1,
                        "the list opened\(atLine(start)) is not closed before `\(keyPreview())`", hint: "add `]`")
                    structureIsGuessed()
                    if let comma { position = comma } else { position = lastEnd }
                    return ManifestValue(.list(values), range: start..<lastEnd)
                }
            default: break
            }
            let before = position
            if let value = readValue(for: nil) {
                values.append(value)
                lastEnd = position
            } else if position == before {
                position += 1
            }
            comma = readSeparator(closer: "]", lastEnd)
        }
        return ManifestValue(.list(values), range: start..<position)
    }

    private var isInsideObject: Bool {
        openers.count >= 2 && bytes[openers[openers.count - 2]] == UInt8(ascii: "{")
    }

    private var isInsideList: Bool {
        openers.count >= 2 && bytes[openers[openers.count - 2]] == UInt8(ascii: "[")
    }

    private func keyPreview() -> String {
        var offset = position + 1
        while offset < end, bytes[offset] != byte, offset - position < 60 { offset += 1 }
        return text(position + 1..<offset)
    }

    // MARK: Separators and ends

    /// Reads the comma after a value and returns its place; reports when it is missing.
    private mutating func readSeparator(closer: Unicode.Scalar, _ lastEnd: Int) -> Int? {
        let valueEnd = position
        skipSpace()
        guard !atEnd else { return nil }
        switch byte {
        case UInt8(ascii: ","):
            position += 1
            return position - 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): return nil
        case UInt8(ascii: ";"):
            report(
                .error, "json.wrong-separator", position..<position + 1, "values are separated by `;`",
                hint: "write `,` instead")
            position += 1
            return nil
        default:
            report(
                .error, "json.missing-comma", valueEnd..<valueEnd + 1, "a comma is missing after this value",
                hint: "add `,`")
            return nil
        }
    }

    private mutating func reportTrailingComma(_ comma: Int, _ closer: String) {
        reportUnlessRelaxed(
            "json.trailing-comma", comma..<comma + 1, "JSON allows no comma before `\(closer)`",
            hint: "remove the comma")
    }

    private mutating func reportExtraComma(hasEntry: Bool) {
        report(
            .error, "json.extra-comma", position..<position + 1,
            hasEntry ? "two commas stand in a row" : "a comma stands before the first value", hint: "remove the comma")
    }

    private mutating func reportUnclosed(_ start: Int, closer: String, _ lastEnd: Int) {
        structureIsGuessed()
        let what = closer == "}" ? "object" : "list"
        report(
            .error, "json.unclosed", lastEnd..<lastEnd + 1, "the \(what) opened\(atLine(start)) is never closed",
            hint: "add `\(closer)`")
    }

    /// Ends a container at a closing bracket of the wrong kind, which belongs to a container further out perhaps.
    private mutating func closeEarlier(_ start: Int, expected: String, found: String) {
        structureIsGuessed()
        let what = expected == "}" ? "object" : "list"
        let opener = found == "}" ? UInt8(ascii: "{") : UInt8(ascii: "[")
        let outer = openers.dropLast().lastIndex { bytes[$0] == opener }
        var next = position + 1
        while next < end, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[next]) { next += 1 }
        // Were it to close the outermost container, nothing more would follow.
        if let outer, outer > 0 || next >= end {
            report(
                .error, "json.unclosed", position..<position + 1,
                "the \(what) opened\(atLine(start)) is not closed before this `\(found)`", hint: "add `\(expected)`")
            return
        }
        report(
            .error, "json.wrong-closer", position..<position + 1,
            "the \(what) opened\(atLine(start)) cannot be closed by `\(found)`", hint: "write `\(expected)` instead")
        // Counts as the right one.
        position += 1
    }
}

/// A key as read.
struct JSONKey {
    var text: String
    /// Quotes included.
    var range: Range<Int>
    /// Without quotes.
    var textRange: Range<Int>
}

/// Collects entries, keeping the last of those with one name; constant time an entry.
struct EntryList {
    private var entries: [ManifestObject.Entry] = []
    private var places: [String: Int] = [:]

    var isEmpty: Bool { entries.isEmpty }
    var object: ManifestObject { ManifestObject(unique: entries) }
    func contains(_ key: String) -> Bool { place(of: key) != nil }

    /// Adds an entry and returns the place of the earlier one with this name.
    mutating func append(_ entry: ManifestObject.Entry) -> Range<Int>? {
        if let place = place(of: entry.key) {
            let earlier = entries[place].keyRange
            entries[place] = entry
            return earlier
        }
        entries.append(entry)
        if entries.count == 17 {
            for (index, entry) in entries.enumerated() { places[entry.key] = index }
        } else if entries.count > 17 {
            places[entry.key] = entries.count - 1
        }
        return nil
    }

    private func place(of key: String) -> Int? {
        // A dictionary costs more than a few comparisons.
        entries.count < 17 ? entries.firstIndex { $0.key == key } : places[key]
    }
}
