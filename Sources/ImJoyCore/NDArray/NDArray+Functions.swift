extension NDArray where Element: NDNumber {
    /// Every element times itself; integers wrap.
    public consuming func square() -> NDArray { applying { ElementwiseKernels.apply(.square, $0, $1) } }
}

extension NDArray where Element: NDReal {
    /// The distance of every element from zero; the smallest signed integer wraps to itself, as in NumPy.
    public consuming func abs() -> NDArray { applying { ElementwiseKernels.apply(.magnitude, $0, $1) } }

    /// -1, 0 or 1; NaN stays.
    public consuming func sign() -> NDArray { applying { ElementwiseKernels.apply(.sign, $0, $1) } }

    /// Elements outside `range` moved to its nearer end; NaN stays.
    public consuming func clipped(to range: ClosedRange<Element>) -> NDArray {
        applying { ElementwiseKernels.clip($0, to: range.lowerBound, range.upperBound, $1) }
    }

    /// Elements below those of `lower` or above those of `upper` moved there, broadcast; NaN wins. NumPy's `clip`.
    ///
    /// Throws when the shapes cannot be broadcast together.
    public func clipped(from lower: NDArray, to upper: NDArray) throws(NDArrayError) -> NDArray {
        try combining(.maximum, lower).combining(.minimum, upper)
    }

    /// The smaller of two arrays element by element, broadcast; NaN where one has it. Traps on shapes that do not fit.
    public static func minimum(_ a: consuming NDArray, _ b: NDArray) -> NDArray { a.combined(.minimum, b) }

    /// The larger of two arrays element by element, broadcast; NaN where one has it. Traps on shapes that do not fit.
    public static func maximum(_ a: consuming NDArray, _ b: NDArray) -> NDArray { a.combined(.maximum, b) }

    private consuming func combined(_ operation: RealOperation, _ other: NDArray) -> NDArray {
        var result = self
        orTrap { () throws(NDArrayError) in
            try result.update(with: other) { ElementwiseKernels.combine(operation, $0, $1, $2) }
        }
        return result
    }

    /// The same for shapes from outside: throws when they cannot be broadcast together.
    package func combining(_ operation: RealOperation, _ other: NDArray) throws(NDArrayError) -> NDArray {
        var result = self
        try result.update(with: other) { ElementwiseKernels.combine(operation, $0, $1, $2) }
        return result
    }
}

extension NDArray where Element: NDFloat {
    /// The square root; NaN for negative elements.
    public consuming func sqrt() -> NDArray { applying(.squareRoot) }
    /// e to the power of every element.
    public consuming func exp() -> NDArray { applying(.exp) }
    /// The cube root, of negative elements too; NumPy's `cbrt`.
    public consuming func cubeRoot() -> NDArray { applying(.cubeRoot) }
    /// 2 to the power of every element.
    public consuming func exp2() -> NDArray { applying(.exp2) }
    /// e to the power of every element, minus one, exact near zero; NumPy's `expm1`.
    public consuming func expMinusOne() -> NDArray { applying(.expMinusOne) }
    /// The natural logarithm; -infinity for zero, NaN for negative elements.
    public consuming func log() -> NDArray { applying(.log) }
    /// The logarithm to base 2.
    public consuming func log2() -> NDArray { applying(.log2) }
    /// The logarithm to base 10.
    public consuming func log10() -> NDArray { applying(.log10) }
    /// The logarithm of one plus every element, exact near zero; NumPy's `log1p`.
    public consuming func logOnePlus() -> NDArray { applying(.logOnePlus) }
    /// The sine.
    public consuming func sin() -> NDArray { applying(.sin) }
    /// The cosine.
    public consuming func cos() -> NDArray { applying(.cos) }
    /// The tangent.
    public consuming func tan() -> NDArray { applying(.tan) }
    /// The hyperbolic sine.
    public consuming func sinh() -> NDArray { applying(.sinh) }
    /// The hyperbolic cosine.
    public consuming func cosh() -> NDArray { applying(.cosh) }
    /// The hyperbolic tangent.
    public consuming func tanh() -> NDArray { applying(.tanh) }
    /// The angle in radians with this sine; NaN outside -1...1. NumPy's `arcsin`.
    public consuming func asin() -> NDArray { applying(.asin) }
    /// The angle in radians with this cosine; NaN outside -1...1. NumPy's `arccos`.
    public consuming func acos() -> NDArray { applying(.acos) }
    /// The angle in radians with this tangent. NumPy's `arctan`.
    public consuming func atan() -> NDArray { applying(.atan) }
    /// The number with this hyperbolic sine; NumPy's `arcsinh`.
    public consuming func asinh() -> NDArray { applying(.asinh) }
    /// The number with this hyperbolic cosine; NaN below 1. NumPy's `arccosh`.
    public consuming func acosh() -> NDArray { applying(.acosh) }
    /// The number with this hyperbolic tangent; NaN outside -1...1. NumPy's `arctanh`.
    public consuming func atanh() -> NDArray { applying(.atanh) }
    /// `sin(πx) / πx`, 1 at zero.
    public consuming func sinc() -> NDArray { applying(.sinc) }
    /// Radians as degrees; NumPy's `degrees` and `rad2deg`.
    public consuming func degrees() -> NDArray { applying(.degrees) }
    /// Degrees as radians; NumPy's `radians` and `deg2rad`.
    public consuming func radians() -> NDArray { applying(.radians) }
    /// The largest whole number that is not greater.
    public consuming func floor() -> NDArray { applying(.floor) }
    /// The smallest whole number that is not smaller; NumPy's `ceil`.
    public consuming func ceiling() -> NDArray { applying(.ceiling) }
    /// The whole part; NumPy's `trunc` and `fix`.
    public consuming func truncated() -> NDArray { applying(.truncated) }
    /// One divided by every element.
    public consuming func reciprocal() -> NDArray { applying(.reciprocal) }

