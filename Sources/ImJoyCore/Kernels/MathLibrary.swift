#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// C's `pow`, with its rules for negative bases, zeros and infinities.
func libraryPower(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

/// The fraction of a number, of magnitude 0.5 to 1, and its power of two.
func libraryFraction(_ x: Double) -> (fraction: Double, exponent: Int32) {
    var exponent: Int32 = 0
    let fraction = frexp(x, &exponent)
    return (fraction, exponent)
}

/// A number times a power of two.
func libraryScaled(_ x: Double, _ exponent: Int32) -> Double { ldexp(x, exponent) }
