/// What a threshold for each element is made of; see ``NDArray/localThreshold(_:blockSizes:offset:boundary:)``.
public enum LocalThreshold: Sendable, Hashable {
    /// The elements around it, weighted by a Gaussian; its standard deviation is a sixth of the block without one.
    case gaussian(sigma: Double? = nil)
    /// The mean of the block around it.
    case mean
    /// The middle element of the block around it.
    case median
}

extension NDArray where Element: NDReal {
    /// A threshold for each element from those around it; scikit-image's `threshold_local`.
    ///
    /// ```swift
    /// let mask = try image .> image.localThreshold(.gaussian(), blockSize: 35, offset: 10)
    /// ```
    /// - Parameters:
    ///   - method: what is made of the elements around.
    ///   - blockSize: how many elements along each axis are looked at, an odd number.
    ///   - offset: what is taken away from every threshold.
    ///   - boundary: what lies beyond the edges.
    /// - Returns: an array of the same shape: `Double` for integers, otherwise of the type of the elements.
    ///
    /// Throws when the size is even or below 1.
    public func localThreshold(
        _ method: LocalThreshold = .gaussian(), blockSize: Int = 3, offset: Double = 0,
        boundary: BoundaryMode = .reflect
    ) throws(NDArrayError) -> NDArray<Element.Mean> {
        try localThreshold(
            method, blockSizes: Array(repeating: blockSize, count: rank), offset: offset, boundary: boundary)
    }

    /// The same with a block size of its own for each axis; see
    /// ``localThreshold(_:blockSize:offset:boundary:)``.
    public func localThreshold(
        _ method: LocalThreshold = .gaussian(), blockSizes: [Int], offset: Double = 0,
        boundary: BoundaryMode = .reflect
    ) throws(NDArrayError) -> NDArray<Element.Mean> {
        try refuse(windowSizes: blockSizes)
        let image = cast(to: Element.Mean.self)
        let result: NDArray<Element.Mean>
        switch method {
        case .gaussian(let sigma):
            let sigmas = blockSizes.map { sigma ?? Double($0 - 1) / 6 }
            result = try image.gaussianFiltered(sigmas: sigmas, boundary: boundary)
        case .mean: result = try image.uniformFiltered(sizes: blockSizes, boundary: boundary)
        case .median: result = try image.medianFiltered(in: .sizes(blockSizes), boundary: boundary)
        }
        return offset == 0 ? result : result - Element.Mean(offset)
    }

    /// For each element the mean around it less `k` standard deviations; scikit-image's `threshold_niblack`.
    ///
    /// ```swift
    /// let mask = try image.cast(to: Double.self) .> image.niblackThreshold(windowSize: 25)
    /// ```
    /// What lies beyond the edges is ``BoundaryMode/mirror``. Throws when the size is even or below 1.
    public func niblackThreshold(windowSize: Int = 15, k: Double = 0.2) throws(NDArrayError) -> NDArray<Double> {
        try niblackThreshold(windowSizes: Array(repeating: windowSize, count: rank), k: k)
    }

    /// The same with a window size of its own for each axis.
    public func niblackThreshold(windowSizes: [Int], k: Double = 0.2) throws(NDArrayError) -> NDArray<Double> {
        let (means, deviations) = try localSpread(windowSizes)
        return means - deviations * k
    }

    /// For each element m (1 + k (s / r - 1)) with the mean m and the standard deviation s around it; scikit-image's
    /// `threshold_sauvola`.
    ///
    /// - Parameters:
    ///   - windowSize: how many elements along each axis are looked at, an odd number.
    ///   - k: how much the spread counts.
    ///   - range: half of what the type of the elements can hold without it: 127.5 for `UInt8`, 1 for floats.
    ///
    /// What lies beyond the edges is ``BoundaryMode/mirror``. Throws when the size is even or below 1.
    public func sauvolaThreshold(
        windowSize: Int = 15, k: Double = 0.2, range: Double? = nil
    ) throws(NDArrayError) -> NDArray<Double> {
        try sauvolaThreshold(windowSizes: Array(repeating: windowSize, count: rank), k: k, range: range)
    }

    /// The same with a window size of its own for each axis.
    public func sauvolaThreshold(
        windowSizes: [Int], k: Double = 0.2, range: Double? = nil
    ) throws(NDArrayError) -> NDArray<Double> {
        let (means, deviations) = try localSpread(windowSizes)
        var half = 1.0
        if dtype.isInteger {
            for _ in 0..<8 * MemoryLayout<Element>.size { half *= 2 }
            half = (half - 1) / 2
        }
        let r = range ?? half
        return means * ((deviations / r - 1) * k + 1)
    }

    private func localSpread(
        _ sizes: [Int]
    ) throws(NDArrayError) -> (means: NDArray<Double>, deviations: NDArray<Double>) {
        try refuse(windowSizes: sizes)
        // Around their mean the squares are small, and so is what rounding takes from their difference.
        let values = cast(to: Double.self)
        guard !isEmpty else { return (values, values) }
        let middle = values.mean()
        let centred = middle.isFinite ? values - middle : values
        let means = try centred.uniformFiltered(sizes: sizes, boundary: .mirror)
        let squares = try centred.square().uniformFiltered(sizes: sizes, boundary: .mirror)
        let variances = NDArray<Double>.maximum(squares - means.square(), NDArray<Double>(scalar: 0))
        return (middle.isFinite ? means + middle : means, variances.sqrt())
    }

    private func refuse(windowSizes sizes: [Int]) throws(NDArrayError) {
        guard sizes.count == rank, sizes.allSatisfy({ $0 > 0 && !$0.isMultiple(of: 2) }) else {
            throw NDArrayError(
                .outOfBounds, "windows of sizes \(sizes) for an array of shape \(shape); each axis has an odd size")
        }
    }
}

extension NDArray where Element: NDReal {
    /// Above `low` and connected through such elements with one above `high`; scikit-image's
    /// `apply_hysteresis_threshold`.
    ///
    /// ```swift
    /// let edges = try slopes.hysteresisThresholded(low: 0.1, high: 0.35)
    /// ```
    /// Neighbours share a face. A `low` that is above `high` counts as `high`.
    public func hysteresisThresholded(low: Double, high: Double) throws(NDArrayError) -> NDArray<Bool> {
        let values = cast(to: Double.self)
        let (labels, count) = try (values .> Swift.min(low, high)).labelled()
        let isHigh = values .> high
        var isKept = [Bool](repeating: false, count: count + 1)
        return try labels.withUnsafeElements { (labels) throws(NDArrayError) in
            try isHigh.withUnsafeElements { (isHigh) throws(NDArrayError) in
                for index in 0..<isHigh.count where isHigh[index] { isKept[Int(labels[index])] = true }
                isKept[0] = false
                return try NDArray<Bool>(uninitialised: shape) { target in
                    for index in 0..<labels.count { target[index] = isKept[Int(labels[index])] }
                }
            }
        }
    }
}
