public import ComplexModule

extension NDArray where Element: NDLinearReal {
    /// The Fourier transform of real numbers: its first `length / 2 + 1` elements, the others being their conjugates.
    ///
    /// NumPy's `fft.rfft`; the parameters are those of ``fft(length:axis:norm:)``.
    public func rfft(
        length: Int? = nil, axis: Int = -1, norm: FFTNorm = .backward
    ) throws(NDArrayError) -> NDArray<Complex<Element>> {
        let length = try FFTAxes.length(length, of: layout, axis)
        return try fourier(
            .realForward, axis, length: length, count: length / 2 + 1,
            scale: norm.scale(Double(length), isForward: true))
    }

    /// The Fourier transform of real numbers along several axes, half of it along the last; NumPy's `fft.rfftn`.
    public func rfftn(
        shape: [Int]? = nil, axes: [Int]? = nil, norm: FFTNorm = .backward
    ) throws(NDArrayError) -> NDArray<Complex<Element>> {
        let plan = try FFTAxes(layout, shape, axes)
        guard let last = plan.axes.last else {
            throw NDArrayError(.outOfBounds, "a real Fourier transform along no axis")
        }
        var result = try rfft(length: plan.lengths[last], axis: last, norm: norm)
        for axis in plan.axes.dropLast().reversed() {
            try result.transform(plan.lengths[axis], axis, norm, isForward: true)
        }
        return result
    }

    /// The real Fourier transform along the last two axes; NumPy's `fft.rfft2`.
    public func rfft2(norm: FFTNorm = .backward) throws(NDArrayError) -> NDArray<Complex<Element>> {
        try rfftn(axes: [-2, -1], norm: norm)
    }

    /// The inverse of ``NDArray/hfft(length:axis:norm:)``: half the inverse transform of real numbers; NumPy's
    /// `fft.ihfft`.
    public func ihfft(
        length: Int? = nil, axis: Int = -1, norm: FFTNorm = .backward
    ) throws(NDArrayError) -> NDArray<Complex<Element>> {
        let opposite: FFTNorm = norm == .backward ? .forward : norm == .forward ? .backward : .ortho
        return Complex.conjugates(of: try rfft(length: length, axis: axis, norm: opposite))
    }
}

extension NDArray where Element: NDLinearElement {
    /// The real numbers whose half spectrum this is; NumPy's `fft.irfft`.
    ///
    /// - Parameter length: how many real numbers there are; `2 · (m - 1)` by default, where `m` is the axis' length. Say
    ///   it when their number is odd.
    /// - Parameter axis: the axis; a negative one counts from the end.
    /// - Parameter norm: where the division by the length goes; see ``FFTNorm``.
    ///
    /// The imaginary parts of the first number, and of the last one of an even length, are ignored.
    public func irfft(
        length: Int? = nil, axis: Int = -1, norm: FFTNorm = .backward
    ) throws(NDArrayError) -> NDArray<Element.RealPart> {
        let present = layout.shape[try layout.resolvedAxis(axis)]
        let length = try FFTAxes.length(length ?? 2 * (present - 1), of: layout, axis)
        return try fourier(
            .realBackward, axis, length: length, count: length, scale: norm.scale(Double(length), isForward: false))
    }

    /// The inverse of ``NDArray/rfftn(shape:axes:norm:)``; NumPy's `fft.irfftn`.
    ///
    /// - Parameter shape: the lengths of the real array's axes; say it when that of the last one is odd.
    /// - Parameter norm: where the division by the length goes; see ``FFTNorm``.
    /// - Parameter axes: the axes; negative ones count from the end.
    public func irfftn(
        shape: [Int]? = nil, axes: [Int]? = nil, norm: FFTNorm = .backward
    ) throws(NDArrayError) -> NDArray<Element.RealPart> {
        let plan = try FFTAxes(layout, shape, axes)
        guard let last = plan.axes.last else {
            throw NDArrayError(.outOfBounds, "a real Fourier transform along no axis")
        }
        let length = shape == nil ? nil : plan.lengths[last]
        guard let first = plan.axes.dropLast().first else {
            return try irfft(length: length, axis: last, norm: norm)
        }
        var spectrum = try ifft(length: plan.lengths[first], axis: first, norm: norm)
        for axis in plan.axes.dropLast().dropFirst() {
            try spectrum.transform(plan.lengths[axis], axis, norm, isForward: false)
        }
        return try spectrum.irfft(length: length, axis: last, norm: norm)
    }

    /// The inverse of ``NDArray/rfft2(norm:)``; NumPy's `fft.irfft2`.
    ///
    /// - Parameter shape: the shape of the real matrices; say it when their last length is odd.
    /// - Parameter norm: where the division by the length goes; see ``FFTNorm``.
    public func irfft2(
        shape: [Int]? = nil, norm: FFTNorm = .backward
    ) throws(NDArrayError) -> NDArray<Element.RealPart> {
        try irfftn(shape: shape, axes: [-2, -1], norm: norm)
    }

    /// The transform of numbers that are conjugates of one another about the first, given its half: real numbers.
    ///
    /// NumPy's `fft.hfft`; see ``irfft(length:axis:norm:)`` for the parameters.
    public func hfft(
        length: Int? = nil, axis: Int = -1, norm: FFTNorm = .backward
    ) throws(NDArrayError) -> NDArray<Element.RealPart> {
        let opposite: FFTNorm = norm == .backward ? .forward : norm == .forward ? .backward : .ortho
        return try Element.conjugates(of: self).irfft(length: length, axis: axis, norm: opposite)
    }
}
