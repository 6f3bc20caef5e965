internal import ComplexModule
internal import ImJoyCore
internal import ImJoyTestSupport
internal import Testing

@Suite struct CastTests {
    @Test func `integers clamp or wrap`() {
        let array = NDArray<Int32>([-1, 0, 255, 256, 300, .min])
        #expect(array.cast(to: UInt8.self).elements == [0, 0, 255, 255, 255, 0])
        #expect(array.cast(to: UInt8.self, overflow: .wrap).elements == [255, 0, 255, 0, 44, 0])
        #expect(array.cast(to: Int8.self).elements == [-1, 0, 127, 127, 127, -128])
        #expect(NDArray<UInt64>([.max]).cast(to: Int64.self).elements == [.max])
        #expect(NDArray<UInt64>([.max]).cast(to: Int64.self, overflow: .wrap).elements == [-1])
    }

    @Test func `64-bit integers keep every bit`() {
        let odd: Int64 = (1 << 53) + 1
        #expect(
            NDArray<Int64>([odd, -odd]).cast(to: UInt64.self, overflow: .wrap).elements == [
                UInt64(odd), 0 &- UInt64(odd),
            ])
        #expect(NDArray<UInt64>([UInt64(odd)]).cast(to: Int64.self).elements == [odd])
        // To a float it is one rounding: by way of a double this would be 2^24 + 2^30 times off by one bit.
        let value: Int64 = (1 << 54) + (1 << 30) + 1
        #expect(NDArray<Int64>([value]).cast(to: Float.self).elements == [Float(value)])
    }

    @Test func `floats are cut off towards zero and kept in range`() {
        let array = NDArray<Double>([1.9, -1.9, 300, -300, .nan, .infinity, -.infinity, 1e30])
        #expect(array.cast(to: UInt8.self).elements == [1, 0, 255, 0, 0, 255, 0, 255])
        #expect(array.cast(to: Int8.self).elements == [1, -1, 127, -128, 0, 127, -128, 127])
        #expect(array.cast(to: UInt8.self, overflow: .wrap).elements == [1, 255, 44, 212, 0, 255, 0, 0])
        let edges = NDArray<Double>([-0.9, 255.9, 0x1p63, -0x1p63, 0x1p64])
        #expect(edges.cast(to: UInt8.self).elements == [0, 255, 255, 0, 255])
        #expect(edges.cast(to: Int64.self).elements == [0, 255, .max, .min, .max])
        #expect(edges.cast(to: UInt64.self).elements == [0, 255, 1 << 63, 0, .max])
    }

    @Test func `every value of a byte survives every type that holds it`() throws {
        let bytes = AnyNDArray(NDArray<UInt8>((0...255).map(UInt8.init)))
        for dtype in DType.allCases where dtype != .bool && dtype != .int8 {
            let there = try bytes.cast(to: dtype)
            #expect(there.dtype == dtype)
            let back = dtype.isComplex ? try real(there) : there
            #expect(try back.cast(to: .uint8) == bytes, "\(dtype)")
        }
    }

    private func real(_ array: AnyNDArray) throws -> AnyNDArray {
        if let single = try? array.typed(as: Complex<Float>.self) { return AnyNDArray(single.real) }
        return AnyNDArray(try array.typed(as: Complex<Double>.self).real)
    }

    @Test func `every pair of real types agrees with a loop over doubles`() throws {
        let values: [Double] = [0, 1, -1, 2.5, -2.5, 100, 127, 128, 200, 255, -128, 32767, -32768, 60000]
        for from in DType.allCases where !from.isComplex && from != .bool {
            let source = try AnyNDArray(NDArray(values)).cast(to: from)
            let exact = try source.cast(to: Double.self)
            for to in DType.allCases where !to.isComplex && to != .bool {
                let result = try source.cast(to: to)
                let expected = try AnyNDArray(exact).cast(to: to)
                #expect(result == expected, "\(from) to \(to)")
            }
            #expect(try source.cast(to: Bool.self) == (exact .!= 0))
        }
    }

    @Test func `views are cast in their own order`() throws {
        for example in try EveryLayout.all(upToRank: 2) {
            let cast = example.array.cast(to: Float.self)
            #expect(cast.shape == example.array.shape)
            #expect(cast.elements == example.array.elements.map(Float.init))
        }
    }

    @Test func `answers are ones and zeros`() {
        #expect(NDArray([true, false]).cast(to: Float.self).elements == [1, 0])
        #expect(NDArray<Double>([0.5, 0, .nan]).cast(to: Bool.self).elements == [true, false, true])
    }

    @Test func `complex numbers are not cut down to real ones unasked`() throws {
        let array = NDArray([Complex<Float>(1, 2)])
        #expect(try array.cast(to: Complex<Double>.self).elements == [Complex(1, 2)])
        #expect(try array.cast(to: Bool.self).elements == [true])
        let error = #expect(throws: NDArrayError.self) { try array.cast(to: Float.self) }
        #expect(error?.code == .dtypeMismatch)
        #expect(throws: NDArrayError.self) { try AnyNDArray(array).cast(to: .uint8) }
        #expect(NDArray<Int32>([3]).cast(to: Complex<Float>.self).elements == [Complex(3, 0)])
    }

    @Test func `a cast to the same type copies nothing`() throws {
        let array = NDArray<Float>([1])
        #expect(array.cast(to: Float.self).storage === array.storage)
        #expect(try AnyNDArray(array).cast(to: .float32).storage === array.storage)
    }
}
