/// Random numbers of many distributions, with the streams of `numpy.random.default_rng`.
///
/// ```swift
/// var random = RandomGenerator(seed: 7)
/// let noise = try random.normal(standardDeviation: 0.1, shape: [512, 512])
/// let dice = try random.integers(1...6, shape: [100])
/// let order = try random.permutation(10)
/// ```
/// The same seed and the same calls give the numbers that NumPy gives, bit for bit. (Where a distribution takes a
/// logarithm or a power, the last bit is that of the system's mathematical library, in NumPy as here.)
///
/// A generator is a value: a copy goes on with the same numbers. It can be handed to another task; for independent
/// streams in several tasks use ``spawn(_:)``. It is a `RandomNumberGenerator` for Swift's own functions as well.
public struct RandomGenerator: RandomNumberGenerator, Sendable, Hashable {
    /// The source of all bits.
    public var bits: PCG64
    /// The seed, from which ``spawn(_:)`` takes those of its children.
    public private(set) var seed: SeedSequence

    /// The generator of `numpy.random.default_rng(seed)`.
    public init(seed: UInt64) { self.init(seed: SeedSequence(seed)) }

    /// The generator of a seed sequence.
    public init(seed: SeedSequence) {
        self.seed = seed
        bits = PCG64(seed: seed)
    }

    /// A generator that nobody can predict.
    public init() { self.init(seed: .fromSystem()) }

    /// Generators whose streams are independent of one another and of this one's; each call gives new ones.
    public mutating func spawn(_ count: Int) -> [RandomGenerator] {
        seed.spawn(count).map { RandomGenerator(seed: $0) }
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 { bits.next() }
}

extension RandomGenerator {
    /// Numbers spread evenly over 0..<1; NumPy's `random`.
    ///
    /// - Parameter type: `Double` has 53 random bits, `Float` 24.
    /// - Parameter shape: the shape of the result.
    public mutating func random<T: NDLinearReal>(
        _ type: T.Type = Double.self, shape: [Int]
    ) throws(NDArrayError) -> NDArray<T> {
        try T.self == Float.self
            ? filled(shape, as: T.self) { (bits) -> Float in bits.nextUnitFloat() }
            : filled(shape, as: T.self) { (bits) -> Double in bits.nextUnit() }
    }

    /// Numbers spread evenly from the lower bound of `range` up to its upper one; NumPy's `uniform`.
    ///
    /// Throws when the width of the range is no finite number.
    public mutating func uniform(
        _ range: Range<Double> = 0..<1, shape: [Int]
    ) throws(NDArrayError) -> NDArray<Double> {
        let (low, width) = (range.lowerBound, range.upperBound - range.lowerBound)
        guard width.isFinite else { throw NDArrayError(.outOfBounds, "random numbers in \(range), which is too wide") }
        return try filled(shape) { low + width * $0.nextUnit() }
    }

    /// Numbers of the normal distribution with mean 0 and standard deviation 1; NumPy's `standard_normal`.
    public mutating func standardNormal<T: NDLinearReal>(
        _ type: T.Type = Double.self, shape: [Int]
    ) throws(NDArrayError) -> NDArray<T> {
        let tables = ZigguratTables.normal
        return try T.self == Float.self
            ? filled(shape, as: T.self) { (bits) -> Float in bits.nextNormalFloat(tables) }
            : filled(shape, as: T.self) { (bits) -> Double in bits.nextNormal(tables) }
    }

    /// Numbers of a normal distribution; NumPy's `normal`. Throws for a negative standard deviation.
    public mutating func normal(
        mean: Double = 0, standardDeviation: Double = 1, shape: [Int]
    ) throws(NDArrayError) -> NDArray<Double> {
        try requireScale(standardDeviation, "standard deviation")
        let tables = ZigguratTables.normal
        return try filled(shape) { mean + standardDeviation * $0.nextNormal(tables) }
    }

