/// A seed spread over all bits of a generator's state, and the source of independent seeds; NumPy's `SeedSequence`.
///
/// ```swift
/// let sequence = SeedSequence(2024)
/// let workers = sequence.spawn(4).map { RandomGenerator(seed: $0) }   // four streams that have nothing in common
/// ```
/// The method is M. E. O'Neill's `seed_seq_fe`, and the words are those of `numpy.random.SeedSequence`.
public struct SeedSequence: Sendable, Hashable {
    /// The seed in words of 32 bits, lowest first.
    public let entropy: [UInt32]
    /// The place in the tree of spawned sequences; empty for a root.
    public let spawnKey: [UInt32]
    /// How many children ``spawn(_:)`` has handed out.
    public private(set) var childCount = 0
    private let pool: [UInt32]

    private static let poolSize = 4

    /// A seed that is one number.
    public init(_ seed: UInt64) {
        let high = UInt32(truncatingIfNeeded: seed >> 32)
        self.init(entropy: [UInt32(truncatingIfNeeded: seed)] + (high > 0 ? [high] : []))
    }

    /// A seed of any length in words of 32 bits, lowest first; NumPy takes one integer or a list of them for it.
    public init(entropy: [UInt32], spawnKey: [UInt32] = []) {
        self.entropy = entropy
        self.spawnKey = spawnKey
        var words = entropy
        if !spawnKey.isEmpty {
            // A short seed must not run into the key.
            words += [UInt32](repeating: 0, count: Swift.max(Self.poolSize - words.count, 0))
        }
        pool = Self.mixed(words + spawnKey)
    }

    /// A seed from the system's entropy.
    public static func fromSystem() -> SeedSequence {
        var source = SystemRandomNumberGenerator()
        return SeedSequence(entropy: (0..<Self.poolSize).map { _ in source.next() })
    }

    /// Children whose streams are independent of one another and of this one's; each call gives new ones.
    public mutating func spawn(_ count: Int) -> [SeedSequence] {
        let first = childCount
        childCount += Swift.max(count, 0)
        return (first..<childCount).map { child in
            let low = UInt32(truncatingIfNeeded: child)
            let high = UInt32(truncatingIfNeeded: child >> 32)
            return SeedSequence(entropy: entropy, spawnKey: spawnKey + [low] + (high > 0 ? [high] : []))
        }
    }

    /// Words of 64 bits for the state of a generator.
    public func state(words count: Int) -> [UInt64] {
        var factor: UInt32 = 0x8b51_f9dd
        let halves = (0..<2 * Swift.max(count, 0)).map { index in
            var word = pool[index % Self.poolSize] ^ factor
            factor &*= 0x58f3_8ded
            word &*= factor
            return UInt64(word ^ word >> 16)
        }
        return stride(from: 0, to: halves.count, by: 2).map { halves[$0] | halves[$0 + 1] << 32 }
    }

    private static func mixed(_ words: [UInt32]) -> [UInt32] {
        var factor: UInt32 = 0x43b0_d7e5
        func hashed(_ word: UInt32) -> UInt32 {
            var word = word ^ factor
            factor &*= 0x931e_8875
            word &*= factor
            return word ^ word >> 16
        }
        func combined(_ a: UInt32, _ b: UInt32) -> UInt32 {
            let result = a &* 0xca01_f9dd &- b &* 0x4973_f715
            return result ^ result >> 16
        }
        var pool = (0..<poolSize).map { hashed($0 < words.count ? words[$0] : 0) }
        for source in 0..<poolSize {
            for target in 0..<poolSize where target != source {
                pool[target] = combined(pool[target], hashed(pool[source]))
            }
        }
        for word in words.dropFirst(poolSize) {
            for target in 0..<poolSize { pool[target] = combined(pool[target], hashed(word)) }
        }
        return pool
    }
}
