internal import ImJoyCore
internal import ImJoyTestSupport
internal import Testing

@Suite struct RearrangingTests {
    private func cube() throws -> NDArray<Int32> { try NDArray<Int32>.arange(24).reshaped(to: [2, 3, 4]) }

    @Test func `rolling every layout by more than its length`() throws {
        for example in try EveryLayout.all(upToRank: 2, longest: 3) where example.array.rank > 0 {
            let array = example.array
            for axis in 0..<array.rank {
                for shift in [-4, -1, 0, 2, 7] {
                    let expected = ReferenceArray<Int32>(shape: array.shape) { index in
                        var index = index
                        let length = array.shape[axis]
                        index[axis] = ((index[axis] - shift) % length + length) % length
                        return array[at: index]
                    }
                    expectEqual(try array.rolled(by: shift, along: axis), expected, "\(example) \(shift)")
                }
            }
        }
    }

    @Test func `rolling several axes and all elements`() throws {
        let table = try NDArray<Int32>.arange(6).reshaped(to: [2, 3])
        #expect(table.rolled(by: 1).elements == [5, 0, 1, 2, 3, 4])
        #expect(try table.rolled(by: [1, 1], along: [0, 1]).elements == [5, 3, 4, 2, 0, 1])
        #expect(throws: NDArrayError.self) { try table.rolled(by: [1], along: [0, 1]) }
        #expect(throws: NDArrayError.self) { try table.rolled(by: 1, along: 2) }
        #expect(try table.rolled(by: .min, along: 0).count == 6)
        #expect(NDArray<Int32>(scalar: 5).rolled(by: 3).item == 5)
    }

    @Test func `flips and turns`() throws {
        let table = try NDArray<Int32>.arange(6).reshaped(to: [2, 3])
        #expect(table.flipped().elements == [5, 4, 3, 2, 1, 0])
        #expect(try cube().flipped(along: [0, -1])[0, 0, 0] == 15)
        #expect(throws: NDArrayError.self) { try table.flipped(along: [0, 0]) }
        #expect(try table.rotated().elements == [2, 5, 1, 4, 0, 3])
        #expect(try table.rotated(quarterTurns: 2).elements == table.flipped().elements)
        #expect(try table.rotated(quarterTurns: 3) == table.rotated(quarterTurns: -1))
        #expect(try table.rotated(quarterTurns: -4) == table)
        #expect(try cube().rotated(axes: (2, 0)).shape == [4, 3, 2])
        #expect(throws: NDArrayError.self) { try table.rotated(axes: (1, -1)) }
        #expect(throws: NDArrayError.self) { try NDArray<Int32>([1]).rotated() }
    }

    @Test func `axes move, swap, come and go`() throws {
        let cube = try cube()
        #expect(try cube.movingAxis(0, to: -1).shape == [3, 4, 2])
        #expect(try cube.movingAxes([0, 1], to: [-1, 0]).shape == [3, 4, 2])
        #expect(throws: NDArrayError.self) { try cube.movingAxes([0], to: [0, 1]) }
        #expect(throws: NDArrayError.self) { try cube.movingAxes([0, 0], to: [0, 1]) }
        #expect(try cube.swappingAxes(0, -1).shape == [4, 3, 2])
        #expect(throws: NDArrayError.self) { try cube.swappingAxes(0, 3) }
        #expect(try cube.insertingAxes(at: [0, -1]).shape == [1, 2, 3, 4, 1])
        #expect(try cube.insertingAxes(at: [0, -1]).squeezed().shape == [2, 3, 4])
        #expect(try cube.insertingAxes(at: [1]).squeezed(axes: [1]) == cube)
        let error = #expect(throws: NDArrayError.self) { try cube.squeezed(axes: [1]) }
        #expect(error?.message == "axis 1 of shape [2, 3, 4] has length 3, so it cannot be squeezed out")
        #expect(throws: NDArrayError.self) { try cube.insertingAxes(at: [5]) }
        #expect(throws: NDArrayError.self) { try cube.insertingAxes(at: [0, -5]) }
    }

