internal import ImJoyCore

extension PropertyOperations {
    static let arithmetic: [String: Operation] = {
        var table: [String: Operation] = [:]
        for name in ["add", "subtract", "multiply"] {
            table[name] = { example in [try numbers(name, example.inputs[0], example.inputs[1])] }
        }
        for name in ["less", "less_equal", "greater", "greater_equal"] {
            table[name] = { example in
                var visitor = Ordering(name: name, other: example.inputs[1])
                return [try example.inputs[0].visitReal(&visitor)]
            }
        }
        for name in ["equal", "not_equal"] {
            table[name] = { example in
                func compare<T: NDElement>(_ type: T.Type) throws -> AnyNDArray {
                    AnyNDArray(
                        try example.inputs[0].typed(as: T.self).comparing(
                            equal: name == "equal", with: example.inputs[1].typed()))
                }
                return [try compare(example.inputs[0].dtype.elementType)]
            }
        }
        table["where"] = { example in
            func select<T: NDElement>(_ type: T.Type) throws -> AnyNDArray {
                AnyNDArray(
                    try NDArray<T>.select(
                        where: example.inputs[0].typed(), example.inputs[1].typed(),
                        otherwise: example.inputs[2].typed()))
            }
            return [try select(example.inputs[1].dtype.elementType)]
        }
        return table
    }()

    private static func numbers(_ name: String, _ a: AnyNDArray, _ b: AnyNDArray) throws -> AnyNDArray {
        func combine<T: NDNumber>(_ type: T.Type) throws -> AnyNDArray {
            let (x, y) = (try a.typed(as: T.self), try b.typed(as: T.self))
            switch name {
            case "add": return AnyNDArray(try x.adding(y))
            case "subtract": return AnyNDArray(try x.subtracting(y))
            default: return AnyNDArray(try x.multiplying(by: y))
            }
        }
        guard let type = a.dtype.elementType as? any NDNumber.Type else { throw UnknownDType() }
        return try combine(type)
    }

    private struct Ordering: NDRealVisitor {
        let name: String
        let other: AnyNDArray
        func visit<T: NDReal>(_ array: NDArray<T>) throws(NDArrayError) -> AnyNDArray {
            let comparison: OrderComparison =
                switch name {
                case "less": .less
                case "less_equal": .lessOrEqual
                case "greater": .greater
                default: .greaterOrEqual
                }
            return AnyNDArray(try array.comparing(comparison, with: other.typed()))
        }
    }
}
