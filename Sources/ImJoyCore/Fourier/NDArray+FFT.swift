public import ComplexModule

/// What a transform and its inverse are divided by, as NumPy names it.
public enum FFTNorm: String, Sendable, Hashable, CaseIterable {
    /// The inverse is divided by the length.
    case backward
    /// Both are divided by the square root of the length.
    case ortho
    /// The transform is divided by the length.
    case forward

    /// The factor of a transform of this logical length.
    func scale(_ length: Double, isForward: Bool) -> Double {
        switch self {
        case .ortho: 1 / length.squareRoot()
        case .backward: isForward ? 1 : 1 / length
        case .forward: isForward ? 1 / length : 1
        }
    }
}

extension NDArray where Element: NDLinearElement {
    /// The discrete Fourier transform along one axis; NumPy's `fft.fft`.
    ///
    /// - Parameters:
    ///   - length: the axis is cut off or filled up with zeros to it; by default it is taken as it is.
    ///   - axis: counted from the end when negative.
    ///   - norm: where the division by the length goes; see ``FFTNorm``.
    ///
    /// Any length: primes to 41 have passes of their own, larger ones take Bluestein's method. Single precision stays
    /// single. Throws when there is no such axis, or for a length below 1.
    public func fft(
        length: Int? = nil, axis: Int = -1, norm: FFTNorm = .backward
    ) throws(NDArrayError) -> NDArray<Complex<Element.RealPart>> {
        try transformed(length, axis, norm, isForward: true)
    }

    /// The inverse of ``fft(length:axis:norm:)``; NumPy's `fft.ifft`.
    public func ifft(
        length: Int? = nil, axis: Int = -1, norm: FFTNorm = .backward
    ) throws(NDArrayError) -> NDArray<Complex<Element.RealPart>> {
        try transformed(length, axis, norm, isForward: false)
    }

    /// The Fourier transform along several axes; NumPy's `fft.fftn`, and with two axes `fft.fft2`.
    ///
    /// - Parameters:
    ///   - shape: the length of each of `axes`, cut off or filled up with zeros.
    ///   - axes: all of them when nil, or with a `shape` the last ones.
    ///   - norm: where the division by the length goes; see ``FFTNorm``.
    public func fftn(
        shape: [Int]? = nil, axes: [Int]? = nil, norm: FFTNorm = .backward
    ) throws(NDArrayError) -> NDArray<Complex<Element.RealPart>> {
        try transformed(shape, axes, norm, isForward: true)
    }

    /// The inverse of ``fftn(shape:axes:norm:)``; NumPy's `fft.ifftn`.
    public func ifftn(
        shape: [Int]? = nil, axes: [Int]? = nil, norm: FFTNorm = .backward
    ) throws(NDArrayError) -> NDArray<Complex<Element.RealPart>> {
        try transformed(shape, axes, norm, isForward: false)
    }

    /// The Fourier transform along the last two axes; NumPy's `fft.fft2`.
    public func fft2(norm: FFTNorm = .backward) throws(NDArrayError) -> NDArray<Complex<Element.RealPart>> {
        try fftn(axes: [-2, -1], norm: norm)
    }

    /// The inverse of ``fft2(norm:)``; NumPy's `fft.ifft2`.
    public func ifft2(norm: FFTNorm = .backward) throws(NDArrayError) -> NDArray<Complex<Element.RealPart>> {
        try ifftn(axes: [-2, -1], norm: norm)
    }

    private func transformed(
        _ length: Int?, _ axis: Int, _ norm: FFTNorm, isForward: Bool
    ) throws(NDArrayError) -> NDArray<Complex<Element.RealPart>> {
        let length = try FFTAxes.length(length, of: layout, axis)
        return try fourier(
            .complex(backward: !isForward), axis, length: length, count: length,
            scale: norm.scale(Double(length), isForward: isForward))
    }

