extension NDArray {
    /// This array laid out `counts` times along each axis; NumPy's `tile`.
    ///
    /// When there are more counts than axes, new axes come in front; when there are fewer, they are for the last axes.
    /// Throws on negative counts.
    public func tiled(_ counts: [Int]) throws(NDArrayError) -> NDArray {
        let rank = Swift.max(rank, counts.count)
        let counts = [Int](repeating: 1, count: rank - counts.count) + counts
        let lengths = [Int](repeating: 1, count: rank - shape.count) + shape
        if let bad = counts.first(where: { $0 < 0 }) {
            throw NDArrayError(.invalidShape, "an array cannot be repeated \(bad) times")
        }
        // Each axis becomes two: which tile, and where in it.
        let split = zip(counts, lengths).flatMap { [$0, $1] }
        let ones = lengths.flatMap { [1, $0] }
        var shape: [Int] = []
        for (count, length) in zip(counts, lengths) {
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            if overflow {
                throw NDArrayError(.invalidShape, "\(count) tiles of \(length) are more than memory can hold")
            }
            shape.append(product)
        }
        // Without axes that are 1 anyway, for there may be no more than 64.
        let needed = split.indices.filter { split[$0] != 1 }
        let tiles = try reshaped(to: needed.map { ones[$0] }).broadcast(to: needed.map { split[$0] })
        return try NDArray(uninitialised: shape) { CopyKernels.gather(tiles, into: $0) }
    }

    /// Every part along `axis` `count` times in a row; throws on a negative count or an axis that is not there.
    public func repeated(_ count: Int, along axis: Int) throws(NDArrayError) -> NDArray {
        try repeated([count], along: axis)
    }

    /// Every part along `axis` as often in a row as its number in `counts` says, which may be one for all.
    ///
    /// Throws on negative counts and when there are not as many as the axis is long.
    public func repeated(_ counts: [Int], along axis: Int) throws(NDArrayError) -> NDArray {
        let axis = try layout.resolvedAxis(axis)
        let length = shape[axis]
        guard counts.count == length || counts.count == 1 else {
            throw NDArrayError(.shapeMismatch, "\(counts.count) repeat counts for axis \(axis) of length \(length)")
        }
        if let bad = counts.first(where: { $0 < 0 }) {
            throw NDArrayError(.invalidShape, "a part of axis \(axis) cannot be repeated \(bad) times")
        }
        var newShape = shape
        newShape[axis] = 0
        for index in 0..<length {
            let (sum, overflow) = newShape[axis].addingReportingOverflow(counts[counts.count == 1 ? 0 : index])
            if overflow { throw NDArrayError(.invalidShape, "repeat counts that add up to more than memory can hold") }
            newShape[axis] = sum
        }
        try Self.refuseUnlessMemory(for: newShape)
        let indices = (0..<length).flatMap { repeatElement(Int64($0), count: counts[counts.count == 1 ? 0 : $0]) }
        return try taking(NDArray<Int64>(indices), along: axis)
    }

    /// Every element `count` times in a row, in row-major order along one axis; throws on a negative count.
    public func repeated(_ count: Int) throws(NDArrayError) -> NDArray { try flattened().repeated(count, along: 0) }

    /// Every element as often as its number in `counts` says, in row-major order along one axis.
    public func repeated(_ counts: [Int]) throws(NDArrayError) -> NDArray { try flattened().repeated(counts, along: 0) }

    /// The elements in row-major order in another shape: repeated from the start when there are too few, cut off when
    /// there are too many.
    ///
    /// An empty array gives zeros. Throws on a shape that cannot be.
    public func resized(to shape: [Int]) throws(NDArrayError) -> NDArray {
        let count = try Layout.elementCount(of: shape)
        let elements = elements
        return try NDArray(uninitialised: shape) { target in
            for number in 0..<count {
                target[number] = elements.isEmpty ? .zero : elements[number % elements.count]
            }
        }
    }

    /// The parts of `values` inserted before the indices in `places` along `axis`; NumPy's `insert`.
    ///
    /// The places are those of this array before anything is inserted; negative ones count from the end, the length
    /// itself is after the last part. `values` are broadcast to one part per place.
    /// Throws on places and axes that are not there, and when the shapes do not fit.
    public func inserting(_ values: NDArray, at places: [Int], along axis: Int) throws(NDArrayError) -> NDArray {
        let axis = try layout.resolvedAxis(axis)
        let length = shape[axis]
        var resolved: [Int] = []
        for place in places {
            guard place >= -length, place <= length else {
                throw NDArrayError(
                    .outOfBounds,
                    "place \(place) to insert at is outside axis \(axis) of length \(length) (shape \(shape))")
            }
            resolved.append(place < 0 ? place + length : place)
        }
        var partShape = shape
        partShape[axis] = places.count
        let parts = try values.broadcast(to: partShape)
        // The new parts follow the old ones in number; equal places keep their order.
        let order = resolved.indices.sorted { (resolved[$0], $0) < (resolved[$1], $1) }
        var indices: [Int64] = []
        var next = 0
        for index in 0...length {
            while next < order.count, resolved[order[next]] == index {
                indices.append(Int64(length + order[next]))
                next += 1
            }
            if index < length { indices.append(Int64(index)) }
        }
        return try NDArray.concatenate([self, parts], along: axis).taking(NDArray<Int64>(indices), along: axis)
    }

    /// Without the parts at the indices in `places` along `axis`; negative ones count from the end.
    ///
    /// Throws on places and axes that are not there.
    public func deleting(_ places: [Int], along axis: Int) throws(NDArrayError) -> NDArray {
        let axis = try layout.resolvedAxis(axis)
        var deleted: Set<Int> = []
        for place in places { deleted.insert(try layout.resolvedIndex(place, axis: axis)) }
        let kept = (0..<shape[axis]).filter { !deleted.contains($0) }.map { Int64($0) }
        return try taking(NDArray<Int64>(kept), along: axis)
    }
}

extension NDArray {
    /// Without the zeros at the ends of every axis, or of `axes`: the smallest part that holds all other elements.
    ///
    /// - Parameters:
    ///   - front: whether those before the first nonzero element go.
    ///   - back: whether those after the last one go.
    ///   - axes: the axes; negative ones count from the end.
    ///
    /// Nothing is left of zeros alone. The result shares memory with this array.
    public func trimmingZeros(
        front: Bool = true, back: Bool = true, along axes: [Int]? = nil
    ) throws(NDArrayError) -> NDArray {
        let table = argWhere()
        var result = self
        for axis in try layout.resolvedAxes(axes ?? Array(shape.indices)) {
            let places = table.isEmpty ? [] : table[.all, axis].elements
            let first = front ? Int(places.min() ?? 0) : 0
            let last = back ? Int(places.max() ?? -1) + 1 : shape[axis]
            let end = places.isEmpty && front ? first : last
            result = result.with(try result.layout.narrowed(to: first..<Swift.max(first, end), axis: axis))
        }
        return result
    }
}
