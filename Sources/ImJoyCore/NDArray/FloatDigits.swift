#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The decimal digits of a finite float: as few as tell it apart from its neighbours, and never more than asked for.
///
/// This is what NumPy prints: the shortest digits where they are few enough, otherwise the exact value rounded.
struct FloatDigits {
    private let isNegative: Bool
    /// Significant digits without leading or trailing zeros; empty for zero.
    private let digits: [UInt8]
    /// The power of ten of the first digit.
    private let exponent: Int
    private let exact: Double

    init<T: NDFloat>(_ value: T) {
        isNegative = value.sign == .minus
        exact = value.asDouble.magnitude
        var digits: [UInt8] = []
        var pointAfter: Int?
        var power = 0
        let text = Array(Self.shortest(value).utf8)
        for (index, byte) in text.enumerated() {
            if byte == UInt8(ascii: ".") {
                pointAfter = digits.count
            } else if byte == UInt8(ascii: "e") {
                power = Int(String(decoding: text[(index + 1)...], as: UTF8.self)) ?? 0
                break
            } else if byte != UInt8(ascii: "-") {
                digits.append(byte)
            }
        }
        var first = (pointAfter ?? digits.count) - 1 + power
        let zeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(zeros)
        first -= zeros
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        self.digits = digits
        exponent = digits.isEmpty ? 0 : first
    }

    /// The number without exponent and at most `precision` digits after the point, none of them a trailing zero.
    func positional(precision: Int) -> (whole: String, fraction: String) {
        let fractionLength = max(digits.count - 1 - exponent, 0)
        if fractionLength > precision {
            let parts = Self.printed("%.*f", precision, exact).split(separator: ".", omittingEmptySubsequences: false)
            return (sign + parts[0], parts.count > 1 ? Self.trimmed(parts[1]) : "")
        }
        func digit(at power: Int) -> UInt8 {
            let index = exponent - power
            return digits.indices.contains(index) ? digits[index] : UInt8(ascii: "0")
        }
        let whole = stride(from: max(exponent, 0), through: 0, by: -1).map(digit)
        let fraction = (0..<fractionLength).map { digit(at: -1 - $0) }
        return (sign + String(decoding: whole, as: UTF8.self), String(decoding: fraction, as: UTF8.self))
    }

    /// One digit, at most `precision` more after the point, and a power of ten with a sign and at least two digits.
    ///
    /// With `isPadded` there are `precision` digits in any case: those of the exact value, not zeros.
    func scientific(precision: Int, isPadded: Bool = false) -> (whole: String, fraction: String, exponent: String) {
        if digits.count - 1 > precision || (isPadded && digits.count - 1 < precision) {
            let parts = Self.printed("%.*e", precision, exact).split(separator: "e")
            let mantissa = parts[0].split(separator: ".")
            let fraction = mantissa.count > 1 ? mantissa[1] : ""
            return (sign + mantissa[0], isPadded ? String(fraction) : Self.trimmed(fraction), String(parts[1]))
        }
        let whole = digits.isEmpty ? "0" : String(decoding: digits.prefix(1), as: UTF8.self)
        let power = String(exponent.magnitude).leftPadded(to: 2, with: "0")
        return (
            sign + whole, String(decoding: digits.dropFirst(), as: UTF8.self), (exponent < 0 ? "-" : "+") + power
        )
    }

    private var sign: String { isNegative ? "-" : "" }

    /// The fewest digits that read back as `value`.
    private static func shortest<T: NDFloat>(_ value: T) -> String {
        // Swift prints every digit of a whole `Float16`, even those that tell nothing apart.
        if let half = value as? Float16 {
            for precision in 0..<4 {
                let text = printed("%.*e", precision, Double(half))
                if Float16(text) == half { return text }
            }
        }
        return "\(value)"
    }

    private static func trimmed(_ digits: Substring) -> String {
        var digits = digits
        while digits.last == "0" { digits.removeLast() }
        return String(digits)
    }

    private static func printed(_ format: String, _ precision: Int, _ value: Double) -> String {
        withVaList([Int32(precision), value]) { arguments in
            // 309 digits before the point is the most a double has.
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 400 + precision) { buffer in
                let length = Int(vsnprintf(buffer.baseAddress, buffer.count, format, arguments))
                return String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
            }
        }
    }
}
