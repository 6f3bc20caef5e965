internal import ComplexModule
internal import ImJoyCore
internal import ImJoyTestSupport
internal import Testing

// Random matrices are compared with NumPy in NumPyPropertyTests; here are the edges.
@Suite struct DecompositionTests {
    private static let singular = try? NDArray<Double>([1, 2, 2, 4], shape: [2, 2])

    private func code(_ body: () throws -> Void) -> NDArrayError.Code? {
        do { try body() } catch let error as NDArrayError { return error.code } catch {}
        return nil
    }

    @Test func `a singular matrix has no inverse, and the error says which matrix of a stack it is`() throws {
        let singular = try #require(Self.singular)
        let error = try #require(throws: NDArrayError.self) { try singular.inverse() }
        #expect(error.code == .singularMatrix && error.message.contains("the matrix is singular"))
        var stack = try NDArray<Double>.eye(2).broadcast(to: [3, 2, 2])
        stack[1, .all, .all] = singular
        let second = try #require(throws: NDArrayError.self) { try stack.solve(NDArray([1, 2])) }
        #expect(second.code == .singularMatrix && second.message.contains("matrix 1 of 3"))
        #expect(try stack.determinant().elements == [1, 0, 1])
        let (sign, logarithm) = try stack.logDeterminant()
        #expect(sign.elements == [1, 0, 1] && logarithm.elements == [0, -.infinity, 0])
        #expect(try singular.conditionNumber(.columnSum).item == .infinity)
        #expect(try stack.matrixRank().elements == [2, 1, 2])
        #expect(code { _ = try stack.matrixPower(-1) } == .singularMatrix)
    }

    /// One unknown to as many as our own loops solve for, and one more.
    @Test(arguments: 1...9)
    func `a solution solves the equations, however the matrices lie`(_ n: Int) throws {
        var random = RandomGenerator(seed: UInt64(n))
        let stack = try random.random(shape: [3, n, n]) + NDArray.eye(n)
        let right: NDArray<Double> = try random.random(shape: [n, 2])
        let single = stack[1, .all, .all].cast(to: Float.self)
        func expectSolved<T: NDLinearReal>(_ a: NDArray<T>, _ b: NDArray<T>, _ tolerance: T) throws {
            let x = try a.solve(b)
            let product = b.rank == 1 ? try a.matmul(x.insertingAxis(at: x.rank)) : try a.matmul(x)
            let wanted = b.rank == 1 ? b.insertingAxis(at: 1) : b
            let error = try (product - wanted.broadcast(to: product.shape)).abs().max()
            #expect(error < tolerance, "\(T.dtype), \(n) unknowns")
            let identity = try a.matmul(a.inverse()) - NDArray.eye(n)
            #expect(identity.abs().max() < tolerance)
        }
        try expectSolved(stack, right, 1e-11)
        try expectSolved(stack.matrixTransposed(), right, 1e-11)
        try expectSolved(stack[2, .all, .all].transposed(), right[.all, 0], 1e-11)
        try expectSolved(stack[2, .step(-1), .step(-1)], right, 1e-11)
        try expectSolved(single, right.cast(to: Float.self), 1e-3)
        #expect(try stack[0, .all, .all].solve(NDArray(zeros: [n, 0])).shape == [n, 0])
        var pivoting = stack[0, .all, .all]
        pivoting[0, 0] = 0
        if n > 1 { try expectSolved(pivoting, right, 1e-9) }
        pivoting[0, .all] = NDArray(zeros: [n])
        #expect(code { _ = try pivoting.solve(right) } == .singularMatrix)
    }

    @Test func `NaN spreads into a solution`() throws {
        let bad = try NDArray<Double>([0, 1, .nan, 1], shape: [2, 2])
        #expect(try bad.solve(NDArray([1, 2])).isNaN.any() && bad.inverse().isNaN.any())
        let other = try NDArray<Float>([.nan, 1, 0, 1], shape: [2, 2])
        #expect(try other.inverse().isNaN.any())
    }

