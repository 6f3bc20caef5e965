internal import ComplexModule
internal import ImJoyCore
internal import Testing

@Suite struct PromotionTests {
    private let bytes = AnyNDArray(NDArray<UInt8>([250, 3]))

    @Test func `a number of Swift's own takes the array's type where that holds its kind`() {
        #expect((bytes + 10).debugDescription == "array([ 4, 13], dtype=uint8)")
        #expect((10 + bytes).dtype == .uint8)
        #expect((bytes + 1.5).dtype == .float64)
        #expect((AnyNDArray(NDArray<Float>([1])) + 1.5).dtype == .float32)
        #expect((AnyNDArray(NDArray<Float16>([1])) * Complex(0.0, 1.0)).dtype == .complex64)
        #expect((AnyNDArray(NDArray([true])) + 1).dtype == .int64)
        #expect((1 - AnyNDArray(NDArray<Int16>([3]))).debugDescription == "array([-2], dtype=int16)")
        #expect((1 / AnyNDArray(NDArray<Int16>([4]))).debugDescription == "array([0.25])")
    }

    @Test func `arrays promote, also typed ones and those without axes`() {
        #expect((bytes + NDArray<Int8>([1, 1])).dtype == .int16)
        #expect((bytes * NDArray<Float>(scalar: 2)).dtype == .float32)
        // The kinds first: both fit into float16, although the two alone would need int16, which does not.
        #expect(DType.promoted([.uint8, .int8, .float16]) == .float16)
        #expect(DType.promoted([.int8, .uint16, .float16]) == .float32)
        #expect(DType.promoted([]) == nil)
    }

    @Test func `what has no result is refused with types in the sentence`() {
        let truths = AnyNDArray(NDArray([true, false]))
        let complex = AnyNDArray(NDArray([Complex<Double>(1, 2)]))
        let refused: [(String, () throws -> AnyNDArray)] = [
            ("the number 300 does not fit into uint8", { try bytes.adding(300) }),
            ("the difference of two bool arrays", { try truths.subtracting(truths) }),
            ("floor division has no meaning for complex128", { try complex.flooredQuotient(dividingBy: bytes) }),
            ("& has no meaning for uint8 and float64", { try bytes.bitwiseAnd(1.5) }),
            ("an exponent is negative", { try AnyNDArray(NDArray<Int8>([2])).power(-1) }),
            ("[2] and [3]", { try bytes.adding(NDArray<UInt8>([1, 2, 3])) }),
            ("order has no meaning for complex128", { AnyNDArray(try complex.isLess(1)) }),
        ]
        for (part, operation) in refused {
            let error = #expect(throws: NDArrayError.self, "\(part)") { try operation() }
            #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
        }
    }

    @Test func `operators stop with both shapes and the dtype`() async {
        await #expect(processExitsWith: .failure) {
            _ = AnyNDArray(NDArray<UInt8>([1, 2])) + NDArray<UInt8>([1, 2, 3])
        }
    }

    @Test func `numbers that the type cannot hold compare all the same`() throws {
        #expect((bytes .> -1).elements == [true, true])
        #expect((bytes .< 1000).elements == [true, true])
        #expect((bytes .== 300).elements == [false, false])
        #expect((bytes .!= -5).elements == [true, true])
        let (signed, unsigned) = (AnyNDArray(NDArray<Int64>([-1, 5])), AnyNDArray(NDArray<UInt64>([.max, 5])))
        #expect(try signed.isLess(unsigned).elements == [true, false])
        #expect(try unsigned.isGreater(signed).elements == [true, false])
        #expect(try signed.isEqual(unsigned).elements == [false, true])
    }

    @Test func `sums and means have NumPy's types`() {
        #expect(DType.uint8.sumType == .uint64)
        #expect(DType.bool.sumType == .int64)
        #expect(DType.float16.sumType == .float16)
        #expect(DType.int32.meanType == .float64)
        #expect(DType.complex64.meanType == .complex64)
        #expect(DType.complex64.partType == .float32)
    }
}
