internal import ComplexModule
internal import ImJoyCore
internal import ImJoyTestSupport
internal import Testing

@Suite struct AccumulationTests {
    @Test func `running sums and products widen integers`() throws {
        let array = NDArray<UInt8>([200, 100, 2])
        #expect(array.cumulativeSum().elements == [200, 300, 302])
        #expect(array.cumulativeProduct().elements == [200, 20000, 40000])
        #expect(NDArray<Int8>([-100, -100]).cumulativeSum().dtype == .int64)
        #expect(NDArray<Float16>([0.5, 1]).cumulativeSum().elements == [0.5, 1.5])
        #expect(NDArray<Complex<Float>>([Complex(0, 1), Complex(0, 1)]).cumulativeProduct()[1] == Complex(-1, 0))
        let table = try NDArray<Int32>.arange(6).reshaped(to: [2, 3])
        #expect(try table.cumulativeSum(along: 0).elements == [0, 1, 2, 3, 5, 7])
        #expect(try table[.step(-1), .step(-1)].cumulativeSum(along: -1).elements == [5, 9, 12, 2, 3, 3])
        #expect(try table.cumulativeProduct(along: 1).elements == [0, 0, 0, 3, 12, 60])
        #expect(table.transposed().cumulativeSum().elements == [0, 3, 4, 8, 10, 15])
        #expect(throws: NDArrayError.self) { try table.cumulativeSum(along: 2) }
        #expect(NDArray<Int32>(zeros: [0]).cumulativeSum().isEmpty)
        #expect(NDArray<Int32>(scalar: 4).cumulativeSum().elements == [4])
    }

    @Test func `running extremes keep NaN from the first one on`() throws {
        let array: NDArray<Double> = [3, 1, .nan, 0]
        #expect(try array.cumulativeMin(along: 0).elements.prefix(2).elementsEqual([3, 1]))
        #expect(try array.cumulativeMin(along: 0)[3].isNaN)
        #expect(try NDArray<Int8>([1, -3, 2]).cumulativeMax(along: 0).elements == [1, 1, 2])
        #expect(throws: NDArrayError.self) { try array.cumulativeMax(along: 1) }
    }

    @Test func `differences of any order, and none left`() throws {
        let array: NDArray<Int32> = [1, 4, 9, 16]
        #expect(try array.differences().elements == [3, 5, 7])
        #expect(try array.differences(order: 2).elements == [2, 2])
        #expect(try array.differences(order: 0) == array)
        #expect(try array.differences(order: 9).shape == [0])
        #expect(try NDArray<UInt8>([3, 1]).differences().elements == [254])
        #expect(throws: NDArrayError.self) { try array.differences(order: -1) }
        #expect(throws: NDArrayError.self) { try array.differences(along: 1) }
        let bools = AnyNDArray(NDArray([true, true, false]))
        #expect(try bools.differences().typed(as: Bool.self).elements == [false, true])
    }

    @Test func `ranges`() throws {
        #expect(NDArray<Int32>([3, -4, 9]).peakToPeak() == 13)
        #expect(try NDArray<Float>(zeros: [2, 3]).peakToPeak(along: [1]).shape == [2])
        #expect(throws: NDArrayError.self) { try NDArray<Float>(zeros: [0]).peakToPeak(along: [0]) }
        #expect(throws: NDArrayError.self) { try AnyNDArray(NDArray([true])).peakToPeak() }
    }

