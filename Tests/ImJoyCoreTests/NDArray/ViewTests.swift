internal import ImJoyCore
internal import Testing

@Suite struct ViewTests {
    @Test func `a view written through keeps its parent unchanged`() throws {
        let parent = try NDArray<Int32>(0..<12, shape: [3, 4])
        var view = parent[1, .all]
        view[0] = 100
        #expect(view.elements == [100, 5, 6, 7])
        #expect(parent.elements == Array(0..<12))
    }

    @Test func `assigning to a part changes that part only`() throws {
        var array = try NDArray<Int32>(0..<12, shape: [3, 4])
        array[0, .step(-2)] = NDArray([7, 8])
        #expect(array.elements == [0, 8, 2, 7] + Array(4..<12))
        array[.all, 0] = array[0, 0..<3]
        #expect(array.elements == [0, 8, 2, 7, 8, 5, 6, 7, 2, 9, 10, 11])
    }
}
