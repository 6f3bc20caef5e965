import ImJoyCore

func showSpeed() throws {
    ComputeThreads.count = 1
    check(ComputeThreads.count == 1)

    let image = try NDArray<Float>.arange(12).reshaped(to: [3, 4]) / 12
    let (mean, deviation) = (image.mean(), image.standardDeviation())
    let gain: Float = 10_000
    let background = NDArray<Float>([1, 2, 3, 4])
    let normalised = try ((image.lazy - mean) / deviation).evaluated()
    let limited = try (image.lazy * gain + background).clipped(to: 0...4095).evaluated()
    check(normalised == (image - mean) / deviation)
    check(limited == (image * gain + background).clipped(to: 0...4095))

    let picture = image.cast(to: UInt8.self, scaledBy: 255)
    let (darkest, brightest) = image.minMax()
    check(picture[0, 1] == 21 && darkest == 0 && brightest == image.max())
}
