extension NDArray where Element: NDReal {
    /// Sharper: the difference from a smoothed copy is added once more; scikit-image's `unsharp_mask`.
    ///
    /// ```swift
    /// let sharp = try image.unsharpMasked(radius: 2, amount: 1)
    /// ```
    /// - Parameters:
    ///   - radius: the standard deviation of the Gaussian that smooths the copy, in elements.
    ///   - amount: what the difference is multiplied with; negative numbers smooth.
    ///   - scale: whether integers are brought into 0...1. If so, results are cut off at 0 and 1, or at -1 and 1 when
    ///     the array has negative elements; this holds for floats too.
    ///   - channelAxis: an axis whose elements have nothing to do with each other.
    /// - Returns: an array of the same shape, of `Double` for integers and of its own type for floats.
    ///
    /// The array is mirrored at its edges. Throws when the radius is negative or no number.
    public func unsharpMasked(
        radius: Double = 1, amount: Double = 1, scale: IntensityScale = .unit, channelAxis: Int? = nil
    ) throws(NDArrayError) -> NDArray<Element.Mean> {
        let axes = Swift.max(channelAxis == nil ? rank : rank - 1, 0)
        return try unsharpMasked(
            radii: Array(repeating: radius, count: axes), amount: amount, scale: scale, channelAxis: channelAxis)
    }

    /// The same with a radius of its own for each axis other than that of the channels.
    ///
    /// See ``unsharpMasked(radius:amount:scale:channelAxis:)``.
    public func unsharpMasked(
        radii: [Double], amount: Double = 1, scale: IntensityScale = .unit, channelAxis: Int? = nil
    ) throws(NDArrayError) -> NDArray<Element.Mean> {
        let sigmas = try spread(radii, around: channelAxis)
        return try computed(
            scale,
            { (array) throws(NDArrayError) in
                try array.blurred(sigmas, 4, .reflect, sharpening: array.sharpening(amount, scale))
            },
            { (array) throws(NDArrayError) in
                try array.blurred(sigmas, 4, .reflect, sharpening: array.sharpening(amount, scale))
            })
    }
}

extension NDArray where Element: NDLinearReal {
    fileprivate func sharpening(_ amount: Double, _ scale: IntensityScale) -> Sharpening {
        guard scale == .unit, !isEmpty else { return Sharpening(amount: amount) }
        let hasNegative = (self .< 0).any()
        return Sharpening(amount: amount, limits: hasNegative ? -1...1 : 0...1)
    }
}
