/// What an array does without knowing what its elements are. ``AnyNDArray`` reaches it through an existential, so that
/// each operation takes one line there.
protocol ElementAgnosticArray {
    var erased: AnyNDArray { get }

    func flattened() -> Self
    func flipped(along axes: [Int]) throws(NDArrayError) -> Self
    func rotated(quarterTurns: Int, axes: (Int, Int)) throws(NDArrayError) -> Self
    func swappingAxes(_ first: Int, _ second: Int) throws(NDArrayError) -> Self
    func movingAxes(_ sources: [Int], to destinations: [Int]) throws(NDArrayError) -> Self
    func squeezed() -> Self
    func squeezed(axes: [Int]) throws(NDArrayError) -> Self
    func insertingAxes(at places: [Int]) throws(NDArrayError) -> Self
    func rolled(by shift: Int) -> Self
    func rolled(by shift: Int, along axis: Int) throws(NDArrayError) -> Self
    func tiled(_ counts: [Int]) throws(NDArrayError) -> Self
    func repeated(_ counts: [Int], along axis: Int) throws(NDArrayError) -> Self
    func resized(to shape: [Int]) throws(NDArrayError) -> Self
    func deleting(_ places: [Int], along axis: Int) throws(NDArrayError) -> Self
    func trimmingZeros(front: Bool, back: Bool, along axes: [Int]?) throws(NDArrayError) -> Self
    func slidingWindows(_ lengths: [Int], along axes: [Int]?) throws(NDArrayError) -> Self
    func diagonal(offset: Int, axes: (Int, Int)) throws(NDArrayError) -> Self
    func diagonalMatrix(offset: Int) throws(NDArrayError) -> Self
    func lowerTriangle(offset: Int) throws(NDArrayError) -> Self
    func upperTriangle(offset: Int) throws(NDArrayError) -> Self
    func sorted(along axis: Int) throws(NDArrayError) -> Self
    func argSort(along axis: Int) throws(NDArrayError) -> NDArray<Int64>
    func partitioned(at places: [Int], along axis: Int) throws(NDArrayError) -> Self
    func argPartition(at places: [Int], along axis: Int) throws(NDArrayError) -> NDArray<Int64>
    func unique() -> Self
    func sliced(_ selectors: [any AxisSelector]) throws(NDArrayError) -> Self
    func takingAny(_ indices: NDArray<Int64>, along axis: Int, outside rule: IndexRule) throws(NDArrayError) -> Self
    func takingAny(alongAxis axis: Int, _ indices: NDArray<Int64>) throws(NDArrayError) -> Self
    func compressed(where condition: NDArray<Bool>, along axis: Int) throws(NDArrayError) -> Self
    var isNonzero: NDArray<Bool> { get }
    func padded(_ widths: [(before: Int, after: Int)], withNumbers mode: PaddingMode<Double>) throws(NDArrayError)
        -> Self
    mutating func assign(any source: AnyNDArray, to selectors: [any AxisSelector]) throws(NDArrayError)
}

extension NDArray: ElementAgnosticArray {
    var erased: AnyNDArray { AnyNDArray(self) }

    func takingAny(_ indices: NDArray<Int64>, along axis: Int, outside rule: IndexRule) throws(NDArrayError) -> NDArray
    {
        try taking(indices, along: axis, outside: rule)
    }

    func takingAny(alongAxis axis: Int, _ indices: NDArray<Int64>) throws(NDArrayError) -> NDArray {
        try taking(alongAxis: axis, indices)
    }

    func padded(
        _ widths: [(before: Int, after: Int)], withNumbers mode: PaddingMode<Double>
    ) throws(NDArrayError) -> NDArray {
        try padded(widths, with: mode.map { NDArray<Double>(scalar: $0).cast(to: Element.self, overflow: .wrap).item })
    }

    mutating func assign(any source: AnyNDArray, to selectors: [any AxisSelector]) throws(NDArrayError) {
        try assign(source.cast(to: Element.self, overflow: .wrap), to: selectors)
    }
}

extension AnyNDArray {
    /// The typed array, its type hidden.
    var opened: any ElementAgnosticArray {
        var visitor = Opener()
        return visit(&visitor)
    }

    private struct Opener: NDArrayVisitor {
        func visit<T: NDElement>(_ array: NDArray<T>) -> any ElementAgnosticArray { array }
    }

    /// The same memory with another layout.
    func with(_ layout: Layout) -> AnyNDArray { AnyNDArray(storage: storage, layout: layout, dtype: dtype) }
}
