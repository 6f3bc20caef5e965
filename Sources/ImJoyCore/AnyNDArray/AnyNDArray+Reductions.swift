internal import ComplexModule

// The reductions of `NDArray` for element types known at run time only, with NumPy's types of results: sums of integers
// are 64-bit integers, means and spreads of integers doubles, and other types stay. `axes` nil means all of them.
extension AnyNDArray {
    /// The sums along `axes`; see ``NDArray/sum(along:keepingAxes:)``. Counts of true for `bool`.
    public func sum(along axes: [Int]? = nil, keepingAxes: Bool = false) throws(NDArrayError) -> AnyNDArray {
        try folded(.sum, axes, keepingAxes)
    }

    /// The products along `axes`; see ``NDArray/product(along:keepingAxes:)``.
    public func product(along axes: [Int]? = nil, keepingAxes: Bool = false) throws(NDArrayError) -> AnyNDArray {
        try folded(.product, axes, keepingAxes)
    }

    /// The means along `axes`; see `mean(along:keepingAxes:)` of ``NDArray``.
    public func mean(along axes: [Int]? = nil, keepingAxes: Bool = false) throws(NDArrayError) -> AnyNDArray {
        try folded(.mean, axes, keepingAxes)
    }

    /// The variances along `axes`; see `variance(along:keepingAxes:lostDegrees:)` of ``NDArray``.
    public func variance(
        along axes: [Int]? = nil, keepingAxes: Bool = false, lostDegrees: Int = 0
    ) throws(NDArrayError) -> AnyNDArray {
        try folded(.variance(lostDegrees), axes, keepingAxes)
    }

    /// The standard deviations along `axes`.
    public func standardDeviation(
        along axes: [Int]? = nil, keepingAxes: Bool = false, lostDegrees: Int = 0
    ) throws(NDArrayError) -> AnyNDArray {
        try folded(.standardDeviation(lostDegrees), axes, keepingAxes)
    }

    /// The smallest elements along `axes`; throws when there are none.
    public func min(along axes: [Int]? = nil, keepingAxes: Bool = false) throws(NDArrayError) -> AnyNDArray {
        try folded(.minimum, axes, keepingAxes)
    }

    /// The largest elements along `axes`; throws when there are none.
    public func max(along axes: [Int]? = nil, keepingAxes: Bool = false) throws(NDArrayError) -> AnyNDArray {
        try folded(.maximum, axes, keepingAxes)
    }

    /// The largest less the smallest elements along `axes`; throws when there are none, and for `bool`.
    public func peakToPeak(along axes: [Int]? = nil, keepingAxes: Bool = false) throws(NDArrayError) -> AnyNDArray {
        try refuseBool("a difference")
        return try folded(.peakToPeak, axes, keepingAxes)
    }

    /// The medians along `axes`; see `median(along:keepingAxes:)` of ``NDArray``.
    public func median(along axes: [Int]? = nil, keepingAxes: Bool = false) throws(NDArrayError) -> AnyNDArray {
        try folded(.median, axes, keepingAxes)
    }

    /// The index of the smallest element along `axis`, or its place in row-major order of all.
    public func argMin(along axis: Int? = nil, keepingAxes: Bool = false) throws(NDArrayError) -> NDArray<Int64> {
        try folded(.argMin, axis.map { [$0] }, keepingAxes).typed()
    }

    /// The index of the largest element along `axis`, or its place in row-major order of all.
    public func argMax(along axis: Int? = nil, keepingAxes: Bool = false) throws(NDArrayError) -> NDArray<Int64> {
        try folded(.argMax, axis.map { [$0] }, keepingAxes).typed()
    }

    /// True where at least one element along `axes` is neither zero nor false.
    public func any(along axes: [Int]? = nil, keepingAxes: Bool = false) throws(NDArrayError) -> NDArray<Bool> {
        try isNonzero.any(along: axes ?? Array(shape.indices), keepingAxes: keepingAxes)
    }

    /// True where no element along `axes` is zero or false.
    public func all(along axes: [Int]? = nil, keepingAxes: Bool = false) throws(NDArrayError) -> NDArray<Bool> {
        try isNonzero.all(along: axes ?? Array(shape.indices), keepingAxes: keepingAxes)
    }

    /// The numbers of elements along `axes` that are neither zero nor false.
    public func countNonzero(
        along axes: [Int]? = nil, keepingAxes: Bool = false
    ) throws(NDArrayError) -> NDArray<Int64> {
        try isNonzero.countTrue(along: axes ?? Array(shape.indices), keepingAxes: keepingAxes)
    }

