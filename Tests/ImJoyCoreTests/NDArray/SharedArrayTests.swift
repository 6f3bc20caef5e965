internal import ImJoyCore
internal import Testing

/// Arrays in several tasks at once; `make test` runs this under the thread sanitizer too.
@Suite struct SharedArrayTests {
    @Test(.timeLimit(.minutes(30))) func `two tasks that write the same array write two copies`() async {
        let shared = NDArray<Int64>.arange(1000)
        await withTaskGroup(of: Bool.self) { group in
            for task in 0..<8 {
                group.addTask {
                    var mine = shared
                    for round in 0..<50 {
                        mine += Int64(task)
                        mine[round] = -1
                        if shared[round] != Int64(round) { return false }
                    }
                    return mine[999] == 999 + 50 * Int64(task) && mine[49] == -1
                }
            }
            for await isRight in group { #expect(isRight) }
        }
        #expect(shared.elements == Array(0..<1000))
    }

    @Test(.timeLimit(.minutes(30))) func `views of one array are written in many tasks without being seen`()
        async throws
    {
        let shared = try NDArray<Float>.arange(400).reshaped(to: [20, 20])
        await withTaskGroup(of: Bool.self) { group in
            for row in 0..<20 {
                group.addTask {
                    var mine = shared[row, .step(-1)]
                    let before = mine.elements
                    for _ in 0..<20 { mine = (mine + 1) * 2 / 2 - 1 }
                    mine += AnyNDArray(shared).dtype == .float32 ? 1 : 0
                    return mine.elements == before.map { $0 + 1 }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
        #expect(shared.sum() == 79800)
    }
}
