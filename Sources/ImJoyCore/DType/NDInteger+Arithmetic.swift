extension NDInteger {
    public static func wrappingSum(_ a: Self, _ b: Self) -> Self { a &+ b }
    public static func wrappingDifference(_ a: Self, _ b: Self) -> Self { a &- b }
    public static func wrappingProduct(_ a: Self, _ b: Self) -> Self { a &* b }
    public static func wrappingNegation(_ a: Self) -> Self { 0 &- a }

    public static func wrappingMagnitude(_ a: Self) -> Self { a < 0 ? 0 &- a : a }

    public static func flooredQuotient(_ a: Self, _ b: Self) -> Self {
        if b == 0 { return 0 }
        // The smallest integer by -1 overflows and wraps back to itself.
        let quotient = a.dividedReportingOverflow(by: b).partialValue
        let isRounded = (a < 0) != (b < 0) && quotient &* b != a
        return isRounded ? quotient &- 1 : quotient
    }

    public static func flooredRemainder(_ a: Self, _ b: Self) -> Self {
        let remainder = truncatedRemainder(a, b)
        return remainder != 0 && (remainder < 0) != (b < 0) ? remainder &+ b : remainder
    }

    public static func truncatedRemainder(_ a: Self, _ b: Self) -> Self {
        b == 0 ? 0 : a.remainderReportingOverflow(dividingBy: b).partialValue
    }

    public var asDouble: Double { Double(self) }

    public func cast<Target: NDReal>(to type: Target.Type, overflow rule: OverflowRule) -> Target {
        Target(casting: self, overflow: rule)
    }

    public init<Source: FixedWidthInteger>(casting value: Source, overflow rule: OverflowRule) {
        self = rule == .clamp ? Self(clamping: value) : Self(truncatingIfNeeded: value)
    }

    public init(casting value: Double, overflow rule: OverflowRule) {
        // Through concrete types: the generic conversions of the standard library are an order slower.
        // The bounds are powers of two (or zero), so they are exact; NaN fails both comparisons.
        let half = Double(UInt64(1) << UInt64(Self.bitWidth - 1))
        let (lower, upper) = Self.isSigned ? (-half, half) : (0, 2 * half)
        if value < upper, value >= lower {
            self = Self(
                truncatingIfNeeded: Self.isSigned || Self.bitWidth < 64
                    ? UInt64(bitPattern: Int64(value)) : UInt64(value))
        } else if value.isNaN {
            self = 0
        } else if rule == .clamp || !value.isFinite {
            // Above -1 the fraction is cut off; `.min` is then zero too.
            self = value < 0 ? .min : .max
        } else {
            // Beyond 64 bits a double is a multiple of a power of two; its low bits are the remainder.
            let remainder = value.rounded(.towardZero).truncatingRemainder(dividingBy: 0x1p64)
            let magnitude = UInt64(remainder.magnitude)
            self = Self(truncatingIfNeeded: remainder < 0 ? 0 &- magnitude : magnitude)
        }
    }
}
