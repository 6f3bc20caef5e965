// `axes` given one by one are for shapes your code made: a mistake stops the program with a sentence. Axes in an array
// are for those that came from outside: a mistake throws. Negative axes count from the end.

extension NDArray where Element: NDNumber {
    /// The sum of all elements; integers wrap, an empty array gives zero.
    ///
    /// Floats are added pairwise, so the error grows with the logarithm of the count; `Float16` is added in `Double`.
    /// Say `sum(as: Int64.self)` for integers whose sum does not fit their type.
    public func sum() -> Element { total(.sum) }

    /// The product of all elements; integers wrap, an empty array gives one.
    public func product() -> Element { total(.product) }

    /// The sums along `axes`; see ``sum()``.
    public func sum(along axis: Int, _ more: Int..., keepingAxes: Bool = false) -> NDArray {
        orTrap { () throws(NDArrayError) in try sum(along: [axis] + more, keepingAxes: keepingAxes) }
    }

    /// The sums along `axes`; throws when one of them is not there or named twice.
    public func sum(along axes: [Int], keepingAxes: Bool = false) throws(NDArrayError) -> NDArray {
        try folded(.sum, Reduction(layout, along: axes, keepingAxes: keepingAxes))
    }

    /// The products along `axes`; see ``product()``.
    public func product(along axis: Int, _ more: Int..., keepingAxes: Bool = false) -> NDArray {
        orTrap { () throws(NDArrayError) in try product(along: [axis] + more, keepingAxes: keepingAxes) }
    }

    /// The products along `axes`; throws when one of them is not there or named twice.
    public func product(along axes: [Int], keepingAxes: Bool = false) throws(NDArrayError) -> NDArray {
        try folded(.product, Reduction(layout, along: axes, keepingAxes: keepingAxes))
    }

    private func total(_ fold: NumberFold) -> Element {
        orTrap { () throws(NDArrayError) in try folded(fold, Reduction(layout)).item }
    }

    private func folded(_ fold: NumberFold, _ reduction: Reduction) throws(NDArrayError) -> NDArray {
        if let half = self as? NDArray<Float16> {
            let wide: NDArray<Double> = try half.folded(fold, reduction, Double.self)
            if let narrow = wide.cast(to: Float16.self) as? NDArray { return narrow }
        }
        return try reduced(reduction) { ReductionKernels.fold(fold, base, reduction, into: $0) }
    }
}

extension NDArray where Element: NDReal {
    fileprivate func folded(_ fold: NumberFold, _ reduction: Reduction, _ type: Double.Type) throws(NDArrayError)
        -> NDArray<Double>
    {
        try reduced(reduction) { ReductionKernels.fold(fold, base, reduction, widening: type, into: $0) }
    }

    // Wrapping arithmetic in 64 bits has the right low bits for every integer type.
    fileprivate func widened(_ fold: NumberFold, _ reduction: Reduction) throws(NDArrayError) -> NDArray<Int64> {
        try reduced(reduction) { ReductionKernels.fold(fold, base, reduction, widening: Int64.self, into: $0) }
    }

    /// The low 64 bits of the sum of integers.
    package func widenedSum() -> Int64 {
        orTrap { () throws(NDArrayError) in try widened(.sum, Reduction(layout)).item }
    }

    /// The mean of all elements in double precision, whatever the type; NaN for an empty array.
    public func mean(as type: Double.Type) -> Double {
        sum(as: type) / Double(count)
    }

    /// The sum of all elements in double precision.
    public func sum(as type: Double.Type) -> Double {
        orTrap { () throws(NDArrayError) in try folded(.sum, Reduction(layout), type).item }
    }

    /// The sums along `axes` in double precision; throws when one of them is not there or named twice.
    public func sum(as type: Double.Type, along axes: [Int], keepingAxes: Bool = false) throws(NDArrayError) -> NDArray<
        Double
    > {
        try folded(.sum, Reduction(layout, along: axes, keepingAxes: keepingAxes), type)
    }

    /// The means along `axes` in double precision; throws when one of them is not there or named twice.
    public func mean(as type: Double.Type, along axes: [Int], keepingAxes: Bool = false) throws(NDArrayError)
        -> NDArray<Double>
    {
        let reduction = try Reduction(layout, along: axes, keepingAxes: keepingAxes)
        return try folded(.sum, reduction, type) / Double(reduction.foldedCount)
    }

    /// The variance of all elements in double precision.
    ///
    /// - Parameter lostDegrees: what is taken off the count that the squares are divided by; 1 for a sample, NumPy's `ddof`.
    public func variance(lostDegrees: Int = 0) -> Double {
        orTrap { () throws(NDArrayError) in try variance(Reduction(layout), lostDegrees).item }
    }

