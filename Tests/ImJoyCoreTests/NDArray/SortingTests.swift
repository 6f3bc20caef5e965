internal import ComplexModule
internal import ImJoyCore
internal import ImJoyTestSupport
internal import Testing

@Suite struct SortingTests {
    @Test func `every layout sorts as a loop does`() throws {
        for example in try EveryLayout.all(upToRank: 3, longest: 2) where example.array.rank > 0 {
            for axis in 0..<example.array.rank {
                let array = example.array.flipped(along: axis)
                let sorted = try array.sorted(along: axis)
                let order = try array.argSort(along: axis)
                let others = ReferenceArray<Int32>.indices(array.shape.enumerated().map { $0 == axis ? 1 : $1 })
                for index in others {
                    func lane<T: NDElement>(_ array: NDArray<T>) -> [T] {
                        (0..<array.shape[axis]).map { place in
                            var index = index
                            index[axis] = place
                            return array[at: index]
                        }
                    }
                    let values = lane(array)
                    #expect(lane(sorted) == values.sorted(), "\(example) \(axis)")
                    let expected = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
                    #expect(lane(order) == expected.map { Int64($0) })
                }
            }
        }
    }

    @Test func `views with steps and backward axes sort`() throws {
        let array = NDArray<Int16>([5, 1, 4, 2, 3, 0])
        #expect(try array[.step(-1)].sorted().elements == [0, 1, 2, 3, 4, 5])
        #expect(try array[.step(-2)].sorted().elements == [0, 1, 2])
        #expect(try array[.step(-2)].argSort().elements == [0, 2, 1])
        var copy = array
        try copy.sort()
        #expect(copy.elements == [0, 1, 2, 3, 4, 5])
        #expect(array[0] == 5)
    }

    @Test func `NaN comes last, zeros of both signs are equal, infinities are in place`() throws {
        let array = NDArray<Double>([.nan, 1, .infinity, -0.0, 0.0, -.infinity, -1])
        let sorted = try array.sorted().elements
        #expect(sorted.prefix(6).elementsEqual([-.infinity, -1, 0, 0, 1, .infinity]))
        #expect(sorted[6].isNaN)
        // Stable: the negative zero came first.
        #expect(sorted[2].sign == .minus && sorted[3].sign == .plus)
        #expect(try array.argSort().elements == [5, 6, 3, 4, 1, 2, 0])
        #expect(try NDArray<Float16>([2, .nan, -3]).argSort().elements == [2, 0, 1])
        #expect(try NDArray<Float>([0.5, -0.5, -0x1p-133, 0x1p-133]).argSort().elements == [1, 2, 3, 0])
    }

    @Test func `the extremes of every integer type are in order`() throws {
        #expect(try NDArray<UInt64>([.max, 0, 1 << 63]).sorted().elements == [0, 1 << 63, .max])
        #expect(try NDArray<Int64>([.max, .min, 0, -1]).sorted().elements == [.min, -1, 0, .max])
        #expect(try NDArray<Int8>([127, -128, 0]).sorted().elements == [-128, 0, 127])
        #expect(try NDArray<UInt16>([.max, 3]).sorted().elements == [3, .max])
        #expect(try NDArray<UInt32>([.max, 3]).sorted().elements == [3, .max])
        #expect(try NDArray([true, false, true]).sorted().elements == [false, true, true])
    }

    @Test func `complex numbers are ordered by their parts, NaN last`() throws {
        typealias C = Complex<Double>
        let array: NDArray<C> = [C(2, 1), C(1, .nan), C(.nan, 0), C(1, 5), C(1, -5)]
        #expect(try array.argSort().elements == [4, 3, 0, 1, 2])
        #expect(try NDArray<Complex<Float>>([Complex(1, 0), Complex(0, 3)]).argSort().elements == [1, 0])
    }

    @Test func `stable among many equal elements`() throws {
        let array = NDArray<UInt8>((0..<500).map { UInt8($0 % 3) })
        let order = try array.argSort().elements
        let expected = (0..<500).sorted { ($0 % 3, $0) < ($1 % 3, $1) }
        #expect(order == expected.map { Int64($0) })
    }

