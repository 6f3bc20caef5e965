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
        let (size, columns) = (right.shape[right.rank - 2], right.shape[right.rank - 1])
        let count = batch.reduce(1, *)
        // Matrices of a stack lie one after the other; a single one may lie anyhow.
        var all = matrices
        if !batch.isEmpty { all = try matrices.broadcast(to: batch + [size, size]).contiguous() }
        let sides = try right.broadcast(to: batch + [size, columns])
        let steps = all.layout.strides.suffix(2)
        return try NDArray(uninitialised: sides.shape) { (solutions) throws(NDArrayError) in
            CopyKernels.gather(sides, into: solutions)
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
