extension NDArray<Bool> {
    /// True where all neighbours are; SciPy's `binary_erosion`.
    ///
    /// ```swift
    /// let inner = try mask.eroded()
    /// let core = try mask.eroded(by: StructuringElement.disk(radius: 3), iterations: 2, borderValue: true)
    /// ```
    /// - Parameters:
    ///   - structure: which neighbours count, as an array of as many axes; those that share a face when nil.
    ///   - iterations: how often it is done, nil for until nothing changes.
    ///   - mask: where it is done; elements where it is false stay as they are.
    ///   - borderValue: what lies beyond the edges.
    ///   - origins: how far the structure is moved along each axis.
    ///
    /// Throws when the axes do not fit, the structure is empty, an origin is not in it, there are less than one iteration, or it
    /// would go on for ever.
    public func eroded(
        by structure: NDArray<Bool>? = nil, iterations: Int? = 1, mask: NDArray<Bool>? = nil, borderValue: Bool = false,
        origins: [Int] = []
    ) throws(NDArrayError) -> NDArray {
        let growth = BinaryGrowth(
            neighbourhood: try neighbourhood(structure, origins), isDilation: false, border: borderValue, mask: mask)
        return try growth.run(self, iterations: iterations)
    }

    /// True where at least one of those is whose neighbour the element is; SciPy's `binary_dilation`.
    ///
    /// A single true element becomes a picture of the structure. See
    /// ``eroded(by:iterations:mask:borderValue:origins:)`` for the parameters.
    public func dilated(
        by structure: NDArray<Bool>? = nil, iterations: Int? = 1, mask: NDArray<Bool>? = nil, borderValue: Bool = false,
        origins: [Int] = []
    ) throws(NDArrayError) -> NDArray {
        let growth = BinaryGrowth(
            neighbourhood: try neighbourhood(structure, origins).reflected, isDilation: true, border: borderValue,
            mask: mask)
        return try growth.run(self, iterations: iterations)
    }

    /// Eroded, then dilated: parts that do not hold the structure disappear; SciPy's `binary_opening`.
    ///
    /// See ``eroded(by:iterations:mask:borderValue:origins:)``.
    public func opened(
        by structure: NDArray<Bool>? = nil, iterations: Int? = 1, mask: NDArray<Bool>? = nil, borderValue: Bool = false,
        origins: [Int] = []
    ) throws(NDArrayError) -> NDArray {
        try eroded(by: structure, iterations: iterations, mask: mask, borderValue: borderValue, origins: origins)
            .dilated(by: structure, iterations: iterations, mask: mask, borderValue: borderValue, origins: origins)
    }

    /// Dilated, then eroded: gaps that do not hold the structure are closed; SciPy's `binary_closing`.
    ///
    /// See ``eroded(by:iterations:mask:borderValue:origins:)``.
    public func closed(
        by structure: NDArray<Bool>? = nil, iterations: Int? = 1, mask: NDArray<Bool>? = nil, borderValue: Bool = false,
        origins: [Int] = []
    ) throws(NDArrayError) -> NDArray {
        try dilated(by: structure, iterations: iterations, mask: mask, borderValue: borderValue, origins: origins)
            .eroded(by: structure, iterations: iterations, mask: mask, borderValue: borderValue, origins: origins)
    }

    /// Dilated inside of a mask until nothing changes: all parts of the mask that this array touches; SciPy's
    /// `binary_propagation`.
    ///
    /// See ``eroded(by:iterations:mask:borderValue:origins:)``.
    public func propagated(
        in mask: NDArray<Bool>? = nil, by structure: NDArray<Bool>? = nil, borderValue: Bool = false,
        origins: [Int] = []
    ) throws(NDArrayError) -> NDArray {
        try dilated(by: structure, iterations: nil, mask: mask, borderValue: borderValue, origins: origins)
    }

    /// With everything true that no way through false elements connects with the edges; SciPy's `binary_fill_holes`.
    ///
    /// ```swift
    /// let whole = try mask.filledHoles()
    /// ```
    /// A way leads from each element to its neighbours in `structure`, those that share a face when it is nil.
    public func filledHoles(by structure: NDArray<Bool>? = nil, origins: [Int] = []) throws(NDArrayError) -> NDArray {
        let background = !self
        let start = NDArray<Bool>(repeating: false, shape: shape)
        return !(try start.propagated(in: background, by: structure, borderValue: true, origins: origins))
    }

