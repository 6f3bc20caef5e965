internal import ImJoyCore
internal import ImJoyTestSupport
internal import Testing

@Suite struct IndexingTests {
    private let cube = Self.orFail { try NDArray<Int32>.arange(60).reshaped(to: [3, 4, 5]) }

    private static func orFail<T>(_ body: () throws -> NDArray<T>) -> NDArray<T> {
        (try? body()) ?? NDArray(zeros: [])
    }

    @Test func `indices pick, repeat and count from the end`() throws {
        let array: NDArray<Int32> = [10, 11, 12, 13]
        #expect(array[[0, -1, 0]].elements == [10, 13, 10])
        #expect(array[NDArray<Int8>([2, 1])].elements == [12, 11])
        #expect(array[[Int]()].shape == [0])
        #expect(cube[[2, 0]].shape == [2, 4, 5])
        #expect(try array[.step(-1)].sliced([[0, 1]]).elements == [13, 12])
    }

    @Test func `several arrays of indices are broadcast together`() throws {
        let rows = try NDArray<Int64>([0, 2], shape: [2, 1])
        #expect(cube[rows, [1, 3]].shape == [2, 2, 5])
        #expect(cube[rows, [1, 3]][1, 0, 0] == cube[2, 1, 0])
        #expect(cube[[0, 1, 2], [3, 2, 1], [0, 1, 2]].elements == [15, 31, 47])
        let error = #expect(throws: NDArrayError.self) { try cube.sliced([[0, 1], [0, 1, 2]]) }
        #expect(error?.code == .shapeMismatch)
        #expect(error?.message.hasPrefix("the arrays of indices do not go together") == true)
    }

    @Test func `picked axes stay in place when neighbours, otherwise they come first`() throws {
        #expect(cube[.all, [0, 1], [1, 2]].shape == [3, 2])
        #expect(cube[[0, 1], .all, [1, 2]].shape == [2, 4])
        #expect(cube[.all, .newAxis, [0, 1]].shape == [3, 1, 2, 5])
        #expect(cube[0, .all, [1, 2, 3]].shape == [3, 4])
        #expect(cube[.all, 0, [1, 2, 3]].shape == [3, 3])
        #expect(cube[[0, 1], .newAxis, [0, 1]].shape == [2, 1, 5])
        #expect(cube[.ellipsis, [4, 0]].shape == [3, 4, 2])
        #expect(cube[.ellipsis, [4, 0]][1, 1, 0] == cube[1, 1, 4])
        #expect(cube[1..., [3, 0], .step(-2)].shape == [2, 2, 3])
        #expect(cube[1..., [3, 0], .step(-2)][0, 1, 0] == cube[1, 0, 4])
    }

    @Test func `masks of one and of several axes`() throws {
        #expect(cube[cube .> 55].elements == [56, 57, 58, 59])
        #expect(cube[NDArray([true, false, true])].shape == [2, 4, 5])
        #expect(cube[.all, NDArray([true, false, false, true]), 0].elements == [0, 15, 20, 35, 40, 55])
        let plane = try NDArray(
            [true, false, false, false, true, false, false, true, false, false, false, false], shape: [3, 4])
        #expect(cube[plane].shape == [3, 5])
        #expect(cube[plane, .step(4)].elements == [0, 4, 20, 24, 35, 39])
        #expect(cube[NDArray(scalar: true)].shape == [1, 3, 4, 5])
        #expect(cube[NDArray(scalar: false)].shape == [0, 3, 4, 5])
        let error = #expect(throws: NDArrayError.self) { try cube.sliced([NDArray([true, false])]) }
        #expect(error?.message == "a mask of shape [2] for axes of lengths [3], from axis 0 of shape [3, 4, 5]")
    }

    @Test func `indices outside and too many selectors are refused`() {
        let error = #expect(throws: NDArrayError.self) { try cube.sliced([AxisSlice.all, [0, 4]]) }
        #expect(error?.message == "index 4 is outside axis 1 of shape [3, 4, 5] of length 4")
        #expect(throws: NDArrayError.self) { try cube.sliced([[0], [0], [0], [0]]) }
        #expect(throws: NDArrayError.self) { try cube.sliced([[-4]]) }
        #expect(throws: NDArrayError.self) { try NDArray<Int32>(zeros: [0]).sliced([[0]]) }
        #expect(throws: NDArrayError.self) { try cube.sliced([NDArray<UInt64>([.max])]) }
    }

    @Test func `an index outside traps in brackets`() async {
        await #expect(processExitsWith: .failure) { _ = NDArray<Int32>(zeros: [2])[[2]] }
    }

