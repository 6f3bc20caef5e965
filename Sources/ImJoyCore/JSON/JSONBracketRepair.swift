/// Reads JSON, and when brackets do not match looks for the one bracket whose change makes the text whole.
///
/// A reader meets a bracket mistake late: a missing `}` shows at the end of the text. People see it by lines and
/// indentation, and so does this: each place where those disagree with the brackets gives a few edits, each edit is
/// tried by reading the edited text, and the first that leaves the fewest problems is the mistake that is reported.
enum JSONBracketRepair {
    struct Result {
        var value: ManifestValue?
        var problems: [SourceProblem]
        var isReliable: Bool
    }

    /// One changed bracket.
    struct Edit {
        enum Action { case insert, delete, replace }
        var action: Action
        var offset: Int
        /// The bracket to put in.
        var bracket: UInt8
    }

    /// Larger texts are no hand-written configs, and reading them again costs time.
    private static let maximumSize = 100_000
    private static let maximumTries = 60
    /// Bytes that all tries together may read.
    private static let maximumBytes = 2_000_000

    static func read(_ source: SourceText, _ range: Range<Int>) -> Result {
        var reader = JSONReader(source.bytes, range: range, source: source)
        let value = reader.read()
        let first = Result(value: value, problems: reader.problems, isReliable: reader.isReliable)
        guard range.count <= maximumSize, needsRepair(first.problems) else { return first }
        var finder = BracketEdits(source, range)
        var best: (result: Result, edit: Edit)?
        for edit in finder.find().prefix(min(maximumTries, maximumBytes / max(1, range.count))) {
            let result = attempt(edit, source, range)
            guard !needsRepair(result.problems),
                result.problems.count < best?.result.problems.count ?? first.problems.count
            else { continue }
            best = (result, edit)
            if result.problems.isEmpty { break }
        }
        guard var best else { return first }
        best.result.problems.insert(problem(best.edit, source), at: 0)
        best.result.isReliable = true
        return best.result
    }

    private static let bracketCodes: Set<ManifestDiagnostic.Code> = [
        "json.unclosed", "json.wrong-closer", "json.extra-closer", "json.trailing-text", "json.colon-in-list",
        "json.missing-key",
    ]

    /// Whether brackets are in doubt, and quotes are not.
    private static func needsRepair(_ problems: [SourceProblem]) -> Bool {
        problems.contains { bracketCodes.contains($0.code) }
            && !problems.contains { $0.code == "json.unclosed-string" || $0.code == "json.too-deep" }
    }

    private static func attempt(_ edit: Edit, _ source: SourceText, _ range: Range<Int>) -> Result {
        var bytes = Array(source.bytes[range])
        let place = edit.offset - range.lowerBound
        let shift: Int
        switch edit.action {
        case .insert:
            bytes.insert(edit.bracket, at: place)
            shift = -1
        case .delete:
            bytes.remove(at: place)
            shift = 1
        case .replace:
            bytes[place] = edit.bracket
            shift = 0
        }
        var reader = JSONReader(bytes)
        let value = reader.read()
        let move = { (old: Range<Int>) -> Range<Int> in
            let lower = old.lowerBound + range.lowerBound + (old.lowerBound > place ? shift : 0)
            let upper = old.upperBound + range.lowerBound + (old.upperBound > place ? shift : 0)
            return lower..<max(lower, upper)
        }
        let problems = reader.problems.map { problem in
            var problem = problem
            problem.range = move(problem.range)
            return problem
        }
        return Result(value: value?.mapRanges(move), problems: problems, isReliable: reader.isReliable)
    }

    private static func problem(_ edit: Edit, _ source: SourceText) -> SourceProblem {
        let bracket = String(Unicode.Scalar(edit.bracket))
        let found = edit.offset < source.bytes.count ? String(Unicode.Scalar(source.bytes[edit.offset])) : ""
        let range = edit.offset..<edit.offset + 1
        switch edit.action {
        case .delete:
            return SourceProblem(
                .error, "json.extra-closer", range, "this `\(found)` closes nothing", hint: "remove it")
        case .replace:
            return SourceProblem(
                .error, "json.wrong-closer", range, "this `\(found)` does not fit the bracket that it closes",
                hint: "write `\(bracket)` instead")
        case .insert:
            let what = bracket == "{" || bracket == "}" ? "object" : "list"
            let isOpener = bracket == "{" || bracket == "["
            return SourceProblem(
                .error, isOpener ? "json.missing-opener" : "json.unclosed", range,
                isOpener ? "an opening `\(bracket)` is missing here" : "the \(what) is not closed here",
                hint: "add `\(bracket)`")
        }
    }
}

/// Finds edits of one bracket where brackets disagree with lines and indentation.
private struct BracketEdits {
    private struct Opener {
        var bracket: UInt8
        var line: Int
        var indentation: Int
        /// Whether more than space follows on its line.
        var isInline: Bool
    }

    private let source: SourceText
    private let bytes: [UInt8]
    private let range: Range<Int>
    private var open: [Opener] = []
    private var edits: [JSONBracketRepair.Edit] = []
    /// The end of the last token, commas left out.
    private var lastEnd: Int
    private var line = 0
    private var indentation = 0
    private var lineStart: Int
    /// Places on this line where an opening bracket may be missing.
    private var openerPlaces: [Int] = []
    /// Earlier lines that end with a colon: places for an opening bracket.
    private var danglingColons: [Int] = []
    private var lastColon: Int?

    init(_ source: SourceText, _ range: Range<Int>) {
        self.source = source
        bytes = source.bytes
        self.range = range
        lastEnd = range.lowerBound
        lineStart = range.lowerBound
    }

