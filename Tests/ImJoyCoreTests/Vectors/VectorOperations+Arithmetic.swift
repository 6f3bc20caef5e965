internal import ComplexModule
internal import ImJoyCore
internal import ImJoyTestSupport

extension VectorOperations {
    /// Operations on two arrays element by element, by NumPy's names.
    static let arithmetic: [String: Operation] = {
        let names = [
            "add", "subtract", "multiply", "true_divide", "floor_divide", "remainder", "fmod", "maximum", "minimum",
            "hypot", "arctan2", "power", "logaddexp", "equal", "less", "less_equal", "bitwise_and", "bitwise_xor",
            "right_shift",
        ]
        var table: [String: Operation] = [:]
        for name in names { table[name] = { try binary(name, $0.inputs[0], $0.inputs[1]) } }
        table["divmod"] = { example in
            let (a, b) = (example.inputs[0], example.inputs[1])
            guard case .array(let quotient) = try binary("floor_divide", a, b),
                case .array(let remainder) = try binary("remainder", a, b)
            else { throw NotReal() }
            return .list([quotient, remainder])
        }
        table["where"] = { example in
            let mask = try example.inputs[0].typed(as: Double.self) .> 0
            return Answer(
                try NDArray.select(
                    where: mask, example.inputs[1].cast(to: Double.self), otherwise: example.inputs[2].cast()))
        }
        table["outer"] = { example in
            let (a, b) = (try example.inputs[0].typed(as: Int64.self), try example.inputs[1].typed(as: Int64.self))
            return Answer(try a.outer(b))
        }
        table["matmul"] = { try product($0.inputs[0], $0.inputs[1]) }
        return table
    }()

    struct NotReal: Error {}

    /// Promotes both and calls the operator of that name.
    static func binary(_ name: String, _ a: AnyNDArray, _ b: AnyNDArray) throws -> Answer {
        var dtype = a.dtype.promoted(with: b.dtype)
        if name == "true_divide", dtype.isInteger { dtype = .float64 }
        let (first, second) = (try a.cast(to: dtype), try b.cast(to: dtype))
        if dtype == .complex128 {
            let (x, y) = (try first.typed(as: Complex<Double>.self), try second.typed(as: Complex<Double>.self))
            return try number(name, x, y) ?? Answer(x.dividing(by: y))
        }
        var visitor = Binary(name: name, other: second)
        return try first.visitReal(&visitor)
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

    private static func number<T: NDNumber>(_ name: String, _ a: NDArray<T>, _ b: NDArray<T>) throws(NDArrayError)
        -> Answer?
    {
        switch name {
        case "add": Answer(try a.adding(b))
        case "subtract": Answer(try a.subtracting(b))
        case "multiply": Answer(try a.multiplying(by: b))
        default: nil
        }
    }

    private struct Binary: NDRealVisitor {
        let name: String
        let other: AnyNDArray

        func visit<T: NDReal>(_ a: NDArray<T>) throws(NDArrayError) -> Answer {
            let b: NDArray<T> = try other.typed()
            if let answer = try number(name, a, b) { return answer }
            switch name {
            case "floor_divide": return Answer(a.flooredQuotient(dividingBy: b))
            case "remainder": return Answer(a.flooredRemainder(dividingBy: b))
            case "fmod": return Answer(a.truncatedRemainder(dividingBy: b))
            case "maximum": return Answer(NDArray.maximum(a, b))
            case "minimum": return Answer(NDArray.minimum(a, b))
            case "equal": return Answer(a .== b)
            case "less": return Answer(a .< b)
            case "less_equal": return Answer(a .<= b)
            default: break
            }
            if let x = a as? NDArray<Double>, let y = b as? NDArray<Double> { return try real(x, y) }
            if let x = a as? NDArray<UInt8>, let y = b as? NDArray<UInt8> { return try bits(x, y) }
            if let x = a as? NDArray<Int32>, let y = b as? NDArray<Int32> { return try bits(x, y) }
            throw NDArrayError.unknownOperation(name)
        }

        private func real<T: NDFloat>(_ a: NDArray<T>, _ b: NDArray<T>) throws(NDArrayError) -> Answer {
            switch name {
            case "true_divide": Answer(a / b)
            case "hypot": Answer(NDArray.hypot(a, b))
            case "arctan2": Answer(NDArray.atan2(y: a, x: b))
            case "power": Answer(a.power(b))
            case "logaddexp": Answer(NDArray.logAddExp(a, b))
            default: throw NDArrayError.unknownOperation(name)
            }
        }

        private func bits<T: NDInteger>(_ a: NDArray<T>, _ b: NDArray<T>) throws(NDArrayError) -> Answer {
            switch name {
            case "bitwise_and": Answer(a & b)
            case "bitwise_xor": Answer(a ^ b)
            case "right_shift": Answer(a >> b)
            default: throw NDArrayError.unknownOperation(name)
            }
        }
    }
}

extension NDArrayError {
    private static let noEntry = "there is no test entry for "
    static func unknownOperation(_ name: String) -> NDArrayError { NDArrayError(.dtypeMismatch, noEntry + name) }
    /// True for an error of these tests, which must not pass for the one that a case expects.
    var isUnknownOperation: Bool { message.hasPrefix(Self.noEntry) }
}