    @Test func `windows share memory`() throws {
        let array = NDArray<Int32>.arange(6)
        let windows = try array.slidingWindows([3])
        #expect(windows.shape == [4, 3])
        #expect(windows[3, .all].elements == [3, 4, 5])
        #expect(windows.strides == [1, 1])
        #expect(try cube().slidingWindows([2, 2], along: [1, 2]).shape == [2, 2, 3, 2, 2])
        #expect(try cube().slidingWindows([2, 2], along: [1, 1]).shape == [2, 1, 4, 2, 2])
        #expect(try array[.step(-1)].slidingWindows([2])[0, .all].elements == [5, 4])
        let error = #expect(throws: NDArrayError.self) { try array.slidingWindows([7]) }
        #expect(error?.message == "a window of 7 does not fit axis 0 of length 6 (shape [6], windows [7])")
        #expect(throws: NDArrayError.self) { try array.slidingWindows([2, 2]) }
        #expect(throws: NDArrayError.self) { try array.slidingWindows([-1]) }
        // Writing to overlapping windows takes a copy.
        var copy = windows
        copy[0, 1] = 100
        #expect(copy[1, 0] == 1)
    }

    @Test func `arrays in their common shape`() throws {
        let arrays = try NDArray.broadcast([NDArray<Int32>([1, 2]), NDArray(zeros: [3, 1])])
        #expect(arrays.map(\.shape) == [[3, 2], [3, 2]])
        #expect(throws: NDArrayError.self) { try NDArray.broadcast([NDArray<Int32>([1, 2]), [1, 2, 3]]) }
    }

    @Test func `diagonals and triangles`() throws {
        let table = try NDArray<Int32>.arange(6).reshaped(to: [2, 3])
        #expect(try table.diagonal().elements == [0, 4])
        #expect(try table.diagonal(offset: 2).elements == [2])
        #expect(try table.diagonal(offset: -1).elements == [3])
        #expect(try table.diagonal(offset: 3).elements == [])
        #expect(try table.diagonal(offset: .min).elements == [])
        #expect(try table[.all, .step(-1)].diagonal().elements == [2, 4])
        #expect(try cube().diagonal(axes: (2, 0)).shape == [3, 2])
        #expect(throws: NDArrayError.self) { try NDArray<Int32>([1]).diagonal() }
        #expect(try NDArray<Int32>([1, 2]).diagonalMatrix(offset: 1).elements == [0, 1, 0, 0, 0, 2, 0, 0, 0])
        #expect(throws: NDArrayError.self) { try table.diagonalMatrix() }
        #expect(throws: NDArrayError.self) { try NDArray<Int32>([1]).diagonalMatrix(offset: .min) }
        #expect(throws: NDArrayError.self) { try NDArray<Int32>([1]).diagonalMatrix(offset: 1 << 40) }
        #expect(try table.lowerTriangle().elements == [0, 0, 0, 3, 4, 0])
        #expect(try table.upperTriangle(offset: 1).elements == [0, 1, 2, 0, 0, 5])
        #expect(throws: NDArrayError.self) { try NDArray<Int32>([1]).lowerTriangle() }
        #expect(NDArray<Int8>.lowerTriangularOnes(2, columns: 3, offset: 1).elements == [1, 1, 0, 1, 1, 1])
        var filled = NDArray<Int32>(zeros: [3, 2])
        try filled.fillDiagonal(with: 5)
        #expect(filled.elements == [5, 0, 0, 5, 0, 0])
        var cube = NDArray<Int32>(zeros: [2, 2, 2])
        try cube.fillDiagonal(with: [1, 2])
        #expect(cube[1, 1, 1] == 2 && cube[0, 0, 0] == 1 && cube.sum() == 3)
        #expect(throws: NDArrayError.self) { try filled.fillDiagonal(with: NDArray(zeros: [0])) }
        var flat = NDArray<Int32>([1])
        #expect(throws: NDArrayError.self) { try flat.fillDiagonal(with: 1) }
        var empty = NDArray<Int32>(zeros: [0, 2])
        try empty.fillDiagonal(with: 1)
        #expect(empty.isEmpty)
    }

