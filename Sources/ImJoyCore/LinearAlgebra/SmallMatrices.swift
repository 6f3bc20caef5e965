internal import CImJoyKernels

/// Equations of few unknowns in single or double precision, solved by loops of our own: a call of LAPACK costs more.
enum SmallMatrices<Element: NDLinearElement> {
    private static var mostUnknowns: Int32 { 8 }

    /// Whether ``solve(_:_:batch:)`` is for matrices of that size.
    static func suits(_ size: MatrixSize) -> Bool {
        (1...mostUnknowns).contains(size.rows) && (Element.dtype == .float32 || Element.dtype == .float64)
    }

    /// The solutions of `matrices · x = right`, both repeated to fill `batch`, with shape `batch + [rows, columns]`.
    ///
    /// Throws `.singularMatrix`.
    static func solve(
        _ matrices: NDArray<Element>, _ right: NDArray<Element>, batch: [Int]
    ) throws(NDArrayError) -> NDArray<Element> {
        let columns = right.shape[right.rank - 1]
        let sides = try right.broadcast(to: batch + [right.shape[right.rank - 2], columns])
        return try solve(matrices, batch: batch, columns: columns) { CopyKernels.gather(sides, into: $0) }
    }

    /// The inverses of `matrices`, a stack whose leading axes are `batch`; throws `.singularMatrix`.
    static func inverses(_ matrices: NDArray<Element>, batch: [Int]) throws(NDArrayError) -> NDArray<Element> {
        let size = matrices.shape[matrices.rank - 1]
        return try solve(matrices, batch: batch, columns: size) { sides in
            for place in 0..<matrices.count {
                sides[place] = place % (size * size) % (size + 1) == 0 ? .real(1) : .zero
            }
        }
    }

    /// Solves with the right sides that `writeSides` writes, `columns` of them beside each other for each matrix.
    private static func solve(
        _ matrices: NDArray<Element>, batch: [Int], columns: Int,
        writeSides: (UnsafeMutablePointer<Element>) -> Void
    ) throws(NDArrayError) -> NDArray<Element> {
        let size = matrices.shape[matrices.rank - 1]
        let count = batch.reduce(1, *)
        // Matrices of a stack lie one after the other; a single one may lie anyhow.
        var all = matrices
        if !batch.isEmpty { all = try matrices.broadcast(to: batch + [size, size]).contiguous() }
        let steps = all.layout.strides.suffix(2)
        return try NDArray(uninitialised: batch + [size, columns]) { (solutions) throws(NDArrayError) in
            writeSides(solutions)
            for index in 0..<count {
                var matrix = imjoy_matrix(
                    start: all.base + all.layout.offset + index * size * size, rows: size, columns: size,
                    row_step: steps[steps.startIndex], column_step: steps[steps.startIndex + 1])
                let pivot = imjoy_solve_small(
                    Element.dtype.kernelType, &matrix, solutions + index * size * columns, columns)
                guard pivot == 0 else {
                    let name = batch.isEmpty ? "the matrix" : "matrix \(index) of \(count)"
                    throw NDArrayError.singular(name, pivot: Int32(pivot))
                }
            }
            withExtendedLifetime(all) {}
        }
    }
}
