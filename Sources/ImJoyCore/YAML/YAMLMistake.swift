/// Says in our words what libyaml stumbled over, where the mistake most likely is, and how to mend it.
struct YAMLMistake {
    private let failure: YAMLFailure
    private let source: SourceText
    private let mark: Int
    private let context: Int?

    init(_ failure: YAMLFailure, _ bytes: [UInt8], _ offsets: ScalarOffsets) {
        self.failure = failure
        source = SourceText(bytes)
        mark = failure.byteOffset ?? failure.mark.map(offsets.byteOffset) ?? 0
        context = failure.contextMark.map(offsets.byteOffset)
    }

    var problem: SourceProblem {
        if failure.isOutOfMemory {
            return error("no-memory", mark, "there is not enough memory to read this YAML", nil)
        }
        if failure.byteOffset != nil {
            return error(
                "control-character", mark, "this character is not allowed in YAML",
                "remove it, or write it as an escape in double quotes, such as \"\\u0007\"")
        }
        return tabIndentation ?? equalsSign ?? missingSpace ?? known
            ?? error("syntax", mark, sentence, "check indentation, quotes and brackets")
    }

    private func error(_ code: String, _ offset: Int, _ message: String, _ hint: String?) -> SourceProblem {
        SourceProblem(
            .error, ManifestDiagnostic.Code(rawValue: "yaml." + code), offset..<offset + 1, message, hint: hint)
    }

    private var sentence: String {
        failure.context.isEmpty ? failure.problem : "\(failure.problem) \(failure.context)"
    }

    private func has(_ part: String) -> Bool { failure.problem.contains(part) }

    /// The text of the line at `offset`.
    private func lineText(_ offset: Int) -> String { source.text(in: source.lineRange(source.line(at: offset))) }

    /// A tab among the spaces at the start of the line, or of the line before it, explains most other complaints.
    private var tabIndentation: SourceProblem? {
        let line = source.line(at: mark)
        for number in [line, line - 1] where number >= 1 {
            let range = source.lineRange(number)
            let indentation = source.bytes[range].prefix { $0 == 0x20 || $0 == 0x09 }
            if let tab = indentation.firstIndex(of: 0x09), indentation.endIndex < range.upperBound {
                return error(
                    "tab", tab, "a tab is used for indentation, which YAML does not allow", "use spaces instead")
            }
        }
        return nil
    }

