/// Reads JSON (RFC 8259) with a place for every value and key, and goes on after mistakes.
///
/// The grammar it walks is wide: it takes comments, single quotes, bare words, missing commas and the like, and in
/// strict mode reports each of them with the way to mend it. So one pass finds all mistakes, and what could be read
/// is returned for further checks. In relaxed mode JSON5's liberties are not mistakes.
struct JSONReader {
    enum Mode { case strict, relaxed }

    /// Bounds on what a text may ask of the reader.
    struct Limits {
        /// Lists and objects inside one another.
        var depth = 128
        /// Problems after which reading stops.
        var problems = 100
    }

    let bytes: [UInt8]
    let end: Int
    let mode: Mode
    let limits: Limits
    /// For messages that name another line.
    let source: SourceText?
    var position: Int
    private(set) var problems: [SourceProblem] = []
    /// False when the structure had to be guessed, so that missing keys prove nothing.
    private(set) var isReliable = true
    /// The openers of the lists and objects being read.
    var openers: [Int] = []
    private var isStopped = false

    init(
        _ bytes: [UInt8], range: Range<Int>? = nil, mode: Mode = .strict, limits: Limits = Limits(),
        source: SourceText? = nil
    ) {
        self.bytes = bytes
        self.mode = mode
        self.limits = limits
        self.source = source
        let range = range ?? 0..<bytes.count
        position = range.lowerBound
        end = range.upperBound
        if bytes.matches("\u{FEFF}", at: position), end - position >= 3 { position += 3 }
    }

    /// Reads the one value of the text, or returns nil when there is nothing to read.
    mutating func read() -> ManifestValue? {
        let start = position
        skipSpace()
        guard !atEnd else {
            report(.error, "json.empty", start..<start, "there is no JSON here", hint: "write an object, such as `{}`")
            return nil
        }
        let value = startsKey() ? readUnopenedObject() : readValue(for: nil)
        skipSpace()
        if !atEnd { reportTrailingText() }
        return value
    }

    /// Reads one value and leaves `position` after it; what follows does not matter.
    mutating func readOne() -> ManifestValue? {
        skipSpace()
        return atEnd ? nil : readValue(for: nil)
    }

    var atEnd: Bool { position >= end || isStopped }
    var byte: UInt8 { bytes[position] }
    func peek(_ distance: Int = 1) -> UInt8? { position + distance < end ? bytes[position + distance] : nil }

    mutating func report(
        _ severity: ManifestDiagnostic.Severity, _ code: ManifestDiagnostic.Code, _ range: Range<Int>,
        _ message: String, hint: String? = nil
    ) {
        guard !isStopped else { return }
        guard problems.count < limits.problems else {
            stop()
            return
        }
        problems.append(SourceProblem(severity, code, range, message, hint: hint))
    }

    /// Reports something that JSON5 allows.
    mutating func reportUnlessRelaxed(
        _ code: ManifestDiagnostic.Code, _ range: Range<Int>, _ message: String, hint: String
    ) {
        if mode == .strict { report(.error, code, range, message, hint: hint) }
    }

    mutating func structureIsGuessed() { isReliable = false }

    /// Gives up: the rest of the text counts as read.
    mutating func stop() {
        isStopped = true
        isReliable = false
    }

    // MARK: Values

