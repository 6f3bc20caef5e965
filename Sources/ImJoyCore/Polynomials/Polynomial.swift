public import ComplexModule
public import RealModule

/// A polynomial in one variable with real coefficients, the highest power first, as NumPy's `poly1d` and `polyfit`.
///
/// ```swift
/// let p = Polynomial([1, 0, -2])         // x² - 2
/// p(3)                                   // 7
/// try p.roots()                          // ±√2
/// let line = try Polynomial.fit(times, distances, degree: 1).polynomial
/// ```
public struct Polynomial: Sendable, Hashable, ExpressibleByArrayLiteral {
    /// The coefficients, the highest power first; at least one. Those of a fit may start with zeros.
    public let coefficients: NDArray<Double>

    /// A polynomial with these coefficients; zeros in front are left out.
    public init(_ coefficients: some Collection<Double>) {
        let significant = coefficients.drop { $0 == 0 }
        self.coefficients = NDArray(significant.isEmpty ? [0] : Array(significant))
    }

    /// A polynomial whose coefficients are the elements of an array.
    public init(_ coefficients: NDArray<Double>) { self.init(coefficients.elements) }

    /// Coefficients as they are, one at least.
    init(exactly coefficients: NDArray<Double>) { self.coefficients = coefficients }

    public init(arrayLiteral elements: Double...) { self.init(elements) }

    /// The polynomial with these zeros, and 1 before the highest power; NumPy's `poly`.
    public init(roots: [Double]) {
        var coefficients: [Double] = [1]
        for root in roots { coefficients = Self.product(coefficients, [1, -root]) }
        self.init(coefficients)
    }

    /// The highest power.
    public var degree: Int { coefficients.count - 1 }

    public static func == (a: Polynomial, b: Polynomial) -> Bool {
        a.coefficients.elements == b.coefficients.elements
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(coefficients.elements) }
}

extension Polynomial {
    /// The value at `x`, by Horner's scheme.
    public func callAsFunction(_ x: Double) -> Double { coefficients.elements.reduce(0) { $0 * x + $1 } }

    /// The values at every element of `x`; NumPy's `polyval`.
    public func callAsFunction(_ x: NDArray<Double>) -> NDArray<Double> {
        let factors = coefficients.elements
        return x.map { x in factors.reduce(0) { $0 * x + $1 } }
    }

    /// The sum; NumPy's `polyadd`.
    public static func + (a: Polynomial, b: Polynomial) -> Polynomial { combined(a, b, +) }

    /// The difference; NumPy's `polysub`.
    public static func - (a: Polynomial, b: Polynomial) -> Polynomial { combined(a, b, -) }

    /// The product; NumPy's `polymul`.
    public static func * (a: Polynomial, b: Polynomial) -> Polynomial {
        Polynomial(product(a.coefficients.elements, b.coefficients.elements))
    }

    /// Every coefficient times a number.
    public static func * (a: Polynomial, b: Double) -> Polynomial { Polynomial(a.coefficients.elements.map { $0 * b }) }

    /// The derivative, taken `order` times; NumPy's `polyder`. Traps on a negative order.
    public func derivative(_ order: Int = 1) -> Polynomial {
        precondition(order >= 0, "derivative number \(order)")
        var factors = coefficients.elements
        for _ in 0..<Swift.min(order, factors.count) {
            let degree = factors.count - 1
            factors = (0..<degree).map { factors[$0] * Double(degree - $0) }
        }
        return Polynomial(factors)
    }

    /// The integral that is `constant` at 0; NumPy's `polyint`.
    public func integral(constant: Double = 0) -> Polynomial {
        let factors = coefficients.elements
        return Polynomial(factors.enumerated().map { $1 / Double(factors.count - $0) } + [constant])
    }

    /// Quotient and remainder of a division; NumPy's `polydiv`. Throws when the divisor is zero.
    public func divided(
        by divisor: Polynomial
    ) throws(NDArrayError) -> (quotient: Polynomial, remainder: Polynomial) {
        let lower = Polynomial(divisor.coefficients).coefficients.elements
        guard lower[0] != 0 else { throw NDArrayError(.outOfBounds, "a polynomial divided by zero") }
        var rest = coefficients.elements
        guard rest.count >= lower.count else { return ([0], self) }
        var quotient: [Double] = []
        for place in 0...(rest.count - lower.count) {
            let factor = rest[place] / lower[0]
            quotient.append(factor)
            for (index, value) in lower.enumerated() { rest[place + index] -= factor * value }
        }
        return (Polynomial(quotient), Polynomial(rest.suffix(lower.count - 1)))
    }

    /// The zeros, each as often as it counts, in no particular order; NumPy's `roots`.
    ///
    /// They are the eigenvalues of the companion matrix. Throws `.notConverged` for coefficients that are not finite.
    public func roots() throws(NDArrayError) -> NDArray<Complex<Double>> {
        let factors = Polynomial(coefficients).coefficients.elements
        let degree = factors.count - 1
        // Zeros at the end are zeros at zero.
        let zeros = factors.reversed().prefix { $0 == 0 }.count
        let kept = Array(factors.dropLast(Swift.min(zeros, degree)))
        let size = kept.count - 1
        var found: [Complex<Double>] = []
        if size > 0 {
            var companion = NDArray<Double>.eye(size, diagonal: -1)
            for column in 0..<size { companion[0, column] = -kept[column + 1] / kept[0] }
            found = try companion.eigenvalues().elements
        }
        return NDArray(found + [Complex<Double>](repeating: 0, count: degree - size))
    }

    private static func combined(
        _ a: Polynomial, _ b: Polynomial, _ operation: (Double, Double) -> Double
    ) -> Polynomial {
        let count = Swift.max(a.coefficients.count, b.coefficients.count)
        func padded(_ polynomial: Polynomial) -> [Double] {
            [Double](repeating: 0, count: count - polynomial.coefficients.count) + polynomial.coefficients.elements
        }
        return Polynomial(zip(padded(a), padded(b)).map(operation))
    }

    private static func product(_ a: [Double], _ b: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: a.count + b.count - 1)
        for (i, x) in a.enumerated() {
            for (j, y) in b.enumerated() { result[i + j] += x * y }
        }
        return result
    }
}

extension Polynomial: CustomStringConvertible {
    /// The terms, the highest power first: `1.0x^2 - 2.0`.
    public var description: String {
        let factors = coefficients.elements
        var text = ""
        for (index, factor) in factors.enumerated() where factor != 0 || degree == 0 {
            let power = degree - index
            let sign = text.isEmpty ? (factor.sign == .minus ? "-" : "") : factor.sign == .minus ? " - " : " + "
            text += sign + "\(factor.magnitude)" + (power == 0 ? "" : power == 1 ? "x" : "x^\(power)")
        }
        return text
    }
}
