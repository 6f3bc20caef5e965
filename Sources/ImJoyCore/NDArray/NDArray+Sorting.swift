// The order is NumPy's: NaN last, false before true, complex numbers by their real and then their imaginary parts, those
// with a NaN last. Every order is stable: equal elements stay as they came.
extension NDArray {
    /// The elements in ascending order along `axis`; throws when there is no such axis.
    public func sorted(along axis: Int = -1) throws(NDArrayError) -> NDArray {
        if Element.dtype.isComplex { return try taking(alongAxis: axis, argSort(along: axis)) }
        let length = shape[try layout.resolvedAxis(axis)]
        return try mappingLanes(along: axis, length: length) { lane, sorted in
            guard let start = sorted.baseAddress else { return }
            _ = Element.visitRadixKeys(lane, Sorter(target: UnsafeMutableRawPointer(start)))
        }
    }

    /// Sorts the elements along `axis`; throws when there is no such axis.
    public mutating func sort(along axis: Int = -1) throws(NDArrayError) { self = try sorted(along: axis) }

    /// The indices along `axis` that put the elements in ascending order; throws when there is no such axis.
    public func argSort(along axis: Int = -1) throws(NDArrayError) -> NDArray<Int64> {
        let length = shape[try layout.resolvedAxis(axis)]
        return try mappingLanes(along: axis, length: length) { lane, order in
            if Element.visitRadixKeys(lane, ArgSorter(order: order)) != nil { return }
            let entries = Element.orderKeys(lane).withUnsafeBufferPointer { Ordering.sorted($0) }
            for (place, entry) in entries.enumerated() { order[place] = Int64(entry.index) }
        }
    }

    /// The elements along `axis` moved so that each of `places` holds what sorting would put there, no greater one
    /// before it and no smaller one behind.
    ///
    /// Takes linear time, where sorting takes a logarithm more. Negative places count from the end. Throws on an axis
    /// or a place that is not there.
    public func partitioned(at places: [Int], along axis: Int = -1) throws(NDArrayError) -> NDArray {
        try taking(alongAxis: axis, argPartition(at: places, along: axis))
    }

    /// The indices along `axis` that move the elements as ``partitioned(at:along:)`` does.
    public func argPartition(at places: [Int], along axis: Int = -1) throws(NDArrayError) -> NDArray<Int64> {
        let axis = try layout.resolvedAxis(axis)
        var ranks: [Int] = []
        for place in places { ranks.append(try layout.resolvedIndex(place, axis: axis)) }
        ranks.sort()
        return try orderKeys.mappingLanes(along: axis, length: shape[axis]) { lane, order in
            var entries = Ordering.entries(lane)
            Ordering.select(ranks[...], in: &entries)
            for (place, entry) in entries.enumerated() { order[place] = Int64(entry.index) }
        }
    }

    /// The indices along `axis` that sort by the last of `keys`, equal ones by the one before it, and so on.
    ///
    /// Throws when the shapes differ, there is no key or no such axis.
    public static func lexSort(_ keys: [NDArray], along axis: Int = -1) throws(NDArrayError) -> NDArray<Int64> {
        try AnyNDArray.lexSort(keys.map { AnyNDArray($0) }, along: axis)
    }
}

private struct Sorter: RadixVisitor {
    let target: UnsafeMutableRawPointer
    func visit<Key: RadixKey>(_ keys: RadixKeys<Key>) { RadixSort.sort(keys, into: target) }
}

private struct ArgSorter: RadixVisitor {
    let order: UnsafeMutableBufferPointer<Int64>
    func visit<Key: RadixKey>(_ keys: RadixKeys<Key>) { RadixSort.order(keys, into: order) }
}

extension AnyNDArray {
    /// The indices along `axis` that sort by the last of `keys`, equal ones by the one before it, and so on.
    ///
    /// Throws when the shapes differ, there is no key or no such axis.
    public static func lexSort(_ keys: [AnyNDArray], along axis: Int = -1) throws(NDArrayError) -> NDArray<Int64> {
        guard let last = keys.last else { throw NDArrayError(.emptyArray, "no keys to sort by") }
        guard keys.allSatisfy({ $0.shape == last.shape }) else {
            throw NDArrayError(.shapeMismatch, "keys of different shapes to sort by: \(keys.map(\.shape))")
        }
        let axis = try last.layout.resolvedAxis(axis)
        let length = last.shape[axis]
        // Each key is a row of a lane, and the axis itself runs along it.
        let stacked = try NDArray<UInt64>.stack(keys.map(\.orderKeys), along: axis)
        let merged = last.shape.enumerated().map { $0 == axis ? keys.count * length : $1 }
        return try stacked.reshaped(to: merged).mappingLanes(along: axis, length: length) { lane, order in
            var indices = Array(0..<length)
            for key in keys.indices {
                let row = lane[key * length..<(key + 1) * length]
                let values = UnsafeBufferPointer(rebasing: row)
                indices.sort { values[$0] < values[$1] }
            }
            for (place, index) in indices.enumerated() { order[place] = Int64(index) }
        }
    }

    var orderKeys: NDArray<UInt64> {
        var visitor = Keys()
        return visit(&visitor)
    }

    private struct Keys: NDArrayVisitor {
        func visit<T: NDElement>(_ array: NDArray<T>) -> NDArray<UInt64> { array.orderKeys }
    }
}
