internal import CImJoyKernels

/// A function of one number of any kind.
package enum NumberFunction {
    case negative, square

    /// The kernel for a type.
    func kernel(_ type: imjoy_type) -> imjoy_unary_kernel? {
        imjoy_find_function(self == .negative ? IMJOY_NEGATE : IMJOY_SQUARE, type)
    }
}

/// A function of one real number.
package enum RealFunction {
    case magnitude, sign

    /// The kernel for a type.
    func kernel(_ type: imjoy_type) -> imjoy_unary_kernel? {
        imjoy_find_function(self == .magnitude ? IMJOY_MAGNITUDE : IMJOY_SIGN, type)
    }
}

/// A function of one real floating-point number.
package enum FloatFunction {
    case squareRoot, cubeRoot, exp, exp2, expMinusOne, log, log2, log10, logOnePlus
    case sin, cos, tan, sinh, cosh, tanh, asin, acos, atan, asinh, acosh, atanh, sinc
    case floor, ceiling, roundedToEven, truncated, reciprocal, degrees, radians

    /// About how many nanoseconds an element takes.
    var cost: Double {
        switch self {
        case .squareRoot, .floor, .ceiling, .roundedToEven, .truncated, .reciprocal, .degrees, .radians: 0.1
        case .exp, .log, .sin, .cos, .tanh: 0.4
        default: 4
        }
    }

    /// The kernel for a type.
    func kernel(_ type: imjoy_type) -> imjoy_unary_kernel? {
        switch self {
        case .squareRoot: imjoy_find_function(IMJOY_SQRT, type)
        case .floor: imjoy_find_function(IMJOY_FLOOR, type)
        case .ceiling: imjoy_find_function(IMJOY_CEIL, type)
        case .roundedToEven: imjoy_find_function(IMJOY_ROUND_EVEN, type)
        case .truncated: imjoy_find_function(IMJOY_TRUNC, type)
        case .reciprocal: imjoy_find_function(IMJOY_RECIPROCAL, type)
        case .exp: imjoy_find_transcendental(IMJOY_EXP, type)
        case .log: imjoy_find_transcendental(IMJOY_LOG, type)
        case .sin: imjoy_find_transcendental(IMJOY_SIN, type)
        case .cos: imjoy_find_transcendental(IMJOY_COS, type)
        case .tanh: imjoy_find_transcendental(IMJOY_TANH, type)
        case .degrees: imjoy_find_transcendental(IMJOY_DEGREES, type)
        case .radians: imjoy_find_transcendental(IMJOY_RADIANS, type)
        case .cubeRoot: imjoy_find_transcendental(IMJOY_CBRT, type)
        case .exp2: imjoy_find_transcendental(IMJOY_EXP2, type)
        case .expMinusOne: imjoy_find_transcendental(IMJOY_EXPM1, type)
        case .log2: imjoy_find_transcendental(IMJOY_LOG2, type)
        case .log10: imjoy_find_transcendental(IMJOY_LOG10, type)
        case .logOnePlus: imjoy_find_transcendental(IMJOY_LOG1P, type)
        case .tan: imjoy_find_transcendental(IMJOY_TAN, type)
        case .sinh: imjoy_find_transcendental(IMJOY_SINH, type)
        case .cosh: imjoy_find_transcendental(IMJOY_COSH, type)
        case .asin: imjoy_find_transcendental(IMJOY_ASIN, type)
        case .acos: imjoy_find_transcendental(IMJOY_ACOS, type)
        case .atan: imjoy_find_transcendental(IMJOY_ATAN, type)
        case .asinh: imjoy_find_transcendental(IMJOY_ASINH, type)
        case .acosh: imjoy_find_transcendental(IMJOY_ACOSH, type)
        case .atanh: imjoy_find_transcendental(IMJOY_ATANH, type)
        case .sinc: imjoy_find_transcendental(IMJOY_SINC, type)
        }
    }
}

extension ElementwiseKernels {
    package static func apply<T: NDNumber>(_ function: NumberFunction, _ a: Operand<T>, _ target: Destination<T>) {
        VectorKernels.transform(a, target, function.kernel)
    }

    package static func apply<T: NDReal>(_ function: RealFunction, _ a: Operand<T>, _ target: Destination<T>) {
        VectorKernels.transform(a, target, function.kernel)
    }

    package static func apply<T: NDFloat>(_ function: FloatFunction, _ a: Operand<T>, _ target: Destination<T>) {
        VectorKernels.transform(a, target, cost: function.cost, function.kernel)
    }

    /// Moves elements outside `lower...upper` to the nearer bound; NaN stays.
    package static func clip<T: NDReal>(_ a: Operand<T>, to lower: T, _ upper: T, _ target: Destination<T>) {
        VectorKernels.clip(a, lower, upper, target)
    }

    package static func invert<T: NDInteger>(_ a: Operand<T>, _ target: Destination<T>) {
        VectorKernels.transform(a, target) { imjoy_find_function(IMJOY_BIT_NOT, $0) }
    }
}
