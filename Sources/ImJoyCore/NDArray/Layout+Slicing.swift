extension Layout {
    /// The part that `selectors` name, outermost axis first; axes not mentioned are kept whole.
    package func slicing(_ selectors: [any AxisSelector]) throws(NDArrayError) -> Layout {
        let kinds = selectors.map(\.axisSlice.kind)
        let consumed = kinds.reduce(0) { $0 + $1.axisCount }
        guard kinds.count(where: { $0 == .ellipsis }) <= 1 else {
            throw NDArrayError(.outOfBounds, "more than one .ellipsis among \(kinds.count) selectors")
        }
        guard consumed <= rank else {
            throw NDArrayError(.outOfBounds, "\(consumed) selectors for the \(rank) axes of shape \(shape)")
        }
        var result = Builder(self)
        for kind in kinds {
            switch kind {
            case .ellipsis: for _ in 0..<(rank - consumed) { result.keepAxis() }
            case .newAxis: result.addAxis()
            case .index(let index): try result.pick(index)
            case .range(let from, let to): try result.narrow(from: from, to: to)
            case .slice(let from, let to, let step): try result.slice(from: from, to: to, step: step)
            case .indices, .mask:
                throw NDArrayError(.outOfBounds, "arrays of indices give no view; slice the array itself")
            }
        }
        while result.axis < rank { result.keepAxis() }
        return try result.layout()
    }

    private struct Builder {
        let source: Layout
        var axis = 0
        var shape: [Int] = []
        var strides: [Int] = []
        var offset: Int

        init(_ source: Layout) {
            self.source = source
            offset = source.offset
        }

        mutating func append(_ length: Int, stride: Int, start: Int) {
            // An empty selection must not move the start out of the storage.
            if length > 0 { offset += start * source.strides[axis] }
            shape.append(length)
            strides.append(stride)
            axis += 1
        }

        mutating func keepAxis() { append(source.shape[axis], stride: source.strides[axis], start: 0) }

        mutating func addAxis() {
            shape.append(1)
            strides.append(0)
        }

        mutating func pick(_ index: Int) throws(NDArrayError) {
            offset += try source.resolvedIndex(index, axis: axis) * source.strides[axis]
            axis += 1
        }

        mutating func narrow(from: Int?, to: Int?) throws(NDArrayError) {
            let length = source.shape[axis]
            let lower = from ?? 0
            let upper = to ?? length
            guard lower >= 0, upper <= length, lower <= upper else {
                throw NDArrayError(
                    .outOfBounds,
                    "range \(lower)..<\(upper) is outside axis \(axis) of length \(length) (shape \(source.shape)); use .slice(from:to:by:) for NumPy's rules"
                )
            }
            append(upper - lower, stride: source.strides[axis], start: lower)
        }

        mutating func slice(from: Int?, to: Int?, step: Int) throws(NDArrayError) {
            guard step != 0 else { throw NDArrayError(.outOfBounds, "the step of axis \(axis) is 0") }
            let length = source.shape[axis]
            let (lowest, highest) = step > 0 ? (0, length) : (-1, length - 1)
            func clamp(_ bound: Int) -> Int {
                Swift.min(Swift.max(bound < 0 ? bound + length : bound, lowest), highest)
            }
            let start = from.map(clamp) ?? (step > 0 ? 0 : length - 1)
            let stop = to.map(clamp) ?? (step > 0 ? length : -1)
            let span = step > 0 ? stop - start : start - stop
            let selected = span <= 0 ? 0 : Int((UInt(span) - 1) / step.magnitude) + 1
            // A step beyond the axis selects one element; its stride is never used and must not overflow.
            append(selected, stride: selected > 1 ? source.strides[axis] * step : source.strides[axis], start: start)
        }

        func layout() throws(NDArrayError) -> Layout {
            Layout(unchecked: shape, strides: strides, offset: offset, count: try Layout.elementCount(of: shape))
        }
    }

    /// The axes in another order: axis `i` of the result is axis `axes[i]` of this layout.
    package func permuted(_ axes: [Int]) throws(NDArrayError) -> Layout {
        let order = try resolvedAxes(axes)
        guard order.count == rank else {
            throw NDArrayError(.outOfBounds, "\(axes.count) axes \(axes) for the \(rank) axes of shape \(shape)")
        }
        return Layout(
            unchecked: order.map { shape[$0] }, strides: order.map { strides[$0] }, offset: offset, count: count)
    }

    /// The same axis read from the other end.
    package func flipped(along axis: Int) throws(NDArrayError) -> Layout {
        let axis = try resolvedAxis(axis)
        var flipped = strides
        flipped[axis] = -strides[axis]
        let start = count == 0 ? offset : offset + (shape[axis] - 1) * strides[axis]
        return Layout(unchecked: shape, strides: flipped, offset: start, count: count)
    }

    /// A new axis of length 1 before axis `axis`, which may be one past the last; negative numbers count from the end.
    package func insertingAxis(at axis: Int) throws(NDArrayError) -> Layout {
        let place = axis < 0 ? axis + rank + 1 : axis
        guard place >= 0, place <= rank else {
            throw NDArrayError(.outOfBounds, "a new axis at \(axis) of an array of \(rank) axes, shape \(shape)")
        }
        var newShape = shape
        var newStrides = strides
        newShape.insert(1, at: place)
        newStrides.insert(0, at: place)
        return Layout(unchecked: newShape, strides: newStrides, offset: offset, count: count)
    }

    /// Another shape over the same elements in row-major order, or nil when that needs a copy.
    ///
    /// One length may be -1 and is worked out from the others.
    package func reshaped(to requested: [Int]) throws(NDArrayError) -> (shape: [Int], layout: Layout?) {
        let newShape = try Layout.inferringLength(requested, count: count, from: shape)
        if isContiguous {
            let layout = Layout(
                unchecked: newShape, strides: Layout.rowMajorStrides(newShape), offset: offset, count: count)
            return (newShape, layout)
        }
        return (newShape, reshapedView(newShape))
    }

    private static func inferringLength(_ requested: [Int], count: Int, from shape: [Int]) throws(NDArrayError) -> [Int]
    {
        var newShape = requested
        if let unknown = requested.firstIndex(of: -1) {
            newShape[unknown] = 1
            let known = try elementCount(of: newShape)
            guard known > 0, count % known == 0 else {
                throw NDArrayError(
                    .shapeMismatch, "the \(count) elements of shape \(shape) do not divide into \(requested)")
            }
            newShape[unknown] = count / known
        }
        guard try elementCount(of: newShape) == count else {
            throw NDArrayError(.shapeMismatch, "the \(count) elements of shape \(shape) do not fill shape \(requested)")
        }
        return newShape
    }

    /// Splits and joins axes of a strided layout where the strides allow it.
    private func reshapedView(_ newShape: [Int]) -> Layout? {
        var newStrides = [Int](repeating: 0, count: newShape.count)
        let old = shape.indices.filter { shape[$0] != 1 }
        var source = old.startIndex
        var target = 0
        while source < old.endIndex {
            // Take the shortest groups of old and new axes with equally many elements.
            var sourceEnd = source + 1
            var targetEnd = target
            var sourceCount = shape[old[source]]
            var targetCount = 1
            while targetEnd < newShape.count, targetCount != sourceCount || targetEnd == target {
                if targetCount < sourceCount || targetEnd == target {
                    targetCount *= newShape[targetEnd]
                    targetEnd += 1
                } else {
                    sourceCount *= shape[old[sourceEnd]]
                    sourceEnd += 1
                }
            }
            while sourceCount < targetCount, sourceEnd < old.endIndex {
                sourceCount *= shape[old[sourceEnd]]
                sourceEnd += 1
            }
            guard sourceCount == targetCount else { return nil }
            for axis in source..<(sourceEnd - 1)
            where strides[old[axis]] != strides[old[axis + 1]] * shape[old[axis + 1]] {
                return nil
            }
            var stride = strides[old[sourceEnd - 1]]
            for axis in (target..<targetEnd).reversed() {
                newStrides[axis] = stride
                stride *= newShape[axis]
            }
            source = sourceEnd
            target = targetEnd
        }
        return Layout(unchecked: newShape, strides: newStrides, offset: offset, count: count)
    }
}
