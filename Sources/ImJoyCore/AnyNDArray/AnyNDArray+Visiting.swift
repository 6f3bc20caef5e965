internal import ComplexModule

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

extension AnyNDArray {
    /// Calls `visitor` with the array under its own element type.
    public func visit<V: NDArrayVisitor>(_ visitor: inout V) throws(V.Failure) -> V.Output {
        switch dtype {
        case .bool: try visitor.visit(view(Bool.self))
        case .int8: try visitor.visit(view(Int8.self))
        case .int16: try visitor.visit(view(Int16.self))
        case .int32: try visitor.visit(view(Int32.self))
        case .int64: try visitor.visit(view(Int64.self))
        case .uint8: try visitor.visit(view(UInt8.self))
        case .uint16: try visitor.visit(view(UInt16.self))
        case .uint32: try visitor.visit(view(UInt32.self))
        case .uint64: try visitor.visit(view(UInt64.self))
        case .float16: try visitor.visit(view(Float16.self))
        case .float32: try visitor.visit(view(Float.self))
        case .float64: try visitor.visit(view(Double.self))
        case .complex64: try visitor.visit(view(Complex<Float>.self))
        case .complex128: try visitor.visit(view(Complex<Double>.self))
        }
    }

    /// Calls `visitor` with the array as real numbers; throws for complex ones, which have no order.
    public func visitReal<V: NDRealVisitor>(_ visitor: inout V) throws(NDArrayError) -> V.Output {
        switch dtype {
        case .bool, .uint8: try visitor.visit(view(UInt8.self))
        case .int8: try visitor.visit(view(Int8.self))
        case .int16: try visitor.visit(view(Int16.self))
        case .int32: try visitor.visit(view(Int32.self))
        case .int64: try visitor.visit(view(Int64.self))
        case .uint16: try visitor.visit(view(UInt16.self))
        case .uint32: try visitor.visit(view(UInt32.self))
        case .uint64: try visitor.visit(view(UInt64.self))
        case .float16: try visitor.visit(view(Float16.self))
        case .float32: try visitor.visit(view(Float.self))
        case .float64: try visitor.visit(view(Double.self))
        case .complex64, .complex128:
            throw NDArrayError(.dtypeMismatch, "\(dtype) has no order; take the real part or the magnitude first")
        }
    }

    /// The array under a type of the same size and layout.
    private func view<T: NDElement>(_ type: T.Type) -> NDArray<T> {
        NDArray(storage: storage, layout: layout)
    }
}
