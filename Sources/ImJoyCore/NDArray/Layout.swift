/// Where the elements of an array lie in its storage: lengths, steps and a start, all counted in elements.
///
/// Arithmetic on integers only; no memory is touched here, so every rule can be tested exhaustively.
@usableFromInline
package struct Layout: Hashable, Sendable {
    /// The length of each axis, outermost first.
    @usableFromInline package private(set) var shape: [Int]
    /// Elements from one index to the next along each axis; negative when the axis runs backwards, 0 when it repeats.
    @usableFromInline package private(set) var strides: [Int]
    /// The element at index 0 of every axis.
    @usableFromInline package private(set) var offset: Int
    /// The number of elements.
    package private(set) var count: Int

    /// More axes than NumPy has would only ever come from a damaged file.
    package static let maximumRank = 64

    /// Row-major order from the start of a storage.
    package init(shape: [Int]) throws(NDArrayError) {
        let count = try Layout.elementCount(of: shape)
        self.init(unchecked: shape, strides: Layout.rowMajorStrides(shape), offset: 0, count: count)
    }

    /// Any strides, checked to stay inside a storage of `elementCapacity` elements.
    package init(shape: [Int], strides: [Int], offset: Int, elementCapacity: Int) throws(NDArrayError) {
        let count = try Layout.elementCount(of: shape)
        guard strides.count == shape.count else {
            throw NDArrayError(
                .invalidShape, "\(strides.count) strides \(strides) for the \(shape.count) axes of shape \(shape)")
        }
        var low = offset
        var high = offset
        var overflow = false
        for (length, stride) in zip(shape, strides) where length > 1 {
            let (reach, first) = stride.multipliedReportingOverflow(by: length - 1)
            let (sum, second) = (reach < 0 ? low : high).addingReportingOverflow(reach)
            overflow = overflow || first || second
            if reach < 0 { low = sum } else { high = sum }
        }
        guard count == 0 || (!overflow && low >= 0 && high < elementCapacity) else {
            throw NDArrayError(
                .outOfBounds,
                "strides \(strides) of shape \(shape) from element \(offset) leave the \(elementCapacity) elements there are"
            )
        }
        self.init(unchecked: shape, strides: strides, offset: offset, count: count)
    }

    init(unchecked shape: [Int], strides: [Int], offset: Int, count: Int) {
        self.shape = shape
        self.strides = strides
        self.offset = offset
        self.count = count
    }

    package var rank: Int { shape.count }

    /// True when the elements lie one after another in row-major order.
    package var isContiguous: Bool {
        if count == 0 { return true }
        var expected = 1
        for axis in shape.indices.reversed() where shape[axis] != 1 {
            if strides[axis] != expected { return false }
            expected *= shape[axis]
        }
        return true
    }

    /// The place of the element at `index`, which must have one number per axis, each inside its axis.
    package func position(of index: [Int]) throws(NDArrayError) -> Int {
        guard index.count == rank else {
            throw NDArrayError(
                .outOfBounds, "\(index.count) indices \(index) for an array of \(rank) axes, shape \(shape)")
        }
        var position = offset
        for axis in shape.indices {
            position += try resolvedIndex(index[axis], axis: axis) * strides[axis]
        }
        return position
    }

    /// An index into an axis, counted from the end when negative.
    package func resolvedIndex(_ index: Int, axis: Int) throws(NDArrayError) -> Int {
        let length = shape[axis]
        guard index >= -length, index < length else {
            throw NDArrayError(
                .outOfBounds, "index \(index) is outside axis \(axis) of length \(length) (shape \(shape))")
        }
        return index < 0 ? index + length : index
    }

    /// An axis number, counted from the end when negative.
    package func resolvedAxis(_ axis: Int) throws(NDArrayError) -> Int {
        guard axis >= -rank, axis < rank else {
            throw NDArrayError(.outOfBounds, "axis \(axis) of an array of \(rank) axes, shape \(shape)")
        }
        return axis < 0 ? axis + rank : axis
    }

    /// Axis numbers, each once, counted from the end when negative.
    package func resolvedAxes(_ axes: [Int]) throws(NDArrayError) -> [Int] {
        var resolved: [Int] = []
        for axis in axes {
            let number = try resolvedAxis(axis)
            guard !resolved.contains(number) else {
                throw NDArrayError(.outOfBounds, "axis \(axis) is named twice in \(axes)")
            }
            resolved.append(number)
        }
        return resolved
    }

    /// The product of the lengths, or the reason why there can be no such array.
    package static func elementCount(of shape: [Int]) throws(NDArrayError) -> Int {
        guard shape.count <= maximumRank else {
            throw NDArrayError(.invalidShape, "\(shape.count) axes, at most \(maximumRank) are supported")
        }
        var count = 1
        var isEmpty = false
        for length in shape {
            guard length >= 0 else { throw NDArrayError(.invalidShape, "shape \(shape) has a negative length") }
            if length == 0 { isEmpty = true; continue }
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            // Sixteen bytes is the largest element; beyond this a byte count does not fit an Int.
            guard !overflow, product <= Int.max / 16 else {
                throw NDArrayError(.invalidShape, "shape \(shape) has more elements than memory can hold")
            }
            count = product
        }
        return isEmpty ? 0 : count
    }

    package static func rowMajorStrides(_ shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() {
            strides[axis] = strides[axis + 1] &* Swift.max(shape[axis + 1], 1)
        }
        return strides
    }
}
