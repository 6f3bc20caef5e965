internal import ComplexModule
@testable internal import ImJoyCore
internal import ImJoyTestSupport
internal import Testing

// Random arrays are compared with SciPy in NumPyPropertyTests; here are the edges and the accuracy.
@Suite struct FourierTests {
    /// The definition, in double precision with exact angles.
    private func definition(_ values: [Complex<Double>]) -> [Complex<Double>] {
        let n = values.count
        return (0..<n).map { k in
            (0..<n).reduce(Complex<Double>(0)) { sum, j in
                let (cosine, sine) = UnitRoot.parts(j * k, of: n)
                return sum + values[j] * Complex(cosine, -sine)
            }
        }
    }

    @Test func `every length up to 130 gives the sums of the definition, and the inverse gives the numbers back`()
        throws
    {
        var random = RandomGenerator(seed: 11)
        for length in 1...130 {
            let parts = try random.standardNormal(shape: [length, 2]).elements
            let values = (0..<length).map { Complex(parts[2 * $0], parts[2 * $0 + 1]) }
            let spectrum = try NDArray(values).fft()
            let size = Double(length).squareRoot() * 3
            for (a, b) in zip(spectrum.elements, definition(values)) {
                #expect((a - b).length < 2e-15 * size, "length \(length)")
            }
            for (a, b) in zip(try spectrum.ifft().elements, values) {
                #expect((a - b).length < 6e-15, "length \(length)")
            }
        }
    }

    @Test(arguments: [1009, 1024, 1000, 2 * 1009, 1331])
    func `a pure wave gives one line, and the rest is rounding`(_ length: Int) throws {
        let wave = NDArray<Complex<Double>>(
            (0..<length).map { index in
                let (cosine, sine) = UnitRoot.parts(5 * index, of: length)
                return Complex(cosine, sine)
            })
        let spectrum = try wave.fft()
        #expect(abs(spectrum[5].real - Double(length)) < 1e-12 * Double(length))
        let rest = try spectrum.magnitude.replacing(with: 0, where: NDArray<Int64>.arange(Int64(length)) .== 5)
        // Errors of a few units in the last place of the largest sum, growing with its logarithm at most.
        #expect(rest.max() < 4e-16 * Double(length))
    }

    @Test func `single precision stays single, and real numbers have half a spectrum`() throws {
        let line = NDArray<Float>.arange(10)
        #expect(try line.fft().dtype == .complex64 && line.rfft().shape == [6] && line.rfft().irfft().dtype == .float32)
        #expect(try AnyNDArray(NDArray<Int16>([1, 2, 3])).fftn().dtype == .complex128)
        #expect(try AnyNDArray(NDArray<Float16>([1, 2, 3])).rfftn().dtype == .complex64)
        #expect(try AnyNDArray(NDArray<Bool>([true, false])).irfftn().dtype == .float64)
        #expect(try AnyNDArray(line).ifftn(norm: .forward).shape == [10])
        #expect(throws: NDArrayError.self) { try AnyNDArray(line.fft()).rfftn() }
    }

    @Test func `two axes at once`() throws {
        var random = RandomGenerator(seed: 1)
        let image = try random.random(shape: [2, 6, 5])
        #expect(try image.fft2() == image.fftn(axes: [1, 2]))
        #expect((try image.fft2().ifft2().real - image).abs().max() < 1e-15)
        #expect((try image.rfft2().irfft2(shape: [6, 5]) - image).abs().max() < 1e-15)
        #expect(try image.fftn(axes: []) == image.map { Complex($0) })
    }

    @Test func `lengths and axes that cannot be are refused`() throws {
        let line = NDArray<Double>([1, 2, 3])
        let empty = NDArray<Double>(zeros: [0])
        let refusals: [() throws -> Void] = [
            { _ = try line.fft(axis: 1) }, { _ = try line.fft(length: 0) }, { _ = try line.fft(length: -4) },
            { _ = try line.fft(length: .max) }, { _ = try empty.fft() }, { _ = try empty.rfft() },
            { _ = try NDArray<Double>([1]).irfft() }, { _ = try line.fftn(axes: [0, 0]) },
            { _ = try line.fftn(shape: [3, 3]) }, { _ = try line.fftn(shape: [3], axes: []) },
            { _ = try line.rfftn(axes: []) }, { _ = try line.irfftn(axes: []) }, { _ = try line.dct(.one, length: 1) },
            { _ = try line.fftShifted(axes: [1]) }, { _ = try FFT.frequencies(0) }, { _ = try FFT.realFrequencies(-1) },
            { _ = try FFT.nextFastLength(0) }, { _ = try NDArray<Double>(scalar: 1).fft() },
        ]
        for (number, refusal) in refusals.enumerated() {
            #expect(throws: NDArrayError.self, "refusal \(number)") { try refusal() }
        }
        #expect(try NDArray<Double>(zeros: [0, 4]).fft().shape == [0, 4])
        #expect(try NDArray<Double>(zeros: [4, 0]).dct(axis: 0).shape == [4, 0])
    }

    @Test(arguments: TrigonometricType.allCases)
    func `cosine and sine transforms are undone by their inverses`(_ type: TrigonometricType) throws {
        var random = RandomGenerator(seed: 5)
        for length in 2...20 {
            let values = try random.standardNormal(shape: [length])
            for norm in FFTNorm.allCases {
                #expect((try values.dct(type, norm: norm).idct(type, norm: norm) - values).abs().max() < 1e-14)
                #expect((try values.dst(type, norm: norm).idst(type, norm: norm) - values).abs().max() < 1e-14)
            }
            // An orthogonal matrix keeps lengths.
            #expect(abs(try values.dct(type, norm: .ortho).norm() - values.norm()) < 1e-14 * 10)
        }
    }

    @Test func `plans are kept, but not without bounds`() async throws {
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for length in 1...100 { _ = FFTPlanCache.plan(length + task, of: Float.self) }
                }
            }
        }
        let size = FFTPlanCache.size
        #expect(size.count <= FFTPlanCache.countLimit && size.count > 10)
        #expect(size.byteCount <= FFTPlanCache.byteLimit)
    }

    @Test func `fast lengths are the next products of 2, 3 and 5`() throws {
        func isSmooth(_ number: Int) -> Bool {
            var left = number
            for prime in [2, 3, 5] { while left % prime == 0 { left /= prime } }
            return left == 1
        }
        for length in 1...2000 {
            let fast = try FFT.nextFastLength(length)
            #expect(isSmooth(fast) && fast >= length && !(length..<fast).contains(where: isSmooth), "\(length)")
        }
        for length in 1...500 { #expect(FastLength.factors(of: length).reduce(1, *) == length) }
    }

    @Test func `roots of unity lie where they should`() {
        for denominator in 1...48 {
            for numerator in -denominator..<2 * denominator {
                let (cosine, sine) = UnitRoot.parts(numerator, of: denominator)
                let angle = 2 * Double.pi * Double(numerator) / Double(denominator)
                let (c, s) = (NDArray(scalar: angle).cos().item, NDArray(scalar: angle).sin().item)
                #expect(abs(cosine - c) < 3e-15 && abs(sine - s) < 3e-15)
                #expect(abs(cosine * cosine + sine * sine - 1) < 3e-16)
            }
        }
        #expect(UnitRoot.parts(1, of: 4) == (0, 1) && UnitRoot.parts(1, of: 2) == (-1, 0))
    }
}
