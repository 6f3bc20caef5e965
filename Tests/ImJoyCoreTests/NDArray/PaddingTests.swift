internal import ComplexModule
internal import ImJoyCore
internal import Testing

@Suite struct PaddingTests {
    private let array: NDArray<Int32> = [1, 2, 3, 5]

    @Test func `every mode`() throws {
        let cases: [(PaddingMode<Int32>, [Int32])] = [
            (.constant(), [0, 0, 1, 2, 3, 5, 0, 0]),
            (.constant(9), [9, 9, 1, 2, 3, 5, 9, 9]),
            (.constants([(7, 8)]), [7, 7, 1, 2, 3, 5, 8, 8]),
            (.edge, [1, 1, 1, 2, 3, 5, 5, 5]),
            (.linearRamp(to: -1), [-1, 0, 1, 2, 3, 5, 2, -1]),
            (.maximum(), [5, 5, 1, 2, 3, 5, 5, 5]),
            (.maximum(of: 2), [2, 2, 1, 2, 3, 5, 5, 5]),
            (.minimum(of: 2), [1, 1, 1, 2, 3, 5, 3, 3]),
            (.mean(), [3, 3, 1, 2, 3, 5, 3, 3]),
            (.mean(of: 2), [2, 2, 1, 2, 3, 5, 4, 4]),
            (.median(), [2, 2, 1, 2, 3, 5, 2, 2]),
            (.reflect(), [3, 2, 1, 2, 3, 5, 3, 2]),
            (.reflect(isOdd: true), [-1, 0, 1, 2, 3, 5, 7, 8]),
            (.symmetric(), [2, 1, 1, 2, 3, 5, 5, 3]),
            (.symmetric(isOdd: true), [0, 1, 1, 2, 3, 5, 5, 7]),
            (.wrap, [3, 5, 1, 2, 3, 5, 1, 2]),
            (.empty, [0, 0, 1, 2, 3, 5, 0, 0]),
        ]
        for (mode, expected) in cases {
            #expect(try array.padded(2, with: mode).elements == expected, "\(mode)")
            // Backwards in memory it is the same.
            let view = NDArray<Int32>([5, 3, 2, 1])[.step(-1)]
            #expect(try view.padded(2, with: mode).elements == expected, "\(mode)")
        }
    }

    @Test func `far beyond the array`() throws {
        let short: NDArray<Int32> = [1, 2]
        #expect(try short.padded(4, with: .reflect()).elements == [1, 2, 1, 2, 1, 2, 1, 2, 1, 2])
        #expect(try short.padded(3, with: .reflect(isOdd: true)).elements == [-2, -1, 0, 1, 2, 3, 4, 5])
        #expect(try short.padded(3, with: .symmetric()).elements == [2, 2, 1, 1, 2, 2, 1, 1])
        #expect(try short.padded(3, with: .wrap).elements == [2, 1, 2, 1, 2, 1, 2, 1])
        let single: NDArray<Int32> = [7]
        for mode: PaddingMode<Int32> in [.reflect(), .reflect(isOdd: true), .symmetric(), .wrap, .edge] {
            #expect(try single.padded(2, with: mode).elements == [7, 7, 7, 7, 7])
        }
    }

