extension NDArray {
    /// A copy of the elements of `span` in row-major order; throws when their number does not fill `shape`.
    public init(_ span: Span<Element>, shape: [Int]) throws(NDArrayError) {
        self = try span.withUnsafeBufferPointer { (buffer) throws(NDArrayError) in try NDArray(buffer, shape: shape) }
    }

    /// Lends the elements in row-major order; copies them first when they lie otherwise.
    public func withSpan<R, E: Error>(_ body: (Span<Element>) throws(E) -> R) throws(E) -> R {
        try withUnsafeElements { (buffer) throws(E) -> R in try body(buffer.span) }
    }

    /// Lends the elements in row-major order for writing, after a copy when others share them.
    public mutating func withMutableSpan<R, E: Error>(
        _ body: (inout MutableSpan<Element>) throws(E) -> R
    ) throws(E) -> R {
        makeUnique()
        if !isContiguous { self = copied() }
        let buffer = UnsafeMutableBufferPointer(start: mutableBase + layout.offset, count: count)
        var span = buffer.mutableSpan
        return try body(&span)
    }

    /// Lends the elements in row-major order as an unsafe buffer; copies them first when they lie otherwise.
    package func withUnsafeElements<R, E: Error>(
        _ body: (UnsafeBufferPointer<Element>) throws(E) -> R
    ) throws(E) -> R {
        let array = contiguous()
        defer { withExtendedLifetime(array.storage) {} }
        return try body(UnsafeBufferPointer(start: array.base + array.layout.offset, count: array.count))
    }

    /// The elements in row-major order as bytes of this machine's order, shared when they already lie so.
    public var bytes: SharedBytes {
        let array = contiguous()
        // An empty part may begin behind the end.
        guard array.count > 0 else { return .empty }
        let start = array.layout.offset * MemoryLayout<Element>.stride
        return SharedBytes(array.storage).slice(start..<start + array.count * MemoryLayout<Element>.stride)
    }
}
