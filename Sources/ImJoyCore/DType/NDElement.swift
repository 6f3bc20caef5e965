public import RealModule

/// A type that can be an element of an array: one of the fourteen of ``DType``.
///
/// The set is closed: files, peers and kernels know these types and no others.
public protocol NDElement: Hashable, Sendable {
    /// The run-time name of this type.
    static var dtype: DType { get }
    /// The value of fresh memory: false or zero.
    static var zero: Self { get }
    /// Equality as IEEE has it: NaN equals nothing, and a complex number is equal when both parts are.
    static func isEqual(_ a: Self, _ b: Self) -> Bool
}

extension NDElement {
    public static func isEqual(_ a: Self, _ b: Self) -> Bool { a == b }
}

/// An element that can be added and multiplied: everything but `Bool`.
///
/// Integer arithmetic wraps, as in NumPy: `UInt8` 200 + 100 is 44.
public protocol NDNumber: NDElement, Numeric {
    /// What many of these add up and multiply to: 64-bit integers for integers, otherwise the type itself.
    associatedtype Total: NDNumber = Self
    /// The sum, wrapping for integers.
    static func wrappingSum(_ a: Self, _ b: Self) -> Self
    /// The difference, wrapping for integers.
    static func wrappingDifference(_ a: Self, _ b: Self) -> Self
    /// The product, wrapping for integers.
    static func wrappingProduct(_ a: Self, _ b: Self) -> Self
    /// The number with the other sign; the smallest signed integer has none and stays as it is.
    static func wrappingNegation(_ a: Self) -> Self
}

/// A number that can be divided without rounding to a whole number: real and complex floating-point types.
public protocol NDField: NDNumber where Total == Self {
    static func / (a: Self, b: Self) -> Self
}

/// A number with an order: integers and real floating-point types.
public protocol NDReal: NDNumber, Comparable where Total: NDReal {
    /// What averages, spreads and percentiles are: `Double` for integers, otherwise the type itself.
    associatedtype Mean: NDFloat
    /// The value nearest to `value` under `rule`; see ``OverflowRule``.
    init(casting value: Double, overflow rule: OverflowRule)
    /// The value nearest to a whole number under `rule`; no bit of a 64-bit integer is lost on the way.
    init<Source: FixedWidthInteger>(casting value: Source, overflow rule: OverflowRule)
    /// The value as another type, without a detour where that would lose bits.
    func cast<Target: NDReal>(to type: Target.Type, overflow rule: OverflowRule) -> Target
    /// The value as a double, rounded when it has more than 53 bits.
    var asDouble: Double { get }
    /// The quotient rounded down, as NumPy's `//`: -7 by 2 is -4. An integer divided by zero gives zero.
    static func flooredQuotient(_ a: Self, _ b: Self) -> Self
    /// The remainder with the sign of `b`, as NumPy's `%`. An integer divided by zero gives zero.
    static func flooredRemainder(_ a: Self, _ b: Self) -> Self
    /// The remainder with the sign of `a`, as C's `fmod`. An integer divided by zero gives zero.
    static func truncatedRemainder(_ a: Self, _ b: Self) -> Self
    /// The distance from zero; the smallest signed integer has none and stays as it is.
    static func wrappingMagnitude(_ a: Self) -> Self
}

/// A fixed-width integer element.
public protocol NDInteger: NDReal, FixedWidthInteger, BitwiseCopyable where Total: NDInteger, Mean == Double {}

/// A real floating-point element.
public protocol NDFloat: NDReal, NDField, Real, BinaryFloatingPoint, BitwiseCopyable where Mean == Self {}

/// A complex number: the `Complex` of swift-numerics over `Float` or `Double`.
public protocol NDComplex: NDField {
    /// The type of the real and of the imaginary part.
    associatedtype Part: NDFloat
}

/// What a cast does with a number that the target type cannot hold.
///
/// It is about integer targets: NaN becomes zero in an integer under both rules, and fractions are cut off towards
/// zero. A float that is too small for a number holds infinity, as everywhere.
public enum OverflowRule: Sendable, Hashable {
    /// The nearest value the type has: 300 becomes 255 in `UInt8`, -1 becomes 0.
    case clamp
    /// The low bits of the whole number, as NumPy's `astype` does between integers: 300 becomes 44 in `UInt8`.
    ///
    /// Infinity has no low bits and is clamped.
    case wrap
}