    @Test func `each axis on its own`() throws {
        let table = try NDArray<Int32>([1, 2, 3, 4], shape: [2, 2])
        let padded = try table.padded([(1, 0), (0, 2)], with: .edge)
        #expect(padded.elements == [1, 2, 2, 2, 1, 2, 2, 2, 3, 4, 4, 4])
        #expect(try table.padded([(0, 0)]).elements == table.elements)
        #expect(
            try table.padded([(1, 0), (1, 0)], with: .constants([(8, 0), (9, 0)])).elements == [
                9, 8, 8, 9, 1, 2, 9, 3, 4,
            ])
        #expect(try NDArray<Int32>(scalar: 4).padded([]).item == 4)
    }

    @Test func `types without arithmetic or order, and floats`() throws {
        let mask = NDArray([true, false])
        #expect(try mask.padded(1, with: .wrap).elements == [false, true, false, true])
        #expect(try mask.padded(1, with: .constant(true)).elements == [true, true, false, true])
        let error = #expect(throws: NDArrayError.self) { try mask.padded(1, with: .mean()) }
        #expect(error?.message == "bool has no arithmetic or order to pad with")
        let complex: NDArray<Complex<Float>> = [Complex(1, 2), Complex(3, 4)]
        #expect(try complex.padded(1, with: .reflect())[0] == Complex(3, 4))
        #expect(throws: NDArrayError.self) { try complex.padded(1, with: .maximum()) }
        #expect(try NDArray<Float>([1, 2]).padded([(2, 0)], with: .linearRamp()).elements == [0, 0.5, 1, 2])
        #expect(try NDArray<Float>([1, 2]).padded([(1, 0)], with: .mean()).elements == [1.5, 1, 2])
        #expect(try NDArray<Int64>([.max, .max - 1]).padded([(1, 0)], with: .maximum()).elements[0] == .max)
        #expect(
            try NDArray<UInt8>([250, 255]).padded([(0, 1)], with: .reflect(isOdd: true)).elements == [250, 255, 4])
        let bytes = AnyNDArray(NDArray<UInt8>([1, 2]))
        #expect(
            try bytes.padded([(1, 1)], with: .constants([(7, 300)])).typed(as: UInt8.self).elements == [7, 1, 2, 44])
        #expect(
            try AnyNDArray(mask).padded([(1, 0)], with: .constant(2)).typed(as: Bool.self).elements == [
                true, true, false,
            ])
        for mode: PaddingMode<Double> in [
            .edge, .linearRamp(), .maximum(), .mean(), .median(), .minimum(), .reflect(), .symmetric(), .wrap, .empty,
        ] {
            #expect(try bytes.padded([(1, 1)], with: mode).shape == [4])
        }
    }

    @Test func `what cannot be padded is refused`() throws {
        #expect(throws: NDArrayError.self) { try array.padded([(-1, 0)]) }
        #expect(throws: NDArrayError.self) { try array.padded([(1, 1), (1, 1)]) }
        #expect(throws: NDArrayError.self) { try array.padded(1, with: .constants([])) }
        #expect(throws: NDArrayError.self) { try array.padded(.max) }
        #expect(throws: NDArrayError.self) { try array.padded(1 << 60) }
        #expect(throws: NDArrayError.self) { try array.padded(1 << 44, with: .edge) }
        #expect(throws: NDArrayError.self) { try array.padded(1, with: .maximum(of: 0)) }
        #expect(throws: NDArrayError.self) { try array.padded(1, with: .mean(of: 0)) }
        let empty = NDArray<Int32>(zeros: [0])
        let error = #expect(throws: NDArrayError.self) { try empty.padded(1, with: .edge) }
        #expect(
            error?.message
                == "axis 0 of shape [0] has no elements to continue; only .constant and .empty pad it")
        #expect(throws: NDArrayError.self) { try empty.padded(1, with: .mean()) }
        #expect(try empty.padded(1).elements == [0, 0])
    }

    @Test func `nothing is repeated where there are no elements along another axis`() throws {
        for mode in [PaddingMode<Float>.edge, .wrap, .reflect(), .symmetric(), .constant(1)] {
            let flat = NDArray<Float>(zeros: [3, 0])
            #expect(try flat.padded([(1000, 1000), (0, 0)], with: mode).shape == [2003, 0])
            let deep = NDArray<Float>(zeros: [3, 0, 4])
            #expect(try deep.padded([(500, 1), (0, 0), (2, 3)], with: mode).shape == [504, 0, 9])
            if case .constant = mode { continue }
            #expect(throws: NDArrayError.self) { try flat.padded([(0, 0), (1, 0)], with: mode) }
        }
    }
}
