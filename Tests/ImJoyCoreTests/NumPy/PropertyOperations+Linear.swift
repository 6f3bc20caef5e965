internal import ComplexModule
internal import ImJoyCore
internal import ImJoyTestSupport

extension PropertyOperations {
    static let linear: [String: Operation] = {
        var table: [String: Operation] = [:]
        for name in ["matmul", "inner", "kron", "cross", "tensordot", "multi_dot", "einsum"] {
            table[name] = { example in
                guard let type = example.inputs[0].dtype.elementType as? any NDNumber.Type else {
                    throw UnknownDType()
                }
                return [try product(example, type)]
            }
        }
        for name in [
            "vdot", "solve", "inv", "det", "slogdet", "svdvals", "svd", "pinv", "qr", "eigvals", "eig", "eigvalsh",
            "eigh", "cholesky", "lstsq", "matrix_rank", "cond", "matrix_norm",
        ] {
            table[name] = { example in
                guard let type = example.inputs[0].dtype.elementType as? any NDLinearElement.Type else {
                    throw UnknownDType()
                }
                return try decomposition(example, type)
            }
        }
        table["trace"] = { example in
            let axes = example.ints("axes")
            func trace<T: NDNumber>(_ type: T.Type) throws -> AnyNDArray {
                AnyNDArray(
                    try example.inputs[0].typed(as: T.self).trace(
                        offset: example.int("offset"), axes: (axes[0], axes[1])))
            }
            guard let type = example.inputs[0].dtype.elementType as? any NDNumber.Type else { throw UnknownDType() }
            return [try trace(type)]
        }
        table["matrix_power"] = { example in
            let exponent = example.int("exponent")
            func power<T: NDNumber>(_ type: T.Type) throws -> AnyNDArray {
                AnyNDArray(try example.inputs[0].typed(as: T.self).matrixPower(exponent))
            }
            guard let type = example.inputs[0].dtype.elementType as? any NDNumber.Type else { throw UnknownDType() }
            return [try power(type)]
        }
        table["vector_norm"] = { example in
            [
                try example.inputs[0].vectorNorm(
                    Double(example.text("order")) ?? .nan, along: example.axes(),
                    keepingAxes: example.flag("keepdims"))
            ]
        }
        table["linalg_of_integers"] = { example in
            let a = example.inputs[0]
            return [try a.solve(example.inputs[1]), try a.determinant(), try a.singularValues()]
        }
        return table
    }()

    private static func product<T: NDNumber>(_ example: PropertyCase, _ type: T.Type) throws -> AnyNDArray {
        let arrays = try example.inputs.map { try $0.typed(as: T.self) }
        let a = arrays[0]
        return AnyNDArray(
            try {
                switch example.operation {
                case "matmul": try a.matmul(arrays[1])
                case "inner": try a.inner(arrays[1])
                case "kron": try a.kron(arrays[1])
                case "cross": try a.cross(arrays[1])
                case "tensordot": try a.tensordot(arrays[1], along: example.ints("a"), example.ints("b"))
                case "multi_dot": try NDArray.multiDot(arrays)
                default: try NDArray.einsum(example.text("subscripts"), operands: arrays)
                }
            }())
    }

