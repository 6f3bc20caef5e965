internal import ComplexModule

// Linear algebra of arrays whose type is known at run time only. Integers and `bool` become `float64` as in NumPy,
// `float16` becomes `float32`.
extension AnyNDArray {
    /// See ``NDArray/matmul(_:)``; operands of two types are promoted, and `bool` is refused.
    public func matmul(_ other: AnyNDArray) throws(NDArrayError) -> AnyNDArray {
        let common = dtype.promoted(with: other.dtype)
        guard let type = common.elementType as? any NDNumber.Type else {
            throw NDArrayError(.dtypeMismatch, "a matrix product of \(dtype); cast it to a number first")
        }
        func product<T: NDNumber>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try cast(to: type).matmul(other.cast(to: type)))
        }
        return try product(type)
    }

    /// See ``NDArray/solve(_:)``.
    public func solve(_ rightSide: AnyNDArray) throws(NDArrayError) -> AnyNDArray {
        func run<T: NDLinearElement>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try cast(to: type).solve(rightSide.cast(to: type)))
        }
        return try run(dtype.promoted(with: rightSide.dtype).linearType)
    }

    /// See ``NDArray/inverse()``.
    public func inverse() throws(NDArrayError) -> AnyNDArray {
        func run<T: NDLinearElement>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try cast(to: type).inverse())
        }
        return try run(dtype.linearType)
    }

    /// See ``NDArray/pseudoInverse(relativeTolerance:)``.
    public func pseudoInverse(relativeTolerance: Double? = nil) throws(NDArrayError) -> AnyNDArray {
        func run<T: NDLinearElement>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try cast(to: type).pseudoInverse(relativeTolerance: relativeTolerance.map { T.RealPart($0) }))
        }
        return try run(dtype.linearType)
    }

    /// See ``NDArray/determinant()``.
    public func determinant() throws(NDArrayError) -> AnyNDArray {
        func run<T: NDLinearElement>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try cast(to: type).determinant())
        }
        return try run(dtype.linearType)
    }

    /// See ``NDArray/logDeterminant()``.
    public func logDeterminant() throws(NDArrayError) -> (sign: AnyNDArray, logarithm: AnyNDArray) {
        func run<T: NDLinearElement>(_ type: T.Type) throws(NDArrayError) -> (AnyNDArray, AnyNDArray) {
            let (sign, logarithm) = try cast(to: type).logDeterminant()
            return (AnyNDArray(sign), AnyNDArray(logarithm))
        }
        return try run(dtype.linearType)
    }

    /// See ``NDArray/svd(full:)``.
    public func svd(full: Bool = true) throws(NDArrayError) -> (u: AnyNDArray, s: AnyNDArray, vh: AnyNDArray) {
        func run<T: NDLinearElement>(_ type: T.Type) throws(NDArrayError) -> (AnyNDArray, AnyNDArray, AnyNDArray) {
            let (u, s, vh) = try cast(to: type).svd(full: full)
            return (AnyNDArray(u), AnyNDArray(s), AnyNDArray(vh))
        }
        return try run(dtype.linearType)
    }

    /// See ``NDArray/singularValues()``.
    public func singularValues() throws(NDArrayError) -> AnyNDArray {
        func run<T: NDLinearElement>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try cast(to: type).singularValues())
        }
        return try run(dtype.linearType)
    }

    /// See ``NDArray/matrixRank(tolerance:)``.
    public func matrixRank(tolerance: Double? = nil) throws(NDArrayError) -> NDArray<Int64> {
        func run<T: NDLinearElement>(_ type: T.Type) throws(NDArrayError) -> NDArray<Int64> {
            try cast(to: type).matrixRank(tolerance: tolerance.map { T.RealPart($0) })
        }
        return try run(dtype.linearType)
    }

    /// See ``NDArray/qr(_:)``.
    public func qr(_ mode: QRMode = .reduced) throws(NDArrayError) -> (q: AnyNDArray, r: AnyNDArray) {
        func run<T: NDLinearElement>(_ type: T.Type) throws(NDArrayError) -> (AnyNDArray, AnyNDArray) {
            let (q, r) = try cast(to: type).qr(mode)
            return (AnyNDArray(q), AnyNDArray(r))
        }
        return try run(dtype.linearType)
    }

    /// See ``NDArray/cholesky(upper:)``.
    public func cholesky(upper: Bool = false) throws(NDArrayError) -> AnyNDArray {
        func run<T: NDLinearElement>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try cast(to: type).cholesky(upper: upper))
        }
        return try run(dtype.linearType)
    }

    /// See ``NDArray/eig()``: the results are complex, also where all imaginary parts are zero.
    public func eig() throws(NDArrayError) -> (values: AnyNDArray, vectors: AnyNDArray) {
        func run<T: NDLinearElement>(_ type: T.Type) throws(NDArrayError) -> (AnyNDArray, AnyNDArray) {
            let (values, vectors) = try cast(to: type).eig()
            return (AnyNDArray(values), AnyNDArray(vectors))
        }
        return try run(dtype.linearType)
    }

    /// See ``NDArray/eigh(_:)``.
    public func eigh(
        _ triangle: MatrixTriangle = .lower
    ) throws(NDArrayError) -> (values: AnyNDArray, vectors: AnyNDArray) {
        func run<T: NDLinearElement>(_ type: T.Type) throws(NDArrayError) -> (AnyNDArray, AnyNDArray) {
            let (values, vectors) = try cast(to: type).eigh(triangle)
            return (AnyNDArray(values), AnyNDArray(vectors))
        }
        return try run(dtype.linearType)
    }

    /// The least-squares solution alone; see ``NDArray/leastSquares(_:relativeTolerance:)``.
    public func leastSquares(_ rightSide: AnyNDArray) throws(NDArrayError) -> AnyNDArray {
        func run<T: NDLinearElement>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try cast(to: type).leastSquares(rightSide.cast(to: type)).solution)
        }
        return try run(dtype.promoted(with: rightSide.dtype).linearType)
    }

    /// See ``NDArray/vectorNorm(_:along:keepingAxes:)``.
    public func vectorNorm(
        _ order: Double = 2, along axes: [Int]? = nil, keepingAxes: Bool = false
    ) throws(NDArrayError) -> AnyNDArray {
        func run<T: NDLinearElement>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try cast(to: type).vectorNorm(T.RealPart(order), along: axes, keepingAxes: keepingAxes))
        }
        return try run(dtype.linearType)
    }

    /// See ``NDArray/matrixNorm(_:along:keepingAxes:)``.
    public func matrixNorm(
        _ norm: MatrixNorm = .frobenius, along axes: (rows: Int, columns: Int) = (-2, -1), keepingAxes: Bool = false
    ) throws(NDArrayError) -> AnyNDArray {
        func run<T: NDLinearElement>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try cast(to: type).matrixNorm(norm, along: axes, keepingAxes: keepingAxes))
        }
        return try run(dtype.linearType)
    }

    /// See ``NDArray/conditionNumber(_:)``.
    public func conditionNumber(_ norm: MatrixNorm = .spectral) throws(NDArrayError) -> AnyNDArray {
        func run<T: NDLinearElement>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try cast(to: type).conditionNumber(norm))
        }
        return try run(dtype.linearType)
    }
}

extension DType {
    /// The type that linear algebra and Fourier transforms of this one are done in.
    var linearType: any NDLinearElement.Type {
        switch self {
        case .float16, .float32: Float.self
        case .complex64: Complex<Float>.self
        case .complex128: Complex<Double>.self
        default: Double.self
        }
    }
}
