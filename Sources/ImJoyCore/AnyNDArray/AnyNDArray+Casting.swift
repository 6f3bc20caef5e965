internal import ComplexModule

extension AnyNDArray {
    /// The elements as another type chosen at run time, as `cast(to:overflow:)` of ``NDArray`` does.
    ///
    /// Throws for complex arrays unless the target is complex or `bool`: take the real part or the magnitude first.
    public func cast(to dtype: DType, overflow: OverflowRule = .clamp) throws(NDArrayError) -> AnyNDArray {
        if dtype == self.dtype { return self }
        let target = try NDStorage(claimedByteCount: count * dtype.byteCount)
        switch self.dtype {
        case .complex64, .complex128:
            guard dtype.isComplex || dtype == .bool else {
                throw NDArrayError(
                    .dtypeMismatch,
                    "\(self.dtype) cannot be cast to \(dtype): take the real part, imaginary part, magnitude or phase")
            }
            if self.dtype == .complex64 {
                CastKernels.cast(operand(Complex<Float>.self), to: dtype, .clamp, into: target.base)
            } else {
                CastKernels.cast(operand(Complex<Double>.self), to: dtype, .clamp, into: target.base)
            }
        default:
            var visitor = Caster(dtype: dtype, rule: overflow, target: target.base)
            try visitReal(&visitor)
        }
        withExtendedLifetime(storage) {}
        return AnyNDArray(storage: target, layout: .rowMajor(shape, count: count), dtype: dtype)
    }

    /// The elements as a known type, as `cast(to:overflow:)` of ``NDArray`` does.
    public func cast<Target: NDElement>(
        to type: Target.Type = Target.self, overflow: OverflowRule = .clamp
    ) throws(NDArrayError) -> NDArray<Target> {
        let result = try cast(to: Target.dtype, overflow: overflow)
        return NDArray(storage: result.storage, layout: result.layout)
    }

    private func operand<T>(_ type: T.Type) -> Operand<T> {
        Operand(base: UnsafePointer(storage.base.assumingMemoryBound(to: T.self)), layout: layout)
    }

    private struct Caster: NDRealVisitor {
        let dtype: DType
        let rule: OverflowRule
        let target: UnsafeMutableRawPointer
        func visit<T: NDReal>(_ array: NDArray<T>) {
            CastKernels.cast(array.operand, to: dtype, rule, into: target)
        }
    }
}
