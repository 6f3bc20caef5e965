public import ComplexModule
internal import RealModule

/// What linear algebra and Fourier transforms compute with: `Float`, `Double` and the complex numbers of them.
///
/// The set is closed, as that of ``NDElement`` is. Cast other types first, or use ``AnyNDArray``, which does it.
public protocol NDLinearElement: NDField {
    /// The type of lengths, norms and singular values: the type itself, or that of a complex number's parts.
    associatedtype RealPart: NDLinearReal

    /// The real part of a number.
    static func realPart(_ value: Self) -> RealPart
    /// A number without an imaginary part.
    static func real(_ value: RealPart) -> Self
    /// The number as a complex one.
    static func complex(_ value: Self) -> Complex<RealPart>
    /// The distances of the elements from zero.
    static func magnitudes(of array: NDArray<Self>) -> NDArray<RealPart>
    /// The squares of the distances from zero.
    static func squaredMagnitudes(of array: NDArray<Self>) -> NDArray<RealPart>
    /// The elements with the sign of the imaginary part changed.
    static func conjugates(of array: NDArray<Self>) -> NDArray<Self>
}

/// `Float` or `Double`.
public protocol NDLinearReal: NDFloat, NDLinearElement where RealPart == Self {}

extension NDLinearReal {
    /// The number itself.
    public static func realPart(_ value: Self) -> Self { value }
    /// The number itself.
    public static func real(_ value: Self) -> Self { value }
    /// The number with the imaginary part 0.
    public static func complex(_ value: Self) -> Complex<Self> { Complex(value) }
    /// The magnitudes of the elements.
    public static func magnitudes(of array: NDArray<Self>) -> NDArray<Self> { array.abs() }
    /// The squares of the elements.
    public static func squaredMagnitudes(of array: NDArray<Self>) -> NDArray<Self> { array.square() }
    /// The array itself: real numbers are their own conjugates.
    public static func conjugates(of array: NDArray<Self>) -> NDArray<Self> { array }
}

extension Float: NDLinearReal {
    public typealias RealPart = Float
}
extension Double: NDLinearReal {
    public typealias RealPart = Double
}

extension Complex: NDLinearElement where RealType: NDLinearReal {
    public typealias RealPart = RealType

    // The parts as they are: swift-numerics shows non-finite numbers as NaN.
    public static func realPart(_ value: Self) -> RealType { value.rawStorage.x }
    public static func real(_ value: RealType) -> Self { Complex(value) }
    public static func complex(_ value: Self) -> Self { value }
    public static func magnitudes(of array: NDArray<Self>) -> NDArray<RealType> { array.magnitude }
    public static func squaredMagnitudes(of array: NDArray<Self>) -> NDArray<RealType> {
        array.real.square() + array.imaginary.square()
    }
    public static func conjugates(of array: NDArray<Self>) -> NDArray<Self> { array.map { $0.conjugate } }
}
