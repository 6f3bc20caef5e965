internal import ImJoyCore
internal import ImJoyTestSupport
internal import Testing

@Suite struct JoiningTests {
    private let a = NDArray<Int32>.arange(6)
    private var table: NDArray<Int32> { get throws { try a.reshaped(to: [2, 3]) } }

    @Test func `concatenating views of every layout`() throws {
        for example in try EveryLayout.all(upToRank: 2, longest: 2) where example.array.rank > 0 {
            let array = example.array
            for axis in 0..<array.rank {
                let joined = try NDArray.concatenate([array, array], along: axis)
                var shape = array.shape
                shape[axis] *= 2
                let expected = ReferenceArray<Int32>(shape: shape) { index in
                    var index = index
                    index[axis] %= array.shape[axis]
                    return array[at: index]
                }
                expectEqual(joined, expected, "\(example) \(axis)")
            }
        }
    }

    @Test func `the error names the array that does not fit`() throws {
        let error = #expect(throws: NDArrayError.self) {
            try NDArray.concatenate([NDArray<Int32>(zeros: [2, 3]), NDArray(zeros: [2, 2])])
        }
        #expect(error?.code == .shapeMismatch)
        #expect(
            error?.message
                == "array 1 of shape [2, 2] cannot follow shape [2, 3] along axis 0: only that axis may differ")
        #expect(throws: NDArrayError.self) { try NDArray<Int32>.concatenate([]) }
        #expect(throws: NDArrayError.self) { try NDArray<Int32>.stack([]) }
        #expect(throws: NDArrayError.self) { try NDArray.concatenate([NDArray<Int32>(scalar: 1)]) }
        #expect(throws: NDArrayError.self) { try NDArray.stack([a, NDArray(zeros: [5])]) }
        #expect(throws: NDArrayError.self) { try NDArray.stack([a], along: 2) }
        #expect(throws: NDArrayError.self) { try AnyNDArray.concatenate([]) }
    }

    @Test func `stacks in every direction`() throws {
        #expect(try NDArray.stack([a, a], along: -1).shape == [6, 2])
        #expect(try NDArray.stack([NDArray<Int32>(scalar: 1), NDArray(scalar: 2)]).elements == [1, 2])
        #expect(try NDArray.verticalStack([a, a]).shape == [2, 6])
        #expect(try NDArray.horizontalStack([a, a]).shape == [12])
        #expect(try NDArray.horizontalStack([table, table]).shape == [2, 6])
        #expect(try NDArray.depthStack([a, a]).shape == [1, 6, 2])
        #expect(try NDArray.depthStack([table, table]).shape == [2, 3, 2])
        #expect(try NDArray.columnStack([a, a]).shape == [6, 2])
        #expect(try NDArray.columnStack([table, [8, 9]]).elements == [0, 1, 2, 8, 3, 4, 5, 9])
        #expect(NDArray<Int32>(scalar: 1).withAxes(atLeast: 3).shape == [1, 1, 1])
        #expect(a.withAxes(atLeast: 3).shape == [1, 6, 1])
        #expect(try table.withAxes(atLeast: 1).shape == [2, 3])
    }

    @Test func `blocks of different sizes`() throws {
        let block = try NDArray.block([[table, NDArray(zeros: [2, 1])], [NDArray(ones: [1, 3]), [7]]])
        #expect(block.elements == [0, 1, 2, 0, 3, 4, 5, 0, 1, 1, 1, 7])
        #expect(block.shape == [3, 4])
        #expect(throws: NDArrayError.self) { try NDArray.block([[table], [a]]) }
    }

    @Test func `types are promoted when they are known at run time`() throws {
        let arrays = [AnyNDArray(NDArray<UInt8>([1])), AnyNDArray(NDArray<Float>([2.5])), AnyNDArray(NDArray([true]))]
        let joined = try AnyNDArray.concatenate(arrays)
        #expect(joined.dtype == .float32)
        #expect(try joined.typed(as: Float.self).elements == [1, 2.5, 1])
        #expect(try AnyNDArray.stack(arrays).shape == [3, 1])
        #expect(try AnyNDArray.verticalStack(arrays).shape == [3, 1])
        #expect(try AnyNDArray.horizontalStack(arrays).shape == [3])
        #expect(try AnyNDArray.depthStack(arrays).shape == [1, 1, 3])
        #expect(try AnyNDArray.columnStack(arrays).shape == [1, 3])
        #expect(try arrays[0].appending(arrays[1], along: 0).dtype == .float32)
        #expect(try arrays[0].inserting(arrays[1], at: [0], along: 0).typed(as: UInt8.self).elements == [2, 1])
    }

    @Test func `splitting evenly, unevenly and at places`() throws {
        #expect(try a.split(into: 3).map(\.elements) == [[0, 1], [2, 3], [4, 5]])
        #expect(try a.unevenSplit(into: 4).map(\.elements) == [[0, 1], [2, 3], [4], [5]])
        #expect(try a.unevenSplit(into: 8).map(\.count) == [1, 1, 1, 1, 1, 1, 0, 0])
        #expect(try a.split(at: [2, -1]).map(\.elements) == [[0, 1], [2, 3, 4], [5]])
        #expect(try a.split(at: [4, 2]).map(\.count) == [4, 0, 4])
        #expect(try table.split(into: 3, along: -1).map(\.shape) == [[2, 1], [2, 1], [2, 1]])
        let error = #expect(throws: NDArrayError.self) { try a.split(into: 4) }
        #expect(
            error?.message
                == "axis 0 of length 6 does not divide into 4 equal parts; use unevenSplit(into:along:)")
        #expect(throws: NDArrayError.self) { try a.split(into: 0) }
        #expect(throws: NDArrayError.self) { try a.unevenSplit(into: 0) }
        #expect(throws: NDArrayError.self) { try a.split(at: [1], along: 1) }
    }

    @Test func `tiles and repeats`() throws {
        #expect(try a[..<2].tiled([2, 2]).elements == [0, 1, 0, 1, 0, 1, 0, 1])
        #expect(try table.tiled([2]).shape == [2, 6])
        #expect(try table.tiled([]).elements == a.elements)
        #expect(try table.tiled([0, 1]).shape == [0, 3])
        #expect(try NDArray<Int32>(scalar: 3).tiled([3]).elements == [3, 3, 3])
        #expect(throws: NDArrayError.self) { try a.tiled([-1]) }
        #expect(throws: NDArrayError.self) { try a.tiled([.max]) }
        #expect(throws: NDArrayError.self) { try a.tiled([1 << 40, 1 << 40]) }
        #expect(throws: NDArrayError.self) { try a.tiled([1 << 45]) }
        #expect(try a[..<2].repeated(2).elements == [0, 0, 1, 1])
        #expect(try a[..<2].repeated([0, 3]).elements == [1, 1, 1])
        #expect(try table.repeated(2, along: 1).shape == [2, 6])
        #expect(throws: NDArrayError.self) { try a.repeated([1, 2]) }
        #expect(throws: NDArrayError.self) { try a.repeated(-1) }
        #expect(throws: NDArrayError.self) { try a.repeated(.max) }
        #expect(throws: NDArrayError.self) { try a.repeated(1 << 60) }
        #expect(throws: NDArrayError.self) { try a.repeated(1 << 44) }
    }

    @Test func `resizing repeats and cuts`() throws {
        #expect(try a[..<3].resized(to: [2, 4]).elements == [0, 1, 2, 0, 1, 2, 0, 1])
        #expect(try a.resized(to: [2]).elements == [0, 1])
        #expect(try NDArray<Int32>(zeros: [0]).resized(to: [2]).elements == [0, 0])
        #expect(throws: NDArrayError.self) { try a.resized(to: [-1]) }
    }

    @Test func `inserting, appending and deleting`() throws {
        #expect(try a[..<3].inserting([8, 9], at: [1, 3], along: 0).elements == [0, 8, 1, 2, 9])
        #expect(try a[..<3].inserting([8, 9], at: [1, 1], along: 0).elements == [0, 8, 9, 1, 2])
        #expect(try a[..<3].inserting([8], at: [-1], along: 0).elements == [0, 1, 8, 2])
        #expect(try table.inserting(NDArray(scalar: 7), at: [0], along: 1).elements == [7, 0, 1, 2, 7, 3, 4, 5])
        #expect(throws: NDArrayError.self) { try a.inserting([1], at: [7], along: 0) }
        #expect(throws: NDArrayError.self) { try a.inserting([1, 2, 3], at: [0, 1], along: 0) }
        #expect(try a.deleting([0, -1, 0], along: 0).elements == [1, 2, 3, 4])
        #expect(try table.deleting([1], along: 1).elements == [0, 2, 3, 5])
        #expect(throws: NDArrayError.self) { try a.deleting([6], along: 0) }
        #expect(try a[..<2].appending(table).elements == [0, 1, 0, 1, 2, 3, 4, 5])
        #expect(try table.appending(table, along: 0).shape == [4, 3])
        #expect(throws: NDArrayError.self) { try table.appending(a, along: 0) }
    }

    @Test func `zeros at the ends go`() throws {
        let array: NDArray<Int32> = [0, 0, 1, 0, 2, 0]
        #expect(try array.trimmingZeros().elements == [1, 0, 2])
        #expect(try array.trimmingZeros(back: false).elements == [1, 0, 2, 0])
        #expect(try array.trimmingZeros(front: false).elements == [0, 0, 1, 0, 2])
        #expect(try NDArray<Int32>([0, 0]).trimmingZeros().shape == [0])
        #expect(try NDArray<Int32>([0, 0]).trimmingZeros(front: false).shape == [0])
        #expect(try NDArray<Int32>([0, 0]).trimmingZeros(back: false).shape == [0])
        let square = try NDArray<Int32>(ones: [1, 1]).padded(2)
        #expect(try square.trimmingZeros().shape == [1, 1])
        #expect(try square.trimmingZeros(along: [1]).shape == [5, 1])
        #expect(throws: NDArrayError.self) { try array.trimmingZeros(along: [1]) }
    }
}
