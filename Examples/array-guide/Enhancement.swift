import ImJoyCore

func showEnhancement() throws {
    var random = RandomGenerator(seed: 7)
    var picture = NDArray<UInt8>(repeating: 20, shape: [32, 40])
    picture[8..<20, 10..<30] = NDArray<UInt8>(repeating: 200, shape: [12, 20])
    let noise = try random.integers(0..<20, shape: [32, 40]).cast(to: UInt8.self)
    let noisy = picture + noise
    let moved = try picture.rolled(by: [3, -2], along: [0, 1])
    let colours = try noisy.grayToRGB()

    let unit = try picture.scaledToUnitRange()
    let smooth = try picture.gaussianBlurred(sigma: 2)
    let sharp = try picture.unsharpMasked(radius: 2, amount: 0.8)
    let edges = try picture.edges(.scharr)
    let spots = try picture.differenceOfGaussians(low: 2, high: 5)
    check(unit[10, 12] == 200 * (1 / 255.0) && smooth[8, 20] < unit[8, 20])
    check(sharp[8, 20] > unit[8, 20] && edges[14, 20] == 0 && edges[8, 20] > 0 && spots[14, 20] > 0)

    let bright = try picture.intensityRescaled(from: .limits(10, 100))
    let curved = try picture.gammaAdjusted(0.5)
    let flat = try picture.histogramEqualized()
    let clear = try picture.adaptivelyEqualized(clipLimit: 0.02)
    check(bright[0, 0] == 28 && bright[10, 12] == 255 && curved[0, 0] == 71)
    check(flat.max() == 1 && clear.max() == 1)

    let background = try picture.rollingBallBackground(radius: 8)
    let bilateral = try picture.bilateralDenoised(colourSigma: 0.1, boundary: .reflect)
    let patches = try picture.nonLocalMeansDenoised(patchSize: 5, patchDistance: 3, cutoff: 0.1)
    let variation = try picture.totalVariationDenoised(weight: 0.1)
    check(background[0, 0] == 20 && background[14, 20] < 40)
    check(bilateral.shape == patches.shape && variation.max() < 0.79)

    let lab = try colours.converted(from: .rgb, to: .lab)
    let stains = try colours.converted(from: .rgb, to: .hed)
    let gray = try colours.rgbToGray()
    let bytes = try colours.rgbToGray8()
    check(lab.shape == stains.shape && gray.shape == [32, 40] && bytes == noisy)

    let ratio = try picture.peakSignalToNoiseRatio(to: noisy)
    let likeness = try picture.structuralSimilarity(to: noisy)
    let found = try picture.phaseCorrelation(with: moved, upsampling: 10)
    check(ratio > 20 && likeness < 1 && found.shift == [-3, 2])
}