    /// The sums up to and with each element along `axis`, or in row-major order of all.
    public func cumulativeSum(along axis: Int? = nil) throws(NDArrayError) -> AnyNDArray {
        try accumulated(.cumulativeSum, axis)
    }

    /// The products up to and with each element along `axis`, or in row-major order of all.
    public func cumulativeProduct(along axis: Int? = nil) throws(NDArrayError) -> AnyNDArray {
        try accumulated(.cumulativeProduct, axis)
    }

    /// The smallest element up to and with each one along `axis`, or in row-major order of all.
    public func cumulativeMin(along axis: Int? = nil) throws(NDArrayError) -> AnyNDArray {
        try accumulated(.cumulativeMin, axis)
    }

    /// The largest element up to and with each one along `axis`, or in row-major order of all.
    public func cumulativeMax(along axis: Int? = nil) throws(NDArrayError) -> AnyNDArray {
        try accumulated(.cumulativeMax, axis)
    }

    /// The differences of neighbours along `axis`; for `bool`, where neighbours differ.
    public func differences(order: Int = 1, along axis: Int = -1) throws(NDArrayError) -> AnyNDArray {
        if dtype == .bool {
            // The lowest bit of a difference is set where the two differ.
            let bits = try cast(to: UInt8.self).differences(order: order, along: axis) & NDArray<UInt8>(scalar: 1)
            return try AnyNDArray(bits).cast(to: .bool)
        }
        return try folded(.differences(order), [axis], false)
    }

    /// Several percentiles, which the first axis of the result counts; see
    /// ``NDArray/percentiles(_:along:keepingAxes:method:)``.
    ///
    /// The type is this array's for methods that always give one of its elements, otherwise that of its mean.
    public func percentiles(
        _ percents: [Double], along axes: [Int]? = nil, keepingAxes: Bool = false,
        method: PercentileMethod = .linear, ignoringNaN: Bool = false
    ) throws(NDArrayError) -> AnyNDArray {
        try folded(.percentiles(percents, method, ignoringNaN: ignoringNaN), axes, keepingAxes)
    }

    private func accumulated(_ operation: ReductionVisitor.Operation, _ axis: Int?) throws(NDArrayError) -> AnyNDArray {
        guard let axis else { return try flattened().accumulated(operation, 0) }
        return try folded(operation, [axis], false)
    }

    private func folded(
        _ operation: ReductionVisitor.Operation, _ axes: [Int]?, _ keepingAxes: Bool
    ) throws(NDArrayError) -> AnyNDArray {
        var visitor = ReductionVisitor(operation: operation, axes: axes ?? Array(shape.indices), keeps: keepingAxes)
        switch dtype {
        case .complex64: return try visitor.visit(complex: typed(as: Complex<Float>.self))
        case .complex128: return try visitor.visit(complex: typed(as: Complex<Double>.self))
        case .bool where operation.counts: return try cast(to: .int64).visitReal(&visitor)
        case .bool:
            let result = try visitReal(&visitor)
            return operation.keepsType && result.dtype == .uint8
                ? AnyNDArray(storage: result.storage, layout: result.layout, dtype: .bool) : result
        default: return try visitReal(&visitor)
        }
    }

    private func refuseBool(_ what: String) throws(NDArrayError) {
        if dtype == .bool {
            throw NDArrayError(.dtypeMismatch, "bool has no \(what); cast it to an integer first")
        }
    }
}

private struct ReductionVisitor: NDRealVisitor {
    enum Operation {
        case sum, product, mean, variance(Int), standardDeviation(Int), minimum, maximum, peakToPeak, median
        case argMin, argMax, cumulativeSum, cumulativeProduct, cumulativeMin, cumulativeMax, differences(Int)
        case percentiles([Double], PercentileMethod, ignoringNaN: Bool)

        /// True for those that count a `bool` as 64-bit integers.
        var counts: Bool {
            switch self {
            case .sum, .product, .cumulativeSum, .cumulativeProduct: true
            default: false
            }
        }

        /// True for those whose results are some of the elements.
        var keepsType: Bool {
            switch self {
            case .minimum, .maximum, .cumulativeMin, .cumulativeMax, .percentiles: true
            default: false
            }
        }
    }
    let operation: Operation
    let axes: [Int]
    let keeps: Bool

