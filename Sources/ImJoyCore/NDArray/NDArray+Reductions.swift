// `axes` given one by one are for shapes your code made: a mistake stops the program with a sentence. Axes in an array
// are for those that came from outside: a mistake throws. Negative axes count from the end.

extension NDArray where Element: NDNumber {
    /// The sum of all elements: 64-bit integers that wrap for integers, the element type otherwise; zero for none.
    ///
    /// Floats are added pairwise, so the error grows with the logarithm of the count; `Float16` is added in `Double`.
    /// Say `sum(as: Int32.self)` for integers in another type, and `sum(as: Double.self)` for a sum that cannot wrap.
    public func sum() -> Element.Total { total(.sum) }

    /// The product of all elements: 64-bit integers that wrap for integers, the element type otherwise; one for none.
    public func product() -> Element.Total { total(.product) }

    /// The sums along `axes`; see ``sum()``.
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    public func sum(along axis: Int, _ more: Int..., keepingAxes: Bool = false) -> NDArray<Element.Total> {
        orTrap { () throws(NDArrayError) in
            try sum(along: more.isEmpty ? [axis] : [axis] + more, keepingAxes: keepingAxes)
        }
    }

    /// The sums along `axes`; throws when one of them is not there or named twice.
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    public func sum(along axes: [Int], keepingAxes: Bool = false) throws(NDArrayError) -> NDArray<Element.Total> {
        try folded(.sum, Reduction(layout, along: axes, keepingAxes: keepingAxes))
    }

    /// The products along `axes`; see ``product()``.
    public func product(along axis: Int, _ more: Int..., keepingAxes: Bool = false) -> NDArray<Element.Total> {
        orTrap { () throws(NDArrayError) in try product(along: [axis] + more, keepingAxes: keepingAxes) }
    }

    /// The products along `axes`; throws when one of them is not there or named twice.
    public func product(along axes: [Int], keepingAxes: Bool = false) throws(NDArrayError) -> NDArray<Element.Total> {
        try folded(.product, Reduction(layout, along: axes, keepingAxes: keepingAxes))
    }

    /// The sums along `axes` in the element type itself, in which integers wrap.
    package func sumInOwnType(along axes: [Int]) throws(NDArrayError) -> NDArray {
        let sums = try sum(along: axes)
        return Element.dtype.isInteger
            ? try AnyNDArray(sums).cast(to: Element.dtype, overflow: .wrap).typed() : sums.reinterpreted()
    }

    private func total(_ fold: Fold) -> Element.Total {
        if let result: Element.Total = foldedAtOnce(fold) { return result }
        return orTrap { () throws(NDArrayError) in try folded(fold, Reduction(layout)).item }
    }

    private func folded(_ fold: Fold, _ reduction: Reduction) throws(NDArrayError) -> NDArray<Element.Total> {
        if let half = self as? NDArray<Float16> {
            return try half.folded(fold, reduction, Double.self).cast(to: Float16.self).reinterpreted()
        }
        return try reduced(reduction) { ReductionKernels.fold(fold, base, reduction, into: $0) }
    }
}

extension NDArray {
    /// All elements as one number where they lie in one piece and the fold has a kernel for it; nil otherwise.
    func foldedAtOnce<Result: NDElement>(_ fold: Fold, as type: Result.Type = Result.self) -> Result? {
        guard isContiguous, !isEmpty, dtype != .float16 else { return nil }
        defer { withExtendedLifetime(storage) {} }
        return ReductionKernels.fold(fold, UnsafeBufferPointer(start: base + layout.offset, count: count), as: type)
    }

    /// The same memory under another type of the same size.
    func reinterpreted<Other: NDElement>(as type: Other.Type = Other.self) -> NDArray<Other> {
        assert(MemoryLayout<Other>.stride == MemoryLayout<Element>.stride)
        return NDArray<Other>(storage: storage, layout: layout)
    }
}

extension NDArray where Element: NDReal {
    func folded(_ fold: Fold, _ reduction: Reduction, _ type: Double.Type) throws(NDArrayError)
        -> NDArray<Double>
    {
        try reduced(reduction) { ReductionKernels.fold(fold, base, reduction, into: $0) }
    }

    // Wrapping arithmetic in 64 bits has the right low bits for every integer type.
    fileprivate func widened(_ fold: Fold, _ reduction: Reduction) throws(NDArrayError) -> NDArray<Int64> {
        try reduced(reduction) { ReductionKernels.fold(fold, base, reduction, into: $0) }
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
}

extension NDArray where Element: NDInteger {
    /// The sum of all elements as another integer type, wrapping there: `labels.sum(as: Int32.self)`.
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

    private func total<A: NDInteger>(_ fold: Fold, _ type: A.Type) -> A {
        orTrap { () throws(NDArrayError) in A(truncatingIfNeeded: try widened(fold, Reduction(layout)).item) }
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
