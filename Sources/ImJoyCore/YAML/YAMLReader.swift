/// Reads one YAML document into a value with a place for every part.
///
/// libyaml does the grammar; scalars follow the core schema. Aliases are copies of what they name, and the copies
/// are counted, so that a few lines cannot stand for billions of values.
struct YAMLReader {
    /// Bounds on what a text may ask of the reader.
    struct Limits {
        /// Lists and mappings inside one another.
        var depth = 128
        /// Values, those reached through aliases counted each time.
        var values = 100_000
        /// Problems after which reading stops.
        var problems = 100
    }

    /// What an anchor names, how many values it holds, and how deep they are nested.
    private struct Anchored {
        var value: ManifestValue
        var count = 1
        var height = 0
    }

    let bytes: [UInt8]
    let limits: Limits
    private let offsets: ScalarOffsets
    private(set) var problems: [SourceProblem] = []
    /// False when reading stopped early, so that missing keys prove nothing.
    private(set) var isReliable = true
    private var anchors: [String: Anchored] = [:]
    /// Anchors whose value is still being read.
    private var openAnchors: Set<String> = []
    private var valueCount = 0
    private var depth = 0
    private var isStopped = false
    /// A quoted text over several lines that look like entries: its closing quote is missing, should reading fail.
    private var doubtfulQuote: Range<Int>?

    init(_ bytes: [UInt8], limits: Limits = Limits()) {
        self.bytes = bytes
        self.limits = limits
        offsets = ScalarOffsets(bytes)
    }

    /// Reads the document; ranges are byte ranges of the text. Nil when there is nothing to read.
    mutating func read() -> ManifestValue? {
        if let invalid = UTF8Validation.firstInvalid(bytes, in: 0..<bytes.count) {
            report(
                .error, "yaml.invalid-utf8", invalid..<invalid + 1,
                "the byte 0x\(hex(bytes[invalid])) is not valid UTF-8", hint: "save the file in UTF-8")
            isReliable = false
            return nil
        }
        let bytes = bytes
        return bytes.withUnsafeBufferPointer { buffer -> ManifestValue? in
            var events = YAMLEventStream(buffer)
            let value = readDocument(&events)
            if value == nil, isReliable {
                report(.error, "yaml.empty", 0..<0, "there is no YAML here", hint: "write `key: value` lines")
            }
            return value
        }
    }

    private mutating func report(
        _ severity: ManifestDiagnostic.Severity, _ code: ManifestDiagnostic.Code, _ range: Range<Int>,
        _ message: String, hint: String? = nil
    ) {
        guard !isStopped else { return }
        guard problems.count < limits.problems else { return stop() }
        problems.append(SourceProblem(severity, code, range, message, hint: hint))
    }

    private mutating func stop() {
        isStopped = true
        isReliable = false
    }

    private mutating func next(_ events: inout YAMLEventStream) -> YAMLEvent? {
        guard !isStopped else { return nil }
        if let event = events.next() { return event }
        if let doubtfulQuote {
            let start = doubtfulQuote.lowerBound
            problems.append(
                SourceProblem(
                    .error, "yaml.unclosed-quote", start..<start + 1, "this quoted text is not closed on its line",
                    hint: "add the closing quote"))
        } else {
            problems.append(YAMLMistake(events.failure, bytes, offsets).problem)
        }
        stop()
        return nil
    }

    private func range(_ event: YAMLEvent) -> Range<Int> {
        let start = offsets.byteOffset(event.start)
        return start..<max(start, offsets.byteOffset(event.end))
    }

    // MARK: Composing

    private mutating func readDocument(_ events: inout YAMLEventStream) -> ManifestValue? {
        var root: ManifestValue?
        while let event = next(&events) {
            switch event.kind {
            case .streamEnd: return root
            case .documentStart where root != nil:
                report(
                    .error, "yaml.several-documents", range(event), "the config holds more than one YAML document",
                    hint: "remove the `---` line and what follows it")
                return root
            case .documentStart, .documentEnd, .other: continue
            default: root = compose(event, &events).value
            }
        }
        // What a runaway text has swallowed would be judged as its value.
        return doubtfulQuote == nil || !isStopped ? root : nil
    }

