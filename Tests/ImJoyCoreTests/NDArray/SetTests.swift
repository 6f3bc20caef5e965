internal import ComplexModule
internal import ImJoyCore
internal import Testing

@Suite struct SetTests {
    @Test func `the different elements, where they are and how many`() throws {
        let array = try NDArray<Int32>([3, 1, 3, 2, 1, 3], shape: [2, 3])
        let all = array.uniqueAll()
        #expect(all.values.elements == [1, 2, 3])
        #expect(all.indices.elements == [1, 3, 0])
        #expect(all.counts.elements == [2, 1, 3])
        #expect(all.inverse.shape == [2, 3])
        #expect(try all.values.taking(all.inverse) == array)
        #expect(array.transposed().unique().elements == [1, 2, 3])
    }

    @Test func `all NaN are one, and so are zeros of both signs`() {
        let all = NDArray<Double>([.nan, 0, .nan, -0.0]).uniqueAll()
        #expect(all.values.count == 2)
        #expect(all.counts.elements == [2, 2])
        #expect(NDArray<Complex<Float>>([Complex(.nan, 1), Complex(1, .nan)]).unique().count == 1)
        #expect(NDArray<Float>(zeros: [0]).unique().isEmpty)
        #expect(NDArray<Float>(scalar: 4).unique().elements == [4])
    }

    @Test func `the different rows and columns`() throws {
        let array = try NDArray<Int32>([1, 2, 1, 0, 2, 0, 1, 2, 1], shape: [3, 3])
        #expect(try array.unique(along: 0).elements == [0, 2, 0, 1, 2, 1])
        #expect(try array.unique(along: 1) == NDArray([1, 2, 0, 2, 1, 2], shape: [3, 2]))
        #expect(throws: NDArrayError.self) { try array.unique(along: 2) }
        #expect(try NDArray<Int32>(zeros: [3, 0]).unique(along: 0).shape == [1, 0])
    }

    @Test func `unions, intersections and differences`() {
        let (a, b): (NDArray<Int32>, NDArray<Int32>) = ([5, 1, 3, 3], [3, 4, 5, 5])
        #expect(a.union(b).elements == [1, 3, 4, 5])
        #expect(a.intersection(b).elements == [3, 5])
        #expect(a.setDifference(b).elements == [1])
        #expect(a.symmetricDifference(b).elements == [1, 4])
        #expect(a.isIn(b).elements == [true, false, true, true])
        #expect(a.isIn(NDArray(zeros: [0])).elements == [false, false, false, false])
    }

    @Test func `NaN is in no set but its own`() {
        let (a, b): (NDArray<Double>, NDArray<Double>) = ([.nan, 1], [1, .nan])
        #expect(a.isIn(b).elements == [false, true])
        #expect(a.intersection(b).elements == [1])
        #expect(a.union(b).count == 2)
        #expect(a.setDifference(b).count == 1)
        #expect(a.symmetricDifference(b).count == 2)
    }

    @Test func `arrays of different types are promoted`() throws {
        let a = AnyNDArray(NDArray<UInt8>([1, 2]))
        let b = AnyNDArray(NDArray<Int8>([-1, 2]))
        let union = try a.union(b)
        #expect(union.dtype == .int16)
        #expect(try union.typed(as: Int16.self).elements == [-1, 1, 2])
        #expect(try a.isIn(b).elements == [false, true])
        #expect(try a.searchSorted(b).elements == [0, 1])
        #expect(try a.setDifference(b).dtype == .int16)
        #expect(try a.intersection(b).count == 1)
        #expect(try a.symmetricDifference(b).count == 2)
        #expect(a.unique().dtype == .uint8)
        #expect(a.uniqueAll().counts.elements == [1, 1])
    }
}
