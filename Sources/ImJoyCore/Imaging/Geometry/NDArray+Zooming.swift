internal import RealModule

/// What stays in its place when an array gets more or fewer elements along an axis.
public enum ZoomAlignment: Sendable, Hashable {
    /// The middles of the first and the last element; SciPy's `zoom`.
    case centers
    /// The outer edges of the first and the last element, which have an extent as pixels do; SciPy's `grid_mode`.
    case edges

    /// Where the places of an axis lie in the axis that it was made of.
    func coordinates(from length: Int, to newLength: Int) -> [Double] {
        switch self {
        case .centers:
            let step = newLength == 1 ? 1 : Double(length - 1) / Double(newLength - 1)
            return (0..<newLength).map { Double($0) * step }
        case .edges:
            let step = Double(length) / Double(newLength)
            return (0..<newLength).map { (Double($0) + 0.5) * step - 0.5 }
        }
    }
}

extension NDArray where Element: NDReal {
    /// The array with more or fewer elements along each axis; SciPy's `zoom`.
    ///
    /// ```swift
    /// let large = try image.zoomed(by: [2])
    /// let pixels = try image.zoomed(by: [1.5, 3], order: 1, mode: .nearest, aligning: .edges)
    /// ```
    /// - Parameters:
    ///   - factors: how many times as long each axis becomes, rounded to whole elements; or one factor for all.
    ///   - order: the degree of the splines in between: 0 for the nearest element, 1 for straight lines, at most 5.
    ///   - mode: what lies beyond the edges.
    ///   - alignment: what stays in its place; with ``ZoomAlignment/edges`` take
    ///     ``InterpolationMode/gridConstant(_:)`` and ``InterpolationMode/gridWrap`` instead of those without a grid.
    ///   - prefilters: false when this array holds the coefficients of ``splineFiltered(degree:boundary:)`` already.
    /// - Returns: an array of the same type; integers are rounded, halves away from zero.
    ///
    /// Fewer elements are no means of the old ones, see ``resampled(to:order:boundary:antialiasing:clips:)``.
    /// Throws on other orders, on factors that do not fit the axes, are negative, no numbers or too large, and when
    /// this array is empty but the result is not.
    public func zoomed(
        by factors: [Double], order: Int = 3, mode: InterpolationMode = .constant(),
        aligning alignment: ZoomAlignment = .centers, prefilters: Bool = true
    ) throws(NDArrayError) -> NDArray {
        let factors = try forEachAxis(factors, "factors")
        let newShape = try scaledShape(factors)
        try requireInterpolation(order: order, newShape)
        if prefilters, factors.allSatisfy({ $0 == 1 }) { return self }
        try Self.refuseUnlessMemory(for: newShape)
        let coordinates = shape.indices.map { alignment.coordinates(from: shape[$0], to: newShape[$0]) }
        return try resampled(coordinates, order: order, mode: mode, prefilters: prefilters)
    }

    /// The lengths of the axes times a factor each, rounded to the nearest whole number, halves to the even one.
    func scaledShape(_ factors: [Double]) throws(NDArrayError) -> [Int] {
        var newShape: [Int] = []
        for (length, factor) in zip(shape, factors) {
            let scaled = (Double(length) * factor).rounded(.toNearestOrEven)
            guard scaled >= 0, scaled < 0x1p53 else {
                throw NDArrayError(.invalidShape, "\(length) elements times \(factor) are no length of an axis")
            }
            newShape.append(Int(scaled))
        }
        return newShape
    }

