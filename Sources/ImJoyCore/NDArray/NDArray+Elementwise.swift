// The one way from arrays to elementwise kernels: shapes are matched and memory is found here, and nowhere else.
extension NDArray {
    /// This array as a kernel reads it.
    package var operand: Operand<Element> { Operand(base: base, layout: layout) }

    /// This array as a kernel reads it, repeated to fill `shape`.
    package func operand(broadcastTo shape: [Int]) throws(NDArrayError) -> Operand<Element> {
        Operand(base: base, layout: try layout.broadcast(to: shape))
    }

    /// A fresh row-major array, or a reason why there is no memory for it.
    package init(
        uninitialised shape: [Int], fill: (UnsafeMutablePointer<Element>) throws(NDArrayError) -> Void
    ) throws(NDArrayError) {
        let layout = try Layout(shape: shape)
        let storage = try NDStorage(claimedByteCount: layout.count * MemoryLayout<Element>.stride)
        try fill(storage.base.bindMemory(to: Element.self, capacity: layout.count))
        self.init(storage: storage, layout: layout)
    }

    /// A fresh row-major array of the shape of a layout; one that is row-major is shared.
    init(
        uninitialisedLike layout: Layout, fill: (UnsafeMutablePointer<Element>) throws(NDArrayError) -> Void
    ) throws(NDArrayError) {
        guard layout.offset == 0, layout.isContiguous else {
            self = try NDArray(uninitialised: layout.shape, fill: fill)
            return
        }
        let storage = try NDStorage(claimedByteCount: layout.count * MemoryLayout<Element>.stride)
        try fill(storage.base.bindMemory(to: Element.self, capacity: layout.count))
        self.init(storage: storage, layout: layout)
    }

    /// Replaces the elements by those of `kernel`, in place when nobody else sees them.
    package mutating func update(_ kernel: (Operand<Element>, Destination<Element>) -> Void) throws(NDArrayError) {
        if isReusable() {
            kernel(operand, .inPlace)
        } else {
            let source = self
            self = try NDArray(uninitialisedLike: layout) { kernel(source.operand, .fresh($0)) }
            withExtendedLifetime(source.storage) {}
        }
    }

    /// Replaces this array by `kernel` of it and `other`, both broadcast; in place when it fits and nobody else sees it.
    ///
    /// With `keepingShape` it is an error when the result would not have the shape of this array.
    package mutating func update(
        with other: NDArray, keepingShape: Bool = false,
        _ kernel: (Operand<Element>, Operand<Element>, Destination<Element>) -> Void
    ) throws(NDArrayError) {
        defer { withExtendedLifetime(other.storage) {} }
        if shape == other.shape {
            if isReusable() { return kernel(operand, other.operand, .inPlace) }
            let source = self
            self = try NDArray(uninitialisedLike: layout) { kernel(source.operand, other.operand, .fresh($0)) }
            return withExtendedLifetime(source.storage) {}
        }
        let common = try Layout.commonShape(shape, other.shape)
        if keepingShape, common != shape {
            throw NDArrayError(
                .shapeMismatch,
                "an array of shape \(shape) cannot take in the shape \(common) in place; use + instead of +=")
        }
        let second = try other.operand(broadcastTo: common)
        if common == shape, isReusable() {
            kernel(operand, second, .inPlace)
        } else {
            let source = self
            let first = try source.operand(broadcastTo: common)
            self = try NDArray(uninitialised: common) { kernel(first, second, .fresh($0)) }
            withExtendedLifetime(source.storage) {}
        }
    }

    /// Replaces this array by `kernel` of it and one number.
    package mutating func update(
        with scalar: Element, _ kernel: (Operand<Element>, Operand<Element>, Destination<Element>) -> Void
    ) throws(NDArrayError) {
        let repeated = Layout(repeatingOneElementOver: shape, count: count)
        try withUnsafePointer(to: scalar) { (pointer) throws(NDArrayError) in
            let second = Operand(base: pointer, layout: repeated)
            try update { (first, target) in kernel(first, second, target) }
        }
    }

    /// `kernel` of each element in an array of another type.
    package func transformed<Result: NDElement>(
        _ kernel: (Operand<Element>, UnsafeMutablePointer<Result>) -> Void
    ) throws(NDArrayError) -> NDArray<Result> {
        defer { withExtendedLifetime(storage) {} }
        return try NDArray<Result>(uninitialisedLike: layout) { kernel(operand, $0) }
    }

    /// `kernel` of the elements of two arrays, broadcast, in an array of another type.
    package func combined<Other: NDElement, Result: NDElement>(
        with other: NDArray<Other>,
        _ kernel: (Operand<Element>, Operand<Other>, UnsafeMutablePointer<Result>) -> Void
    ) throws(NDArrayError) -> NDArray<Result> {
        defer { withExtendedLifetime((storage, other.storage)) {} }
        if shape == other.shape {
            return try NDArray<Result>(uninitialisedLike: layout) { kernel(operand, other.operand, $0) }
        }
        let common = try Layout.commonShape(shape, other.shape)
        let first = try operand(broadcastTo: common)
        let second = try other.operand(broadcastTo: common)
        return try NDArray<Result>(uninitialised: common) { kernel(first, second, $0) }
    }
}

extension Layout {
    /// One element seen as a whole array of `shape`.
    package init(repeatingOneElementOver shape: [Int], count: Int) {
        self.init(unchecked: shape, strides: [Int](repeating: 0, count: shape.count), offset: 0, count: count)
    }
}
