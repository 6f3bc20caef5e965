/// What ``NDArray/qr(_:)`` makes of a matrix with `m` rows and `n` columns, `k` the smaller of them.
public enum QRMode: Sendable, Hashable {
    /// `q` has `k` columns and `r` has `k` rows.
    case reduced
    /// `q` is square and `r` has `m` rows.
    case complete
}

extension NDArray where Element: NDLinearElement {
    /// The factors of `self = q · r`: orthonormal columns and an upper triangle; NumPy's `linalg.qr`.
    ///
    /// Signs are LAPACK's choice (`geqrf`, by Householder's reflections).
    public func qr(_ mode: QRMode = .reduced) throws(NDArrayError) -> (q: NDArray, r: NDArray) {
        let size = try MatrixSize(self, "a QR factorisation")
        let (m, n) = (Int(size.rows), Int(size.columns))
        let short = Swift.min(m, n)
        let width = mode == .complete ? m : short
        // Q takes the place of the reflectors, so there must be room for all of its columns.
        let matrices = try MatrixStack(self)
        let q = try MatrixStack<Element>(uninitialised: size.batch, rows: m, columns: Swift.max(width, n))
        let r = try MatrixStack<Element>(uninitialised: size.batch, rows: width, columns: n)
        let library = try LAPACK.get(for: Element.self)
        var (factoring, making) = (LAPACK.Workspace<Element>(), LAPACK.Workspace<Element>())
        let tau = try MatrixStack<Element>(uninitialised: [], rows: Swift.max(short, 1), columns: 1)
        for index in 0..<matrices.count {
            let (source, reflectors, triangle) = (matrices.start(index), q.start(index), r.start(index))
            var info: Int32 = 0
            if short > 0 { info = library.factorQR(size.rows, size.columns, source, tau: tau.start(0), &factoring) }
            guard info == 0 else { throw NDArrayError.lapack("a QR factorisation", shape, info: info) }
            for column in 0..<n {
                for row in 0..<width {
                    (triangle + (column * width + row)).initialize(to: row <= column ? source[column * m + row] : .zero)
                }
            }
            reflectors.initialize(repeating: .zero, count: m * Swift.max(width, n))
            reflectors.update(from: source, count: m * n)
            if width > 0 {
                info = library.makeQ(
                    size.rows, Int32(width), reflectors: Int32(short), reflectors, tau: tau.start(0), &making)
            }
            guard info == 0 else { throw NDArrayError.lapack("a QR factorisation", shape, info: info) }
        }
        withExtendedLifetime((matrices, tau)) {}
        let columns: [any AxisSelector] = [.ellipsis, 0..<width]
        return (try q.array.sliced(columns), r.array)
    }

    /// The triangle `l` of `self = l · l*`, or with `upper` the triangle `u` of `self = u* · u`; NumPy's
    /// `linalg.cholesky`.
    ///
    /// Only the triangle that is asked for is read: the matrix is taken to be symmetric, or Hermitian if complex.
    /// Throws `.notPositiveDefinite` where there is no such triangle.
    public func cholesky(upper: Bool = false) throws(NDArrayError) -> NDArray {
        let size = try MatrixSize(self, "a Cholesky factorisation", square: true)
        let n = Int(size.rows)
        let matrices = try MatrixStack(self)
        let library = try LAPACK.get(for: Element.self)
        for index in 0..<matrices.count {
            let matrix = matrices.start(index)
            let info = library.cholesky(size.rows, matrix, upper: upper)
            guard info <= 0 else {
                throw NDArrayError(
                    .notPositiveDefinite,
                    "\(matrices.name(index)) is not positive definite: its first \(info) rows and columns are not")
            }
            guard info == 0 else { throw NDArrayError.lapack("a Cholesky factorisation", shape, info: info) }
            for column in 0..<n {
                for row in 0..<n where upper ? row > column : row < column { matrix[column * n + row] = .zero }
            }
        }
        return matrices.array
    }

