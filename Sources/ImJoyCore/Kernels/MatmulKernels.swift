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

    /// A small product over a very long inner axis, as a sum of products over parts of that axis.
    ///
    /// Where the axis is cut does not depend on the number of threads, and so neither does the result.
    private struct PartialProducts<T: NDNumber> {
        let a: Matrix<T>
        let b: Matrix<T>
        let add: imjoy_binary_kernel
        private static var length: Int { 16_384 }

        /// Nil for other products.
        init?(_ a: Matrix<T>, _ b: Matrix<T>) {
            guard a.rows * b.columns <= narrow * narrow, a.columns >= 2 * Self.length,
                let add = imjoy_find_operation(IMJOY_ADD, T.dtype.kernelType, IMJOY_BOTH_RUNS)
            else { return nil }
            (self.a, self.b, self.add) = (a, b, add)
        }

        func multiply(_ start: UnsafePointer<T>, _ other: UnsafePointer<T>, into target: UnsafeMutablePointer<T>) {
            let size = a.rows * b.columns
            let parts = (a.columns + Self.length - 1) / Self.length
            let storage = NDStorage(byteCount: parts * size * MemoryLayout<T>.stride)
            defer { withExtendedLifetime(storage) {} }
            let sums = storage.base.assumingMemoryBound(to: T.self)
            ComputeThreads.split(parts, grain: 1, nanoseconds: Double(Self.length * size) / 40) { range in
                for part in range {
                    let first = part * Self.length
                    var (x, y) = (a.raw, b.raw)
                    x.start = UnsafeRawPointer(start + first * a.columnStep)
                    y.start = UnsafeRawPointer(other + first * b.rowStep)
                    x.columns = Swift.min(Self.length, a.columns - first)
                    y.rows = x.columns
                    imjoy_matmul(T.dtype.kernelType, &x, &y, sums + part * size)
                }
            }
            target.update(from: sums, count: size)
            for part in 1..<parts { add(target, sums + part * size, target, size) }
        }
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
            if run.count == 1, let partial = PartialProducts(a, b) {
                partial.multiply(a.start + run.a.start, b.start + run.b.start, into: target)
                target += size
                continue
            }
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
