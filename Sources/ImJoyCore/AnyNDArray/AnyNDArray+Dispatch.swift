internal import ComplexModule

// From a dtype to the generic code for it. The types are opened existentials, so that the compiler makes one generic body
// of each operation instead of fourteen copies; the kernels are found by dtype.

extension DType {
    /// The element type when it can be added and multiplied.
    @inline(never) var numberType: (any NDNumber.Type)? {
        switch self {
        case .bool: nil
        case .complex64: Complex<Float>.self
        case .complex128: Complex<Double>.self
        default: realType
        }
    }

    /// The element type when it is an integer or a real float.
    @inline(never) var realType: (any NDReal.Type)? { integerType ?? floatType }

    /// The element type when it is an integer.
    @inline(never) var integerType: (any NDInteger.Type)? {
        switch self {
        case .int8: Int8.self
        case .int16: Int16.self
        case .int32: Int32.self
        case .int64: Int64.self
        case .uint8: UInt8.self
        case .uint16: UInt16.self
        case .uint32: UInt32.self
        case .uint64: UInt64.self
        default: nil
        }
    }

    /// The element type when it is a real float.
    @inline(never) var floatType: (any NDFloat.Type)? {
        switch self {
        case .float16: Float16.self
        case .float32: Float.self
        case .float64: Double.self
        default: nil
        }
    }

    /// The element type when it is complex.
    @inline(never) var complexType: (any NDComplex.Type)? {
        switch self {
        case .complex64: Complex<Float>.self
        case .complex128: Complex<Double>.self
        default: nil
        }
    }
}

extension AnyNDArray {
    /// The elements as `T`, as NumPy casts them; without a copy when they already are.
    func elements<T: NDElement>(as type: T.Type) throws(NDArrayError) -> NDArray<T> {
        let array = try cast(to: T.dtype, overflow: .wrap)
        return NDArray(storage: array.storage, layout: array.layout)
    }

    /// The common type of this array and `other`, and `other` in the type it takes beside this one.
    func promoted(with other: some NDOperand) throws(NDArrayError) -> (dtype: DType, other: AnyNDArray) {
        let other = try other.operand(beside: dtype)
        return (dtype.promoted(with: other.dtype), other)
    }

    /// `other` beside this array where the result is no integer: a whole number need not fit into this array's type.
    package func unboundOperand(_ other: some NDOperand) throws(NDArrayError) -> AnyNDArray {
        guard let number = other as? Int, dtype.isInteger else { return try other.operand(beside: dtype) }
        return try AnyNDArray(NDArray<Int64>(scalar: Int64(number))).cast(to: dtype.functionType)
    }

    /// Says that NumPy has no such operation either.
    static func refuse(_ operation: String, _ dtypes: DType...) -> NDArrayError {
        NDArrayError(
            .dtypeMismatch,
            "\(operation) has no meaning for \(dtypes.map(\.rawValue).joined(separator: " and ")); cast the arrays first"
        )
    }

    /// `body` under the type `dtype`, which must be real.
    func real(
        _ operation: String, _ dtype: DType, _ body: (any NDReal.Type) throws(NDArrayError) -> AnyNDArray
    ) throws(NDArrayError) -> AnyNDArray {
        guard let type = dtype.realType else { throw Self.refuse(operation, dtype) }
        return try body(type)
    }
}

/// Unwraps a result where an operator cannot throw: the sentence names shapes and dtypes of both sides.
func orTrap(
    _ operation: String, _ a: AnyNDArray, _ body: () throws(NDArrayError) -> AnyNDArray
) -> AnyNDArray {
    do { return try body() } catch {
        preconditionFailure("\(a.dtype) array of shape \(a.shape) \(operation): \(error.message)")
    }
}