    @Test func `many equations are solved where the length of a column is no number any more`() throws {
        var random = RandomGenerator(seed: 6)
        let noise: NDArray<Double> = try random.random(shape: [64, 18])
        let wanted = NDArray<Double>.arange(18)
        let right = try noise.matmul(wanted)
        let large = try (noise * 1.5e306).leastSquares(right * 1.5e304).solution * 100
        #expect((large - wanted).abs().max() < 1e-8)
        let small = try (noise * 1e-307).leastSquares(right * 1e-307).solution
        #expect((small - wanted).abs().max() < 1e-8)
    }

    @Test func `many equations are solved as the pseudo-inverse solves them, whatever their rank`() throws {
        var random = RandomGenerator(seed: 5)
        let a = try random.random(shape: [90, 20]) - 0.5
        let b: NDArray<Double> = try random.random(shape: [90, 3])
        let found = try a.leastSquares(b)
        #expect(try (found.solution - a.pseudoInverse().matmul(b)).abs().max() < 1e-12)
        let rest = try (a.matmul(found.solution) - b).square().sum(along: [0])
        #expect((found.residuals - rest).abs().max() < 1e-12 && found.rank == 20)
        #expect((found.singularValues - (try a.singularValues())).abs().max() < 1e-12)
        let vector = try a.leastSquares(b[.all, 1])
        #expect((vector.solution - found.solution[.all, 1]).abs().max() < 1e-12)

        var dependent = a
        dependent[.all, 7] = a[.all, 3] * 2
        let shortest = try dependent.leastSquares(b)
        #expect(shortest.rank == 19 && shortest.residuals.isEmpty)
        #expect(try (shortest.solution - dependent.pseudoInverse().matmul(b)).abs().max() < 1e-10)

        let imaginary: NDArray<Double> = try random.random(shape: [90, 20])
        let complex = a.map { Complex($0) } + imaginary.map { Complex(0, $0) }
        let right = b.map { Complex($0, 1 - $0) }
        let difference = try complex.leastSquares(right).solution - complex.pseudoInverse().matmul(right)
        #expect(difference.magnitude.max() < 1e-12)
    }

