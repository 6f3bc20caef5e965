import ImJoyCore

func showSegmentation() throws {
    var image = NDArray<UInt16>(zeros: [40, 60])
    image[10..<20, 10..<20] = NDArray(repeating: 900, shape: [10, 10])
    image[15..<25, 30..<50] = NDArray(repeating: 700, shape: [10, 20])
    image[0..<3, 0..<3] = NDArray(repeating: 800, shape: [3, 3])

    let threshold = try image.otsuThreshold()
    let mask = image .> UInt16(threshold)
    let uneven = try image.cast(to: Double.self) .> image.localThreshold(.gaussian(), blockSize: 35, offset: -10)
    check(mask.countTrue() == 309 && uneven.any())

    let (labels, count) = try mask.labelled()
    let (touching, _) = try mask.labelled(connectivity: 2)
    let whole = try labels.clearedAtBorder()
    let (numbered, old) = try whole.relabelledSequentially()
    check(count == 3 && touching.max() == 3)
    check(old == [2, 3] && numbered.max() == 2)

    let depths = try mask.distances()
    let micrometres = try mask.distances(sampling: [0.5, 0.1])
    let steps = try mask.gridDistances(.chessboard)
    check(depths[15, 15] == 5 && micrometres[15, 15] == 0.5 && steps[15, 15] == 5)

    let peaks = try depths.localPeaks(minimumDistance: 4)
    var markers = NDArray<Int32>(zeros: mask.shape)
    for row in 0..<peaks.shape[0] { markers[Int(peaks[row, 0]), Int(peaks[row, 1])] = Int32(row) + 1 }
    let parts = try (0 - depths).watershed(from: markers, in: mask)
    check(parts[15, 15] > 0 && parts[30, 30] == 0)

    let regions = try numbered.regions(in: image, measuring: .all)
    for region in regions where region.area > 50 {
        check(region.solidity == 1 && region.intensity?.standardDeviation == 0)
    }
    let statistics = try image.statistics(in: numbered)
    let outline = try image.contours(at: 100)
    check(regions[1].centroid == [19.5, 39.5] && statistics.means.elements == [900, 700] && outline.count == 3)
}
