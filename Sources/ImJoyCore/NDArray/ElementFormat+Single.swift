internal import ComplexModule

extension NDElement {
    /// One element on its own, as NumPy prints a scalar: all its digits, and no padding.
    static func plainText(_ element: Self) -> String {
        switch element {
        case let value as Bool: value ? "True" : "False"
        case let value as Float16: floatText(value, wholeSuffix: ".0")
        case let value as Float: floatText(value, wholeSuffix: ".0")
        case let value as Double: floatText(value, wholeSuffix: ".0")
        case let value as Complex<Float>: complexText(value)
        case let value as Complex<Double>: complexText(value)
        default: "\(element)"
        }
    }

    private static func floatText<T: NDFloat>(_ value: T, wholeSuffix: String) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
        let digits = FloatDigits(value)
        let size = value.magnitude.asDouble
        // No digit is cut off: 400 is more than any type has.
        if size != 0, size < 1e-4 || size >= largestPlain(T.dtype) {
            let parts = digits.scientific(precision: 400)
            return parts.whole + (parts.fraction.isEmpty ? "" : ".") + parts.fraction + "e" + parts.exponent
        }
        let parts = digits.positional(precision: 400)
        return parts.whole + (parts.fraction.isEmpty ? wholeSuffix : "." + parts.fraction)
    }

    private static func largestPlain(_ dtype: DType) -> Double {
        switch dtype {
        case .float16: 1e3
        case .float32: 1e6
        default: 1e16
        }
    }

    private static func complexText<Part: NDFloat>(_ value: Complex<Part>) -> String {
        let (real, imaginary) = value.rawStorage
        let second = floatText(imaginary, wholeSuffix: "") + "j"
        if real == 0, real.sign == .plus { return second }
        let plus = second.hasPrefix("-") ? "" : "+"
        return "(" + floatText(real, wholeSuffix: "") + plus + second + ")"
    }
}
