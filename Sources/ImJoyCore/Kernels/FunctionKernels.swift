internal import CImJoyKernels
internal import ComplexModule
internal import RealModule

/// A function of one number of any kind.
package enum NumberFunction { case negative, square }

/// A function of one real number.
package enum RealFunction { case magnitude, sign }

/// A function of one real floating-point number.
package enum FloatFunction {
    case squareRoot, cubeRoot, exp, exp2, expMinusOne, log, log2, log10, logOnePlus
    case sin, cos, tan, sinh, cosh, tanh, asin, acos, atan, asinh, acosh, atanh, sinc
    case floor, ceiling, roundedToEven, truncated, reciprocal, degrees, radians

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
        case .log: transform(a, target) { T.log($0) }
        case .sin: transform(a, target) { T.sin($0) }
        case .cos: transform(a, target) { T.cos($0) }
        case .tanh: transform(a, target) { T.tanh($0) }
        case .floor: transform(a, target) { $0.rounded(.down) }
        case .ceiling: transform(a, target) { $0.rounded(.up) }
        case .roundedToEven: transform(a, target) { $0.rounded(.toNearestOrEven) }
        case .truncated: transform(a, target) { $0.rounded(.towardZero) }
        case .reciprocal: transform(a, target) { 1 / $0 }
        case .degrees where T.dtype == .float16:
            transform(a, target) { T(Float($0.asDouble) * (180 / Float(Double.pi))) }
        case .radians where T.dtype == .float16:
            transform(a, target) { T(Float($0.asDouble) * (Float(Double.pi) / 180)) }
        case .degrees: transform(a, target) { $0 * (180 / T(Double.pi)) }
        case .radians: transform(a, target) { $0 * (T(Double.pi) / 180) }
        // The others are asked for less often: one loop calls whichever it is, in double precision.
        default:
            let call = doubleFunction(function)
            transform(a, target) { T(call($0.asDouble)) }
        }
    }

    private static func doubleFunction(_ function: FloatFunction) -> (Double) -> Double {
        switch function {
        case .cubeRoot: libraryCubeRoot
        case .exp2: { .exp2($0) }
        case .expMinusOne: { .expMinusOne($0) }
        case .log2: { .log2($0) }
        case .log10: { .log10($0) }
        case .logOnePlus: { .log(onePlus: $0) }
        case .tan: { .tan($0) }
        case .sinh: { .sinh($0) }
        case .cosh: { .cosh($0) }
        case .asin: { .asin($0) }
        case .acos: { .acos($0) }
        case .atan: { .atan($0) }
        case .asinh: { .asinh($0) }
        case .acosh: { .acosh($0) }
        case .atanh: { .atanh($0) }
        case .sinc: { $0 == 0 ? 1 : .sin(.pi * $0) / (.pi * $0) }
        default: preconditionFailure("\(function) has a loop of its own")
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
