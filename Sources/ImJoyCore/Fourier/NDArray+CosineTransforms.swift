// Types and norms are those of scipy.fft, where `norm: .ortho` makes the matrix of the transform orthogonal.
extension NDArray where Element: NDLinearReal {
    /// The discrete cosine transform along one axis; SciPy's `fft.dct`.
    ///
    /// - Parameters:
    ///   - type: two by default, "the" cosine transform. Type one needs two elements.
    ///   - length: the axis is cut off or filled up with zeros to it.
    ///   - norm: where the division by the length goes; see ``FFTNorm``.
    ///   - axis: the axis; a negative one counts from the end.
    public func dct(
        _ type: TrigonometricType = .two, length: Int? = nil, axis: Int = -1, norm: FFTNorm = .backward
    ) throws(NDArrayError) -> NDArray {
        try trigonometric(.cosine(type), type, length, axis, norm, isForward: true)
    }

    /// The inverse of ``dct(_:length:axis:norm:)``; SciPy's `fft.idct`.
    public func idct(
        _ type: TrigonometricType = .two, length: Int? = nil, axis: Int = -1, norm: FFTNorm = .backward
    ) throws(NDArrayError) -> NDArray {
        try trigonometric(.cosine(type.inverse), type.inverse, length, axis, norm, isForward: false)
    }

    /// The discrete sine transform along one axis; SciPy's `fft.dst`.
    public func dst(
        _ type: TrigonometricType = .two, length: Int? = nil, axis: Int = -1, norm: FFTNorm = .backward
    ) throws(NDArrayError) -> NDArray {
        try trigonometric(.sine(type), type, length, axis, norm, isForward: true)
    }

    /// The inverse of ``dst(_:length:axis:norm:)``; SciPy's `fft.idst`.
    public func idst(
        _ type: TrigonometricType = .two, length: Int? = nil, axis: Int = -1, norm: FFTNorm = .backward
    ) throws(NDArrayError) -> NDArray {
        try trigonometric(.sine(type.inverse), type.inverse, length, axis, norm, isForward: false)
    }

    /// The cosine transform along several axes, all of them when nil; SciPy's `fft.dctn`.
    public func dctn(
        _ type: TrigonometricType = .two, shape: [Int]? = nil, axes: [Int]? = nil, norm: FFTNorm = .backward
    ) throws(NDArrayError) -> NDArray {
        try alongAxes(shape, axes) { (array, length, axis) throws(NDArrayError) in
            try array.dct(type, length: length, axis: axis, norm: norm)
        }
    }

    /// The inverse of ``dctn(_:shape:axes:norm:)``; SciPy's `fft.idctn`.
    public func idctn(
        _ type: TrigonometricType = .two, shape: [Int]? = nil, axes: [Int]? = nil, norm: FFTNorm = .backward
    ) throws(NDArrayError) -> NDArray {
        try alongAxes(shape, axes) { (array, length, axis) throws(NDArrayError) in
            try array.idct(type, length: length, axis: axis, norm: norm)
        }
    }

    /// The sine transform along several axes, all of them when nil; SciPy's `fft.dstn`.
    public func dstn(
        _ type: TrigonometricType = .two, shape: [Int]? = nil, axes: [Int]? = nil, norm: FFTNorm = .backward
    ) throws(NDArrayError) -> NDArray {
        try alongAxes(shape, axes) { (array, length, axis) throws(NDArrayError) in
            try array.dst(type, length: length, axis: axis, norm: norm)
        }
    }

    /// The inverse of ``dstn(_:shape:axes:norm:)``; SciPy's `fft.idstn`.
    public func idstn(
        _ type: TrigonometricType = .two, shape: [Int]? = nil, axes: [Int]? = nil, norm: FFTNorm = .backward
    ) throws(NDArrayError) -> NDArray {
        try alongAxes(shape, axes) { (array, length, axis) throws(NDArrayError) in
            try array.idst(type, length: length, axis: axis, norm: norm)
        }
    }

    private func alongAxes(
        _ shape: [Int]?, _ axes: [Int]?, _ body: (NDArray, Int?, Int) throws(NDArrayError) -> NDArray
    ) throws(NDArrayError) -> NDArray {
        let plan = try FFTAxes(layout, shape, axes)
        var result = self
        for axis in plan.axes { result = try body(result, plan.lengths[axis], axis) }
        return result
    }

    private func trigonometric(
        _ kind: FFTJob.Kind, _ type: TrigonometricType, _ length: Int?, _ axis: Int, _ norm: FFTNorm, isForward: Bool
    ) throws(NDArrayError) -> NDArray {
        let length = try FFTAxes.length(length, of: layout, axis)
        var logical = 2 * Double(length)
        if type == .one {
            let isCosine = kind == .cosine(.one)
            guard !isCosine || length > 1 else {
                throw NDArrayError(.invalidShape, "a cosine transform of type 1 needs two elements")
            }
            logical += isCosine ? -2 : 2
        }
        return try fourier(
            kind, axis, length: length, count: length, scale: norm.scale(logical, isForward: isForward),
            isOrthogonal: norm == .ortho)
    }
}
