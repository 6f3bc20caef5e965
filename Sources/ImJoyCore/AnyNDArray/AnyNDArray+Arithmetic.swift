// Arithmetic with NumPy's promotion. Operators are for arrays your code made and stop the program where the named forms
// throw: when shapes cannot be broadcast together, and when the operation has no meaning for the types.

extension AnyNDArray {
    /// The sum, broadcast, in the promoted type; `bool` and `bool` give "or". NumPy's `add`.
    public func adding(_ other: some NDOperand) throws(NDArrayError) -> AnyNDArray { try number("+", .sum, other) }

    /// The difference, broadcast, in the promoted type; throws for two `bool` arrays. NumPy's `subtract`.
    public func subtracting(_ other: some NDOperand) throws(NDArrayError) -> AnyNDArray {
        try number("-", .difference, other)
    }

    /// The product, broadcast, in the promoted type; `bool` and `bool` give "and". NumPy's `multiply`.
    public func multiplying(by other: some NDOperand) throws(NDArrayError) -> AnyNDArray {
        try number("*", .product, other)
    }

    /// The quotient, broadcast; integers are divided as `float64`. NumPy's `/`, `divide` and `true_divide`.
    public func dividing(by other: some NDOperand) throws(NDArrayError) -> AnyNDArray {
        if let number = other as? Int, dtype.isInteger { return try dividing(by: Double(number)) }
        let (dtype, other) = try promoted(with: other)
        func divide<T: NDField>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try elements(as: T.self).dividing(by: other.elements(as: T.self)))
        }
        if let type = dtype.quotientType.floatType { return try divide(type) }
        guard let type = dtype.complexType else { throw Self.refuse("/", dtype) }
        return try divide(type)
    }

    /// The quotient rounded down, broadcast; an integer by zero is zero. NumPy's `//` and `floor_divide`.
    public func flooredQuotient(dividingBy other: some NDOperand) throws(NDArrayError) -> AnyNDArray {
        try division("floor division", .flooredQuotient, other)
    }

    /// The remainder with the sign of the divisor, broadcast; an integer by zero leaves zero. NumPy's `%` and `mod`.
    public func flooredRemainder(dividingBy other: some NDOperand) throws(NDArrayError) -> AnyNDArray {
        try division("the remainder", .flooredRemainder, other)
    }

    /// The remainder with the sign of the dividend, broadcast; an integer by zero leaves zero. NumPy's `fmod`.
    public func truncatedRemainder(dividingBy other: some NDOperand) throws(NDArrayError) -> AnyNDArray {
        try division("the remainder", .truncatedRemainder, other)
    }

    /// Quotient rounded down and remainder with the sign of the divisor, broadcast; NumPy's `divmod`.
    public func quotientAndRemainder(
        dividingBy other: some NDOperand
    ) throws(NDArrayError) -> (quotient: AnyNDArray, remainder: AnyNDArray) {
        (try flooredQuotient(dividingBy: other), try flooredRemainder(dividingBy: other))
    }

    /// The elements to the power of those of `exponent`, broadcast, in the promoted type; NumPy's `**` and `power`.
    ///
    /// Integers wrap, and throw for negative exponents, whose results are no integers; see ``floatPower(_:)``.
    public func power(_ exponent: some NDOperand) throws(NDArrayError) -> AnyNDArray {
        let (promoted, exponent) = try promoted(with: exponent)
        let dtype = promoted.arithmeticType
        func integers<T: NDInteger>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try elements(as: T.self).power(exponent.elements(as: T.self)))
        }
        func reals<T: NDFloat>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try elements(as: T.self).combining(.power, exponent.elements(as: T.self)))
        }
        func complex<T: NDComplex>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try elements(as: T.self).power(exponent.elements(as: T.self)))
        }
        if let type = dtype.integerType { return try integers(type) }
        if let type = dtype.floatType { return try reals(type) }
        guard let type = dtype.complexType else { throw Self.refuse("**", dtype) }
        return try complex(type)
    }

    /// The power in `float64` or `complex128`, whatever the types; NumPy's `float_power`.
    public func floatPower(_ exponent: some NDOperand) throws(NDArrayError) -> AnyNDArray {
        let (dtype, exponent) = try promoted(with: exponent)
        let wide = dtype.isComplex ? DType.complex128 : .float64
        return try cast(to: wide).power(exponent.cast(to: wide))
    }

    /// The smaller of two arrays element by element, broadcast; NaN where one has it. NumPy's `minimum`.
    ///
    /// Throws for complex numbers, which have no order here.
    public static func minimum(_ a: AnyNDArray, _ b: some NDOperand) throws(NDArrayError) -> AnyNDArray {
        try a.extreme("minimum", .minimum, b)
    }

    /// The larger of two arrays element by element, broadcast; NaN where one has it. NumPy's `maximum`.
    ///
    /// Throws for complex numbers, which have no order here.
    public static func maximum(_ a: AnyNDArray, _ b: some NDOperand) throws(NDArrayError) -> AnyNDArray {
        try a.extreme("maximum", .maximum, b)
    }

    /// The smaller number, broadcast, NaN only where both are; NumPy's `fmin`. Throws for complex numbers.
    public static func minimumNumber(_ a: AnyNDArray, _ b: some NDOperand) throws(NDArrayError) -> AnyNDArray {
        let (dtype, other) = try a.promoted(with: b)
        return try dtype.isFloatingPoint
            ? a.floats("fmin", .minimumNumber, other) : a.extreme("fmin", .minimum, other)
    }

    /// The larger number, broadcast, NaN only where both are; NumPy's `fmax`. Throws for complex numbers.
    public static func maximumNumber(_ a: AnyNDArray, _ b: some NDOperand) throws(NDArrayError) -> AnyNDArray {
        let (dtype, other) = try a.promoted(with: b)
        return try dtype.isFloatingPoint
            ? a.floats("fmax", .maximumNumber, other) : a.extreme("fmax", .maximum, other)
    }

    /// The length of the hypotenuse over two sides, broadcast. Throws for complex numbers.
    public static func hypot(_ a: AnyNDArray, _ b: some NDOperand) throws(NDArrayError) -> AnyNDArray {
        try a.floats("hypot", .hypotenuse, b)
    }

    /// The angle in radians of the point at `x` and `y`, broadcast; NumPy's `arctan2`. Throws for complex numbers.
    public static func atan2(y: AnyNDArray, x: some NDOperand) throws(NDArrayError) -> AnyNDArray {
        try y.floats("atan2", .angle, x)
    }

    /// The logarithm of the sum of two exponentials, broadcast; NumPy's `logaddexp`. Throws for complex numbers.
    public static func logAddExp(_ a: AnyNDArray, _ b: some NDOperand) throws(NDArrayError) -> AnyNDArray {
        try a.floats("logAddExp", .logAddExp, b)
    }

    /// The same to base 2; NumPy's `logaddexp2`. Throws for complex numbers.
    public static func logAddExp2(_ a: AnyNDArray, _ b: some NDOperand) throws(NDArrayError) -> AnyNDArray {
        try a.floats("logAddExp2", .logAddExp2, b)
    }

    /// The magnitudes of `a` with the signs of `b`, broadcast; NumPy's `copysign`. Throws for complex numbers.
    public static func copySign(_ a: AnyNDArray, _ b: some NDOperand) throws(NDArrayError) -> AnyNDArray {
        try a.floats("copySign", .copySign, b)
    }

    /// 0 for negative elements, 1 for positive ones and `atZero` for zeros, broadcast. Throws for complex numbers.
    public func heaviside(atZero: some NDOperand) throws(NDArrayError) -> AnyNDArray {
        try floats("heaviside", .heaviside, atZero)
    }

    /// The next number the type has on the way to `other`, broadcast; NumPy's `nextafter`. Throws for complex numbers.
    public func nextAfter(towards other: some NDOperand) throws(NDArrayError) -> AnyNDArray {
        try floats("nextAfter", .nextAfter, other)
    }

    private func number(
        _ name: String, _ operation: NumberOperation, _ other: some NDOperand
    ) throws(NDArrayError) -> AnyNDArray {
        let (dtype, other) = try promoted(with: other)
        func compute<T: NDNumber>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try elements(as: T.self).combining(operation, other.elements(as: T.self)))
        }
        if let type = dtype.numberType { return try compute(type) }
        switch operation {
        case .sum: return try logical(.or, other)
        case .product: return try logical(.and, other)
        case .difference:
            throw NDArrayError(.dtypeMismatch, "the difference of two bool arrays has no meaning; use ^ or .!=")
        }
    }

    private func division(
        _ name: String, _ operation: RealOperation, _ other: some NDOperand
    ) throws(NDArrayError) -> AnyNDArray {
        let (dtype, other) = try promoted(with: other)
        func compute<T: NDReal>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try elements(as: T.self).combining(operation, other.elements(as: T.self)))
        }
        guard let type = dtype.arithmeticType.realType else { throw Self.refuse(name, dtype) }
        return try compute(type)
    }

    private func extreme(
        _ name: String, _ operation: RealOperation, _ other: some NDOperand
    ) throws(NDArrayError) -> AnyNDArray {
        let (dtype, other) = try promoted(with: other)
        if dtype == .bool { return try logical(operation == .minimum ? .and : .or, other) }
        func compute<T: NDReal>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try elements(as: T.self).combining(operation, other.elements(as: T.self)))
        }
        guard let type = dtype.realType else { throw Self.refuse(name, dtype) }
        return try compute(type)
    }

    /// A function whose results are floats: each side has its float type, and the larger of the two is the result's.
    private func floats(
        _ name: String, _ operation: FloatOperation, _ other: some NDOperand
    ) throws(NDArrayError) -> AnyNDArray {
        let other = try unboundOperand(other)
        let dtype = dtype.functionType.promoted(with: other.dtype.functionType)
        func compute<T: NDFloat>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try elements(as: T.self).combining(operation, other.elements(as: T.self)))
        }
        guard let type = dtype.floatType else { throw Self.refuse(name, self.dtype, other.dtype) }
        return try compute(type)
    }
}
