internal import RealModule

/// One filter along one axis.
struct LineFilter {
    var axis: Int
    var weights: [Double]
    var origin = 0
    /// What the sum of the weighted neighbours is divided by.
    var divisor = 1.0
}

extension NDArray where Element: NDReal {
    /// Each element replaced by the sum of its neighbours along an axis, each times a weight; SciPy's `correlate1d`.
    ///
    /// ```swift
    /// let slope = try image.correlated(along: 1, weights: [-0.5, 0, 0.5])
    /// ```
    /// - Parameters:
    ///   - axis: the axis, from the last one if negative.
    ///   - weights: the middle one, or of an even number the right one of the two, is that of the element itself.
    ///   - origin: how far the weights are moved: positive numbers take neighbours from further before the element.
    ///   - boundary: what lies beyond the edges.
    /// - Returns: an array of the same shape and type. Sums are computed in double precision, those of `Float` and
    ///   `Float16` in single precision; integers cut off what is behind the point, and wrap around, as in SciPy.
    ///
    /// Throws on an axis that is not there, without weights, and when the origin is not among them.
    public func correlated(
        along axis: Int, weights: [Double], origin: Int = 0, boundary: BoundaryMode = .reflect
    ) throws(NDArrayError) -> NDArray {
        let axis = try layout.resolvedAxis(axis)
        guard !weights.isEmpty, FilterOrigin.allowed(weights.count).contains(origin) else {
            throw NDArrayError(
                .outOfBounds,
                "the origin \(origin) of \(weights.count) weights; the element itself must be among its neighbours")
        }
        return try filtered([LineFilter(axis: axis, weights: weights, origin: origin)], boundary)
    }

    /// Smoothed by a Gaussian, or by one of its derivatives; SciPy's `gaussian_filter`.
    ///
    /// ```swift
    /// let smooth = try image.gaussianFiltered(sigma: 2)
    /// let slope = try image.gaussianFiltered(sigma: 2, orders: [0, 1])
    /// ```
    /// - Parameters:
    ///   - sigma: the standard deviation in elements along every axis.
    ///   - orders: for each axis 0 for the Gaussian itself, 1 for its first derivative and so on; all 0 when empty.
    ///   - truncate: where the Gaussian is cut off, in standard deviations.
    ///   - boundary: what lies beyond the edges.
    /// - Returns: an array of the same shape and type; integers are cut off after each axis, as SciPy does.
    ///
    /// A sigma of 0 leaves the array as it is, whatever the orders are. Throws when sigma is negative or no number, or
    /// the orders do not fit the axes.
    public func gaussianFiltered(
        sigma: Double, orders: [Int] = [], truncate: Double = 4, boundary: BoundaryMode = .reflect
    ) throws(NDArrayError) -> NDArray {
        try gaussianFiltered(
            sigmas: Array(repeating: sigma, count: rank), orders: orders, truncate: truncate, boundary: boundary)
    }

    /// The same with a standard deviation of its own for each axis, 0 for those that stay as they are.
    ///
    /// See ``gaussianFiltered(sigma:orders:truncate:boundary:)``.
    public func gaussianFiltered(
        sigmas: [Double], orders: [Int] = [], truncate: Double = 4, boundary: BoundaryMode = .reflect
    ) throws(NDArrayError) -> NDArray {
        let orders = orders.isEmpty ? Array(repeating: 0, count: rank) : orders
        guard sigmas.count == rank, orders.count == rank else {
            throw NDArrayError(
                .shapeMismatch,
                "\(sigmas.count) standard deviations and \(orders.count) orders for the \(rank) axes of shape \(shape)")
        }
        if orders.allSatisfy({ $0 == 0 }) {
            if let floats = self as? NDArray<Float>,
                let smooth = try floats.planeBlurred(sigmas, truncate, boundary) as? NDArray
            {
                return smooth
            }
            if let doubles = self as? NDArray<Double>,
                let smooth = try doubles.planeBlurred(sigmas, truncate, boundary) as? NDArray
            {
                return smooth
            }
        }
        var filters: [LineFilter] = []
        // Below this a Gaussian is the element alone, to SciPy as well.
        for axis in shape.indices where !(0...1e-15).contains(sigmas[axis]) {
            filters.append(
                LineFilter(axis: axis, weights: try Gaussian.weights(sigmas[axis], orders[axis], truncate)))
        }
        return try filtered(filters, boundary)
    }

