import ImJoyCore

func showNumPyMap() throws {
    let a = try NDArray<Double>.arange(6).reshaped(to: [2, 3])
    let b = a.transposed()
    let c = (a + 1).sqrt()[.all, .step(-1)]
    let mean = c.mean(along: 0)
    check(b.shape == [3, 2] && mean.shape == [3])
}
