extension DType {
    /// The type that holds the values of both, as NumPy promotes them: `uint8` and `int8` give `int16`.
    ///
    /// NumPy's `promote_types` and, for arrays, `result_type`. 64-bit integers of different sign, and integers with
    /// floats that cannot hold them, give the next larger float.
    public func promoted(with other: DType) -> DType {
        if self == other || other == .bool { return self }
        if self == .bool { return other }
        if isInteger, other.isInteger { return promotedInteger(other) }
        let size = max(floatByteCount, other.floatByteCount)
        if isComplex || other.isComplex { return size > 4 ? .complex128 : .complex64 }
        return size == 2 ? .float16 : size == 4 ? .float32 : .float64
    }

    /// The type that holds the values of all; nil for none. NumPy's `result_type`.
    public static func promoted(_ dtypes: some Sequence<DType>) -> DType? {
        // The highest kind first, as NumPy has it: int8, uint16 and float32 are float32, although the first two need 32 bits.
        let ordered = dtypes.sorted { $0.kind > $1.kind }
        return ordered.dropFirst().reduce(ordered.first) { $0?.promoted(with: $1) }
    }

    /// The type of an array beside a number of Swift's own, which has a kind but no size (NEP 50).
    ///
    /// A number of the same or a lower kind takes the array's type. A higher kind gives the default type of that kind:
    /// `int64`, `float64` or `complex128`; complex beside floats keeps their precision.
    public func promoted(with kind: Kind) -> DType {
        if kind <= self.kind { return self }
        switch kind {
        case .bool: return .bool
        case .integer: return .int64
        case .real: return .float64
        case .complex: return self == .float16 || self == .float32 ? .complex64 : .complex128
        }
    }

    /// The four kinds of numbers, each of which holds those before it.
    public enum Kind: Int, Sendable, Hashable, Comparable {
        /// True and false.
        case bool
        /// Whole numbers, with or without a sign.
        case integer
        /// Floating-point numbers.
        case real
        /// Pairs of floating-point numbers.
        case complex

        /// Whether `b` holds more than `a`.
        public static func < (a: Kind, b: Kind) -> Bool { a.rawValue < b.rawValue }
    }

    /// Which kind of numbers this type holds.
    public var kind: Kind { self == .bool ? .bool : isInteger ? .integer : isFloatingPoint ? .real : .complex }

    /// The type in which functions such as `sqrt` are computed: the smallest float that holds the integers of this type.
    ///
    /// `float16` for `bool` and 8 bits, `float32` for 16, `float64` for more; floats and complex types are their own.
    public var functionType: DType {
        if isComplex || isFloatingPoint { return self }
        return floatByteCount == 2 ? .float16 : floatByteCount == 4 ? .float32 : .float64
    }

    /// The type of a quotient by `/`: `float64` for integers and `bool`, otherwise this type.
    public var quotientType: DType { isComplex || isFloatingPoint ? self : .float64 }

    /// The type of a number that arithmetic makes of `bool` where there is no `bool` result: `int8`.
    var arithmeticType: DType { self == .bool ? .int8 : self }

    /// The type of a sum or product of elements: 64-bit integers for integers and `bool`, otherwise this type.
    public var sumType: DType {
        if isComplex || isFloatingPoint { return self }
        return isSigned || self == .bool ? .int64 : .uint64
    }

    /// The type of a mean, standard deviation or variance: `float64` for integers and `bool`, otherwise this type.
    public var meanType: DType { quotientType }

    /// The type of a magnitude: the part of a complex type, otherwise this type.
    public var partType: DType { self == .complex64 ? .float32 : self == .complex128 ? .float64 : self }

    /// The size of the float that holds this type, nearly so for 64-bit integers.
    private var floatByteCount: Int {
        if isComplex { return swapUnit }
        if isFloatingPoint { return byteCount }
        return min(byteCount * 2, 8)
    }

    private func promotedInteger(_ other: DType) -> DType {
        if isSigned == other.isSigned { return byteCount > other.byteCount ? self : other }
        let (signed, unsigned) = isSigned ? (self, other) : (other, self)
        if signed.byteCount > unsigned.byteCount { return signed }
        switch unsigned.byteCount {
        case 1: return .int16
        case 2: return .int32
        case 4: return .int64
        default: return .float64
        }
    }
}
