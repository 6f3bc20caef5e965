extension NDArray where Element: NDFloat {
    /// True where elements are within `absoluteTolerance + relativeTolerance * |other|` of each other, broadcast.
    ///
    /// NumPy's `isclose`. Equal infinities are close; NaN is close to nothing, or to NaN with `equalNaN`. Throws when
    /// the shapes cannot be broadcast together.
    public func isClose(
        to other: NDArray, relativeTolerance: Element = 1e-5, absoluteTolerance: Element = 1e-8, equalNaN: Bool = false
    ) throws(NDArrayError) -> NDArray<Bool> {
        let limit = other.abs() * relativeTolerance + absoluteTolerance
        let distance = try subtracting(other).abs()
        var result = try distance.comparing(.lessOrEqual, with: limit) & other.isFinite
        result = try result | comparing(equal: true, with: other)
        return equalNaN ? result | (isNaN & other.isNaN) : result
    }

    /// True when all elements are close to those of `other`, broadcast; NumPy's `allclose`.
    ///
    /// Throws when the shapes cannot be broadcast together. ``isApproximatelyEqual(to:relativeTolerance:absoluteTolerance:equalNaN:)``
    /// also asks for equal shapes and never throws.
    public func isAllClose(
        to other: NDArray, relativeTolerance: Element = 1e-5, absoluteTolerance: Element = 1e-8, equalNaN: Bool = false
    ) throws(NDArrayError) -> Bool {
        try isClose(
            to: other, relativeTolerance: relativeTolerance, absoluteTolerance: absoluteTolerance, equalNaN: equalNaN
        ).all()
    }
}
