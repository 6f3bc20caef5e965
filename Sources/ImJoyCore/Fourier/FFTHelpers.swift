/// Helpers around Fourier transforms that need no array.
public enum FFT {
    /// The frequencies of a transform's elements: 0, 1, 2… and then the negative ones; NumPy's `fft.fftfreq`.
    ///
    /// - Parameters:
    ///   - length: how many elements the transform has, 1 at least.
    ///   - spacing: the distance between samples; the frequencies are in its reciprocal.
    public static func frequencies(_ length: Int, spacing: Double = 1) throws(NDArrayError) -> NDArray<Double> {
        try checked(length)
        let step = 1 / (Double(length) * spacing)
        return try NDArray(uninitialised: [length]) { target in
            for index in 0..<length {
                let number = index < (length + 1) / 2 ? index : index - length
                (target + index).initialize(to: Double(number) * step)
            }
        }
    }

    /// The frequencies of the elements of ``NDArray/rfft(length:axis:norm:)``; NumPy's `fft.rfftfreq`.
    public static func realFrequencies(_ length: Int, spacing: Double = 1) throws(NDArrayError) -> NDArray<Double> {
        try checked(length)
        let step = 1 / (Double(length) * spacing)
        return try NDArray(uninitialised: [length / 2 + 1]) { target in
            for index in 0...length / 2 { (target + index).initialize(to: Double(index) * step) }
        }
    }

    /// The next length that is transformed fast: a product of 2, 3 and 5, as SciPy's `fft.next_fast_len(real=True)`.
    public static func nextFastLength(_ length: Int) throws(NDArrayError) -> Int {
        try checked(length)
        return FastLength.next(length)
    }

    private static func checked(_ length: Int) throws(NDArrayError) {
        guard length >= 1, length <= 1 << 40 else {
            throw NDArrayError(.invalidShape, "a Fourier transform of \(length) elements")
        }
    }
}

extension NDArray {
    /// The element of frequency 0 moved to the middle of `axes`, all of them when nil; NumPy's `fft.fftshift`.
    public func fftShifted(axes: [Int]? = nil) throws(NDArrayError) -> NDArray {
        try rotated(axes) { $0 / 2 }
    }

    /// The inverse of ``fftShifted(axes:)``; NumPy's `fft.ifftshift`. The two differ for odd lengths.
    public func inverseFFTShifted(axes: [Int]? = nil) throws(NDArrayError) -> NDArray {
        try rotated(axes) { $0 - $0 / 2 }
    }

    /// Every one of `axes` turned by as many places as `places` says for its length.
    private func rotated(_ axes: [Int]?, _ places: (Int) -> Int) throws(NDArrayError) -> NDArray {
        var result = self
        for axis in try layout.resolvedAxes(axes ?? Array(shape.indices)) where shape[axis] > 1 {
            let place = places(shape[axis])
            var selectors = [any AxisSelector](repeating: .all, count: rank)
            var turned = try NDArray(uninitialised: shape) { _ in }
            selectors[axis] = 0..<(shape[axis] - place)
            let front = try result.sliced(selectors)
            selectors[axis] = place..<shape[axis]
            try turned.assign(front, to: selectors)
            selectors[axis] = (shape[axis] - place)..<shape[axis]
            let back = try result.sliced(selectors)
            selectors[axis] = 0..<place
            try turned.assign(back, to: selectors)
            result = turned
        }
        return result
    }
}
