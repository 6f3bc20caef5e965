internal import ImJoyCore
internal import ImJoyTestSupport
internal import Testing

/// Runs the cases that NumPy made, group by group. A case whose operation does not exist has failed.
@Suite struct NDArrayVectorTests {
    private static let groups = [
        "broadcast", "dtype", "integer", "float", "reduction", "shape", "indexing", "order", "pad", "linalg",
        "fft", "filters", "interp", "morphology", "segmentation", "imaging",
    ].filter { VectorFiles.holds("ndarray/\($0).json") }

    @Test(arguments: Self.groups)
    func `a group of NumPy's answers is reproduced`(_ group: String) throws {
        var passed = 0
        var failures: [String] = []
        for json in try VectorFiles.json("ndarray/\(group).json")["cases"].items {
            let example = try VectorCase(json)
            guard let operation = VectorOperations.find(example) else {
                failures.append("\(example.id): there is no `\(example.operation)` (\(example.python))")
                continue
            }
            if let difference = example.difference(operation) {
                failures.append("\(example.id): \(difference) (\(example.python))")
            } else {
                passed += 1
            }
        }
        print("ndarray/\(group): \(passed) passed, \(failures.count) failed")
        #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
    }
}
