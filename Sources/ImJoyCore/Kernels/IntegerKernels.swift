/// An operation on two integers that is done in 64 bits; the smaller types take the low bits of the result.
package enum WideOperation { case power, greatestCommonDivisor, leastCommonMultiple }

extension ElementwiseKernels {
    @specialized(where T == Int64)
    @specialized(where T == UInt64)
    package static func combine<T: NDInteger>(
        _ operation: WideOperation, _ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>
    ) {
        switch operation {
        case .power: combine(a, b, target) { power($0, $1) }
        case .greatestCommonDivisor: combine(a, b, target) { T(truncatingIfNeeded: divisor($0, $1)) }
        case .leastCommonMultiple:
            combine(a, b, target) { a, b in
                let common = divisor(a, b)
                return common == 0 ? 0 : T(truncatingIfNeeded: a.magnitude / common &* b.magnitude)
            }
        }
    }

    /// The number of bits that are set in the distance of each element from zero.
    @specialized(where T == Int64)
    @specialized(where T == UInt64)
    package static func countBits<T: NDInteger>(_ a: Operand<T>, into target: UnsafeMutablePointer<UInt8>) {
        transform(a, into: target) { UInt8(truncatingIfNeeded: $0.magnitude.nonzeroBitCount) }
    }

    /// Squares and multiplies; negative exponents were refused before.
    @inline(__always)
    private static func power<T: NDInteger>(_ base: T, _ exponent: T) -> T {
        var (result, square, rest) = (1 as T, base, exponent)
        while rest > 0 {
            if rest & 1 != 0 { result = result &* square }
            square = square &* square
            rest = rest &>> 1
        }
        return result
    }

    /// Euclid's algorithm on magnitudes.
    @inline(__always)
    private static func divisor<T: NDInteger>(_ a: T, _ b: T) -> T.Magnitude {
        var (x, y) = (a.magnitude, b.magnitude)
        while y != 0 { (x, y) = (y, x % y) }
        return x
    }
}
