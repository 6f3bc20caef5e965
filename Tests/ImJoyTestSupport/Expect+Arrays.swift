public import ImJoyCore
public import Testing

/// Expects equal shapes and elements, and shows the first place where they differ.
public func expectEqual<T: NDElement>(
    _ array: NDArray<T>, _ expected: ReferenceArray<T>, _ comment: @autoclosure () -> String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard array.shape == expected.shape else {
        Issue.record("shape \(array.shape), not \(expected.shape) \(comment())", sourceLocation: sourceLocation)
        return
    }
    let elements = array.elements
    for (place, index) in ReferenceArray<T>.indices(expected.shape).enumerated() {
        let wanted = expected.at(index)
        guard elements[place] != wanted else { continue }
        Issue.record("\(elements[place]) at \(index), not \(wanted) \(comment())", sourceLocation: sourceLocation)
        return
    }
}
