extension PluginFile {
    /// Sets a field of the config and leaves every other byte of the file as it is, comments and order included.
    ///
    /// A field that is there gets the new value in its place; a new one is added after the last. The value is written
    /// as JSON, which YAML understands too; comments inside a replaced value go with it. Throws a ``ManifestError``
    /// when the file has no config that can be read, or when the change would alter anything else.
    ///
    /// ```swift
    /// let newer = try file.setting("version", to: "0.2.0")
    /// try print(newer)        // the whole file, with the new version
    /// ```
    public func setting(_ field: String, to value: ManifestValue) throws(ManifestError) -> PluginFile {
        let editor = try ConfigEditor(self)
        return try editor.checked(editor.set(field, value), field, value)
    }

    /// Removes a field from the config and leaves all else as it is; the file itself when there is no such field.
    ///
    /// Throws a ``ManifestError`` when the file has no config that can be read, or when the change would alter
    /// anything else.
    public func removing(_ field: String) throws(ManifestError) -> PluginFile {
        let editor = try ConfigEditor(self)
        guard let entry = editor.fields.entry(field) else { return self }
        return try editor.checked(editor.remove(entry), field, nil)
    }
}

/// Changes one field in the text of a config.
struct ConfigEditor {
    struct Edit {
        var range: Range<Int>
        var text: String
    }

    private let file: PluginFile
    private let config: PluginFile.Block
    private let isYAML: Bool
    private let root: Range<Int>
    let fields: ManifestObject
    private var bytes: [UInt8] { file.source.bytes }
    /// The line end that the file uses.
    private var newline: String {
        let first = bytes.firstOffset(of: 0x0A, from: 1)
        return first.map { bytes[$0 - 1] == 0x0D } == true ? "\r\n" : "\n"
    }

    init(_ file: PluginFile) throws(ManifestError) {
        var decoder = ManifestDecoder(file, tag: nil)
        let fields = decoder.readFields()
        let errors = ManifestDiagnostic.list(file.problems + decoder.problems, in: file.source)
        guard file.configDefaults == nil, let config = file.config, config.isClosed, let fields,
            !errors.contains(where: { $0.severity == .error })
        else {
            throw ManifestError(
                .invalid, "the config of \(file.name) cannot be edited, because it cannot be read", diagnostics: errors)
        }
        self.file = file
        self.config = config
        self.fields = fields
        isYAML = decoder.language == .yaml
        root = decoder.rootRange
    }

    func set(_ field: String, _ value: ManifestValue) -> Edit {
        let text = Self.text(value)
        if let entry = fields.entry(field) { return replace(entry, text) }
        let key = isYAML && Self.isPlain(field) ? field : Self.text(ManifestValue(field))
        guard let last = fields.entries.max(by: { $0.keyRange.lowerBound < $1.keyRange.lowerBound }) else {
            let inside = root.lowerBound + 1
            return Edit(range: inside..<inside, text: "\(key): \(text)")
        }
        let end = max(last.value.range.upperBound, last.keyRange.upperBound)
        let lead = lead(last.keyRange.lowerBound)
        if isYAML, bytes[root.lowerBound] != UInt8(ascii: "{") {
            let lineEnd = contentEnd(end)
            return Edit(range: lineEnd..<lineEnd, text: "\(newline)\(lead ?? "")\(key): \(text)")
        }
        let separator = lead.map { "," + newline + $0 } ?? ", "
        return Edit(range: end..<end, text: "\(separator)\(key): \(text)")
    }

    private func replace(_ entry: ManifestObject.Entry, _ text: String) -> Edit {
        let range = entry.value.range
        let gap = entry.keyRange.upperBound..<max(range.lowerBound, entry.keyRange.upperBound)
        // A block below its name, or nothing at all, starts right after the colon.
        if isYAML, range.isEmpty || bytes[gap].contains(0x0A) || isBlockText(range) {
            let colon = bytes.firstOffset(of: UInt8(ascii: ":"), from: entry.keyRange.upperBound) ?? range.lowerBound
            let end = max(colon + 1, blockEnd(range))
            return Edit(range: colon + 1..<end, text: " " + text)
        }
        return Edit(range: range, text: text)
    }

