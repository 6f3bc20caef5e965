/// Why a plugin file could not be read, or a manifest could not be made of it.
public struct ManifestError: Error, Sendable {
    /// The kind of failure.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The file cannot be opened or read.
        public static let unreadable = Code(rawValue: "unreadable")
        /// The file is larger than allowed.
        public static let tooLarge = Code(rawValue: "tooLarge")
        /// The content has errors; see ``ManifestError/diagnostics``.
        public static let invalid = Code(rawValue: "invalid")
    }

    /// The kind of failure.
    public let code: Code
    /// A sentence that says what went wrong, where, and what to do.
    public let message: String
    /// Everything that was found, warnings too; empty when the file could not be read.
    public let diagnostics: [ManifestDiagnostic]

    /// Makes an error.
    public init(_ code: Code, _ message: String, diagnostics: [ManifestDiagnostic] = []) {
        self.code = code
        self.message = message
        self.diagnostics = diagnostics
    }

    init(invalid what: String, _ diagnostics: [ManifestDiagnostic]) {
        let errors = diagnostics.filter { $0.severity == .error }
        let count = errors.count == 1 ? "an error" : "\(errors.count) errors"
        let first = errors.first.map { "; the first: \($0.heading)" } ?? ""
        self.init(.invalid, "\(what) has \(count)\(first)", diagnostics: diagnostics)
    }
}

extension ManifestError: CustomStringConvertible {
    /// The message, or all diagnostics when there are any.
    public var description: String {
        diagnostics.isEmpty ? message : diagnostics.map(\.description).joined(separator: "\n")
    }
}
