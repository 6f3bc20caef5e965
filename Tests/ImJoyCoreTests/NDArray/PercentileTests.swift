internal import ComplexModule
internal import ImJoyCore
internal import Testing

@Suite struct PercentileTests {
    @Test func `the methods of a small example`() throws {
        let array: NDArray<Double> = [15, 20, 35, 40, 50]
        let expected: [PercentileMethod: Double] = [
            .invertedCDF: 20, .averagedInvertedCDF: 27.5, .closestObservation: 20, .interpolatedInvertedCDF: 20,
            .hazen: 27.5, .weibull: 26, .linear: 29, .medianUnbiased: 27, .normalUnbiased: 27.125, .lower: 20,
            .higher: 35, .midpoint: 27.5, .nearest: 35,
        ]
        #expect(expected.count == PercentileMethod.allCases.count)
        for (method, value) in expected {
            let ours = try array.percentile(40, method: method)
            #expect((ours - value).magnitude < 1e-9, "\(method): \(ours), not \(value)")
        }
    }

    @Test(arguments: PercentileMethod.allCases)
    func `the ends are the smallest and the largest element`(_ method: PercentileMethod) throws {
        let array: NDArray<Double> = [3, 1, 2]
        #expect(try array.percentiles([0, 100], method: method).elements == [1, 3])
        #expect(try NDArray<Int32>([7]).quantile(0.3, method: method) == 7)
    }

    @Test func `axes may be kept, and the percentiles come first`() throws {
        let array = try NDArray<Float>.arange(12).reshaped(to: [3, 4])
        let result = try array.percentiles([25, 50, 75], along: [1], keepingAxes: true)
        #expect(result.shape == [3, 3, 1])
        #expect(result[1, 0, 0] == 1.5)
        #expect(try array.percentile(50, along: [0]).elements == [4, 5, 6, 7])
        #expect(try array.percentiles([50], along: [0, 1]).elements == [5.5])
        #expect(try array[.step(-1), .step(-1)].percentiles([100], along: [1]).elements == [11, 7, 3])
        #expect(try array.quantile(0.5) == 5.5)
    }

    @Test func `what cannot be answered is refused`() throws {
        let error = #expect(throws: NDArrayError.self) { try NDArray<Float>([1]).percentile(101) }
        #expect(error?.message == "a quantile at 1.01: fractions lie between 0 and 1, percentages between 0 and 100")
        #expect(throws: NDArrayError.self) { try NDArray<Float>([1]).quantile(.nan) }
        #expect(throws: NDArrayError.self) { try NDArray<Float>([1]).quantile(-0.1) }
        #expect(throws: NDArrayError.self) { try NDArray<Float>(zeros: [0]).percentile(50) }
        #expect(throws: NDArrayError.self) { try NDArray<Float>(zeros: [2]).percentile(50, along: [1]) }
        #expect(try NDArray<Float>(zeros: [2, 0]).percentiles([50], along: [0]).shape == [1, 0])
    }

    @Test func `NaN wins, unless it is left out`() throws {
        let array: NDArray<Double> = [3, .nan, 1]
        #expect(array.median().isNaN)
        #expect(try array.percentile(0, method: .lower).isNaN)
        #expect(try array.nanMedian().item == 2)
        #expect(try array.nanPercentiles([0, 100]).elements == [1, 3])
        #expect(try array.nanQuantiles([0.5]).elements == [2])
        #expect(try NDArray<Double>([.nan]).nanMedian().item.isNaN)
        #expect(try NDArray<Double>([.nan]).nanPercentiles([5])[0].isNaN)
    }

    @Test func `medians of odd and even counts, of nothing and of every type`() throws {
        #expect(NDArray<UInt8>([9, 1, 5]).median() == 5)
        #expect(NDArray<UInt8>([250, 255]).median() == 252.5)
        #expect(NDArray<Float16>([1, 2]).median() == 1.5)
        #expect(NDArray<Float>(zeros: [0]).median().isNaN)
        #expect(NDArray<Float>(scalar: 3).median() == 3)
        #expect(NDArray<Double>([-.infinity, .infinity]).median().isNaN)
        #expect(NDArray<Double>([.infinity, .infinity]).median() == .infinity)
        let array = try NDArray<Int32>((0..<1001).map { Int32($0 * 5 % 1001) }, shape: [7, 143])
        #expect(array.median() == 500)
        #expect(try array.median(along: [0, 1], keepingAxes: true).shape == [1, 1])
        let complex: NDArray<Complex<Double>> = [Complex(3, 0), Complex(1, 1), Complex(1, 3)]
        #expect(try complex.median(along: [0]).item == Complex(1, 3))
        #expect(try NDArray<Complex<Float>>(zeros: [0]).median(along: [0]).item.rawStorage.x.isNaN)
    }

    @Test func `integers of 64 bits keep all of them under a discrete method`() throws {
        let large: NDArray<Int64> = [.max, .max - 1, .max - 2]
        let result = try AnyNDArray(large).percentiles([50], method: .nearest)
        #expect(try result.typed(as: Int64.self).elements == [.max - 1])
        #expect(try AnyNDArray(large).percentiles([50]).dtype == .float64)
        #expect(try AnyNDArray(NDArray<Float>([1, 2])).percentiles([50]).dtype == .float32)
        #expect(try AnyNDArray(NDArray([true, false])).percentiles([0], method: .lower).dtype == .bool)
    }
}
