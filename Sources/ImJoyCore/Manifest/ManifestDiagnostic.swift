/// A problem found in a plugin file, with its place and the way to mend it.
///
/// Its description looks like a compiler's: a heading, the line it is about, and a caret line.
///
/// ```
/// blur.imjoy.html:4:19: error: a comma is missing after this value (add `,`)
///       "type": "window"
///                       ^
/// ```
public struct ManifestDiagnostic: Sendable, Hashable {
    /// How bad a problem is.
    public enum Severity: String, Sendable, Hashable, Comparable {
        /// The plugin works, but probably not as its author meant.
        case warning
        /// The plugin cannot be used.
        case error

        public static func < (left: Severity, right: Severity) -> Bool { left == .warning && right == .error }
    }

    /// The kind of problem, such as `json.missing-comma`; stable, for programs that read diagnostics.
    public struct Code: RawRepresentable, Sendable, Hashable, ExpressibleByStringLiteral {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }
        /// A code written in source.
        public init(stringLiteral value: String) { rawValue = value }
    }

    /// How bad it is.
    public let severity: Severity
    /// The kind of problem.
    public let code: Code
    /// The name of the file, as given to the parser.
    public let file: String
    /// 1-based line in the file.
    public let line: Int
    /// 1-based column, in Unicode scalars.
    public let column: Int
    /// The number of Unicode scalars that are marked, at least 1; a mark never runs past its line.
    public let length: Int
    /// The byte offset of the place in the file.
    public let offset: Int
    /// One sentence that says what is wrong.
    public let message: String
    /// What to do about it.
    public let hint: String?
    /// The source line and the caret line below it, clipped when the line is long.
    public let excerpt: String

    init(_ problem: SourceProblem, in source: SourceText) {
        let location = source.location(at: problem.range.lowerBound)
        let lineEnd = source.lineRange(location.line).upperBound
        let end = max(location.offset, min(problem.range.upperBound, lineEnd))
        severity = problem.severity
        code = problem.code
        file = source.name
        line = location.line
        column = location.column
        length = max(1, source.scalarCount(location.offset..<end))
        offset = location.offset
        message = problem.message
        hint = problem.hint
        excerpt = SourceExcerpt.render(source, line: line, column: column, length: length)
    }
}

/// A problem at a byte range; becomes a diagnostic when the source is known.
struct SourceProblem: Sendable {
    var severity: ManifestDiagnostic.Severity
    var code: ManifestDiagnostic.Code
    var range: Range<Int>
    var message: String
    var hint: String?

    init(
        _ severity: ManifestDiagnostic.Severity, _ code: ManifestDiagnostic.Code, _ range: Range<Int>,
        _ message: String, hint: String? = nil
    ) {
        self.severity = severity
        self.code = code
        self.range = range
        self.message = Self.bounded(message)
        self.hint = hint.map(Self.bounded)
    }

    /// Names from a file may be of any length, and one may be part of hundreds of messages.
    private static func bounded(_ text: String) -> String {
        guard text.utf8.count > 1_000 else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(300))) + "…"
    }
}

extension ManifestDiagnostic {
    /// The first line of the description: place, severity, message and hint.
    public var heading: String {
        let advice = hint.map { " (\($0))" } ?? ""
        return "\(file):\(line):\(column): \(severity.rawValue): \(message)\(advice)"
    }

    /// Turns problems into diagnostics, in file order; of two at one place the more severe stays first.
    static func list(_ problems: [SourceProblem], in source: SourceText) -> [ManifestDiagnostic] {
        // A bad byte is seen by the file scanner and again by the config reader: the reader's word counts.
        let badBytes = Set(
            problems.filter { $0.code == "json.invalid-utf8" || $0.code == "yaml.invalid-utf8" }.map(\.range.lowerBound)
        )
        return
            problems.filter { !($0.code == "file.invalid-utf8" && badBytes.contains($0.range.lowerBound)) }
            .enumerated()
            .sorted {
                let (a, b) = ($0.element.range.lowerBound, $1.element.range.lowerBound)
                return a != b ? a < b : $0.offset < $1.offset
            }
            .map { ManifestDiagnostic($0.element, in: source) }
    }
}

extension ManifestDiagnostic: CustomStringConvertible {
    public var description: String { excerpt.isEmpty ? heading : heading + "\n" + excerpt }
}
