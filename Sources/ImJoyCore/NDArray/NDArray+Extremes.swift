extension NDArray where Element: NDReal {
    /// The smallest element; NaN when there is one. Traps on an empty array, `min(along:keepingAxes:)` throws.
    public func min() -> Element { extreme(.minimum) }

    /// The smallest elements along `axes`; NaN where there is one.
    public func min(along axis: Int, _ more: Int..., keepingAxes: Bool = false) -> NDArray {
        orTrap { () throws(NDArrayError) in try min(along: [axis] + more, keepingAxes: keepingAxes) }
    }

    /// The smallest elements along `axes`; throws when an axis is not there, or there are no elements along it.
    public func min(along axes: [Int], keepingAxes: Bool = false) throws(NDArrayError) -> NDArray {
        try folded(.minimum, Reduction(layout, along: axes, keepingAxes: keepingAxes))
    }

    /// The largest element; NaN when there is one. Traps on an empty array, `max(along:keepingAxes:)` throws.
    public func max() -> Element { extreme(.maximum) }

    /// The largest elements along `axes`; NaN where there is one.
    public func max(along axis: Int, _ more: Int..., keepingAxes: Bool = false) -> NDArray {
        orTrap { () throws(NDArrayError) in try max(along: [axis] + more, keepingAxes: keepingAxes) }
    }

    /// The largest elements along `axes`; throws when an axis is not there, or there are no elements along it.
    public func max(along axes: [Int], keepingAxes: Bool = false) throws(NDArrayError) -> NDArray {
        try folded(.maximum, Reduction(layout, along: axes, keepingAxes: keepingAxes))
    }

    /// The place of the smallest element in row-major order: the first of several, or the first NaN. Traps on an empty array.
    public func argMin() -> Int {
        orTrap { () throws(NDArrayError) in Int(try located(.minimum, Reduction(layout)).item) }
    }

    /// The indices of the smallest elements along `axis`; throws when it is not there or has no elements.
    public func argMin(along axis: Int, keepingAxes: Bool = false) throws(NDArrayError) -> NDArray<Int64> {
        try located(.minimum, Reduction(layout, along: [axis], keepingAxes: keepingAxes))
    }

    /// The place of the largest element in row-major order: the first of several, or the first NaN. Traps on an empty array.
    public func argMax() -> Int {
        orTrap { () throws(NDArrayError) in Int(try located(.maximum, Reduction(layout)).item) }
    }

    /// The indices of the largest elements along `axis`; throws when it is not there or has no elements.
    public func argMax(along axis: Int, keepingAxes: Bool = false) throws(NDArrayError) -> NDArray<Int64> {
        try located(.maximum, Reduction(layout, along: [axis], keepingAxes: keepingAxes))
    }

    /// The smallest and the largest element, both NaN when there is one; in one pass where the elements lie in one piece.
    /// Traps on an empty array.
    ///
    /// ```swift
    /// let (darkest, brightest) = image.minMax()
    /// ```
    public func minMax() -> (min: Element, max: Element) {
        guard isContiguous, !isEmpty else { return (min(), max()) }
        defer { withExtendedLifetime(storage) {} }
        let elements = UnsafeBufferPointer(start: base + layout.offset, count: count)
        return ReductionKernels.extremes(elements) ?? (min(), max())
    }

    private func extreme(_ fold: Fold) -> Element {
        if let result: Element = foldedAtOnce(fold) { return result }
        return orTrap { () throws(NDArrayError) in try folded(fold, Reduction(layout)).item }
    }

    private func folded(_ fold: Fold, _ reduction: Reduction) throws(NDArrayError) -> NDArray {
        try refuseEmpty(reduction)
        return try reduced(reduction) { ReductionKernels.fold(fold, base, reduction, into: $0) }
    }

    private func located(_ fold: Fold, _ reduction: Reduction) throws(NDArrayError) -> NDArray<Int64> {
        try refuseEmpty(reduction)
        return try reduced(reduction) { ReductionKernels.argument(fold, base, reduction, into: $0) }
    }

    private func refuseEmpty(_ reduction: Reduction) throws(NDArrayError) {
        if reduction.foldedCount == 0, reduction.kept.count > 0 {
            throw NDArrayError(
                .emptyArray, "an array of shape \(shape) has no elements to find the smallest or largest of")
        }
    }
}

extension NDArray<Bool> {
    /// True when at least one element is; false for an empty array.
    public func any() -> Bool { orTrap { () throws(NDArrayError) in try folded(.maximum, Reduction(layout)).item } }

    /// True when every element is; true for an empty array.
    public func all() -> Bool { orTrap { () throws(NDArrayError) in try folded(.minimum, Reduction(layout)).item } }

    /// The number of elements that are true.
    public func countTrue() -> Int { Int(asBytes.sum(as: Int64.self)) }

    /// True where at least one element along `axes` is; throws when an axis is not there.
    public func any(along axes: [Int], keepingAxes: Bool = false) throws(NDArrayError) -> NDArray {
        try folded(.maximum, Reduction(layout, along: axes, keepingAxes: keepingAxes))
    }

    /// True where every element along `axes` is; throws when an axis is not there.
    public func all(along axes: [Int], keepingAxes: Bool = false) throws(NDArrayError) -> NDArray {
        try folded(.minimum, Reduction(layout, along: axes, keepingAxes: keepingAxes))
    }

    /// The numbers of true elements along `axes`; throws when an axis is not there.
    public func countTrue(along axes: [Int], keepingAxes: Bool = false) throws(NDArrayError) -> NDArray<Int64> {
        try asBytes.sum(as: Int64.self, along: axes, keepingAxes: keepingAxes)
    }

    private func folded(_ fold: Fold, _ reduction: Reduction) throws(NDArrayError) -> NDArray {
        if reduction.foldedCount == 0 { return NDArray(repeating: fold == .minimum, shape: reduction.resultShape) }
        let bytes = asBytes
        return NDArray(
            bytes: try bytes.reduced(reduction) { ReductionKernels.fold(fold, bytes.base, reduction, into: $0) })
    }
}
