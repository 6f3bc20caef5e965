internal import RealModule

extension NDArray where Element: NDLinearElement {
    /// The solutions `x` of `self · x = rightSide`; NumPy's `linalg.solve`.
    ///
    /// - Parameter rightSide: one axis is one column, everything else is a stack of matrices whose columns are solved
    ///   for one by one. The axes before the last two are broadcast.
    ///
    /// Throws `.singularMatrix` where there is no single solution. Gaussian elimination with the largest pivot of each column:
    /// LAPACK's `getrf` and `getrs`, and a loop of our own for up to eight real unknowns.
    public func solve(_ rightSide: NDArray) throws(NDArrayError) -> NDArray {
        let size = try MatrixSize(self, "solving", square: true)
        let isVector = rightSide.rank == 1
        let right = isVector ? rightSide.insertingAxis(at: 1) : rightSide
        guard right.rank >= 2, right.shape[right.rank - 2] == Int(size.rows) else {
            throw NDArrayError(
                .shapeMismatch, "solving with matrices of shape \(shape) and a right side of shape \(rightSide.shape)")
        }
        let batch = try Layout.commonShape(size.batch, Array(right.shape.dropLast(2)))
        if SmallMatrices<Element>.suits(size) {
            let result = isVector ? batch + [right.shape[0]] : batch + right.shape.suffix(2)
            return try SmallMatrices.solve(self, right, batch: batch).reshaped(to: result)
        }
        let columns = try MatrixSize.int32(right.shape[right.rank - 1], "solving")
        // Row by row in memory, a matrix is its transpose to LAPACK, which can solve with that as well.
        let factors = try MatrixStack(matrixTransposed(), batch: batch)
        let solutions = try MatrixStack(right, batch: batch)
        let library = try LAPACK.get(for: Element.self)
        var pivots = [Int32](repeating: 0, count: Swift.max(Int(size.rows), 1))
        for index in 0..<factors.count {
            let pivot = library.factorLU(size.rows, factors.start(index), pivots: &pivots)
            guard pivot <= 0 else { throw NDArrayError.singular(factors.name(index), pivot: pivot) }
            guard pivot == 0 else { throw NDArrayError.lapack("solving", shape, info: pivot) }
            let info = library.solveTransposed(
                size.rows, columns, factors: factors.start(index), pivots: pivots, solutions.start(index))
            guard info == 0 else { throw NDArrayError.lapack("solving", shape, info: info) }
        }
        withExtendedLifetime(factors) {}
        guard isVector else { return solutions.array }
        return try solutions.array.reshaped(to: batch + [Int(size.rows)])
    }

    /// The inverse matrices; NumPy's `linalg.inv`.
    ///
    /// Throws `.singularMatrix` for a matrix that has none. To solve equations say ``solve(_:)``, which is quicker and
    /// more accurate.
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    public func inverse() throws(NDArrayError) -> NDArray {
        let size = try MatrixSize(self, "an inverse", square: true)
        if SmallMatrices<Element>.suits(size) {
            return try SmallMatrices.inverses(self, batch: size.batch)
        }
        // The inverse of the transpose is the transpose of the inverse, so neither way in nor out turns anything over.
        let inverses = try MatrixStack(matrixTransposed())
        let library = try LAPACK.get(for: Element.self)
        var pivots = [Int32](repeating: 0, count: Swift.max(Int(size.rows), 1))
        var workspace = LAPACK.Workspace<Element>()
        for index in 0..<inverses.count where size.rows > 0 {
            let pivot = library.factorLU(size.rows, inverses.start(index), pivots: &pivots)
            guard pivot <= 0 else { throw NDArrayError.singular(inverses.name(index), pivot: pivot) }
            guard pivot == 0 else { throw NDArrayError.lapack("an inverse", shape, info: pivot) }
            let info = library.invert(size.rows, factors: inverses.start(index), pivots: pivots, &workspace)
            guard info <= 0 else { throw NDArrayError.singular(inverses.name(index), pivot: info) }
            guard info == 0 else { throw NDArrayError.lapack("an inverse", shape, info: info) }
        }
        return inverses.array.matrixTransposed()
    }

    /// The determinants, one for each matrix of a stack; NumPy's `linalg.det`.
    ///
    /// Say `.item` for that of one matrix. A large matrix may have one that is no number of its type; see
    /// ``logDeterminant()``.
    public func determinant() throws(NDArrayError) -> NDArray {
        let (batch, factors) = try triangles("a determinant")
        return try NDArray(uninitialised: batch) { target in
            for (index, factor) in factors.enumerated() {
                let product = factor.diagonal.reduce(Element.real(1)) { $0 * $1 }
                (target + index).initialize(to: factor.isNegated ? Element.zero - product : product)
            }
        }
    }

    /// The sign of each determinant and the natural logarithm of its magnitude; NumPy's `linalg.slogdet`.
    ///
    /// The sign of a complex one is a number on the unit circle. A singular matrix has sign 0 and logarithm -infinity.
    public func logDeterminant() throws(NDArrayError) -> (sign: NDArray, logarithm: NDArray<Element.RealPart>) {
        let (batch, factors) = try triangles("a determinant")
        var signs: [Element] = []
        var logarithms: [Element.RealPart] = []
        for factor in factors {
            let diagonal = NDArray(factor.diagonal)
            let magnitudes = Element.magnitudes(of: diagonal).elements
            var sign = factor.isNegated ? Element.zero - Element.real(1) : Element.real(1)
            var logarithm = Element.RealPart.zero
            for (value, magnitude) in zip(factor.diagonal, magnitudes) {
                // One zero decides; the rest may not be divided by theirs.
                sign = magnitude == 0 ? .zero : sign * (value / Element.real(magnitude))
                logarithm += Element.RealPart.log(magnitude)
                if magnitude == 0 { break }
            }
            signs.append(sign)
            logarithms.append(logarithm)
        }
        return (try NDArray(signs, shape: batch), try NDArray<Element.RealPart>(logarithms, shape: batch))
    }

    /// What the LU factors say about a determinant.
    private struct Triangle {
        var diagonal: [Element]
        /// True after an odd number of row swaps.
        var isNegated: Bool
    }

    private func triangles(_ operation: String) throws(NDArrayError) -> (batch: [Int], factors: [Triangle]) {
        let size = try MatrixSize(self, operation, square: true)
        let factors = try MatrixStack(self)
        let library = try LAPACK.get(for: Element.self)
        let n = Int(size.rows)
        var pivots = [Int32](repeating: 0, count: Swift.max(n, 1))
        var triangles: [Triangle] = []
        for index in 0..<factors.count {
            let matrix = factors.start(index)
            // A positive info is a zero on the diagonal, and the determinant just that.
            let info = library.factorLU(size.rows, matrix, pivots: &pivots)
            guard info >= 0 else { throw NDArrayError.lapack(operation, shape, info: info) }
            let swaps = (0..<n).count { pivots[$0] != Int32($0 + 1) }
            triangles.append(Triangle(diagonal: (0..<n).map { matrix[$0 * (n + 1)] }, isNegated: swaps % 2 == 1))
        }
        withExtendedLifetime(factors) {}
        return (size.batch, triangles)
    }
}

extension NDArrayError {
    static func singular(_ name: String, pivot: Int32) -> NDArrayError {
        NDArrayError(
            .singularMatrix,
            "\(name) is singular: elimination meets nothing but zeros at step \(pivot - 1); pseudoInverse() and leastSquares(_:) take such matrices"
        )
    }
}
