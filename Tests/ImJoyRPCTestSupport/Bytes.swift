package import ImJoyCore

extension SharedBytes {
    /// One block with all of `pieces` in order.
    package init(joining pieces: [SharedBytes]) { self.init(copying: pieces.flatMap { [UInt8]($0) }) }

    /// Bytes from hexadecimal digits; blanks are skipped.
    package init?(hex: some StringProtocol) {
        let digits = hex.filter { !$0.isWhitespace }.compactMap(\.hexDigitValue)
        guard digits.count % 2 == 0, digits.count == hex.filter({ !$0.isWhitespace }).count else { return nil }
        self.init(copying: stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) })
    }

    /// Lower case hexadecimal digits.
    package var hex: String { [UInt8](self).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}

/// A small generator with a seed, for histories that can be repeated.
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    package init(seed: UInt64) { state = seed &* 2_862_933_555_777_941_757 &+ 3_037_000_493 }
    package mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