    @Test func `a matrix that is not positive definite has no Cholesky factor`() throws {
        let error = try #require(throws: NDArrayError.self) {
            try NDArray<Float>([1, 2, 2, 1], shape: [2, 2]).cholesky()
        }
        #expect(error.code == .notPositiveDefinite && error.message.contains("first 2"))
    }

    @Test(arguments: [Double.nan, .infinity])
    func `undefined elements are refused instead of looked at for ever`(_ bad: Double) throws {
        let matrix = try NDArray([1, bad, 3, 4], shape: [2, 2])
        #expect(code { _ = try matrix.svd() } == .notConverged)
        #expect(code { _ = try matrix.singularValues() } == .notConverged)
        #expect(code { _ = try matrix.eig() } == .notConverged)
        #expect(code { _ = try matrix.eigh() } == .notConverged)
        #expect(code { _ = try matrix.leastSquares(NDArray([1, 2])) } == .notConverged)
        #expect(code { _ = try NDArray<Double>.eye(2).leastSquares(NDArray([1, bad])) } == .notConverged)
    }

    @Test func `shapes that are no matrices, not square or do not fit are refused`() throws {
        let flat = NDArray<Double>([1, 2])
        let wide = NDArray<Double>(ones: [2, 3])
        let square = NDArray<Double>.eye(3)
        let refusals: [() throws -> Void] = [
            { _ = try flat.inverse() }, { _ = try wide.inverse() }, { _ = try wide.determinant() },
            { _ = try wide.eig() }, { _ = try wide.eigh() }, { _ = try wide.cholesky() }, { _ = try flat.svd() },
            { _ = try flat.qr() }, { _ = try square.solve(flat) }, { _ = try square.solve(NDArray(scalar: 1)) },
            { _ = try wide.leastSquares(NDArray([1, 2, 3])) }, { _ = try flat.leastSquares(flat) },
            { _ = try wide.matrixPower(2) }, { _ = try flat.cross(flat) },
            { _ = try wide.inner(flat) }, { _ = try wide.tensordot(wide, along: [0], [1]) },
            { _ = try NDArray.multiDot([wide]) }, { _ = try NDArray.multiDot([flat, wide, wide]) },
            { _ = try NDArray.multiDot([wide, NDArray(ones: [1, 3, 2])]) },
            { _ = try NDArray<Double>(ones: [2, 2, 2]).broadcast(to: [2, 2, 2]).solve(NDArray(ones: [3, 2, 1])) },
        ]
        for (number, refusal) in refusals.enumerated() {
            #expect(code(refusal) == .shapeMismatch, "refusal \(number)")
        }
        #expect(code { _ = try wide.tensordot(wide, axes: 3) } == .outOfBounds)
        #expect(code { _ = try flat.trace() } == .outOfBounds)
        #expect(code { _ = try NDArray<Int32>.eye(2).matrixPower(-1) } == .dtypeMismatch)
        #expect(code { _ = try NDArray<Double>(zeros: [0, 0]).conditionNumber() } == .emptyArray)
        let deep = NDArray<Double>(ones: [Int](repeating: 1, count: 40))
        #expect(code { _ = try deep.kron(deep) } == .invalidShape)
    }

    @Test func `empty matrices give what NumPy gives`() throws {
        let empty = NDArray<Double>(zeros: [0, 0])
        #expect(try empty.determinant().item == 1)
        #expect(try empty.inverse().shape == [0, 0])
        #expect(try empty.eig().vectors.shape == [0, 0])
        #expect(try empty.eigh().values.shape == [0])
        #expect(try empty.cholesky().shape == [0, 0])
        let (u, s, vh) = try NDArray<Double>(zeros: [0, 3]).svd()
        #expect(u.shape == [0, 0] && s.shape == [0] && vh == NDArray<Double>.eye(3))
        let (q, r) = try NDArray<Double>(zeros: [3, 0]).qr(.complete)
        #expect(q == NDArray<Double>.eye(3) && r.shape == [3, 0])
        #expect(try NDArray<Double>(zeros: [0, 3]).qr().q.shape == [0, 0])
        #expect(try NDArray<Double>(zeros: [2, 0]).pseudoInverse().shape == [0, 2])
        #expect(try NDArray<Double>(zeros: [2, 0]).matrixRank().item == 0)
        let stack = NDArray<Float>(zeros: [0, 2, 2])
        #expect(try stack.inverse().shape == [0, 2, 2] && stack.determinant().shape == [0])
        #expect(try stack.eig().values.shape == [0, 2] && stack.svd().u.shape == [0, 2, 2])
        let none = try NDArray<Double>(zeros: [0, 3]).leastSquares(NDArray(zeros: [0, 2]))
        #expect(none.solution == NDArray<Double>(zeros: [3, 2]) && none.rank == 0 && none.residuals.isEmpty)
        let unknown = try NDArray<Double>(zeros: [3, 0]).leastSquares(NDArray(ones: [3, 2]))
        #expect(unknown.solution.shape == [0, 2] && unknown.residuals.elements == [3, 3])
        #expect(try NDArray<Double>(zeros: [0, 3]).matrixNorm().item == 0)
    }

    @Test func `a rotation has complex eigenvalues, and its vectors belong to them`() throws {
        for angle in [0.3, 1.2] {
            let (c, s) = (NDArray(scalar: angle).cos().item, NDArray(scalar: angle).sin().item)
            let matrix = try NDArray<Double>([c, -s, 0, s, c, 0, 0, 0, 2], shape: [3, 3])
            let (values, vectors) = try matrix.eig()
            #expect(values.elements.contains { abs($0.real - c) < 1e-14 && abs($0.imaginary) > 0.1 })
            let left = try matrix.map { Complex($0) }.matmul(vectors)
            #expect((left - vectors * values).magnitude.max() < 1e-14)
            let trace = try matrix.eigenvalues().elements.reduce(0) { $0 + $1.real }
            #expect(abs(trace - (2 * c + 2)) < 1e-13)
        }
    }

    @Test func `the determinant of a large matrix overflows, its logarithm does not`() throws {
        let matrix = NDArray<Double>.eye(400) * -100
        #expect(try matrix.determinant().item == .infinity)
        let (sign, logarithm) = try matrix.logDeterminant()
        #expect(sign.item == 1 && abs(logarithm.item - 400 * NDArray<Double>(scalar: 100).log().item) < 1e-9)
        let complex = try NDArray<Complex<Double>>([Complex(0, 2), 0, 0, 3], shape: [2, 2])
        #expect(try complex.determinant().item == Complex(0, 6))
        #expect(try complex.logDeterminant().sign.item == Complex(0, 1))
    }

    @Test func `half precision and integers are computed in the next type that LAPACK has`() throws {
        let half = AnyNDArray(try NDArray<Float16>([2, 1, 1, 3], shape: [2, 2]))
        #expect(try half.inverse().dtype == .float32)
        let whole = try half.cast(to: .uint8)
        #expect(try whole.inverse().dtype == .float64)
        #expect(try whole.logDeterminant().logarithm.dtype == .float64)
        #expect(try whole.svd().s.dtype == .float64 && whole.svd(full: false).u.shape == [2, 2])
        #expect(try whole.qr().r.dtype == .float64 && whole.cholesky().dtype == .float64)
        #expect(try whole.eig().values.dtype == .complex128 && whole.eigh().values.dtype == .float64)
        #expect(try whole.matmul(half).dtype == .float16)
        #expect(try whole.pseudoInverse(relativeTolerance: 0.9).dtype == .float64)
        #expect(try whole.matrixRank(tolerance: 2).item == 1 && whole.conditionNumber().count == 1)
        #expect(try whole.leastSquares(whole).shape == [2, 2])
        #expect(try whole.matrixNorm(.nuclear).dtype == .float64 && whole.vectorNorm().dtype == .float64)
        let flags = AnyNDArray(NDArray<Bool>([true, false]))
        #expect(code { _ = try flags.matmul(flags) } == .dtypeMismatch)
    }

    @Test func `a pseudo-inverse leaves out what the tolerance says`() throws {
        let matrix = try NDArray<Double>([4, 0, 0, 1], shape: [2, 2])
        #expect(try matrix.pseudoInverse().elements == [0.25, 0, 0, 1])
        #expect(try matrix.pseudoInverse(relativeTolerance: 0.5).elements == [0.25, 0, 0, 0])
        #expect(try NDArray<Float>([0, 0]).matrixRank().item == 0)
    }

    @Test func `einsum says what it cannot read`() throws {
        let a = NDArray<Int32>(ones: [2, 3])
        for text in ["ij->k", "ij->ii", "i", "ijk", "ij,jk", "i1", "ij->i->j", "...i...j", "ij->i.", "i.j"] {
            #expect(code { _ = try NDArray.einsum(text, a) } == .shapeMismatch, "\(text)")
        }
        let error = try #require(throws: NDArrayError.self) { try NDArray.einsum("ij,ij->i", a, a.transposed()) }
        #expect(error.message.contains("'i' has lengths 2 and 3"))
        #expect(code { _ = try NDArray<Int32>.einsum("", operands: []) } == .shapeMismatch)
        #expect(code { _ = try NDArray.einsum("ii->i", NDArray<Int32>(ones: [1, 3])) } == .shapeMismatch)
        #expect(try NDArray.einsum("i j -> j i", a).shape == [3, 2])
        #expect(try NDArray.einsum("ij,kj->ik", a, NDArray(ones: [4, 1])).elements == [Int32](repeating: 3, count: 8))
    }
}
