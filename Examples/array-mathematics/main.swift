import ImJoyCore

// Linear algebra: a straight line through points, three ways.
let times: NDArray<Double> = [0, 1, 2, 3, 4]
let distances: NDArray<Double> = [1.1, 2.9, 5.2, 6.8, 9.1]
var equations = NDArray<Double>(ones: [5, 2])
equations[.all, 0] = times
let fit = try equations.leastSquares(distances)
let normal = try equations.transposed().matmul(equations)
let solution = try normal.solve(equations.transposed().matmul(distances))
let line = try Polynomial.fit(times, distances, degree: 1).polynomial
print("Slope \(fit.solution[0]), by the normal equations \(solution[0]), as a polynomial \(line)")

// Decompositions take stacks of matrices: here two covariance matrices, and the axes of their ellipses.
let covariances = try NDArray<Double>([4, 1, 1, 2, 9, 0, 0, 1], shape: [2, 2, 2])
let (variances, directions) = try covariances.eigh()
print("Variances along the axes:\n\(variances)")
let rebuilt = try NDArray.einsum("bik,bk,bjk->bij", directions, variances, directions)
print("Rebuilt to \((rebuilt - covariances).abs().max() < 1e-14 ? "the last digits" : "something else")")

do {
    _ = try NDArray<Double>([1, 2, 2, 4], shape: [2, 2]).inverse()
} catch {
    print("No inverse: \(error)")
}

// Fourier transforms: the strongest frequency of a noisy wave.
var random = RandomGenerator(seed: 7)
let time = NDArray<Double>.arange(256) / 256
let noise = try random.normal(standardDeviation: 0.5, shape: [256])
let wave = (time * (2 * .pi * 12)).sin() + noise
let spectrum = try wave.rfft()
let frequencies = try FFT.realFrequencies(256, spacing: 1 / 256)
print("Strongest at \(frequencies[spectrum.magnitude.argMax()]) Hz")

// A low-pass filter: transform, set the high frequencies to zero, transform back.
var low = spectrum
low[20..<129] = NDArray(scalar: 0)
let smooth = try low.irfft(length: 256)
print("Deviation from the noisy wave: \((smooth - wave).standardDeviation())")

// Random numbers are those of numpy.random.default_rng(7).
let dice = try random.integers(1...6, shape: [10])
let order = try random.permutation(5)
var workers = random.spawn(2)
let first = try workers[0].random(shape: [1000]).mean()
print("Dice \(dice), order \(order), mean of a worker's stream \(first)")

// Several arrays in one file, for `numpy.load`.
let packed = try NPZFile.encoded(
    [("wave", AnyNDArray(wave)), ("smooth", AnyNDArray(smooth))], compression: .deflated())
print("Arrays in the archive: \(try NPZFile(decoding: packed).names)")
