/// Why an operator or a pipeline of them could not be read or run: a code to match on and a sentence for people.
public struct OperatorError: Error, Hashable, Sendable {
    /// The kind of failure. More kinds may be added, so switch with a default.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The code's name.
        public let description: String
        private init(_ description: String) { self.description = description }

        /// A text that is no pipeline.
        public static let syntax = Code("syntax")
        /// A name that no operator has.
        public static let unknownOperator = Code("unknown operator")
        /// A parameter that the operator does not have, or a value that it does not take.
        public static let invalidArgument = Code("invalid argument")
        /// An operator that was given something it does not take, such as grey values in place of labels.
        public static let wrongInput = Code("wrong input")
        /// A name or a file that stands for an image and is not there.
        public static let missingImage = Code("missing image")
        /// An operation that cannot be done on this image.
        public static let failed = Code("failed")
        /// The task was cancelled between two steps.
        public static let cancelled = Code("cancelled")
    }

    /// The kind of failure.
    public var code: Code
    /// What is wrong, and what would be right.
    public var message: String
    /// The column of the pipeline's text it is about, counted from 1.
    public var column: Int?
    /// The step it is about, counted from 0.
    public var step: Int?

    package init(_ code: Code, _ message: String, column: Int? = nil, step: Int? = nil) {
        self.code = code
        self.message = message
        self.column = column
        self.step = step
    }
}

extension OperatorError: CustomStringConvertible {
    /// One line: place and sentence.
    public var description: String {
        if let column { return "column \(column): \(message)" }
        if let step { return "step \(step + 1): \(message)" }
        return message
    }
}

extension OperatorError {
    /// What operations throw, as the failure of the operator `name`.
    init(_ error: any Error, in name: String) {
        switch error {
        case let error as OperatorError: self = error
        case let error as NDArrayError: self.init(.failed, "\(name): \(error.message)")
        case let error as ImageError: self.init(.failed, "\(name): \(error)")
        default: self.init(.failed, "\(name): \(error)")
        }
    }

    /// Says that no known name is `word`, and which one may have been meant.
    static func unknown(_ what: String, _ word: String, among known: [String], _ code: Code) -> OperatorError {
        let shown = word.count > 40 ? word.prefix(40) + "…" : word[...]
        if let near = NearestName.find(word, in: known) {
            return OperatorError(code, "there is no \(what) `\(shown)`; did you mean `\(near)`?")
        }
        let parts = known.filter { word.count > 2 && $0.contains(word) }
        let list = (parts.isEmpty ? known : parts).prefix(12).joined(separator: ", ")
        let rest = (parts.isEmpty ? known : parts).count > 12 ? ", …" : ""
        return OperatorError(code, "there is no \(what) `\(shown)`; there are \(list)\(rest)")
    }
}
