public import ComplexModule

/// Which half of a symmetric or Hermitian matrix is read.
public enum MatrixTriangle: Sendable, Hashable {
    /// The elements on the main diagonal and below it.
    case lower
    /// The elements on the main diagonal and above it.
    case upper
}

extension NDArray where Element: NDLinearElement {
    /// Eigenvalues and eigenvectors of square matrices; NumPy's `linalg.eig`.
    ///
    /// - Returns: the values in no particular order, and in column `i` of `vectors` the one of length 1 that belongs to
    ///   value `i`. Both are complex, also where the imaginary parts are all zero and NumPy gives real arrays.
    ///
    /// Throws `.notConverged` for matrices with infinite or undefined elements. Symmetric and Hermitian matrices are
    /// treated better by ``eigh(_:)``. LAPACK's `geev`.
    public func eig() throws(NDArrayError) -> (
        values: NDArray<Complex<Element.RealPart>>, vectors: NDArray<Complex<Element.RealPart>>
    ) {
        let (values, vectors) = try eigen(wantsVectors: true)
        return (values, vectors.matrixTransposed())
    }

    /// The eigenvalues of square matrices in no particular order; NumPy's `linalg.eigvals`.
    public func eigenvalues() throws(NDArrayError) -> NDArray<Complex<Element.RealPart>> {
        try eigen(wantsVectors: false).values
    }

    /// Eigenvalues and, one after another, eigenvectors.
    private func eigen(
        wantsVectors: Bool
    ) throws(NDArrayError) -> (values: NDArray<Complex<Element.RealPart>>, vectors: NDArray<Complex<Element.RealPart>>)
    {
        let size = try MatrixSize(self, "eigenvalues", square: true)
        try requireFinite("eigenvalues")
        let n = Int(size.rows)
        let matrices = try MatrixStack(self)
        let packed = try MatrixStack<Element>(uninitialised: size.batch, rows: n, columns: wantsVectors ? n : 0)
        let library = try LAPACK.get(for: Element.self)
        var workspace = LAPACK.Workspace<Element>()
        // One element more than needed, so that there is an address in any case.
        var first = [Element](repeating: .zero, count: n + 1)
        var second = first
        var values: [Complex<Element.RealPart>] = []
        var vectors: [Complex<Element.RealPart>] = []
        for index in 0..<matrices.count where n > 0 {
            let target = packed.start(index)
            let info = first.withUnsafeMutableBufferPointer { first in
                second.withUnsafeMutableBufferPointer { second in
                    library.eigen(
                        size.rows, matrices.start(index), first: first.baseAddress!, second: second.baseAddress!,
                        vectors: wantsVectors ? target : nil, &workspace)
                }
            }
            guard info >= 0 else { throw NDArrayError.lapack("eigenvalues", shape, info: info) }
            guard info == 0 else {
                throw NDArrayError(
                    .notConverged, "the eigenvalues of \(matrices.name(index)) were not found (info \(info))")
            }
            let found = Self.values(first.prefix(n), second.prefix(n))
            values += found
            if wantsVectors { vectors += Self.vectors(target, found) }
        }
        withExtendedLifetime((matrices, packed)) {}
        return (
            try NDArray<Complex<Element.RealPart>>(values, shape: size.batch + [n]),
            try NDArray<Complex<Element.RealPart>>(vectors, shape: size.batch + (wantsVectors ? [n, n] : [0, 0]))
        )
    }

    private static func values(
        _ first: ArraySlice<Element>, _ second: ArraySlice<Element>
    ) -> [Complex<Element.RealPart>] {
        if Element.dtype.isComplex { return first.map(Element.complex) }
        return zip(first, second).map { Complex(Element.realPart($0), Element.realPart($1)) }
    }

    /// LAPACK packs the vectors of two conjugate eigenvalues of a real matrix as a real and an imaginary column.
    private static func vectors(
        _ packed: UnsafeMutablePointer<Element>, _ values: [Complex<Element.RealPart>]
    ) -> [Complex<Element.RealPart>] {
        let n = values.count
        if Element.dtype.isComplex { return (0..<n * n).map { Element.complex(packed[$0]) } }
        var vectors: [Complex<Element.RealPart>] = []
        var column = 0
        while column < n {
            let real = (0..<n).map { Element.realPart(packed[column * n + $0]) }
            if values[column].imaginary == 0 {
                vectors += real.map { Complex($0) }
                column += 1
            } else {
                let imaginary = (0..<n).map { Element.realPart(packed[(column + 1) * n + $0]) }
                vectors += zip(real, imaginary).map { Complex($0, $1) }
                vectors += zip(real, imaginary).map { Complex($0, -$1) }
                column += 2
            }
        }
        return vectors
    }

    /// Eigenvalues and eigenvectors of symmetric or Hermitian matrices; NumPy's `linalg.eigh`.
    ///
    /// - Parameter triangle: the half that is read; the other one is taken to be its mirror image.
    /// - Returns: the values in ascending order, and in column `i` of `vectors` the one of length 1 that belongs to
    ///   value `i`.
    ///
    /// Signs of the vectors are LAPACK's choice (`syevd`, `heevd`). Throws `.notConverged` for matrices with infinite
    /// or undefined elements.
    public func eigh(
        _ triangle: MatrixTriangle = .lower
    ) throws(NDArrayError) -> (values: NDArray<Element.RealPart>, vectors: NDArray) {
        let vectors = try MatrixStack(self.checkedForEigenvalues())
        return (try hermitianValues(vectors, triangle, wantsVectors: true), vectors.array)
    }

    /// The eigenvalues of symmetric or Hermitian matrices in ascending order; NumPy's `linalg.eigvalsh`.
    public func hermitianEigenvalues(
        _ triangle: MatrixTriangle = .lower
    ) throws(NDArrayError) -> NDArray<Element.RealPart> {
        try hermitianValues(MatrixStack(self.checkedForEigenvalues()), triangle, wantsVectors: false)
    }

    private func checkedForEigenvalues() throws(NDArrayError) -> NDArray {
        _ = try MatrixSize(self, "eigenvalues", square: true)
        try requireFinite("eigenvalues")
        return self
    }

    private func hermitianValues(
        _ matrices: MatrixStack<Element>, _ triangle: MatrixTriangle, wantsVectors: Bool
    ) throws(NDArrayError) -> NDArray<Element.RealPart> {
        let n = try MatrixSize.int32(matrices.rows, "eigenvalues")
        let library = try LAPACK.get(for: Element.self)
        var workspace = LAPACK.Workspace<Element>()
        return try NDArray<Element.RealPart>(uninitialised: matrices.batch + [matrices.rows]) {
            (values) throws(NDArrayError) in
            for index in 0..<matrices.count where n > 0 {
                let info = library.eigenHermitian(
                    n, matrices.start(index), values: values + index * matrices.rows, vectors: wantsVectors,
                    upper: triangle == .upper, &workspace)
                guard info >= 0 else { throw NDArrayError.lapack("eigenvalues", shape, info: info) }
                guard info == 0 else {
                    throw NDArrayError(
                        .notConverged, "the eigenvalues of \(matrices.name(index)) were not found (info \(info))")
                }
            }
            withExtendedLifetime(matrices) {}
        }
    }
}