    /// Each element replaced by the mean of the `size` elements around it along every axis; SciPy's `uniform_filter`.
    ///
    /// Of an even number of elements one more lies before than behind. Throws when `size` is below 1.
    public func uniformFiltered(
        size: Int, boundary: BoundaryMode = .reflect
    ) throws(NDArrayError) -> NDArray {
        try uniformFiltered(sizes: Array(repeating: size, count: rank), boundary: boundary)
    }

    /// The same with a size of its own for each axis; see ``uniformFiltered(size:boundary:)``.
    public func uniformFiltered(
        sizes: [Int], boundary: BoundaryMode = .reflect
    ) throws(NDArrayError) -> NDArray {
        guard sizes.count == rank, sizes.allSatisfy({ (1...FilterOrigin.longest).contains($0) }) else {
            throw NDArrayError(
                .shapeMismatch,
                "sizes \(sizes) for the axes of shape \(shape); each axis needs one of 1 to \(FilterOrigin.longest)")
        }
        if let floats = self as? NDArray<Float>, let means = try floats.planeMeans(sizes, boundary) as? NDArray {
            return means
        }
        if let doubles = self as? NDArray<Double>, let means = try doubles.planeMeans(sizes, boundary) as? NDArray {
            return means
        }
        return try filtered(
            shape.indices.filter { sizes[$0] > 1 }.map { axis in
                LineFilter(
                    axis: axis, weights: Array(repeating: 1, count: sizes[axis]), divisor: Double(sizes[axis]))
            }, boundary)
    }

    /// The slope along an axis, smoothed across the others by 1 2 1; SciPy's `sobel`.
    ///
    /// Throws on an axis that is not there.
    public func sobelFiltered(along axis: Int = -1, boundary: BoundaryMode = .reflect) throws(NDArrayError) -> NDArray {
        try sloped(along: axis, smoothing: [1, 2, 1], boundary)
    }

    /// The slope along an axis, smoothed across the others by 1 1 1; SciPy's `prewitt`.
    ///
    /// Throws on an axis that is not there.
    public func prewittFiltered(
        along axis: Int = -1, boundary: BoundaryMode = .reflect
    ) throws(NDArrayError) -> NDArray {
        try sloped(along: axis, smoothing: [1, 1, 1], boundary)
    }

    private func sloped(
        along axis: Int, smoothing: [Double], _ boundary: BoundaryMode
    ) throws(NDArrayError) -> NDArray {
        let axis = try layout.resolvedAxis(axis)
        let others = shape.indices.filter { $0 != axis }.map { LineFilter(axis: $0, weights: smoothing) }
        return try filtered([LineFilter(axis: axis, weights: [-1, 0, 1])] + others, boundary)
    }

    /// The sum of the second differences along all axes; SciPy's `laplace`.
    public func laplaceFiltered(boundary: BoundaryMode = .reflect) throws(NDArrayError) -> NDArray {
        try summed(boundary) { axis in [LineFilter(axis: axis, weights: [1, -2, 1])] }
    }

    /// The sum of the second derivatives along all axes of the array smoothed by a Gaussian; SciPy's
    /// `gaussian_laplace`.
    ///
    /// Bright spots of radius r give the lowest values at a sigma of r divided by the root of 2. Throws when sigma is
    /// not above 0.
    public func gaussianLaplaceFiltered(
        sigma: Double, truncate: Double = 4, boundary: BoundaryMode = .reflect
    ) throws(NDArrayError) -> NDArray {
        let smooth = try Gaussian.weights(sigma, 0, truncate)
        let curved = try Gaussian.weights(sigma, 2, truncate)
        return try summed(boundary) { axis in
            shape.indices.map { LineFilter(axis: $0, weights: $0 == axis ? curved : smooth) }
        }
    }

