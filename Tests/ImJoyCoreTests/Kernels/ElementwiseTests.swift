internal import ComplexModule
internal import ImJoyCore
internal import ImJoyTestSupport
internal import Testing

@Suite struct ElementwiseTests {
    /// A loop over indices with broadcasting done by hand.
    private func reference<R: NDElement>(
        _ a: NDArray<Int32>, _ b: NDArray<Int32>, _ op: @escaping (Int32, Int32) -> R
    ) throws -> ReferenceArray<R> {
        let common = try Layout.commonShape(a.shape, b.shape)
        func element(_ array: NDArray<Int32>, _ index: [Int]) -> Int32 {
            let own = index.suffix(array.rank)
            return array[at: zip(own, array.shape).map { $1 == 1 ? 0 : $0 }]
        }
        return ReferenceArray(shape: common) { op(element(a, $0), element(b, $0)) }
    }

    @Test func `two arrays combine as in a loop, whatever their layouts`() throws {
        for shape in EveryLayout.shapes(upToRank: 3, longest: 2) {
            let examples = try EveryLayout.examples(shape: shape)
            for (index, a) in examples.enumerated() {
                let b = examples[(index * 5 + 1) % examples.count].array * 3 + 1
                expectEqual(a.array - b, try reference(a.array, b) { $0 - $1 }, "\(a)")
                expectEqual(a.array .< b, try reference(a.array, b) { $0 < $1 }, "\(a)")
            }
        }
    }

    @Test func `arrays of different shapes are broadcast as in a loop`() throws {
        let shapes = EveryLayout.shapes(upToRank: 3, longest: 2)
        let examples = try shapes.map { try EveryLayout.examples(shape: $0) }
        for (index, a) in shapes.enumerated() {
            for (other, b) in shapes.enumerated() where (try? Layout.commonShape(a, b)) != nil {
                let (x, y) = (examples[index], examples[other])
                let (first, second) = (x[index % x.count].array, y[(index * 3) % y.count].array)
                expectEqual(first + second, try reference(first, second) { $0 + $1 })
                expectEqual(second * first, try reference(second, first) { $0 * $1 })
            }
        }
    }

    @Test func `a number on either side`() {
        let array = NDArray<Int32>([1, 2, 3])
        #expect((array + 10).elements == [11, 12, 13])
        #expect((10 - array).elements == [9, 8, 7])
        #expect((array * 2 - 1).elements == [1, 3, 5])
        #expect((1 / NDArray<Float>([2, 4])).elements == [0.5, 0.25])
        #expect((array .>= 2).elements == [false, true, true])
        #expect((2 .< array).elements == [false, false, true])
    }

    @Test func `integers wrap`() {
        #expect((NDArray<UInt8>([200, 255]) + 100).elements == [44, 99])
        #expect((-NDArray<Int8>([-128, 1])).elements == [-128, -1])
        #expect((NDArray<Int64>([.max]) * 2).elements == [-2])
        #expect(NDArray<Int8>([-128]).abs().elements == [-128])
        #expect((-NDArray<UInt8>([1])).elements == [255])
    }

    @Test func `division by zero is what NumPy makes of it`() {
        let integers = NDArray<Int32>([7, -7, .min])
        #expect(integers.flooredQuotient(dividingBy: NDArray([0, 0, -1])).elements == [0, 0, .min])
        #expect(integers.flooredRemainder(dividingBy: NDArray([0, 2, -1])).elements == [0, 1, 0])
        #expect((NDArray<Float>([1, -1, 0]) / 0).description == "[ inf -inf  nan]")
    }

    @Test func `named forms throw where operators trap`() {
        let (a, b) = (NDArray<Float>(zeros: [2, 3]), NDArray<Float>(zeros: [4]))
        let operations: [(String, (NDArray<Float>, NDArray<Float>) throws -> NDArray<Float>)] = [
            ("adding", { try $0.adding($1) }), ("subtracting", { try $0.subtracting($1) }),
            ("multiplying", { try $0.multiplying(by: $1) }), ("dividing", { try $0.dividing(by: $1) }),
        ]
        for (name, operation) in operations {
            let error = #expect(throws: NDArrayError.self, "\(name)") { try operation(a, b) }
            #expect(error?.code == .shapeMismatch)
            #expect(error?.message.contains("[2, 3] and [4]") == true)
        }
    }

