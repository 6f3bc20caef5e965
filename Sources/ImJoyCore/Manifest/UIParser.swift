/// Finds the fields in form markup and checks them.
struct UIParser {
    /// An element that is open, and the fields inside it.
    private struct OpenElement {
        var name: String
        var fields: [Range<Int>] = []
    }

    private let markup: UIMarkup
    private let bytes: [UInt8]
    private var items: [PluginUI.Item] = []
    private(set) var problems: [SourceProblem] = []
    private var open: [OpenElement] = []
    private var ids: Set<String> = []

    init(_ markup: UIMarkup) {
        self.markup = markup
        bytes = markup.bytes
    }

    mutating func parse() -> [PluginUI.Item] {
        var textStart = 0
        var position = 0
        var lacksBracket = false
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "<") where !lacksBracket && startsTag(position):
                if let end = bytes.firstOffset(of: UInt8(ascii: ">"), from: position) {
                    noteTag(position, end)
                    position = end + 1
                } else {
                    lacksBracket = true
                    position += 1
                }
            case UInt8(ascii: "{"):
                let label = label(textStart..<position)
                append(textStart..<position)
                position = readWidget(at: position, label: label)
                textStart = position
            default: position += 1
            }
        }
        append(textStart..<bytes.count)
        return items
    }

    private func startsTag(_ position: Int) -> Bool {
        guard position + 1 < bytes.count else { return false }
        return bytes[position + 1].isLetter || bytes[position + 1] == UInt8(ascii: "/")
    }

    private mutating func append(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        items.append(.text(String(decoding: bytes[range], as: UTF8.self)))
    }

    private mutating func report(
        _ severity: ManifestDiagnostic.Severity, _ code: ManifestDiagnostic.Code, _ range: Range<Int>,
        _ message: String, hint: String? = nil
    ) {
        guard problems.count < 100 else { return }
        problems.append(SourceProblem(severity, code, markup.fileRange(range), message, hint: hint))
    }

    // MARK: HTML around fields

    /// Notes elements that are opened and closed: a field inside one is not shown by other hosts.
    private mutating func noteTag(_ start: Int, _ end: Int) {
        let isEnd = bytes[start + 1] == UInt8(ascii: "/")
        let name = bytes[(start + (isEnd ? 2 : 1))..<end].prefix { $0.isLetter || $0.isDigit }.map(\.lowercasedASCII)
        let text = String(decoding: name, as: UTF8.self)
        if !isEnd {
            let isVoid = ["br", "hr", "img", "input", "wbr"].contains(text) || bytes[end - 1] == UInt8(ascii: "/")
            if !isVoid, open.count < 64 { open.append(OpenElement(name: text)) }
            return
        }
        guard let place = open.lastIndex(where: { $0.name == text }) else { return }
        for field in open[place...].flatMap(\.fields) {
            report(
                .warning, "ui.nested-widget", field,
                "this field stands inside a `<\(text)>` element, where it is not shown",
                hint: "move it out of the element")
        }
        open.removeSubrange(place...)
    }

    /// The words before a field, back to a line break or the field before it.
    private func label(_ range: Range<Int>) -> String {
        var text: [UInt8] = []
        // A label is short; looking at all text before each field would take quadratic time.
        var position = max(range.lowerBound, range.upperBound - 300)
        while position < range.upperBound, bytes[position] & 0xC0 == 0x80 { position += 1 }
        var lacksBracket = false
        while position < range.upperBound {
            let startsTag = !lacksBracket && bytes[position] == UInt8(ascii: "<") && startsTag(position)
            let end = startsTag ? bytes[position..<range.upperBound].firstIndex(of: UInt8(ascii: ">")) : nil
            if let end {
                if bytes.matches("<br", at: position) { text.removeAll() }
                position = end + 1
            } else {
                if startsTag { lacksBracket = true }
                if bytes[position] == 0x0A { text.removeAll() }
                text.append(bytes[position])
                position += 1
            }
        }
        while let last = text.last, last <= 0x20 || last == UInt8(ascii: ":") || last == UInt8(ascii: "=") {
            text.removeLast()
        }
        return String(decoding: text.drop { $0 <= 0x20 }, as: UTF8.self)
    }

    // MARK: Fields

    private mutating func readWidget(at start: Int, label: String) -> Int {
        var reader = JSONReader(bytes, range: start..<markup.end(start), mode: .relaxed)
        let value = reader.readOne()
        if let end = unclosedEnd(start, reader.problems) {
            report(.error, "json.unclosed", end..<end + 1, "this field is not closed", hint: "add `}` here")
            return end
        }
        // What follows a lost quote is not what its author wrote.
        let lostQuote = reader.problems.firstIndex {
            $0.code == "json.unclosed-string" || $0.code == "json.line-break-in-string"
        }
        for problem in lostQuote.map({ reader.problems[$0...$0] }) ?? reader.problems[...] {
            var problem = problem
            problem.range = markup.fileRange(problem.range)
            if problems.count < 100 { problems.append(problem) }
        }
        guard let object = value?.object else { return max(start + 1, reader.position) }
        let end = max(start + 1, reader.position)
        let widget = UIWidget(object, label: label)
        if reader.problems.isEmpty { check(widget, start..<end) }
        for index in open.indices { open[index].fields.append(start..<end) }
        items.append(.widget(widget))
        return end
    }

    /// The place where a field without its `}` ends: after a value, where what follows is no name with a colon.
    private func unclosedEnd(_ start: Int, _ problems: [SourceProblem]) -> Int? {
        guard let problem = problems.first, problem.code == "json.missing-comma",
            depth(start..<problem.range.lowerBound) == 1
        else { return nil }
        var position = problem.range.lowerBound
        let skip = { (position: inout Int, isSkipped: (UInt8) -> Bool) in
            while position < bytes.count, isSkipped(bytes[position]) { position += 1 }
        }
        let isQuote = { (byte: UInt8) in byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") }
        skip(&position) { $0 <= 0x20 }
        let name = position
        skip(&position) { isQuote($0) || $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") }
        let isNamed = position > name
        skip(&position) { $0 <= 0x20 }
        let isName = isNamed && position < bytes.count && bytes[position] == UInt8(ascii: ":")
        return isName ? nil : problem.range.lowerBound
    }

    /// How many brackets are open at the end of a range, leaving out those in texts.
    private func depth(_ range: Range<Int>) -> Int {
        var depth = 0
        var quote: UInt8?
        for byte in bytes[range] {
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\""): quote = quote == nil ? byte : quote == byte ? nil : quote
            case UInt8(ascii: "{"), UInt8(ascii: "["): if quote == nil { depth += 1 }
            case UInt8(ascii: "}"), UInt8(ascii: "]"): if quote == nil { depth -= 1 }
            default: continue
            }
        }
        return depth
    }

    private static let keys = [
        "id", "type", "placeholder", "options", "min", "max", "step", "prefix", "suffix", "color", "label",
        "resetVariables", "variableType", "count", "ops", "varname", "value", "value1", "value2", "test", "text",
    ]

    private mutating func check(_ widget: UIWidget, _ range: Range<Int>) {
        for entry in widget.fields.entries.prefix(100) where !Self.keys.contains(entry.key) {
            guard problems.count < 100, let near = NearestName.find(entry.key, in: Self.keys) else { continue }
            report(
                .warning, "ui.unknown-key", entry.keyRange, "`\(entry.key)` has no meaning in a field",
                hint: "did you mean `\(near)`?")
        }
        checkKind(widget, range)
        let needsID = !widget.kind.isValueless && widget.kind != .button
        if let id = widget.id {
            if id == "type" {
                report(
                    .error, "ui.reserved-id", range, "a field cannot be called `type`: that is the key of the op",
                    hint: "choose another id")
            } else if !ids.insert(id).inserted {
                report(.warning, "ui.duplicate-id", range, "two fields are called `\(id)`", hint: "rename one of them")
            }
        } else if needsID {
            report(
                .error, "ui.missing-id", range.lowerBound..<range.lowerBound + 1, "this field has no `id`",
                hint: "add `id: 'name'`")
        }
    }

    private mutating func checkKind(_ widget: UIWidget, _ range: Range<Int>) {
        guard let type = widget.fields.entry("type") else {
            report(
                .error, "ui.missing-type", range.lowerBound..<range.lowerBound + 1, "this field has no `type`",
                hint: "add `type: 'number'`, `'string'` or `'choose'`")
            return
        }
        if !UIWidget.Kind.known.contains(widget.kind) {
            let known = UIWidget.Kind.known.map(\.rawValue)
            let near = NearestName.find(widget.kind.rawValue, in: known)
            let isOp = widget.kind.rawValue.contains("/")
            if !isOp {
                report(
                    .warning, "ui.unknown-type", type.value.range,
                    "`\(UIWidget.text(type.value))` is not a kind of field",
                    hint: near.map { "did you mean `\($0)`?" } ?? "use one of \(NameList.text(known))")
            }
        }
        if widget.kind == .choose { checkOptions(widget, range) }
        if widget.kind == .number, let placeholder = widget.placeholder, placeholder.number == nil,
            placeholder.string.flatMap(UIWidget.number) == nil
        {
            report(
                .error, "ui.wrong-placeholder", placeholder.range,
                "the placeholder of a number must be a number, found \(placeholder.kindInWords)",
                hint: "write `placeholder: 1`")
        }
        for key in ["min", "max", "step"] {
            guard let bound = widget.fields[key], bound.number == nil, !bound.isNull else { continue }
            report(
                .error, "ui.wrong-bound", bound.range, "`\(key)` must be a number, found \(bound.kindInWords)",
                hint: "write it without quotes")
        }
    }

    private mutating func checkOptions(_ widget: UIWidget, _ range: Range<Int>) {
        guard let options = widget.fields["options"] else {
            report(
                .error, "ui.missing-options", range.lowerBound..<range.lowerBound + 1,
                "this `choose` field has no `options`",
                hint: "add `options: ['a', 'b']`")
            return
        }
        guard options.list != nil else {
            report(
                .error, "ui.wrong-options", options.range, "`options` must be a list, found \(options.kindInWords)",
                hint: "write `options: ['a', 'b']`")
            return
        }
        if let placeholder = widget.placeholder, !widget.options.contains(where: { $0.value == placeholder }) {
            let labels = widget.options.map(\.label)
            report(
                .warning, "ui.placeholder-not-an-option", placeholder.range,
                "the placeholder `\(UIWidget.text(placeholder))` is not one of the options",
                hint: NearestName.find(UIWidget.text(placeholder), in: labels).map { "did you mean `\($0)`?" }
                    ?? "use one of \(NameList.text(labels))")
        }
    }
}
