// Sorting, searching and sets for element types known at run time only. Two arrays are promoted to a type that holds
// both, as NumPy does.
extension AnyNDArray {
    /// See ``NDArray/sorted(along:)``.
    public func sorted(along axis: Int = -1) throws(NDArrayError) -> AnyNDArray {
        try opened.sorted(along: axis).erased
    }

    /// See ``NDArray/argSort(along:)``.
    public func argSort(along axis: Int = -1) throws(NDArrayError) -> NDArray<Int64> {
        try opened.argSort(along: axis)
    }

    /// See ``NDArray/partitioned(at:along:)``.
    public func partitioned(at places: [Int], along axis: Int = -1) throws(NDArrayError) -> AnyNDArray {
        try opened.partitioned(at: places, along: axis).erased
    }

    /// See ``NDArray/argPartition(at:along:)``.
    public func argPartition(at places: [Int], along axis: Int = -1) throws(NDArrayError) -> NDArray<Int64> {
        try opened.argPartition(at: places, along: axis)
    }

    /// See ``NDArray/unique()``.
    public func unique() -> AnyNDArray { opened.unique().erased }

    /// See ``NDArray/uniqueAll()``.
    public func uniqueAll() -> (
        values: AnyNDArray, indices: NDArray<Int64>, inverse: NDArray<Int64>, counts: NDArray<Int64>
    ) {
        var visitor = UniqueVisitor()
        return visit(&visitor)
    }

    private struct UniqueVisitor: NDArrayVisitor {
        func visit<T: NDElement>(_ array: NDArray<T>) -> (
            values: AnyNDArray, indices: NDArray<Int64>, inverse: NDArray<Int64>, counts: NDArray<Int64>
        ) {
            let all = array.uniqueAll()
            return (AnyNDArray(all.values), all.indices, all.inverse, all.counts)
        }
    }

    /// The values that are in at least one of two arrays; see ``NDArray/union(_:)``.
    public func union(_ other: AnyNDArray) throws(NDArrayError) -> AnyNDArray { try pair(.union, other) }

    /// The values that are in both arrays; see ``NDArray/intersection(_:)``.
    public func intersection(_ other: AnyNDArray) throws(NDArrayError) -> AnyNDArray { try pair(.intersection, other) }

    /// The values that are in this array and not in the other one; see ``NDArray/setDifference(_:)``.
    public func setDifference(_ other: AnyNDArray) throws(NDArrayError) -> AnyNDArray { try pair(.difference, other) }

    /// The values that are in exactly one of two arrays; see ``NDArray/symmetricDifference(_:)``.
    public func symmetricDifference(_ other: AnyNDArray) throws(NDArrayError) -> AnyNDArray {
        try pair(.symmetricDifference, other)
    }

    /// True where an element equals one of `values`; see ``NDArray/isIn(_:)``.
    public func isIn(_ values: AnyNDArray) throws(NDArrayError) -> NDArray<Bool> {
        try pair(.isIn, values).typed()
    }

    /// The places where `values` belong in this sorted array; see ``NDArray/searchSorted(_:side:sorter:)``.
    public func searchSorted(
        _ values: AnyNDArray, side: SearchSide = .left, sorter: NDArray<Int64>? = nil
    ) throws(NDArrayError) -> NDArray<Int64> {
        try pair(.search(side, sorter), values).typed()
    }

    private func pair(_ operation: PairVisitor.Operation, _ other: AnyNDArray) throws(NDArrayError) -> AnyNDArray {
        let common = dtype.promoted(with: other.dtype)
        var visitor = PairVisitor(operation: operation, other: try other.cast(to: common))
        return try cast(to: common).visit(&visitor)
    }

    private struct PairVisitor: NDArrayVisitor {
        typealias Failure = NDArrayError
        enum Operation {
            case union, intersection, difference, symmetricDifference, isIn
            case search(SearchSide, NDArray<Int64>?)
        }
        let operation: Operation
        let other: AnyNDArray

        func visit<T: NDElement>(_ array: NDArray<T>) throws(NDArrayError) -> AnyNDArray {
            let other: NDArray<T> = try other.typed()
            switch operation {
            case .union: return AnyNDArray(array.union(other))
            case .intersection: return AnyNDArray(array.intersection(other))
            case .difference: return AnyNDArray(array.setDifference(other))
            case .symmetricDifference: return AnyNDArray(array.symmetricDifference(other))
            case .isIn: return AnyNDArray(array.isIn(other))
            case .search(let side, let sorter):
                return AnyNDArray(try array.searchSorted(other, side: side, sorter: sorter))
            }
        }
    }
}

extension AnyNDArray {
    /// True where an element is neither zero nor false; NaN is not zero.
    public var isNonzero: NDArray<Bool> { opened.isNonzero }

    /// The indices of the elements that are neither zero nor false; see ``NDArray/nonzero()``.
    public func nonzero() throws(NDArrayError) -> [NDArray<Int64>] { try isNonzero.nonzero() }

    /// Their indices as a table; see ``NDArray/argWhere()``.
    public func argWhere() -> NDArray<Int64> { isNonzero.argWhere() }

    /// Their places in row-major order.
    public func flatNonzero() -> NDArray<Int64> { isNonzero.flatNonzero() }
}