    @Test func `grids of coordinates`() throws {
        let (x, y): (NDArray<Double>, NDArray<Double>) = ([1, 2, 3], [10, 20])
        let grid = try NDArray.meshGrid([x, y])
        #expect(grid.map(\.shape) == [[2, 3], [2, 3]])
        #expect(grid[0].elements == [1, 2, 3, 1, 2, 3])
        #expect(try NDArray.meshGrid([x, y], indexing: .ij)[1].elements == [10, 20, 10, 20, 10, 20])
        #expect(try NDArray.meshGrid([x]).map(\.shape) == [[3]])
        #expect(try NDArray.grid([x, y]).shape == [2, 3, 2])
        let indices = try NDArray<Int16>.indices([2, 3])
        #expect(indices.elements == [0, 0, 0, 1, 1, 1, 0, 1, 2, 0, 1, 2])
        #expect(try NDArray<Int16>.indices([]).shape == [0])
        #expect(try NDArray<Int16>.indices([0, 3]).shape == [2, 0, 3])
        #expect(throws: NDArrayError.self) { try NDArray<Int16>.indices([-1]) }
    }

    @Test func `geometric sequences`() {
        let powers = NDArray<Double>.logspace(0, 3, count: 4)
        #expect(powers.isApproximatelyEqual(to: [1, 10, 100, 1000], relativeTolerance: 1e-12))
        #expect(NDArray<Double>.logspace(0, 2, count: 2, base: 2, includingStop: false).elements == [1, 2])
        let sequence = NDArray<Double>.geomspace(-2, -32, count: 5)
        #expect(sequence.isApproximatelyEqual(to: [-2, -4, -8, -16, -32], relativeTolerance: 1e-12))
        #expect(sequence[0] == -2 && sequence[4] == -32)
        #expect(NDArray<Float>.geomspace(1, 8, count: 3, includingStop: false).count == 3)
        #expect(NDArray<Float>.geomspace(1, 8, count: 0).isEmpty)
    }

    @Test func `a geometric sequence through zero traps`() async {
        await #expect(processExitsWith: .failure) { _ = NDArray<Float>.geomspace(-1, 1, count: 3) }
    }

    @Test func `the same without the type`() throws {
        let array = AnyNDArray(try cube())
        #expect(array.flattened().shape == [24])
        #expect(array.transposed().shape == [4, 3, 2])
        #expect(try array.broadcast(to: [2, 2, 3, 4]).strides[0] == 0)
        #expect(try array.flipped()[0, 0, 0].description == "23")
        #expect(array.rolled(by: 1)[0, 0, 0].description == "23")
        #expect(try array.rolled(by: 1, along: 2)[0, 0, 0].description == "3")
        #expect(try array.tiled([2]).shape == [2, 3, 8])
        #expect(try array.rotated().shape == [3, 2, 4])
        #expect(try array.swappingAxes(0, 2).shape == [4, 3, 2])
        #expect(try array.movingAxes([0], to: [1]).shape == [3, 2, 4])
        #expect(try array.insertingAxes(at: [0]).squeezed().shape == [2, 3, 4])
        #expect(try array.insertingAxes(at: [0]).squeezed(axes: [0]).shape == [2, 3, 4])
        #expect(try array.split(into: 2, along: 2).map(\.shape) == [[2, 3, 2], [2, 3, 2]])
        #expect(try array.unevenSplit(into: 2, along: 1).map(\.shape) == [[2, 2, 4], [2, 1, 4]])
        #expect(try array.split(at: [1]).map(\.shape) == [[1, 3, 4], [1, 3, 4]])
        #expect(try array.repeated([2], along: 0).shape == [4, 3, 4])
        #expect(try array.resized(to: [2]).count == 2)
        #expect(try array.deleting([0], along: 0).shape == [1, 3, 4])
        #expect(try array.trimmingZeros().shape == [2, 3, 4])
        #expect(try array.slidingWindows([2], along: [2]).shape == [2, 3, 3, 2])
        #expect(try array.diagonal().shape == [4, 2])
        #expect(try array[0, 0].diagonalMatrix().shape == [4, 4])
        #expect(try array.lowerTriangle()[0, 0, 1].description == "0")
        #expect(try array.upperTriangle()[1, 1, 0].description == "0")
        #expect(try array.padded([(1, 1)]).shape == [4, 5, 6])
        #expect(try array.sorted(along: 0).shape == [2, 3, 4])
        #expect(try array.argSort().shape == [2, 3, 4])
        #expect(try array.partitioned(at: [1]).dtype == .int32)
        #expect(try array.argPartition(at: [1]).shape == [2, 3, 4])
    }
}
