internal import ComplexModule
internal import ImJoyCore
internal import ImJoyTestSupport

extension VectorOperations {
    typealias Pair = @Sendable (AnyNDArray, AnyNDArray) throws -> AnyNDArray

    /// Operations on two arrays element by element, by NumPy's names.
    static let pairs: [String: Pair] = [
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
        "hypot": { try AnyNDArray.hypot($0, $1) },
        "arctan2": { try AnyNDArray.atan2(y: $0, x: $1) },
        "logaddexp": { try AnyNDArray.logAddExp($0, $1) },
        "bitwise_and": { try $0.bitwiseAnd($1) },
        "bitwise_xor": { try $0.bitwiseXor($1) },
        "right_shift": { try $0.shiftedRight(by: $1) },
        "equal": { AnyNDArray(try $0.isEqual($1)) },
        "less": { AnyNDArray(try $0.isLess($1)) },
        "less_equal": { AnyNDArray(try $0.isLessOrEqual($1)) },
        "isclose": { AnyNDArray(try $0.isClose(to: $1)) },
    ]

    static let arithmetic: [String: Operation] = {
        var table: [String: Operation] = pairs.mapValues { pair in { .array(try pair($0.inputs[0], $0.inputs[1])) } }
        table["divmod"] = { example in
            let (quotient, remainder) = try example.inputs[0].quotientAndRemainder(dividingBy: example.inputs[1])
            return .list([quotient, remainder])
        }
        table["where"] = { example in
            let mask = AnyNDArray(try example.inputs[0].isGreater(0))
            return .array(try AnyNDArray.select(where: mask, example.inputs[1], otherwise: example.inputs[2]))
        }
        table["outer"] = { example in
            let (a, b) = (try example.inputs[0].typed(as: Int64.self), try example.inputs[1].typed(as: Int64.self))
            return Answer(try a.outer(b))
        }
        table["matmul"] = { try product($0.inputs[0], $0.inputs[1]) }
        return table
    }()

    struct NotReal: Error {}

    /// The operation of that name on two arrays.
    static func binary(_ name: String, _ a: AnyNDArray, _ b: AnyNDArray) throws -> Answer {
        guard let pair = pairs[name] else { throw NDArrayError.unknownOperation(name) }
        return .array(try pair(a, b))
    }

    static func product(_ a: AnyNDArray, _ b: AnyNDArray) throws -> Answer {
        let dtype = a.dtype.promoted(with: b.dtype)
        switch dtype {
        case .float32: return Answer(try a.cast(to: Float.self).matmul(b.cast()))
        case .float64: return Answer(try a.cast(to: Double.self).matmul(b.cast()))
        case .complex128: return Answer(try a.cast(to: Complex<Double>.self).matmul(b.cast()))
        case .int64: return Answer(try a.cast(to: Int64.self).matmul(b.cast()))
        case .int32: return Answer(try a.cast(to: Int32.self).matmul(b.cast()))
        case .uint8: return Answer(try a.cast(to: UInt8.self).matmul(b.cast()))
        default: throw NDArrayError.unknownOperation("matmul of \(dtype)")
        }
    }
}

extension NDArrayError {
    private static let noEntry = "there is no test entry for "
    static func unknownOperation(_ name: String) -> NDArrayError { NDArrayError(.dtypeMismatch, noEntry + name) }
    /// True for an error of these tests, which must not pass for the one that a case expects.
    var isUnknownOperation: Bool { message.hasPrefix(Self.noEntry) }
}
