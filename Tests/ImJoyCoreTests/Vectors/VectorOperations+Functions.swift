internal import ComplexModule
internal import ImJoyCore
internal import ImJoyTestSupport

extension VectorOperations {
    /// Operations on one array element by element.
    static let functions: [String: Operation] = {
        let names = [
            "rint", "floor", "ceil", "sqrt", "square", "reciprocal", "exp", "log", "log10", "log1p", "sin", "cos",
            "tan",
            "tanh", "arcsin", "arctan", "isnan", "isinf", "isfinite", "abs", "sign",
        ]
        var table: [String: Operation] = [:]
        for name in names {
            table[name] = { example in
                if let array = try? example.inputs[0].typed(as: Float.self) { return try apply(name, array) }
                return try apply(name, example.inputs[0].typed(as: Double.self))
            }
        }
        table["absolute"] = { Answer(try $0.inputs[0].typed(as: Int8.self).abs()) }
        table["invert"] = { Answer(~(try $0.inputs[0].typed(as: UInt8.self))) }
        table["round"] = { example in
            Answer(
                try example.inputs[0].typed(as: Double.self).rounded(decimals: example.parameters["decimals"].int ?? 0))
        }
        table["clip"] = { example in
            let bounds = (example.parameters["min"].double ?? 0, example.parameters["max"].double ?? 0)
            return Answer(try example.inputs[0].typed(as: Double.self).clipped(to: bounds.0...bounds.1))
        }
        return table
    }()

    static func apply<T: NDFloat>(_ name: String, _ a: NDArray<T>) throws(NDArrayError) -> Answer {
        switch name {
        case "rint": Answer(a.rounded())
        case "floor": Answer(a.floor())
        case "ceil": Answer(a.ceiling())
        case "sqrt": Answer(a.sqrt())
        case "square": Answer(a.square())
        case "reciprocal": Answer(a.reciprocal())
        case "exp": Answer(a.exp())
        case "log": Answer(a.log())
        case "log10": Answer(a.log10())
        case "log1p": Answer(a.logOnePlus())
        case "sin": Answer(a.sin())
        case "cos": Answer(a.cos())
        case "tan": Answer(a.tan())
        case "tanh": Answer(a.tanh())
        case "arcsin": Answer(a.asin())
        case "arctan": Answer(a.atan())
        case "isnan": Answer(a.isNaN)
        case "isinf": Answer(a.isInfinite)
        case "isfinite": Answer(a.isFinite)
        case "abs": Answer(a.abs())
        case "sign": Answer(a.sign())
        default: throw NDArrayError.unknownOperation(name)
        }
    }
}