    func visit<T: NDReal>(_ a: NDArray<T>) throws(NDArrayError) -> AnyNDArray {
        switch operation {
        case .sum: return AnyNDArray(try a.sum(along: axes, keepingAxes: keeps))
        case .product: return AnyNDArray(try a.product(along: axes, keepingAxes: keeps))
        case .mean: return AnyNDArray(try a.mean(along: axes, keepingAxes: keeps))
        case .variance(let lost): return AnyNDArray(try a.variance(along: axes, keepingAxes: keeps, lostDegrees: lost))
        case .standardDeviation(let lost):
            return AnyNDArray(try a.standardDeviation(along: axes, keepingAxes: keeps, lostDegrees: lost))
        case .minimum: return AnyNDArray(try a.min(along: axes, keepingAxes: keeps))
        case .maximum: return AnyNDArray(try a.max(along: axes, keepingAxes: keeps))
        case .peakToPeak: return AnyNDArray(try a.peakToPeak(along: axes, keepingAxes: keeps))
        case .median: return AnyNDArray(try a.median(along: axes, keepingAxes: keeps))
        case .argMin, .argMax: return AnyNDArray(try located(a))
        case .cumulativeSum: return AnyNDArray(try a.cumulativeSum(along: axes[0]))
        case .cumulativeProduct: return AnyNDArray(try a.cumulativeProduct(along: axes[0]))
        case .cumulativeMin: return AnyNDArray(try a.cumulativeMin(along: axes[0]))
        case .cumulativeMax: return AnyNDArray(try a.cumulativeMax(along: axes[0]))
        case .differences(let order): return AnyNDArray(try a.differences(order: order, along: axes[0]))
        case .percentiles(let percents, let method, let ignoringNaN):
            func found<R: NDReal>(_ type: R.Type) throws(NDArrayError) -> AnyNDArray {
                AnyNDArray(
                    try a.quantiles(
                        NDArray<T>.fractions(percents), as: type, along: axes, keepingAxes: keeps, method: method,
                        ignoringNaN: ignoringNaN))
            }
            return try method.isDiscrete ? found(T.self) : found(T.Mean.self)
        }
    }

    /// All axes together as one, when there is not just one anyway.
    private func located<T: NDReal>(_ a: NDArray<T>) throws(NDArrayError) -> NDArray<Int64> {
        var isMinimum = false
        if case .argMin = operation { isMinimum = true }
        let flat = axes.count == 1 ? a : a.flattened()
        let axis = axes.count == 1 ? axes[0] : 0
        let result =
            try isMinimum
            ? flat.argMin(along: axis, keepingAxes: keeps) : flat.argMax(along: axis, keepingAxes: keeps)
        if axes.count == 1 { return result }
        return try result.reshaped(to: keeps ? a.shape.map { _ in 1 } : [])
    }

    func visit<T: NDComplex>(complex a: NDArray<T>) throws(NDArrayError) -> AnyNDArray {
        switch operation {
        case .sum: return AnyNDArray(try a.sum(along: axes, keepingAxes: keeps))
        case .product: return AnyNDArray(try a.product(along: axes, keepingAxes: keeps))
        case .mean: return AnyNDArray(try a.mean(along: axes, keepingAxes: keeps))
        case .variance(let lost): return AnyNDArray(try a.variance(along: axes, keepingAxes: keeps, lostDegrees: lost))
        case .standardDeviation(let lost):
            return AnyNDArray(try a.standardDeviation(along: axes, keepingAxes: keeps, lostDegrees: lost))
        case .minimum: return AnyNDArray(try a.min(along: axes, keepingAxes: keeps))
        case .maximum: return AnyNDArray(try a.max(along: axes, keepingAxes: keeps))
        case .peakToPeak:
            return AnyNDArray(
                try a.max(along: axes, keepingAxes: keeps).subtracting(a.min(along: axes, keepingAxes: keeps)))
        case .median: return AnyNDArray(try a.median(along: axes, keepingAxes: keeps))
        case .argMin: return AnyNDArray(try a.argMin(along: axes, keepingAxes: keeps))
        case .argMax: return AnyNDArray(try a.argMax(along: axes, keepingAxes: keeps))
        case .cumulativeSum: return AnyNDArray(try a.cumulativeSum(along: axes[0]))
        case .cumulativeProduct: return AnyNDArray(try a.cumulativeProduct(along: axes[0]))
        case .differences(let order): return AnyNDArray(try a.differences(order: order, along: axes[0]))
        case .cumulativeMin, .cumulativeMax, .percentiles:
            throw NDArrayError(.dtypeMismatch, "\(T.dtype) has no order; take the real part or the magnitude first")
        }
    }
}
