internal import ImJoyCore
internal import Testing

/// The documented ends of the program: mistakes in shapes that the code itself made.
@Suite struct TrapTests {
    @Test func `adding shapes that do not fit`() async {
        await #expect(processExitsWith: .failure) {
            _ = NDArray<Int32>(zeros: [2, 3]) + NDArray<Int32>(zeros: [2, 4])
        }
    }

    @Test func `an in-place sum that would change the shape`() async {
        await #expect(processExitsWith: .failure) {
            var array = NDArray<Int32>(zeros: [3])
            array += NDArray<Int32>(zeros: [2, 3])
        }
    }

    @Test func `an index outside`() async {
        await #expect(processExitsWith: .failure) { _ = NDArray<Int32>(zeros: [2, 3])[2, 0] }
        await #expect(processExitsWith: .failure) { _ = NDArray<Int32>(zeros: [2, 3])[0, -4] }
        await #expect(processExitsWith: .failure) { _ = NDArray<Int32>(zeros: [2, 3])[0] }
        await #expect(processExitsWith: .failure) { _ = NDArray<Int32>(zeros: [2, 3])[1..<3] }
    }

    @Test func `the smallest of nothing`() async {
        await #expect(processExitsWith: .failure) { _ = NDArray<Float>(zeros: [0]).min() }
        await #expect(processExitsWith: .failure) { _ = NDArray<Float>(zeros: [0, 2]).argMax() }
    }

    @Test func `an axis that is not there`() async {
        await #expect(processExitsWith: .failure) { _ = NDArray<Float>(zeros: [2]).sum(along: 1) }
        await #expect(processExitsWith: .failure) { _ = NDArray<Float>(zeros: [2]).flipped(along: 3) }
    }

    @Test func `the only element of two`() async {
        await #expect(processExitsWith: .failure) { _ = NDArray<Float>(zeros: [2]).item }
    }
}
