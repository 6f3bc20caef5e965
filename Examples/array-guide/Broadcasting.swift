import ImJoyCore

func showBroadcasting() throws {
    let image = try NDArray<Float>.arange(12).reshaped(to: [3, 4])
    let byColumn: NDArray<Float> = [10, 20, 30, 40]
    let byRow = NDArray<Float>([[1], [2], [3]])
    let shifted = image + byColumn  // [3, 4] and [4]
    let scaled = image * byRow  // [3, 4] and [3, 1]
    check(shifted[2, 3] == 51 && scaled[2, 3] == 33)

    let column = image.mean(along: 1).insertingAxis(at: 1)
    let centred = image - column
    check(centred.sum() == 0)

    let table = byRow + byColumn  // [3, 1] and [4]
    let repeated = try byColumn.broadcast(to: [3, 4])
    check(table.shape == [3, 4] && repeated.strides == [0, 1])

    var sum = byColumn
    sum += 1
    check(sum[0] == 11)
}