    mutating func find() -> [JSONBracketRepair.Edit] {
        var offset = range.lowerBound
        var isLineStart = true
        while offset < range.upperBound, edits.count < 100 {
            let byte = bytes[offset]
            if byte == 0x0A {
                if let lastColon { danglingColons.append(lastColon) }
                (line, lineStart, isLineStart, lastColon, openerPlaces) = (line + 1, offset + 1, true, nil, [])
                offset += 1
                continue
            }
            if byte == 0x20 || byte == 0x09 || byte == 0x0D {
                offset += 1
                continue
            }
            if isLineStart {
                indentation = offset - lineStart
                isLineStart = false
                startLine(offset)
                openerPlaces.append(offset)
            }
            offset = token(at: offset)
        }
        while edits.count < 100, let opener = open.popLast() { insertCloser(of: opener, at: lastEnd) }
        return edits
    }

    private mutating func token(at offset: Int) -> Int {
        let byte = bytes[offset]
        lastColon = nil
        switch byte {
        case UInt8(ascii: "\""):
            var end = offset + 1
            while end < range.upperBound, bytes[end] != byte, bytes[end] != 0x0A {
                end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
            }
            lastEnd = min(range.upperBound, end + 1)
            return lastEnd
        case UInt8(ascii: ","):
            openerPlaces.append(offset + 1)
            trimPlaces()
            return offset + 1
        case UInt8(ascii: ":"):
            openerPlaces.append(nextToken(offset + 1))
            lastColon = offset + 1
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            openerPlaces.append(offset + 1)
            open.append(
                Opener(
                    bracket: byte, line: line, indentation: indentation,
                    isInline: nextToken(offset + 1) > offset + 1
                        ? bytes[offset + 1] != 0x0A && !isLineEnd(offset + 1) : !isLineEnd(offset + 1)))
        case UInt8(ascii: "}"), UInt8(ascii: "]"): close(at: offset)
        default: break
        }
        lastEnd = offset + 1
        return offset + 1
    }

    /// Keeps the places of a very long line few.
    private mutating func trimPlaces() {
        if openerPlaces.count > 64 { openerPlaces.removeFirst(32) }
        if danglingColons.count > 64 { danglingColons.removeFirst(32) }
    }

    /// The next byte on this line that is no space, or `offset` when there is none.
    private func nextToken(_ offset: Int) -> Int {
        var next = offset
        while next < range.upperBound, bytes[next] == 0x20 || bytes[next] == 0x09 { next += 1 }
        return next < range.upperBound && bytes[next] != 0x0A && bytes[next] != 0x0D ? next : offset
    }

    private func isLineEnd(_ offset: Int) -> Bool {
        let next = bytes[offset..<range.upperBound].first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }
        return next == nil || next == 0x0A
    }

    private func isCloser(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") }

    /// A line that is not indented more than the line of an open bracket ends what that bracket opened.
    private mutating func startLine(_ offset: Int) {
        let byte = bytes[offset]
        while let opener = open.last, open.count > 1, opener.line < line {
            let endsBefore =
                isCloser(byte)
                ? indentation < opener.indentation || (opener.isInline && indentation <= opener.indentation)
                : indentation <= opener.indentation
            guard endsBefore else { return }
            // `  ,` is what is left of `  },`.
            insertCloser(of: opener, at: byte == UInt8(ascii: ",") ? offset : lastEnd)
            open.removeLast()
        }
    }

    private mutating func close(at offset: Int) {
        let opener: UInt8 = bytes[offset] == UInt8(ascii: "}") ? UInt8(ascii: "{") : UInt8(ascii: "[")
        let isFirst = indentation == offset - lineStart
        guard let last = open.last else {
            addOpeners(opener)
            edits.append(JSONBracketRepair.Edit(action: .delete, offset: offset, bracket: 0))
            return
        }
        // One that is not first on its line closes what was opened on this line, or an inline bracket.
        let fits = last.bracket == opener
        if !fits || (!isFirst && last.line < line && !last.isInline) {
            addOpeners(opener)
            if fits {
                edits.append(JSONBracketRepair.Edit(action: .delete, offset: offset, bracket: 0))
                // Counts as belonging to the missing bracket.
                return
            }
            edits.append(JSONBracketRepair.Edit(action: .replace, offset: offset, bracket: closer(last.bracket)))
            insertCloser(of: last, at: offset)
            edits.append(JSONBracketRepair.Edit(action: .delete, offset: offset, bracket: 0))
            if last.line < line || !open.dropLast().contains(where: { $0.bracket == opener && $0.line == line }) {
                return
            }
            open.removeLast()
        }
        open.removeLast()
    }

    private func closer(_ opener: UInt8) -> UInt8 {
        opener == UInt8(ascii: "{") ? UInt8(ascii: "}") : UInt8(ascii: "]")
    }

    private mutating func insertCloser(of opener: Opener, at offset: Int) {
        edits.append(JSONBracketRepair.Edit(action: .insert, offset: offset, bracket: closer(opener.bracket)))
    }

    /// Tries an opening bracket after each colon of the line first, for there a value starts.
    private mutating func addOpeners(_ bracket: UInt8) {
        let places = openerPlaces.filter { bytes[$0 - 1] == 0x20 || bytes[$0 - 1] == UInt8(ascii: ":") }
        for place in (places + openerPlaces.filter { !places.contains($0) }).prefix(16) {
            edits.append(JSONBracketRepair.Edit(action: .insert, offset: place, bracket: bracket))
        }
        for place in danglingColons.suffix(4).reversed() {
            edits.append(JSONBracketRepair.Edit(action: .insert, offset: place, bracket: bracket))
        }
    }
}
