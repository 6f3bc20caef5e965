/// M. E. O'Neill's permuted congruential generator with 128 bits of state: the one behind `numpy.random.default_rng`.
///
/// It is a `RandomNumberGenerator`, so that Swift's own `random(in:using:)` and `shuffled(using:)` take it. Its words
/// are those of `numpy.random.PCG64`.
public struct PCG64: RandomNumberGenerator, Sendable, Hashable {
    /// The state of the underlying generator.
    public private(set) var state: UInt128
    /// What is added in each step; odd. Every increment is another stream.
    public let increment: UInt128
    /// The upper half of a word whose lower half was used.
    private var spare: UInt32?

    private static let multiplier = UInt128(0x2360_ed05_1fc6_5da4) << 64 | 0x4385_df64_9fcc_f645

    /// The generator of a seed, as `PCG64(seed)` of NumPy.
    public init(seed: UInt64) { self.init(seed: SeedSequence(seed)) }

    /// The generator of a seed sequence.
    public init(seed: SeedSequence) {
        let words = seed.state(words: 4)
        let start = UInt128(words[0]) << 64 | UInt128(words[1])
        increment = (UInt128(words[2]) << 64 | UInt128(words[3])) << 1 | 1
        state = 0
        step()
        state &+= start
        step()
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        step()
        let folded = UInt64(truncatingIfNeeded: state >> 64) ^ UInt64(truncatingIfNeeded: state)
        let rotation = UInt64(truncatingIfNeeded: state >> 122)
        return folded >> rotation | folded << ((64 &- rotation) & 63)
    }

    /// The next 32 bits: the lower half of a word, and the next time its upper half.
    public mutating func next32() -> UInt32 {
        if let half = spare {
            spare = nil
            return half
        }
        let word = next()
        spare = UInt32(truncatingIfNeeded: word >> 32)
        return UInt32(truncatingIfNeeded: word)
    }

    private mutating func step() { state = state &* Self.multiplier &+ increment }

    /// Goes on by `count` words at once, in a time that does not grow with it; a spare half word is dropped.
    public mutating func advance(by count: UInt128) {
        // Steps are affine maps of the state; squaring the map doubles the steps.
        var (factor, offset) = (Self.multiplier, increment)
        var (totalFactor, totalOffset): (UInt128, UInt128) = (1, 0)
        var rest = count
        while rest > 0 {
            if rest & 1 == 1 {
                totalFactor &*= factor
                totalOffset = totalOffset &* factor &+ offset
            }
            offset = (factor &+ 1) &* offset
            factor &*= factor
            rest >>= 1
        }
        state = totalFactor &* state &+ totalOffset
        spare = nil
    }

    /// The generator `count` jumps further on: streams so far apart that they do not meet.
    public func jumped(_ count: UInt64 = 1) -> PCG64 {
        // 2 to the power of 128 divided by the golden ratio, as NumPy has it.
        let distance = UInt128(0x9e37_79b9_7f4a_7c15) << 64 | 0xf39c_c060_5ced_c835
        var copy = self
        copy.advance(by: distance &* UInt128(count))
        return copy
    }
}
