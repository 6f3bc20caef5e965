internal import ComplexModule
internal import ImJoyCore
internal import ImJoyTestSupport
internal import Testing

// Random polynomials and convolutions are compared with NumPy in NumPyPropertyTests; here are the edges.
@Suite struct PolynomialTests {
    @Test func `leading zeros do not count`() {
        #expect(Polynomial([0, 0, 2, 1]).degree == 1)
        #expect(Polynomial([0, 0]).coefficients.elements == [0])
        #expect(Polynomial([Double]()).degree == 0)
        #expect(Polynomial([0, 1, 2]) == [1, 2] && Polynomial([1]).hashValue == Polynomial([0, 1]).hashValue)
    }

    @Test func `polynomials are read as they are written`() {
        #expect("\(Polynomial([1, 0, -2]))" == "1.0x^2 - 2.0")
        #expect("\(Polynomial([-1, 3, 0]))" == "-1.0x^2 + 3.0x")
        #expect("\(Polynomial([0]))" == "0.0")
    }

    @Test func `arithmetic of polynomials`() throws {
        let p: Polynomial = [1, 2]
        #expect((p * p).coefficients.elements == [1, 4, 4])
        #expect((p * 3)(1) == 9 && (p - p).degree == 0)
        #expect(Polynomial(roots: [1, -1]) == [1, 0, -1])
        #expect((p * p).derivative().coefficients.elements == [2, 4] && p.derivative(5) == [0])
        #expect(p.integral(constant: 7)(0) == 7)
        let (quotient, remainder) = try ([1, 0, 0] as Polynomial).divided(by: [1, 1])
        #expect(quotient == [1, -1] && remainder == [1])
        #expect(try p.divided(by: [1, 0, 0]).quotient == [0])
        #expect(throws: NDArrayError.self) { try p.divided(by: [0]) }
    }

    @Test func `zeros at zero, of constants and of bad polynomials`() throws {
        #expect(try Polynomial([1, -3, 0, 0]).roots().elements.map(\.real).sorted() == [0, 0, 3])
        #expect(try Polynomial([5]).roots().isEmpty && Polynomial([0]).roots().isEmpty)
        #expect(try Polynomial([1, 0, 1]).roots().elements.allSatisfy { abs(abs($0.imaginary) - 1) < 1e-15 })
        #expect(throws: NDArrayError.self) { try Polynomial([1, .nan, 2]).roots() }
    }

    @Test func `a fit tells when the points do not determine it`() throws {
        let x: NDArray<Double> = [1, 1, 1]
        let fit = try Polynomial.fit(x, [2, 3, 4], degree: 1)
        #expect(fit.rank == 1 && fit.residual == nil && abs(fit.polynomial(1) - 3) < 1e-12)
        #expect(throws: NDArrayError.self) { try fit.covariance() }
        let exact = try Polynomial.fit([0, 1], [1, 3], degree: 1)
        #expect(exact.rank == 2 && abs(exact.polynomial(2) - 5) < 1e-12)
        #expect(throws: NDArrayError.self) { try exact.covariance() }
        #expect(try exact.covariance(scaled: false).shape == [2, 2])
        // A line through points of a constant keeps its two coefficients.
        #expect(try Polynomial.fit([1, 2, 3], [4, 4, 4], degree: 1).polynomial.coefficients.count == 2)
        #expect(throws: NDArrayError.self) { try Polynomial.fit([], [], degree: 1) }
        #expect(throws: NDArrayError.self) { try Polynomial.fit([1], [1, 2], degree: 1) }
        #expect(throws: NDArrayError.self) { try Polynomial.fit([1], [1], degree: -1) }
        #expect(throws: NDArrayError.self) { try Polynomial.fit([1, 2], [1, .infinity], degree: 1) }
    }

    @Test func `convolutions through transforms and by the definition agree, and infinity stays where it was`() throws {
        var random = RandomGenerator(seed: 4)
        let a = try random.standardNormal(shape: [900])
        let b = try random.standardNormal(shape: [300])
        let fast = try a.convolved(with: b)
        // 255 elements are below the limit, so the parts take the other way.
        let first = try a.convolved(with: b[0..<150])
        let second = try a.convolved(with: b[150..<300])
        var slow = NDArray<Double>(zeros: [1199])
        slow[0..<1049] = first
        slow[150..<1199] = slow[150..<1199] + second
        #expect((fast - slow).abs().max() < 1e-12)
        var spoilt = a
        spoilt[10] = .infinity
        #expect(try spoilt.convolved(with: b).isFinite.countTrue() == 1199 - 300)
        let complex = a.map { Complex($0, 1) }
        let whole = try complex.convolved(with: b.map { Complex($0) })
        #expect((whole.real - slow).abs().max() < 1e-12)
        #expect(throws: NDArrayError.self) { try a.convolved(with: NDArray(zeros: [0])) }
        #expect(throws: NDArrayError.self) { try a.correlated(with: NDArray(zeros: [2, 2])) }
    }

    @Test func `integers wrap in a convolution`() throws {
        #expect(try NDArray<UInt8>([200, 100]).convolved(with: NDArray([2, 1])).elements == [144, 144, 100])
    }
}
