// Comparisons across types are exact for integers: -1 is less than any uint64, and a number that the array's type cannot
// hold is simply larger or smaller than all of its elements.

extension AnyNDArray {
    /// True where the elements are equal, broadcast; NaN equals nothing. NumPy's `==` and `equal`.
    ///
    /// Throws when the shapes cannot be broadcast together.
    public func isEqual(_ other: some NDOperand) throws(NDArrayError) -> NDArray<Bool> { try equal(other) }

    /// True where the elements differ, broadcast; NaN differs from everything. NumPy's `!=` and `not_equal`.
    public func isNotEqual(_ other: some NDOperand) throws(NDArrayError) -> NDArray<Bool> { !(try equal(other)) }

    /// True where an element is smaller, broadcast. NumPy's `<` and `less`. Throws for complex numbers.
    public func isLess(_ other: some NDOperand) throws(NDArrayError) -> NDArray<Bool> { try order(.less, other) }

    /// True where an element is at most the other, broadcast. NumPy's `<=`. Throws for complex numbers.
    public func isLessOrEqual(_ other: some NDOperand) throws(NDArrayError) -> NDArray<Bool> {
        try order(.lessOrEqual, other)
    }

    /// True where an element is greater, broadcast. NumPy's `>` and `greater`. Throws for complex numbers.
    public func isGreater(_ other: some NDOperand) throws(NDArrayError) -> NDArray<Bool> {
        try order(.greater, other)
    }

    /// True where an element is at least the other, broadcast. NumPy's `>=`. Throws for complex numbers.
    public func isGreaterOrEqual(_ other: some NDOperand) throws(NDArrayError) -> NDArray<Bool> {
        try order(.greaterOrEqual, other)
    }

    private func equal(_ other: some NDOperand) throws(NDArrayError) -> NDArray<Bool> {
        if outlier(other) != nil { return NDArray(repeating: false, shape: shape) }
        let (dtype, other) = try promoted(with: other)
        if isMixed(with: other) {
            let (signed, unsigned) = self.dtype.isSigned ? (self, other) : (other, self)
            let negative = try signed.elements(as: Int64.self) .< 0
            let bits = try signed.elements(as: UInt64.self)
            return try bits.comparing(equal: true, with: unsigned.elements(as: UInt64.self)) & !negative
        }
        func compare<T: NDElement>(_ type: T.Type) throws(NDArrayError) -> NDArray<Bool> {
            try elements(as: T.self).comparing(equal: true, with: other.elements(as: T.self))
        }
        return try compare(dtype.elementType)
    }

    private func order(_ comparison: OrderComparison, _ other: some NDOperand) throws(NDArrayError) -> NDArray<Bool> {
        if let sign = outlier(other) {
            let isBelow = comparison == .less || comparison == .lessOrEqual
            return NDArray(repeating: (sign > 0) == isBelow, shape: shape)
        }
        let (dtype, other) = try promoted(with: other)
        if isMixed(with: other) { return try mixedOrder(comparison, other) }
        func compare<T: NDReal>(_ type: T.Type) throws(NDArrayError) -> NDArray<Bool> {
            try elements(as: T.self).comparing(comparison, with: other.elements(as: T.self))
        }
        let real = dtype == .bool ? DType.uint8 : dtype
        guard let type = real.realType else { throw Self.refuse("order", self.dtype, other.dtype) }
        return try compare(type)
    }

    /// The sign of an integer that this array's integer type cannot hold, nil when it can.
    private func outlier(_ other: some NDOperand) -> Int? {
        guard let number = other as? Int, let type = dtype.integerType, !number.fits(type) else { return nil }
        return number.signum()
    }

    /// True for integers that no integer type holds together.
    private func isMixed(with other: AnyNDArray) -> Bool {
        dtype.isInteger && other.dtype.isInteger && !dtype.promoted(with: other.dtype).isInteger
    }

    /// Negative numbers are less than all unsigned ones; others compare by their bits.
    private func mixedOrder(_ comparison: OrderComparison, _ other: AnyNDArray) throws(NDArrayError) -> NDArray<Bool> {
        let answer = try elements(as: UInt64.self).comparing(comparison, with: other.elements(as: UInt64.self))
        let isBelow = comparison == .less || comparison == .lessOrEqual
        let negative = try (dtype.isSigned ? self : other).elements(as: Int64.self) .< 0
        // The signed side decides alone where it is negative.
        return dtype.isSigned == isBelow ? answer | negative : answer & !negative
    }
}
