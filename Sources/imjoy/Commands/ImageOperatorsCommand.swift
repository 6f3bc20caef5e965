internal import ArgumentParser
internal import ImJoyCore

extension ImageCommand {
    /// `imjoy image operators`.
    struct OperatorsCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "operators", abstract: "List the operators for `image apply`, or describe some.",
            discussion: """
                With --json a list of name, description and parameters as a JSON schema, which is how Hypha services \
                describe their functions.
                """)

        @Argument(help: "The operators to describe; all are listed without any.")
        var names: [String] = []

        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            var chosen = ImageOperator.all
            if !names.isEmpty {
                do { chosen = try names.map { try ImageOperator.require($0) } } catch {
                    throw CommandFailure(.usage, "error: \(error)")
                }
            }
            if json { return JSONOutput.print(ManifestValue(chosen.map(\.fullDescription))) }
            names.isEmpty ? list(chosen) : describe(chosen)
        }

        private func list(_ operators: [ImageOperator]) {
            for (index, family) in ImageOperator.Family.allCases.enumerated() {
                if index > 0 { print() }
                print("\(family):")
                let rows = operators.filter { $0.family == family }.map { ["  \($0.name)", $0.summary] }
                for line in Columns.lines(rows) { print(line) }
            }
        }

        private func describe(_ operators: [ImageOperator]) {
            for (index, one) in operators.enumerated() {
                if index > 0 { print() }
                print(one)
                print(one.summary)
                print("takes \(one.takes), gives \(one.gives)\(one.counterpart.map { "; like \($0)" } ?? "")")
                let rows = one.parameters.map { parameter in
                    [
                        "  \(parameter.name)", values(parameter),
                        parameter.unit.map { "\(parameter.summary) (\($0))" } ?? parameter.summary,
                    ]
                }
                for line in Columns.lines(rows) { print(line) }
            }
        }

        /// What a parameter takes, in few words.
        private func values(_ parameter: OperatorParameter) -> String {
            switch parameter.kind {
            case .number: "number"
            case .integer: "whole number"
            case .boolean: "true, false"
            case .string: "text"
            case .choice(let words): words.joined(separator: ", ")
            case .numbers: "number or list"
            case .integers: "whole number or list"
            case .matrix: "list of lists"
            case .image: "@image"
            case .numberOrImage: "number or @image"
            }
        }
    }
}
