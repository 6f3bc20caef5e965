extension NDArray {
    /// The arrays one after another along `axis`; their other axes must have the same lengths.
    ///
    /// Throws when they have not, when there is no array or no such axis.
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    public static func concatenate(_ arrays: [NDArray], along axis: Int = 0) throws(NDArrayError) -> NDArray {
        guard let first = arrays.first else { throw NDArrayError(.emptyArray, "no arrays to concatenate") }
        let axis = try first.layout.resolvedAxis(axis)
        var shape = first.shape
        shape[axis] = 0
        for (number, array) in arrays.enumerated() {
            var fits = array.rank == first.rank
            if fits {
                for other in shape.indices where other != axis { fits = fits && array.shape[other] == shape[other] }
            }
            guard fits else {
                throw NDArrayError(
                    .shapeMismatch,
                    "array \(number) of shape \(array.shape) cannot follow shape \(first.shape) along axis \(axis): only that axis may differ"
                )
            }
            shape[axis] += array.shape[axis]
        }
        let whole = try Layout(shape: shape)
        let blocks = shape[..<axis].reduce(1, *)
        return try NDArray(uninitialised: shape) { (target) throws(NDArrayError) in
            if arrays.allSatisfy({ $0.isContiguous }) { return join(arrays, blocks: blocks, into: target) }
            var start = 0
            for array in arrays {
                let part = try whole.narrowed(to: start..<start + array.shape[axis], axis: axis)
                CopyKernels.scatter(array, into: target, layout: part)
                withExtendedLifetime(array.storage) {}
                start += array.shape[axis]
            }
        }
    }

    /// The arrays, all of one shape, side by side along a new axis that comes before axis `axis`.
    ///
    /// A negative axis counts from the end of the result. Throws when the shapes differ or there is no array.
    public static func stack(_ arrays: [NDArray], along axis: Int = 0) throws(NDArrayError) -> NDArray {
        guard let first = arrays.first else { throw NDArrayError(.emptyArray, "no arrays to stack") }
        var areContiguous = true
        for (number, array) in arrays.enumerated() {
            guard array.shape == first.shape else {
                throw NDArrayError(
                    .shapeMismatch, "array \(number) of shape \(array.shape) cannot be stacked on shape \(first.shape)")
            }
            areContiguous = areContiguous && array.isContiguous
        }
        let place = try first.layout.insertingAxis(at: axis)
        if areContiguous {
            let axis = axis < 0 ? axis + first.rank + 1 : axis
            var shape = place.shape
            shape[axis] = arrays.count
            return try NDArray(uninitialised: shape) {
                join(arrays, blocks: first.shape[..<axis].reduce(1, *), into: $0)
            }
        }
        var parts: [NDArray] = []
        for array in arrays { parts.append(array.with(try array.layout.insertingAxis(at: axis))) }
        return try concatenate(parts, along: axis < 0 ? axis + first.rank + 1 : axis)
    }

    /// Writes the arrays, each of which lies in one piece and has so many blocks, block by block in turns.
    private static func join(_ arrays: [NDArray], blocks: Int, into target: UnsafeMutablePointer<Element>) {
        if blocks == 0 { return }
        var target = UnsafeMutableRawPointer(target)
        let parts = arrays.map {
            (
                start: UnsafeRawPointer($0.base + $0.layout.offset),
                bytes: $0.count / blocks * MemoryLayout<Element>.stride
            )
        }
        for block in 0..<blocks {
            for part in parts {
                target.copyMemory(from: part.start + block * part.bytes, byteCount: part.bytes)
                target += part.bytes
            }
        }
        withExtendedLifetime(arrays) {}
    }

    /// The arrays below one another: along the first axis, one-dimensional ones as rows.
    public static func verticalStack(_ arrays: [NDArray]) throws(NDArrayError) -> NDArray {
        try concatenate(arrays.map { $0.withAxes(atLeast: 2) })
    }

    /// The arrays beside one another: along the second axis, one-dimensional ones along their only one.
    public static func horizontalStack(_ arrays: [NDArray]) throws(NDArrayError) -> NDArray {
        let parts = arrays.map { $0.withAxes(atLeast: 1) }
        return try concatenate(parts, along: parts.first?.rank == 1 ? 0 : 1)
    }

    /// The arrays behind one another: along the third axis, which those of fewer axes get.
    public static func depthStack(_ arrays: [NDArray]) throws(NDArrayError) -> NDArray {
        try concatenate(arrays.map { $0.withAxes(atLeast: 3) }, along: 2)
    }

    /// One-dimensional arrays as the columns of a matrix; two-dimensional ones are taken as they are.
    public static func columnStack(_ arrays: [NDArray]) throws(NDArrayError) -> NDArray {
        try concatenate(arrays.map { $0.rank < 2 ? $0.flattened().insertingAxis(at: 1) : $0 }, along: 1)
    }

    /// Rows of blocks as one array, the blocks of a row along the last axis and the rows along the one before it.
    ///
    /// Blocks of fewer than two axes become rows. Throws when the lengths do not match.
    public static func block(_ rows: [[NDArray]]) throws(NDArrayError) -> NDArray {
        let rank = Swift.max(rows.joined().map(\.rank).max() ?? 2, 2)
        var joined: [NDArray] = []
        for row in rows {
            var blocks: [NDArray] = []
            for block in row {
                let ones = [Int](repeating: 1, count: rank - block.rank)
                blocks.append(try block.reshaped(to: ones + block.shape))
            }
            joined.append(try concatenate(blocks, along: -1))
        }
        return try concatenate(joined, along: -2)
    }

    /// The elements of `other` behind those of this array, both read in row-major order; NumPy's `append`.
    public func appending(_ other: NDArray) -> NDArray {
        orTrap { () throws(NDArrayError) in try NDArray.concatenate([flattened(), other.flattened()]) }
    }

    /// `other` behind this array along `axis`; throws when the other axes differ.
    public func appending(_ other: NDArray, along axis: Int) throws(NDArrayError) -> NDArray {
        try NDArray.concatenate([self, other], along: axis)
    }

    /// This array with axes of length 1 as NumPy's `atleast_1d`, `atleast_2d` and `atleast_3d` add them: a vector
    /// becomes a row, a matrix a picture of one channel.
    public func withAxes(atLeast count: Int) -> NDArray {
        var result = self
        while result.rank < count {
            // The third axis and those beyond come last, the first two in front.
            result = result.insertingAxis(at: result.rank >= 2 ? result.rank : 0)
        }
        return result
    }
}
