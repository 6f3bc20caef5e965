internal import ComplexModule

extension NDArray where Element: NDReal {
    /// The elements as another type; `overflow` says what becomes of numbers that do not fit into an integer.
    ///
    /// Floats are cut off towards zero and NaN becomes zero in an integer. Integers of 64 bits keep all of them on the
    /// way to other integers, and are rounded to the nearest on the way to floats. `Bool` is true for all but zero.
    /// `overflow: .wrap` is NumPy's `astype`.
    ///
    /// ```swift
    /// (image * 255).cast(to: UInt8.self)      // 300 becomes 255, -1 becomes 0
    /// ```
    public func cast<Target: NDElement>(to type: Target.Type = Target.self, overflow: OverflowRule = .clamp) -> NDArray<
        Target
    > {
        if let same = self as? NDArray<Target> { return same }
        return orTrap { () throws(NDArrayError) in
            try transformed { CastKernels.cast($0, to: Target.dtype, overflow, into: UnsafeMutableRawPointer($1)) }
        }
    }
}

extension NDArray where Element: NDReal {
    /// Every element times `scale` plus `offset`, rounded to the nearest whole number and clamped to what `type` holds;
    /// halves go to the even number, NaN becomes zero. OpenCV's `convertTo`.
    ///
    /// ```swift
    /// let picture = image.cast(to: UInt8.self, scaledBy: 255)       // 0...1 to 0...255
    /// ```
    /// It is computed in single precision and one pass over memory where neither type has more than 16 bits (or is
    /// `Float`), otherwise in double precision and several.
    public func cast<Target: NDInteger>(
        to type: Target.Type = Target.self, scaledBy scale: Double, adding offset: Double = 0
    ) -> NDArray<Target> {
        let canBeSingle = [.uint8, .int8, .uint16, .int16, .float16, .float32].contains(dtype)
        if canBeSingle, MemoryLayout<Target>.size <= 2 {
            return orTrap { () throws(NDArrayError) in
                try transformed {
                    VectorKernels.scaledCast($0, to: Target.dtype, Float(scale), Float(offset), into: $1)
                }
            }
        }
        return (cast(to: Double.self) * scale + offset).rounded().cast(to: Target.self, overflow: .clamp)
    }
}

extension NDArray<Bool> {
    /// One for true and zero for false, in another type.
    public func cast<Target: NDElement>(to type: Target.Type = Target.self, overflow: OverflowRule = .clamp) -> NDArray<
        Target
    > {
        if let same = self as? NDArray<Target> { return same }
        return asBytes.cast(to: type, overflow: overflow)
    }
}

extension NDArray where Element: NDComplex {
    /// The same numbers in another precision, or `Bool`: true for all but zero.
    ///
    /// There is no cast from complex to real numbers, which would lose half of each: the target must be complex or
    /// `Bool`, anything else throws. Say `array.real`, `.imaginary`, `.magnitude` or `.phase`.
    public func cast<Target: NDElement>(to type: Target.Type = Target.self) throws(NDArrayError) -> NDArray<Target> {
        if let same = self as? NDArray<Target> { return same }
        let target = Target.dtype
        guard target.isComplex || target == .bool else {
            throw NDArrayError(
                .dtypeMismatch,
                "\(dtype) cannot be cast to \(target): take the real part, imaginary part, magnitude or phase")
        }
        return try transformed { CastKernels.cast($0, to: target, .clamp, into: UnsafeMutableRawPointer($1)) }
    }
}
