internal import ImJoyCore

/// Our answers to the questions of Tests/Python/oracle. To add one, add an entry to a table.
enum PropertyOperations {
    typealias Operation = @Sendable (PropertyCase) throws -> [AnyNDArray]

    /// The files of Tests/Python/oracle with operations.
    static let groups = ["arithmetic", "reductions", "order", "structure"]

    private static let table = [
        arithmetic, reductions, histograms, order, picking, shaping,
    ].reduce(into: [:]) { all, table in
        all.merge(table) { _, _ in preconditionFailure("two entries for one operation") }
    }

    /// What is wrong with our answer, or nil.
    static func difference(_ example: PropertyCase) -> String? {
        guard let operation = table[example.operation] else { return "there is no test entry for it" }
        do {
            let answer = try operation(example)
            guard let expected = example.expected else { return "an answer where NumPy refuses: \(answer)" }
            guard answer.count == expected.count else { return "\(answer.count) results, not \(expected.count)" }
            for (number, (ours, theirs)) in zip(answer, expected).enumerated() {
                if let difference = example.tolerance.difference(ours, theirs, number: number) { return difference }
            }
            return nil
        } catch let error as NDArrayError {
            return example.expected == nil ? nil : "error: \(error)"
        } catch {
            return "error: \(error)"
        }
    }

    /// An entry that does not know the dtype it was given.
    struct UnknownDType: Error {}
}
