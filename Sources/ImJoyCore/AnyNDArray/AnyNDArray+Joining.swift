// Joining arrays of different types promotes them to one that holds all, as NumPy does.
extension AnyNDArray {
    /// The arrays one after another along `axis`; see ``NDArray/concatenate(_:along:)``.
    public static func concatenate(_ arrays: [AnyNDArray], along axis: Int = 0) throws(NDArrayError) -> AnyNDArray {
        try join(arrays, .concatenate(axis))
    }

    /// The arrays along a new axis; see ``NDArray/stack(_:along:)``.
    public static func stack(_ arrays: [AnyNDArray], along axis: Int = 0) throws(NDArrayError) -> AnyNDArray {
        try join(arrays, .stack(axis))
    }

    /// The arrays below one another; see ``NDArray/verticalStack(_:)``.
    public static func verticalStack(_ arrays: [AnyNDArray]) throws(NDArrayError) -> AnyNDArray {
        try join(arrays, .vertical)
    }

    /// The arrays beside one another; see ``NDArray/horizontalStack(_:)``.
    public static func horizontalStack(_ arrays: [AnyNDArray]) throws(NDArrayError) -> AnyNDArray {
        try join(arrays, .horizontal)
    }

    /// The arrays behind one another; see ``NDArray/depthStack(_:)``.
    public static func depthStack(_ arrays: [AnyNDArray]) throws(NDArrayError) -> AnyNDArray {
        try join(arrays, .depth)
    }

    /// One-dimensional arrays as columns; see ``NDArray/columnStack(_:)``.
    public static func columnStack(_ arrays: [AnyNDArray]) throws(NDArrayError) -> AnyNDArray {
        try join(arrays, .columns)
    }

    /// `other` behind this array along `axis`.
    public func appending(_ other: AnyNDArray, along axis: Int) throws(NDArrayError) -> AnyNDArray {
        try AnyNDArray.concatenate([self, other], along: axis)
    }

    /// The parts of `values` inserted along `axis`, converted to this array's type; see
    /// ``NDArray/inserting(_:at:along:)``.
    public func inserting(_ values: AnyNDArray, at places: [Int], along axis: Int) throws(NDArrayError) -> AnyNDArray {
        var visitor = Joining(kind: .insert(places, axis), arrays: [self, try values.cast(to: dtype, overflow: .wrap)])
        return try visit(&visitor)
    }

    /// The type that holds the elements of all arrays.
    static func commonType(_ arrays: [AnyNDArray]) throws(NDArrayError) -> DType {
        guard let first = arrays.first else { throw NDArrayError(.emptyArray, "no arrays to join") }
        return DType.promoted(arrays.map(\.dtype)) ?? first.dtype
    }

    private static func join(_ arrays: [AnyNDArray], _ kind: Joining.Kind) throws(NDArrayError) -> AnyNDArray {
        let dtype = try commonType(arrays)
        var same: [AnyNDArray] = []
        for array in arrays { same.append(try array.cast(to: dtype)) }
        var visitor = Joining(kind: kind, arrays: same)
        return try same[0].visit(&visitor)
    }

    private struct Joining: NDArrayVisitor {
        typealias Failure = NDArrayError
        enum Kind {
            case concatenate(Int), stack(Int), vertical, horizontal, depth, columns
            case insert([Int], Int)
        }
        let kind: Kind
        /// All of one type.
        let arrays: [AnyNDArray]

        func visit<T: NDElement>(_ first: NDArray<T>) throws(NDArrayError) -> AnyNDArray {
            let typed = arrays.map { NDArray<T>(storage: $0.storage, layout: $0.layout) }
            switch kind {
            case .concatenate(let axis): return AnyNDArray(try NDArray.concatenate(typed, along: axis))
            case .stack(let axis): return AnyNDArray(try NDArray.stack(typed, along: axis))
            case .vertical: return AnyNDArray(try NDArray.verticalStack(typed))
            case .horizontal: return AnyNDArray(try NDArray.horizontalStack(typed))
            case .depth: return AnyNDArray(try NDArray.depthStack(typed))
            case .columns: return AnyNDArray(try NDArray.columnStack(typed))
            case .insert(let places, let axis):
                return AnyNDArray(try typed[0].inserting(typed[1], at: places, along: axis))
            }
        }
    }
}
