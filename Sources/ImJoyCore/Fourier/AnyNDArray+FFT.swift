internal import ComplexModule

// Transforms of arrays whose type is known at run time only: integers and `bool` become `float64`, `float16` becomes
// `float32`; the results are complex in the same precision.
extension AnyNDArray {
    /// See ``NDArray/fftn(shape:axes:norm:)``.
    public func fftn(
        shape: [Int]? = nil, axes: [Int]? = nil, norm: FFTNorm = .backward
    ) throws(NDArrayError) -> AnyNDArray {
        func run<T: NDLinearElement>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try cast(to: type).fftn(shape: shape, axes: axes, norm: norm))
        }
        return try run(dtype.linearType)
    }

    /// See ``NDArray/ifftn(shape:axes:norm:)``.
    public func ifftn(
        shape: [Int]? = nil, axes: [Int]? = nil, norm: FFTNorm = .backward
    ) throws(NDArrayError) -> AnyNDArray {
        func run<T: NDLinearElement>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try cast(to: type).ifftn(shape: shape, axes: axes, norm: norm))
        }
        return try run(dtype.linearType)
    }

    /// See ``NDArray/rfftn(shape:axes:norm:)``; throws for complex arrays.
    public func rfftn(
        shape: [Int]? = nil, axes: [Int]? = nil, norm: FFTNorm = .backward
    ) throws(NDArrayError) -> AnyNDArray {
        guard let type = dtype.linearType as? any NDLinearReal.Type else {
            throw NDArrayError(.dtypeMismatch, "a real Fourier transform of \(dtype); use fftn")
        }
        func run<T: NDLinearReal>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try cast(to: type).rfftn(shape: shape, axes: axes, norm: norm))
        }
        return try run(type)
    }

    /// See ``NDArray/irfftn(shape:axes:norm:)``.
    public func irfftn(
        shape: [Int]? = nil, axes: [Int]? = nil, norm: FFTNorm = .backward
    ) throws(NDArrayError) -> AnyNDArray {
        func run<T: NDLinearElement>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try cast(to: type).irfftn(shape: shape, axes: axes, norm: norm))
        }
        return try run(dtype.linearType)
    }
}
