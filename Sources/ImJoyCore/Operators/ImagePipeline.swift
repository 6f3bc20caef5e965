/// Operators one after the other: each takes what the one before it gives.
///
/// ```swift
/// let pipeline = try ImagePipeline(parsing: "gaussian(sigma=2) | threshold(otsu) | label")
/// let labels = try pipeline.run(on: image).image
/// ```
///
/// A step is the name of an operator with its arguments in parentheses, those without a name first. Arguments are
/// numbers, `true` and `false`, `none` (the operator chooses), words and text in quotes, and lists: `[1, 2]` or `(1, 2)`.
/// `smooth = gaussian(2)` names what a step gives, so that later steps can take it as `@smooth`; `@input` is what came
/// in, and `@mask.tif` or `@"a b.tif"` a file. `use(@smooth)` goes on with a named image.
public struct ImagePipeline: Sendable {
    /// One operator with its arguments.
    public struct Step: Sendable {
        /// The operator.
        public let imageOperator: ImageOperator
        /// The arguments that were given, checked.
        public let arguments: ManifestObject
        /// The name by which later steps can take what this one gives.
        public let name: String?
        /// Where it stood in its text, counted from 1.
        let column: Int?

        /// A step; throws ``OperatorError`` for arguments that do not fit.
        public init(
            _ imageOperator: ImageOperator, _ arguments: ManifestObject = ManifestObject(), name: String? = nil
        ) throws(OperatorError) {
            try self.init(imageOperator, arguments, name: name, column: nil)
        }

        init(
            _ imageOperator: ImageOperator, _ arguments: ManifestObject, name: String?, column: Int?
        ) throws(OperatorError) {
            if let name, name == "input" || !ImagePipeline.isName(name) {
                throw OperatorError(
                    .syntax, "`\(name.prefix(40))` cannot name a step: names are letters, digits and _, and not `input`"
                )
            }
            let values = try imageOperator.resolved(arguments)
            self.imageOperator = imageOperator
            self.arguments = ManifestObject(
                arguments.keys.compactMap { key in values[key].map { ManifestObject.Entry(key, $0) } })
            self.name = name
            self.column = column
        }

        /// All parameters with their values, those that were not given with their defaults.
        public var parameters: ManifestObject {
            (try? imageOperator.resolved(arguments)) ?? arguments
        }

        /// The images that it takes besides its input, without `@`, in the order of its parameters.
        var references: [String] {
            imageOperator.parameters.compactMap { parameter in
                guard parameter.kind == .image || parameter.kind == .numberOrImage,
                    let text = arguments[parameter.name]?.string
                else { return nil }
                return String(text.dropFirst())
            }
        }
    }

    /// The steps, in order.
    public let steps: [Step]

    /// So many steps at most.
    public static let maximumSteps = 256

    /// A pipeline of steps; throws ``OperatorError`` when a step cannot take what the one before it gives, or names an
    /// image that no earlier step gives.
    public init(_ steps: [Step]) throws(OperatorError) {
        guard (1...Self.maximumSteps).contains(steps.count) else {
            throw OperatorError(.syntax, "\(steps.count) steps; a pipeline has 1 to \(Self.maximumSteps)")
        }
        var names: Set<String> = ["input"]
        for (index, step) in steps.enumerated() {
            if index > 0 {
                let before = steps[index - 1].imageOperator
                if before.gives == .table || before.gives == .number {
                    throw OperatorError(
                        .wrongInput,
                        "`\(step.imageOperator.name)` takes an image, and `\(before.name)` gives a \(before.gives)",
                        column: step.column, step: index)
                }
            }
            for name in step.references where Self.isName(name) && !names.contains(name) {
                throw OperatorError(
                    .missingImage,
                    OperatorError.unknown(
                        "earlier step", "@\(name)", among: names.sorted().map { "@" + $0 }, .missingImage
                    )
                    .message, column: step.column, step: index)
            }
            if let name = step.name { names.insert(name) }
        }
        self.steps = steps
    }

    /// The files that it reads besides its input, as they are written.
    public var files: [String] {
        var files: [String] = []
        for name in steps.flatMap(\.references) where name != "input" && !Self.isName(name) && !files.contains(name) {
            files.append(name)
        }
        return files
    }

    /// What the last step gives.
    public var gives: OperatorValueKind { steps.last?.imageOperator.gives ?? .image }

    /// Whether `text` is a name of a step, and not that of a file: it has no dot and no slash.
    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 64, !PipelineText.isDigit(first) else { return false }
        return text.utf8.allSatisfy(PipelineText.isWord)
    }
}

extension ImagePipeline: CustomStringConvertible {
    /// The pipeline as text that reads back as the same one.
    public var description: String { steps.map(\.description).joined(separator: " | ") }
}

extension ImagePipeline.Step: CustomStringConvertible {
    /// The step as it stands in a pipeline, all arguments with their names.
    public var description: String {
        let list = arguments.entries.map { "\($0.key)=\(PipelineText.text(of: $0.value))" }.joined(separator: ", ")
        let call = list.isEmpty ? imageOperator.name : "\(imageOperator.name)(\(list))"
        return name.map { "\($0) = \(call)" } ?? call
    }
}

extension ImagePipeline {
    /// The steps as a list of `{"operator": …, "parameters": {…}}`, with `as` for the name of a step.
    public var json: ManifestValue {
        ManifestValue(
            steps.map { step in
                var object = ManifestObject([.init("operator", ManifestValue(step.imageOperator.name))])
                object["parameters"] = ManifestValue(step.arguments)
                object["as"] = step.name.map { ManifestValue($0) }
                return ManifestValue(object)
            })
    }

    /// Reads what ``json`` gives; throws ``OperatorError`` for anything else.
    public init(json: ManifestValue) throws(OperatorError) {
        guard let list = json.list else { throw OperatorError(.syntax, "a pipeline is a list of steps") }
        guard list.count <= Self.maximumSteps else {
            throw OperatorError(.syntax, "\(list.count) steps; a pipeline has 1 to \(Self.maximumSteps)")
        }
        var steps: [Step] = []
        for (index, entry) in list.enumerated() {
            do throws(OperatorError) {
                guard let name = entry["operator"]?.string else {
                    throw OperatorError(.syntax, "an `operator` is missing, such as {\"operator\": \"label\"}")
                }
                if let parameters = entry["parameters"], parameters.object == nil {
                    throw OperatorError(.syntax, "`parameters` is an object")
                }
                steps.append(
                    try Step(
                        ImageOperator.require(name), entry["parameters"]?.object ?? ManifestObject(),
                        name: entry["as"]?.string))
            } catch {
                throw OperatorError(error.code, error.message, step: index)
            }
        }
        try self.init(steps)
    }
}
