extension NDArray where Element: NDReal {
    /// The sums of all elements times powers of their coordinates, for each combination of powers up to `order`;
    /// scikit-image's `moments`, and around the centre of mass its `moments_central`.
    ///
    /// ```swift
    /// let m = try image.moments()
    /// let centre = [m[1, 0] / m[0, 0], m[0, 1] / m[0, 0]]
    /// let central = try image.moments(order: 2, around: centre)
    /// ```
    /// - Parameters:
    ///   - order: the greatest power along each axis.
    ///   - center: where coordinates are counted from; the first element when empty.
    ///   - spacing: how far neighbours along each axis are apart; 1 when empty.
    /// - Returns: an array with `order` + 1 elements along as many axes as this one has.
    ///
    /// Throws when the order is not 0 to 32, or there is not one coordinate and one spacing for each axis.
    public func moments(
        order: Int = 3, around center: [Double] = [], spacing: [Double] = []
    ) throws(NDArrayError) -> NDArray<Double> {
        let origin = center.isEmpty ? Array(repeating: 0, count: rank) : center
        let steps = spacing.isEmpty ? Array(repeating: 1, count: rank) : spacing
        guard (0...32).contains(order), origin.count == rank, steps.count == rank else {
            throw NDArrayError(
                .shapeMismatch,
                "moments of order \(order) around \(center) with spacing \(spacing) for an array of shape \(shape); "
                    + "the order is 0 to 32, and there is one number for each axis")
        }
        // One axis after the other becomes the powers along it.
        var result = cast(to: Double.self)
        for axis in (0..<rank).reversed() {
            let length = shape[axis]
            let powers = NDArray<Double>(shape: [length, order + 1]) { target in
                for index in 0..<length {
                    var power = 1.0
                    for exponent in 0...order {
                        target.initializeElement(at: index * (order + 1) + exponent, to: power)
                        power *= Double(index) * steps[axis] - origin[axis]
                    }
                }
            }
            let outer = result.shape[..<axis].reduce(1, *)
            let inner = result.shape[(axis + 1)...].reduce(1, *)
            let planes = try result.reshaped(to: [outer, length, inner])
            let sums = try powers.transposed().matmul(planes)
            result = try sums.reshaped(
                to: Array(result.shape[..<axis]) + [order + 1] + Array(result.shape[(axis + 1)...]))
        }
        return result
    }
}
