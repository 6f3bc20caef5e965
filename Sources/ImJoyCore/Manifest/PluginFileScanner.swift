/// Cuts a plugin file into its top-level blocks, in time proportional to its size.
///
/// The file looks like HTML but is read by simpler rules: `script`, `style` and `textarea` are raw text up to their
/// end tag; in other blocks nested elements are followed only to find where the block ends; what does not form a tag
/// is text.
struct PluginFileScanner {
    let source: SourceText
    private(set) var blocks: [PluginFile.Block] = []
    private(set) var problems: [SourceProblem] = []
    var markup: MarkupReader
    /// After a block that is never closed, ends are taken at the first end tag, so that nothing is scanned twice.
    private var isRecovering = false
    private var otherBlocks = 0
    private var endFinders: [String: EndTagFinder] = [:]
    /// The last end tag of each element name; made when the first block of an unknown name is met.
    private var lastEndTags: [UInt64: Int]?
    private var bytes: [UInt8] { source.bytes }

    init(_ source: SourceText) {
        self.source = source
        markup = MarkupReader(source.bytes)
    }

    mutating func scan() {
        reportInvalidUTF8()
        var position = source.start
        while let place = bytes.firstOffset(of: UInt8(ascii: "<"), from: position) {
            switch markup.read(at: place, collecting: true) {
            case .skip(let end): position = end
            case .endTag(let name, let end):
                strayEndTag(name, place..<end)
                position = end
            case .startTag(let tag): position = scanBlock(tag)
            case nil: position = unfinishedTag(at: place) ?? place + 1
            }
        }
        if markup.isExhausted {
            report(
                .error, "file.too-many-unfinished-tags", 0..<1,
                "the file has so many unfinished tags that scanning them was given up", hint: "write `&lt;` for `<`")
        }
    }

    private mutating func report(
        _ severity: ManifestDiagnostic.Severity, _ code: ManifestDiagnostic.Code, _ range: Range<Int>,
        _ message: String, hint: String? = nil
    ) {
        if problems.count < 200 { problems.append(SourceProblem(severity, code, range, message, hint: hint)) }
    }

    private mutating func reportInvalidUTF8() {
        guard UTF8Validation.hasNonASCII(bytes, in: 0..<bytes.count) else { return }
        var offset = 0
        var count = 0
        while count < 8, let invalid = UTF8Validation.firstInvalid(bytes, in: offset..<bytes.count) {
            report(
                .warning, "file.invalid-utf8", invalid..<invalid + 1,
                "the byte 0x\(hex(bytes[invalid])) at offset \(invalid) is not valid UTF-8 and reads as U+FFFD",
                hint: "save the file in UTF-8")
            offset = invalid + 1
            // One message for a run of bad bytes.
            while offset < bytes.count, UTF8Validation.sequenceLength(bytes, at: offset, end: bytes.count) == nil {
                offset += 1
            }
            count += 1
        }
    }

    // MARK: Blocks

    private mutating func scanBlock(_ tag: MarkupReader.StartTag) -> Int {
        let name = source.text(in: tag.name)
        let kind = PluginFile.Block.Kind(rawValue: name).flatMap { $0 == .other ? nil : $0 } ?? .other
        checkName(name, kind, tag)
        let folded = String(decoding: bytes[tag.name].map(\.lowercasedASCII), as: UTF8.self)
        // A link has no content: without this rule one that lacks its slash swallows the rest of the file.
        if tag.isSelfClosing || kind == .link {
            add(kind, name, tag, body: tag.end..<tag.end, end: tag.end, isClosed: true)
            return tag.end
        }
        let end: Range<Int>?
        if MarkupReader.rawNames.contains(folded) {
            end = endFinder(folded) { $0.next(from: tag.end) }
        } else {
            end = kind == .other && !hasEndTag(tag) ? nil : bodyEnd(of: folded, tag)
        }
        guard let end else {
            isRecovering = true
            add(kind, name, tag, body: tag.end..<tag.end, end: bytes.count, isClosed: false)
            reportUnclosed(kind, name, tag)
            // The rest of a raw block is raw; after any other, blocks may still be found.
            return MarkupReader.rawNames.contains(folded) ? bytes.count : tag.end
        }
        add(kind, name, tag, body: tag.end..<end.lowerBound, end: end.upperBound, isClosed: true)
        if kind == .script || kind == .style { checkSwallowedBlocks(name, tag, end) }
        return end.upperBound
    }

