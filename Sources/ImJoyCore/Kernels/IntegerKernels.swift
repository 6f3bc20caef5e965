/// An operation on the bits of two integers.
package enum BitOperation { case and, or, xor }

/// An operation on two integers that is done in 64 bits; the smaller types take the low bits of the result.
package enum WideOperation { case shiftLeft, shiftRight, power, greatestCommonDivisor, leastCommonMultiple }

extension ElementwiseKernels {
    @specialized(where T == UInt8)
    @specialized(where T == UInt16)
    @specialized(where T == UInt32)
    @specialized(where T == UInt64)
    package static func combine<T: NDInteger>(
        _ operation: BitOperation, _ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>
    ) {
        switch T.dtype {
        case .int8: combine(operation, a.rebound(to: UInt8.self), b.rebound(), target.rebound())
        case .int16: combine(operation, a.rebound(to: UInt16.self), b.rebound(), target.rebound())
        case .int32: combine(operation, a.rebound(to: UInt32.self), b.rebound(), target.rebound())
        case .int64: combine(operation, a.rebound(to: UInt64.self), b.rebound(), target.rebound())
        default:
            switch operation {
            case .and: combine(a, b, target) { $0 & $1 }
            case .or: combine(a, b, target) { $0 | $1 }
            case .xor: combine(a, b, target) { $0 ^ $1 }
            }
        }
    }

    /// Shifts by the width of 64 bits or more, and by negative counts, leave nothing but the sign.
    @specialized(where T == Int64)
    @specialized(where T == UInt64)
    package static func combine<T: NDInteger>(
        _ operation: WideOperation, _ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>
    ) {
        switch operation {
        case .shiftLeft: combine(a, b, target) { isShift($1) ? $0 &<< $1 : 0 }
        case .shiftRight: combine(a, b, target) { isShift($1) ? $0 &>> $1 : $0 < 0 ? 0 &- 1 : 0 }
        case .power: combine(a, b, target) { power($0, $1) }
        case .greatestCommonDivisor: combine(a, b, target) { T(truncatingIfNeeded: divisor($0, $1)) }
        case .leastCommonMultiple:
            combine(a, b, target) { a, b in
                let common = divisor(a, b)
                return common == 0 ? 0 : T(truncatingIfNeeded: a.magnitude / common &* b.magnitude)
            }
        }
    }

    @specialized(where T == UInt8)
    @specialized(where T == UInt16)
    @specialized(where T == UInt32)
    @specialized(where T == UInt64)
    package static func invert<T: NDInteger>(_ a: Operand<T>, _ target: Destination<T>) {
        switch T.dtype {
        case .int8: invert(a.rebound(to: UInt8.self), target.rebound())
        case .int16: invert(a.rebound(to: UInt16.self), target.rebound())
        case .int32: invert(a.rebound(to: UInt32.self), target.rebound())
        case .int64: invert(a.rebound(to: UInt64.self), target.rebound())
        default: transform(a, target) { ~$0 }
        }
    }

    /// The number of bits that are set in the distance of each element from zero.
    @specialized(where T == Int64)
    @specialized(where T == UInt64)
    package static func countBits<T: NDInteger>(_ a: Operand<T>, into target: UnsafeMutablePointer<UInt8>) {
        transform(a, into: target) { UInt8(truncatingIfNeeded: $0.magnitude.nonzeroBitCount) }
    }

    @inline(__always)
    private static func isShift<T: NDInteger>(_ count: T) -> Bool { count >= 0 && count < T(T.bitWidth) }

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
