public import ComplexModule

extension Bool: NDElement {
    public static var dtype: DType { .bool }
    public static var zero: Bool { false }
}

extension Int8: NDInteger { public static var dtype: DType { .int8 } }
extension Int16: NDInteger { public static var dtype: DType { .int16 } }
extension Int32: NDInteger { public static var dtype: DType { .int32 } }
extension Int64: NDInteger { public static var dtype: DType { .int64 } }
extension UInt8: NDInteger { public static var dtype: DType { .uint8 } }
extension UInt16: NDInteger { public static var dtype: DType { .uint16 } }
extension UInt32: NDInteger { public static var dtype: DType { .uint32 } }
extension UInt64: NDInteger { public static var dtype: DType { .uint64 } }
extension Float16: NDFloat { public static var dtype: DType { .float16 } }
extension Float: NDFloat { public static var dtype: DType { .float32 } }
extension Double: NDFloat { public static var dtype: DType { .float64 } }

extension Complex: NDElement where RealType: NDFloat {
    public static var dtype: DType { RealType.dtype == .float32 ? .complex64 : .complex128 }
}
extension Complex: NDNumber where RealType: NDFloat {
    public static func wrappingSum(_ a: Self, _ b: Self) -> Self { a + b }
    public static func wrappingDifference(_ a: Self, _ b: Self) -> Self { a - b }
    public static func wrappingProduct(_ a: Self, _ b: Self) -> Self { a * b }
}

extension NDInteger {
    public static func wrappingSum(_ a: Self, _ b: Self) -> Self { a &+ b }
    public static func wrappingDifference(_ a: Self, _ b: Self) -> Self { a &- b }
    public static func wrappingProduct(_ a: Self, _ b: Self) -> Self { a &* b }

    public var asDouble: Double { Double(self) }

    public init(casting value: Double, overflow rule: OverflowRule) {
        if let exact = Self(exactly: value.rounded(.towardZero)) {
            self = exact
        } else if value.isNaN {
            self = 0
        } else if rule == .clamp || !value.isFinite {
            self = value < 0 ? .min : .max
        } else {
            // Beyond 64 bits a double is a multiple of a power of two; its low bits are the remainder.
            let remainder = value.rounded(.towardZero).truncatingRemainder(dividingBy: 0x1p64)
            let magnitude = UInt64(remainder.magnitude)
            self = Self(truncatingIfNeeded: remainder < 0 ? 0 &- magnitude : magnitude)
        }
    }
}

extension NDFloat {
    public static func wrappingSum(_ a: Self, _ b: Self) -> Self { a + b }
    public static func wrappingDifference(_ a: Self, _ b: Self) -> Self { a - b }
    public static func wrappingProduct(_ a: Self, _ b: Self) -> Self { a * b }

    public var asDouble: Double { Double(self) }
    public init(casting value: Double, overflow rule: OverflowRule) { self = Self(value) }
}
