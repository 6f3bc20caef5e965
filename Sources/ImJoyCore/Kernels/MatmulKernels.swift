internal import ComplexModule

/// Products of two matrices: OpenBLAS for floats, an own loop for integers and for small matrices.
enum MatmulKernels {
    /// A matrix anywhere in memory.
    struct Matrix<Element> {
        var start: UnsafePointer<Element>
        var rows: Int
        var columns: Int
        var rowStep: Int
        var columnStep: Int

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

    /// Elements of `b` that stay in the nearest cache while they are used.
    private static let columnsAtOnce = 1024

    /// `target = a b`, where `target` is in row-major order. Integers wrap.
    ///
    /// Rows of `b` are added up four at a time, each times one number of `a`: the inner loop runs along memory, and the
    /// compiler makes vectors of it when `b` has its rows in one piece.
    @specialized(where T == Int8)
    @specialized(where T == Int16)
    @specialized(where T == Int32)
    @specialized(where T == Int64)
    @specialized(where T == UInt8)
    @specialized(where T == UInt16)
    @specialized(where T == UInt32)
    @specialized(where T == UInt64)
    @specialized(where T == Float16)
    @specialized(where T == Float)
    @specialized(where T == Double)
    @specialized(where T == Complex<Float>)
    @specialized(where T == Complex<Double>)
    static func multiply<T: NDNumber>(_ a: Matrix<T>, _ b: Matrix<T>, into target: UnsafeMutablePointer<T>) {
        for first in stride(from: 0, to: b.columns, by: columnsAtOnce) {
            let width = b.columns - first < columnsAtOnce ? b.columns - first : columnsAtOnce
            for row in 0..<a.rows {
                let sums = target + (row &* b.columns &+ first)
                for column in 0..<width { sums[column] = T.zero }
                let factors = a.start + (row &* a.rowStep)
                var inner = 0
                while inner &+ 4 <= a.columns {
                    let (p, q) = (factors[inner &* a.columnStep], factors[(inner &+ 1) &* a.columnStep])
                    let (r, s) = (factors[(inner &+ 2) &* a.columnStep], factors[(inner &+ 3) &* a.columnStep])
                    let x = b.start + (inner &* b.rowStep &+ first &* b.columnStep)
                    let (y, z) = (x + b.rowStep, x + (2 &* b.rowStep))
                    let w = x + (3 &* b.rowStep)
                    addRows(sums, width, b.columnStep) { index in
                        let low = T.wrappingSum(T.wrappingProduct(p, x[index]), T.wrappingProduct(q, y[index]))
                        let high = T.wrappingSum(T.wrappingProduct(r, z[index]), T.wrappingProduct(s, w[index]))
                        return T.wrappingSum(low, high)
                    }
                    inner &+= 4
                }
                while inner < a.columns {
                    let factor = factors[inner &* a.columnStep]
                    let x = b.start + (inner &* b.rowStep &+ first &* b.columnStep)
                    addRows(sums, width, b.columnStep) { T.wrappingProduct(factor, x[$0]) }
                    inner &+= 1
                }
            }
        }
    }

    @inline(__always)
    private static func addRows<T: NDNumber>(
        _ sums: UnsafeMutablePointer<T>, _ count: Int, _ step: Int, _ term: (Int) -> T
    ) {
        if step == 1 {
            for index in 0..<count { sums[index] = T.wrappingSum(sums[index], term(index)) }
        } else {
            for index in 0..<count { sums[index] = T.wrappingSum(sums[index], term(index &* step)) }
        }
    }
}
