// The operations of `NDArray` that move elements, for element types known at run time only. They say there what they do
// and when they throw.
extension AnyNDArray {
    /// All elements along one axis.
    public func flattened() -> AnyNDArray { opened.flattened().erased }

    /// See ``NDArray/broadcast(to:)``.
    public func broadcast(to shape: [Int]) throws(NDArrayError) -> AnyNDArray { with(try layout.broadcast(to: shape)) }

    /// The axes in reverse order.
    public func transposed() -> AnyNDArray {
        orTrap { () throws(NDArrayError) in try permuted(Array(shape.indices.reversed())) }
    }

    /// Several axes, or all of them, read backwards.
    public func flipped(along axes: [Int]? = nil) throws(NDArrayError) -> AnyNDArray {
        try opened.flipped(along: axes ?? Array(shape.indices)).erased
    }

    /// See ``NDArray/rotated(quarterTurns:axes:)``.
    public func rotated(quarterTurns: Int = 1, axes: (Int, Int) = (0, 1)) throws(NDArrayError) -> AnyNDArray {
        try opened.rotated(quarterTurns: quarterTurns, axes: axes).erased
    }

    /// See ``NDArray/swappingAxes(_:_:)``.
    public func swappingAxes(_ first: Int, _ second: Int) throws(NDArrayError) -> AnyNDArray {
        try opened.swappingAxes(first, second).erased
    }

    /// See ``NDArray/movingAxes(_:to:)``.
    public func movingAxes(_ sources: [Int], to destinations: [Int]) throws(NDArrayError) -> AnyNDArray {
        try opened.movingAxes(sources, to: destinations).erased
    }

    /// Without its axes of length 1.
    public func squeezed() -> AnyNDArray { opened.squeezed().erased }

    /// See ``NDArray/squeezed(axes:)``.
    public func squeezed(axes: [Int]) throws(NDArrayError) -> AnyNDArray { try opened.squeezed(axes: axes).erased }

    /// See ``NDArray/insertingAxes(at:)``.
    public func insertingAxes(at places: [Int]) throws(NDArrayError) -> AnyNDArray {
        try opened.insertingAxes(at: places).erased
    }

    /// See ``NDArray/rolled(by:)``.
    public func rolled(by shift: Int) -> AnyNDArray { opened.rolled(by: shift).erased }

    /// See `rolled(by:along:)` of ``NDArray``.
    public func rolled(by shift: Int, along axis: Int) throws(NDArrayError) -> AnyNDArray {
        try opened.rolled(by: shift, along: axis).erased
    }

    /// See ``NDArray/tiled(_:)``.
    public func tiled(_ counts: [Int]) throws(NDArrayError) -> AnyNDArray { try opened.tiled(counts).erased }

    /// See `repeated(_:along:)` of ``NDArray``.
    public func repeated(_ counts: [Int], along axis: Int) throws(NDArrayError) -> AnyNDArray {
        try opened.repeated(counts, along: axis).erased
    }

    /// See ``NDArray/resized(to:)``.
    public func resized(to shape: [Int]) throws(NDArrayError) -> AnyNDArray { try opened.resized(to: shape).erased }

    /// See ``NDArray/deleting(_:along:)``.
    public func deleting(_ places: [Int], along axis: Int) throws(NDArrayError) -> AnyNDArray {
        try opened.deleting(places, along: axis).erased
    }

    /// See ``NDArray/trimmingZeros(front:back:along:)``.
    public func trimmingZeros(
        front: Bool = true, back: Bool = true, along axes: [Int]? = nil
    ) throws(NDArrayError) -> AnyNDArray {
        try opened.trimmingZeros(front: front, back: back, along: axes).erased
    }

    /// See ``NDArray/slidingWindows(_:along:)``.
    public func slidingWindows(_ lengths: [Int], along axes: [Int]? = nil) throws(NDArrayError) -> AnyNDArray {
        try opened.slidingWindows(lengths, along: axes).erased
    }

    /// See ``NDArray/diagonal(offset:axes:)``.
    public func diagonal(offset: Int = 0, axes: (Int, Int) = (0, 1)) throws(NDArrayError) -> AnyNDArray {
        try opened.diagonal(offset: offset, axes: axes).erased
    }

    /// See ``NDArray/diagonalMatrix(offset:)``.
    public func diagonalMatrix(offset: Int = 0) throws(NDArrayError) -> AnyNDArray {
        try opened.diagonalMatrix(offset: offset).erased
    }

    /// See ``NDArray/lowerTriangle(offset:)``.
    public func lowerTriangle(offset: Int = 0) throws(NDArrayError) -> AnyNDArray {
        try opened.lowerTriangle(offset: offset).erased
    }

    /// See ``NDArray/upperTriangle(offset:)``.
    public func upperTriangle(offset: Int = 0) throws(NDArrayError) -> AnyNDArray {
        try opened.upperTriangle(offset: offset).erased
    }

    /// The elements at `indices` along `axis`; see ``NDArray/taking(_:along:outside:)``.
    public func taking(
        _ indices: NDArray<Int64>, along axis: Int, outside rule: IndexRule = .refuse
    ) throws(NDArrayError) -> AnyNDArray {
        try opened.takingAny(indices, along: axis, outside: rule).erased
    }

    /// One element per index, looked up in the index's own lane; see ``NDArray/taking(alongAxis:_:)``.
    public func taking(alongAxis axis: Int, _ indices: NDArray<Int64>) throws(NDArrayError) -> AnyNDArray {
        try opened.takingAny(alongAxis: axis, indices).erased
    }

    /// See ``NDArray/compressed(where:along:)``.
    public func compressed(where condition: NDArray<Bool>, along axis: Int) throws(NDArrayError) -> AnyNDArray {
        try opened.compressed(where: condition, along: axis).erased
    }

    /// This array with more elements around it; see `padded(_:with:)` of ``NDArray``.
    ///
    /// Numbers in the mode are converted as `cast(to:overflow:)` does with `.wrap`.
    public func padded(
        _ widths: [(before: Int, after: Int)], with mode: PaddingMode<Double> = .constant()
    ) throws(NDArrayError) -> AnyNDArray {
        try opened.padded(widths, withNumbers: mode).erased
    }

    /// Copies `source`, converted to this array's type, into the part that `selectors` name, broadcasting it.
    ///
    /// Numbers are converted as NumPy's assignment does: cut off towards zero, with the low bits of integers that are
    /// too large. Throws when the shapes do not fit, and for complex numbers in a real array.
    public mutating func assign(_ source: AnyNDArray, to selectors: [any AxisSelector] = []) throws(NDArrayError) {
        var array = opened
        // Only `array` may hold the memory now, or all of it would be copied.
        self = AnyNDArray(NDArray<Bool>(zeros: [0]))
        defer { self = array.erased }
        try array.assign(any: source, to: selectors)
    }

    /// Writes one whole number to the part that `selectors` name; throws when this array's type cannot hold it.
    public mutating func assign<Number: FixedWidthInteger>(
        _ number: Number, to selectors: [any AxisSelector] = []
    ) throws(NDArrayError) {
        func exact<T: NDInteger>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            guard let value = T(exactly: number) else {
                throw NDArrayError(
                    .outOfBounds, "\(number) does not fit \(T.dtype); cast the array to a larger type first")
            }
            return AnyNDArray(NDArray(scalar: value))
        }
        if let type = dtype.elementType as? any NDInteger.Type {
            try assign(exact(type), to: selectors)
        } else {
            try assign(AnyNDArray(NDArray<Double>(scalar: Double(number))), to: selectors)
        }
    }
}
