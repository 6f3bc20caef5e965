// Between true and false is nothing: masks have the nearest elements only.
extension NDArray<Bool> {
    /// The mask with other numbers of pixels; scikit-image's `resize`.
    ///
    /// ```swift
    /// let small = try mask.resampled(to: [64, 64])
    /// ```
    /// Each pixel is the nearest one. Throws on shapes that do not fit; see
    /// ``NDArray/resampled(to:order:boundary:antialiasing:clips:)``.
    public func resampled(to newShape: [Int]) throws(NDArrayError) -> NDArray {
        try asBytes.resampled(to: newShape, order: 0).cast()
    }

    /// The mask with more or fewer elements along each axis; SciPy's `zoom` of order 0.
    ///
    /// Each element is the nearest one. See ``NDArray/zoomed(by:order:mode:aligning:prefilters:)``.
    public func zoomed(
        by factors: [Double], mode: InterpolationMode = .constant(), aligning alignment: ZoomAlignment = .centers
    ) throws(NDArrayError) -> NDArray {
        try asBytes.zoomed(by: factors, order: 0, mode: mode, aligning: alignment).cast()
    }

    /// The mask moved by any distance along each axis; SciPy's `shift` of order 0.
    ///
    /// Each element is the nearest one. See ``NDArray/shifted(by:order:mode:prefilters:)``.
    public func shifted(
        by distances: [Double], mode: InterpolationMode = .constant()
    ) throws(NDArrayError) -> NDArray {
        try asBytes.shifted(by: distances, order: 0, mode: mode).cast()
    }

    /// The planes of two axes turned around their middle; SciPy's `rotate` of order 0.
    ///
    /// Each element is the nearest one. See ``NDArray/rotated(degrees:axes:reshapes:order:mode:prefilters:)``.
    public func rotated(
        degrees: Double, axes: (Int, Int) = (1, 0), reshapes: Bool = true, mode: InterpolationMode = .constant()
    ) throws(NDArrayError) -> NDArray {
        try asBytes.rotated(degrees: degrees, axes: axes, reshapes: reshapes, order: 0, mode: mode).cast()
    }

    /// The mask seen through a linear map of coordinates; SciPy's `affine_transform` of order 0.
    ///
    /// Each element is the nearest one. See ``NDArray/affineTransformed(by:offset:shape:order:mode:prefilters:)``.
    public func affineTransformed(
        by matrix: NDArray<Double>, offset: [Double] = [], shape newShape: [Int]? = nil,
        mode: InterpolationMode = .constant()
    ) throws(NDArrayError) -> NDArray {
        try asBytes.affineTransformed(by: matrix, offset: offset, shape: newShape, order: 0, mode: mode).cast()
    }
}