    /// The nearest number with `decimals` digits after the point, halves to the even digit, as NumPy's `round`.
    ///
    /// Negative counts round to tens, hundreds and so on.
    public consuming func rounded(decimals: Int = 0) -> NDArray {
        if decimals == 0 { return applying(.roundedToEven) }
        let factor = Element(casting: libraryPower(10, Double(Swift.abs(decimals))), overflow: .clamp)
        return decimals > 0
            ? (self * factor).applying(.roundedToEven) / factor : (self / factor).applying(.roundedToEven) * factor
    }

    /// The elements to the power of those of `exponent`, broadcast. Traps on shapes that do not fit.
    public consuming func power(_ exponent: NDArray) -> NDArray { combined(.power, exponent) }

    /// The elements to the power of one number.
    public consuming func power(_ exponent: Element) -> NDArray { combined(.power, NDArray(scalar: exponent)) }

    /// The length of the hypotenuse over two sides, broadcast. Traps on shapes that do not fit.
    public static func hypot(_ a: consuming NDArray, _ b: NDArray) -> NDArray { a.combined(.hypotenuse, b) }

    /// The angle in radians of the point at `x` and `y`, broadcast, in -π...π; NumPy's `arctan2`. Traps on shapes that do not fit.
    public static func atan2(y: consuming NDArray, x: NDArray) -> NDArray { y.combined(.angle, x) }

    /// The logarithm of the sum of two exponentials, without overflow, broadcast. Traps on shapes that do not fit.
    public static func logAddExp(_ a: consuming NDArray, _ b: NDArray) -> NDArray { a.combined(.logAddExp, b) }

    /// The same to base 2: the logarithm of the sum of two powers of 2, broadcast.
    public static func logAddExp2(_ a: consuming NDArray, _ b: NDArray) -> NDArray { a.combined(.logAddExp2, b) }

    /// True where an element is not a number.
    public var isNaN: NDArray<Bool> { self .!= self }
    /// True where an element is neither infinite nor NaN.
    public var isFinite: NDArray<Bool> { abs() .< .infinity }
    /// True where an element is infinite.
    public var isInfinite: NDArray<Bool> { abs() .== .infinity }

    package consuming func applying(_ function: FloatFunction) -> NDArray {
        applying { ElementwiseKernels.apply(function, $0, $1) }
    }

    package consuming func combined(_ operation: FloatOperation, _ other: NDArray) -> NDArray {
        var result = self
        orTrap { () throws(NDArrayError) in
            try result.update(with: other) { ElementwiseKernels.combine(operation, $0, $1, $2) }
        }
        return result
    }

    /// The same for shapes from outside: throws when they cannot be broadcast together.
    package func combining(_ operation: FloatOperation, _ other: NDArray) throws(NDArrayError) -> NDArray {
        var result = self
        try result.update(with: other) { ElementwiseKernels.combine(operation, $0, $1, $2) }
        return result
    }
}

extension NDArray {
    package consuming func applying(_ kernel: (Operand<Element>, Destination<Element>) -> Void) -> NDArray {
        var result = self
        orTrap { () throws(NDArrayError) in try result.update(kernel) }
        return result
    }

    /// `transform` of every element, in row-major order, in an array of the same shape.
    ///
    /// ```swift
    /// let bytes = image.map { UInt8(clamping: Int($0 * 255)) }
    /// ```
    @inlinable
    public func map<Result: NDElement, E: Error>(
        _ transform: (Element) throws(E) -> Result
    ) throws(E) -> NDArray<Result> {
        let array = contiguous()
        defer { withExtendedLifetime(array) {} }
        let source = array.base + array.layout.offset
        let count = array.count
        return try NDArray<Result>(shape: shape) { (target) throws(E) in
            guard let target = target.baseAddress else { return }
            for index in 0..<count { (target + index).initialize(to: try transform(source[index])) }
        }
    }
}