    /// `key = value`, as other formats write it.
    private var equalsSign: SourceProblem? {
        let line = source.line(at: mark)
        for number in [line, line - 1] where number >= 1 {
            let text = source.bytes[source.lineRange(number)].drop { $0 == 0x20 }
            let key = text.prefix { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") }
            guard !key.isEmpty, text[key.endIndex...].drop(while: { $0 == 0x20 }).first == UInt8(ascii: "=") else {
                continue
            }
            return error(
                "missing-colon", key.startIndex, "`=` stands after `\(source.text(in: key.indices))`",
                "write a colon and a space in its place")
        }
        return nil
    }

    /// `key:value` is text, which shows when the next line, or what follows the value, does not fit it.
    private var missingSpace: SourceProblem? {
        let line = source.line(at: mark)
        for number in [line, line - 1] where number >= 1 {
            let range = source.lineRange(number)
            let text = source.bytes[range].drop { $0 == 0x20 }
            let key = text.prefix { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") }
            guard !key.isEmpty, key.endIndex + 1 < range.upperBound else { continue }
            if lacksColon(key, text, isMarked: number == line) {
                return error(
                    "missing-colon", key.startIndex, "a colon is missing after `\(source.text(in: key.indices))`",
                    "write `key: value`, with a colon and a space")
            }
            guard source.bytes[key.endIndex] == UInt8(ascii: ":"),
                ![0x20, 0x09, UInt8(ascii: "/")].contains(source.bytes[key.endIndex + 1])
            else { continue }
            return error(
                "missing-space", key.startIndex, "there is no space after the colon on this line", "write `key: value`")
        }
        return nil
    }

    /// `ui "text"`, or `name Blur` before a line that starts in the same column.
    private func lacksColon(_ key: ArraySlice<UInt8>, _ line: ArraySlice<UInt8>, isMarked: Bool) -> Bool {
        guard source.bytes[key.endIndex] == 0x20 else { return false }
        let value = line[key.endIndex...].drop { $0 == 0x20 }
        if isMarked { return value.first.map { "\"'[{".utf8.contains($0) } ?? false }
        guard has("mapping values are not allowed"), !line.contains(UInt8(ascii: ":")) else { return false }
        let next = source.lineRange(source.line(at: mark))
        let column = source.bytes[next].prefix { $0 == 0x20 }.count
        return key.startIndex - source.lineRange(source.line(at: key.startIndex)).lowerBound == column
    }

    /// The nearest `[` or `{` before the mark that is not closed.
    private var openBracket: Int? {
        var closed = 0
        for offset in source.bytes[..<min(mark, source.bytes.count)].indices.reversed() {
            switch source.bytes[offset] {
            case UInt8(ascii: "]"), UInt8(ascii: "}"): closed += 1
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                if closed == 0 { return offset }
                closed -= 1
            default: continue
            }
        }
        return nil
    }

    /// A list or mapping in brackets that meets something other than a value.
    private var flowMistake: SourceProblem? {
        guard has("did not find expected node content") else { return nil }
        guard let openBracket else {
            return error(
                "reserved-character", mark, "a value cannot start with this character", "put quotes round the text")
        }
        if mark < source.bytes.count, source.bytes[mark] == UInt8(ascii: ",") {
            return error("extra-comma", mark, "two commas stand in a row", "remove the comma")
        }
        return source.bytes[openBracket] == UInt8(ascii: "[")
            ? error("unclosed", openBracket, "the list opened here is not closed", "add `]`")
            : error("unclosed", openBracket, "the mapping opened here is not closed", "add `}`")
    }

    private var known: SourceProblem? {
        if let flowMistake { return flowMistake }
        if has("mapping values are not allowed") { return strayColon }
        if has("could not find expected ':'") {
            let place = context ?? mark
            let text = lineText(place)
            if !text.contains(":") {
                return error(
                    "missing-colon", place, "this line is neither `key: value` nor part of the text before it",
                    "write a colon and a space after the name")
            }
            return error(
                "missing-space", place, "there is no space after the colon on this line", "write `key: value`")
        }
        if has("did not find expected key") || has("did not find expected '-' indicator") { return badIndentation }
        if has("block sequence entries are not allowed") {
            return error(
                "misplaced-dash", mark, "a list cannot start here", "put the `-` on a line of its own, below the name")
        }
        if has("block mapping") || has("mapping keys are not allowed") {
            return error("misplaced-key", mark, "a name cannot start here", "check the indentation of this line")
        }
        if has("expected ',' or ']'") { return unclosed("list", "]") }
        if has("expected ',' or '}'") { return unclosed("mapping", "}") }
        return scannerMistake
    }

    private var scannerMistake: SourceProblem? {
        if has("unexpected end of stream") || has("unexpected document indicator") {
            return error("unclosed-quote", context ?? mark, "this quoted text is never closed", "add the closing quote")
        }
        if has("cannot start any token") {
            let character = source.text(in: mark..<min(mark + 1, source.bytes.count))
            return error(
                "reserved-character", mark, "text without quotes cannot start with `\(character)`",
                "put quotes round the text")
        }
        if has("unknown escape") || has("hexdecimal") || has("Unicode character escape") {
            return error(
                "bad-escape", mark, "this is not an escape that YAML has",
                "write `\\\\` for a backslash, or use single quotes")
        }
        if has("alphabetic or numeric character") {
            return error(
                "bad-anchor", context ?? mark, "`*` and `&` start an alias or an anchor, which need a name",
                "put quotes round text that starts with `*` or `&`")
        }
        if has("directive") || has("incompatible YAML document") {
            return error(
                "bad-directive", source.lineRange(source.line(at: mark)).lowerBound,
                "this `%` line is not one that a config can have", "remove the line")
        }
        if has("undefined tag handle") || failure.context.contains("tag") || failure.context.contains("directive") {
            return error(
                "bad-tag", context ?? mark, "`!` and `%` start a tag or a directive, and this is none",
                "put quotes round text that starts with `!` or `%`")
        }
        if has("document start") {
            return error(
                "several-documents", mark, "text follows the end of the document", "check the indentation of this line")
        }
        if has("block scalar") || failure.context.contains("block scalar") {
            return error(
                "bad-block-text", mark, "the text after `|` or `>` does not start properly",
                "start it on the next line, indented by spaces")
        }
        return nil
    }

    /// `key: a: b` needs quotes; `a: b` indented below a value is an indentation mistake.
    private var strayColon: SourceProblem {
        let range = source.lineRange(source.line(at: mark))
        let before = source.text(in: range.lowerBound..<max(range.lowerBound, mark))
        if before.contains(": ") {
            return error(
                "stray-colon", mark, "a second colon on this line makes the value look like a name",
                "put quotes round the value")
        }
        let key = source.bytes[range].firstIndex { $0 != 0x20 && $0 != 0x09 } ?? mark
        return error(
            "bad-indentation", key, "this line is indented more than the lines it belongs to",
            "give it the same indentation as its neighbours")
    }

    private var badIndentation: SourceProblem {
        let text = lineText(mark).drop { $0 == " " }
        if failure.problem.contains("'-'"), !text.hasPrefix("-") {
            return error(
                "bad-indentation", mark, "this line is indented like a list entry but does not start with `- `",
                "start it with `- `, or give it the indentation of the name above the list")
        }
        let line = source.lineRange(source.line(at: mark))
        let isFirst = !source.bytes[line.lowerBound..<max(line.lowerBound, mark)].contains { $0 != 0x20 }
        if !isFirst, mark < source.bytes.count, source.bytes[mark] == UInt8(ascii: "&") {
            return error("bad-anchor", mark, "a value has one anchor at most", "remove one of the `&` names")
        }
        if !isFirst {
            return error(
                "text-after-value", mark, "there is more text after the end of this value",
                "put quotes round the whole value")
        }
        return error(
            "bad-indentation", mark, "the indentation of this line fits none of the lines above it",
            "give it the same indentation as its neighbours")
    }

    private func unclosed(_ what: String, _ closer: String) -> SourceProblem {
        let place = context ?? mark
        let sameLine = source.line(at: place) == source.line(at: mark)
        return sameLine
            ? error("missing-comma", mark, "expected `,` or `\(closer)` in this \(what)", "add `,` or `\(closer)`")
            : error("unclosed", place, "the \(what) opened here is not closed", "add `\(closer)`")
    }
}
