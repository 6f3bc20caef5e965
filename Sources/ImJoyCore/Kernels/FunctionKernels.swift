internal import CImJoyKernels
internal import ComplexModule
internal import RealModule

/// A function of one number of any kind.
package enum NumberFunction { case negative, square }

/// A function of one real number.
package enum RealFunction { case magnitude, sign }

/// A function of one real floating-point number.
package enum FloatFunction {
    case squareRoot, exp, expMinusOne, log, log2, log10, logOnePlus, sin, cos, tan, sinh, cosh, tanh, asin, acos, atan
    case floor, ceiling, roundedToEven, truncated, reciprocal

    var kernel: imjoy_function? {
        switch self {
        case .squareRoot: IMJOY_SQRT
        case .floor: IMJOY_FLOOR
        case .ceiling: IMJOY_CEIL
        case .roundedToEven: IMJOY_ROUND_EVEN
        case .truncated: IMJOY_TRUNC
        case .reciprocal: IMJOY_RECIPROCAL
        default: nil
        }
    }

    var transcendentalKernel: imjoy_transcendental? {
        switch self {
        case .exp: IMJOY_EXP
        case .log: IMJOY_LOG
        case .sin: IMJOY_SIN
        case .cos: IMJOY_COS
        case .tanh: IMJOY_TANH
        default: nil
        }
    }
}

extension ElementwiseKernels {
    package static func apply<T: NDNumber>(_ function: NumberFunction, _ a: Operand<T>, _ target: Destination<T>) {
        let kernel = function == .negative ? IMJOY_NEGATE : IMJOY_SQUARE
        if VectorKernels.transform(a, target, { imjoy_find_function(kernel, $0) }) { return }
        applyOneByOne(function, a, target)
    }

    @specialized(where T == Complex<Float>)
    @specialized(where T == Complex<Double>)
    static func applyOneByOne<T: NDNumber>(_ function: NumberFunction, _ a: Operand<T>, _ target: Destination<T>) {
        switch function {
        case .negative: transform(a, target, T.wrappingNegation)
        case .square: transform(a, target) { T.wrappingProduct($0, $0) }
        }
    }

    package static func apply<T: NDReal>(_ function: RealFunction, _ a: Operand<T>, _ target: Destination<T>) {
        let kernel = function == .magnitude ? IMJOY_MAGNITUDE : IMJOY_SIGN
        if VectorKernels.transform(a, target, { imjoy_find_function(kernel, $0) }) { return }
        applyOneByOne(function, a, target)
    }

    static func applyOneByOne<T: NDReal>(_ function: RealFunction, _ a: Operand<T>, _ target: Destination<T>) {
        switch function {
        case .magnitude: transform(a, target, T.wrappingMagnitude)
        case .sign: transform(a, target) { $0 > 0 ? 1 : $0 < 0 ? T.wrappingNegation(1) : $0 }
        }
    }

    package static func apply<T: NDFloat>(_ function: FloatFunction, _ a: Operand<T>, _ target: Destination<T>) {
        if let kernel = function.kernel, VectorKernels.transform(a, target, { imjoy_find_function(kernel, $0) }) {
            return
        }
        if let kernel = function.transcendentalKernel,
            VectorKernels.transform(a, target, { imjoy_find_transcendental(kernel, $0) })
        {
            return
        }
        applyOneByOne(function, a, target)
    }

    @specialized(where T == Float)
    @specialized(where T == Double)
    static func applyOneByOne<T: NDFloat>(_ function: FloatFunction, _ a: Operand<T>, _ target: Destination<T>) {
        switch function {
        case .squareRoot: transform(a, target) { $0.squareRoot() }
        case .exp: transform(a, target) { T.exp($0) }
        case .expMinusOne: transform(a, target) { T.expMinusOne($0) }
        case .log: transform(a, target) { T.log($0) }
        case .log2: transform(a, target) { T.log2($0) }
        case .log10: transform(a, target) { T.log10($0) }
        case .logOnePlus: transform(a, target) { T.log(onePlus: $0) }
        case .sin: transform(a, target) { T.sin($0) }
        case .cos: transform(a, target) { T.cos($0) }
        case .tan: transform(a, target) { T.tan($0) }
        case .sinh: transform(a, target) { T.sinh($0) }
        case .cosh: transform(a, target) { T.cosh($0) }
        case .tanh: transform(a, target) { T.tanh($0) }
        case .asin: transform(a, target) { T.asin($0) }
        case .acos: transform(a, target) { T.acos($0) }
        case .atan: transform(a, target) { T.atan($0) }
        case .floor: transform(a, target) { $0.rounded(.down) }
        case .ceiling: transform(a, target) { $0.rounded(.up) }
        case .roundedToEven: transform(a, target) { $0.rounded(.toNearestOrEven) }
        case .truncated: transform(a, target) { $0.rounded(.towardZero) }
        case .reciprocal: transform(a, target) { 1 / $0 }
        }
    }

    /// Moves elements outside `lower...upper` to the nearer bound; NaN stays.
    package static func clip<T: NDReal>(_ a: Operand<T>, to lower: T, _ upper: T, _ target: Destination<T>) {
        if VectorKernels.clip(a, lower, upper, target) { return }
        clipOneByOne(a, to: lower, upper, target)
    }

    static func clipOneByOne<T: NDReal>(_ a: Operand<T>, to lower: T, _ upper: T, _ target: Destination<T>) {
        transform(a, target) { x in
            let raised = x < lower ? lower : x
            return raised > upper ? upper : raised
        }
    }

    package static func invert<T: NDInteger>(_ a: Operand<T>, _ target: Destination<T>) {
        if VectorKernels.transform(a, target, { imjoy_find_function(IMJOY_BIT_NOT, $0) }) { return }
        transform(a, target) { ~$0 }
    }
}
