// Functions of each element, with NumPy's result types: integers are computed in the smallest float that holds them
// (``DType/functionType``), floats and complex numbers in their own type.

extension AnyNDArray {
    /// The square root; NaN for negative real elements.
    public func sqrt() throws(NDArrayError) -> AnyNDArray { try function("sqrt", .squareRoot, .squareRoot) }
    /// e to the power of every element.
    public func exp() throws(NDArrayError) -> AnyNDArray { try function("exp", .exp, .exp) }
    /// 2 to the power of every element.
    public func exp2() throws(NDArrayError) -> AnyNDArray { try function("exp2", .exp2, .exp2) }
    /// e to the power of every element, minus one, exact near zero; NumPy's `expm1`.
    public func expMinusOne() throws(NDArrayError) -> AnyNDArray {
        try function("expMinusOne", .expMinusOne, .expMinusOne)
    }
    /// The natural logarithm.
    public func log() throws(NDArrayError) -> AnyNDArray { try function("log", .log, .log) }
    /// The logarithm to base 2.
    public func log2() throws(NDArrayError) -> AnyNDArray { try function("log2", .log2, .log2) }
    /// The logarithm to base 10.
    public func log10() throws(NDArrayError) -> AnyNDArray { try function("log10", .log10, .log10) }
    /// The logarithm of one plus every element, exact near zero; NumPy's `log1p`.
    public func logOnePlus() throws(NDArrayError) -> AnyNDArray { try function("logOnePlus", .logOnePlus, .logOnePlus) }
    /// The sine.
    public func sin() throws(NDArrayError) -> AnyNDArray { try function("sin", .sin, .sin) }
    /// The cosine.
    public func cos() throws(NDArrayError) -> AnyNDArray { try function("cos", .cos, .cos) }
    /// The tangent.
    public func tan() throws(NDArrayError) -> AnyNDArray { try function("tan", .tan, .tan) }
    /// The hyperbolic sine.
    public func sinh() throws(NDArrayError) -> AnyNDArray { try function("sinh", .sinh, .sinh) }
    /// The hyperbolic cosine.
    public func cosh() throws(NDArrayError) -> AnyNDArray { try function("cosh", .cosh, .cosh) }
    /// The hyperbolic tangent.
    public func tanh() throws(NDArrayError) -> AnyNDArray { try function("tanh", .tanh, .tanh) }
    /// The angle with this sine; NumPy's `arcsin`.
    public func asin() throws(NDArrayError) -> AnyNDArray { try function("asin", .asin, .asin) }
    /// The angle with this cosine; NumPy's `arccos`.
    public func acos() throws(NDArrayError) -> AnyNDArray { try function("acos", .acos, .acos) }
    /// The angle with this tangent; NumPy's `arctan`.
    public func atan() throws(NDArrayError) -> AnyNDArray { try function("atan", .atan, .atan) }
    /// The number with this hyperbolic sine; NumPy's `arcsinh`.
    public func asinh() throws(NDArrayError) -> AnyNDArray { try function("asinh", .asinh, .asinh) }
    /// The number with this hyperbolic cosine; NumPy's `arccosh`.
    public func acosh() throws(NDArrayError) -> AnyNDArray { try function("acosh", .acosh, .acosh) }
    /// The number with this hyperbolic tangent; NumPy's `arctanh`.
    public func atanh() throws(NDArrayError) -> AnyNDArray { try function("atanh", .atanh, .atanh) }

    /// The cube root; NumPy's `cbrt`. Throws for complex numbers.
    public func cubeRoot() throws(NDArrayError) -> AnyNDArray { try function("cubeRoot", .cubeRoot) }
    /// `sin(πx) / πx`, 1 at zero, of integers in `float64`. Throws for complex numbers.
    public func sinc() throws(NDArrayError) -> AnyNDArray { try cast(to: dtype.quotientType).function("sinc", .sinc) }
    /// Radians as degrees; NumPy's `degrees` and `rad2deg`. Throws for complex numbers.
    public func degrees() throws(NDArrayError) -> AnyNDArray { try function("degrees", .degrees) }
    /// Degrees as radians; NumPy's `radians` and `deg2rad`. Throws for complex numbers.
    public func radians() throws(NDArrayError) -> AnyNDArray { try function("radians", .radians) }