    private static func decomposition<T: NDLinearElement>(
        _ example: PropertyCase, _ type: T.Type
    ) throws -> [AnyNDArray] {
        let a = try example.inputs[0].typed(as: T.self)
        let b = try example.inputs.dropFirst().first?.typed(as: T.self)
        let triangle: MatrixTriangle = example.text("triangle") == "U" ? .upper : .lower
        switch example.operation {
        case "vdot": return [AnyNDArray(NDArray(scalar: try a.vdot(b ?? a)))]
        case "solve": return [AnyNDArray(try a.solve(b ?? a))]
        case "inv": return [AnyNDArray(try b.map { try a.solve($0) } ?? a.inverse())]
        case "det": return [AnyNDArray(try a.determinant())]
        case "slogdet":
            let (sign, logarithm) = try a.logDeterminant()
            return [AnyNDArray(sign), AnyNDArray(logarithm)]
        case "svdvals": return [AnyNDArray(try a.singularValues())]
        case "svd":
            let full = example.flag("full")
            let (u, s, vh) = try a.svd(full: full)
            let short = s.shape[s.rank - 1]
            let scaled = try u.sliced([.ellipsis, 0..<short] as [any AxisSelector]) * row(s, T.self)
            let whole = try scaled.matmul(vh.sliced([.ellipsis, 0..<short, .all] as [any AxisSelector]))
            return [
                AnyNDArray(whole), AnyNDArray(s), AnyNDArray(try adjoint(u).matmul(u)),
                AnyNDArray(try vh.matmul(adjoint(vh))),
            ]
        case "pinv": return [AnyNDArray(try a.pseudoInverse())]
        case "qr":
            let (q, r) = try a.qr(example.flag("full") ? .complete : .reduced)
            return [
                AnyNDArray(try q.matmul(r)), AnyNDArray(T.magnitudes(of: r)), AnyNDArray(try adjoint(q).matmul(q)),
            ]
        case "eigvals": return [try sorted(a.eigenvalues())]
        case "eig":
            let (values, vectors) = try a.eig()
            let scaled = vectors * values.insertingAxis(at: values.rank - 1)
            // V Λ V⁻¹ by the equation Vᵀ Xᵀ = (V Λ)ᵀ.
            let whole = try vectors.matrixTransposed().solve(scaled.matrixTransposed()).matrixTransposed()
            return [AnyNDArray(whole)]
        case "eigvalsh": return [AnyNDArray(try a.hermitianEigenvalues(triangle))]
        case "eigh":
            let (values, vectors) = try a.eigh(triangle)
            let whole = try (vectors * row(values, T.self)).matmul(adjoint(vectors))
            return [AnyNDArray(whole), AnyNDArray(values), AnyNDArray(try adjoint(vectors).matmul(vectors))]
        case "cholesky": return [AnyNDArray(try a.cholesky(upper: example.flag("upper")))]
        case "lstsq":
            let found = try a.leastSquares(b ?? a, relativeTolerance: 1e-5)
            return [
                AnyNDArray(found.solution), AnyNDArray(found.residuals),
                AnyNDArray(NDArray(scalar: Int64(found.rank))), AnyNDArray(found.singularValues),
            ]
        case "matrix_rank": return [AnyNDArray(try a.matrixRank())]
        case "cond": return [AnyNDArray(try a.conditionNumber(norm(example)))]
        default:
            let axes = example.ints("axes")
            let norm = try a.matrixNorm(
                norm(example), along: (axes[0], axes[1]), keepingAxes: example.flag("keepdims"))
            return [AnyNDArray(norm)]
        }
    }

    private static func norm(_ example: PropertyCase) -> MatrixNorm {
        MatrixNorm.allCases.first { "\($0)" == example.text("norm") } ?? .frobenius
    }

    private static func adjoint<T: NDLinearElement>(_ array: NDArray<T>) -> NDArray<T> {
        T.conjugates(of: array.matrixTransposed())
    }

    /// Factors of the columns of a matrix.
    private static func row<T: NDLinearElement>(_ values: NDArray<T.RealPart>, _ type: T.Type) -> NDArray<T> {
        values.map(T.real).insertingAxis(at: values.rank - 1)
    }

    /// Eigenvalues in the order of their real parts.
    private static func sorted<R: NDLinearReal>(_ values: NDArray<Complex<R>>) throws -> AnyNDArray {
        let length = values.shape[values.rank - 1]
        var elements: [Complex<R>] = []
        let all = values.elements
        for start in stride(from: 0, to: all.count, by: max(length, 1)) {
            elements += all[start..<start + length].sorted { $0.real < $1.real }
        }
        return AnyNDArray(try NDArray(elements, shape: values.shape))
    }
}