    private func transformed(
        _ shape: [Int]?, _ axes: [Int]?, _ norm: FFTNorm, isForward: Bool
    ) throws(NDArrayError) -> NDArray<Complex<Element.RealPart>> {
        let plan = try FFTAxes(layout, shape, axes)
        guard let last = plan.axes.last else { return map(Element.complex) }
        // The last axis first: it makes the numbers complex.
        var result = try transformed(plan.lengths[last], last, norm, isForward: isForward)
        for axis in plan.axes.dropLast().reversed() {
            try result.transform(plan.lengths[axis], axis, norm, isForward: isForward)
        }
        return result
    }

    /// Replaces complex numbers by their transform along one axis, in place when that does not change the length: every
    /// line is read before it is written.
    mutating func transform<R: NDLinearReal>(
        _ length: Int?, _ axis: Int, _ norm: FFTNorm, isForward: Bool
    ) throws(NDArrayError) where Element == Complex<R> {
        let length = try FFTAxes.length(length, of: layout, axis)
        let axis = try layout.resolvedAxis(axis)
        guard length == shape[axis], isReusable() else {
            self = try transformed(length, axis, norm, isForward: isForward)
            return
        }
        let job = FFTJob(
            kind: .complex(backward: !isForward), source: UnsafeRawPointer(storage.base), sourceLayout: realLayout,
            isSourceComplex: true, target: storage.base, targetLayout: realLayout, axis: axis, length: length,
            scale: norm.scale(Double(length), isForward: isForward))
        try job.run(dtype)
    }

    /// The layout counted in real numbers.
    private var realLayout: Layout {
        guard Element.dtype.isComplex else { return layout }
        return Layout(
            unchecked: layout.shape, strides: layout.strides.map { $0 * 2 }, offset: layout.offset * 2,
            count: layout.count)
    }

    /// One transform along one axis, into a new array whose axis has `count` elements.
    func fourier<Result: NDLinearElement>(
        _ kind: FFTJob.Kind, _ axis: Int, length: Int, count: Int, scale: Double, isOrthogonal: Bool = false
    ) throws(NDArrayError) -> NDArray<Result> where Result.RealPart == Element.RealPart {
        let axis = try layout.resolvedAxis(axis)
        var newShape = shape
        newShape[axis] = count
        let target = try NDArray<Result>(uninitialised: newShape) { _ in }
        defer { withExtendedLifetime(storage) {} }
        guard target.count > 0 else { return target }
        let job = FFTJob(
            kind: kind, source: UnsafeRawPointer(storage.base), sourceLayout: realLayout,
            isSourceComplex: Element.dtype.isComplex, target: target.storage.base, targetLayout: target.realLayout,
            axis: axis, length: length, scale: scale, isOrthogonal: isOrthogonal)
        try job.run(Element.dtype)
        return target
    }
}

/// The axes of a transform of several, and their lengths.
struct FFTAxes {
    /// Each once, in the order they were named.
    var axes: [Int]
    /// The length for each axis.
    var lengths: [Int: Int] = [:]

    init(_ layout: Layout, _ shape: [Int]?, _ axes: [Int]?) throws(NDArrayError) {
        let rank = layout.rank
        if let shape, axes == nil, shape.count > rank {
            throw NDArrayError(.outOfBounds, "\(shape.count) lengths for the axes of shape \(layout.shape)")
        }
        self.axes = try layout.resolvedAxes(axes ?? Array((rank - (shape?.count ?? rank))..<rank))
        if let shape, shape.count != self.axes.count {
            throw NDArrayError(.outOfBounds, "\(shape.count) lengths \(shape) for \(self.axes.count) axes \(self.axes)")
        }
        for (index, axis) in self.axes.enumerated() {
            lengths[axis] = try Self.length(shape?[index], of: layout, axis)
        }
    }

    /// The length of a transform, 1 at least.
    static func length(_ length: Int?, of layout: Layout, _ axis: Int) throws(NDArrayError) -> Int {
        let axis = try layout.resolvedAxis(axis)
        let length = length ?? layout.shape[axis]
        guard length >= 1, length <= Int(Int32.max) * 64 else {
            throw NDArrayError(
                .invalidShape, "a Fourier transform of \(length) elements along axis \(axis) of shape \(layout.shape)")
        }
        return length
    }
}
