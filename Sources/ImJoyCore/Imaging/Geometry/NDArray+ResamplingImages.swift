/// How an image is smoothed before it gets fewer pixels.
public enum Antialiasing: Sendable, Hashable {
    /// By a Gaussian whose standard deviation is half of what the factor is above one, along axes that become shorter;
    /// nothing for the nearest elements of integers.
    case automatic
    /// By the same Gaussian, for the nearest elements of integers too.
    case always
    /// Not at all.
    case none
    /// By a Gaussian with these standard deviations, one for each axis or one for all.
    case sigmas([Double])
}

extension NDArray where Element: NDReal {
    /// The image with other numbers of pixels; scikit-image's `resize`.
    ///
    /// ```swift
    /// let thumbnail = try image.resampled(to: [64, 64])
    /// let labels = try mask.resampled(to: [1024, 1024], order: 0)
    /// ```
    /// - Parameters:
    ///   - newShape: the length of each axis; the last one, of colours, may be left out when it stays as it is.
    ///   - order: the degree of the splines in between: 0 for the nearest element, 1 for straight lines, at most 5.
    ///   - boundary: what lies beyond the edges.
    ///   - antialiasing: how the image is smoothed where it gets fewer pixels.
    ///   - clips: false when splines of higher degree may go beyond the range of the elements.
    /// - Returns: an array of the same type, and with the same range of numbers (scikit-image's `preserve_range`).
    ///   Integers are rounded, halves away from zero; cast to `Double` first for the fractions that scikit-image
    ///   returns.
    ///
    /// Pixels have an extent: the outer edges of the image stay in their places. Throws on other orders, shapes that do
    /// not fit, negative sigmas, and when this array is empty but the result is not.
    public func resampled(
        to newShape: [Int], order: Int = 1, boundary: BoundaryMode = .mirror, antialiasing: Antialiasing = .automatic,
        clips: Bool = true
    ) throws(NDArrayError) -> NDArray {
        var newShape = newShape
        if newShape.count == rank - 1, let colours = shape.last { newShape.append(colours) }
        if newShape.count > rank {
            return try reshaped(to: shape + Array(repeating: 1, count: newShape.count - rank)).resampled(
                to: newShape, order: order, boundary: boundary, antialiasing: antialiasing, clips: clips)
        }
        guard newShape.count == rank, rank > 0 else {
            throw NDArrayError(.shapeMismatch, "a result of shape \(newShape) for an image of shape \(shape)")
        }
        try Self.refuseUnlessMemory(for: newShape)
        try requireInterpolation(order: order, newShape)
        let sigmas = try smoothing(newShape, order, antialiasing)
        if isEmpty || newShape.contains(0) { return try NDArray(claimedZeros: newShape) }
        if dtype == .float16 || (dtype.isInteger && order > 0 && (order > 1 || sigmas != nil)) {
            // Fractions are kept until the end.
            let isHalf = dtype == .float16
            return isHalf
                ? try cast(to: Float.self).smoothedAndResized(newShape, order, boundary, sigmas, clips).cast()
                : try cast(to: Double.self).smoothedAndResized(newShape, order, boundary, sigmas, clips).rounded(
                    as: self)
        }
        return try smoothedAndResized(newShape, order, boundary, sigmas, clips)
    }

    /// The image with so many times the pixels along each axis; scikit-image's `rescale`.
    ///
    /// ```swift
    /// let half = try image.rescaled(by: [0.5])
    /// let colours = try picture.rescaled(by: [0.5, 0.5, 1])
    /// ```
    /// One factor is for all axes. Lengths are rounded, halves to the even number, and are at least 1. See
    /// ``resampled(to:order:boundary:antialiasing:clips:)``.
    public func rescaled(
        by factors: [Double], order: Int = 1, boundary: BoundaryMode = .mirror,
        antialiasing: Antialiasing = .automatic, clips: Bool = true
    ) throws(NDArrayError) -> NDArray {
        let lengths = try scaledShape(try forEachAxis(factors, "factors"))
        return try resampled(
            to: lengths.map { Swift.max($0, 1) }, order: order, boundary: boundary, antialiasing: antialiasing,
            clips: clips)
    }

    /// The standard deviations of the Gaussian before the pixels are made fewer; nil when there is none.
    private func smoothing(
        _ newShape: [Int], _ order: Int, _ antialiasing: Antialiasing
    ) throws(NDArrayError) -> [Double]? {
        switch antialiasing {
        case .none: return nil
        case .automatic, .always:
            let shrinks = zip(newShape, shape).contains { $0 < $1 }
            guard shrinks, antialiasing == .always || !(dtype.isInteger && order == 0) else { return nil }
            return zip(newShape, shape).map { new, old in
                new == 0 ? 0 : Swift.max(0, (Double(old) / Double(new) - 1) / 2)
            }
        case .sigmas(let sigmas):
            let all = try forEachAxis(sigmas, "sigmas")
            guard all.allSatisfy({ $0 >= 0 }) else {
                throw NDArrayError(.outOfBounds, "sigmas \(sigmas); a standard deviation is not negative")
            }
            return all
        }
    }

    private func smoothedAndResized(
        _ newShape: [Int], _ order: Int, _ boundary: BoundaryMode, _ sigmas: [Double]?, _ clips: Bool
    ) throws(NDArrayError) -> NDArray {
        var source = self
        if let sigmas { source = try gaussianFiltered(sigmas: sigmas, boundary: boundary) }
        if newShape == shape { return source }
        let coordinates = shape.indices.map { ZoomAlignment.edges.coordinates(from: shape[$0], to: newShape[$0]) }
        let result = try source.resampled(
            coordinates, order: order, mode: InterpolationMode(boundary), prefilters: true)
        return clips ? clipped(result, order, boundary) : result
    }

    /// A result within the range of this image, or of the value outside where that was used.
    private func clipped(_ result: NDArray, _ order: Int, _ boundary: BoundaryMode) -> NDArray {
        var isConstant = false
        if case .constant = boundary { isConstant = true }
        // Straight lines between elements do not leave their range.
        if order < 2, !isConstant { return result }
        guard let range = finiteRange, let other = result.finiteRange else { return result }
        var (low, high) = range
        let value = Element(casting: boundary.value, overflow: .wrap)
        if isConstant, !(low.asDouble...high.asDouble).contains(boundary.value),
            (other.low.asDouble...other.high.asDouble).contains(boundary.value)
        {
            (low, high) = (Swift.min(low, value), Swift.max(high, value))
        }
        return result.clipped(to: low...high)
    }

    /// The smallest and the largest number; nil when there is none.
    private var finiteRange: (low: Element, high: Element)? {
        if isEmpty { return nil }
        let (low, high) = minMax()
        if low == low, high == high { return (low, high) }
        let numbers = elements.filter { $0 == $0 }
        guard let low = numbers.min(), let high = numbers.max() else { return nil }
        return (low, high)
    }
}

extension NDArray where Element == Double {
    /// The numbers as another type, rounded as results of interpolations are.
    fileprivate func rounded<Target: NDReal>(as other: NDArray<Target>) throws(NDArrayError) -> NDArray<Target> {
        var copy = copied()
        let count = count
        copy.makeUnique()
        let base = copy.mutableBase + copy.layout.offset
        return try NDArray<Target>(uninitialised: shape) { target in
            RowSink<Double>(UnsafeMutableRawPointer(target), Target.dtype).put(base, at: 0, count: count)
            withExtendedLifetime(copy) {}
        }
    }
}
