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
}

extension ElementwiseKernels {
    @specialized(where T == UInt8)
    @specialized(where T == UInt16)
    @specialized(where T == UInt32)
    @specialized(where T == UInt64)
    @specialized(where T == Float)
    @specialized(where T == Double)
    @specialized(where T == Complex<Float>)
    @specialized(where T == Complex<Double>)
    package static func apply<T: NDNumber>(_ function: NumberFunction, _ a: Operand<T>, _ target: Destination<T>) {
        switch T.dtype {
        case .int8: apply(function, a.rebound(to: UInt8.self), target.rebound())
        case .int16: apply(function, a.rebound(to: UInt16.self), target.rebound())
        case .int32: apply(function, a.rebound(to: UInt32.self), target.rebound())
        case .int64: apply(function, a.rebound(to: UInt64.self), target.rebound())
        case .float16: HalfKernels.transform(a.rebound(), target.rebound()) { apply(function, $0, $1) }
        default:
            switch function {
            case .negative: transform(a, target) { T.wrappingNegation($0) }
            case .square: transform(a, target) { T.wrappingProduct($0, $0) }
            }
        }
    }

    @specialized(where T == Int8)
    @specialized(where T == Int16)
    @specialized(where T == Int32)
    @specialized(where T == Int64)
    @specialized(where T == UInt8)
    @specialized(where T == UInt16)
    @specialized(where T == UInt32)
    @specialized(where T == UInt64)
    @specialized(where T == Float)
    @specialized(where T == Double)
    package static func apply<T: NDReal>(_ function: RealFunction, _ a: Operand<T>, _ target: Destination<T>) {
        if T.dtype == .float16 {
            return HalfKernels.transform(a.rebound(), target.rebound()) { apply(function, $0, $1) }
        }
        switch function {
        case .magnitude: transform(a, target) { T.wrappingMagnitude($0) }
        // A zero has no sign afterwards, and NaN stays.
        case .sign: transform(a, target) { $0 > 0 ? 1 : $0 < 0 ? T.wrappingNegation(1) : $0 == 0 ? 0 : $0 }
        }
    }

    @specialized(where T == Float)
    @specialized(where T == Double)
    package static func apply<T: NDFloat>(_ function: FloatFunction, _ a: Operand<T>, _ target: Destination<T>) {
        if T.dtype == .float16 {
            return HalfKernels.transform(a.rebound(), target.rebound()) { apply(function, $0, $1) }
        }
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
    @specialized(where T == Int8)
    @specialized(where T == Int16)
    @specialized(where T == Int32)
    @specialized(where T == Int64)
    @specialized(where T == UInt8)
    @specialized(where T == UInt16)
    @specialized(where T == UInt32)
    @specialized(where T == UInt64)
    @specialized(where T == Float)
    @specialized(where T == Double)
    package static func clip<T: NDReal>(_ a: Operand<T>, to lower: T, _ upper: T, _ target: Destination<T>) {
        transform(a, target) { x in
            let raised = x < lower ? lower : x
            return raised > upper ? upper : raised
        }
    }
}
