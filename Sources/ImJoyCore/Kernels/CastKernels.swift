/// Loops that convert elements from one type to another, known at compile time or only as a ``DType``.
package enum CastKernels {
    /// Writes the elements as `dtype`, one after another.
    ///
    /// Complex numbers are written only as complex numbers, or as `bool`: true for all but zero.
    package static func cast<T: NDElement>(
        _ source: Operand<T>, to dtype: DType, _ rule: OverflowRule, into target: UnsafeMutableRawPointer
    ) { VectorKernels.cast(source, to: dtype, wraps: rule == .wrap, into: target) }
}
