internal import CImJoyKernels
internal import RealModule

extension NDArray where Element: NDReal {
    /// Less noise with sharp edges: each element becomes the mean of its neighbours, which count the more the nearer
    /// and the more alike they are; scikit-image's `denoise_bilateral`.
    ///
    /// ```swift
    /// let clean = try image.bilateralDenoised(colourSigma: 0.05, spatialSigma: 3)
    /// ```
    /// - Parameters:
    ///   - windowSize: how many neighbours are looked at along each axis; when nil three `spatialSigma` to each side,
    ///     and at least five.
    ///   - colourSigma: the standard deviation of differences that are noise; that of the array when nil or 0.
    ///   - spatialSigma: the standard deviation of distances, in elements.
    ///   - bins: in so many steps the weights of differences are computed.
    ///   - boundary: what lies beyond the edges.
    ///   - channelAxis: the axis of the colours of an image with colours.
    /// - Returns: an array of the same shape, of `Double` for integers, which are brought into 0...1, and of its own
    ///   type for floats. An array whose elements are all equal stays as it is.
    ///
    /// Throws for other than two axes and one for colours, windows below 1, sigmas that are negative or no number and
    /// without bins.
    public func bilateralDenoised(
        windowSize: Int? = nil, colourSigma: Double? = nil, spatialSigma: Double = 1, bins: Int = 10000,
        boundary: BoundaryMode = .constant(0), channelAxis: Int? = nil
    ) throws(NDArrayError) -> NDArray<Element.Mean> {
        guard rank == (channelAxis == nil ? 2 : 3) else {
            throw NDArrayError(
                .shapeMismatch, "a bilateral filter for shape \(shape): it takes two axes, and one more for colours")
        }
        guard spatialSigma > 0, spatialSigma < 0x1p20, (1...1 << 24).contains(bins), (colourSigma ?? 0) >= 0 else {
            throw NDArrayError(
                .outOfBounds,
                "standard deviations \(spatialSigma) and \(colourSigma ?? 0), \(bins) bins; "
                    + "all but the second must be above 0, and that not below")
        }
        let window = windowSize ?? Swift.max(5, 2 * Int((3 * spatialSigma).rounded(.up)) + 1)
        guard (1...4095).contains(window) else {
            throw NDArrayError(.outOfBounds, "a window of \(window); it must be 1 to 4095")
        }
        let axis = try channelAxis.map { (axis) throws(NDArrayError) in try layout.resolvedAxis(axis) }
        let first = try axis.map { (axis) throws(NDArrayError) in try movingAxis(axis, to: 0) } ?? insertingAxis(at: 0)
        if isEmpty { return NDArray<Element.Mean>(zeros: shape) }
        let (low, high) = first.minMax()
        if low == high { return cast(to: Element.Mean.self) }
        let filter = BilateralFilter(
            window: window, colourSigma: colourSigma ?? 0, spatialSigma: spatialSigma, bins: bins, boundary: boundary,
            low: low.asDouble, high: high.asDouble)
        let result = try first.computed(
            .unit, { (array) throws(NDArrayError) in try filter.run(array) },
            { (array) throws(NDArrayError) in try filter.run(array) })
        if let axis { return try result.movingAxis(0, to: axis).contiguous() }
        return try result.reshaped(to: shape)
    }
}

/// Means of neighbours that count by their distances in space and colour; channels are the first of three axes.
private struct BilateralFilter {
    var window: Int
    var colourSigma: Double
    var spatialSigma: Double
    var bins: Int
    var boundary: BoundaryMode
    /// The least and the greatest element, before integers are brought into 0...1, as scikit-image has it.
    var low: Double
    var high: Double

    func run<T: NDLinearReal>(_ image: NDArray<T>) throws(NDArrayError) -> NDArray<T> {
        let sigma = colourSigma == 0 ? Double(image.standardDeviation()) : colourSigma
        let offset = low < 0 ? T(low) : 0
        let reach = (window - 1) / 2
        let source = low < 0 ? image - offset : image
        let padded = try source.padded([(0, 0), (reach, reach), (reach, reach)], with: boundary.padding())
        let channels = image.shape[0]
        let binsPerUnit = Double(bins / channels) / (low < 0 ? high - low : high)
        let table = (0..<bins).map { bin in
            let value = high * Double(bin) / Double(bins)
            return T(Double.exp(-0.5 * (value * value / (sigma * sigma))))
        }
        let nearness = nearness(reach)
        let result = try padded.withUnsafeElements { (padded) throws(NDArrayError) in
            try NDArray<T>(uninitialised: image.shape) { target in
                guard let padded = padded.baseAddress else { return }
                run(padded, image.shape, reach, nearness, table, binsPerUnit, target)
            }
        }
        return low < 0 ? result + offset : result
    }

    /// The weights of places. They lie in scikit-image's table in rows that are one longer than they are read.
    private func nearness(_ reach: Int) -> [Double] {
        let stored = window + 1
        let start = -((window + 1) / 2)
        return (0..<(2 * reach + 1) * (2 * reach + 1)).map { number in
            let (row, column) = number.quotientAndRemainder(dividingBy: 2 * reach + 1)
            let (y, x) = (row * window + column).quotientAndRemainder(dividingBy: stored)
            let distance = Double.hypot(Double(start + y), Double(start + x))
            return Double.exp(-0.5 * (distance * distance / (spatialSigma * spatialSigma)))
        }
    }

    private func run<T: NDLinearReal>(
        _ padded: UnsafePointer<T>, _ shape: [Int], _ reach: Int, _ nearness: [Double], _ table: [T],
        _ binsPerUnit: Double, _ target: UnsafeMutablePointer<T>
    ) {
        let (channels, height, width) = (shape[0], shape[1], shape[2])
        let rowLength = width + 2 * reach
        let planeLength = rowLength * (height + 2 * reach)
        ComputeThreads.split(
            height, grain: 1, nanoseconds: Double(nearness.count * width * channels)
        ) { rows in
            withUnsafeTemporaryAllocation(of: T.self, capacity: width) { weights in
                guard let weights = weights.baseAddress else { return }
                for row in rows {
                    let sums = (0..<channels).map { target + ($0 * height + row) * width }
                    for sum in sums { sum.initialize(repeating: 0, count: width) }
                    weights.initialize(repeating: 0, count: width)
                    let middle = (row + reach) * rowLength + reach
                    let centres = (0..<channels).map { UnsafeRawPointer(padded + $0 * planeLength + middle) }
                    let targets = sums.map { UnsafeMutableRawPointer($0) }
                    for (number, nearness) in nearness.enumerated() {
                        let (y, x) = number.quotientAndRemainder(dividingBy: 2 * reach + 1)
                        let place = (row + y) * rowLength + x
                        let neighbours = (0..<channels).map { UnsafeRawPointer(padded + $0 * planeLength + place) }
                        imjoy_bilateral_row(
                            T.dtype.kernelType, centres, neighbours, channels, nearness, binsPerUnit, table,
                            Int32(bins - 1), targets, weights, width)
                    }
                    for sum in sums { for column in 0..<width { sum[column] /= weights[column] } }
                }
            }
        }
    }
}
