import ImJoyCore

/// Nuclei drawn by the program itself, for when there is no micrograph: discs with blur and noise.
enum Picture {
    /// How many nuclei ``nuclei()`` draws.
    static let count = 64

    /// Eight rows of eight nuclei, some of which touch; always the same picture.
    static func nuclei() throws -> NDArray<Double> {
        var random = RandomGenerator(seed: 2026)
        let places = try random.uniform(-5..<5, shape: [count, 2])
        let radii = try random.uniform(10..<14, shape: [count])
        let shades = try random.uniform(400..<1200, shape: [count])
        let side = 8 * 26 + 24
        var picture = NDArray<Double>(zeros: [side, side])
        let rows = try NDArray<Double>.arange(Double(side)).reshaped(to: [side, 1])
        let columns = try NDArray<Double>.arange(Double(side)).reshaped(to: [1, side])
        for index in 0..<count {
            let y = Double(25 + index / 8 * 26) + places[index, 0] / 2
            let x = Double(25 + index % 8 * 26) + places[index, 1] / 2
            let distances = ((rows - y) * (rows - y) + (columns - x) * (columns - x)).sqrt()
            // Brightest in the middle, as nuclei are.
            let nucleus = (1 - distances / (radii[index] * 1.3)) * shades[index]
            picture = NDArray<Double>.maximum(picture, nucleus)
        }
        let noise = try random.normal(mean: 0, standardDeviation: 12, shape: [side, side])
        return try picture.gaussianFiltered(sigma: 1.5) + 100 + noise
    }
}
