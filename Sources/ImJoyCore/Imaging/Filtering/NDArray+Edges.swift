internal import CImJoyKernels

/// The neighbours that ``NDArray/edges(_:along:mask:boundary:)`` compares.
public enum EdgeFilter: Sendable, Hashable {
    /// One step before and behind, smoothed across by 1 2 1.
    case sobel
    /// One step before and behind, smoothed across by 3 10 3, which hardly prefers a direction.
    case scharr
    /// One step before and behind, smoothed across by 1 1 1.
    case prewitt
    /// Two steps before and behind (Farid and Simoncelli, 2004).
    case farid

    /// The weights across the slope, which add up to about one.
    var smoothing: [Double] {
        switch self {
        case .sobel: [0.25, 0.5, 0.25]
        case .scharr: [0.1875, 0.625, 0.1875]
        case .prewitt: [1 / 3, 1 / 3, 1 / 3]
        case .farid: [0.0376593171958126, 0.249153396177344, 0.426374573253687, 0.249153396177344, 0.0376593171958126]
        }
    }

    /// The weights along the slope.
    var slope: [Double] {
        if case .farid = self {
            return [-0.109603762960254, -0.276690988455557, 0, 0.276690988455557, 0.109603762960254]
        }
        return [-1, 0, 1]
    }
}

extension NDArray where Element: NDReal {
    /// How steep an image is: edges are bright lines; scikit-image's `sobel`, `scharr`, `prewitt` and `farid`.
    ///
    /// ```swift
    /// let edges = try image.edges()
    /// let slope = try image.edges(.scharr, along: [0])
    /// ```
    /// - Parameters:
    ///   - filter: which neighbours are compared.
    ///   - axes: the axes to look along, all when nil. One alone gives the slope with its sign; of several, it is the
    ///     root of the sum of the squares of the slopes, divided by the root of the rank.
    ///   - mask: where the result is kept; it is 0 elsewhere, and where a neighbour is not in the mask.
    ///   - boundary: what lies beyond the edges.
    /// - Returns: an array of the same shape, of `Double` for integers, which are brought into 0...1, and of its own
    ///   type for floats.
    ///
    /// ``sobelFiltered(along:boundary:)`` is SciPy's, with four times the weights for each other axis. Throws on axes
    /// that are not there and a mask of another shape.
    public func edges(
        _ filter: EdgeFilter = .sobel, along axes: [Int]? = nil, mask: NDArray<Bool>? = nil,
        boundary: BoundaryMode = .reflect
    ) throws(NDArrayError) -> NDArray<Element.Mean> {
        let axes = try axes.map { (axes) throws(NDArrayError) in try layout.resolvedAxes(axes) } ?? Array(shape.indices)
        let kept = try mask.map { (mask) throws(NDArrayError) in try mask.erodedOnce(shape) }
        return try computed(
            .unit,
            { (array) throws(NDArrayError) in try array.slopes(filter, axes, boundary, kept?.cast(to: Float.self)) },
            { (array) throws(NDArrayError) in try array.slopes(filter, axes, boundary, kept?.cast(to: Double.self)) })
    }

    /// How much neighbours across corners differ, for matrices; scikit-image's `roberts`.
    ///
    /// - Parameter mask: where the result is kept; it is 0 elsewhere, and where a neighbour is not in the mask.
    /// - Returns: an array of the same shape, of `Double` for integers, which are brought into 0...1, and of its own
    ///   type for floats.
    ///
    /// Throws for other than two axes and for a mask of another shape.
    public func robertsEdges(mask: NDArray<Bool>? = nil) throws(NDArrayError) -> NDArray<Element.Mean> {
        guard rank == 2 else {
            throw NDArrayError(.shapeMismatch, "Roberts' edges are those of two axes, and this shape is \(shape)")
        }
        let kept = try mask.map { (mask) throws(NDArrayError) in try mask.erodedOnce(shape) }
        return try computed(
            .unit,
            { (array) throws(NDArrayError) in try array.corners(kept?.cast(to: Float.self)) },
            { (array) throws(NDArrayError) in try array.corners(kept?.cast(to: Double.self)) })
    }
}

