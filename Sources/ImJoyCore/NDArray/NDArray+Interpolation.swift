extension NDArray where Element: NDReal {
    /// The values of a line through points at each element; NumPy's `interp`.
    ///
    /// - Parameters:
    ///   - points: where the values are known, in ascending order.
    ///   - values: one for each of the points.
    ///   - below: the value before the first point; the first one's when nil.
    ///   - above: the value behind the last point; the last one's when nil.
    ///
    /// NaN gives NaN. Throws when there are no points, they do not ascend, or the values are not as many.
    public func interpolated(
        points: NDArray<Double>, values: NDArray<Double>, below: Double? = nil, above: Double? = nil
    ) throws(NDArrayError) -> NDArray<Double> {
        guard points.rank == 1, points.shape == values.shape, !points.isEmpty else {
            throw NDArrayError(
                .shapeMismatch,
                "points of shape \(points.shape) and values of shape \(values.shape); both must have one axis of the same length"
            )
        }
        let (x, y) = (points.elements, values.elements)
        guard zip(x, x.dropFirst()).allSatisfy({ $0 <= $1 }) else {
            throw NDArrayError(.outOfBounds, "points that do not ascend; sort them first")
        }
        let last = x.count - 1
        return cast(to: Double.self).map { position in
            if position.isNaN { return position }
            if position < x[0] { return below ?? y[0] }
            if position > x[last] { return above ?? y[last] }
            if position == x[last] { return y[last] }
            let next = x.partitioningIndex { $0 > position }
            let (left, right) = (next - 1, next)
            let slope = (y[right] - y[left]) / (x[right] - x[left])
            let result = slope * (position - x[left]) + y[left]
            if !result.isNaN { return result }
            // Infinite values on one side may still have an answer from the other.
            let other = slope * (position - x[right]) + y[right]
            return other.isNaN && y[left] == y[right] ? y[left] : other
        }
    }
}

extension NDArray where Element: NDReal {
    /// How much the rows of a matrix vary together: each row is a variable, each column an observation.
    ///
    /// - Parameter lostDegrees: what is taken off the count that the products are divided by; NumPy's `ddof`.
    ///
    /// An array of one axis is one variable. Throws when there are more than two axes.
    public func covariance(lostDegrees: Int = 1) throws(NDArrayError) -> NDArray<Double> {
        guard rank == 1 || rank == 2 else {
            throw NDArrayError(.shapeMismatch, "an array of shape \(shape) is no table of variables and observations")
        }
        let rows: NDArray<Double> = try reshaped(to: rank == 1 ? [1, count] : shape).cast()
        let centred = try rows - rows.mean(along: [1], keepingAxes: true)
        let products = try centred.matmul(centred.transposed())
        let covariance = products / Double(Swift.max(rows.shape[1] - lostDegrees, 0))
        return rank == 1 ? try covariance.reshaped(to: []) : covariance
    }

    /// Pearson's coefficients of correlation between the rows of a matrix, in -1...1; NaN for rows that do not vary.
    ///
    /// Throws when there are more than two axes.
    public func correlation() throws(NDArrayError) -> NDArray<Double> {
        let covariance = try covariance()
        if covariance.rank == 0 { return covariance / covariance }
        let spread = try covariance.diagonal().sqrt()
        return (covariance / spread.insertingAxis(at: 1) / spread).clipped(to: -1...1)
    }
}
