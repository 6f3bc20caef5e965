internal import CImJoyKernels

/// Products of two matrices: OpenBLAS for large ones of floats, own loops for integers and for small and narrow ones.
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

        /// The product with a vector that lies in one piece; false where there is no kernel for it.
        func multiply(vector: UnsafePointer<Element>, into target: UnsafeMutablePointer<Element>) -> Bool
        where Element: NDNumber {
            var matrix = raw
            return imjoy_matvec(Element.dtype.kernelType, &matrix, vector, target)
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

    /// Results of at most so many rows and columns stay in registers, where the library would copy more than it computes.
    private static let narrow = 64

    /// Below this many multiplications a call of the library costs more than the product, by tiles of registers that
    /// are filled, or without them.
    private static func smallest(_ dtype: DType, fillsTiles: Bool) -> Int {
        dtype.isComplex || !fillsTiles || imjoy_kernel_level() < 3 ? 16 * 16 * 16 : 160 * 160 * 160
    }

    /// Whether a product is one for the library: not those of integers, small ones, and those of few rows and columns
    /// over a long inner axis.
    static func suitsLibrary(_ dtype: DType, rows: Int, inner: Int, columns: Int) -> Bool {
        // Fewer rows or columns are added up in one long chain by our own loops: the limits of `fills_tiles` in matmul.c.
        let fillsTiles = rows >= 4 && columns >= 8
        if dtype.isInteger || dtype == .bool || rows * columns * inner < smallest(dtype, fillsTiles: fillsTiles) {
            return false
        }
        let isNarrow = max(rows, columns) <= narrow && inner >= 16 * narrow
        return !isNarrow || !fillsTiles || dtype.isComplex
    }

    /// Products of the matrices like `a` and `b` that start at each step of `places`, one after another into `target`,
    /// in row-major order. Integers wrap. Half precision is widened by the caller.
    static func multiply<T: NDNumber>(
        _ a: Matrix<T>, _ b: Matrix<T>, at places: StridedRuns, into target: UnsafeMutablePointer<T>
    ) {
        precondition(T.dtype != .float16, "products of half precision are computed in single precision")
        let type = T.dtype.kernelType
        let size = a.rows * b.columns
        // About forty multiplications are done in a nanosecond.
        let rowCost = Double(a.columns * b.columns) / 40
        var (target, places) = (target, places)
        while let run = places.next() {
            func multiply(_ index: Int, _ rows: Range<Int>) {
                var (x, y) = (a.raw, b.raw)
                x.start = UnsafeRawPointer(a.start + run.a.start + index * run.a.step + rows.lowerBound * a.rowStep)
                x.rows = rows.count
                y.start = UnsafeRawPointer(b.start + run.b.start + index * run.b.step)
                imjoy_matmul(type, &x, &y, target + index * size + rows.lowerBound * b.columns)
            }
            if run.count == 1 {
                // Eight rows or more in each piece, so that the kernel is the same for all of them.
                let groups = max(a.rows / 8, 1)
                ComputeThreads.split(groups, grain: 1, nanoseconds: rowCost * 8) {
                    multiply(0, $0.lowerBound * 8..<($0.upperBound == groups ? a.rows : $0.upperBound * 8))
                }
            } else {
                ComputeThreads.split(run.count, grain: 1, nanoseconds: rowCost * Double(a.rows)) { range in
                    for index in range { multiply(index, 0..<a.rows) }
                }
            }
            target += run.count * size
        }
    }
}
