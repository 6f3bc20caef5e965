internal import RealModule

extension NDFloat {
    public static func wrappingSum(_ a: Self, _ b: Self) -> Self { a + b }
    public static func wrappingDifference(_ a: Self, _ b: Self) -> Self { a - b }
    public static func wrappingProduct(_ a: Self, _ b: Self) -> Self { a * b }
    public static func wrappingNegation(_ a: Self) -> Self { -a }

    public static func wrappingMagnitude(_ a: Self) -> Self { a.magnitude }

    // The rounding rules of NumPy's `npy_divmod`: the remainder is exact, the quotient follows from it, and a
    // quotient that rounding left just below a whole number is brought back to it.
    public static func flooredQuotient(_ a: Self, _ b: Self) -> Self {
        if b == 0 { return a / b }
        let remainder = a.truncatingRemainder(dividingBy: b)
        var quotient = (a - remainder) / b
        if remainder != 0, (remainder < 0) != (b < 0) { quotient -= 1 }
        if quotient == 0 { return Self(signOf: a / b, magnitudeOf: 0) }
        let floor = quotient.rounded(.down)
        return quotient - floor > 0.5 ? floor + 1 : floor
    }

    public static func flooredRemainder(_ a: Self, _ b: Self) -> Self {
        let remainder = a.truncatingRemainder(dividingBy: b)
        if remainder == 0 { return Self(signOf: b, magnitudeOf: 0) }
        return (remainder < 0) != (b < 0) ? remainder + b : remainder
    }

    public static func truncatedRemainder(_ a: Self, _ b: Self) -> Self { a.truncatingRemainder(dividingBy: b) }

    public func cast<Target: NDReal>(to type: Target.Type, overflow rule: OverflowRule) -> Target {
        Target(casting: asDouble, overflow: rule)
    }

    public init<Source: FixedWidthInteger>(casting value: Source, overflow rule: OverflowRule) { self = Self(value) }

    public init(casting value: Double, overflow rule: OverflowRule) { self = Self(value) }
}
