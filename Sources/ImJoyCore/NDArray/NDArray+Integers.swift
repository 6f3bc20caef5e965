extension NDArray where Element: NDInteger {
    /// The elements to the power of those of `exponent`, broadcast; NumPy's `**` and `power`. The result wraps.
    ///
    /// Throws when an exponent is negative, because the result is no integer, and when the shapes do not fit.
    public func power(_ exponent: NDArray) throws(NDArrayError) -> NDArray {
        if Element.isSigned, !isEmpty, (exponent .< 0).any() {
            throw NDArrayError(
                .invalidValue,
                "integers have no negative powers, and an exponent is negative; cast the array to Double first")
        }
        return try combining(.power, exponent)
    }

    /// The elements to the power of one number, which must not be negative.
    public func power(_ exponent: Element) throws(NDArrayError) -> NDArray { try power(NDArray(scalar: exponent)) }

    /// The greatest common divisor, broadcast; 0 of two zeros. NumPy's `gcd`. Traps on shapes that do not fit.
    public static func gcd(_ a: NDArray, _ b: NDArray) -> NDArray {
        orTrap { () throws(NDArrayError) in try a.combining(.greatestCommonDivisor, b) }
    }

    /// The least common multiple, broadcast; 0 when one is. NumPy's `lcm`. Traps on shapes that do not fit.
    public static func lcm(_ a: NDArray, _ b: NDArray) -> NDArray {
        orTrap { () throws(NDArrayError) in try a.combining(.leastCommonMultiple, b) }
    }

    /// The number of bits set in each element's distance from zero; NumPy's `bitwise_count`.
    public func bitCount() -> NDArray<UInt8> {
        func count<Wide: NDInteger>(_ wide: NDArray<Wide>) -> NDArray<UInt8> {
            orTrap { () throws(NDArrayError) in
                try wide.transformed { ElementwiseKernels.countBits($0, into: $1) }
            }
        }
        return Element.isSigned ? count(cast(to: Int64.self)) : count(cast(to: UInt64.self))
    }
}
