extension DType {
    /// The type that holds the values of both, as NumPy promotes them: `uint8` and `int8` give `int16`.
    ///
    /// 64-bit integers of different sign, and integers with floats that cannot hold them, give the next larger float.
    public func promoted(with other: DType) -> DType {
        if self == other || other == .bool { return self }
        if self == .bool { return other }
        if isInteger, other.isInteger { return promotedInteger(other) }
        let size = max(floatByteCount, other.floatByteCount)
        if isComplex || other.isComplex { return size > 4 ? .complex128 : .complex64 }
        return size == 2 ? .float16 : size == 4 ? .float32 : .float64
    }

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