    @Test func `assigning to what is picked`() throws {
        var array: NDArray<Int32> = [0, 1, 2, 3]
        let before = array
        array[[3, 0]] = [30, 10]
        #expect(array.elements == [10, 1, 2, 30])
        array[[1, 1]] = [7, 8]
        #expect(array[1] == 8)
        array[array .> 9] = [0]
        #expect(array.elements == [0, 8, 2, 0])
        #expect(before.elements == [0, 1, 2, 3])
        var cube = cube
        cube[.all, [0, 2], 1] = try NDArray([100, 200], shape: [2])
        #expect(cube[2, 0, 1] == 100 && cube[2, 2, 1] == 200 && cube[2, 1, 1] == 46)
        cube[[0, 1], .all, [0, 1]] = NDArray(scalar: -1)
        #expect(cube[1, 3, 1] == -1 && cube[0, 3, 0] == -1 && cube[1, 3, 0] == 35)
        #expect(throws: NDArrayError.self) { try array.assign([1, 2, 3], to: [[0, 1]]) }
        #expect(throws: NDArrayError.self) { try array.assign([1], to: [[9]]) }
    }

    @Test func `assigning through a view, from the array itself`() throws {
        let base: NDArray<Int32> = [0, 1, 2, 3, 4, 5]
        var view = base[.step(-2)]
        view[[0, 2]] = view[[2, 0]]
        #expect(view.elements == [1, 3, 5])
        #expect(base.elements == [0, 1, 2, 3, 4, 5])
        var array = base
        try array.assign(array[.step(-1)], to: [NDArray<Int64>.arange(6)])
        #expect(array.elements == [5, 4, 3, 2, 1, 0])
    }

    @Test func `adding once and adding every time`() throws {
        var once: NDArray<UInt8> = [0, 0, 255]
        var always = once
        once[[0, 0, 2]] += 1
        try always.add([1], at: [[0, 0, 2]])
        #expect(once.elements == [1, 0, 0])
        #expect(always.elements == [2, 0, 0])
        try always.update(at: [1...], with: [5], by: { max($0, $1) })
        #expect(always.elements == [2, 5, 5])
        #expect(throws: NDArrayError.self) { try always.add([1, 2], at: [[0, 1, 2]]) }
    }

    @Test func `taking and putting, with rules for what lies outside`() throws {
        let array: NDArray<Int32> = [10, 11, 12]
        #expect(try array.taking([-1, 0]).elements == [12, 10])
        #expect(try array.taking(NDArray<Int32>([-4, 3, 7]), outside: .wrap).elements == [12, 10, 11])
        #expect(try array.taking([-4, 3], outside: .clip).elements == [10, 12])
        let error = #expect(throws: NDArrayError.self) { try cube.taking([5], along: 2) }
        #expect(error?.message == "index 5 is outside axis 2 of shape [3, 4, 5] of length 5")
        #expect(throws: NDArrayError.self) { try NDArray<Int32>(zeros: [0]).taking([0], outside: .wrap) }
        #expect(try cube.taking(NDArray<Int64>(zeros: [2, 2]), along: 1).shape == [3, 2, 2, 5])
        #expect(try cube.taking(NDArray<Int64>(scalar: 1), along: -1).shape == [3, 4])
        var copy = array
        try copy.put([7, 8], at: [0, 2, -2])
        #expect(copy.elements == [7, 7, 8])
        try copy.put([1], at: [9], outside: .clip)
        #expect(copy.elements == [7, 7, 1])
        #expect(throws: NDArrayError.self) { try copy.put([1], at: [3]) }
        #expect(throws: NDArrayError.self) { try copy.put(NDArray(zeros: [0]), at: [0]) }
        try copy.put(NDArray(zeros: [0]), at: NDArray<Int64>(zeros: [0]))
        #expect(copy.elements == [7, 7, 1])
    }

