extension NDArray where Element: NDReal {
    /// Less noise and all of the texture: each element becomes the mean of others that lie in the middle of like
    /// patches (Buades, Coll and Morel, 2005); scikit-image's `denoise_nl_means` in its fast mode.
    ///
    /// ```swift
    /// let clean = try image.nonLocalMeansDenoised(cutoff: 0.08, noise: 0.1)
    /// ```
    /// - Parameters:
    ///   - patchSize: how many elements a patch has along each axis; of an even number it is one more. With 1
    ///     pixels are compared, where scikit-image's fast mode takes all to be alike.
    ///   - patchDistance: how far away patches are looked for, in elements.
    ///   - cutoff: how unlike patches may be; scikit-image's `h`. More takes away more noise and more of the image.
    ///   - noise: the standard deviation of the noise, which is taken off the distances of patches.
    ///   - scale: whether integers are brought into 0...1.
    ///   - channelAxis: the axis of the colours of an image with colours, which are compared together.
    /// - Returns: an array of the same shape, of `Double` for integers and of its own type for floats.
    ///
    /// All sums are computed in double precision. The array is mirrored at its edges. Throws for other than two or
    /// three axes besides the one for colours, for patches that are not 1 to 255 and distances that are not 0 to 255, and when the cutoff is not
    /// above 0.
    public func nonLocalMeansDenoised(
        patchSize: Int = 7, patchDistance: Int = 11, cutoff: Double = 0.1, noise: Double = 0,
        scale: IntensityScale = .unit, channelAxis: Int? = nil
    ) throws(NDArrayError) -> NDArray<Element.Mean> {
        let axes = channelAxis == nil ? rank : rank - 1
        guard (2...3).contains(axes) else {
            throw NDArrayError(
                .shapeMismatch, "non-local means for shape \(shape): they take two or three axes, and one for colours")
        }
        guard (1...255).contains(patchSize), (0...255).contains(patchDistance), cutoff > 0, noise >= 0 else {
            throw NDArrayError(
                .outOfBounds,
                "patches of \(patchSize) up to \(patchDistance) away, cutoff \(cutoff), noise \(noise); "
                    + "patches are 1 to 255, distances 0 to 255, the cutoff is above 0")
        }
        let axis = try channelAxis.map { (axis) throws(NDArrayError) in try layout.resolvedAxis(axis) }
        let first = try axis.map { (axis) throws(NDArrayError) in try movingAxis(axis, to: 0) } ?? insertingAxis(at: 0)
        if isEmpty { return NDArray<Element.Mean>(zeros: shape) }
        let image =
            scale == .unit
            ? try first.scaledToUnitRange().cast(to: Double.self) : first.cast(to: Double.self)
        let planes = axes == 2 ? image.insertingAxis(at: 1) : image
        let means = PatchMeans(
            channels: planes.shape[0], shape: Array(planes.shape.dropFirst()), reach: patchSize / 2,
            distance: patchDistance, cutoff: cutoff, variance: noise * noise, isFlat: axes == 2)
        let result = try means.run(planes).reshaped(to: image.shape).cast(to: Element.Mean.self)
        if let axis { return try result.movingAxis(0, to: axis).contiguous() }
        return try result.reshaped(to: shape)
    }
}
