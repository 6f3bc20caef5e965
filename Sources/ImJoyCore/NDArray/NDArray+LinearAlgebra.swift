extension NDArray where Element: NDNumber {
    /// The matrix product, by NumPy's rules for `@`.
    ///
    /// The last two axes are matrices, axes before them are broadcast. A one-dimensional array counts as a row on the
    /// left and as a column on the right, and its axis is left out of the result.
    ///
    /// Large products of floats go to OpenBLAS, transposed and row-strided views without a copy; `Float16` is multiplied
    /// as `Float`. Integers wrap. Throws when the shapes do not fit, and `.libraryMissing` when OpenBLAS is needed and not
    /// installed.
    public func matmul(_ other: NDArray) throws(NDArrayError) -> NDArray {
        if let a = self as? NDArray<Float16>, let b = other as? NDArray<Float16> {
            let product: NDArray<Float> = try a.cast(to: Float.self).matmul(b.cast(to: Float.self))
            if let narrow = product.cast(to: Float16.self) as? NDArray { return narrow }
        }
        guard rank > 0, other.rank > 0 else {
            throw NDArrayError(
                .shapeMismatch, "a matrix product of shapes \(shape) and \(other.shape): both need an axis; use *")
        }
        let a = rank == 1 ? insertingAxis(at: 0) : self
        let b = other.rank == 1 ? other.insertingAxis(at: 1) : other
        let (rows, inner) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
        let columns = b.shape[b.rank - 1]
        guard inner == b.shape[b.rank - 2] else {
            throw NDArrayError(
                .shapeMismatch,
                "a matrix product of shapes \(shape) and \(other.shape): \(inner) columns against \(b.shape[b.rank - 2]) rows"
            )
        }
        let batch = try Layout.commonShape(Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2)))
        let product = try NDArray(uninitialised: batch + [rows, columns]) { (target) throws(NDArrayError) in
            try a.multiplyMatrices(b, batch: batch, into: target)
        }
        var shape = product.shape
        if other.rank == 1 { shape.removeLast() }
        if rank == 1 { shape.remove(at: shape.count - (other.rank == 1 ? 1 : 2)) }
        return try product.reshaped(to: shape)
    }

    /// The product of two one-dimensional arrays of equal length; throws for other shapes.
    public func dot(_ other: NDArray) throws(NDArrayError) -> Element {
        guard rank == 1, other.rank == 1 else {
            throw NDArrayError(
                .shapeMismatch, "dot of shapes \(shape) and \(other.shape): both must have one axis; use matmul")
        }
        return try matmul(other).item
    }

    /// Every element of one array times every element of the other, both flattened: shape `[count, other.count]`.
    public func outer(_ other: NDArray) throws(NDArrayError) -> NDArray {
        try reshaped(to: [count, 1]).multiplying(by: other.reshaped(to: [1, other.count]))
    }

    private func multiplyMatrices(
        _ other: NDArray, batch: [Int], into target: UnsafeMutablePointer<Element>
    ) throws(NDArrayError) {
        let (rows, inner, columns) = (shape[rank - 2], shape[rank - 1], other.shape[other.rank - 1])
        let size = rows * columns
        if inner == 0 || size == 0 { return target.initialize(repeating: .zero, count: size * batch.reduce(1, *)) }
        if try multiplyVector(other, into: target) { return }
        let usesLibrary = MatmulKernels.suitsLibrary(Element.dtype, rows: rows, inner: inner, columns: columns)
        defer { withExtendedLifetime((storage, other.storage)) {} }
        guard usesLibrary else {
            let places = StridedRuns(try matrices.broadcast(to: batch), try other.matrices.broadcast(to: batch))
            return MatmulKernels.multiply(matrix(at: 0), other.matrix(at: 0), at: places, into: target)
        }
        let library = try OpenBLAS.get()
        let (a, b) = (readyForBLAS(), other.readyForBLAS())
        defer { withExtendedLifetime((a.storage, b.storage)) {} }
        var runs = StridedRuns(try a.matrices.broadcast(to: batch), try b.matrices.broadcast(to: batch))
        var target = target
        while let run = runs.next() {
            for index in 0..<run.count {
                let first = a.matrix(at: run.a.start + index * run.a.step)
                let second = b.matrix(at: run.b.start + index * run.b.step)
                if let x = first.forBLAS(), let y = second.forBLAS(), let m = Int32(exactly: rows),
                    let n = Int32(exactly: columns), let k = Int32(exactly: inner)
                {
                    library.multiply(x, y, into: target, m: m, n: n, k: k)
                } else {
                    MatmulKernels.multiply(first, second, at: .one, into: target)
                }
                target += size
            }
        }
    }

    /// One matrix times one vector, where both lie as the kernel takes them; false otherwise.
    private func multiplyVector(
        _ other: NDArray, into target: UnsafeMutablePointer<Element>
    ) throws(NDArrayError) -> Bool {
        guard other.rank == 2, rank == 2, other.shape[1] == 1, other.strides[0] == 1 || other.shape[0] == 1 else {
            return false
        }
        defer { withExtendedLifetime((storage, other.storage)) {} }
        return matrix(at: layout.offset).multiply(vector: other.base + other.layout.offset, into: target)
    }

    /// The axes before the last two.
    private var matrices: Layout {
        let outer = shape.dropLast(2)
        return Layout(
            unchecked: Array(outer), strides: Array(strides.dropLast(2)), offset: layout.offset,
            count: outer.reduce(1, *))
    }

    private func matrix(at start: Int) -> MatmulKernels.Matrix<Element> {
        MatmulKernels.Matrix(
            start: base + start, rows: shape[rank - 2], columns: shape[rank - 1], rowStep: strides[rank - 2],
            columnStep: strides[rank - 1])
    }

    /// This array, or a copy of it where the library could not walk its matrices.
    private func readyForBLAS() -> NDArray { matrix(at: 0).forBLAS() == nil ? copied() : self }
}
