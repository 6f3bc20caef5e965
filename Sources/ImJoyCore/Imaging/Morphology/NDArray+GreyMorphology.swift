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
    /// - Returns: an array of the same shape and type. NaN is smaller and greater than every number. With weights the numbers are
    ///   doubles, and integers are cut off and wrap around in the end, as in SciPy.
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
    /// ``eroded(by:origins:boundary:)`` for the parameters; scikit-image's `dilation` does not turn the footprint over.
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
    /// See ``eroded(by:origins:boundary:)``.
    public func opened(
        by window: MorphologyWindow, origins: [Int] = [], boundary: BoundaryMode? = .reflect
    ) throws(NDArrayError) -> NDArray {
        try eroded(by: window, origins: origins, boundary: boundary)
            .dilated(by: window, origins: origins, boundary: boundary)
    }

    /// Dilated, then eroded: dark parts that do not hold the window disappear; SciPy's `grey_closing`.
    ///
    /// See ``eroded(by:origins:boundary:)``.
    public func closed(
        by window: MorphologyWindow, origins: [Int] = [], boundary: BoundaryMode? = .reflect
    ) throws(NDArrayError) -> NDArray {
        try dilated(by: window, origins: origins, boundary: boundary)
            .eroded(by: window, origins: origins, boundary: boundary)
    }

    /// What an opening takes away: bright parts that do not hold the window, without their background; SciPy's
    /// `white_tophat`.
    ///
    /// Integers wrap around. See ``eroded(by:origins:boundary:)``.
    public func whiteTopHat(
        by window: MorphologyWindow, origins: [Int] = [], boundary: BoundaryMode? = .reflect
    ) throws(NDArrayError) -> NDArray {
        self - (try opened(by: window, origins: origins, boundary: boundary))
    }

    /// What a closing adds: dark parts that do not hold the window; SciPy's `black_tophat`.
    ///
    /// Integers wrap around. See ``eroded(by:origins:boundary:)``.
    public func blackTopHat(
        by window: MorphologyWindow, origins: [Int] = [], boundary: BoundaryMode? = .reflect
    ) throws(NDArrayError) -> NDArray {
        try closed(by: window, origins: origins, boundary: boundary) - self
    }

    /// The dilated array minus the eroded one: high at edges; SciPy's `morphological_gradient`.
    ///
    /// Integers wrap around. See ``eroded(by:origins:boundary:)``.
    public func morphologicalGradient(
        by window: MorphologyWindow, origins: [Int] = [], boundary: BoundaryMode? = .reflect
    ) throws(NDArrayError) -> NDArray {
        try dilated(by: window, origins: origins, boundary: boundary)
            - eroded(by: window, origins: origins, boundary: boundary)
    }

    /// The dilated array plus the eroded one minus twice the array itself; SciPy's `morphological_laplace`.
    ///
    /// Integers wrap around. See ``eroded(by:origins:boundary:)``.
    public func morphologicalLaplace(
        by window: MorphologyWindow, origins: [Int] = [], boundary: BoundaryMode? = .reflect
    ) throws(NDArrayError) -> NDArray {
        try dilated(by: window, origins: origins, boundary: boundary)
            + eroded(by: window, origins: origins, boundary: boundary) - self - self
    }

    /// The extreme of all neighbours, each plus its weight.
    private func weightedExtremes(
        _ weights: NDArray<Double>, _ neighbourhood: Neighbourhood, _ boundary: BoundaryMode?, isLargest: Bool
    ) throws(NDArrayError) -> NDArray {
        var boundary = boundary ?? .constant(isLargest ? -.infinity : .infinity)
        if case .constant(let value) = boundary, value.isFinite {
            // As an element of this array holds it.
            boundary = .constant(NDArray<Double>(scalar: value).cast(to: Element.self).item.asDouble)
        }
        let source = cast(to: Double.self)
        let window = try FilterWindow(
            source, footprint: neighbourhood.footprint, origins: neighbourhood.origins, boundary: boundary)
        let summands = try weights.compressed(where: neighbourhood.footprint).elements
        let found = try NDArray<Double>(uninitialised: shape) { target in
            window.forEachLine(into: target, cost: Double(summands.count)) { rows, target, length in
                for (number, summand) in summands.enumerated() {
                    WeightedExtremes.update(target, rows[number], summand, length, number == 0, isLargest)
                }
            }
        }
        return found.cast(to: Element.self, overflow: .wrap)
    }
}

/// The inner loops of erosions and dilations with weights.
private enum WeightedExtremes {
    static func update(
        _ target: UnsafeMutablePointer<Double>, _ row: UnsafePointer<Double>, _ summand: Double, _ length: Int,
        _ isFirst: Bool, _ isLargest: Bool
    ) {
        if isFirst {
            for index in 0..<length { target[index] = row[index] + summand }
        } else if isLargest {
            for index in 0..<length {
                let (old, new) = (target[index], row[index] + summand)
                target[index] = new > old ? new : old
            }
        } else {
            for index in 0..<length {
                let (old, new) = (target[index], row[index] + summand)
                target[index] = new < old ? new : old
            }
        }
    }
}
