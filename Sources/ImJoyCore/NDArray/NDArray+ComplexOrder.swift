// Complex numbers are ordered by their real, then their imaginary parts, as NumPy orders them. NaN wins among extremes.
extension NDArray where Element: NDComplex {
    /// The smallest complex numbers along `axes`; the first with a NaN where there is one.
    ///
    /// Throws when an axis is not there, or there are no elements along it.
    public func min(along axes: [Int], keepingAxes: Bool = false) throws(NDArrayError) -> NDArray {
        try extremes(along: axes, keepingAxes: keepingAxes, last: false)
    }

    /// The largest complex numbers along `axes`; the first with a NaN where there is one.
    ///
    /// Throws when an axis is not there, or there are no elements along it.
    public func max(along axes: [Int], keepingAxes: Bool = false) throws(NDArrayError) -> NDArray {
        try extremes(along: axes, keepingAxes: keepingAxes, last: true)
    }

    private func extremes(along axes: [Int], keepingAxes: Bool, last: Bool) throws(NDArrayError) -> NDArray {
        let shape = shape
        return try foldingLanes(along: axes, keepingAxes: keepingAxes) { (lane) throws(NDArrayError) in
            lane[try Self.extreme(lane, last: last, shape)]
        }
    }

    /// The indices of the smallest complex numbers along `axes`, in row-major order of those axes.
    ///
    /// Throws when an axis is not there, or there are no elements along it.
    public func argMin(along axes: [Int], keepingAxes: Bool = false) throws(NDArrayError) -> NDArray<Int64> {
        let shape = shape
        return try foldingLanes(along: axes, keepingAxes: keepingAxes) { (lane) throws(NDArrayError) in
            Int64(try Self.extreme(lane, last: false, shape))
        }
    }

    /// The indices of the largest complex numbers along `axes`, in row-major order of those axes.
    ///
    /// Throws when an axis is not there, or there are no elements along it.
    public func argMax(along axes: [Int], keepingAxes: Bool = false) throws(NDArrayError) -> NDArray<Int64> {
        let shape = shape
        return try foldingLanes(along: axes, keepingAxes: keepingAxes) { (lane) throws(NDArrayError) in
            Int64(try Self.extreme(lane, last: true, shape))
        }
    }

    private static func extreme(
        _ lane: UnsafeBufferPointer<Element>, last: Bool, _ shape: [Int]
    ) throws(NDArrayError) -> Int {
        if let place = lane.firstIndex(where: { !Element.isEqual($0, $0) }) { return place }
        let keys = Element.orderKeys(lane)
        // The first of equal ones.
        guard let extreme = last ? keys.max() : keys.min(), let place = keys.firstIndex(of: extreme) else {
            throw NDArrayError(
                .emptyArray, "an array of shape \(shape) has no elements to find the smallest or largest of")
        }
        return place
    }

    /// The medians along `axes`: of the complex numbers in order, the one in the middle or the mean of the two there.
    ///
    /// NaN where there is one or nothing. Throws when an axis is not there or named twice.
    public func median(along axes: [Int], keepingAxes: Bool = false) throws(NDArrayError) -> NDArray {
        let parts = NDArray<Element.Part>(scalar: .nan)
        let nan = try NDArray.joining(parts, parts).item
        let middles: NDArray = try foldingLanes(along: axes, keepingAxes: keepingAxes, width: 2) { lane, result in
            let keys = Element.orderKeys(lane)
            var entries = keys.withUnsafeBufferPointer { Ordering.entries($0) }
            guard let last = entries.indices.last, lane.allSatisfy({ Element.isEqual($0, $0) }) else {
                result.initialize(repeating: nan)
                return
            }
            let places = [last / 2, (last + 1) / 2]
            Ordering.select(places[...], in: &entries)
            for (number, place) in places.enumerated() { result[number] = lane[entries[place].index] }
        }
        return try middles.mean(along: [-1])
    }
}