    /// True where all neighbours of one structure are true and all of another one false; SciPy's `binary_hit_or_miss`.
    ///
    /// - Parameters:
    ///   - hits: which neighbours must be true; the element and those that share a face when nil.
    ///   - misses: which must be false; those that are not in `hits` when nil.
    ///   - origins: how far `hits` is moved along each axis.
    ///   - missOrigins: how far `misses` is moved, as far as `hits` when nil.
    ///
    /// Beyond the edges everything is false. Throws when the axes do not fit, or an origin is not in its structure.
    public func hitOrMiss(
        hits: NDArray<Bool>? = nil, misses: NDArray<Bool>? = nil, origins: [Int] = [], missOrigins: [Int]? = nil
    ) throws(NDArrayError) -> NDArray {
        let hits = try structure(hits)
        let found = try eroded(by: hits, origins: origins)
        let background = !self
        return found
            & (try background.eroded(by: misses ?? !hits, borderValue: true, origins: missOrigins ?? origins))
    }

    private func neighbourhood(
        _ structure: NDArray<Bool>?, _ origins: [Int]
    ) throws(NDArrayError) -> Neighbourhood {
        let structure = try self.structure(structure)
        guard structure.rank == rank, !structure.isEmpty else {
            throw NDArrayError(
                .shapeMismatch,
                "a structure of shape \(structure.shape) for an array of shape \(shape); "
                    + "both need the same number of axes, and the structure elements")
        }
        return try Neighbourhood(structure, origins)
    }

    /// The neighbours that share a face where none are given.
    private func structure(_ given: NDArray<Bool>?) throws(NDArrayError) -> NDArray<Bool> {
        if let given { return given }
        return try StructuringElement.neighbours(rank: rank, connectivity: 1)
    }
}

// Windows with the boundaries of grey images, as scikit-image has them for answers too.
extension NDArray<Bool> {
    /// True where all neighbours are, with any boundary; scikit-image's `erosion` of an image of answers.
    ///
    /// Windows have no weights here. See ``eroded(by:iterations:mask:borderValue:origins:)`` for SciPy's form.
    public func eroded(
        by window: MorphologyWindow, origins: [Int] = [], boundary: BoundaryMode? = .reflect
    ) throws(NDArrayError) -> NDArray {
        try windowExtremes(Neighbourhood(try footprint(window), origins), boundary, isLargest: false)
    }

    /// True where at least one of those is whose neighbour the element is, with any boundary.
    ///
    /// See `eroded(by:origins:boundary:)`.
    public func dilated(
        by window: MorphologyWindow, origins: [Int] = [], boundary: BoundaryMode? = .reflect
    ) throws(NDArrayError) -> NDArray {
        try windowExtremes(Neighbourhood(try footprint(window), origins).reflected, boundary, isLargest: true)
    }

    /// Eroded, then dilated; scikit-image's `opening` of an image of answers.
    ///
    /// See `eroded(by:origins:boundary:)`.
    public func opened(
        by window: MorphologyWindow, origins: [Int] = [], boundary: BoundaryMode? = .reflect
    ) throws(NDArrayError) -> NDArray {
        try eroded(by: window, origins: origins, boundary: boundary)
            .dilated(by: window, origins: origins, boundary: boundary)
    }

    /// Dilated, then eroded; scikit-image's `closing` of an image of answers.
    ///
    /// See `eroded(by:origins:boundary:)`.
    public func closed(
        by window: MorphologyWindow, origins: [Int] = [], boundary: BoundaryMode? = .reflect
    ) throws(NDArrayError) -> NDArray {
        try dilated(by: window, origins: origins, boundary: boundary)
            .eroded(by: window, origins: origins, boundary: boundary)
    }

    private func footprint(_ window: MorphologyWindow) throws(NDArrayError) -> NDArray<Bool> {
        if case .weights = window {
            throw NDArrayError(
                .dtypeMismatch, "weights for an array of answers; cast it to numbers, or take a footprint")
        }
        return try window.footprint(rank: rank)
    }
}
