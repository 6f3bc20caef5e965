public import ComplexModule
public import RealModule

extension Bool: NDElement {
    public static var dtype: DType { .bool }
    public static var zero: Bool { false }
}

extension Int8: NDInteger {
    public typealias Total = Int64
    public typealias Mean = Double
    public static var dtype: DType { .int8 }
}
extension Int16: NDInteger {
    public typealias Total = Int64
    public typealias Mean = Double
    public static var dtype: DType { .int16 }
}
extension Int32: NDInteger {
    public typealias Total = Int64
    public typealias Mean = Double
    public static var dtype: DType { .int32 }
}
extension Int64: NDInteger {
    public typealias Total = Int64
    public typealias Mean = Double
    public static var dtype: DType { .int64 }
}
extension UInt8: NDInteger {
    public typealias Total = UInt64
    public typealias Mean = Double
    public static var dtype: DType { .uint8 }
}
extension UInt16: NDInteger {
    public typealias Total = UInt64
    public typealias Mean = Double
    public static var dtype: DType { .uint16 }
}
extension UInt32: NDInteger {
    public typealias Total = UInt64
    public typealias Mean = Double
    public static var dtype: DType { .uint32 }
}
extension UInt64: NDInteger {
    public typealias Total = UInt64
    public typealias Mean = Double
    public static var dtype: DType { .uint64 }
}
// Spelled out per type, so that no cast goes through the generic conversions of the standard library.
extension Float16: NDFloat {
    public typealias Mean = Float16
    public static var dtype: DType { .float16 }
    public var asDouble: Double { Double(self) }
}
extension Float: NDFloat {
    public typealias Mean = Float
    public static var dtype: DType { .float32 }
    public var asDouble: Double { Double(self) }
}
extension Double: NDFloat {
    public typealias Mean = Double
    public static var dtype: DType { .float64 }
    public var asDouble: Double { self }
}

extension Complex: NDElement where RealType: NDFloat {
    public static var dtype: DType { RealType.dtype == .float32 ? .complex64 : .complex128 }
    // The `==` of swift-numerics takes all non-finite numbers for one.
    public static func isEqual(_ a: Self, _ b: Self) -> Bool { a.rawStorage == b.rawStorage }
}
extension Complex: NDField where RealType: NDFloat {}
extension Complex: NDNumber where RealType: NDFloat {
    public static func wrappingSum(_ a: Self, _ b: Self) -> Self { a + b }
    public static func wrappingDifference(_ a: Self, _ b: Self) -> Self { a - b }
    public static func wrappingProduct(_ a: Self, _ b: Self) -> Self { a * b }
    public static func wrappingNegation(_ a: Self) -> Self { -a }
}

extension Complex: NDComplex where RealType: NDFloat {
    public typealias Part = RealType
}
