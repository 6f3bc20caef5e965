extension AnyNDArray {
    /// Elements of `a` where `mask` is not zero, of `b` where it is, all three broadcast; NumPy's `where`.
    ///
    /// The result has the promoted type of `a` and `b`. Throws when the shapes cannot be broadcast together.
    public static func select(
        where mask: AnyNDArray, _ a: AnyNDArray, otherwise b: some NDOperand
    ) throws(NDArrayError) -> AnyNDArray {
        let (dtype, b) = try a.promoted(with: b)
        func compute<T: NDElement>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(
                try NDArray<T>.select(
                    where: mask.elements(as: Bool.self), a.elements(as: T.self), otherwise: b.elements(as: T.self)))
        }
        return try compute(dtype.elementType)
    }

    /// Elements below `lower` or above `upper` moved there, all broadcast; NaN wins. NumPy's `clip`.
    ///
    /// The result has the promoted type of all. Throws for complex numbers, and when the shapes do not fit.
    public func clipped(from lower: some NDOperand, to upper: some NDOperand) throws(NDArrayError) -> AnyNDArray {
        try AnyNDArray.minimum(AnyNDArray.maximum(self, lower), upper)
    }

    /// Elements below `lower` moved there; NumPy's `clip` without an upper bound.
    public func clipped(from lower: some NDOperand) throws(NDArrayError) -> AnyNDArray {
        try AnyNDArray.maximum(self, lower)
    }

    /// Elements above `upper` moved there; NumPy's `clip` without a lower bound.
    public func clipped(to upper: some NDOperand) throws(NDArrayError) -> AnyNDArray {
        try AnyNDArray.minimum(self, upper)
    }

    /// True where elements are within `absoluteTolerance + relativeTolerance * |other|` of each other, broadcast.
    ///
    /// NumPy's `isclose`, computed in the promoted type, integers in `float64`. Equal infinities are close; NaN is close
    /// to nothing, or to NaN with `equalNaN`. Throws when the shapes cannot be broadcast together.
    public func isClose(
        to other: some NDOperand, relativeTolerance: Double = 1e-5, absoluteTolerance: Double = 1e-8,
        equalNaN: Bool = false
    ) throws(NDArrayError) -> NDArray<Bool> {
        let (dtype, other) = try promoted(with: other)
        let (a, b) = (try cast(to: dtype.quotientType), try other.cast(to: dtype.quotientType))
        let limit = try b.abs().multiplying(by: relativeTolerance).adding(absoluteTolerance)
        let isNear = try a.subtracting(b).abs().isLessOrEqual(limit) & b.isFinite()
        let isClose = isNear | (try a.isEqual(b))
        return equalNaN ? isClose | (try a.isNaN() & b.isNaN()) : isClose
    }

    /// True when all elements are close to those of `other`, broadcast; NumPy's `allclose`.
    public func isAllClose(
        to other: some NDOperand, relativeTolerance: Double = 1e-5, absoluteTolerance: Double = 1e-8,
        equalNaN: Bool = false
    ) throws(NDArrayError) -> Bool {
        try isClose(
            to: other, relativeTolerance: relativeTolerance, absoluteTolerance: absoluteTolerance, equalNaN: equalNaN
        ).all()
    }
}
