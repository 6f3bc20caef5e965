internal import ComplexModule

/// How the elements of one array are printed: all of them are looked at first, so that columns line up.
struct ElementFormat<Element: NDElement> {
    let text: (Element) -> String

    /// The format for an array that shows `elements`; `isSingle` for an array without axes.
    init(_ elements: [Element], isSingle: Bool) {
        text = Element.format(elements, isSingle: isSingle)
    }
}

/// The columns of real numbers, by the rules of NumPy's `FloatingFormat`.
private struct FloatFormat<Element: NDFloat> {
    private var usesExponent = false
    private var padLeft = 0
    private var padRight = 0
    private var exponentSize = 0
    private var precision = 8
    /// Imaginary parts always show a sign.
    private let alwaysSigned: Bool

    init(_ elements: [Element], alwaysSigned: Bool = false) {
        self.alwaysSigned = alwaysSigned
        let finite = elements.filter { $0.isFinite }
        let sizes = finite.filter { $0 != 0 }.map(\.magnitude)
        if let largest = sizes.max(), let smallest = sizes.min() {
            usesExponent =
                largest.asDouble >= Self.largestPlain || smallest < Element(casting: 0.0001, overflow: .clamp)
                || largest / smallest > 1000
        }
        if usesExponent {
            let parts = finite.map { Self.digits($0).scientific(precision: 8) }
            let fraction = parts.map(\.fraction.count).max() ?? 0
            precision = fraction
            padLeft = parts.map { signed($0.whole).count }.max() ?? 0
            exponentSize = parts.map(\.exponent.count).max() ?? 0
            padRight = exponentSize + 1 + fraction
        } else {
            let parts = finite.map { Self.digits($0).positional(precision: 8) }
            padLeft = parts.map { signed($0.whole).count }.max() ?? 0
            padRight = parts.map(\.fraction.count).max() ?? 0
        }
        if finite.count < elements.count {
            let hasNegative = elements.contains { $0 == -.infinity }
            padLeft = max(padLeft, 3 - (padRight + 1), 3 + (hasNegative || alwaysSigned ? 1 : 0) - (padRight + 1))
        }
    }

    /// Ten to the number of digits a type holds for certain, but no more than eight.
    private static var largestPlain: Double {
        switch Element.dtype {
        case .float16: 1e3
        case .float32: 1e6
        default: 1e8
        }
    }

    private static func digits(_ value: Element) -> FloatDigits {
        FloatDigits(value)
    }

    private func signed(_ whole: String) -> String { alwaysSigned && !whole.hasPrefix("-") ? "+" + whole : whole }

    func text(_ value: Element) -> String {
        guard value.isFinite else {
            let word = value.isNaN ? "nan" : value < 0 ? "-inf" : "inf"
            return signed(word).leftPadded(to: padLeft + padRight + 1)
        }
        if usesExponent {
            let parts = Self.digits(value).scientific(precision: precision, isPadded: true)
            let power = String(parts.exponent.dropFirst()).leftPadded(to: exponentSize - 1, with: "0")
            return signed(parts.whole).leftPadded(to: padLeft) + "." + parts.fraction + "e" + parts.exponent.prefix(1)
                + power
        }
        let parts = Self.digits(value).positional(precision: precision)
        return signed(parts.whole).leftPadded(to: padLeft) + "." + parts.fraction.rightPadded(to: padRight)
    }
}

extension NDElement {
    /// A function that prints elements as wide as the widest of `elements`.
    fileprivate static func format(_ elements: [Self], isSingle: Bool) -> (Self) -> String {
        if let floats = elements as? [Float] { return cast(FloatFormat(floats).text) }
        if let doubles = elements as? [Double] { return cast(FloatFormat(doubles).text) }
        if let halves = elements as? [Float16] { return cast(FloatFormat(halves).text) }
        if let complex = elements as? [Complex<Float>] { return cast(complexFormat(complex)) }
        if let complex = elements as? [Complex<Double>] { return cast(complexFormat(complex)) }
        if Self.self == Bool.self { return { ($0 as? Bool) == true ? isSingle ? "True" : " True" : "False" } }
        let width = elements.map { "\($0)".utf8.count }.max() ?? 0
        return { "\($0)".leftPadded(to: width) }
    }

    /// The function for this very type, under its name.
    private static func cast<Same>(_ text: @escaping (Same) -> String) -> (Self) -> String {
        { element in (element as? Same).map(text) ?? "" }
    }

    // The raw parts: the properties of swift-numerics turn both into NaN when one is not finite.
    private static func complexFormat<Part: NDFloat>(_ elements: [Complex<Part>]) -> (Complex<Part>) -> String {
        let real = FloatFormat(elements.map(\.rawStorage.x))
        let imaginary = FloatFormat(elements.map(\.rawStorage.y), alwaysSigned: true)
        return { element in
            // The letter goes right behind the last digit, before the padding.
            let text = imaginary.text(element.rawStorage.y)
            let padding = text.reversed().prefix { $0 == " " }
            return real.text(element.rawStorage.x) + text.dropLast(padding.count) + "j" + String(padding)
        }
    }
}

extension String {
    func leftPadded(to width: Int, with character: Character = " ") -> String {
        String(repeating: character, count: max(width - utf8.count, 0)) + self
    }

    func rightPadded(to width: Int, with character: Character = " ") -> String {
        self + String(repeating: character, count: max(width - utf8.count, 0))
    }
}
