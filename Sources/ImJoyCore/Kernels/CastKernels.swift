package import ComplexModule

/// Loops that convert elements from one type to another.
///
/// The source type is static and specialised; the target is a switch inside, so that every pair gets a loop of its own
/// without a list of pairs. The same entry serves casts to a known type and to a ``DType``.
package enum CastKernels {
    /// Writes `count` real numbers as `dtype`, one after another.
    package static func cast<T: NDReal>(
        _ source: Operand<T>, to dtype: DType, _ rule: OverflowRule, into target: UnsafeMutableRawPointer
    ) {
        if VectorKernels.cast(source, to: dtype, wraps: rule == .wrap, into: target) { return }
        castOneByOne(source, to: dtype, rule, into: target)
    }

    static func castOneByOne<T: NDReal>(
        _ source: Operand<T>, to dtype: DType, _ rule: OverflowRule, into target: UnsafeMutableRawPointer
    ) {
        switch dtype {
        case .bool: convert(source, target) { $0 != 0 }
        case .int8: integer(source, Int8.self, rule, target)
        case .int16: integer(source, Int16.self, rule, target)
        case .int32: integer(source, Int32.self, rule, target)
        case .int64: integer(source, Int64.self, rule, target)
        case .uint8: integer(source, UInt8.self, rule, target)
        case .uint16: integer(source, UInt16.self, rule, target)
        case .uint32: integer(source, UInt32.self, rule, target)
        case .uint64: integer(source, UInt64.self, rule, target)
        case .float16: convert(source, target) { $0.cast(to: Float16.self, overflow: .clamp) }
        case .float32: convert(source, target) { $0.cast(to: Float.self, overflow: .clamp) }
        case .float64: convert(source, target) { $0.cast(to: Double.self, overflow: .clamp) }
        case .complex64: convert(source, target) { Complex<Float>($0.cast(to: Float.self, overflow: .clamp), 0) }
        case .complex128: convert(source, target) { Complex<Double>($0.asDouble, 0) }
        }
    }

    /// Writes complex numbers as `dtype`, which must be complex, or `bool`: true for all but zero.
    @specialized(where T == Float)
    @specialized(where T == Double)
    package static func cast<T: NDFloat>(
        complex source: Operand<Complex<T>>, to dtype: DType, into target: UnsafeMutableRawPointer
    ) {
        switch dtype {
        case .bool: convert(source, target) { !Complex.isEqual($0, .zero) }
        case .complex64:
            convert(source, target) { Complex(Float($0.rawStorage.x.asDouble), Float($0.rawStorage.y.asDouble)) }
        default:
            assert(dtype == .complex128)
            convert(source, target) { Complex($0.rawStorage.x.asDouble, $0.rawStorage.y.asDouble) }
        }
    }

    /// The same through the protocol, for code that knows no more than that its elements are complex.
    package static func cast<T: NDComplex>(
        complex source: Operand<T>, to dtype: DType, into target: UnsafeMutableRawPointer
    ) {
        if let single = source as? Operand<Complex<Float>> {
            cast(complex: single, to: dtype, into: target)
        } else if let double = source as? Operand<Complex<Double>> {
            cast(complex: double, to: dtype, into: target)
        }
    }

    @inline(__always)
    private static func integer<T: NDReal, Target: NDInteger>(
        _ source: Operand<T>, _ type: Target.Type, _ rule: OverflowRule, _ target: UnsafeMutableRawPointer
    ) {
        switch rule {
        case .clamp: convert(source, target) { $0.cast(to: type, overflow: .clamp) }
        case .wrap: convert(source, target) { $0.cast(to: type, overflow: .wrap) }
        }
    }

    @inline(__always)
    private static func convert<T, Target>(
        _ source: Operand<T>, _ target: UnsafeMutableRawPointer, _ op: (T) -> Target
    ) {
        let memory = target.bindMemory(to: Target.self, capacity: source.layout.count)
        ElementwiseKernels.transform(source, into: memory, op)
    }
}
