import ImJoyCore

func showGeometry() throws {
    var image = NDArray<Float>(zeros: [40, 60])
    image[20, 30] = 100
    image[10..<15, 10..<20] = [7]

    let large = try image.zoomed(by: [2], order: 3, mode: .mirror)
    let moved = try image.shifted(by: [1.5, -0.25], order: 1, mode: .nearest)
    let upright = try image.rotated(degrees: -3.5, order: 1)
    check(large.shape == [80, 120])
    check(moved[22, 30] == 37.5)
    check(upright.shape == [44, 62])

    let shear = try NDArray<Double>([1, 0, 0.2, 1], shape: [2, 2])
    let slanted = try image.affineTransformed(by: shear, offset: [0, -4], order: 1, mode: .constant(0))
    let line = try NDArray<Double>([12, 12, 12, 8, 9.5, 12], shape: [2, 3])
    let profile = try image.sampled(at: line, order: 1)
    check(slanted[20, 30] == 100)
    check(profile.elements == [0, 3.5, 7])

    let thumbnail = try image.resampled(to: [20, 30])
    let half = try image.rescaled(by: [0.5], antialiasing: .none)
    check(thumbnail.max() < half.max() && half.shape == [20, 30])

    let binned = try image.blockSum(of: [2, 2])
    let tiles = try image.blocks(of: [10, 10])
    let brightest = try tiles.max(along: [2, 3])
    let levels = try image.gaussianPyramid(levels: 3)
    check(binned.sum() == image.sum() && brightest.shape == [4, 6])
    check(levels.map(\.shape) == [[40, 60], [20, 30], [10, 15], [5, 8]])
}
