// Division that leaves a whole quotient or a remainder. Signs are NumPy's: `//` rounds down, so `%` has the sign of the
// divisor; `fmod` cuts off, so its remainder has the sign of the dividend.

extension NDArray where Element: NDReal {
    /// The quotient rounded down, broadcast: -7 by 2 is -4; an integer by zero is zero. NumPy's `//` and `floor_divide`.
    ///
    /// Traps on shapes that do not fit.
    public consuming func flooredQuotient(dividingBy other: NDArray) -> NDArray { divided(.flooredQuotient, other) }

    /// The remainder with the sign of the divisor, broadcast; an integer by zero leaves zero. NumPy's `%` and `mod`.
    ///
    /// Traps on shapes that do not fit.
    public consuming func flooredRemainder(dividingBy other: NDArray) -> NDArray { divided(.flooredRemainder, other) }

    /// The remainder with the sign of the dividend, broadcast; an integer by zero leaves zero. NumPy's `fmod`.
    ///
    /// Traps on shapes that do not fit.
    public consuming func truncatedRemainder(dividingBy other: NDArray) -> NDArray {
        divided(.truncatedRemainder, other)
    }

    /// Quotient rounded down and remainder with the sign of the divisor, broadcast; NumPy's `divmod`.
    ///
    /// Traps on shapes that do not fit.
    public func quotientAndRemainder(dividingBy other: NDArray) -> (quotient: NDArray, remainder: NDArray) {
        (flooredQuotient(dividingBy: other), flooredRemainder(dividingBy: other))
    }

    private consuming func divided(_ operation: RealOperation, _ other: NDArray) -> NDArray {
        var result = self
        orTrap { () throws(NDArrayError) in
            try result.update(with: other) { ElementwiseKernels.combine(operation, $0, $1, $2) }
        }
        return result
    }
}
