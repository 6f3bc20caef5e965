extension NDArray where Element: NDFloat {
    /// The image smoothed and with fewer pixels; scikit-image's `pyramid_reduce`.
    ///
    /// ```swift
    /// let half = try image.pyramidReduced()
    /// ```
    /// - Parameters:
    ///   - factor: how many times shorter each axis becomes, rounded up; above 1.
    ///   - sigma: the standard deviation of the Gaussian; a third of the factor when nil.
    ///   - order: the degree of the splines in between, 0 to 5.
    ///   - boundary: what lies beyond the edges, ``BoundaryMode/reflect`` as scikit-image's `reflect` here: the
    ///     Gaussian takes it as it is and the interpolation as ``BoundaryMode/mirror``.
    ///   - channelAxis: the axis of colours, which stays as it is.
    ///
    /// Numbers keep their range. Throws on factors, sigmas and axes that there are not.
    public func pyramidReduced(
        by factor: Double = 2, sigma: Double? = nil, order: Int = 1, boundary: BoundaryMode = .reflect,
        channelAxis: Int? = nil
    ) throws(NDArrayError) -> NDArray {
        let smooth = try smoothedForPyramid(factor, sigma, boundary, channelAxis)
        return try smooth.resampled(
            to: pyramidShape(channelAxis) { ($0 / factor).rounded(.up) }, order: order, boundary: boundary.ofResize,
            antialiasing: .none)
    }

    /// The image with more pixels, and smoothed then; scikit-image's `pyramid_expand`.
    ///
    /// See ``pyramidReduced(by:sigma:order:boundary:channelAxis:)``.
    public func pyramidExpanded(
        by factor: Double = 2, sigma: Double? = nil, order: Int = 1, boundary: BoundaryMode = .reflect,
        channelAxis: Int? = nil
    ) throws(NDArrayError) -> NDArray {
        try checkPyramid(factor)
        let large = try resampled(
            to: pyramidShape(channelAxis) { (factor * $0).rounded(.up) }, order: order, boundary: boundary.ofResize,
            antialiasing: .none)
        return try large.smoothedForPyramid(factor, sigma, boundary, channelAxis)
    }

    /// The image and ever smaller ones of it; scikit-image's `pyramid_gaussian`.
    ///
    /// ```swift
    /// let levels = try image.gaussianPyramid(levels: 3)      // four images, the first of them the image itself
    /// ```
    /// - Parameters:
    ///   - levels: how many smaller images there are at most; until they do not get smaller when nil.
    ///   - factor: how many times smaller each image is than the one before.
    ///   - sigma: the standard deviation of the smoothing; a third of the factor when nil.
    ///   - order: the degree of the splines between the pixels.
    ///   - boundary: what lies beyond the edges.
    ///   - channelAxis: an axis that stays as it is.
    ///
    /// See ``pyramidReduced(by:sigma:order:boundary:channelAxis:)``.
    public func gaussianPyramid(
        levels: Int? = nil, by factor: Double = 2, sigma: Double? = nil, order: Int = 1,
        boundary: BoundaryMode = .reflect, channelAxis: Int? = nil
    ) throws(NDArrayError) -> [NDArray] {
        try checkPyramid(factor)
        var images = [self]
        while images.count <= levels ?? .max, let last = images.last {
            let next = try last.pyramidReduced(
                by: factor, sigma: sigma, order: order, boundary: boundary, channelAxis: channelAxis)
            if next.shape == last.shape { break }
            images.append(next)
        }
        return images
    }

    /// What each smoothing takes away: the image and ever smaller ones of it, less what they are when smoothed;
    /// scikit-image's `pyramid_laplacian`.
    ///
    /// - Parameters:
    ///   - levels: how many smaller images there are; as many as it takes to come to one pixel when nil.
    ///   - factor: how many times smaller each image is than the one before.
    ///   - sigma: the standard deviation of the smoothing; a third of the factor when nil.
    ///   - order: the degree of the splines between the pixels.
    ///   - boundary: what lies beyond the edges.
    ///   - channelAxis: an axis that stays as it is.
    ///
    /// See ``pyramidReduced(by:sigma:order:boundary:channelAxis:)``.
    public func laplacianPyramid(
        levels: Int? = nil, by factor: Double = 2, sigma: Double? = nil, order: Int = 1,
        boundary: BoundaryMode = .reflect, channelAxis: Int? = nil
    ) throws(NDArrayError) -> [NDArray] {
        var smooth = try smoothedForPyramid(factor, sigma, boundary, channelAxis)
        var images = [self - smooth]
        var longest = 1.0
        let colours = try channelAxis.map { (axis) throws(NDArrayError) in try layout.resolvedAxis(axis) }
        for axis in shape.indices where axis != colours { longest = Swift.max(longest, Double(shape[axis])) }
        var count = levels ?? 0
        if levels == nil {
            // The logarithm to the base of the factor, rounded up.
            while longest > 1 + 1e-12 {
                longest /= factor
                count += 1
            }
        }
        while images.count <= count {
            let small = try smooth.resampled(
                to: smooth.pyramidShape(channelAxis) { ($0 / factor).rounded(.up) }, order: order,
                boundary: boundary.ofResize, antialiasing: .none)
            smooth = try small.smoothedForPyramid(factor, sigma, boundary, channelAxis)
            images.append(small - smooth)
        }
        return images
    }

    private func checkPyramid(_ factor: Double) throws(NDArrayError) {
        // A factor that is all but one would make thousands of images.
        guard factor > 1.001, factor < 0x1p31 else {
            throw NDArrayError(
                .outOfBounds, "a pyramid whose images differ by a factor of \(factor); it must be above 1")
        }
    }

    private func smoothedForPyramid(
        _ factor: Double, _ sigma: Double?, _ boundary: BoundaryMode, _ channelAxis: Int?
    ) throws(NDArrayError) -> NDArray {
        try checkPyramid(factor)
        var sigmas = Array(repeating: sigma ?? 2 * factor / 6, count: rank)
        if let channelAxis { sigmas[try layout.resolvedAxis(channelAxis)] = 0 }
        return try gaussianFiltered(sigmas: sigmas, boundary: boundary)
    }

    private func pyramidShape(_ channelAxis: Int?, _ scale: (Double) -> Double) throws(NDArrayError) -> [Int] {
        let colours = try channelAxis.map { (axis) throws(NDArrayError) in try layout.resolvedAxis(axis) }
        var newShape = shape
        for axis in shape.indices where axis != colours {
            let length = scale(Double(shape[axis]))
            guard length < 0x1p53 else { throw NDArrayError(.invalidShape, "an axis of \(length) elements") }
            newShape[axis] = Int(length)
        }
        return newShape
    }
}

extension BoundaryMode {
    /// What scikit-image's pyramids give the interpolation where the Gaussian gets this mode.
    fileprivate var ofResize: BoundaryMode { self == .reflect ? .mirror : self }
}
