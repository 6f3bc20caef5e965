internal import CImJoyKernels

extension NDArray where Element: NDReal {
    /// Each element replaced by the sum of its neighbours, each times a weight; SciPy's `correlate`.
    ///
    /// ```swift
    /// let cross = try NDArray<Double>([0, -1, 0, -1, 5, -1, 0, -1, 0], shape: [3, 3])
    /// let sharp = try image.correlated(with: cross, boundary: .nearest)
    /// ```
    /// - Parameters:
    ///   - weights: as many axes as this array has.
    ///   - origins: how far the weights are moved along each axis.
    ///   - boundary: what lies beyond the edges.
    /// - Returns: an array of the same shape and type. Sums are computed in double precision, those of `Float` and
    ///   `Float16` in single precision; integers cut off what is behind the point, and wrap around, as in SciPy.
    ///
    /// Throws when the axes do not fit, there are no weights, or an origin is not among them.
    public func correlated(
        with weights: NDArray<Double>, origins: [Int] = [], boundary: BoundaryMode
    ) throws(NDArrayError) -> NDArray {
        let origins = origins.isEmpty ? Array(repeating: 0, count: rank) : origins
        return dtype == .float32 || dtype == .float16
            ? try correlated(weights, origins, boundary, in: Float.self)
            : try correlated(weights, origins, boundary, in: Double.self)
    }

    /// The same with the weights turned over along every axis; SciPy's `convolve`.
    ///
    /// See ``correlated(with:origins:boundary:)``.
    public func convolved(
        with weights: NDArray<Double>, origins: [Int] = [], boundary: BoundaryMode
    ) throws(NDArrayError) -> NDArray {
        let origins = origins.isEmpty ? Array(repeating: 0, count: rank) : origins
        guard weights.rank == rank, origins.count == rank else {
            throw NDArrayError(
                .shapeMismatch,
                "weights of shape \(weights.shape) and \(origins.count) origins for an array of shape \(shape); "
                    + "all need the same number of axes")
        }
        guard zip(origins, weights.shape).allSatisfy({ $1 > 0 && FilterOrigin.allowed($1).contains($0) }) else {
            throw NDArrayError(
                .outOfBounds,
                "the origins \(origins) of weights of shape \(weights.shape); the element itself must be among its neighbours"
            )
        }
        // Turned over, an even number of weights has its middle one place further on.
        let turned = zip(origins, weights.shape).map { -$0 - ($1.isMultiple(of: 2) ? 1 : 0) }
        return try correlated(with: weights.flipped(), origins: turned, boundary: boundary)
    }

    private func correlated<T: NDLinearReal>(
        _ weights: NDArray<Double>, _ origins: [Int], _ boundary: BoundaryMode, in type: T.Type
    ) throws(NDArrayError) -> NDArray {
        let source = cast(to: type)
        // Weights of zero are no neighbours, but at least one must be left.
        var isThere = weights .!= 0
        if !isThere.any() { isThere = NDArray<Bool>(repeating: true, shape: weights.shape) }
        let factors = try weights.compressed(where: isThere).elements.map { T($0) }
        let window = try FilterWindow(source, footprint: isThere, origins: origins, boundary: boundary)
        if Element.dtype.isFloatingPoint,
            let sums = try source.correlatedQuickly(with: weights, origins: origins, boundary: boundary)
        {
            return sums.cast(to: Element.self)
        }
        let sums = try NDArray<T>(uninitialised: shape) { target in
            window.forEachLine(into: target, cost: Double(factors.count) / 8) { rows, target, length in
                imjoy_weighted_sum(
                    T.dtype.kernelType, rows, factors, factors.count, 0, target, length)
            }
        }
        return sums.cast(to: Element.self, overflow: .wrap)
    }
}
