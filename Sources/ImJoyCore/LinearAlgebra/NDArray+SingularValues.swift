extension NDArray where Element: NDLinearElement {
    /// The singular value decomposition `self = u · diag(s) · vh`; NumPy's `linalg.svd`.
    ///
    /// - Parameter full: true for square `u` and `vh`; otherwise both have only the columns and rows that `s` uses.
    /// - Returns: `u` and `vh` with orthonormal columns and rows, and the singular values in descending order.
    ///
    /// Signs of the vectors are LAPACK's choice (`gesdd`). Throws `.notConverged` for matrices with infinite or
    /// undefined elements.
    public func svd(
        full: Bool = true
    ) throws(NDArrayError) -> (u: NDArray, s: NDArray<Element.RealPart>, vh: NDArray) {
        let size = try MatrixSize(self, "a singular value decomposition")
        let (m, n) = (Int(size.rows), Int(size.columns))
        let short = Swift.min(m, n)
        let u = try MatrixStack<Element>(uninitialised: size.batch, rows: m, columns: full ? m : short)
        let vh = try MatrixStack<Element>(uninitialised: size.batch, rows: full ? n : short, columns: n)
        let s = try decomposed(size, full ? .all : .thin, u, vh)
        if short == 0 {
            // LAPACK leaves nothing in an empty matrix's vectors; any orthonormal ones will do.
            return (try Self.identities(u), s, try Self.identities(vh))
        }
        return (u.array, s, vh.array)
    }

    /// The singular values in descending order along the last axis; NumPy's `linalg.svdvals`.
    public func singularValues() throws(NDArrayError) -> NDArray<Element.RealPart> {
        let size = try MatrixSize(self, "singular values")
        let unused = try MatrixStack<Element>(uninitialised: [], rows: 1, columns: 1)
        return try decomposed(size, .none, unused, unused)
    }

    private static func identities(_ stack: MatrixStack<Element>) throws(NDArrayError) -> NDArray {
        try NDArray.eye(stack.rows, columns: stack.columns).broadcast(
            to: stack.batch + [stack.rows, stack.columns])
    }

    private func decomposed(
        _ size: MatrixSize, _ job: LAPACK.SVDJob, _ u: MatrixStack<Element>, _ vh: MatrixStack<Element>
    ) throws(NDArrayError) -> NDArray<Element.RealPart> {
        try requireFinite("a singular value decomposition")
        let short = Int(Swift.min(size.rows, size.columns))
        let matrices = try MatrixStack(self)
        let library = try LAPACK.get(for: Element.self)
        var workspace = LAPACK.Workspace<Element>()
        defer { withExtendedLifetime((matrices, u, vh)) {} }
        return try NDArray<Element.RealPart>(uninitialised: size.batch + [short]) { (values) throws(NDArrayError) in
            guard short > 0 else { return }
            for index in 0..<matrices.count {
                let place = job == .none ? 0 : index
                let info = library.svd(
                    job, size.rows, size.columns, matrices.start(index), s: values + index * short, u: u.start(place),
                    vt: vh.start(place), &workspace)
                guard info >= 0 else { throw NDArrayError.lapack("a singular value decomposition", shape, info: info) }
                guard info == 0 else {
                    throw NDArrayError(
                        .notConverged, "the singular values of \(matrices.name(index)) were not found (info \(info))")
                }
            }
        }
    }

    /// The pseudo-inverse of Moore and Penrose; NumPy's `linalg.pinv`.
    ///
    /// - Parameter relativeTolerance: singular values below this part of the largest count as zero. By default the
    ///   longer side of the matrices times the rounding error of the type, which is NumPy's `rtol=None`.
    public func pseudoInverse(relativeTolerance: Element.RealPart? = nil) throws(NDArrayError) -> NDArray {
        let (u, s, vh) = try svd(full: false)
        let tolerance = relativeTolerance ?? Self.tolerance(shape)
        if s.isEmpty {
            return try NDArray(claimedZeros: Array(shape.dropLast(2)) + [shape[rank - 1], shape[rank - 2]])
        }
        let cutoff = try s.max(along: [s.rank - 1], keepingAxes: true) * tolerance
        let isLarge = s .> cutoff
        let inverted = try s.reciprocal().replacing(with: 0, where: !isLarge)
        // v scaled column by column, times u*.
        let v = Element.conjugates(of: vh.matrixTransposed())
        let scale = inverted.map(Element.real).insertingAxis(at: inverted.rank - 1)
        return try v.multiplying(by: scale).matmul(Element.conjugates(of: u.matrixTransposed()))
    }

    /// How many rows of each matrix are independent: the singular values above the tolerance.
    ///
    /// - Parameter tolerance: by default the largest singular value times the longer side times the rounding error.
    ///
    /// NumPy's `linalg.matrix_rank`. An array of one axis has rank 1, or 0 when all its elements are zero.
    public func matrixRank(tolerance: Element.RealPart? = nil) throws(NDArrayError) -> NDArray<Int64> {
        if rank < 2 {
            return NDArray<Int64>(scalar: (Element.magnitudes(of: self) .!= 0).any() ? 1 : 0)
        }
        let values = try singularValues()
        if values.isEmpty { return try NDArray<Int64>(claimedZeros: Array(values.shape.dropLast())) }
        let cutoff: NDArray<Element.RealPart>
        if let tolerance {
            cutoff = NDArray<Element.RealPart>(scalar: tolerance)
        } else {
            cutoff = try values.max(along: [values.rank - 1], keepingAxes: true) * Self.tolerance(shape)
        }
        return try (values .> cutoff).cast(to: Int64.self).sum(along: [values.rank - 1])
    }

    /// The longer side of the matrices times the distance from 1 to the next number.
    static func tolerance(_ shape: [Int]) -> Element.RealPart {
        Element.RealPart(Swift.max(shape[shape.count - 2], shape[shape.count - 1])) * Element.RealPart.ulpOfOne
    }
}
