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
}

extension ElementwiseKernels {
    @specialized(where T == Int8)
    @specialized(where T == Int16)
    @specialized(where T == Int32)
    @specialized(where T == Int64)
    @specialized(where T == UInt8)
    @specialized(where T == UInt16)
    @specialized(where T == UInt32)
    @specialized(where T == UInt64)
    @specialized(where T == Float16)
    @specialized(where T == Float)
    @specialized(where T == Double)
    @specialized(where T == Complex<Float>)
    @specialized(where T == Complex<Double>)
    package static func apply<T: NDNumber>(_ function: NumberFunction, _ a: Operand<T>, _ target: Destination<T>) {
        switch function {
        case .negative: transform(a, target, T.wrappingNegation)
        case .square: transform(a, target) { T.wrappingProduct($0, $0) }
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
    @specialized(where T == Float16)
    @specialized(where T == Float)
    @specialized(where T == Double)
    package static func apply<T: NDReal>(_ function: RealFunction, _ a: Operand<T>, _ target: Destination<T>) {
        switch function {
        case .magnitude: transform(a, target, T.wrappingMagnitude)
        case .sign: transform(a, target) { $0 > 0 ? 1 : $0 < 0 ? T.wrappingNegation(1) : $0 }
        }
    }

    @specialized(where T == Float16)
    @specialized(where T == Float)
    @specialized(where T == Double)
    package static func apply<T: NDFloat>(_ function: FloatFunction, _ a: Operand<T>, _ target: Destination<T>) {
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
    @specialized(where T == Int8)
    @specialized(where T == Int16)
    @specialized(where T == Int32)
    @specialized(where T == Int64)
    @specialized(where T == UInt8)
    @specialized(where T == UInt16)
    @specialized(where T == UInt32)
    @specialized(where T == UInt64)
    @specialized(where T == Float16)
    @specialized(where T == Float)
    @specialized(where T == Double)
    package static func clip<T: NDReal>(_ a: Operand<T>, to lower: T, _ upper: T, _ target: Destination<T>) {
        transform(a, target) { x in
            let raised = x < lower ? lower : x
            return raised > upper ? upper : raised
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
    package static func invert<T: NDInteger>(_ a: Operand<T>, _ target: Destination<T>) {
        transform(a, target) { ~$0 }
    }
}