    private func function(
        _ name: String, _ real: FloatFunction, _ complex: ComplexFunction? = nil
    ) throws(NDArrayError) -> AnyNDArray {
        func floats<T: NDFloat>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try elements(as: T.self).applying(real))
        }
        func complexes<T: NDComplex>(_ type: T.Type, _ function: ComplexFunction) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try elements(as: T.self).applying(function))
        }
        if let type = dtype.functionType.floatType { return try floats(type) }
        guard let type = dtype.complexType, let complex else { throw Self.refuse(name, dtype) }
        return try complexes(type, complex)
    }
}

// Functions whose result has the type of the elements.
extension AnyNDArray {
    /// Every element with the other sign; unsigned integers wrap. NumPy's `negative`. Throws for `bool`.
    public func negated() throws(NDArrayError) -> AnyNDArray {
        func compute<T: NDNumber>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(-(try elements(as: T.self)))
        }
        guard let type = dtype.numberType else { throw Self.refuse("the negative", dtype) }
        return try compute(type)
    }

    /// Every element times itself; `bool` as `int8`. NumPy's `square`.
    public func square() throws(NDArrayError) -> AnyNDArray { try multiplying(by: self.cast(to: dtype.arithmeticType)) }

    /// One divided by every element; integers are cut off, and 0 gives 0. NumPy's `reciprocal`.
    public func reciprocal() throws(NDArrayError) -> AnyNDArray {
        let dtype = dtype.arithmeticType
        if !dtype.isInteger { return try 1.scalar(as: dtype).dividing(by: self) }
        // Only 1 and -1 have whole ones.
        let mask = AnyNDArray(try abs().isEqual(1))
        return try AnyNDArray.select(where: mask, self.cast(to: dtype), otherwise: 0.scalar(as: dtype))
    }

    /// The distance from zero: for complex numbers their length, as a real array. NumPy's `abs` and `absolute`.
    public func abs() throws(NDArrayError) -> AnyNDArray {
        func reals<T: NDReal>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try elements(as: T.self).abs())
        }
        func complexes<T: NDComplex>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try elements(as: T.self).magnitude)
        }
        if let type = dtype.realType { return try reals(type) }
        if let type = dtype.complexType { return try complexes(type) }
        return self
    }

    /// -1, 0 or 1, for complex numbers the number divided by its length; NaN stays. Throws for `bool`.
    public func sign() throws(NDArrayError) -> AnyNDArray {
        func reals<T: NDReal>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try elements(as: T.self).sign())
        }
        func complexes<T: NDComplex>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try elements(as: T.self).sign())
        }
        if let type = dtype.realType { return try reals(type) }
        guard let type = dtype.complexType else { throw Self.refuse("the sign", dtype) }
        return try complexes(type)
    }

    /// The largest whole number that is not greater; integers stay. Throws for complex numbers.
    public func floor() throws(NDArrayError) -> AnyNDArray { try whole("floor", .floor) }
    /// The smallest whole number that is not smaller; integers stay. NumPy's `ceil`. Throws for complex numbers.
    public func ceiling() throws(NDArrayError) -> AnyNDArray { try whole("ceiling", .ceiling) }
    /// The whole part; integers stay. NumPy's `trunc` and `fix`. Throws for complex numbers.
    public func truncated() throws(NDArrayError) -> AnyNDArray { try whole("truncated", .truncated) }

    /// The nearest number with `decimals` digits after the point, halves to the even digit; NumPy's `round`.
    ///
    /// Integers stay for counts from 0 on, and are refused for negative ones; `bool` becomes `float16`.
    public func rounded(decimals: Int = 0) throws(NDArrayError) -> AnyNDArray {
        if dtype.isInteger {
            guard decimals >= 0 else {
                throw NDArrayError(
                    .invalidValue, "rounding \(dtype) to \(decimals) decimals: cast the array to a float first")
            }
            return self
        }
        func reals<T: NDFloat>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try elements(as: T.self).rounded(decimals: decimals))
        }
        func complexes<T: NDComplex>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try elements(as: T.self).rounded(decimals: decimals))
        }
        if let type = dtype.complexType { return try complexes(type) }
        guard let type = dtype.functionType.floatType else { return self }
        return try reals(type)
    }

    private func whole(_ name: String, _ function: FloatFunction) throws(NDArrayError) -> AnyNDArray {
        if dtype.isComplex { throw Self.refuse(name, dtype) }
        return dtype.isFloatingPoint ? try self.function(name, function) : self
    }
}
