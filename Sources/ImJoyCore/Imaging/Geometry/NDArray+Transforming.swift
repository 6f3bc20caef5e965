extension NDArray where Element: NDReal {
    /// The values at any coordinates; SciPy's `map_coordinates`.
    ///
    /// ```swift
    /// let line = try NDArray<Double>([0, 1, 2, 3, 3.5, 4], shape: [2, 3])     // three points: rows, then columns
    /// let profile = try image.sampled(at: line, order: 1)
    /// ```
    /// - Parameters:
    ///   - coordinates: for each axis of this array the coordinates of all points, in elements: the first axis has as
    ///     many of them as this array has axes.
    ///   - order: the degree of the splines in between: 0 for the nearest element, 1 for straight lines, at most 5.
    ///   - mode: what lies beyond the edges.
    ///   - prefilters: false when this array holds the coefficients of ``splineFiltered(degree:boundary:)`` already.
    /// - Returns: an array of the type of this one and the shape of the other axes of `coordinates`. It is computed in
    ///   double precision; integers are rounded, halves away from zero, and clamped.
    ///
    /// Points that are not numbers have the value outside. Throws on other orders, when the first axis does not fit,
    /// and when this array is empty but the result is not.
    public func sampled(
        at coordinates: NDArray<Double>, order: Int = 3, mode: InterpolationMode = .constant(), prefilters: Bool = true
    ) throws(NDArrayError) -> NDArray {
        guard rank > 0, coordinates.rank > 0, coordinates.shape[0] == rank else {
            throw NDArrayError(
                .shapeMismatch,
                "coordinates of shape \(coordinates.shape) for an array of shape \(shape); "
                    + "their first axis must be as long as the array has axes, at least one")
        }
        let newShape = Array(coordinates.shape.dropFirst())
        let count = newShape.reduce(1, *)
        return try coordinates.withUnsafeElements { (elements) throws(NDArrayError) in
            let rank = rank
            let points = SamplePoints(count: count, rowLength: 1024) { first, length, target, stride in
                guard let start = elements.baseAddress else { return }
                for axis in 0..<rank {
                    (target + axis * stride).update(from: start + axis * count + first, count: length)
                }
            }
            return try sampled(at: points, shape: newShape, order: order, mode: mode, prefilters: prefilters)
        }
    }

    /// The array seen through a linear map of coordinates; SciPy's `affine_transform`.
    ///
    /// ```swift
    /// let half = try NDArray<Double>([2, 0, 0, 2], shape: [2, 2])       // every second element of rows and columns
    /// let small = try image.affineTransformed(by: half, shape: [image.shape[0] / 2, image.shape[1] / 2])
    /// ```
    /// The element of the result at `index` is the value of this array at `matrix * index + offset`.
    ///
    /// - Parameters:
    ///   - matrix: n x n numbers for the n axes; or the n on its diagonal; or n x (n + 1) or (n + 1) x (n + 1) numbers
    ///     whose last column is the offset and whose last row is 0, …, 0, 1.
    ///   - offset: one for each axis of this array, or one for all; none by default. A matrix with a column for it has
    ///     its own.
    ///   - newShape: the shape of the result; that of this array when nil. A matrix of n x m makes arrays of m axes.
    ///   - order: the degree of the splines in between: 0 for the nearest element, 1 for straight lines, at most 5.
    ///   - mode: what lies beyond the edges.
    ///   - prefilters: false when this array holds the coefficients of ``splineFiltered(degree:boundary:)`` already.
    /// - Returns: an array of the same type. Integers are rounded, halves away from zero, and clamped. Straight lines
    ///   between elements of two-dimensional `Float` are computed in single precision, everything else in double
    ///   precision.
    ///
    /// Throws on other orders, when the matrix, the offset and the shape do not fit, and when this array is empty but
    /// the result is not.
    public func affineTransformed(
        by matrix: NDArray<Double>, offset: [Double] = [], shape newShape: [Int]? = nil, order: Int = 3,
        mode: InterpolationMode = .constant(), prefilters: Bool = true
    ) throws(NDArrayError) -> NDArray {
        let newShape = newShape ?? shape
        try Self.refuseUnlessMemory(for: newShape)
        let map = try AffineMap(matrix, offset, rank: rank, newRank: newShape.count)
        if let diagonal = map.diagonal {
            let isListed = matrix.rank == 1
            let coordinates = shape.indices.map { axis in
                let (step, start) = (diagonal[axis], map.offset[axis])
                return (0..<newShape[axis]).map { index in
                    // SciPy moves before it scales when it is given the diagonal alone.
                    isListed && step != 0 ? (Double(index) + start / step) * step : start + Double(index) * step
                }
            }
            return try resampled(coordinates, order: order, mode: mode, prefilters: prefilters)
        }
        return try sampled(
            at: map.points(newShape), shape: newShape, order: order, mode: mode, prefilters: prefilters)
    }

    /// The array moved by any distance along each axis; SciPy's `shift`.
    ///
    /// ```swift
    /// let moved = try image.shifted(by: [1.5, -0.25], order: 1, mode: .nearest)
    /// ```
    /// - Parameters:
    ///   - distances: how far elements move towards higher indices; one for each axis, or one for all.
    ///   - order: the degree of the splines in between: 0 for the nearest element, 1 for straight lines, at most 5.
    ///   - mode: what lies beyond the edges.
    ///   - prefilters: false when this array holds the coefficients of ``splineFiltered(degree:boundary:)`` already.
    /// - Returns: an array of the same shape and type; integers are rounded, halves away from zero.
    ///
    /// `rolled(by:along:)` moves by whole elements without any arithmetic. Throws on other orders, and when the
    /// distances do not fit the axes.
    public func shifted(
        by distances: [Double], order: Int = 3, mode: InterpolationMode = .constant(), prefilters: Bool = true
    ) throws(NDArrayError) -> NDArray {
        let distances = try forEachAxis(distances, "distances")
        try Self.refuseUnlessMemory(for: shape)
        let coordinates = shape.indices.map { axis in
            (0..<shape[axis]).map { Double($0) - distances[axis] }
        }
        return try resampled(coordinates, order: order, mode: mode, prefilters: prefilters)
    }

    /// One number for each axis; a single one is for all of them.
    func forEachAxis(_ numbers: [Double], _ what: String) throws(NDArrayError) -> [Double] {
        if rank > 0, numbers.count == rank { return numbers }
        guard rank > 0, numbers.count == 1 else {
            throw NDArrayError(
                .shapeMismatch,
                "\(numbers.count) \(what) for the \(rank) axes of shape \(shape); one for each, or for all")
        }
        return Array(repeating: numbers[0], count: rank)
    }
}