    /// Numbers of the exponential distribution with mean 1; NumPy's `standard_exponential`.
    public mutating func standardExponential<T: NDLinearReal>(
        _ type: T.Type = Double.self, shape: [Int]
    ) throws(NDArrayError) -> NDArray<T> {
        let tables = ZigguratTables.exponential
        return try T.self == Float.self
            ? filled(shape, as: T.self) { (bits) -> Float in bits.nextExponentialFloat(tables) }
            : filled(shape, as: T.self) { (bits) -> Double in bits.nextExponential(tables) }
    }

    /// Numbers of the exponential distribution with mean `scale`; NumPy's `exponential`. Throws for a negative scale.
    public mutating func exponential(scale: Double = 1, shape: [Int]) throws(NDArrayError) -> NDArray<Double> {
        try requireScale(scale, "scale")
        let tables = ZigguratTables.exponential
        return try filled(shape) { scale * $0.nextExponential(tables) }
    }

    /// Numbers of the gamma distribution; NumPy's `gamma`. Throws when a parameter is negative.
    ///
    /// G. Marsaglia and W. W. Tsang, "A simple method for generating gamma variables", 2000.
    public mutating func gamma(
        _ parameter: Double, scale: Double = 1, shape: [Int]
    ) throws(NDArrayError) -> NDArray<Double> {
        try requireScale(parameter, "shape parameter")
        try requireScale(scale, "scale")
        let tables = (ZigguratTables.normal, ZigguratTables.exponential)
        return try filled(shape) { scale * $0.nextGamma(parameter, tables.0, tables.1) }
    }

    /// How often something happens that happens `mean` times on average; NumPy's `poisson`.
    ///
    /// Throws for a negative mean, and for one whose numbers 64 bits might not hold. W. Hörmann, "The transformed
    /// rejection method for generating Poisson random variables", 1993.
    public mutating func poisson(mean: Double = 1, shape: [Int]) throws(NDArrayError) -> NDArray<Int64> {
        // NumPy's bound: ten standard deviations below the largest number.
        let most = Double(Int64.max) - Double(Int64.max).squareRoot() * 10
        guard mean >= 0, mean <= most else {
            throw NDArrayError(.outOfBounds, "a Poisson distribution of mean \(mean), which must be in 0...\(most)")
        }
        return try filled(shape) { $0.nextPoisson(mean) }
    }

    /// How many of `trials` succeed when each does with the given probability; NumPy's `binomial`.
    ///
    /// Throws for a negative number of trials, or a probability outside 0...1. V. Kachitvichyanukul and B. W.
    /// Schmeiser, "Binomial random variate generation", 1988.
    public mutating func binomial(
        trials: Int, probability: Double, shape: [Int]
    ) throws(NDArrayError) -> NDArray<Int64> {
        guard trials >= 0, probability >= 0, probability <= 1 else {
            throw NDArrayError(.outOfBounds, "a binomial distribution of \(trials) trials, probability \(probability)")
        }
        let distribution = BinomialDistribution(trials: trials, probability: probability)
        return try filled(shape) { distribution.draw(&$0) }
    }

    private func requireScale(_ value: Double, _ name: String) throws(NDArrayError) {
        guard value >= 0 else {
            throw NDArrayError(.outOfBounds, "a distribution whose \(name) is \(value); it must not be negative")
        }
    }

    /// An array whose elements are drawn one after another.
    mutating func filled<T: NDElement>(
        _ shape: [Int], _ draw: (inout PCG64) -> T
    ) throws(NDArrayError) -> NDArray<T> {
        let count = try Layout.elementCount(of: shape)
        return try NDArray(uninitialised: shape) { target in
            for index in 0..<count { (target + index).initialize(to: draw(&bits)) }
        }
    }

    /// The same for a function of the one type that `T` is known to be.
    private mutating func filled<T: NDElement, Drawn: NDElement>(
        _ shape: [Int], as type: T.Type, _ draw: (inout PCG64) -> Drawn
    ) throws(NDArrayError) -> NDArray<T> {
        let array = try filled(shape, draw)
        return NDArray<T>(storage: array.storage, layout: array.layout)
    }
}
