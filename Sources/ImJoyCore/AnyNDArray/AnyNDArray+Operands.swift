public import ComplexModule
public import RealModule

/// What may stand beside an ``AnyNDArray`` in arithmetic: another array, or a number.
///
/// Arrays, also those of one element, bring their dtype. `Int`, `Double`, `Bool` and `Complex<Double>` stand for
/// Python's own numbers: they have a kind but no size, and take the array's type where it holds that kind (NumPy's
/// NEP 50). So `uint8` plus 10 is `uint8`, `uint8` plus 1.5 is `float64`, and `float32` plus 1.5 is `float32`.
///
/// ```swift
/// let brighter = image + 10                                  // uint8 stays uint8
/// let scaled = image * AnyNDArray(NDArray<Float>(scalar: 2)) // an array of float32: uint8 becomes float32
/// ```
public protocol NDOperand: Sendable {
    /// This operand as an array, in the type it takes beside one of `dtype`.
    ///
    /// Throws when it is an integer which that type cannot hold.
    func operand(beside dtype: DType) throws(NDArrayError) -> AnyNDArray
}

extension AnyNDArray: NDOperand {
    public func operand(beside dtype: DType) -> AnyNDArray { self }
}

extension NDArray: NDOperand {
    public func operand(beside dtype: DType) -> AnyNDArray { AnyNDArray(self) }
}

/// A number of Swift's own beside an array: it has a kind but no dtype; see ``NDOperand``.
public protocol NDWeakScalar: NDOperand {
    /// What kind of number this is.
    static var kind: DType.Kind { get }
    /// The number in an array without axes. Throws when it is an integer that `dtype` cannot hold.
    func scalar(as dtype: DType) throws(NDArrayError) -> AnyNDArray
}

extension NDWeakScalar {
    public func operand(beside dtype: DType) throws(NDArrayError) -> AnyNDArray {
        try scalar(as: dtype.promoted(with: Self.kind))
    }
}

extension Int: NDWeakScalar {
    public static var kind: DType.Kind { .integer }

    public func scalar(as dtype: DType) throws(NDArrayError) -> AnyNDArray {
        if let type = dtype.integerType, !fits(type) {
            throw NDArrayError(
                .invalidValue, "the number \(self) does not fit into \(dtype); cast the array to a larger type first")
        }
        return try AnyNDArray(NDArray<Int64>(scalar: Int64(self))).cast(to: dtype, overflow: .wrap)
    }

    /// Whether integers of `type` can hold this number.
    func fits<T: NDInteger>(_ type: T.Type) -> Bool { T(exactly: self) != nil }
}

extension Double: NDWeakScalar {
    public static var kind: DType.Kind { .real }
    public func scalar(as dtype: DType) throws(NDArrayError) -> AnyNDArray {
        try AnyNDArray(NDArray<Double>(scalar: self)).cast(to: dtype, overflow: .wrap)
    }
}

extension Bool: NDWeakScalar {
    public static var kind: DType.Kind { .bool }
    public func scalar(as dtype: DType) throws(NDArrayError) -> AnyNDArray {
        try AnyNDArray(NDArray<Bool>(scalar: self)).cast(to: dtype)
    }
}

extension Complex<Double>: NDOperand, NDWeakScalar {
    public static var kind: DType.Kind { .complex }
    public func scalar(as dtype: DType) throws(NDArrayError) -> AnyNDArray {
        try AnyNDArray(NDArray<Complex<Double>>(scalar: self)).cast(to: dtype)
    }
}
