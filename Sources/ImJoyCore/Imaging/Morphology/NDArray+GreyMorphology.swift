extension NDArray where Element: NDReal {
    /// Each element replaced by its smallest neighbour; SciPy's `grey_erosion`.
    ///
    /// ```swift
    /// let narrow = try image.eroded(by: .size(3))
    /// let round = try image.eroded(by: .footprint(StructuringElement.disk(radius: 5)))
    /// ```
    /// - Parameters:
    ///   - window: which neighbours count; weights are subtracted from them.
    ///   - origins: how far the window is moved along each axis.
    ///   - boundary: what lies beyond the edges; nil when nothing does, as in scikit-image's mode `ignore` and OpenCV.
    /// - Returns: an array of the same shape and type. NaN spreads to all whose neighbour it is. Weights of integers are cut
    ///   off, and sums wrap around, as in SciPy; cast to `Float` first when that matters.
    ///
    /// scikit-image's `erosion` gives the same, except that it adds a row or column of false in front of a footprint that has an
    /// even number of them. Throws when the window does not fit the axes, is empty, or an origin is not in it.
    public func eroded(
        by window: MorphologyWindow, origins: [Int] = [], boundary: BoundaryMode? = .reflect
    ) throws(NDArrayError) -> NDArray {
        let neighbourhood = try Neighbourhood(window.footprint(rank: rank), origins)
        guard case .weights(let weights, _) = window else {
            return try windowExtremes(neighbourhood, boundary, isLargest: false)
        }
        return try weightedExtremes(-weights, neighbourhood, boundary, isLargest: false)
    }

    /// Each element replaced by the greatest of those whose neighbour it is; SciPy's `grey_dilation`.
    ///
    /// The window is turned over, so that a single bright element becomes a picture of the footprint. Weights are added. See
    /// `eroded(by:origins:boundary:)` for the parameters; scikit-image's `dilation` does not turn the footprint over,
    /// and its `closing` does so twice.
    public func dilated(
        by window: MorphologyWindow, origins: [Int] = [], boundary: BoundaryMode? = .reflect
    ) throws(NDArrayError) -> NDArray {
        let neighbourhood = try Neighbourhood(window.footprint(rank: rank), origins).reflected
        guard case .weights(let weights, _) = window else {
            return try windowExtremes(neighbourhood, boundary, isLargest: true)
        }
        return try weightedExtremes(weights.flipped(), neighbourhood, boundary, isLargest: true)
    }

    /// Eroded, then dilated: bright parts that do not hold the window disappear; SciPy's `grey_opening`.
    ///
    /// See `eroded(by:origins:boundary:)`.
    public func opened(
        by window: MorphologyWindow, origins: [Int] = [], boundary: BoundaryMode? = .reflect
    ) throws(NDArrayError) -> NDArray {
        try eroded(by: window, origins: origins, boundary: boundary)
            .dilated(by: window, origins: origins, boundary: boundary)
    }

    /// Dilated, then eroded: dark parts that do not hold the window disappear; SciPy's `grey_closing`.
    ///
    /// See `eroded(by:origins:boundary:)`.
    public func closed(
        by window: MorphologyWindow, origins: [Int] = [], boundary: BoundaryMode? = .reflect
    ) throws(NDArrayError) -> NDArray {
        try dilated(by: window, origins: origins, boundary: boundary)
            .eroded(by: window, origins: origins, boundary: boundary)
    }

    /// What an opening takes away: bright parts that do not hold the window, without their background; SciPy's
    /// `white_tophat`.
    ///
    /// Integers wrap around. See `eroded(by:origins:boundary:)`.
    public func whiteTopHat(
        by window: MorphologyWindow, origins: [Int] = [], boundary: BoundaryMode? = .reflect
    ) throws(NDArrayError) -> NDArray {
        self - (try opened(by: window, origins: origins, boundary: boundary))
    }

    /// What a closing adds: dark parts that do not hold the window; SciPy's `black_tophat`.
    ///
    /// Integers wrap around. See `eroded(by:origins:boundary:)`.
    public func blackTopHat(
        by window: MorphologyWindow, origins: [Int] = [], boundary: BoundaryMode? = .reflect
    ) throws(NDArrayError) -> NDArray {
        try closed(by: window, origins: origins, boundary: boundary) - self
    }

    /// The dilated array minus the eroded one: high at edges; SciPy's `morphological_gradient`.
    ///
    /// Integers wrap around. See `eroded(by:origins:boundary:)`.
    public func morphologicalGradient(
        by window: MorphologyWindow, origins: [Int] = [], boundary: BoundaryMode? = .reflect
    ) throws(NDArrayError) -> NDArray {
        try dilated(by: window, origins: origins, boundary: boundary)
            - eroded(by: window, origins: origins, boundary: boundary)
    }

    /// The dilated array plus the eroded one minus twice the array itself; SciPy's `morphological_laplace`.
    ///
    /// Integers wrap around. See `eroded(by:origins:boundary:)`.
    public func morphologicalLaplace(
        by window: MorphologyWindow, origins: [Int] = [], boundary: BoundaryMode? = .reflect
    ) throws(NDArrayError) -> NDArray {
        try dilated(by: window, origins: origins, boundary: boundary)
            + eroded(by: window, origins: origins, boundary: boundary) - self - self
    }
}