    @Test(arguments: [0, 1, 17, 250, 498, 499, -1])
    func `a partition puts the right element in place`(_ place: Int) throws {
        let places = Array<Int32>(0..<500)
        var examples: [[Int32]] = [places, places.reversed(), [Int32](repeating: 4, count: 500)]
        examples.append(places.map { $0 * 7919 % 503 })
        examples.append(places.map { $0 % 2 })
        // Bad for a median of three: the pivots come from the ends.
        examples.append(places.map { (place: Int32) -> Int32 in place % 2 == 0 ? place : 1000 - place })
        for values in examples {
            let parted = try NDArray(values).partitioned(at: [place]).elements
            let index = place < 0 ? place + 500 : place
            #expect(parted[index] == values.sorted()[index])
            #expect(parted[..<index].allSatisfy { $0 <= parted[index] })
            #expect(parted[index...].allSatisfy { $0 >= parted[index] })
            #expect(parted.sorted() == values.sorted())
        }
    }

    @Test func `several places at once, along an axis`() throws {
        let array = try NDArray<Int32>((0..<120).map { Int32($0 * 37 % 120) }, shape: [60, 2])
        let parted = try array.partitioned(at: [50, 3, 10], along: 0)
        for place in [3, 10, 50] {
            #expect(parted[place, .all] == (try array.sorted(along: 0)[place, .all]))
        }
        #expect(throws: NDArrayError.self) { try array.partitioned(at: [60], along: 0) }
        #expect(try NDArray<Int32>([3, 1, 2]).argPartition(at: []).elements == [0, 1, 2])
    }

    @Test func `sorting by several keys, the last one first`() throws {
        let family: NDArray<Int32> = [1, 0, 1, 0]
        let age: NDArray<Int32> = [30, 50, 20, 40]
        #expect(try NDArray.lexSort([age, family]).elements == [3, 1, 2, 0])
        let rows = try NDArray<Int32>([1, 0, 0, 1], shape: [2, 2])
        #expect(try NDArray.lexSort([rows], along: 0) == NDArray([1, 0, 0, 1], shape: [2, 2]))
        #expect(throws: NDArrayError.self) { try NDArray<Int32>.lexSort([]) }
        let error = #expect(throws: NDArrayError.self) { try NDArray.lexSort([age, rows]) }
        #expect(error?.message == "keys of different shapes to sort by: [[4], [2, 2]]")
    }

    @Test func `nothing and single elements`() throws {
        #expect(try NDArray<Float>(zeros: [0]).sorted().shape == [0])
        #expect(try NDArray<Float>(zeros: [0, 3]).argSort(along: 1).shape == [0, 3])
        #expect(try NDArray<Float>(zeros: [3, 0]).sorted(along: 0).shape == [3, 0])
        let error = #expect(throws: NDArrayError.self) { try NDArray<Float>(scalar: 1).sorted() }
        #expect(error?.message == "axis -1 of an array of 0 axes, shape []")
        #expect(throws: NDArrayError.self) { try NDArray<Float>(zeros: [2]).argSort(along: 1) }
    }

    @Test func `searching on either side, unsorted arrays with their order`() throws {
        let array: NDArray<Int32> = [1, 3, 3, 7]
        #expect(try array.searchSorted([0, 3, 8]).elements == [0, 1, 4])
        #expect(try array.searchSorted([0, 3, 8], side: .right).elements == [0, 3, 4])
        let mixed: NDArray<Int32> = [7, 1, 3, 3]
        #expect(try mixed.searchSorted([3, 7], sorter: mixed.argSort()).elements == [1, 3])
        #expect(try NDArray<Float>([1, .nan]).searchSorted([.nan, 2]).elements == [1, 1])
        #expect(try NDArray<Float>(zeros: [0]).searchSorted([1]).elements == [0])
        #expect(throws: NDArrayError.self) { try NDArray<Int32>(zeros: [2, 2]).searchSorted([1]) }
        #expect(throws: NDArrayError.self) { try array.searchSorted([1], sorter: [0]) }
        #expect(throws: NDArrayError.self) { try array.searchSorted([1], sorter: [0, 1, 2, 9]) }
    }

    @Test func `bins of ascending and descending edges`() throws {
        let values: NDArray<Double> = [0.5, 1, 2.5, 9]
        #expect(try values.digitized(edges: [1, 2, 3]).elements == [0, 1, 2, 3])
        #expect(try values.digitized(edges: [1, 2, 3], closedRight: true).elements == [0, 0, 2, 3])
        #expect(try values.digitized(edges: [3, 2, 1]).elements == [3, 2, 1, 0])
        #expect(try values.digitized(edges: [3, 2, 1], closedRight: true).elements == [3, 3, 1, 0])
        #expect(throws: NDArrayError.self) { try values.digitized(edges: [1, 3, 2]) }
        #expect(throws: NDArrayError.self) { try values.digitized(edges: NDArray(zeros: [2, 2])) }
    }
}
