/// Why the host could not do what it was asked: a code to match on, a sentence, and what to do about it.
public struct HostError: Error, Sendable {
    /// The kind of failure. More kinds may be added, so switch with a default.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The kind in words.
        public let description: String
        private init(_ description: String) { self.description = description }

        /// The plugin file has errors.
        public static let invalidPlugin = Code("invalid plugin")
        /// A plugin of a type that this host has no engine for.
        public static let unsupportedType = Code("unsupported type")
        /// There is no plugin of that name.
        public static let notFound = Code("not found")
        /// Plugins that need each other, or that a plugin needs and cannot have.
        public static let dependency = Code("dependency")
        /// A requirement or environment entry that cannot be met.
        public static let unsupportedRequirement = Code("unsupported requirement")
        /// A requirement or environment entry that is not carried out, because of what it would do.
        public static let refusedRequirement = Code("refused requirement")
        /// The interpreter or the packages could not be had.
        public static let environment = Code("environment")
        /// A folder or file of the host that cannot be used.
        public static let storage = Code("storage")
    }

    /// The kind of failure.
    public var code: Code
    /// What is wrong, in one sentence.
    public var message: String
    /// What to do about it, when there is something.
    public var hint: String?
    /// What a program said that failed; its last lines.
    public var output: [String]

    package init(_ code: Code, _ message: String, hint: String? = nil, output: [String] = []) {
        self.code = code
        self.message = message
        self.hint = hint
        self.output = output
    }
}

extension HostError: CustomStringConvertible {
    /// The sentence, with the hint in brackets and the program's last lines below.
    public var description: String {
        var lines = [hint.map { "\(message) (\($0))" } ?? message]
        lines += output.map { "  | \($0)" }
        return lines.joined(separator: "\n")
    }
}
