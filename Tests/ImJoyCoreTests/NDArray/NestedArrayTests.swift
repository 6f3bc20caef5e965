internal import ImJoyCore
internal import ImJoyTestSupport
internal import Testing

@Suite struct NestedArrayTests {
    @Test func `literals make one, two and three axes`() {
        let line: NDArray<Float> = [1, 2, 3]
        #expect(line.shape == [3])
        let matrix = NDArray<Int32>([[1, 2, 3], [4, 5, 6]])
        #expect(matrix.shape == [2, 3])
        #expect(matrix[1, 2] == 6)
        let block = NDArray<UInt8>([[[1, 2], [3, 4]], [[5, 6], [7, 8]], [[9, 10], [11, 12]]])
        #expect(block.shape == [3, 2, 2])
        #expect(block[2, 1, 0] == 11)
        let empty: NDArray<Bool> = []
        #expect(empty.shape == [0])
        #expect(NDArray<Int8>([[Int8]]()).shape == [0, 0])
        #expect(NDArray<Int8>([[], []] as [[Int8]]).shape == [2, 0])
    }

    @Test func `rows of different lengths are refused with their number`() throws {
        let error = #expect(throws: NDArrayError.self) { try NDArray<Int32>(rows: [[1, 2], [3]]) }
        #expect(error?.message == "row 1 has 1 elements, but row 0 has 2")
        #expect(throws: NDArrayError.self) { try NDArray<Int32>(planes: [[[1], [2]], [[3]]]) }
        let ragged = #expect(throws: NDArrayError.self) { try NDArray<Int32>(planes: [[[1], [2]], [[3], [4, 5]]]) }
        #expect(ragged?.message == "row 1 of plane 1 has 2 elements, but the first row has 1")
    }

    @Test func `nested arrays come back, whatever the layout`() throws {
        for example in try EveryLayout.all() {
            switch example.array.rank {
            case 2:
                let rows = try example.array.rows()
                #expect(rows.flatMap { $0 } == example.array.elements)
                #expect(rows.count == example.array.shape[0])
                if !rows.isEmpty { #expect(try NDArray(rows: rows) == example.array) }
            case 3:
                let planes = try example.array.planes()
                #expect(planes.flatMap { $0.flatMap { $0 } } == example.array.elements)
            default:
                #expect(throws: NDArrayError.self) { try example.array.rows() }
            }
        }
    }

    @Test func `a span is copied into any shape it fills`() throws {
        let source: [Int32] = [1, 2, 3, 4]
        #expect(try NDArray(source.span, shape: [2, 2]) == NDArray([[1, 2], [3, 4]]))
        #expect(throws: NDArrayError.self) { try NDArray(source.span, shape: [3]) }
        let total = NDArray(source).withSpan { span in span.indices.reduce(0) { $0 + span[$1] } }
        #expect(total == 10)
    }
}
