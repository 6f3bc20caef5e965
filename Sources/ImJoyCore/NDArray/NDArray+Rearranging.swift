extension NDArray {
    /// Elements moved by `shift` places along `axis`; those that leave at the end come in again at the start.
    ///
    /// Negative shifts move towards the start. Throws when there is no such axis.
    public func rolled(by shift: Int, along axis: Int) throws(NDArrayError) -> NDArray {
        let axis = try layout.resolvedAxis(axis)
        let length = shape[axis]
        guard length > 0 else { return self }
        let cut = (-(shift % length)).modulo(length)
        if cut == 0 { return self }
        let parts = try split(at: [cut], along: axis)
        return try NDArray.concatenate([parts[1], parts[0]], along: axis)
    }

    /// Elements moved along several axes, each by its own number of places; an axis named twice is moved twice.
    public func rolled(by shifts: [Int], along axes: [Int]) throws(NDArrayError) -> NDArray {
        guard shifts.count == axes.count else {
            throw NDArrayError(.shapeMismatch, "\(shifts.count) shifts for \(axes.count) axes")
        }
        var result = self
        for (shift, axis) in zip(shifts, axes) { result = try result.rolled(by: shift, along: axis) }
        return result
    }

    /// All elements in row-major order moved by `shift` places.
    public func rolled(by shift: Int) -> NDArray {
        orTrap { () throws(NDArrayError) in try flattened().rolled(by: shift, along: 0).reshaped(to: shape) }
    }

    /// Several axes read backwards; throws when one of them is not there or named twice.
    public func flipped(along axes: [Int]) throws(NDArrayError) -> NDArray {
        var result = layout
        for axis in try layout.resolvedAxes(axes) { result = try result.flipped(along: axis) }
        return with(result)
    }

    /// All axes read backwards.
    public func flipped() -> NDArray {
        orTrap { () throws(NDArrayError) in try flipped(along: Array(shape.indices)) }
    }

    /// The plane of two axes turned by `quarterTurns` of 90 degrees, from the first axis towards the second.
    ///
    /// With rows and columns that is counterclockwise; negative numbers turn clockwise. Throws when the axes are not
    /// two different ones of this array.
    public func rotated(quarterTurns: Int = 1, axes: (Int, Int) = (0, 1)) throws(NDArrayError) -> NDArray {
        let plane = try layout.resolvedAxes([axes.0, axes.1])
        switch quarterTurns & 3 {
        case 0: return self
        case 1: return try flipped(along: [plane[1]]).swappingAxes(plane[0], plane[1])
        case 2: return try flipped(along: plane)
        default: return try swappingAxes(plane[0], plane[1]).flipped(along: [plane[1]])
        }
    }

    /// Two axes exchanged; throws when one of them is not there.
    public func swappingAxes(_ first: Int, _ second: Int) throws(NDArrayError) -> NDArray {
        var axes = Array(shape.indices)
        axes.swapAt(try layout.resolvedAxis(first), try layout.resolvedAxis(second))
        return try permuted(axes)
    }

    /// Axis `source` moved to where `destination` says, the others in their order.
    public func movingAxis(_ source: Int, to destination: Int) throws(NDArrayError) -> NDArray {
        try movingAxes([source], to: [destination])
    }

    /// Each axis of `sources` moved to its place in `destinations`, the others in their order.
    ///
    /// Throws when the counts differ, and on axes that are not there or named twice.
    public func movingAxes(_ sources: [Int], to destinations: [Int]) throws(NDArrayError) -> NDArray {
        let sources = try layout.resolvedAxes(sources)
        let places = try layout.resolvedAxes(destinations)
        guard sources.count == places.count else {
            throw NDArrayError(.outOfBounds, "\(sources.count) axes to move to \(places.count) places")
        }
        var order = shape.indices.filter { !sources.contains($0) }
        for (place, source) in zip(places, sources).sorted(by: { $0.0 < $1.0 }) { order.insert(source, at: place) }
        return try permuted(order)
    }

    /// Without its axes of length 1.
    public func squeezed() -> NDArray {
        orTrap { () throws(NDArrayError) in try squeezed(axes: shape.indices.filter { shape[$0] == 1 }) }
    }

    /// Without `axes`; throws when one of them has another length than 1, is not there or named twice.
    public func squeezed(axes: [Int]) throws(NDArrayError) -> NDArray {
        let axes = try layout.resolvedAxes(axes)
        if let long = axes.first(where: { shape[$0] != 1 }) {
            throw NDArrayError(
                .shapeMismatch, "axis \(long) of shape \(shape) has length \(shape[long]), so it cannot be squeezed out"
            )
        }
        return try sliced(shape.indices.map { axis -> any AxisSelector in axes.contains(axis) ? 0 : AxisSlice.all })
    }

    /// With new axes of length 1 at `places` of the result; throws on places that are not there or named twice.
    public func insertingAxes(at places: [Int]) throws(NDArrayError) -> NDArray {
        let rank = rank + places.count
        var resolved: Set<Int> = []
        for place in places {
            let axis = place < 0 ? place + rank : place
            guard axis >= 0, axis < rank, resolved.insert(axis).inserted else {
                throw NDArrayError(
                    .outOfBounds,
                    "new axes at \(places) of a result of \(rank) axes: \(place) is outside or named twice")
            }
        }
        return try sliced(
            (0..<rank).map { axis -> any AxisSelector in
                resolved.contains(axis) ? AxisSlice.newAxis : AxisSlice.all
            })
    }

    /// All arrays seen in the shape that they have together; throws when they cannot be broadcast.
    public static func broadcast(_ arrays: [NDArray]) throws(NDArrayError) -> [NDArray] {
        let common = try Layout.commonShape(arrays.map(\.shape))
        var result: [NDArray] = []
        for array in arrays { result.append(try array.broadcast(to: common)) }
        return result
    }

    /// Every window of `lengths` along `axes`, without a copy: the windows' own axes come last.
    ///
    /// ```swift
    /// let windows = try image.slidingWindows([3, 3], along: [0, 1])   // rows - 2, columns - 2, 3, 3
    /// let smooth = try windows.mean(along: [2, 3])
    /// ```
    /// Throws when a window is longer than its axis or the counts differ. Without `axes` there must be one length for
    /// each axis.
    public func slidingWindows(_ lengths: [Int], along axes: [Int]? = nil) throws(NDArrayError) -> NDArray {
        var resolved: [Int] = []
        for axis in axes ?? Array(shape.indices) { resolved.append(try layout.resolvedAxis(axis)) }
        guard resolved.count == lengths.count else {
            throw NDArrayError(.shapeMismatch, "\(lengths.count) window lengths \(lengths) for \(resolved.count) axes")
        }
        var starts = shape
        for (axis, length) in zip(resolved, lengths) {
            guard length >= 0, length <= starts[axis] else {
                throw NDArrayError(
                    .shapeMismatch,
                    "a window of \(length) does not fit axis \(axis) of length \(starts[axis]) (shape \(shape), windows \(lengths))"
                )
            }
            starts[axis] -= length - 1
        }
        let shape = starts + lengths
        return with(
            Layout(
                unchecked: shape, strides: strides + resolved.map { strides[$0] }, offset: layout.offset,
                count: try Layout.elementCount(of: shape)))
    }
}