    /// Least squares: the `x` for which `self · x` comes nearest to `rightSide`; NumPy's `linalg.lstsq`.
    ///
    /// - Parameters:
    ///   - rightSide: one column, or a matrix of them; as many rows as this matrix.
    ///   - relativeTolerance: singular values below this part of the largest count as zero. By default the longer side
    ///     times the rounding error of the type.
    /// - Returns: of all solutions the shortest; the sum of squares left over in each column, empty unless the rank
    ///   is full and there are more rows than columns; the rank; and the singular values.
    ///
    /// Throws `.notConverged` for infinite or undefined elements. LAPACK's `gelsd`; a matrix of many more rows than columns
    /// is replaced by the triangle of its QR decomposition before.
    public func leastSquares(
        _ rightSide: NDArray, relativeTolerance: Element.RealPart? = nil
    ) throws(NDArrayError) -> LeastSquares<Element> {
        let size = try MatrixSize(self, "least squares")
        let (m, n) = (Int(size.rows), Int(size.columns))
        let isVector = rightSide.rank == 1
        let right = isVector ? rightSide.insertingAxis(at: 1) : rightSide
        guard rank == 2, right.rank == 2, right.shape[0] == m else {
            throw NDArrayError(
                .shapeMismatch,
                "least squares with a matrix of shape \(shape) and a right side of shape \(rightSide.shape)")
        }
        let largest = Swift.max(try requireFinite("least squares"), try right.requireFinite("least squares"))
        // Where a column's length is no number any more, `gelsd` is left to scale the matrix first.
        let mayReduce = (largest * Element.RealPart(2 * m)).isFinite
        let columns = try MatrixSize.int32(right.shape[1], "least squares")
        let short = Swift.min(m, n)
        let matrix = try MatrixStack(self)
        let work = try MatrixStack(right, rows: Swift.max(m, n, 1))
        let library = try LAPACK.get(for: Element.self)
        var found: Int32 = 0
        let values = try NDArray<Element.RealPart>(uninitialised: [short]) { (values) throws(NDArrayError) in
            guard short > 0, columns > 0 else { return values.initialize(repeating: 0, count: short) }
            var workspace = LAPACK.Workspace<Element>()
            let reduced = mayReduce ? try Self.reduced(matrix, columns, work) : nil
            let (rows, equations) = reduced ?? (size.rows, matrix)
            defer { withExtendedLifetime(equations) {} }
            let info = library.leastSquares(
                rows, size.columns, columns, equations.start(0), work.start(0), rowsOfB: Int32(work.rows), s: values,
                threshold: relativeTolerance ?? Self.tolerance(shape), rank: &found, &workspace)
            guard info >= 0 else { throw NDArrayError.lapack("least squares", shape, info: info) }
            guard info == 0 else {
                throw NDArrayError(.notConverged, "the singular values of the matrix were not found (info \(info))")
            }
        }
        withExtendedLifetime(matrix) {}
        let (solution, residuals) = try Self.solutionAndResiduals(
            work, size: (m, n), rank: Int(found), isEmpty: short == 0)
        return LeastSquares(
            solution: isVector ? try solution.reshaped(to: [n]) : solution, residuals: residuals, rank: Int(found),
            singularValues: values)
    }

    /// The triangle that has the solutions and singular values of a matrix of many more rows than columns, and the right side
    /// turned with it: `gelsd` would find the same, by blocks that are too wide for so few columns (16 to 128).
    ///
    /// Nil for other matrices, with nothing done.
    private static func reduced(
        _ matrix: MatrixStack<Element>, _ columns: Int32, _ right: MatrixStack<Element>
    ) throws(NDArrayError) -> (rows: Int32, triangle: MatrixStack<Element>)? {
        let (m, n) = (matrix.rows, matrix.columns)
        let width = Int(LAPACK.blockWidth)
        guard (width...8 * width).contains(n), m >= 2 * n else { return nil }
        let scratch = try NDArray<Element>(uninitialised: [width * (n + Swift.max(n, Int(columns)))]) { _ in }
        let triangle = try MatrixStack<Element>(uninitialised: [], rows: n, columns: n)
        let (source, target) = (matrix.start(0), triangle.start(0))
        let info = try LAPACK.get(for: Element.self).reduceToTriangle(
            Int32(m), Int32(n), source, columns, right.start(0), scratch: scratch.mutableBase)
        guard info == 0 else { throw NDArrayError.lapack("least squares", [m, n], info: info) }
        withExtendedLifetime(scratch) {}
        for column in 0..<n {
            (target + column * n).initialize(from: source + column * m, count: column + 1)
            (target + (column * n + column + 1)).initialize(repeating: .zero, count: n - column - 1)
        }
        return (Int32(n), triangle)
    }

    /// The first `n` rows of what `gelsd` leaves are the solution, the squares of the others what is left over.
    private static func solutionAndResiduals(
        _ work: MatrixStack<Element>, size: (m: Int, n: Int), rank: Int, isEmpty: Bool
    ) throws(NDArrayError) -> (NDArray, NDArray<Element.RealPart>) {
        let (m, n) = size
        let none = NDArray<Element.RealPart>(zeros: [0])
        if isEmpty {
            // Without equations or unknowns zero is the shortest solution.
            let right = work.array(rows: m)
            let solution = try NDArray(claimedZeros: [n, work.columns])
            return (solution, n == 0 && m > 0 ? try Element.squaredMagnitudes(of: right).sum(along: [0]) : none)
        }
        let rest = try work.array.sliced([n..<Swift.max(m, n), .all] as [any AxisSelector])
        let residuals = rank == n && m > n ? try Element.squaredMagnitudes(of: rest).sum(along: [0]) : none
        return (work.array(rows: n), residuals)
    }
}

/// What ``NDArray/leastSquares(_:relativeTolerance:)`` finds.
public struct LeastSquares<Element: NDLinearElement>: Sendable {
    /// The shortest of the best solutions, one column for each column of the right side.
    public var solution: NDArray<Element>
    /// The squared distance that is left in each column; empty where there is none, or too low a rank to tell.
    public var residuals: NDArray<Element.RealPart>
    /// The number of independent columns.
    public var rank: Int
    /// The singular values of the matrix in descending order.
    public var singularValues: NDArray<Element.RealPart>
}
