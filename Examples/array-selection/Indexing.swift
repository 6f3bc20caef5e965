import ImJoyCore

func showIndexing() throws {
    var grid = try NDArray<Int32>.arange(12).reshaped(to: [3, 4])
    print(grid[1, 2], grid[-1, .all])
    print(grid[.all, .step(-2)].shape, grid[.newAxis, 0].shape)

    print(grid[[0, 2], [1, 3]])
    print(grid[.all, [3, 0]].shape)
    print(grid[grid .> 8])

    grid[grid .> 8] = [0]
    grid[[0, 0], [0, 1]] += 1
    try grid.add([1], at: [[0, 0], [2, 2]])
    print(grid)

    let scores: NDArray<Float> = [0.2, 0.9, 0.4]
    print(try scores.taking([-1, 0]))
    print(try scores.taking([5, -9], outside: .clip))
    print(scores.flatNonzero())

    let framed = try grid.padded([(1, 1), (0, 2)], with: .reflect())
    print(framed.shape, try NDArray.concatenate([grid, grid], along: 1).shape)
}
