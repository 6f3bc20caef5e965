internal import ComplexModule

/// The element type of an array, named as NumPy names it; the same word is used in `.npy` files and on the wire.
public enum DType: String, CaseIterable, Codable, Sendable, Hashable {
    /// A truth value in one byte, or an integer of this many bits.
    case bool, int8, int16, int32, int64, uint8, uint16, uint32, uint64
    /// A floating-point number of this many bits, or two of half the bits as a complex number.
    case float16, float32, float64, complex64, complex128

    /// Bytes per element.
    public var byteCount: Int {
        switch self {
        case .bool, .int8, .uint8: 1
        case .int16, .uint16, .float16: 2
        case .int32, .uint32, .float32: 4
        case .int64, .uint64, .float64, .complex64: 8
        case .complex128: 16
        }
    }

    /// Bytes of the unit that a change of byte order reverses: half an element for complex numbers.
    public var swapUnit: Int { isComplex ? byteCount / 2 : byteCount }

    /// True for the two complex types.
    public var isComplex: Bool { self == .complex64 || self == .complex128 }

    /// True for the three real floating-point types.
    public var isFloatingPoint: Bool { self == .float16 || self == .float32 || self == .float64 }

    /// True for signed and unsigned integers, false for `bool`.
    public var isInteger: Bool { !isComplex && !isFloatingPoint && self != .bool }

    /// True for types that can hold a negative number.
    public var isSigned: Bool {
        switch self {
        case .bool, .uint8, .uint16, .uint32, .uint64: false
        default: true
        }
    }

    /// The Swift type of one element.
    // Not to be seen through: see AnyNDArray+Visiting.swift.
    @inline(never) public var elementType: any NDElement.Type {
        switch self {
        case .bool: Bool.self
        case .int8: Int8.self
        case .int16: Int16.self
        case .int32: Int32.self
        case .int64: Int64.self
        case .uint8: UInt8.self
        case .uint16: UInt16.self
        case .uint32: UInt32.self
        case .uint64: UInt64.self
        case .float16: Float16.self
        case .float32: Float.self
        case .float64: Double.self
        case .complex64: Complex<Float>.self
        case .complex128: Complex<Double>.self
        }
    }
}

extension DType: CustomStringConvertible {
    public var description: String { rawValue }
}