extension NDArray<Bool> {
    /// Where all of the nearest neighbours, corners too, are true; what is outside is false.
    fileprivate func erodedOnce(_ shape: [Int]) throws(NDArrayError) -> NDArray<UInt8> {
        guard self.shape == shape else {
            throw NDArrayError(.shapeMismatch, "a mask of shape \(self.shape) for an array of shape \(shape)")
        }
        return try cast(to: UInt8.self).minimumFiltered(in: .size(3), boundary: .constant(0))
    }
}

extension NDArray where Element: NDLinearReal {
    fileprivate func slopes(
        _ filter: EdgeFilter, _ axes: [Int], _ boundary: BoundaryMode, _ mask: NDArray?
    ) throws(NDArrayError) -> NDArray {
        let result: NDArray
        if axes.count == 1 {
            result = try slope(filter, axes[0], boundary)
        } else if rank == 2, axes.count == 2, filter.slope.count == 3, !isEmpty {
            result = try planeSlopes(filter, boundary)
        } else {
            var squares = try NDArray(claimedZeros: shape)
            for axis in axes { squares += try slope(filter, axis, boundary).square() }
            result = squares.sqrt() / Element(Swift.max(rank, 1)).squareRoot()
        }
        return mask.map { result * $0 } ?? result
    }

    private func slope(_ filter: EdgeFilter, _ axis: Int, _ boundary: BoundaryMode) throws(NDArrayError) -> NDArray {
        let others = shape.indices.filter { $0 != axis }.map { LineFilter(axis: $0, weights: filter.smoothing) }
        let first = try filtered([LineFilter(axis: axis, weights: filter.slope)], boundary)
        // Beyond the edges, where one value lies, there is no slope.
        if case .constant = boundary { return try first.filtered(others, .constant(0)) }
        return try first.filtered(others, boundary)
    }

    /// The slopes of a matrix along both axes, in one pass.
    private func planeSlopes(_ filter: EdgeFilter, _ boundary: BoundaryMode) throws(NDArrayError) -> NDArray {
        let (height, width) = (shape[0], shape[1])
        let (side, middle) = (filter.smoothing[0], filter.smoothing[1])
        return try withUnsafeElements { (source) throws(NDArrayError) in
            try NDArray(uninitialised: shape) { target in
                guard let source = source.baseAddress else { return }
                ComputeThreads.split(height, grain: 4, nanoseconds: 0.3 * Double(width)) { rows in
                    withUnsafeTemporaryAllocation(of: Element.self, capacity: 3 * (width + 2)) { memory in
                        guard let lines = memory.baseAddress else { return }
                        func line(_ row: Int) -> UnsafeMutablePointer<Element> { lines + (row + 3) % 3 * (width + 2) }
                        func load(_ row: Int) {
                            let target = line(row)
                            guard let place = boundary.place(row, height) else {
                                return target.update(repeating: Element(boundary.value), count: width + 2)
                            }
                            let first = source + place * width
                            (target + 1).update(from: first, count: width)
                            for (place, column) in [(0, -1), (width + 1, width)] {
                                target[place] =
                                    boundary.place(column, width).map { first[$0] } ?? Element(boundary.value)
                            }
                        }
                        load(rows.lowerBound - 1)
                        load(rows.lowerBound)
                        for row in rows {
                            load(row + 1)
                            imjoy_edge_magnitude(
                                Element.dtype.kernelType, line(row - 1), line(row), line(row + 1), side, middle,
                                0.5.squareRoot(), target + row * width, width)
                        }
                    }
                }
            }
        }
    }

    fileprivate func corners(_ mask: NDArray?) throws(NDArrayError) -> NDArray {
        let weights = try NDArray<Double>([1, 0, 0, -1], shape: [2, 2])
        let others = try NDArray<Double>([0, 1, -1, 0], shape: [2, 2])
        let squares =
            try convolved(with: weights, boundary: .reflect).square()
            + convolved(with: others, boundary: .reflect).square()
        let result = squares.sqrt() / Element(2).squareRoot()
        return mask.map { result * $0 } ?? result
    }
}
