/// A type that can be an element of an array: one of the fourteen of ``DType``.
///
/// The set is closed: files, peers and kernels know these types and no others.
public protocol NDElement: Hashable, Sendable {
    /// The run-time name of this type.
    static var dtype: DType { get }
    /// The value of fresh memory: false or zero.
    static var zero: Self { get }
}

/// An element that can be added and multiplied: everything but `Bool`.
///
/// Integer arithmetic wraps, as in NumPy: `UInt8` 200 + 100 is 44.
public protocol NDNumber: NDElement, Numeric {
    /// The sum, wrapping for integers.
    static func wrappingSum(_ a: Self, _ b: Self) -> Self
    /// The difference, wrapping for integers.
    static func wrappingDifference(_ a: Self, _ b: Self) -> Self
    /// The product, wrapping for integers.
    static func wrappingProduct(_ a: Self, _ b: Self) -> Self
}

/// A number with an order: integers and real floating-point types.
public protocol NDReal: NDNumber, Comparable {
    /// The value nearest to `value` under `rule`; see ``OverflowRule``.
    init(casting value: Double, overflow rule: OverflowRule)
    /// The value as a double, rounded when it has more than 53 bits.
    var asDouble: Double { get }
}

/// A fixed-width integer element.
public protocol NDInteger: NDReal, FixedWidthInteger, BitwiseCopyable {}

/// A real floating-point element.
public protocol NDFloat: NDReal, BinaryFloatingPoint, BitwiseCopyable {}

/// What a cast does with a number that the target type cannot hold.
///
/// NaN becomes zero in an integer under both rules, and fractions are cut off towards zero.
public enum OverflowRule: Sendable, Hashable {
    /// The nearest value the type has: 300 becomes 255 in `UInt8`, -1 becomes 0.
    case clamp
    /// The low bits of the whole number, as NumPy's `astype` does between integers: 300 becomes 44 in `UInt8`.
    case wrap
}
