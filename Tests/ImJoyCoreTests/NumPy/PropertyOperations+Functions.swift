internal import ComplexModule
internal import ImJoyCore

extension PropertyOperations {
    /// Functions of one array.
    static let functions: [String: Operation] = {
        let both: [String: @Sendable (AnyNDArray) throws -> AnyNDArray] = [
            "sqrt": { try $0.sqrt() }, "exp": { try $0.exp() }, "exp2": { try $0.exp2() },
            "expm1": { try $0.expMinusOne() }, "log": { try $0.log() }, "log2": { try $0.log2() },
            "log10": { try $0.log10() }, "log1p": { try $0.logOnePlus() }, "sin": { try $0.sin() },
            "cos": { try $0.cos() }, "tan": { try $0.tan() }, "sinh": { try $0.sinh() }, "cosh": { try $0.cosh() },
            "tanh": { try $0.tanh() }, "arcsin": { try $0.asin() }, "arccos": { try $0.acos() },
            "arctan": { try $0.atan() }, "arcsinh": { try $0.asinh() }, "arccosh": { try $0.acosh() },
            "arctanh": { try $0.atanh() }, "absolute": { try $0.abs() }, "sign": { try $0.sign() },
        ]
        let real: [String: @Sendable (AnyNDArray) throws -> AnyNDArray] = [
            "cbrt": { try $0.cubeRoot() }, "degrees": { try $0.degrees() }, "radians": { try $0.radians() },
            "sinc": { try $0.sinc() }, "floor": { try $0.floor() }, "ceil": { try $0.ceiling() },
            "trunc": { try $0.truncated() }, "negative": { try $0.negated() }, "square": { try $0.square() },
            "reciprocal": { try $0.reciprocal() }, "invert": { try $0.inverted() },
            "nan_to_num": { try $0.replacingNonFinite() }, "real": { $0.real }, "imag": { $0.imaginary },
            "conjugate": { $0.conjugate() }, "angle": { try $0.phase() },
            "bitwise_count": { AnyNDArray(try $0.bitCount()) }, "isnan": { AnyNDArray(try $0.isNaN()) },
            "isinf": { AnyNDArray(try $0.isInfinite()) }, "isfinite": { AnyNDArray(try $0.isFinite()) },
            "logical_not": { AnyNDArray(try $0.logicalNot()) }, "signbit": { AnyNDArray(try $0.signBit()) },
        ]
        var table: [String: Operation] = [:]
        for (name, function) in both {
            table[name] = { [try function($0.inputs[0])] }
            table["complex_" + name] = { [try function($0.inputs[0])] }
        }
        for (name, function) in real { table[name] = { [try function($0.inputs[0])] } }
        table["round"] = { [try $0.inputs[0].rounded(decimals: $0.int("decimals"))] }
        table["complex_special"] = { example in
            guard let function = both[example.text("function")] else { throw UnknownDType() }
            return [try function(example.inputs[0])]
        }
        table["complex_multiply"] = { [try $0.inputs[0].multiplying(by: $0.inputs[1])] }
        table["complex_true_divide"] = { [try $0.inputs[0].dividing(by: $0.inputs[1])] }
        table["complex_power"] = { [try $0.inputs[0].power($0.inputs[1])] }
        return table.merging(floats) { first, _ in first }
    }()

    /// Functions that only typed arrays have.
    private static let floats: [String: Operation] = {
        var table: [String: Operation] = [:]
        for name in ["isposinf", "isneginf", "spacing", "frexp", "modf", "ldexp"] {
            table[name] = { example in
                switch example.inputs[0].dtype {
                case .float16: try apply(name, example, Float16.self)
                case .float32: try apply(name, example, Float.self)
                default: try apply(name, example, Double.self)
                }
            }
        }
        return table
    }()

    private static func apply<T: NDFloat>(_ name: String, _ example: PropertyCase, _ type: T.Type) throws
        -> [AnyNDArray]
    {
        let array = try example.inputs[0].typed(as: T.self)
        switch name {
        case "isposinf": return [AnyNDArray(array.isPositiveInfinity)]
        case "isneginf": return [AnyNDArray(array.isNegativeInfinity)]
        case "spacing": return [AnyNDArray(array.spacing())]
        case "frexp":
            let parts = array.fractionsAndExponents()
            return [AnyNDArray(parts.fractions), AnyNDArray(parts.exponents)]
        case "modf":
            let parts = array.fractionalAndWholeParts()
            return [AnyNDArray(parts.fractional), AnyNDArray(parts.whole)]
        default: return [AnyNDArray(try array.scaled(byPowersOfTwo: example.inputs[1].typed()))]
        }
    }

    /// Conversions and copies.
    static let casting: [String: Operation] = [
        "astype": { [try $0.inputs[0].cast(to: $0.dtype("dtype"), overflow: .wrap)] },
        "copy": { example in
            func copy<T: NDElement>(_ type: T.Type) throws -> AnyNDArray {
                AnyNDArray(try example.inputs[0].typed(as: T.self).copied())
            }
            return [try copy(example.inputs[0].dtype.elementType)]
        },
        "ascontiguousarray": { example in
            func copy<T: NDElement>(_ type: T.Type) throws -> AnyNDArray {
                AnyNDArray(try example.inputs[0].typed(as: T.self).contiguous())
            }
            return [try copy(example.inputs[0].dtype.elementType)]
        },
        "assign": { example in
            func assign<T: NDElement>(_ type: T.Type) throws -> AnyNDArray {
                var array = try example.inputs[0].typed(as: T.self)
                try array.assign(example.inputs[1].typed())
                return AnyNDArray(array)
            }
            return [try assign(example.inputs[0].dtype.elementType)]
        },
    ]
}
