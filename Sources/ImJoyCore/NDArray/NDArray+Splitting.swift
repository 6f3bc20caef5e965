extension NDArray {
    /// Parts of equal length along `axis`; throws when `count` does not divide the axis.
    ///
    /// The parts share memory with this array.
    public func split(into count: Int, along axis: Int = 0) throws(NDArrayError) -> [NDArray] {
        try layout.split(into: count, along: axis).map { with($0) }
    }

    /// Parts along `axis` whose lengths differ by one at most, the longer ones first; NumPy's `array_split`.
    public func unevenSplit(into count: Int, along axis: Int = 0) throws(NDArrayError) -> [NDArray] {
        try layout.unevenSplit(into: count, along: axis).map { with($0) }
    }

    /// The parts of an axis before, between and after the indices in `places`, which bound slices as in NumPy.
    ///
    /// Negative places count from the end, and places beyond the ends mean the ends. Throws when there is no such axis.
    public func split(at places: [Int], along axis: Int = 0) throws(NDArrayError) -> [NDArray] {
        try layout.split(at: places, along: axis).map { with($0) }
    }
}

extension AnyNDArray {
    /// Parts of equal length along `axis`; see ``NDArray/split(into:along:)``.
    public func split(into count: Int, along axis: Int = 0) throws(NDArrayError) -> [AnyNDArray] {
        try layout.split(into: count, along: axis).map { with($0) }
    }

    /// Parts of nearly equal length along `axis`; see ``NDArray/unevenSplit(into:along:)``.
    public func unevenSplit(into count: Int, along axis: Int = 0) throws(NDArrayError) -> [AnyNDArray] {
        try layout.unevenSplit(into: count, along: axis).map { with($0) }
    }

    /// The parts of an axis between the indices in `places`; see ``NDArray/split(at:along:)``.
    public func split(at places: [Int], along axis: Int = 0) throws(NDArrayError) -> [AnyNDArray] {
        try layout.split(at: places, along: axis).map { with($0) }
    }
}

extension Layout {
    func split(into count: Int, along axis: Int) throws(NDArrayError) -> [Layout] {
        let length = shape[try resolvedAxis(axis)]
        guard count > 0, length % count == 0 else {
            throw NDArrayError(
                .shapeMismatch,
                "axis \(axis) of length \(length) does not divide into \(count) equal parts; use unevenSplit(into:along:)"
            )
        }
        return try unevenSplit(into: count, along: axis)
    }

    func unevenSplit(into count: Int, along axis: Int) throws(NDArrayError) -> [Layout] {
        guard count > 0 else { throw NDArrayError(.shapeMismatch, "an array cannot be split into \(count) parts") }
        let (part, longer) = shape[try resolvedAxis(axis)].quotientAndRemainder(dividingBy: count)
        return try split(at: (1..<count).map { $0 * part + Swift.min($0, longer) }, along: axis)
    }

    func split(at places: [Int], along axis: Int) throws(NDArrayError) -> [Layout] {
        let axis = try resolvedAxis(axis)
        var parts: [Layout] = []
        var start = 0
        for end in places + [shape[axis]] {
            parts.append(
                try slicing(Array(repeating: AxisSlice.all, count: axis) + [AxisSlice.slice(from: start, to: end)]))
            start = end
        }
        return parts
    }

    /// The part of one axis.
    func narrowed(to range: Range<Int>, axis: Int) throws(NDArrayError) -> Layout {
        var selectors: [any AxisSelector] = Array(repeating: AxisSlice.all, count: axis)
        selectors.append(range)
        return try slicing(selectors)
    }
}