    @Test func `slopes`() throws {
        let array: NDArray<Int32> = [0, 1, 4, 9, 16]
        #expect(try array.gradient(along: 0).elements == [1, 2, 4, 6, 7])
        #expect(try array.gradient(along: 0, edgeOrder: 2).elements == [0, 2, 4, 6, 8])
        #expect(try array.gradient(along: 0, spacing: 0.5).elements == [2, 4, 8, 12, 14])
        let even = try array.gradient(along: 0, coordinates: .arange(5), edgeOrder: 2)
        #expect(even.isApproximatelyEqual(to: [0, 2, 4, 6, 8]))
        let uneven = try NDArray<Double>([0, 1, 9]).gradient(along: 0, coordinates: [0, 1, 3], edgeOrder: 2)
        #expect(uneven.isApproximatelyEqual(to: [0, 2, 6]))
        let error = #expect(throws: NDArrayError.self) { try NDArray<Float>([1]).gradient(along: 0) }
        #expect(error?.message == "axis 0 of length 1 is too short for a slope with edge order 1")
        #expect(throws: NDArrayError.self) { try array.gradient(along: 0, edgeOrder: 3) }
        #expect(throws: NDArrayError.self) { try array.gradient(along: 0, coordinates: [0, 1]) }
    }

    @Test func `weighted averages`() throws {
        let array = try NDArray<Int32>([1, 2, 3, 4], shape: [2, 2])
        #expect(try array.average(along: [0], weights: [3, 1]).elements == [1.5, 2.5])
        #expect(try array.average(along: [1, 0], weights: NDArray([1, 0, 0, 1], shape: [2, 2])).item == 2.5)
        #expect(try array.average(weights: NDArray([0, 0, 1, 0], shape: [2, 2])) == 3)
        #expect(try array.average(along: [0], weights: NDArray(ones: [2, 2]), keepingAxes: true).shape == [1, 2])
        let error = #expect(throws: NDArrayError.self) { try array.average(along: [0], weights: [1, -1]) }
        #expect(error?.message == "the weights along axes [0] sum to zero, so they give no average")
        #expect(throws: NDArrayError.self) { try array.average(weights: [1, 2]) }
        #expect(throws: NDArrayError.self) { try array.average(along: [0], weights: [1, 2, 3]) }
    }

    @Test func `without NaN`() throws {
        let array = try NDArray<Double>([1, .nan, 3, .nan, .nan, .nan], shape: [2, 3])
        #expect(try array.nanSum(along: [1]).elements == [4, 0])
        #expect(try array.nanProduct().item == 3)
        #expect(try array.nanMean().item == 2)
        #expect(try array.nanMean(along: [1]).elements[1].isNaN)
        #expect(try array.nanVariance().item == 1)
        #expect(try array.nanVariance(lostDegrees: 1).item == 2)
        #expect(try array.nanVariance(lostDegrees: 2).item.isNaN)
        #expect(try array.nanStandardDeviation().item == 1)
        #expect(try array.nanMin(along: [1]).elements[0] == 1)
        #expect(try array.nanMax(along: [1], keepingAxes: true)[1, 0].isNaN)
        #expect(try array.nanArgMin() == 0)
        #expect(try array.nanArgMax() == 2)
        #expect(try array[0, .all].nanArgMax(along: 0).item == 2)
        let error = #expect(throws: NDArrayError.self) { try array.nanArgMin(along: 1) }
        #expect(error?.message == "an array of shape [2, 3] has nothing but NaN somewhere along axis 1")
        #expect(try array.nanCumulativeSum(along: 1)[0, .all].elements == [1, 1, 4])
        #expect(try array.nanCumulativeProduct(along: 1)[0, .all].elements == [1, 1, 3])
        #expect(try NDArray<Float>([.nan, .infinity]).nanMin().item == .infinity)
        #expect(throws: NDArrayError.self) { try NDArray<Float>(zeros: [0]).nanMax() }
        #expect(throws: NDArrayError.self) { try array.nanSum(along: [2]) }
    }

