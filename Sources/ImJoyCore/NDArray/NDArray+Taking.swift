internal import CImJoyKernels
internal import Synchronization

extension NDArray {
    /// The elements at `indices` along `axis`, which the axes of `indices` replace; NumPy's `take`.
    ///
    /// Throws on an axis that is not there and on indices that `rule` refuses.
    public func taking(
        _ indices: some IndexArray, along axis: Int, outside rule: IndexRule = .refuse
    ) throws(NDArrayError) -> NDArray {
        let axis = try layout.resolvedAxis(axis)
        let indices = indices.indexArray
        if rule == .refuse, axis == rank - 1 { return try gathered(indices) }
        let places = try rule.places(
            indices, length: shape[axis], on: "axis \(axis) of shape \(shape)")
        let before = shape[..<axis].reduce(1, *)
        let after = shape[(axis + 1)...].reduce(1, *)
        let length = shape[axis]
        let newShape = Array(shape[..<axis]) + indices.shape + shape[(axis + 1)...]
        return try withUnsafeElements { (source) throws(NDArrayError) in
            try NDArray(uninitialised: newShape) { target in
                guard after > 0, let start = source.baseAddress else { return }
                var target = target
                for block in 0..<before {
                    for place in places {
                        target.initialize(from: start + (block * length + place) * after, count: after)
                        target += after
                    }
                }
            }
        }
    }

    /// The elements at `indices` along the last axis, one by one.
    private func gathered(_ indices: NDArray<Int64>) throws(NDArrayError) -> NDArray {
        // What others may change after it was looked at is copied.
        let indices = indices.storage.isOurs ? indices.contiguous() : indices.copied()
        let length = shape[rank - 1]
        let lanes = shape.dropLast().reduce(1, *)
        defer { withExtendedLifetime(indices.storage) {} }
        if lanes == 0 {
            // Nothing is read, but what would be outside is still refused.
            _ = try IndexRule.refuse.places(indices, length: length, on: "axis \(rank - 1) of shape \(shape)")
        }
        return try withUnsafeElements { (source) throws(NDArrayError) in
            try NDArray(uninitialised: shape.dropLast() + indices.shape) { (target) throws(NDArrayError) in
                let places = indices.base + indices.layout.offset
                guard let start = source.baseAddress else { return }
                let size = MemoryLayout<Element>.stride
                // Beyond the nearer caches each element has to be waited for.
                let cost = length * size > 1 << 19 ? 4.0 : 0.5
                for lane in 0..<lanes {
                    let firstBad = Atomic(indices.count)
                    ComputeThreads.split(indices.count, nanoseconds: cost) { range in
                        let done = imjoy_take(
                            start + lane * length, length, places + range.lowerBound,
                            target + lane * indices.count + range.lowerBound, range.count, size)
                        if done < range.count { firstBad.min(range.lowerBound + done, ordering: .relaxed) }
                    }
                    let bad = firstBad.load(ordering: .relaxed)
                    if bad < indices.count { throw refusal(places[bad], rank - 1) }
                }
            }
        }
    }

    /// The elements at `indices` into all elements in row-major order, in the shape of `indices`.
    ///
    /// Throws on indices that `rule` refuses.
    public func taking(
        _ indices: some IndexArray, outside rule: IndexRule = .refuse
    ) throws(NDArrayError) -> NDArray {
        try flattened().taking(indices, along: 0, outside: rule)
    }

    /// One element per index: each index is looked up along `axis` in the lane that it lies in itself, as the results
    /// of ``argSort(along:)`` and `argMax(along:keepingAxes:)` are meant.
    ///
    /// The other axes of both are broadcast together. Throws when they cannot be, and on indices outside the axis.
    public func taking(
        alongAxis axis: Int, _ indices: some IndexArray
    ) throws(NDArrayError) -> NDArray {
        let (lanes, indices) = try alongAxis(axis, indices.indexArray)
        let axis = try layout.resolvedAxis(axis)
        let (length, step) = (shape[axis], strides[axis])
        let source = base
        defer { withExtendedLifetime((storage, indices.storage)) {} }
        return try NDArray(uninitialised: indices.shape) { (target) throws(NDArrayError) in
            var runs = StridedRuns(indices.layout, lanes)
            var target = target
            while let run = runs.next() {
                for i in 0..<run.count {
                    let index = indices.base[run.a.start + i * run.a.step]
                    guard let place = IndexRule.refuse.place(Int(index), length: length) else {
                        throw refusal(index, axis)
                    }
                    target[i] = source[run.b.start + i * run.b.step + place * step]
                }
                target += run.count
            }
        }
    }