    /// Reads the value at `position`, where something other than space stands; nil when no value starts there.
    mutating func readValue(for key: String?) -> ManifestValue? {
        switch byte {
        case UInt8(ascii: "{"): return readContainer(isObject: true)
        case UInt8(ascii: "["): return readContainer(isObject: false)
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): return readStringValue()
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."):
            return readNumber()
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
            UInt8(ascii: "$"), 0x80...0xFF, UInt8(ascii: "@"), UInt8(ascii: "<"), UInt8(ascii: "\\"):
            return readWord(for: key)
        case UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ","), UInt8(ascii: ":"):
            let name = key.map { "`\($0)` has no value" } ?? "a value is missing"
            report(
                .error, "json.missing-value", position..<position + 1, "\(name) before this `\(scalarText(position))`",
                hint: key == nil ? "write a value here or remove the comma" : "write a value after the colon, or `null`"
            )
            return nil
        default:
            let range = position..<position + scalarLength(position)
            report(
                .error, "json.unexpected-character", range, "a value cannot start with `\(scalarText(position))`",
                hint: byte == UInt8(ascii: "(")
                    ? "write a list as `[ … ]`"
                    : "expected text in double quotes, a number, "
                        + "`true`, `false`, `null`, `[` or `{`")
            skipToSeparator()
            return nil
        }
    }

    private mutating func readContainer(isObject: Bool) -> ManifestValue? {
        guard openers.count < limits.depth else {
            report(
                .error, "json.too-deep", position..<position + 1,
                "lists and objects are nested more than \(limits.depth) deep", hint: "flatten the value")
            stop()
            return nil
        }
        openers.append(position)
        let value = isObject ? readObject() : readList()
        openers.removeLast()
        return value
    }

    /// Reads entries that stand without the `{` before them.
    private mutating func readUnopenedObject() -> ManifestValue {
        report(
            .error, "json.missing-opener", position..<position + 1, "an opening `{` is missing before the first name",
            hint: "add `{`")
        openers.append(position)
        defer { openers.removeLast() }
        return readObject(hasOpener: false)
    }

    // MARK: Space and comments

    /// Skips space and comments, reporting what strict JSON does not allow.
    mutating func skipSpace() {
        while !atEnd {
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            case UInt8(ascii: "/"):
                guard let next = peek(), next == UInt8(ascii: "/") || next == UInt8(ascii: "*") else { return }
                skipComment(isBlock: next == UInt8(ascii: "*"))
            case UInt8(ascii: "#"): skipComment(isBlock: false)
            case 0x0B, 0x0C, 0xC2, 0xE2, 0xE3, 0xEF:
                guard let length = oddSpaceLength() else { return }
                reportUnlessRelaxed(
                    "json.odd-space", position..<position + length, "this space is not one that JSON allows",
                    hint: "replace it with an ordinary space")
                position += length
            default: return
            }
        }
    }

    /// The length of a no-break space, line separator, byte-order mark or similar at `position`.
    private func oddSpaceLength() -> Int? {
        if byte == 0x0B || byte == 0x0C { return 1 }
        let spaces: [StaticString] = [
            "\u{A0}", "\u{FEFF}", "\u{2028}", "\u{2029}", "\u{200B}", "\u{2002}", "\u{2003}", "\u{2009}", "\u{202F}",
            "\u{3000}",
        ]
        for space in spaces where bytes.matches(space, at: position) {
            let length = space.utf8CodeUnitCount
            return position + length <= end ? length : nil
        }
        return nil
    }

    private mutating func skipComment(isBlock: Bool) {
        let start = position
        if isBlock {
            position += 2
            while !atEnd, !(byte == UInt8(ascii: "*") && peek() == UInt8(ascii: "/")) { position += 1 }
            if atEnd {
                report(
                    .error, "json.unclosed-comment", start..<start + 2, "this comment is never closed",
                    hint: "end it with `*/`, or remove it")
                return
            }
            position += 2
        } else {
            position = lineEnd(from: position)
        }
        if mode == .strict || bytes[start] == UInt8(ascii: "#") {
            report(.error, "json.comment", start..<position, "JSON has no comments", hint: "remove the comment")
        }
    }

    // MARK: Places

    /// The offset of the next line feed, or the end.
    func lineEnd(from offset: Int) -> Int {
        min(end, bytes.firstOffset(of: 0x0A, from: offset) ?? end)
    }

    func scalarLength(_ offset: Int) -> Int {
        UTF8Validation.sequenceLength(bytes, at: offset, end: end) ?? 1
    }

    func scalarText(_ offset: Int) -> String {
        String(decoding: bytes[offset..<offset + scalarLength(offset)], as: UTF8.self)
    }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// The text of a range for a message, shortened when it is long.
    func shortText(_ range: Range<Int>) -> String {
        let scalars = text(range.lowerBound..<min(range.upperBound, range.lowerBound + 160)).unicodeScalars
        guard scalars.count > 40 || range.count > 160 else { return String(String.UnicodeScalarView(scalars)) }
        return String(String.UnicodeScalarView(scalars.prefix(39))) + "…"
    }

    /// ` at line 3`, when the source is known.
    func atLine(_ offset: Int) -> String {
        source.map { " at line \($0.line(at: offset))" } ?? ""
    }

    /// Moves to the next comma, closing bracket or line that starts with a quote, to go on after nonsense.
    mutating func skipToSeparator() {
        let start = position
        while !atEnd {
            switch byte {
            case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"):
                if position > start { return }
                position += 1
                return
            case 0x0A:
                return
            default: position += 1
            }
        }
    }

    private mutating func reportTrailingText() {
        structureIsGuessed()
        let isCloser = byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
        if isCloser {
            report(
                .error, "json.extra-closer", position..<position + 1,
                "this `\(scalarText(position))` closes nothing: the value has ended before it",
                hint: "remove it, or one of the closing brackets before it")
        } else if byte == UInt8(ascii: ",") {
            report(
                .error, "json.trailing-text", position..<position + 1, "a comma follows the end of the value",
                hint: "remove the comma, or the closing bracket before it")
        } else {
            report(
                .error, "json.trailing-text", position..<position + scalarLength(position),
                "there is more text after the end of the value",
                hint: "remove it; JSON is one value, here one object `{ … }`")
        }
        position = end
    }
}
