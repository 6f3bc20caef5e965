/// Lengths that transforms like: products of small primes.
enum FastLength {
    /// The factors of the passes for a length: fours first, then a two, then odd primes in ascending order.
    static func factors(of length: Int) -> [Int] {
        var factors: [Int] = []
        var left = length
        while left % 4 == 0, left > 0 {
            factors.append(4)
            left /= 4
        }
        var prime = 2
        while prime * prime <= left {
            while left % prime == 0 {
                factors.append(prime)
                left /= prime
            }
            prime += prime == 2 ? 1 : 2
        }
        if left > 1 { factors.append(left) }
        return factors
    }

    /// The smallest product of 2, 3 and 5 that is not below `length`.
    static func next(_ length: Int) -> Int {
        guard length > 6 else { return Swift.max(length, 1) }
        var best = Int.max
        var fives = 1
        while fives < best {
            var threes = fives
            while threes < best {
                // The power of two that brings it just over.
                let quotient = (length + threes - 1) / threes
                let twos = quotient <= 1 ? 1 : 1 << (Int.bitWidth - (quotient - 1).leadingZeroBitCount)
                let (candidate, overflow) = threes.multipliedReportingOverflow(by: twos)
                if !overflow { best = Swift.min(best, candidate) }
                if threes >= length { break }
                threes *= 3
            }
            if fives >= length { break }
            fives *= 5
        }
        return best
    }
}
