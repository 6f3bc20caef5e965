extension NDArray {
    /// The part that `selectors` name, sharing memory; assigning copies the new elements in, broadcasting them.
    ///
    /// ```swift
    /// let middle = image[100..<200, 100..<200]
    /// let mirrored = image[.all, .step(-1)]
    /// image[0, .all] = row
    /// image[image .> 200] = [0]
    /// ```
    /// Arrays of indices and masks among the selectors give a copy.
    /// Traps on selectors outside the array; ``sliced(_:)`` throws instead.
    public subscript(_ selectors: any AxisSelector...) -> NDArray {
        get { orTrap { () throws(NDArrayError) in try sliced(selectors) } }
        set { orTrap { () throws(NDArrayError) in try assign(newValue, to: selectors) } }
    }

    /// The part that `selectors` name, sharing memory unless there are arrays of indices or masks among them; throws
    /// when they lie outside the array.
    public func sliced(_ selectors: [any AxisSelector]) throws(NDArrayError) -> NDArray {
        if selectors.count == 1, rank > 0, let mask = selectors[0] as? NDArray<Bool>, mask.shape == shape {
            return selected(by: mask)
        }
        if let selection = try AdvancedSelection(selectors, of: layout) { return try gathered(selection) }
        return with(try layout.slicing(selectors))
    }

    /// Copies `source` into the part that `selectors` name, broadcasting it; throws when the shapes do not fit.
    ///
    /// Where arrays of indices name an element more than once, the last of the values stays.
    public mutating func assign(_ source: NDArray, to selectors: [any AxisSelector] = []) throws(NDArrayError) {
        if let selection = try AdvancedSelection(selectors, of: layout) {
            return try scatter(source, selection, selectors) { $1 }
        }
        let target = try layout.slicing(selectors)
        // A source that shares this memory would be overwritten while it is read, and would force a copy of all of it.
        let source = source.storage === storage ? source.copied() : source
        let values = source.with(try source.layout.broadcast(to: target.shape))
        makeUnique()
        // The copy is row-major, so the place of the part may have moved.
        CopyKernels.scatter(values, into: mutableBase, layout: try layout.slicing(selectors))
    }

    /// The same elements in row-major order under another shape, without a copy where the strides allow it.
    ///
    /// One length may be -1 and is worked out from the others. Throws when the number of elements differs.
    public func reshaped(to shape: [Int]) throws(NDArrayError) -> NDArray {
        let (newShape, view) = try layout.reshaped(to: shape)
        if let view { return with(view) }
        return copied().with(.rowMajor(newShape, count: count))
    }

    /// All elements along one axis.
    public func flattened() -> NDArray {
        orTrap { () throws(NDArrayError) in try reshaped(to: [count]) }
    }

    /// This array repeated without a copy to fill `shape`, by NumPy's broadcasting rules.
    public func broadcast(to shape: [Int]) throws(NDArrayError) -> NDArray {
        with(try layout.broadcast(to: shape))
    }

    /// The axes in another order, reversed when none is given; traps on axes that are not there.
    public func transposed(_ axes: [Int]? = nil) -> NDArray {
        orTrap { () throws(NDArrayError) in try permuted(axes ?? Array(shape.indices.reversed())) }
    }

    /// The axes in another order: axis `i` of the result is axis `axes[i]` of this array.
    public func permuted(_ axes: [Int]) throws(NDArrayError) -> NDArray {
        with(try layout.permuted(axes))
    }

    /// One axis read backwards; traps when there is no such axis.
    public func flipped(along axis: Int) -> NDArray {
        with(orTrap { () throws(NDArrayError) in try layout.flipped(along: axis) })
    }

    /// A new axis of length 1 before `axis`; traps when that is no place.
    public func insertingAxis(at axis: Int) -> NDArray {
        with(orTrap { () throws(NDArrayError) in try layout.insertingAxis(at: axis) })
    }
}