    /// The variances along `axes` in double precision; throws when one of them is not there or named twice.
    public func variance(
        along axes: [Int], keepingAxes: Bool = false, lostDegrees: Int = 0
    ) throws(NDArrayError) -> NDArray<Double> {
        try variance(Reduction(layout, along: axes, keepingAxes: keepingAxes), lostDegrees)
    }

    /// The square root of ``variance(lostDegrees:)``.
    public func standardDeviation(lostDegrees: Int = 0) -> Double { variance(lostDegrees: lostDegrees).squareRoot() }

    /// The standard deviations along `axes` in double precision; throws when one of them is not there or named twice.
    public func standardDeviation(
        along axes: [Int], keepingAxes: Bool = false, lostDegrees: Int = 0
    ) throws(NDArrayError) -> NDArray<Double> {
        try variance(along: axes, keepingAxes: keepingAxes, lostDegrees: lostDegrees).sqrt()
    }

    private func variance(_ reduction: Reduction, _ lostDegrees: Int) throws(NDArrayError) -> NDArray<Double> {
        let means = try folded(.sum, reduction, Double.self) / Double(reduction.foldedCount)
        let squares: NDArray<Double> = try reduced(reduction) {
            ReductionKernels.squaredDistances(base, reduction, from: means.base, into: $0)
        }
        withExtendedLifetime(means.storage) {}
        return squares / Double(Swift.max(reduction.foldedCount - lostDegrees, 0))
    }
}

extension NDArray where Element: NDInteger {
    /// The sum of all elements as another integer type, wrapping there: `image.sum(as: Int64.self)`.
    public func sum<A: NDInteger>(as type: A.Type) -> A { total(.sum, type) }

    /// The product of all elements as another integer type, wrapping there.
    public func product<A: NDInteger>(as type: A.Type) -> A { total(.product, type) }

    /// The sums along `axes` as another integer type; throws when one of them is not there or named twice.
    public func sum<A: NDInteger>(as type: A.Type, along axes: [Int], keepingAxes: Bool = false) throws(NDArrayError)
        -> NDArray<A>
    {
        try widened(.sum, Reduction(layout, along: axes, keepingAxes: keepingAxes)).cast(to: type, overflow: .wrap)
    }

    /// The products along `axes` as another integer type; throws when one of them is not there or named twice.
    public func product<A: NDInteger>(as type: A.Type, along axes: [Int], keepingAxes: Bool = false)
        throws(NDArrayError) -> NDArray<A>
    {
        try widened(.product, Reduction(layout, along: axes, keepingAxes: keepingAxes)).cast(to: type, overflow: .wrap)
    }

    /// The mean of all elements; NaN for an empty array.
    public func mean() -> Double { mean(as: Double.self) }

    /// The means along `axes`.
    public func mean(along axis: Int, _ more: Int..., keepingAxes: Bool = false) -> NDArray<Double> {
        orTrap { () throws(NDArrayError) in try mean(along: [axis] + more, keepingAxes: keepingAxes) }
    }

    /// The means along `axes`; throws when one of them is not there or named twice.
    public func mean(along axes: [Int], keepingAxes: Bool = false) throws(NDArrayError) -> NDArray<Double> {
        try mean(as: Double.self, along: axes, keepingAxes: keepingAxes)
    }

    private func total<A: NDInteger>(_ fold: NumberFold, _ type: A.Type) -> A {
        orTrap { () throws(NDArrayError) in A(truncatingIfNeeded: try widened(fold, Reduction(layout)).item) }
    }
}

extension NDArray where Element: NDFloat {
    /// The mean of all elements; NaN for an empty array.
    public func mean() -> Element {
        if Element.dtype == .float16 { return Element(casting: mean(as: Double.self), overflow: .clamp) }
        return sum() / Element(count)
    }

    /// The means along `axes`; NaN where nothing is averaged.
    public func mean(along axis: Int, _ more: Int..., keepingAxes: Bool = false) -> NDArray {
        orTrap { () throws(NDArrayError) in try mean(along: [axis] + more, keepingAxes: keepingAxes) }
    }

    /// The means along `axes`; throws when one of them is not there or named twice.
    public func mean(along axes: [Int], keepingAxes: Bool = false) throws(NDArrayError) -> NDArray {
        if Element.dtype == .float16 { return try mean(as: Double.self, along: axes, keepingAxes: keepingAxes).cast() }
        let reduction = try Reduction(layout, along: axes, keepingAxes: keepingAxes)
        return try sum(along: axes, keepingAxes: keepingAxes) / Element(reduction.foldedCount)
    }
}

extension NDArray {
    /// The memory of a reduction's result, filled by `kernel`.
    func reduced<Result: NDElement>(
        _ reduction: Reduction, _ kernel: (UnsafeMutablePointer<Result>) -> Void
    ) throws(NDArrayError) -> NDArray<Result> {
        defer { withExtendedLifetime(storage) {} }
        return try NDArray<Result>(uninitialised: reduction.resultShape) { kernel($0) }
    }
}