    /// Whether a quoted text runs over lines of which one looks like `key: value`.
    private func looksUnclosed(_ range: Range<Int>) -> Bool {
        let lines = bytes[range].split(separator: 0x0A)
        return lines.dropFirst().contains { line in
            let key = line.drop { $0 == 0x20 }.prefix { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") }
            guard !key.isEmpty, key.endIndex < line.endIndex, line[key.endIndex] == UInt8(ascii: ":") else {
                return false
            }
            return key.endIndex + 1 == line.endIndex || line[key.endIndex + 1] == 0x20
        }
    }

    /// Builds the value that starts with `event`, and counts the values in it.
    private mutating func compose(_ event: YAMLEvent, _ events: inout YAMLEventStream) -> Anchored {
        valueCount += 1
        if case .alias(let name) = event.kind { return resolveAlias(name, range(event)) }
        if valueCount > limits.values {
            reportTooMany(range(event))
            return Anchored(value: ManifestValue(.null, range: range(event)))
        }
        if let anchor = event.anchor { openAnchors.insert(anchor) }
        var result: Anchored
        switch event.kind {
        case .scalar(let text, let isPlain):
            if !isPlain, doubtfulQuote == nil, isQuoted(event), looksUnclosed(range(event)) {
                doubtfulQuote = range(event)
            }
            result = Anchored(value: scalar(text, isPlain: isPlain, tag: event.tag, range(event)))
        case .sequenceStart, .mappingStart: result = composeContainer(event, &events)
        default: result = Anchored(value: ManifestValue(.null, range: range(event)))
        }
        if let anchor = event.anchor {
            openAnchors.remove(anchor)
            anchors[anchor] = result
        }
        return result
    }

    private func isQuoted(_ event: YAMLEvent) -> Bool {
        let start = range(event).lowerBound
        return start < bytes.count && (bytes[start] == UInt8(ascii: "'") || bytes[start] == UInt8(ascii: "\""))
    }

    private mutating func composeContainer(_ event: YAMLEvent, _ events: inout YAMLEventStream) -> Anchored {
        guard depth < limits.depth else {
            reportTooDeep(range(event))
            return Anchored(value: ManifestValue(.null, range: range(event)))
        }
        depth += 1
        defer { depth -= 1 }
        if case .mappingStart = event.kind {
            checkTag(event.tag, "map", range(event))
            return composeMapping(event, &events)
        }
        checkTag(event.tag, "seq", range(event))
        return composeSequence(event, &events)
    }

    private mutating func composeSequence(_ start: YAMLEvent, _ events: inout YAMLEventStream) -> Anchored {
        var values: [ManifestValue] = []
        var count = 1
        var height = 0
        var end = range(start).upperBound
        while let event = next(&events) {
            if case .sequenceEnd = event.kind {
                end = max(end, flowEnd(event))
                break
            }
            let element = compose(event, &events)
            values.append(element.value)
            count += element.count
            height = max(height, element.height)
            end = max(end, range(event).upperBound, element.value.range.upperBound)
        }
        return Anchored(
            value: ManifestValue(.list(values), range: range(start).lowerBound..<end), count: count,
            height: height + 1)
    }

    private mutating func composeMapping(_ start: YAMLEvent, _ events: inout YAMLEventStream) -> Anchored {
        var entries = EntryList()
        var merged: [ManifestObject] = []
        var count = 1
        var height = 0
        var end = range(start).upperBound
        while let event = next(&events) {
            if case .mappingEnd = event.kind {
                end = max(end, flowEnd(event))
                break
            }
            let key = readKey(event, &events)
            guard let valueEvent = next(&events) else { break }
            if let key { checkColon(key, event, valueEvent) }
            let value = compose(valueEvent, &events)
            count += value.count + 1
            height = max(height, value.height)
            end = max(end, range(valueEvent).upperBound, value.value.range.upperBound)
            if key == "<<", case .scalar(_, isPlain: true) = event.kind {
                merged += mergeSources(value.value, range(valueEvent))
            } else if let key,
                entries.append(ManifestObject.Entry(key, value.value, keyRange: range(event))) != nil
            {
                report(
                    .error, "yaml.duplicate-key", range(event), "`\(key)` is given twice",
                    hint: "remove one of the two")
            }
        }
        for entry in merged.flatMap(\.entries) where !entries.contains(entry.key) { _ = entries.append(entry) }
        return Anchored(
            value: ManifestValue(.object(entries.object), range: range(start).lowerBound..<end), count: count,
            height: height + 1)
    }

    /// `{w 20}` is a name without a value, which nobody means.
    private mutating func checkColon(_ key: String, _ event: YAMLEvent, _ value: YAMLEvent) {
        guard case .scalar("", isPlain: true) = value.kind, case .scalar(_, let isPlain) = event.kind else { return }
        let keyRange = range(event)
        var offset = keyRange.upperBound
        while offset < bytes.count, bytes[offset] <= 0x20 { offset += 1 }
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: ",") || bytes[offset] == UInt8(ascii: "}") else {
            return
        }
        let space = isPlain ? bytes[keyRange].firstIndex(of: 0x20) : nil
        let place = space ?? keyRange.upperBound
        let name = String(decoding: bytes[keyRange.lowerBound..<place], as: UTF8.self)
        report(
            .warning, "yaml.missing-colon", place..<place + 1, "`\(name)` has no value, because no colon follows it",
            hint: "add `:` and a space after the name")
    }

    /// The end of a `]` or `}`; a block has no closing mark, and libyaml puts its end at whatever follows.
    private func flowEnd(_ event: YAMLEvent) -> Int {
        let range = range(event)
        return range.count == 1 ? range.upperBound : 0
    }

