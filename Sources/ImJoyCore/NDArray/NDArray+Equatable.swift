extension NDArray: Equatable {
    /// True when shapes and all elements are equal; NaN equals nothing, so an array that holds one is not itself.
    public static func == (a: NDArray, b: NDArray) -> Bool {
        guard a.shape == b.shape else { return false }
        defer { withExtendedLifetime((a.storage, b.storage)) {} }
        return ElementwiseKernels.allEqual(a.operand, b.operand)
    }
}

extension NDArray: Hashable {
    /// Hashes the shape and the first elements: equal arrays hash alike, and a large image does not take long.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(shape)
        var hashed = 0
        var runs = StridedRuns(layout)
        while hashed < 64, let run = runs.next() {
            for index in 0..<Swift.min(run.count, 64 - hashed) {
                hasher.combine(base[run.a.start + index * run.a.step])
            }
            hashed += run.count
        }
    }
}

extension NDArray where Element: NDFloat {
    /// True when the shapes are equal and all elements are within
    /// `absoluteTolerance + relativeTolerance * |other|` of each other, the rule of NumPy's `allclose`.
    ///
    /// Equal infinities are close; NaN is close to nothing, or to NaN with `equalNaN`.
    public func isApproximatelyEqual(
        to other: NDArray, relativeTolerance: Double = 1e-5, absoluteTolerance: Double = 1e-8, equalNaN: Bool = false
    ) -> Bool {
        guard shape == other.shape else { return false }
        defer { withExtendedLifetime((storage, other.storage)) {} }
        var runs = StridedRuns(layout, other.layout)
        while let run = runs.next() {
            for index in 0..<run.count {
                let a = base[run.a.start + index * run.a.step].asDouble
                let b = other.base[run.b.start + index * run.b.step].asDouble
                if a == b || (equalNaN && a.isNaN && b.isNaN) { continue }
                guard b.isFinite, (a - b).magnitude <= absoluteTolerance + relativeTolerance * b.magnitude else {
                    return false
                }
            }
        }
        return true
    }
}

extension NDArray where Element: NDComplex {
    /// True when the shapes are equal and all elements are within
    /// `absoluteTolerance + relativeTolerance * |other|` of each other, lengths being those of complex numbers.
    ///
    /// Equal numbers are close, infinite ones too; NaN is close to nothing.
    public func isApproximatelyEqual(
        to other: NDArray, relativeTolerance: Double = 1e-5, absoluteTolerance: Double = 1e-8
    ) -> Bool {
        guard shape == other.shape else { return false }
        let distance = (self - other).magnitude.cast(to: Double.self)
        let lengths = other.magnitude.cast(to: Double.self)
        let isNear = (distance .<= lengths * relativeTolerance + absoluteTolerance) & lengths.isFinite
        return (isNear | (self .== other)).all()
    }
}
