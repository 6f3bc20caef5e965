internal import ComplexModule
internal import ImJoyCore
internal import ImJoyTestSupport

extension PropertyOperations {
    /// Arrays of any two dtypes, and numbers of Swift's own, through `AnyNDArray`.
    static let promotion: [String: Operation] = {
        let pairs: [String: @Sendable (AnyNDArray, any NDOperand) throws -> AnyNDArray] = [
            "add": { try $0.adding($1) },
            "subtract": { try $0.subtracting($1) },
            "multiply": { try $0.multiplying(by: $1) },
            "true_divide": { try $0.dividing(by: $1) },
            "floor_divide": { try $0.flooredQuotient(dividingBy: $1) },
            "remainder": { try $0.flooredRemainder(dividingBy: $1) },
            "fmod": { try $0.truncatedRemainder(dividingBy: $1) },
            "power": { try $0.power($1) },
            "maximum": { try AnyNDArray.maximum($0, $1) },
            "minimum": { try AnyNDArray.minimum($0, $1) },
            "fmax": { try AnyNDArray.maximumNumber($0, $1) },
            "fmin": { try AnyNDArray.minimumNumber($0, $1) },
            "hypot": { try AnyNDArray.hypot($0, $1) },
            "arctan2": { try AnyNDArray.atan2(y: $0, x: $1) },
            "logaddexp": { try AnyNDArray.logAddExp($0, $1) },
            "logaddexp2": { try AnyNDArray.logAddExp2($0, $1) },
            "copysign": { try AnyNDArray.copySign($0, $1) },
            "nextafter": { try $0.nextAfter(towards: $1) },
            "heaviside": { try $0.heaviside(atZero: $1) },
            "gcd": { try AnyNDArray.gcd($0, $1) },
            "lcm": { try AnyNDArray.lcm($0, $1) },
            "bitwise_and": { try $0.bitwiseAnd($1) },
            "bitwise_or": { try $0.bitwiseOr($1) },
            "bitwise_xor": { try $0.bitwiseXor($1) },
            "left_shift": { try $0.shiftedLeft(by: $1) },
            "right_shift": { try $0.shiftedRight(by: $1) },
            "logical_and": { AnyNDArray(try $0.logicalAnd($1)) },
            "logical_or": { AnyNDArray(try $0.logicalOr($1)) },
            "logical_xor": { AnyNDArray(try $0.logicalXor($1)) },
            "equal": { AnyNDArray(try $0.isEqual($1)) },
            "not_equal": { AnyNDArray(try $0.isNotEqual($1)) },
            "less": { AnyNDArray(try $0.isLess($1)) },
            "less_equal": { AnyNDArray(try $0.isLessOrEqual($1)) },
            "greater": { AnyNDArray(try $0.isGreater($1)) },
            "greater_equal": { AnyNDArray(try $0.isGreaterOrEqual($1)) },
        ]
        // A comparison with the number first is the mirrored one.
        let mirrored = [
            "less": "greater", "less_equal": "greater_equal", "greater": "less", "greater_equal": "less_equal",
            "equal": "equal", "not_equal": "not_equal",
        ]
        // A number first need not fit into the array's type where the result is of another.
        let unbound: Set = [
            "hypot", "arctan2", "logaddexp", "logaddexp2", "copysign", "nextafter", "heaviside", "logical_and",
            "logical_or", "logical_xor",
        ]
        var table: [String: Operation] = [:]
        for (name, pair) in pairs {
            table["mixed_" + name] = { example in
                let array = example.inputs[0]
                guard let number = example.weakScalar else { return [try pair(array, example.inputs[1])] }
                guard example.flag("reversed") else { return [try pair(array, number)] }
                if let other = mirrored[name], let pair = pairs[other] { return [try pair(array, number)] }
                if name == "true_divide" {
                    func divide(_ number: some NDWeakScalar) -> AnyNDArray { number / array }
                    return [divide(number)]
                }
                let isUnbound = unbound.contains(name)
                let first = isUnbound ? try array.unboundOperand(number) : try number.operand(beside: array.dtype)
                return [try pair(first, array)]
            }
        }
        table["mixed_divmod"] = { example in
            let array = example.inputs[0]
            let number = example.weakScalar
            if let number, example.flag("reversed") {
                let both = try number.operand(beside: array.dtype).quotientAndRemainder(dividingBy: array)
                return [both.quotient, both.remainder]
            }
            let other: any NDOperand = number ?? example.inputs[1]
            let both = try divide(array, other)
            return [both.quotient, both.remainder]
        }
        table["mixed_where"] = { example in
            [try AnyNDArray.select(where: example.inputs[0], example.inputs[1], otherwise: example.inputs[2])]
        }
        table["mixed_clip"] = { [try $0.inputs[0].clipped(from: $0.inputs[1], to: $0.inputs[2])] }
        table["mixed_isclose"] = { example in
            [AnyNDArray(try example.inputs[0].isClose(to: example.inputs[1], equalNaN: example.flag("nan")))]
        }
        return table
    }()

    private static func divide(
        _ a: AnyNDArray, _ b: some NDOperand
    ) throws -> (quotient: AnyNDArray, remainder: AnyNDArray) {
        try a.quotientAndRemainder(dividingBy: b)
    }
}

extension PropertyCase {
    /// The number without a dtype that stands beside the array, if one does.
    var weakScalar: (any NDWeakScalar)? {
        switch text("weak") {
        case "int": int("value")
        case "float": double("value")
        case "bool": flag("value")
        case "complex":
            Complex(parameters["value"].items[0].double ?? 0, parameters["value"].items[1].double ?? 0)
        default: nil
        }
    }
}
