internal import ImJoyCore
internal import ImJoyTestSupport

extension VectorOperations {
    /// Operations that fold axes away.
    static let reductions: [String: Operation] = {
        var table: [String: Operation] = [:]
        for name in ["sum", "prod", "mean", "std", "var", "min", "max", "ptp", "argmin", "argmax", "any", "all"] {
            table[name] = { example in
                var visitor = Fold(name: name, example: example, isBool: example.inputs[0].dtype == .bool)
                return try example.inputs[0].visitReal(&visitor)
            }
        }
        return table
    }()

    private struct Fold: NDRealVisitor {
        let name: String
        let example: VectorCase
        let isBool: Bool

        func visit<T: NDReal>(_ array: NDArray<T>) throws(NDArrayError) -> Answer {
            let axes = example.axes ?? Array(array.shape.indices)
            let keeps = example.keepsAxes
            let lost = example.parameters["ddof"].int ?? 0
            switch name {
            case "min": return Answer(try array.min(along: axes, keepingAxes: keeps))
            case "max":
                let largest = try array.max(along: axes, keepingAxes: keeps)
                guard let initial = example.parameters["initial"].int else { return Answer(largest) }
                return Answer(NDArray.maximum(largest, NDArray(scalar: T(casting: initial, overflow: .clamp))))
            case "ptp":
                return Answer(
                    try array.max(along: axes, keepingAxes: keeps) - array.min(along: axes, keepingAxes: keeps))
            case "argmin": return try located(array, array.argMin, array.argMin)
            case "argmax": return try located(array, array.argMax, array.argMax)
            case "any": return Answer(try (array .!= 0).any(along: axes, keepingAxes: keeps))
            case "all": return Answer(try (array .!= 0).all(along: axes, keepingAxes: keeps))
            case "std": return Answer(try array.standardDeviation(along: axes, keepingAxes: keeps, lostDegrees: lost))
            case "var": return Answer(try array.variance(along: axes, keepingAxes: keeps, lostDegrees: lost))
            default: break
            }
            if let array = array as? NDArray<Double> { return try float(array, axes, keeps) }
            if let array = array as? NDArray<Float16> { return try float(array, axes, keeps) }
            if let array = array as? NDArray<UInt8>, !isBool { return try integer(array, UInt64.self, axes, keeps) }
            if let array = array as? NDArray<UInt8> { return try integer(array, Int64.self, axes, keeps) }
            if let array = array as? NDArray<Int32> { return try integer(array, Int64.self, axes, keeps) }
            return try integer(array.cast(to: Int64.self), Int64.self, axes, keeps)
        }

        private func located<T: NDReal>(
            _ array: NDArray<T>, _ whole: () -> Int, _ along: (Int, Bool) throws(NDArrayError) -> NDArray<Int64>
        ) throws(NDArrayError) -> Answer {
            if let axis = example.axes?.first { return Answer(try along(axis, example.keepsAxes)) }
            // The form without an axis traps on an empty array, as documented.
            if array.isEmpty { return Answer(try array.flattened().argMin(along: 0)) }
            return Answer(scalar: Int64(whole()))
        }

        private func float<T: NDFloat>(_ array: NDArray<T>, _ axes: [Int], _ keeps: Bool) throws(NDArrayError) -> Answer
        {
            switch name {
            case "sum": Answer(try array.sum(along: axes, keepingAxes: keeps))
            case "prod": Answer(try array.product(along: axes, keepingAxes: keeps))
            default: Answer(try array.mean(along: axes, keepingAxes: keeps))
            }
        }

        private func integer<T: NDInteger, A: NDInteger>(
            _ array: NDArray<T>, _ type: A.Type, _ axes: [Int], _ keeps: Bool
        ) throws(NDArrayError) -> Answer {
            switch name {
            case "sum": Answer(try array.sum(as: type, along: axes, keepingAxes: keeps))
            case "prod": Answer(try array.product(as: type, along: axes, keepingAxes: keeps))
            default: Answer(try array.mean(along: axes, keepingAxes: keeps))
            }
        }
    }
}