    /// Writes `values`, broadcast to the shape of `indices`, to where ``taking(alongAxis:_:)`` would read; of several
    /// for one place the last one stays.
    ///
    /// Throws when the shapes do not fit, and on indices outside the axis; then nothing is written.
    public mutating func put(
        _ values: NDArray, alongAxis axis: Int, at indices: some IndexArray
    ) throws(NDArrayError) {
        let axis = try layout.resolvedAxis(axis)
        let wide = indices.indexArray
        for index in wide.elements where IndexRule.refuse.place(Int(index), length: shape[axis]) == nil {
            throw refusal(index, axis)
        }
        let (_, all) = try alongAxis(axis, wide)
        guard all.shape.enumerated().allSatisfy({ $0 == axis || $1 == shape[$0] }) else {
            throw NDArrayError(
                .shapeMismatch, "indices of shape \(wide.shape) reach beyond an array of shape \(shape)")
        }
        let values = try values.broadcast(to: all.shape).elements
        makeUnique()
        let (lanes, _) = try alongAxis(axis, wide)
        let (length, step) = (shape[axis], strides[axis])
        var next = 0
        StridedRuns(all.layout, lanes).forEach { run in
            for i in 0..<run.count {
                let index = Int(all.base[run.a.start + i * run.a.step])
                let place = index < 0 ? index + length : index
                mutableBase[run.b.start + i * run.b.step + place * step] = values[next]
                next += 1
            }
        }
        withExtendedLifetime(all.storage) {}
    }

    /// The start of every index's lane, and the indices, both in their common shape.
    private func alongAxis(
        _ axis: Int, _ indices: NDArray<Int64>
    ) throws(NDArrayError) -> (lanes: Layout, indices: NDArray<Int64>) {
        let axis = try layout.resolvedAxis(axis)
        guard indices.rank == rank else {
            throw NDArrayError(
                .shapeMismatch,
                "indices of shape \(indices.shape) for the \(rank) axes of shape \(shape); there must be as many")
        }
        var ours = shape
        ours[axis] = indices.shape[axis]
        let common = try Layout.commonShape(ours, indices.shape)
        // The start of a lane does not depend on the index along the axis.
        var strides = layout.strides
        strides[axis] = 0
        let starts = Layout(unchecked: ours, strides: strides, offset: layout.offset, count: ours.reduce(1, *))
        return (try starts.broadcast(to: common), try indices.broadcast(to: common))
    }

    private func refusal(_ index: Int64, _ axis: Int) -> NDArrayError {
        NDArrayError(.outOfBounds, "index \(index) is outside axis \(axis) of shape \(shape) of length \(shape[axis])")
    }

    /// Writes `values` to the places that `indices` name in row-major order, beginning again when there are fewer.
    ///
    /// Throws on indices that `rule` refuses and when there are no values to write; then nothing is written.
    public mutating func put(
        _ values: NDArray, at indices: some IndexArray, outside rule: IndexRule = .refuse
    ) throws(NDArrayError) {
        let places = try rule.places(
            indices.indexArray, length: count, on: "the elements of shape \(shape)")
        if places.isEmpty { return }
        let values = values.elements
        if values.isEmpty { throw NDArrayError(.emptyArray, "no values to put at \(places.count) indices") }
        var flat = flattened()
        let oldShape = shape
        // Only `flat` may hold the memory while it is written.
        self = NDArray(zeros: [0])
        flat.makeUnique()
        for (number, place) in places.enumerated() { flat[place] = values[number % values.count] }
        self = try flat.reshaped(to: oldShape)
    }

    /// One element per index from the array that it names: `choices[index]` at each place, all of them broadcast.
    ///
    /// Throws when the shapes cannot be broadcast, and on numbers that `rule` refuses.
    public static func choose(
        _ indices: some IndexArray, from choices: [NDArray], outside rule: IndexRule = .refuse
    ) throws(NDArrayError) -> NDArray {
        let indices = indices.indexArray
        let common = try Layout.commonShape([indices.shape] + choices.map(\.shape))
        let places = try rule.places(
            indices.broadcast(to: common), length: choices.count, on: "a list of choices")
        var lists: [[Element]] = []
        for choice in choices { lists.append(try choice.broadcast(to: common).elements) }
        return try NDArray(uninitialised: common) { target in
            for (number, place) in places.enumerated() { target[number] = lists[place][number] }
        }
    }

    /// The parts along `axis` where `condition` is true; a condition that is shorter than the axis leaves the rest out.
    ///
    /// Throws when the condition has more than one axis, or is true beyond the end.
    public func compressed(where condition: NDArray<Bool>, along axis: Int) throws(NDArrayError) -> NDArray {
        guard condition.rank == 1 else {
            throw NDArrayError(.shapeMismatch, "a condition of shape \(condition.shape); it must have one axis")
        }
        return try taking(condition.flatNonzero(), along: axis)
    }

    /// The elements in row-major order where `condition`, read likewise, is true; NumPy's `extract` and `compress`.
    ///
    /// Throws when the condition is true beyond the last element.
    public func compressed(where condition: NDArray<Bool>) throws(NDArrayError) -> NDArray {
        if condition.count <= count { return selected(by: condition) }
        // Beyond the end there may be nothing true, or an error to tell.
        return try flattened().taking(condition.flatNonzero(), along: 0)
    }
}
