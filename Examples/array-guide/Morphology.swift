import ImJoyCore

func showMorphology() throws {
    var image = NDArray<UInt16>(zeros: [64, 64])
    image[10..<30, 10..<30] = NDArray<UInt16>(repeating: 500, shape: [20, 20])
    image[40, 40] = 900
    image[15, 15] = 0

    let disk = MorphologyWindow.footprint(try StructuringElement.disk(radius: 2))
    let smooth = try image.opened(by: disk)
    let spots = try image.whiteTopHat(by: disk)
    let edges = try image.morphologicalGradient(by: .size(3), boundary: .nearest)
    check(smooth[40, 40] == 0 && smooth[20, 20] == 500)
    check(spots[40, 40] == 900)
    check(edges[10, 20] == 500 && edges[20, 20] == 0)

    let mask = image .> 100
    let whole = try mask.filledHoles()
    let core = try whole.eroded(iterations: 3)
    let back = try core.propagated(in: whole)
    check(whole[15, 15] && core.countTrue() == 14 * 14)
    check(back.countTrue() == 400)

    let seeds = try image.heightMaxima(100)
    let domes = image - (try image.clipped(to: 0...400).reconstructedByDilation(under: image))
    check(seeds[40, 40] && domes[40, 40] == 500)

    let skeleton = try whole.skeletonized()
    let hull = try whole.convexHull()
    check(skeleton.countTrue() < 40 && hull.countTrue() > 401)
}
