internal import CImJoyKernels

/// Products of two matrices: OpenBLAS for floats, an own loop for integers and for small matrices.
enum MatmulKernels {
    /// A matrix anywhere in memory.
    struct Matrix<Element> {
        var start: UnsafePointer<Element>
        var rows: Int
        var columns: Int
        var rowStep: Int
        var columnStep: Int

        /// The matrix as the C kernels take it.
        fileprivate var raw: imjoy_matrix {
            imjoy_matrix(start: start, rows: rows, columns: columns, row_step: rowStep, column_step: columnStep)
        }

        /// The matrix as OpenBLAS takes it, or nil when that needs a copy.
        func forBLAS() -> OpenBLAS.Matrix<Element>? {
            func fits(_ inner: Int, _ outer: Int, innerLength: Int, outerLength: Int) -> Int32? {
                guard inner == 1 || innerLength == 1 else { return nil }
                // A single row has no step to the next; any value that is large enough will do.
                let step = outerLength == 1 ? innerLength : outer
                guard step >= innerLength else { return nil }
                return Int32(exactly: step)
            }
            if let step = fits(columnStep, rowStep, innerLength: columns, outerLength: rows) {
                return OpenBLAS.Matrix(start: start, isTransposed: false, leadingDimension: step)
            }
            if let step = fits(rowStep, columnStep, innerLength: rows, outerLength: columns) {
                return OpenBLAS.Matrix(start: start, isTransposed: true, leadingDimension: step)
            }
            return nil
        }
    }

    /// Below this many multiplications a call of the library costs more than the product.
    static let smallest = 16 * 16 * 16

    /// `target = a b`, where `target` is in row-major order. Integers wrap. Half precision is widened by the caller.
    static func multiply<T: NDNumber>(_ a: Matrix<T>, _ b: Matrix<T>, into target: UnsafeMutablePointer<T>) {
        precondition(T.dtype != .float16, "products of half precision are computed in single precision")
        var (x, y) = (a.raw, b.raw)
        imjoy_matmul(T.dtype.kernelType, &x, &y, target)
    }
}