    /// The planes of two axes turned around their middle; SciPy's `rotate`.
    ///
    /// ```swift
    /// let upright = try image.rotated(degrees: -3.5, order: 1)
    /// ```
    /// - Parameters:
    ///   - degrees: how far the second of the axes is turned towards the first; exact for right angles.
    ///   - axes: the two axes, in any order, from the last one if negative.
    ///   - reshapes: true for a result that holds all of the turned plane, false for one of the same shape.
    ///   - order: the degree of the splines in between: 0 for the nearest element, 1 for straight lines, at most 5.
    ///   - mode: what lies beyond the edges.
    ///   - prefilters: false when this array holds the coefficients of splines already.
    /// - Returns: an array of the same type; integers are rounded, halves away from zero.
    ///
    /// ``rotated(quarterTurns:axes:)`` copies nothing. Throws on other orders and angles that are no numbers, when
    /// the axes are not two that there are, and when this array is empty but the result is not.
    public func rotated(
        degrees: Double, axes: (Int, Int) = (1, 0), reshapes: Bool = true, order: Int = 3,
        mode: InterpolationMode = .constant(), prefilters: Bool = true
    ) throws(NDArrayError) -> NDArray {
        let plane = try layout.resolvedAxes([axes.0, axes.1]).sorted()
        guard degrees.isFinite else {
            throw NDArrayError(.invalidValue, "a turn by \(degrees) degrees; the angle must be a number")
        }
        let (cosine, sine) = Self.turn(degrees)
        let (height, width) = (Double(shape[plane[0]]), Double(shape[plane[1]]))
        var newShape = [shape[plane[0]], shape[plane[1]]]
        if reshapes {
            // The extent of the four corners along both axes.
            newShape = [(cosine * height, sine * width), (-sine * height, cosine * width)].map { first, second in
                let corners = [0, first, second, first + second]
                return Int((corners.max() ?? 0) - (corners.min() ?? 0) + 0.5)
            }
        }
        let (row, column) = ((Double(newShape[0]) - 1) / 2, (Double(newShape[1]) - 1) / 2)
        let map = AffineMap(
            matrix: [[cosine, sine], [-sine, cosine]],
            offset: [
                (height - 1) / 2 - (cosine * row + sine * column), (width - 1) / 2 - (cosine * column - sine * row),
            ])
        return try mappingPlanes(plane, newShape, map, order, mode, prefilters)
    }

    /// What a map makes of each plane of two axes.
    private func mappingPlanes(
        _ plane: [Int], _ newShape: [Int], _ map: AffineMap, _ order: Int, _ mode: InterpolationMode, _ prefilters: Bool
    ) throws(NDArrayError) -> NDArray {
        let others = shape.indices.filter { !plane.contains($0) }
        let outer = others.map { shape[$0] }
        let count = outer.reduce(1, *)
        try Self.refuseUnlessMemory(for: outer + newShape)
        try requireInterpolation(order: order, outer + newShape)
        let points = map.points(newShape)
        let planes = try permuted(others + plane).reshaped(to: [count, shape[plane[0]], shape[plane[1]]])
        var results: [NDArray] = []
        for number in 0..<count {
            results.append(
                try planes.sliced([number, .all, .all]).sampled(
                    at: points, shape: newShape, order: order, mode: mode, prefilters: prefilters))
        }
        guard var result = results.first else { return try NDArray(claimedZeros: outer + newShape) }
        if count > 1 { result = try NDArray.stack(results) }
        var back = Array(0..<others.count)
        back.insert(others.count, at: plane[0])
        back.insert(others.count + 1, at: plane[1])
        return try result.reshaped(to: outer + newShape).permuted(back).contiguous()
    }

    /// The cosine and the sine of an angle, exact for right angles.
    private static func turn(_ degrees: Double) -> (cosine: Double, sine: Double) {
        let rest = degrees.remainder(dividingBy: 360)
        let quarters = (rest / 90).rounded()
        let angle = (rest - quarters * 90) * .pi / 180
        let (cosine, sine) = (Double.cos(angle), Double.sin(angle))
        return switch Int(quarters).modulo(4) {
        case 0: (cosine, sine)
        case 1: (-sine, cosine)
        case 2: (-cosine, -sine)
        default: (sine, -cosine)
        }
    }
}
