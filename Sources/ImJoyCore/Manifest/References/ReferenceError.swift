/// Why a reference to a plugin or a repository means nothing, or leads nowhere.
public struct ReferenceError: Error, Sendable, Hashable {
    /// The kind of failure.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The text has none of the known forms.
        public static let malformed = Code(rawValue: "malformed")
        /// The repository lists no plugin of this name.
        public static let pluginNotFound = Code(rawValue: "pluginNotFound")
        /// A bare name was given where no repository is selected.
        public static let noScope = Code(rawValue: "noScope")
        /// Nothing is at the address.
        public static let notFound = Code(rawValue: "notFound")
        /// What is at the address is not what it should be.
        public static let badReply = Code(rawValue: "badReply")
    }

    /// The kind of failure.
    public let code: Code
    /// A sentence that says what went wrong with which text, and what to do.
    public let message: String
    /// Places in a fetched text that are wrong.
    public let diagnostics: [ManifestDiagnostic]

    /// Makes an error.
    public init(_ code: Code, _ message: String, diagnostics: [ManifestDiagnostic] = []) {
        self.code = code
        self.message = message
        self.diagnostics = diagnostics
    }
}

extension ReferenceError: CustomStringConvertible {
    /// The message, and the diagnostics below it.
    public var description: String { ([message] + diagnostics.map(\.description)).joined(separator: "\n") }
}
