/// Where a value that is already there belongs: before its equals or behind them.
public enum SearchSide: Sendable, Hashable {
    /// Before its equals.
    case left
    /// Behind its equals.
    case right
}

extension NDArray {
    /// The places where `values` belong in this array, whose elements are in ascending order along its one axis.
    ///
    /// - Parameters:
    ///   - side: before or behind equal elements.
    ///   - sorter: the indices that sort this array, when it is not sorted itself.
    ///   - values: what is looked for.
    /// - Returns: for each value the number of elements before it, in the shape of `values`.
    ///
    /// NaN belongs at the end. Throws when this array has not one axis, or the sorter not its shape or indices.
    public func searchSorted(
        _ values: NDArray, side: SearchSide = .left, sorter: NDArray<Int64>? = nil
    ) throws(NDArrayError) -> NDArray<Int64> {
        guard rank == 1 else {
            throw NDArrayError(.shapeMismatch, "an array of shape \(shape) to search in; it must have one axis")
        }
        if let sorter {
            guard sorter.shape == shape else {
                throw NDArrayError(.shapeMismatch, "a sorter of shape \(sorter.shape) for an array of shape \(shape)")
            }
            return try taking(sorter, along: 0).searchSorted(values, side: side)
        }
        let (sorted, keys) = jointKeys(values)
        return try NDArray<Int64>(uninitialised: values.shape) { target in
            for (index, key) in keys.enumerated() {
                target[index] = Int64(sorted.partitioningIndex { side == .left ? $0 >= key : $0 > key })
            }
        }
    }
}

extension NDArray where Element: NDReal {
    /// The number of the bin that each element lies in; NumPy's `digitize`.
    ///
    /// - Parameters:
    ///   - edges: the bins' edges in ascending or descending order. Below the first edge is bin 0, from there to the
    ///     second is bin 1, and so on.
    ///   - closedRight: whether an edge belongs to the bin before it.
    ///
    /// Throws when the edges are in no order or have not one axis.
    public func digitized(edges: NDArray, closedRight: Bool = false) throws(NDArrayError) -> NDArray<Int64> {
        guard edges.rank == 1 else {
            throw NDArrayError(.shapeMismatch, "edges of shape \(edges.shape); they must have one axis")
        }
        let keys = edges.orderKeys.elements
        let pairs = zip(keys, keys.dropFirst())
        let side: SearchSide = closedRight ? .left : .right
        if pairs.allSatisfy({ $0 <= $1 }) { return try edges.searchSorted(self, side: side) }
        guard pairs.allSatisfy({ $0 >= $1 }) else {
            throw NDArrayError(.outOfBounds, "edges that neither ascend nor descend bound no bins")
        }
        let places = try edges.flipped().searchSorted(self, side: closedRight ? .left : .right)
        return NDArray<Int64>(scalar: Int64(edges.count)) - places
    }
}
