extension NDArray {
    /// True where an element is neither zero nor false; NaN is not zero.
    public var isNonzero: NDArray<Bool> { self .!= .zero }

    /// The number of elements that are neither zero nor false.
    public func countNonzero() -> Int { isNonzero.countTrue() }

    /// The numbers of such elements along `axes`; throws when one of them is not there or named twice.
    public func countNonzero(along axes: [Int], keepingAxes: Bool = false) throws(NDArrayError) -> NDArray<Int64> {
        try isNonzero.countTrue(along: axes, keepingAxes: keepingAxes)
    }

    /// The places of the elements that are neither zero nor false, in row-major order of all elements.
    public func flatNonzero() -> NDArray<Int64> { isNonzero.truePlaces() }

    /// Their indices, one array per axis, in row-major order: `array[nonzero()]`'s own coordinates.
    ///
    /// An array without axes has no indices to give and is refused.
    public func nonzero() throws(NDArrayError) -> [NDArray<Int64>] {
        if rank == 0 {
            throw NDArrayError(.invalidShape, "a single element has no axes to give the indices of; reshape it to [1]")
        }
        return try flatNonzero().unraveled(into: shape)
    }

    /// Their indices as a table, one row per element and one column per axis.
    public func argWhere() -> NDArray<Int64> {
        let flat = flatNonzero()
        if rank == 0 { return NDArray<Int64>(zeros: [flat.count, 0]) }
        return orTrap { () throws(NDArrayError) in
            try NDArray<Int64>.stack(flat.unraveled(into: shape), along: -1)
        }
    }
}

extension NDArray where Element: NDInteger {
    /// The indices into an array of `shape` of the elements with these row-major numbers; NumPy's `unravel_index`.
    ///
    /// Throws on numbers outside it.
    public func unraveled(into shape: [Int]) throws(NDArrayError) -> [NDArray<Int64>] {
        let count = try Layout.elementCount(of: shape)
        let numbers = elements
        for number in numbers where number < 0 || Int(clamping: number) >= count {
            throw NDArrayError(.outOfBounds, "element \(number) is outside shape \(shape), which has \(count)")
        }
        let steps = Layout.rowMajorStrides(shape)
        var indices: [NDArray<Int64>] = []
        for (length, step) in zip(shape, steps) {
            let places = numbers.map { Int64(Int($0) / step % length) }
            indices.append(try NDArray<Int64>(places, shape: self.shape))
        }
        return indices
    }
}

extension NDArray<Int64> {
    /// The row-major numbers of the elements at `indices`, one array per axis of `shape`, broadcast; NumPy's
    /// `ravel_multi_index`.
    ///
    /// Throws when there are not as many arrays as axes, and on indices that `rule` refuses. Under `.refuse` negative
    /// indices are refused too.
    public static func raveled(
        _ indices: [NDArray], shape: [Int], outside rule: IndexRule = .refuse
    ) throws(NDArrayError) -> NDArray {
        guard indices.count == shape.count else {
            throw NDArrayError(.shapeMismatch, "\(indices.count) arrays of indices for the axes of shape \(shape)")
        }
        _ = try Layout.elementCount(of: shape)
        let common = try Layout.commonShape(indices.map(\.shape))
        var sums = [Int64](repeating: 0, count: common.reduce(1, *))
        for (axis, step) in Layout.rowMajorStrides(shape).enumerated() {
            let wide = try indices[axis].broadcast(to: common)
            if rule == .refuse, let first = wide.elements.first(where: { $0 < 0 }) {
                throw NDArrayError(.outOfBounds, "index \(first) on axis \(axis) is negative")
            }
            let places = try rule.places(wide, length: shape[axis], on: "axis \(axis) of shape \(shape)")
            for (number, place) in places.enumerated() { sums[number] += Int64(place * step) }
        }
        return try NDArray(sums, shape: common)
    }
}
