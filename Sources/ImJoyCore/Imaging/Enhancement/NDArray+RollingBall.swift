/// The upper halves of bodies that are rolled under an image; infinite where there is nothing of the body.
public enum RollingBall {
    /// A ball; scikit-image's `ball_kernel`.
    ///
    /// - Parameters:
    ///   - radius: in elements and in units of intensity.
    ///   - rank: the number of axes of the image.
    ///
    /// Throws when the radius is negative or no number, or there is no memory for the ball.
    public static func ball(radius: Double, rank: Int) throws(NDArrayError) -> NDArray<Double> {
        guard radius >= 0, radius < 0x1p20, rank >= 0, rank < 32 else {
            throw NDArrayError(
                .outOfBounds, "a ball of radius \(radius) with \(rank) axes; the radius must not be negative")
        }
        let reach = Int(radius.rounded(.up))
        let squares = try squares(Array(repeating: reach, count: rank)) { _, place in Double(place * place) }
        return squares.map { $0.squareRoot() > radius ? .infinity : Swift.max(radius * radius - $0, 0).squareRoot() }
    }

    /// An ellipsoid; scikit-image's `ellipsoid_kernel`.
    ///
    /// - Parameters:
    ///   - shape: how long it is along each axis, in elements.
    ///   - intensity: how high it is, in units of intensity.
    ///
    /// Throws when there is no memory for it.
    public static func ellipsoid(shape: [Int], intensity: Double) throws(NDArrayError) -> NDArray<Double> {
        let halves = shape.map { Swift.max(Int(clamping: $0) / 2, 1) }
        guard halves.allSatisfy({ $0 < 1 << 20 }) else {
            throw NDArrayError(.outOfMemory, "an ellipsoid of shape \(shape)")
        }
        let squares = try squares(halves) { axis, place in
            let part = Double(place) / Double(halves[axis])
            return part * part
        }
        return squares.map { 1 - $0 < 0 ? .infinity : intensity * Swift.max(1 - $0, 0).squareRoot() }
    }

    /// For every place around a middle the sum of what `square` says for each axis.
    private static func squares(
        _ reach: [Int], _ square: (_ axis: Int, _ place: Int) -> Double
    ) throws(NDArrayError) -> NDArray<Double> {
        let shape = reach.map { 2 * $0 + 1 }
        try NDArray<Double>.refuseUnlessMemory(for: shape)
        var sums = try NDArray<Double>(claimedZeros: shape)
        for axis in shape.indices {
            let line = NDArray<Double>((-reach[axis]...reach[axis]).map { square(axis, $0) })
            var lineShape = Array(repeating: 1, count: shape.count)
            lineShape[axis] = shape[axis]
            sums += try line.reshaped(to: lineShape)
        }
        return sums
    }
}

extension NDArray where Element: NDReal {
    /// The background of an image: how high a ball gets that is rolled under it; scikit-image's `rolling_ball`.
    ///
    /// ```swift
    /// let cells = try image - image.rollingBallBackground(radius: 50)
    /// ```
    /// - Parameters:
    ///   - radius: of the ball, in elements and in units of intensity; larger than what is not background.
    ///   - spreadsNaN: whether a NaN makes all elements NaN that the ball's box can reach from it. If not, NaN is
    ///     passed over, as if there were nothing.
    /// - Returns: an array of the same shape and type; integers cut off what is behind the point.
    ///
    /// Dark elements are the background. The ball is exact and works for any number of axes; the time grows with the
    /// number of elements in it. Throws when the radius is negative or no number.
    public func rollingBallBackground(radius: Double = 100, spreadsNaN: Bool = false) throws(NDArrayError) -> NDArray {
        try rollingBallBackground(kernel: RollingBall.ball(radius: radius, rank: rank), spreadsNaN: spreadsNaN)
    }

    /// The same with another body than a ball.
    ///
    /// ```swift
    /// let flat = try RollingBall.ellipsoid(shape: [101, 101], intensity: 20)
    /// let background = try image.rollingBallBackground(kernel: flat)
    /// ```
    /// - Parameters:
    ///   - kernel: the upper surface of the body, with as many axes as this array has.
    ///   - spreadsNaN: whether NaN makes NaN of all that the body touches together with it; it is passed over otherwise.
    ///
    /// See ``rollingBallBackground(radius:spreadsNaN:)``. Throws when the numbers of axes differ, or there is no
    /// kernel.
    public func rollingBallBackground(
        kernel: NDArray<Double>, spreadsNaN: Bool = false
    ) throws(NDArrayError) -> NDArray {
        guard kernel.rank == rank, !kernel.isEmpty else {
            throw NDArrayError(
                .shapeMismatch,
                "a kernel of shape \(kernel.shape) for an array of shape \(shape); "
                    + "both need the same number of axes, and the kernel elements")
        }
        if isEmpty { return self }
        return isComputedInSingle
            ? try cast(to: Float.self).rolledUnder(kernel.cast(to: Float.self), spreadsNaN)
                .cast(to: Element.self, overflow: .wrap)
            : try cast(to: Double.self).rolledUnder(kernel, spreadsNaN).cast(to: Element.self, overflow: .wrap)
    }
}

extension NDArray where Element: NDLinearReal {
    fileprivate func rolledUnder(_ kernel: NDArray, _ spreadsNaN: Bool) throws(NDArrayError) -> NDArray {
        let isUndefined = isNaN
        let hasUndefined = isUndefined.any()
        let source = hasUndefined ? try replacing(with: .infinity, where: isUndefined) : self
        let background = try BallPass(kernel).run(source)
        guard hasUndefined, spreadsNaN else { return background }
        let reached = try isUndefined.cast(to: UInt8.self)
            .maximumFiltered(in: .sizes(kernel.shape), boundary: .constant(0))
        return try background.replacing(with: .nan, where: reached .!= 0)
    }
}