    private mutating func add(
        _ kind: PluginFile.Block.Kind, _ name: String, _ tag: MarkupReader.StartTag, body: Range<Int>, end: Int,
        isClosed: Bool
    ) {
        let indentation = Deindent(bytes, body)
        let content =
            indentation.columns == 0
            ? source.text(in: body) : String(decoding: indentation.apply(bytes, body), as: UTF8.self)
        blocks.append(
            PluginFile.Block(
                kind: kind, tag: name, attributes: tag.attributes.map(attribute), content: content,
                range: tag.start..<end, openingTagRange: tag.start..<tag.end, bodyRange: body,
                removedIndentation: indentation.columns, isClosed: isClosed, source: source))
    }

    private func attribute(_ attribute: MarkupReader.Attribute) -> PluginFile.Block.Attribute {
        var value = attribute.value.map(source.text)
        if value?.isEmpty == true { value = nil }
        if let text = value, text.utf8.contains(UInt8(ascii: "&")) { value = EntityDecoding.decode(text) }
        return PluginFile.Block.Attribute(
            name: source.text(in: attribute.name), value: value,
            range: attribute.name.lowerBound..<(attribute.value ?? attribute.name).upperBound)
    }

    private mutating func endFinder<Result>(_ name: String, _ body: (inout EndTagFinder) -> Result) -> Result {
        var finder = endFinders[name] ?? EndTagFinder(name, bytes)
        defer { endFinders[name] = finder }
        return body(&finder)
    }

    /// Whether an end tag follows at all.
    ///
    /// One pass answers this for every name: a search for each of many made-up names would take quadratic time.
    private mutating func hasEndTag(_ tag: MarkupReader.StartTag) -> Bool {
        let last = lastEndTags ?? markup.lastEndTags()
        lastEndTags = last
        return last[markup.key(tag.name), default: -1] >= tag.end
    }

    /// The end tag that closes a block which is not raw text, or nil when there is none.
    private mutating func bodyEnd(of name: String, _ tag: MarkupReader.StartTag) -> Range<Int>? {
        guard let first = endFinder(name, { $0.next(from: tag.end) }) else { return nil }
        if isRecovering { return first }
        var open = OpenElements(markup.key(tag.name))
        var position = tag.end
        while let place = bytes.firstOffset(of: UInt8(ascii: "<"), from: position) {
            switch markup.read(at: place, collecting: false) {
            case .skip(let end): position = end
            case .endTag(let child, let end):
                if open.close(markup.key(child)) { return place..<end }
                position = end
            case .startTag(let child):
                position = child.end
                if child.isSelfClosing { continue }
                if let raw = markup.rawName(child.name) {
                    // A literal `<script>` in text, not closed before the block ends, is only text.
                    let rawEnd = endFinder(raw) { $0.next(from: child.end) }
                    let blockEnd = endFinder(name) { $0.next(from: child.end) }
                    guard let blockEnd else { return nil }
                    if let rawEnd, rawEnd.lowerBound < blockEnd.lowerBound || name == "window" {
                        position = rawEnd.upperBound
                    }
                } else {
                    open.open(markup.key(child.name))
                }
            case nil: position = place + 1
            }
        }
        return nil
    }
}

// MARK: - What looks wrong

extension PluginFileScanner {
    private static let known = PluginFile.Block.Kind.allCases.filter { $0 != .other }.map(\.rawValue)

    private mutating func checkName(_ name: String, _ kind: PluginFile.Block.Kind, _ tag: MarkupReader.StartTag) {
        for attribute in tag.attributes {
            guard kind != .other, let value = attribute.value, bytes[value].contains(0x0A) else { continue }
            report(
                .warning, "file.attribute-over-lines", attribute.name.lowerBound..<value.upperBound,
                "the value of `\(source.text(in: attribute.name))` runs over a line break",
                hint: "close the quote on its own line")
        }
        guard kind == .other, problems.count < 200 else { return }
        otherBlocks += 1
        guard otherBlocks <= 1000 else { return }
        let languages = ["javascript": "javascript", "js": "javascript", "python": "python", "py": "python"]
        if let language = languages[name.lowercased()] {
            report(
                .warning, "file.unknown-block", tag.name, "`<\(name)>` is not a block of a plugin file and is ignored",
                hint: "write `<script lang=\"\(language)\">`")
        } else if let near = NearestName.find(name, in: Self.known) {
            report(
                .warning, "file.unknown-block", tag.name, "`<\(name)>` is not a block of a plugin file and is ignored",
                hint: "did you mean `<\(near)>`?")
        }
    }

