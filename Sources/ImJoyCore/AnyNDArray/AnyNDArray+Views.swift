extension AnyNDArray {
    /// The part that `selectors` name, sharing memory; traps when they lie outside, ``sliced(_:)`` throws.
    public subscript(_ selectors: any AxisSelector...) -> AnyNDArray {
        orTrap { () throws(NDArrayError) in try sliced(selectors) }
    }

    /// The part that `selectors` name, sharing memory unless there are arrays of indices or masks among them; throws
    /// when they lie outside the array.
    public func sliced(_ selectors: [any AxisSelector]) throws(NDArrayError) -> AnyNDArray {
        try opened.sliced(selectors).erased
    }

    /// The axes in another order: axis `i` of the result is axis `axes[i]` of this array.
    public func permuted(_ axes: [Int]) throws(NDArrayError) -> AnyNDArray {
        with(try layout.permuted(axes))
    }

    /// The same elements under another shape; see ``NDArray/reshaped(to:)``.
    public func reshaped(to shape: [Int]) throws(NDArrayError) -> AnyNDArray {
        let (newShape, view) = try layout.reshaped(to: shape)
        if let view { return with(view) }
        return AnyNDArray(
            storage: try AnyNDArray(sharing: bytes, dtype: dtype, shape: newShape).storage,
            layout: .rowMajor(newShape, count: count), dtype: dtype)
    }
}
