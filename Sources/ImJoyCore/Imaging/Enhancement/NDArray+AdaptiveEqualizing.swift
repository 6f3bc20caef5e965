extension NDArray where Element: NDReal {
    /// Contrast raised piece by piece, and not beyond a limit (CLAHE); scikit-image's `equalize_adapthist`.
    ///
    /// ```swift
    /// let clear = try image.adaptivelyEqualized(clipLimit: 0.02)
    /// ```
    /// - Parameters:
    ///   - kernelSize: how long the pieces are along each axis, an eighth of the array when nil.
    ///   - clipLimit: how large a part of a piece may have one intensity; what is more is spread over all of them. At 0
    ///     nothing is clipped. Higher values give more contrast.
    ///   - bins: the number of intensities that are counted.
    ///   - channelAxis: where red, green and blue are (more channels are left out), if the array has colours: then the
    ///     contrast of the value of hue, saturation and value is raised, and the channels become the last axis.
    /// - Returns: an array of the same shape with elements from 0 to 1: `Double` for integers, the array's own type for
    ///   floats. Any number of axes can be equalized.
    ///
    /// Floats must be -1...1. Throws for others, for sizes below 1 or not one for each axis, and without bins.
    public func adaptivelyEqualized(
        kernelSize: [Int]? = nil, clipLimit: Double = 0.01, bins: Int = 256, channelAxis: Int? = nil
    ) throws(NDArrayError) -> NDArray<Element.Mean> {
        guard let channelAxis else {
            return try localContrast(kernelSize, clipLimit, bins).cast(to: Element.Mean.self)
        }
        let last = try movingAxis(layout.resolvedAxis(channelAxis), to: -1)
        guard let channels = last.shape.last, channels >= 3 else {
            throw NDArrayError(.shapeMismatch, "shape \(shape) has no three channels along axis \(channelAxis)")
        }
        let colours = try last.sliced([AxisSlice.ellipsis, 0..<3])
        if isComputedInSingle {
            var hsv = try colours.converted(from: .rgb, to: .hsv).cast(to: Float.self)
            let value = try hsv.sliced([AxisSlice.ellipsis, 2]).localContrast(kernelSize, clipLimit, bins)
            try hsv.assign(value.cast(to: Float.self), to: [AxisSlice.ellipsis, 2])
            return try hsv.converted(from: .hsv, to: .rgb).cast(to: Element.Mean.self)
        }
        var hsv = try colours.converted(from: .rgb, to: .hsv).cast(to: Double.self)
        let value = try hsv.sliced([AxisSlice.ellipsis, 2]).localContrast(kernelSize, clipLimit, bins)
        try hsv.assign(value, to: [AxisSlice.ellipsis, 2])
        return try hsv.converted(from: .hsv, to: .rgb).cast(to: Element.Mean.self)
    }

    private func localContrast(
        _ kernelSize: [Int]?, _ clipLimit: Double, _ bins: Int
    ) throws(NDArrayError) -> NDArray<Double> {
        let sizes = kernelSize ?? shape.map { Swift.max($0 / 8, 1) }
        guard sizes.count == rank, sizes.allSatisfy({ (1...1 << 24).contains($0) }) else {
            throw NDArrayError(
                .outOfBounds, "pieces of \(sizes) for shape \(shape); each axis needs a size of 1 or more")
        }
        guard (1...1 << 16).contains(bins), !clipLimit.isNaN else {
            throw NDArrayError(.outOfBounds, "\(bins) bins, clipped at \(clipLimit); there can be 1 to 65536")
        }
        if isEmpty { return NDArray<Double>(zeros: shape) }
        let levels = try asWords().cast(to: Double.self)
            .intensityRescaled(from: .image, to: .limits(0, Double(LocalContrast.levels - 1)), as: Double.self)
            .rounded().cast(to: UInt16.self)
        let contrast = try LocalContrast(shape: shape, sizes: sizes, clipLimit: clipLimit, bins: bins)
        let result = try contrast.run(levels)
        // The precision of the array that was given.
        return isComputedInSingle
            ? try result.cast(to: Float.self).intensityRescaled().cast(to: Double.self)
            : try result.cast(to: Double.self).intensityRescaled()
    }

    /// The elements as unsigned integers of 16 bits; scikit-image's `img_as_uint`.
    private func asWords() throws(NDArrayError) -> NDArray<UInt16> {
        guard dtype.isInteger else {
            return isComputedInSingle
                ? try cast(to: Float.self).scaledFromUnitRange() : try cast(to: Double.self).scaledFromUnitRange()
        }
        let bits = 8 * MemoryLayout<Element>.size - (dtype.isSigned ? 1 : 0)
        if bits == 16 { return cast(to: UInt16.self) }
        if bits > 16 {
            // Small values are taken as they are.
            let isSmall = self.max().asDouble < 0x1p16
            let shift: Int64 = isSmall ? 0 : Int64(bits - 16)
            if dtype == .uint64 {
                let words = cast(to: UInt64.self)
                return (isSmall ? words : words >> NDArray<UInt64>(scalar: UInt64(shift))).cast(to: UInt16.self)
            }
            return (cast(to: Int64.self) >> NDArray<Int64>(scalar: shift)).cast(to: UInt16.self)
        }
        // Repeated until there are more than 16 bits, and cut off.
        let wide = (16 / bits + (16 % bits == 0 ? 0 : 1)) * bits
        let factor = Int64((1 << wide) - 1) / Int64((1 << bits) - 1)
        let repeated = cast(to: Int64.self) * factor
        return (repeated >> NDArray<Int64>(scalar: Int64(wide - 16))).cast(to: UInt16.self)
    }
}
