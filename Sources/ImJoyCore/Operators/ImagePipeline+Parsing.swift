extension ImagePipeline {
    /// So many bytes of text at most.
    public static let maximumLength = 65_536

    /// Reads the text of a pipeline; see ``ImagePipeline`` for what it looks like.
    ///
    /// Throws ``OperatorError`` with the column of the first mistake, and with a name that may have been meant.
    public init(parsing text: String) throws(OperatorError) {
        guard text.utf8.count <= Self.maximumLength else {
            throw OperatorError(
                .syntax, "the text has \(text.utf8.count) bytes; a pipeline has at most \(Self.maximumLength)")
        }
        var reader = PipelineReader(text)
        try self.init(reader.steps())
    }
}

/// Reads the text of a pipeline, byte by byte.
struct PipelineReader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func steps() throws(OperatorError) -> [ImagePipeline.Step] {
        var steps: [ImagePipeline.Step] = []
        repeat {
            guard steps.count < ImagePipeline.maximumSteps else {
                throw fail("there are more than \(ImagePipeline.maximumSteps) steps")
            }
            steps.append(try step())
        } while take("|")
        guard place == bytes.count else { throw fail("\(here) where `|` or the end should be") }
        return steps
    }

    private mutating func step() throws(OperatorError) -> ImagePipeline.Step {
        skipSpace()
        var start = place
        var word = try name("the name of an operator")
        var label: String?
        if take("=") {
            label = word
            skipSpace()
            start = place
            word = try name("the name of an operator")
        }
        do throws(OperatorError) {
            let found = try ImageOperator.require(word)
            let given = try take("(") ? arguments(of: found) : ManifestObject()
            return try ImagePipeline.Step(found, given, name: label, column: column(start))
        } catch {
            throw OperatorError(error.code, error.message, column: error.column ?? column(start))
        }
    }

    private mutating func arguments(of target: ImageOperator) throws(OperatorError) -> ManifestObject {
        var given = ManifestObject()
        var hasName = false
        if take(")") { return given }
        repeat {
            skipSpace()
            let start = place
            var parameter: OperatorParameter?
            if let keyword = keyword() {
                guard let known = target.parameter(keyword) else {
                    let known = target.parameters.map(\.name)
                    let error =
                        known.isEmpty
                        ? OperatorError(.invalidArgument, "`\(target.name)` has no parameters")
                        : OperatorError.unknown(
                            "parameter of `\(target.name)`", keyword, among: known, .invalidArgument)
                    throw OperatorError(error.code, error.message, column: column(start))
                }
                parameter = known
                hasName = true
            } else {
                guard !hasName else { throw fail("a value without a name after one with a name", at: start) }
                guard given.count < target.parameters.count else {
                    throw fail(
                        "`\(target.name)` has \(target.parameters.count == 0 ? "no" : "only \(target.parameters.count)") parameters",
                        at: start, .invalidArgument)
                }
                parameter = target.parameters[given.count]
            }
            guard let parameter else { break }
            guard given[parameter.name] == nil else { throw fail("`\(parameter.name)` is given twice", at: start) }
            skipSpace()
            let valueStart = place
            let value = try value(depth: 0)
            do throws(OperatorError) { given[parameter.name] = try parameter.checked(value) } catch {
                throw OperatorError(error.code, "\(target.name): \(error.message)", column: column(valueStart))
            }
        } while take(",")
        guard take(")") else { throw fail("\(here) where `,` or `)` should be") }
        return given
    }

    /// A name followed by `=`, which then is read.
    private mutating func keyword() -> String? {
        let start = place
        if let word = word(), take("=") { return word }
        place = start
        return nil
    }

    private mutating func value(depth: Int) throws(OperatorError) -> ManifestValue {
        skipSpace()
        guard place < bytes.count else { throw fail("the text ends where a value should be") }
        switch bytes[place] {
        case UInt8(ascii: "["), UInt8(ascii: "("): return try list(depth: depth)
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return ManifestValue(try quoted())
        case UInt8(ascii: "@"):
            place += 1
            if place < bytes.count, bytes[place] == UInt8(ascii: "\"") || bytes[place] == UInt8(ascii: "'") {
                return ManifestValue("@" + (try quoted()))
            }
            let name = run(PipelineText.isPath)
            guard !name.isEmpty else { throw fail("a name or a file should follow `@`") }
            return ManifestValue("@" + name)
        default: return try bare()
        }
    }

    private mutating func list(depth: Int) throws(OperatorError) -> ManifestValue {
        guard depth < 8 else { throw fail("lists inside lists, more than 8 deep") }
        let end = bytes[place] == UInt8(ascii: "[") ? "]" : ")"
        place += 1
        var values: [ManifestValue] = []
        if take(end) { return ManifestValue(values) }
        repeat {
            skipSpace()
            if !values.isEmpty, place < bytes.count, bytes[place] == end.utf8.first { break }
            values.append(try value(depth: depth + 1))
        } while take(",")
        guard take(end) else { throw fail("\(here) where `,` or `\(end)` should be") }
        return ManifestValue(values)
    }

    private mutating func quoted() throws(OperatorError) -> String {
        let (start, quote) = (place, bytes[place])
        var text: [UInt8] = []
        place += 1
        while place < bytes.count, bytes[place] != quote {
            if bytes[place] == UInt8(ascii: "\\"), place + 1 < bytes.count {
                place += 1
                switch bytes[place] {
                case UInt8(ascii: "n"): text.append(10)
                case UInt8(ascii: "t"): text.append(9)
                default: text.append(bytes[place])
                }
            } else {
                text.append(bytes[place])
            }
            place += 1
        }
        guard place < bytes.count else { throw fail("the quote that begins here does not end", at: start) }
        place += 1
        return String(decoding: text, as: UTF8.self)
    }

    /// A number, `true`, `false`, `none`, or a word.
    private mutating func bare() throws(OperatorError) -> ManifestValue {
        let start = place
        let text = run {
            PipelineText.isWord($0) || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+")].contains($0)
        }
        guard let first = text.utf8.first else { throw fail("\(here) where a value should be") }
        switch text.lowercased() {
        case "true": return true
        case "false": return false
        case "none", "null": return .null
        default: break
        }
        if let whole = Int(text) { return ManifestValue(whole) }
        let looksLikeNumber =
            PipelineText.isDigit(first) || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+")].contains(first)
        guard looksLikeNumber else { return ManifestValue(text) }
        guard let number = Double(text), number.isFinite, !text.lowercased().contains("x") else {
            throw fail("`\(text.prefix(40))` is no number; text with such a start stands in quotes", at: start)
        }
        return ManifestValue(number)
    }

    private mutating func name(_ wanted: String) throws(OperatorError) -> String {
        skipSpace()
        guard let word = word() else { throw fail("\(here) where \(wanted) should be") }
        return word
    }

    private mutating func word() -> String? {
        skipSpace()
        guard place < bytes.count, !PipelineText.isDigit(bytes[place]) else { return nil }
        let text = run { PipelineText.isWord($0) }
        return text.isEmpty ? nil : text
    }

    private mutating func run(_ belongs: (UInt8) -> Bool) -> String {
        let start = place
        while place < bytes.count, belongs(bytes[place]) { place += 1 }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    /// Reads one byte of punctuation when it comes next.
    private mutating func take(_ mark: String) -> Bool {
        skipSpace()
        guard place < bytes.count, bytes[place] == mark.utf8.first else { return false }
        place += 1
        return true
    }

    private mutating func skipSpace() {
        while place < bytes.count, [9, 10, 13, 32].contains(bytes[place]) { place += 1 }
    }

    /// What stands at the place that is read, for messages.
    private var here: String {
        guard place < bytes.count else { return "the text ends" }
        let rest = String(decoding: bytes[place...].prefix(16), as: UTF8.self)
        return "`\(rest.prefix(1))`"
    }

    /// Columns count characters, as people do.
    private func column(_ place: Int) -> Int { String(decoding: bytes[..<place], as: UTF8.self).count + 1 }

    private func fail(_ message: String, at place: Int? = nil, _ code: OperatorError.Code = .syntax) -> OperatorError {
        OperatorError(code, message, column: column(place ?? self.place))
    }
}