    private mutating func readKey(_ event: YAMLEvent, _ events: inout YAMLEventStream) -> String? {
        if case .scalar(let text, _) = event.kind {
            if let anchor = event.anchor {
                anchors[anchor] = Anchored(value: ManifestValue(.string(text), range: range(event)))
            }
            return text
        }
        let key = compose(event, &events)
        if let text = key.value.string { return text }
        report(
            .error, "yaml.complex-key", range(event), "a name must be text, found \(key.value.kindInWords)",
            hint: "put quotes round it if it is meant as text")
        return nil
    }

    private mutating func mergeSources(_ value: ManifestValue, _ range: Range<Int>) -> [ManifestObject] {
        let sources = value.list ?? [value]
        let objects = sources.compactMap(\.object)
        if objects.count != sources.count {
            report(
                .error, "yaml.bad-merge", range, "`<<` takes a mapping or a list of mappings",
                hint: "write `<<: *name`, where `&name` stands before a mapping")
        }
        return objects
    }

    private mutating func resolveAlias(_ name: String, _ range: Range<Int>) -> Anchored {
        let nothing = Anchored(value: ManifestValue(.null, range: range))
        if openAnchors.contains(name) {
            report(
                .error, "yaml.recursive-alias", range, "`*\(name)` stands inside the value that it names",
                hint: "remove it: a config cannot contain itself")
            return nothing
        }
        guard let anchored = anchors[name] else {
            let near = NearestName.find(name, in: Array(anchors.keys.sorted().prefix(1000)))
            report(
                .error, "yaml.unknown-alias", range, "nothing is called `&\(name)` before this `*\(name)`",
                hint: near.map { "did you mean `*\($0)`?" } ?? "put quotes round text that starts with `*`")
            return nothing
        }
        valueCount += anchored.count
        guard valueCount <= limits.values else {
            reportTooMany(range)
            return nothing
        }
        // Without this a chain of aliases could nest as deep as it has values.
        guard depth + anchored.height <= limits.depth else {
            reportTooDeep(range)
            return nothing
        }
        // Problems in the copy are best shown where the alias stands.
        return Anchored(
            value: ManifestValue(anchored.value.kind, range: range), count: anchored.count, height: anchored.height)
    }

    private mutating func reportTooDeep(_ range: Range<Int>) {
        report(
            .error, "yaml.too-deep", range, "lists and mappings are nested more than \(limits.depth) deep",
            hint: "flatten the value")
        stop()
    }

    private mutating func reportTooMany(_ range: Range<Int>) {
        report(
            .error, "yaml.too-many-values", range, "this YAML stands for more than \(limits.values) values",
            hint: "use fewer aliases")
        stop()
    }

    // MARK: Scalars and tags

    private mutating func scalar(_ text: String, isPlain: Bool, tag: String?, _ range: Range<Int>) -> ManifestValue {
        let prefix = "tag:yaml.org,2002:"
        guard let tag, tag != "!" else {
            return ManifestValue(tag == nil && isPlain ? YAMLScalar.resolve(text) : .string(text), range: range)
        }
        guard tag.hasPrefix(prefix) else {
            reportTag(tag, range)
            return ManifestValue(.string(text), range: range)
        }
        let name = String(tag.dropFirst(prefix.count))
        let kind = YAMLScalar.resolve(text)
        switch (name, kind) {
        case ("str", _): return ManifestValue(.string(text), range: range)
        case ("null", .null), ("bool", .bool), ("int", .number), ("float", .number):
            return ManifestValue(kind, range: range)
        case ("null", _), ("bool", _), ("int", _), ("float", _):
            report(.error, "yaml.bad-tag", range, "`\(text)` is not a `!!\(name)`", hint: "remove the tag")
        default: reportTag("!!" + name, range)
        }
        return ManifestValue(.string(text), range: range)
    }

    private mutating func checkTag(_ tag: String?, _ expected: String, _ range: Range<Int>) {
        guard let tag, tag != "!", tag != "tag:yaml.org,2002:" + expected else { return }
        reportTag(tag, range)
    }

    private mutating func reportTag(_ tag: String, _ range: Range<Int>) {
        report(
            .error, "yaml.unknown-tag", range, "the YAML tag `\(tag)` has no meaning in a config",
            hint: "remove the tag")
    }
}

/// Turns libyaml's scalar offsets into byte offsets.
struct ScalarOffsets {
    private static let stride = 64
    private let bytes: [UInt8]
    /// The byte offset of every 64th scalar; empty for ASCII text, where the two are the same.
    private var marks: [Int] = []

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        guard UTF8Validation.hasNonASCII(bytes, in: 0..<bytes.count) else { return }
        var count = 0
        for (offset, byte) in bytes.enumerated() where byte & 0xC0 != 0x80 {
            if count % Self.stride == 0 { marks.append(offset) }
            count += 1
        }
    }

    func byteOffset(_ scalar: Int) -> Int {
        guard !marks.isEmpty else { return min(max(0, scalar), bytes.count) }
        let slot = scalar / Self.stride
        guard slot < marks.count else { return bytes.count }
        var offset = marks[slot]
        for _ in 0..<scalar % Self.stride where offset < bytes.count {
            offset += 1
            while offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
        }
        return offset
    }
}
