#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// C's `pow`, with its rules for negative bases, zeros and infinities.
func libraryPower(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