    private mutating func strayEndTag(_ name: Range<Int>, _ range: Range<Int>) {
        let text = source.text(in: name).lowercased()
        // Browsers make elements of these two.
        if text == "p" || text == "br" {
            let tag = MarkupReader.StartTag(
                start: range.lowerBound, name: name, attributes: [], end: range.upperBound, isSelfClosing: true)
            add(.other, text, tag, body: range.upperBound..<range.upperBound, end: range.upperBound, isClosed: true)
            return
        }
        guard Self.known.contains(text) else { return }
        if let previous = blocks.last, previous.tag.lowercased() == text, text != "link",
            MarkupReader.rawNames.contains(text), previous.isClosed,
            hasText(previous.range.upperBound..<range.lowerBound)
        {
            let cut = previous.bodyRange.upperBound..<previous.range.upperBound
            report(
                .warning, "file.early-end", cut, "the `\(text)` block ends here, but there is a second end tag later",
                hint: "write `<\\/\(text)>` inside a string of the \(text)")
        } else if text != "link" {
            report(
                .warning, "file.stray-end", range, "this end tag closes nothing",
                hint: "remove it, or add `<\(text)>` before it")
        }
    }

    private func hasText(_ range: Range<Int>) -> Bool {
        bytes[range].contains { $0 > 0x20 }
    }

    private mutating func reportUnclosed(_ kind: PluginFile.Block.Kind, _ name: String, _ tag: MarkupReader.StartTag) {
        guard kind != .other || name == "html" else { return }
        let isNeeded = kind == .config || kind == .script || kind == .window
        report(
            isNeeded ? .error : .warning, "file.unclosed-block", tag.start..<tag.end,
            "this `\(name)` block is never closed, so its content is lost", hint: "add `</\(name)>` at its end")
    }

    /// A script that contains a line starting with another block most likely lacks its end tag.
    private mutating func checkSwallowedBlocks(_ name: String, _ tag: MarkupReader.StartTag, _ end: Range<Int>) {
        var position = tag.end
        while let newline = bytes.firstOffset(of: 0x0A, from: position), newline < end.lowerBound {
            position = newline + 1
            guard bytes.matches("<", at: position) else { continue }
            for block in Self.known {
                let after = position + 1 + block.utf8.count
                guard after < end.lowerBound, bytes[position + 1..<after].elementsEqual(block.utf8),
                    [0x20, 0x0A, 0x0D, UInt8(ascii: ">")].contains(bytes[after])
                else { continue }
                report(
                    .warning, "file.swallowed-block", tag.start..<tag.end,
                    "this `\(name)` block goes on over the `<\(block)>` at line \(source.line(at: position))",
                    hint: "add `</\(name)>` before that line")
                return
            }
        }
    }

    /// Reports a known block whose opening tag is malformed, and gives the place to go on.
    private mutating func unfinishedTag(at place: Int) -> Int? {
        guard let name = markup.name(at: place + 1), name.upperBound < bytes.count,
            Self.known.contains(source.text(in: name)), !markup.isExhausted
        else { return nil }
        let lineEnd = source.lineRange(source.line(at: place)).upperBound
        let text = source.text(in: place..<min(lineEnd, place + 200))
        let quotes = text.utf8.filter { $0 == UInt8(ascii: "\"") }.count
        let lacksBracket = !text.utf8.contains(UInt8(ascii: ">"))
        report(
            .error, "file.unfinished-tag", place..<lineEnd, "the tag `<\(source.text(in: name))` is not well formed",
            hint: quotes % 2 == 1
                ? "close the quote" : lacksBracket ? "add `>`" : "write attributes as `name=\"value\"`")
        return nil
    }
}

/// The elements open inside a block; all steps take constant time on average.
struct OpenElements {
    private var stack: [UInt64]
    private var counts: [UInt64: Int]

    init(_ block: UInt64) {
        stack = [block]
        counts = [block: 1]
    }

    mutating func open(_ key: UInt64) {
        stack.append(key)
        counts[key, default: 0] += 1
    }

    /// Closes the nearest open element of this name and those inside it; true when that was the block itself.
    mutating func close(_ key: UInt64) -> Bool {
        guard counts[key, default: 0] > 0 else { return false }
        while let last = stack.popLast() {
            counts[last, default: 1] -= 1
            if last == key { break }
        }
        return stack.isEmpty
    }
}
