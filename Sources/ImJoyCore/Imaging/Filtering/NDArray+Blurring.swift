extension NDArray where Element: NDReal {
    /// Smoothed by a Gaussian, with floats as the result; scikit-image's `gaussian`.
    ///
    /// ```swift
    /// let smooth = try image.gaussianBlurred(sigma: 2, channelAxis: -1)
    /// ```
    /// - Parameters:
    ///   - sigma: the standard deviation in elements.
    ///   - boundary: what lies beyond the edges.
    ///   - truncate: where the Gaussian is cut off, in standard deviations.
    ///   - scale: whether integers are brought into 0...1.
    ///   - channelAxis: an axis whose elements have nothing to do with each other.
    /// - Returns: an array of the same shape, of `Double` for integers and of its own type for floats.
    ///
    /// ``gaussianFiltered(sigma:orders:truncate:boundary:)`` is SciPy's, which keeps the type. Throws when sigma is
    /// negative or no number.
    public func gaussianBlurred(
        sigma: Double = 1, boundary: BoundaryMode = .nearest, truncate: Double = 4, scale: IntensityScale = .unit,
        channelAxis: Int? = nil
    ) throws(NDArrayError) -> NDArray<Element.Mean> {
        let axes = Swift.max(channelAxis == nil ? rank : rank - 1, 0)
        return try gaussianBlurred(
            sigmas: Array(repeating: sigma, count: axes), boundary: boundary, truncate: truncate, scale: scale,
            channelAxis: channelAxis)
    }

    /// The same with a standard deviation of its own for each axis other than that of the channels.
    ///
    /// See ``gaussianBlurred(sigma:boundary:truncate:scale:channelAxis:)``.
    public func gaussianBlurred(
        sigmas: [Double], boundary: BoundaryMode = .nearest, truncate: Double = 4, scale: IntensityScale = .unit,
        channelAxis: Int? = nil
    ) throws(NDArrayError) -> NDArray<Element.Mean> {
        let sigmas = try spread(sigmas, around: channelAxis)
        return try computed(
            scale,
            { (array) throws(NDArrayError) in try array.blurred(sigmas, truncate, boundary) },
            { (array) throws(NDArrayError) in try array.blurred(sigmas, truncate, boundary) })
    }

    /// What is between two sizes: this array smoothed by a small Gaussian less the same smoothed by a large one;
    /// scikit-image's `difference_of_gaussians`.
    ///
    /// ```swift
    /// let spots = try image.differenceOfGaussians(low: 2, high: 8)
    /// ```
    /// - Parameters:
    ///   - low: the smaller standard deviation.
    ///   - high: the larger one; 1.6 times the smaller one when nil.
    ///   - boundary: what lies beyond the edges.
    ///   - truncate: where the Gaussians are cut off, in standard deviations.
    ///   - channelAxis: an axis whose elements have nothing to do with each other.
    /// - Returns: an array of the same shape, of `Double` for integers, which are brought into 0...1, and of its own
    ///   type for floats.
    ///
    /// Throws when a sigma is negative or no number, or the high one is below the low one.
    public func differenceOfGaussians(
        low: Double, high: Double? = nil, boundary: BoundaryMode = .nearest, truncate: Double = 4,
        channelAxis: Int? = nil
    ) throws(NDArrayError) -> NDArray<Element.Mean> {
        let axes = Swift.max(channelAxis == nil ? rank : rank - 1, 0)
        return try differenceOfGaussians(
            lows: Array(repeating: low, count: axes), highs: high.map { Array(repeating: $0, count: axes) },
            boundary: boundary, truncate: truncate, channelAxis: channelAxis)
    }

    /// The same with standard deviations of its own for each axis other than that of the channels.
    ///
    /// See ``differenceOfGaussians(low:high:boundary:truncate:channelAxis:)``.
    public func differenceOfGaussians(
        lows: [Double], highs: [Double]? = nil, boundary: BoundaryMode = .nearest, truncate: Double = 4,
        channelAxis: Int? = nil
    ) throws(NDArrayError) -> NDArray<Element.Mean> {
        let highs = highs ?? lows.map { $0 * 1.6 }
        guard lows.count == highs.count, zip(lows, highs).allSatisfy({ $0 <= $1 }) else {
            throw NDArrayError(
                .outOfBounds, "from standard deviations \(lows) to \(highs); no high one may be below the low one")
        }
        let small = try spread(lows, around: channelAxis)
        let large = try spread(highs, around: channelAxis)
        return try computed(
            .unit,
            { (array) throws(NDArrayError) in
                try array.blurred(small, truncate, boundary) - array.blurred(large, truncate, boundary)
            },
            { (array) throws(NDArrayError) in
                try array.blurred(small, truncate, boundary) - array.blurred(large, truncate, boundary)
            })
    }

    /// One standard deviation for each axis, 0 for that of the channels.
    func spread(_ sigmas: [Double], around channelAxis: Int?) throws(NDArrayError) -> [Double] {
        var all = sigmas
        if let channelAxis {
            let axis = try layout.resolvedAxis(channelAxis)
            if sigmas.count == rank - 1 { all.insert(0, at: axis) }
        }
        guard all.count == rank else {
            throw NDArrayError(
                .shapeMismatch, "\(sigmas.count) standard deviations for the axes of shape \(shape)")
        }
        return all
    }
}

extension NDArray where Element: NDLinearReal {
    /// Smoothed by a Gaussian; matrices in one pass over memory.
    func blurred(
        _ sigmas: [Double], _ truncate: Double, _ boundary: BoundaryMode, sharpening: Sharpening? = nil
    ) throws(NDArrayError) -> NDArray {
        if let smooth = try planeBlurred(sigmas, truncate, boundary, sharpening) { return smooth }
        let smooth = try gaussianFiltered(sigmas: sigmas, truncate: truncate, boundary: boundary)
        guard let sharpening else { return smooth }
        return try withUnsafeElements { (source) throws(NDArrayError) in
            try smooth.withUnsafeElements { (smooth) throws(NDArrayError) in
                try NDArray(uninitialised: shape) { target in
                    guard let source = source.baseAddress, let smooth = smooth.baseAddress else { return }
                    ComputeThreads.split(count, grain: 1024, nanoseconds: 0.2) { range in
                        sharpening.run(
                            source + range.lowerBound, smooth + range.lowerBound, target + range.lowerBound, range.count
                        )
                    }
                }
            }
        }
    }

    /// A matrix smoothed by a Gaussian in one pass over memory; nil for what is none, or smoothed along one axis only.
    func planeBlurred(
        _ sigmas: [Double], _ truncate: Double, _ boundary: BoundaryMode, _ sharpening: Sharpening? = nil
    ) throws(NDArrayError) -> NDArray? {
        guard rank == 2, let plane = try PlaneSmoothing<Element>(sigmas, truncate, boundary, shape, sharpening) else {
            return nil
        }
        return try withUnsafeElements { (source) throws(NDArrayError) in
            try NDArray(uninitialised: shape) { target in
                if let start = source.baseAddress { plane.run(start, target) }
            }
        }
    }

    /// The means of boxes in one pass over memory; nil for what is no matrix.
    func planeMeans(_ sizes: [Int], _ boundary: BoundaryMode) throws(NDArrayError) -> NDArray? {
        guard rank == 2, let plane = PlaneSmoothing<Element>(means: sizes, boundary, shape) else { return nil }
        return try withUnsafeElements { (source) throws(NDArrayError) in
            try NDArray(uninitialised: shape) { target in
                if let start = source.baseAddress { plane.run(start, target) }
            }
        }
    }
}