    @Test func `one index per lane`() throws {
        let array = try NDArray<Int32>([3, 1, 2, 6, 5, 4], shape: [2, 3])
        let order = try array.argSort(along: 1)
        #expect(try array.taking(alongAxis: 1, order).elements == [1, 2, 3, 4, 5, 6])
        let largest = try array.argMax(along: 1, keepingAxes: true)
        #expect(try array.taking(alongAxis: 1, largest) == NDArray([3, 6], shape: [2, 1]))
        #expect(
            try array[.step(-1), .step(-1)].taking(alongAxis: -1, NDArray<Int64>([-1], shape: [1, 1])).elements == [
                6, 3,
            ])
        var copy = array
        try copy.put(NDArray(scalar: 0), alongAxis: 1, at: largest)
        #expect(copy.elements == [0, 1, 2, 0, 5, 4])
        try copy.put([9], alongAxis: 0, at: NDArray<Int64>([-1], shape: [1, 1]))
        #expect(copy.elements == [0, 1, 2, 9, 9, 9])
        #expect(throws: NDArrayError.self) { try array.taking(alongAxis: 1, NDArray<Int64>([3], shape: [1, 1])) }
        #expect(throws: NDArrayError.self) { try array.taking(alongAxis: 1, NDArray<Int64>([0])) }
        #expect(throws: NDArrayError.self) { try copy.put([0], alongAxis: 1, at: NDArray<Int64>([5], shape: [1, 1])) }
        #expect(throws: NDArrayError.self) { try copy.put([0], alongAxis: 1, at: NDArray<Int64>(zeros: [5, 1])) }
    }

    @Test func `choosing among arrays and leaving out`() throws {
        let indices: NDArray<Int64> = [0, 1, 1]
        #expect(try NDArray<Int32>.choose(indices, from: [[1, 2, 3], [10]]).elements == [1, 10, 10])
        #expect(throws: NDArrayError.self) { try NDArray<Int32>.choose([2], from: [[1], [2]]) }
        #expect(try NDArray<Int32>.choose([2, -1], from: [[1], [2]], outside: .wrap).elements == [1, 2])
        #expect(try cube.compressed(where: [true, false, true], along: 2).shape == [3, 4, 2])
        #expect(try NDArray<Int32>([1, 2]).compressed(where: [true]).elements == [1])
        #expect(throws: NDArrayError.self) { try NDArray<Int32>([1]).compressed(where: [false, true]) }
        #expect(throws: NDArrayError.self) { try cube.compressed(where: NDArray(zeros: [1, 1]), along: 0) }
    }

    @Test func `where elements are, as indices and as numbers`() throws {
        let array = try NDArray<Float>([0, .nan, -0.0, 4], shape: [2, 2])
        #expect(array.countNonzero() == 2)
        #expect(try array.countNonzero(along: [0]).elements == [0, 2])
        #expect(try array.nonzero().map(\.elements) == [[0, 1], [1, 1]])
        #expect(array.argWhere().elements == [0, 1, 1, 1])
        #expect(array.flatNonzero().elements == [1, 3])
        #expect(NDArray<Int8>(scalar: 3).argWhere().shape == [1, 0])
        #expect(throws: NDArrayError.self) { try NDArray<Int8>(scalar: 3).nonzero() }
        let numbers: NDArray<Int32> = [0, 7, 11]
        let indices = try numbers.unraveled(into: [3, 4])
        #expect(indices.map(\.elements) == [[0, 1, 2], [0, 3, 3]])
        #expect(try NDArray.raveled(indices, shape: [3, 4]).elements == [0, 7, 11])
        #expect(try NDArray.raveled([[3], [-1]], shape: [3, 4], outside: .wrap).elements == [3])
        #expect(throws: NDArrayError.self) { try numbers.unraveled(into: [3, 3]) }
        #expect(throws: NDArrayError.self) { try NDArray.raveled([[0], [-1]], shape: [3, 4]) }
        #expect(throws: NDArrayError.self) { try NDArray.raveled([[0]], shape: [3, 4]) }
        #expect(try NDArray<Int64>(zeros: [0]).unraveled(into: [0, 2]).map(\.count) == [0, 0])
    }

    @Test func `arrays whose type is known at run time only`() throws {
        var array = AnyNDArray(cube)
        #expect(try array.sliced([[0, 2]]).shape == [2, 4, 5])
        try array.assign(AnyNDArray(NDArray<Double>([1.9])), to: [0, 0])
        #expect(array[0, 0, 4].description == "1")
        try array.assign(-5, to: [[1, 2], 3])
        #expect(try array.typed(as: Int32.self)[2, 3, 4] == -5)
        #expect(cube[2, 3, 4] == 59)
        var bytes = AnyNDArray(NDArray<UInt8>([1, 2]))
        let error = #expect(throws: NDArrayError.self) { try bytes.assign(300) }
        #expect(error?.message == "300 does not fit uint8; cast the array to a larger type first")
        #expect(throws: NDArrayError.self) { try bytes.assign(-1) }
        #expect(try bytes.typed(as: UInt8.self).elements == [1, 2])
        var floats = AnyNDArray(NDArray<Float>([1, 2]))
        try floats.assign(7, to: [1])
        #expect(try floats.typed(as: Float.self).elements == [1, 7])
        #expect(try array.taking([1], along: 0).shape == [1, 4, 5])
        #expect(try array.taking(alongAxis: 0, NDArray(zeros: [1, 4, 5])).shape == [1, 4, 5])
        #expect(try array.compressed(where: [true], along: 1).shape == [3, 1, 5])
        #expect(floats.flatNonzero().elements == [0, 1])
        #expect(try floats.nonzero().count == 1)
        #expect(floats.argWhere().shape == [2, 1])
    }
}
