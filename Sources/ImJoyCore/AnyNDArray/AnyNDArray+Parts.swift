// Parts of complex numbers, and questions about floats.
extension AnyNDArray {
    /// The real parts, sharing memory; a real array is its own.
    public var real: AnyNDArray {
        func part<T: NDComplex>(_ type: T.Type) -> AnyNDArray {
            AnyNDArray(NDArray<T>(storage: storage, layout: layout).real)
        }
        return dtype.complexType.map { part($0) } ?? self
    }

    /// The imaginary parts, sharing memory; zeros for a real array. NumPy's `imag`.
    public var imaginary: AnyNDArray {
        func part<T: NDComplex>(_ type: T.Type) -> AnyNDArray {
            AnyNDArray(NDArray<T>(storage: storage, layout: layout).imaginary)
        }
        func zeros<T: NDElement>(_ type: T.Type) -> AnyNDArray { AnyNDArray(NDArray<T>(zeros: shape)) }
        return dtype.complexType.map { part($0) } ?? zeros(dtype.elementType)
    }

    /// The numbers with the other sign of the imaginary part; real numbers stay. NumPy's `conj`.
    public func conjugate() -> AnyNDArray {
        func compute<T: NDComplex>(_ type: T.Type) -> AnyNDArray {
            AnyNDArray(NDArray<T>(storage: storage, layout: layout).conjugate())
        }
        return dtype.complexType.map { compute($0) } ?? self
    }

    /// The angles in radians: those of complex numbers, 0 or π for real ones. NumPy's `angle`.
    public func phase() throws(NDArrayError) -> AnyNDArray {
        func compute<T: NDComplex>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try elements(as: T.self).phase)
        }
        if let type = dtype.complexType { return try compute(type) }
        return try AnyNDArray.atan2(y: 0.scalar(as: dtype == .bool ? .float64 : dtype), x: self)
    }

    /// True where an element, or a part of it, is not a number; NumPy's `isnan`.
    public func isNaN() throws(NDArrayError) -> NDArray<Bool> { try isNotEqual(self) }

    /// True where an element is infinite, or a part of it; NumPy's `isinf`.
    public func isInfinite() throws(NDArrayError) -> NDArray<Bool> {
        let isPart = try real.isEqualToInfinity()
        return dtype.isComplex ? isPart | (try imaginary.isEqualToInfinity()) : isPart
    }

    /// True where an element is neither infinite nor NaN; NumPy's `isfinite`.
    public func isFinite() throws(NDArrayError) -> NDArray<Bool> { !(try isInfinite()) & !(try isNaN()) }

    /// True where the sign bit is set; for integers where they are negative. NumPy's `signbit`. Throws for complex ones.
    public func signBit() throws(NDArrayError) -> NDArray<Bool> {
        func compute<T: NDFloat>(_ type: T.Type) throws(NDArrayError) -> NDArray<Bool> {
            try elements(as: T.self).signBit
        }
        if let type = dtype.floatType { return try compute(type) }
        return try isLess(0)
    }

    private func isEqualToInfinity() throws(NDArrayError) -> NDArray<Bool> {
        guard dtype.isFloatingPoint else { return NDArray(repeating: false, shape: shape) }
        return try abs().isEqual(Double.infinity)
    }

    /// NaN and infinities replaced by 0 and the largest numbers there are; NumPy's `nan_to_num`.
    public func replacingNonFinite() throws(NDArrayError) -> AnyNDArray {
        func reals<T: NDFloat>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try elements(as: T.self).replacingNonFinite())
        }
        func complexes<T: NDComplex>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            let array = try elements(as: T.self)
            return AnyNDArray(
                try NDArray<T>(
                    real: array.real.replacingNonFinite(), imaginary: array.imaginary.replacingNonFinite()))
        }
        if let type = dtype.floatType { return try reals(type) }
        if let type = dtype.complexType { return try complexes(type) }
        return self
    }
}