    @Test func `masks select, combine and count`() throws {
        let array = NDArray<Int32>.arange(6)
        let mask = (array .> 1) & (array .< 4)
        #expect(mask.elements == [false, false, true, true, false, false])
        #expect((!mask).countTrue() == 4)
        #expect((mask | (array .== 0)).countTrue() == 3)
        #expect((mask ^ mask).any() == false)
        #expect(
            try NDArray.select(where: mask, array, otherwise: NDArray(scalar: -1)).elements == [-1, -1, 2, 3, -1, -1])
        #expect(try array.replacing(with: 0, where: mask).elements == [0, 1, 0, 0, 4, 5])
    }

    @Test func `select broadcasts all three as in a loop`() throws {
        let mask = NDArray([true, false])
        let column = try NDArray<Int32>([1, 2, 3], shape: [3, 1])
        let result = try NDArray.select(where: mask, column, otherwise: NDArray(scalar: 0))
        #expect(result.shape == [3, 2])
        #expect(result.elements == [1, 0, 2, 0, 3, 0])
    }

    @Test func `NaN is unequal, unordered and contagious`() {
        let array = NDArray<Double>([.nan, 1])
        #expect((array .== array).elements == [false, true])
        #expect((array .!= array).elements == [true, false])
        #expect(array != array)
        #expect(NDArray.maximum(array, NDArray(scalar: 0))[0].isNaN)
        #expect(NDArray.minimum(NDArray(scalar: 0), array)[0].isNaN)
        #expect(array.clipped(to: 0...0.5).elements.last == 0.5)
        #expect(array.clipped(to: 0...0.5)[0].isNaN)
        #expect(array.isNaN.elements == [true, false])
        let complex = NDArray([Complex<Double>(.nan, 0), Complex(.infinity, 1), Complex(.infinity, 2)])
        #expect((complex .== complex).elements == [false, true, true])
        #expect(complex[1...] != NDArray([Complex<Double>(.infinity, 2), Complex(.infinity, 2)]))
    }

    @Test func `bits shift and turn`() {
        let array = NDArray<UInt8>([1, 128, 255])
        #expect((array << NDArray([1, 1, 9])).elements == [2, 0, 0])
        #expect((~array).elements == [254, 127, 0])
    }

    @Test func `complex parts are views and recombine`() throws {
        let array = NDArray([Complex<Double>(3, 4), Complex(0, -2)])
        #expect(array.real.elements == [3, 0])
        #expect(array.imaginary.elements == [4, -2])
        #expect(array.real.storage === array.storage)
        #expect(array.magnitude.elements == [5, 2])
        #expect((array * array)[0] == Complex(-7, 24))
        #expect((array / array)[0] == Complex(1, 0))
    }

    @Test func `map changes the type and keeps the shape`() throws {
        let array = try NDArray<Int32>(0..<4, shape: [2, 2]).transposed()
        let text = array.map { Double($0) / 2 }
        #expect(text.shape == [2, 2])
        #expect(text.elements == [0, 1, 0.5, 1.5])
        struct Stop: Error {}
        #expect(throws: Stop.self) { try array.map { (_) throws(Stop) -> Double in throw Stop() } }
    }

    @Test func `approximate equality is NumPy's allclose`() {
        let array = NDArray<Double>([1, 100, .infinity])
        #expect(array.isApproximatelyEqual(to: NDArray([1 + 1e-9, 100.0005, .infinity])))
        #expect(!array.isApproximatelyEqual(to: NDArray([1, 100.1, .infinity])))
        #expect(!array.isApproximatelyEqual(to: NDArray([1, 100, -.infinity])))
        #expect(!array.isApproximatelyEqual(to: array[0..<2]))
        #expect(!NDArray<Float>([.nan]).isApproximatelyEqual(to: NDArray([.nan])))
    }

    @Test func `equal arrays hash alike, whatever their layouts`() throws {
        for shape in EveryLayout.shapes(upToRank: 2) {
            let examples = try EveryLayout.examples(shape: shape)
            #expect(Set(examples.map(\.array)).count == 1)
        }
        #expect(NDArray<Float>([0]) == NDArray<Float>([-0.0]))
        #expect(NDArray<Float>([0]).hashValue == NDArray<Float>([-0.0]).hashValue)
        #expect(NDArray<Float>(zeros: [2, 3]) != NDArray<Float>(zeros: [3, 2]))
    }
}
