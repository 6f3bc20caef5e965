internal import ComplexModule
internal import ImJoyCore
internal import Testing

@Suite struct TransposedCopyTests {
    @Test func `large transposes are copied square by square without losing an element`() throws {
        func check<T: NDReal>(_ type: T.Type) throws {
            for (rows, columns) in [(32, 32), (33, 65), (100, 40)] {
                let array = try NDArray<Int32>.arange(Int32(rows * columns)).cast(to: type, overflow: .wrap).reshaped(
                    to: [rows, columns])
                let copy = array.transposed().contiguous()
                #expect(copy.isContiguous)
                #expect(copy == array.transposed())
                #expect(copy.transposed() == array)
                #expect(array[.step(2), .all].transposed().contiguous().transposed() == array[.step(2), .all])
            }
        }
        try check(UInt8.self)
        try check(UInt16.self)
        try check(Float.self)
        try check(Double.self)
        let complex = try NDArray<Float>.arange(1600).map { Complex($0, -$0) }.reshaped(to: [40, 40])
        #expect(complex.transposed().contiguous().transposed() == complex)
    }
}
