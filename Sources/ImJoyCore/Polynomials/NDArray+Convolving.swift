/// Which part of a convolution is wanted, as NumPy names them.
public enum ConvolutionMode: String, Sendable, Hashable, CaseIterable {
    /// Every place where the two overlap at all: `n + m - 1` elements.
    case full
    /// As many elements as the longer of the two has, from the middle.
    case same
    /// The places where one lies entirely inside the other.
    case valid
}

extension NDArray where Element: NDNumber {
    /// The convolution of two one-dimensional arrays; NumPy's `convolve`.
    ///
    /// Integers wrap; `Float16` is computed as `Float`. Long arrays of `Float`, `Double` and their complex numbers are convolved by Fourier transforms,
    /// whose rounding errors go with the largest elements; short ones, and those with infinite elements, by the
    /// definition. Throws when an array is empty or has another number of axes.
    public func convolved(with other: NDArray, mode: ConvolutionMode = .full) throws(NDArrayError) -> NDArray {
        if let a = self as? NDArray<Float16>, let b = other as? NDArray<Float16> {
            let wide = try a.cast(to: Float.self).convolved(with: b.cast(to: Float.self), mode: mode)
            if let narrow = wide.cast(to: Float16.self) as? NDArray { return narrow }
        }
        guard rank == 1, other.rank == 1, !isEmpty, !other.isEmpty else {
            throw NDArrayError(
                .shapeMismatch, "a convolution of shapes \(shape) and \(other.shape); both need one axis with elements")
        }
        let (long, short) = count >= other.count ? (self, other) : (other, self)
        let transformed = try long.throughTransforms(short)
        let full = if let transformed { transformed } else { try long.byDefinition(short) }
        switch mode {
        case .full: return full
        case .same:
            let start = (short.count - 1) / 2
            return try full.sliced([start..<start + long.count])
        case .valid: return try full.sliced([(short.count - 1)..<long.count])
        }
    }

    /// The cross-correlation of two one-dimensional arrays: this one with the other read backwards and conjugated.
    ///
    /// NumPy's `correlate`. What ``convolved(with:mode:)`` says of it holds here too.
    public func correlated(with other: NDArray, mode: ConvolutionMode = .valid) throws(NDArrayError) -> NDArray {
        guard rank == 1, other.rank == 1, !isEmpty, !other.isEmpty else {
            throw NDArrayError(
                .shapeMismatch, "a correlation of shapes \(shape) and \(other.shape); both need one axis with elements")
        }
        let mirrored = other.flipped(along: 0).conjugatedIfComplex()
        let full = try convolved(with: mirrored)
        // The middle is counted from the other end when this array is the shorter one.
        let (long, short) = (Swift.max(count, other.count), Swift.min(count, other.count))
        switch mode {
        case .full: return full
        case .same:
            let start = count >= other.count ? (short - 1) / 2 : short / 2
            return try full.sliced([start..<start + long])
        case .valid: return try full.sliced([(short - 1)..<long])
        }
    }

    private func conjugatedIfComplex() -> NDArray {
        func conjugated<T: NDLinearElement>(_ type: T.Type) -> NDArray? {
            (self as? NDArray<T>).flatMap { T.conjugates(of: $0) as? NDArray }
        }
        guard Element.dtype.isComplex else { return self }
        return conjugated(Element.dtype.linearType) ?? self
    }

    /// Every result is a row of windows times the shorter array read backwards; the windows overlap in memory.
    private func byDefinition(_ short: NDArray) throws(NDArrayError) -> NDArray {
        let margin = short.count - 1
        var padded = try NDArray(claimedZeros: [count + 2 * margin])
        try padded.assign(self, to: [margin..<margin + count])
        let weights = short.flipped(along: 0).contiguous()
        let result = try NDArray(uninitialised: [count + margin]) { target in
            let row = MatmulKernels.Matrix(
                start: weights.base + weights.layout.offset, rows: 1, columns: short.count, rowStep: short.count,
                columnStep: 1)
            let windows = MatmulKernels.Matrix(
                start: padded.base + padded.layout.offset, rows: short.count, columns: count + margin, rowStep: 1,
                columnStep: 1)
            MatmulKernels.multiply(row, windows, at: .one, into: target)
        }
        withExtendedLifetime((weights.storage, padded.storage)) {}
        return result
    }

    /// The convolution by Fourier transforms, or nil where the definition is as quick or more exact.
    private func throughTransforms(_ short: NDArray) throws(NDArrayError) -> NDArray? {
        guard short.count >= ConvolutionRule.shortest, let type = Element.self as? any NDLinearElement.Type else {
            return nil
        }
        func convolve<T: NDLinearElement>(_ type: T.Type) throws(NDArrayError) -> NDArray? {
            guard let a = self as? NDArray<T>, let b = short as? NDArray<T> else { return nil }
            return try a.throughTransforms(with: b) as? NDArray
        }
        return try convolve(type)
    }
}

extension NDArray where Element: NDLinearElement {
    fileprivate func throughTransforms(with other: NDArray) throws(NDArrayError) -> NDArray? {
        guard (Element.magnitudes(of: self) .< .infinity).all(), (Element.magnitudes(of: other) .< .infinity).all()
        else { return nil }
        let total = count + other.count - 1
        let length = FastLength.next(total)
        let product: NDArray
        if Element.dtype.isComplex {
            let spectrum = try fft(length: length).multiplying(by: other.fft(length: length))
            guard let complex = try spectrum.ifft() as? NDArray else { return nil }
            product = complex
        } else {
            func real<T: NDLinearReal>(_ type: T.Type) throws(NDArrayError) -> NDArray? {
                guard let a = self as? NDArray<T>, let b = other as? NDArray<T> else { return nil }
                return try a.rfft(length: length).multiplying(by: b.rfft(length: length)).irfft(length: length)
                    as? NDArray
            }
            guard let type = Element.self as? any NDLinearReal.Type, let array = try real(type) else { return nil }
            product = array
        }
        return try product.sliced([0..<total])
    }
}

/// When a convolution goes through Fourier transforms.
enum ConvolutionRule {
    /// The shorter array's length from which the transforms are quicker.
    static let shortest = 256
}
