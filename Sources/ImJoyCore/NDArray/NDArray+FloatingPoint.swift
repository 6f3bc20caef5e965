// What is special about floating-point numbers: signs of zeros, neighbours, exponents, NaN and infinities.

extension NDArray where Element: NDFloat {
    /// The magnitudes of `a` with the signs of `b`, broadcast; NumPy's `copysign`. Traps on shapes that do not fit.
    public static func copySign(_ a: consuming NDArray, _ b: NDArray) -> NDArray { a.combined(.copySign, b) }

    /// The smaller number, broadcast, NaN only where both are; NumPy's `fmin`. Traps on shapes that do not fit.
    public static func minimumNumber(_ a: consuming NDArray, _ b: NDArray) -> NDArray { a.combined(.minimumNumber, b) }

    /// The larger number, broadcast, NaN only where both are; NumPy's `fmax`. Traps on shapes that do not fit.
    public static func maximumNumber(_ a: consuming NDArray, _ b: NDArray) -> NDArray { a.combined(.maximumNumber, b) }

    /// 0 for negative elements, 1 for positive ones and the one of `atZero` for zeros, broadcast; NaN stays.
    ///
    /// NumPy's `heaviside`. Traps on shapes that do not fit.
    public consuming func heaviside(atZero: NDArray) -> NDArray { combined(.heaviside, atZero) }

    /// The next number the type has after each element, on the way to that of `other`, broadcast; NumPy's `nextafter`.
    ///
    /// Traps on shapes that do not fit.
    public func nextAfter(towards other: NDArray) -> NDArray {
        orTrap { () throws(NDArrayError) in try combining(nextAfter: other) }
    }

    package func combining(nextAfter other: NDArray) throws(NDArrayError) -> NDArray {
        var result = self
        try result.update(with: other) { ElementwiseKernels.combine(.nextAfter, $0, $1, $2) }
        return result
    }

    /// The distance to the next number away from zero, with the element's sign; NumPy's `spacing`.
    ///
    /// NaN for infinities and NaN.
    public func spacing() -> NDArray {
        map { x in
            let step = Element.ulpOfLargest(x)
            return x.sign == .minus ? -step : step
        }
    }

    /// True where the sign bit is set, for negative zero and some NaN too; NumPy's `signbit`.
    public var signBit: NDArray<Bool> { map { $0.sign == .minus } }

    /// True where an element is positive infinity; NumPy's `isposinf`.
    public var isPositiveInfinity: NDArray<Bool> { self .== .infinity }

    /// True where an element is negative infinity; NumPy's `isneginf`.
    public var isNegativeInfinity: NDArray<Bool> { self .== -.infinity }

    /// Fractions of magnitude 0.5 to 1 and powers of two whose products are the elements; NumPy's `frexp`.
    ///
    /// Zeros, infinities and NaN are their own fractions, with the exponent 0.
    public func fractionsAndExponents() -> (fractions: NDArray, exponents: NDArray<Int32>) {
        let parts = map { Element(libraryFraction($0.asDouble).fraction) }
        return (parts, map { $0.isFinite ? libraryFraction($0.asDouble).exponent : 0 })
    }

    /// The elements times 2 to the power of `exponents`, broadcast; NumPy's `ldexp`. Throws on shapes that do not fit.
    public func scaled(byPowersOfTwo exponents: NDArray<Int32>) throws(NDArrayError) -> NDArray {
        try combined(with: exponents) { a, b, target in
            ElementwiseKernels.combine(a, b, into: target) { Element(libraryScaled($0.asDouble, $1)) }
        }
    }

    /// The parts after and before the point, both with the element's sign; NumPy's `modf`.
    public func fractionalAndWholeParts() -> (fractional: NDArray, whole: NDArray) {
        let whole = truncated()
        // Infinity minus itself is NaN, but its fraction is zero; so is that of a whole number, with the number's sign.
        let difference = self.map { ($0.isInfinite ? 0 : $0) } - whole.map { $0.isInfinite ? 0 : $0 }
        return (NDArray.copySign(difference, self), whole)
    }

    /// NaN and infinities replaced by numbers, by default 0 and the largest there are; NumPy's `nan_to_num`.
    public func replacingNonFinite(
        nan: Element = 0, positiveInfinity: Element = .greatestFiniteMagnitude,
        negativeInfinity: Element = -.greatestFiniteMagnitude
    ) -> NDArray {
        map { $0.isFinite ? $0 : $0.isNaN ? nan : $0 > 0 ? positiveInfinity : negativeInfinity }
    }
}

extension NDFloat {
    /// The distance from a number to the next one away from zero; NaN for infinities and NaN.
    fileprivate static func ulpOfLargest(_ x: Self) -> Self { x.isFinite ? x.magnitude.nextUp - x.magnitude : .nan }
}
