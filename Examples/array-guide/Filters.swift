import ImJoyCore

func showFilters() throws {
    var image = NDArray<Float>(zeros: [40, 60])
    image[20, 30] = 1
    image[5, 5] = 100

    let smooth = try image.gaussianFiltered(sigma: 2)
    let flat = try image.uniformFiltered(sizes: [3, 5], boundary: .nearest)
    let slope = try image.gaussianFiltered(sigma: 2, orders: [0, 1])
    check(abs(smooth.sum() - image.sum()) < 1e-3)
    check(abs(flat[20, 30] - 1 / 15) < 1e-6)
    check(slope[5, 3] > 0 && slope[5, 7] < 0)

    let clean = try image.medianFiltered(in: .size(3))
    let cross = try NDArray<Bool>([false, true, false, true, true, true, false, true, false], shape: [3, 3])
    let grown = try image.maximumFiltered(in: .footprint(cross))
    check(clean.max() == 0)
    check(grown[5, 6] == 100 && grown[6, 6] == 0)

    let sharpen = try NDArray<Double>([0, -1, 0, -1, 5, -1, 0, -1, 0], shape: [3, 3])
    let sharp = try image.correlated(with: sharpen, boundary: .reflect)
    let edges = try image.sobelFiltered(along: 0)
    check(sharp[20, 30] == 5 && edges[19, 30] == 2)
}