    @Test func `complex means, spreads and extremes`() throws {
        let array: NDArray<Complex<Double>> = [Complex(1, 1), Complex(3, 3)]
        #expect(array.mean() == Complex(2, 2))
        #expect(array.variance() == 2)
        #expect(try array.standardDeviation(along: [0]).item == 2.0.squareRoot())
        #expect(try array.min(along: [0]).item == Complex(1, 1))
        #expect(try array.max(along: [0]).item == Complex(3, 3))
        #expect(try array.argMin(along: [0]).item == 0)
        #expect(try array.argMax(along: [0]).item == 1)
        let withNaN: NDArray<Complex<Float>> = [Complex(5, 0), Complex(0, .nan), Complex(9, 0)]
        #expect(try withNaN.argMin(along: [0]).item == 1)
        #expect(try withNaN.argMax(along: [0]).item == 1)
        #expect(throws: NDArrayError.self) { try NDArray<Complex<Float>>(zeros: [0]).max(along: [0]) }
    }

    @Test func `results have NumPy's types`() throws {
        func dtypes(_ operation: (AnyNDArray) throws -> AnyNDArray) throws -> [DType] {
            let arrays: [AnyNDArray] = [
                AnyNDArray(NDArray([true])), AnyNDArray(NDArray<Int8>([1])), AnyNDArray(NDArray<UInt16>([1])),
                AnyNDArray(NDArray<Float16>([1])), AnyNDArray(NDArray<Float>([1])),
                AnyNDArray(NDArray<Complex<Float>>([Complex(1, 0)])),
            ]
            return try arrays.map { try operation($0).dtype }
        }
        #expect(try dtypes { try $0.sum() } == [.int64, .int64, .uint64, .float16, .float32, .complex64])
        #expect(try dtypes { try $0.product() } == [.int64, .int64, .uint64, .float16, .float32, .complex64])
        #expect(try dtypes { try $0.cumulativeSum() } == [.int64, .int64, .uint64, .float16, .float32, .complex64])
        #expect(try dtypes { try $0.cumulativeProduct() } == [.int64, .int64, .uint64, .float16, .float32, .complex64])
        #expect(try dtypes { try $0.mean() } == [.float64, .float64, .float64, .float16, .float32, .complex64])
        #expect(try dtypes { try $0.median() } == [.float64, .float64, .float64, .float16, .float32, .complex64])
        #expect(try dtypes { try $0.variance() } == [.float64, .float64, .float64, .float16, .float32, .float32])
        #expect(
            try dtypes { try $0.standardDeviation() } == [.float64, .float64, .float64, .float16, .float32, .float32])
        #expect(try dtypes { try $0.min() } == [.bool, .int8, .uint16, .float16, .float32, .complex64])
        #expect(try dtypes { try $0.max() } == [.bool, .int8, .uint16, .float16, .float32, .complex64])
        #expect(try dtypes { AnyNDArray(try $0.argMax()) } == [DType](repeating: .int64, count: 6))
        #expect(try dtypes { AnyNDArray(try $0.argMin(along: 0)) } == [DType](repeating: .int64, count: 6))
        #expect(try dtypes { try $0.differences() } == [.bool, .int8, .uint16, .float16, .float32, .complex64])
        #expect(try AnyNDArray(NDArray<Complex<Float>>([Complex(1, 0)])).peakToPeak().dtype == .complex64)
        let complex = AnyNDArray(NDArray<Complex<Double>>([Complex(1, 0)]))
        #expect(throws: NDArrayError.self) { try complex.cumulativeMax() }
        #expect(throws: NDArrayError.self) { try complex.percentiles([50]) }
        let table = AnyNDArray(try NDArray<Int32>([1, 2, 3, 0], shape: [2, 2]))
        #expect(try table.argMax(keepingAxes: true).shape == [1, 1])
        #expect(try table.argMax().item == 2)
        #expect(try table.countNonzero(along: [1]).elements == [2, 1])
        #expect(try table.any().item && !table.all().item)
        #expect(try table.cumulativeMin().typed(as: Int32.self).elements == [1, 1, 1, 0])
        #expect(try table.cumulativeMax(along: 0).typed(as: Int32.self).elements == [1, 2, 3, 2])
        #expect(try AnyNDArray(NDArray([false, true])).cumulativeMax().dtype == .bool)
        #expect(try table.peakToPeak().typed(as: Int32.self).item == 3)
    }
}
