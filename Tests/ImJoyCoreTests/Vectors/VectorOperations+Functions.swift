internal import ImJoyCore
internal import ImJoyTestSupport

extension VectorOperations {
    typealias Function = @Sendable (AnyNDArray) throws -> AnyNDArray

    /// Operations on one array element by element, by NumPy's names.
    static let ofOneArray: [String: Function] = [
        "rint": { try $0.cast(to: $0.dtype.functionType).rounded() },
        "floor": { try $0.floor() },
        "ceil": { try $0.ceiling() },
        "sqrt": { try $0.sqrt() },
        "square": { try $0.square() },
        "reciprocal": { try $0.reciprocal() },
        "exp": { try $0.exp() },
        "log": { try $0.log() },
        "log10": { try $0.log10() },
        "log1p": { try $0.logOnePlus() },
        "sin": { try $0.sin() },
        "cos": { try $0.cos() },
        "tan": { try $0.tan() },
        "tanh": { try $0.tanh() },
        "arcsin": { try $0.asin() },
        "arctan": { try $0.atan() },
        "isnan": { AnyNDArray(try $0.isNaN()) },
        "isinf": { AnyNDArray(try $0.isInfinite()) },
        "isfinite": { AnyNDArray(try $0.isFinite()) },
        "abs": { try $0.abs() },
        "absolute": { try $0.abs() },
        "negative": { try $0.negated() },
        "sign": { try $0.sign() },
        "invert": { try $0.inverted() },
        "nan_to_num": { try $0.replacingNonFinite() },
    ]

    static let functions: [String: Operation] = {
        var table: [String: Operation] = ofOneArray.mapValues { function in { .array(try function($0.inputs[0])) } }
        table["round"] = { .array(try $0.inputs[0].rounded(decimals: $0.parameters["decimals"].int ?? 0)) }
        table["clip"] = { example in
            guard let lower = example.parameters["min"].double, let upper = example.parameters["max"].double else {
                throw NotReal()
            }
            return .array(try example.inputs[0].clipped(from: lower, to: upper))
        }
        table["allclose"] = { example in
            let array = example.inputs[0]
            return Answer(NDArray([try array.isAllClose(to: array), try array.isAllClose(to: array, equalNaN: true)]))
        }
        return table
    }()
}
