internal import CImJoyShims
internal import ComplexModule

/// A function of one complex number.
package enum ComplexFunction {
    case squareRoot, exp, exp2, expMinusOne, log, log2, log10, logOnePlus
    case sin, cos, tan, sinh, cosh, tanh, asin, acos, atan, asinh, acosh, atanh
}

/// Functions of complex numbers, computed in double precision by the C library.
///
/// NumPy takes them from there too, so branch cuts, signed zeros and infinities are those of C's Annex G.
enum ComplexKernels {
    static func apply(_ function: ComplexFunction, _ numbers: UnsafeMutablePointer<Complex<Double>>, count: Int) {
        imjoy_complex_apply(code(function), parts(numbers), count)
    }

    static func power(
        _ numbers: UnsafeMutablePointer<Complex<Double>>, _ exponents: UnsafePointer<Complex<Double>>, count: Int
    ) {
        let exponents = UnsafeRawPointer(exponents).assumingMemoryBound(to: Double.self)
        imjoy_complex_power(parts(numbers), exponents, count)
    }

    /// A complex number is a real part and an imaginary part.
    private static func parts(_ numbers: UnsafeMutablePointer<Complex<Double>>) -> UnsafeMutablePointer<Double> {
        UnsafeMutableRawPointer(numbers).assumingMemoryBound(to: Double.self)
    }

    private static func code(_ function: ComplexFunction) -> imjoy_complex_function {
        switch function {
        case .squareRoot: imjoy_complex_sqrt
        case .exp: imjoy_complex_exp
        case .exp2: imjoy_complex_exp2
        case .expMinusOne: imjoy_complex_expm1
        case .log: imjoy_complex_log
        case .log2: imjoy_complex_log2
        case .log10: imjoy_complex_log10
        case .logOnePlus: imjoy_complex_log1p
        case .sin: imjoy_complex_sin
        case .cos: imjoy_complex_cos
        case .tan: imjoy_complex_tan
        case .sinh: imjoy_complex_sinh
        case .cosh: imjoy_complex_cosh
        case .tanh: imjoy_complex_tanh
        case .asin: imjoy_complex_asin
        case .acos: imjoy_complex_acos
        case .atan: imjoy_complex_atan
        case .asinh: imjoy_complex_asinh
        case .acosh: imjoy_complex_acosh
        case .atanh: imjoy_complex_atanh
        }
    }
}