    func remove(_ entry: ManifestObject.Entry) -> Edit {
        let start = entry.keyRange.lowerBound
        let end = isYAML ? blockEnd(entry.value.range) : entry.value.range.upperBound
        if isYAML, bytes[root.lowerBound] != UInt8(ascii: "{") {
            let lineStart = file.source.lineRange(file.source.line(at: start)).lowerBound
            let next = bytes.firstOffset(of: 0x0A, from: max(end, entry.keyRange.upperBound)).map { $0 + 1 }
            return Edit(range: lineStart..<min(next ?? end, config.bodyRange.upperBound), text: "")
        }
        // A name that is given twice stands where it comes last.
        let entries = fields.entries.sorted { $0.keyRange.lowerBound < $1.keyRange.lowerBound }
        if let after = entries.first(where: { $0.keyRange.lowerBound > start }) {
            return Edit(range: start..<after.keyRange.lowerBound, text: "")
        }
        let before = entries.last { $0.keyRange.lowerBound < start }
        return Edit(range: (before?.value.range.upperBound ?? start)..<end, text: "")
    }

    /// The space before the first name of a line; nil when something else stands there.
    private func lead(_ offset: Int) -> String? {
        let line = file.source.lineRange(file.source.line(at: offset))
        let space = bytes[line.lowerBound..<max(line.lowerBound, offset)]
        guard space.allSatisfy({ $0 == 0x20 || $0 == 0x09 }), line.lowerBound > config.bodyRange.lowerBound else {
            return nil
        }
        return String(decoding: space, as: UTF8.self)
    }

    private func isBlockText(_ range: Range<Int>) -> Bool {
        bytes[range.lowerBound] == UInt8(ascii: "|") || bytes[range.lowerBound] == UInt8(ascii: ">")
    }

    /// The end of what a YAML value says; its range may go on over empty lines.
    private func blockEnd(_ range: Range<Int>) -> Int {
        var end = range.upperBound
        while end > range.lowerBound, bytes[end - 1] <= 0x20 { end -= 1 }
        return end
    }

    /// The end of the line at `offset`, comments included, or of the last line of a value that ends with a line.
    private func contentEnd(_ offset: Int) -> Int {
        var end = min(offset, bytes.count)
        while end > config.bodyRange.lowerBound, bytes[end - 1] <= 0x20 { end -= 1 }
        return min(file.source.lineRange(file.source.line(at: max(0, end - 1))).upperBound, config.bodyRange.upperBound)
    }

    private static func isPlain(_ name: String) -> Bool {
        guard let first = name.utf8.first, first.isLetter || first == UInt8(ascii: "_") else { return false }
        return name.utf8.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") }
            && YAMLScalar.resolve(name) == .string(name)
    }

    /// A value as JSON in which no tag of the plugin file can be seen, and which YAML reads as the same value.
    static func text(_ value: ManifestValue, _ style: ManifestValue.JSONStyle = .compact) -> String {
        var result = ""
        var scalars = value.json(style).unicodeScalars[...]
        while let scalar = scalars.popFirst() {
            let next = scalars.first.map { $0.value < 0x80 ? UInt8($0.value) : 0 } ?? 0
            let isTag = scalar == "<" && (next.isLetter || next == UInt8(ascii: "/") || next == UInt8(ascii: "!"))
            if isTag || isUnprintable(scalar) {
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Whether a scalar below U+10000 is no text, or the end of a line, to YAML, while JSON takes it as it is.
    private static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: true
        default: false
        }
    }

    /// The edited file, when its config says what it should and nothing else has changed.
    func checked(_ edit: Edit, _ field: String, _ value: ManifestValue?) throws(ManifestError) -> PluginFile {
        let edited = Array(bytes[..<edit.range.lowerBound]) + Array(edit.text.utf8) + bytes[edit.range.upperBound...]
        let result = PluginFile(parsing: edited, name: file.name)
        var decoder = ManifestDecoder(result, tag: nil)
        let fields = decoder.readFields()
        var expected = self.fields
        expected[field] = value
        let others = { (file: PluginFile) in file.blocks.filter { $0.kind != .config }.map(\.content) }
        guard fields == expected, !decoder.problems.contains(where: { $0.severity == .error }),
            others(result) == others(file)
        else {
            throw ManifestError(
                .invalid,
                "`\(field)` in \(file.name) cannot be changed without changing something else; edit the file by hand")
        }
        return result
    }
}