    /// The sum over all axes of what the filters for each of them make of this array.
    private func summed(
        _ boundary: BoundaryMode, _ filters: (_ axis: Int) -> [LineFilter]
    ) throws(NDArrayError) -> NDArray {
        // Without axes there is nothing to add up, and SciPy leaves the element as it is.
        if rank == 0 { return self }
        var sum = try NDArray(claimedZeros: shape)
        for axis in shape.indices { sum += try filtered(filters(axis), boundary) }
        return sum
    }

    /// One filter after another; what each leaves has the type of the elements.
    func filtered(_ filters: [LineFilter], _ boundary: BoundaryMode) throws(NDArrayError) -> NDArray {
        var result = self
        let isSingle = dtype == .float32 || dtype == .float16
        for filter in filters {
            result =
                isSingle
                ? try result.filtered(filter, boundary, in: Float.self)
                : try result.filtered(filter, boundary, in: Double.self)
        }
        return result
    }

    private func filtered<T: NDLinearReal>(
        _ filter: LineFilter, _ boundary: BoundaryMode, in type: T.Type
    ) throws(NDArrayError) -> NDArray {
        let lines = WeightedLines(
            shape: shape, axis: filter.axis, weights: filter.weights.map { T($0) }, origin: filter.origin,
            boundary: boundary)
        let sums = try cast(to: type).withUnsafeElements { (elements) throws(NDArrayError) in
            try NDArray<T>(uninitialised: shape) { target in
                if let start = elements.baseAddress { lines.run(start, target) }
            }
        }
        // Divided after they are made, sums of whole numbers stay exact.
        let result = filter.divisor == 1 ? sums : sums / T(filter.divisor)
        return result.cast(to: Element.self, overflow: .wrap)
    }
}

/// Where a filter's window may lie.
enum FilterOrigin {
    /// How far a window may be moved before or behind the element, which has to stay in it.
    static func allowed(_ size: Int) -> ClosedRange<Int> { -(size / 2)...size - 1 - size / 2 }

    /// The longest window along one axis.
    static var longest: Int { 1 << 24 }
}

/// Samples of a Gaussian and its derivatives.
enum Gaussian {
    /// Weights on both sides of the middle, so that their correlation with a line smooths it or takes a derivative.
    static func weights(_ sigma: Double, _ order: Int, _ truncate: Double) throws(NDArrayError) -> [Double] {
        guard sigma > 0, sigma.isFinite, truncate > 0, order >= 0, order <= 16 else {
            throw NDArrayError(
                .outOfBounds,
                "a Gaussian of standard deviation \(sigma), cut off at \(truncate) of them, derivative \(order); "
                    + "the first two are above 0, the order is 0 to 16")
        }
        let reach = (truncate * sigma + 0.5).rounded(.down)
        guard reach < 0x1p24 else {
            throw NDArrayError(
                .outOfMemory, "a Gaussian that reaches \(reach) elements to each side; take a smaller sigma")
        }
        let radius = Int(reach)
        let bells = (-radius...radius).map { Double.exp(-0.5 * Double($0 * $0) / (sigma * sigma)) }
        let sum = bells.reduce(0, +)
        let factors = hermite(order, sigma)
        // Turned over, because a correlation takes the neighbours in ascending order.
        return zip(-radius...radius, bells).reversed().map { place, bell in
            factors.reversed().reduce(0) { $0 * Double(place) + $1 } * bell / sum
        }
    }

    /// The polynomial that a derivative of a Gaussian is a multiple of, from its constant up.
    private static func hermite(_ order: Int, _ sigma: Double) -> [Double] {
        var factors = [1.0]
        for _ in 0..<order {
            // The derivative of q(x) g(x) is (q'(x) - q(x) x / sigma²) g(x).
            var next = [Double](repeating: 0, count: factors.count + 1)
            for (power, factor) in factors.enumerated() {
                if power > 0 { next[power - 1] += Double(power) * factor }
                next[power + 1] -= factor / (sigma * sigma)
            }
            factors = next
        }
        return factors
    }
}
