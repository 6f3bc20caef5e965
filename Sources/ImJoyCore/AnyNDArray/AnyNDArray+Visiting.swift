/// Work to be done on an array of any element type: ``AnyNDArray/visit(_:)`` calls it with the typed array.
public protocol NDArrayVisitor<Output> {
    /// What the work gives.
    associatedtype Output
    /// What the work throws.
    associatedtype Failure: Error = Never
    /// Does the work on the array under its own element type.
    mutating func visit<T: NDElement>(_ array: NDArray<T>) throws(Failure) -> Output
}

/// Work that needs arithmetic or order: called with real numbers (a `Bool` as bytes of 0 and 1).
public protocol NDRealVisitor<Output> {
    /// What the work gives.
    associatedtype Output
    /// Does the work on the array under its own element type.
    mutating func visit<T: NDReal>(_ array: NDArray<T>) throws(NDArrayError) -> Output
}

// The types are opened existentials: a switch with fourteen concrete types would make the optimizer write every operation
// fourteen times, and take minutes for it.
extension AnyNDArray {
    /// Calls `visitor` with the array under its own element type.
    public func visit<V: NDArrayVisitor>(_ visitor: inout V) throws(V.Failure) -> V.Output {
        func open<T: NDElement>(_ type: T.Type) throws(V.Failure) -> V.Output { try visitor.visit(view(type)) }
        return try open(dtype.elementType)
    }

    /// Calls `visitor` with the array as real numbers; throws for complex ones, which have no order.
    public func visitReal<V: NDRealVisitor>(_ visitor: inout V) throws(NDArrayError) -> V.Output {
        func open<T: NDReal>(_ type: T.Type) throws(NDArrayError) -> V.Output { try visitor.visit(view(type)) }
        guard let type = (dtype == .bool ? DType.uint8 : dtype).realType else {
            throw NDArrayError(.dtypeMismatch, "\(dtype) has no order; take the real part or the magnitude first")
        }
        return try open(type)
    }

    /// The array under a type of the same size and layout.
    private func view<T: NDElement>(_ type: T.Type) -> NDArray<T> {
        NDArray(storage: storage, layout: layout)
    }
}
