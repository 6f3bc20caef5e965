internal import ComplexModule
internal import ImJoyCore
internal import Testing

@Suite struct AnyNDArrayTests {
    @Test func `every dtype has its type, and comes back as itself`() throws {
        for dtype in DType.allCases {
            #expect(dtype.elementType.dtype == dtype)
            let array = try AnyNDArray(NDArray<UInt8>([1, 0])).cast(to: dtype)
            struct Name: NDArrayVisitor {
                func visit<T: NDElement>(_ array: NDArray<T>) -> DType { T.dtype }
            }
            var visitor = Name()
            #expect(array.visit(&visitor) == dtype)
            #expect(array.byteCount == 2 * dtype.byteCount)
            #expect(array.bytes.count == array.byteCount)
        }
    }

    @Test func `the wrong type is refused and the right one shares memory`() throws {
        let array = AnyNDArray(NDArray<Float>([1, 2]))
        let error = #expect(throws: NDArrayError.self) { try array.typed(as: Double.self) }
        #expect(error?.message == "the array has dtype float32, not float64; use cast(to:) to convert it")
        #expect(try array.typed(as: Float.self).storage === array.storage)
    }

    @Test func `whole arrays compare by dtype, shape and elements`() throws {
        let array = AnyNDArray(NDArray<Int32>([1, 2, 3, 4]))
        #expect(array == AnyNDArray(NDArray<Int32>([1, 2, 3, 4])))
        #expect(try array != array.cast(to: .int64))
        #expect(try array != array.reshaped(to: [2, 2]))
        #expect(
            try array.reshaped(to: [2, 2]).permuted([1, 0])
                == AnyNDArray(NDArray<Int32>([1, 3, 2, 4])).reshaped(to: [2, 2]))
        #expect(AnyNDArray(NDArray<Float>([.nan])) != AnyNDArray(NDArray<Float>([.nan])))
    }

    @Test func `views of an erased array are those of a typed one`() throws {
        let typed = try NDArray<Int16>(0..<24, shape: [2, 3, 4])
        let erased = AnyNDArray(typed)
        #expect(erased[1, .step(-1)] == AnyNDArray(typed[1, .step(-1)]))
        #expect(
            try erased.permuted([2, 0, 1]).reshaped(to: [24]) == AnyNDArray(typed.permuted([2, 0, 1]).flattened()))
        #expect(throws: NDArrayError.self) { try erased.sliced([5]) }
    }

    @Test func `statistics are exact for integers`() throws {
        let large = try AnyNDArray(NDArray<UInt64>([.max, 1])).statistics()
        #expect(large.maximum.description == "18446744073709551615")
        #expect(large.minimum.description == "1")
        #expect(large.sum.description == "0")
        let signed = try AnyNDArray(NDArray<Int8>([-128, 127, 127])).statistics()
        #expect(signed.sum.description == "126")
        #expect(signed.mean == 42)
        let answers = try AnyNDArray(NDArray([true, false])).statistics()
        #expect(answers.mean == 0.5)
        let floats = try AnyNDArray(NDArray<Float>([0.1, 0.3])).statistics()
        #expect(floats.minimum.description == "0.1")
        #expect(floats.standardDeviation.rounded(.down) == 0)
    }

    @Test func `statistics of nothing and of complex numbers are refused`() {
        #expect(throws: NDArrayError.self) { try AnyNDArray(NDArray<Float>(zeros: [0])).statistics() }
        #expect(throws: NDArrayError.self) { try AnyNDArray(NDArray<Complex<Float>>(zeros: [1])).statistics() }
    }

    @Test func `scaling spans 0 to 1 and leaves non-finite values out`() throws {
        #expect(try AnyNDArray(NDArray<UInt16>([100, 150, 200])).scaledToUnitRange().elements == [0, 0.5, 1])
        #expect(try AnyNDArray(NDArray<UInt8>([7, 7])).scaledToUnitRange().elements == [0, 0])
        let odd = try AnyNDArray(NDArray<Double>([.nan, 1, 3, .infinity])).scaledToUnitRange()
        #expect(odd[0].isNaN && odd[3] == .infinity)
        #expect(odd.elements[1...2] == [0, 1])
        let wide = NDArray<Double>([-.greatestFiniteMagnitude, 0, .greatestFiniteMagnitude])
        #expect(try AnyNDArray(wide).scaledToUnitRange().elements == [0, 0.5, 1])
        #expect(try AnyNDArray(NDArray<Float>(zeros: [0])).scaledToUnitRange().isEmpty)
    }
}
