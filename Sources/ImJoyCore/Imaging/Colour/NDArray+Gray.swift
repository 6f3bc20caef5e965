internal import CImJoyKernels

extension NDArray where Element: NDReal {
    /// Red, green and blue to their brightness; scikit-image's `rgb2gray`.
    ///
    /// ```swift
    /// let gray = try picture.rgbToGray()
    /// ```
    /// - Returns: an array without the last axis: 0.2125 red + 0.7154 green + 0.0721 blue, of `Double` for integers,
    ///   which are brought into 0...1 (see ``scaledToUnitRange()``), and of its own type for floats.
    ///
    /// ``rgbToGray8()`` keeps bytes, and weighs as OpenCV does. Throws when the last axis has not three channels.
    public func rgbToGray() throws(NDArrayError) -> NDArray<Element.Mean> {
        guard shape.last == 3 else {
            throw NDArrayError(.shapeMismatch, "colours of shape \(shape); the last axis must have three channels")
        }
        if let bytes = self as? NDArray<UInt8> {
            let gray = try bytes.brightness { Double($0) * (1 / 255.0) }
            return gray.cast(to: Element.Mean.self)
        }
        return try computed(
            .unit, { (array) throws(NDArrayError) in try array.brightness { $0 } },
            { (array) throws(NDArrayError) in try array.brightness { $0 } })
    }

    /// The weighted sums of channels that a function has made of the elements.
    @inline(__always)
    fileprivate func brightness<Result: NDLinearReal>(
        _ channel: (Element) -> Result
    ) throws(NDArrayError) -> NDArray<Result> {
        let count = count / 3
        return try withUnsafeElements { (source) throws(NDArrayError) in
            try NDArray<Result>(uninitialised: Array(shape.dropLast())) { target in
                guard let source = source.baseAddress else { return }
                ComputeThreads.split(count, nanoseconds: 1) { range in
                    for index in range {
                        let (red, green) = (channel(source[3 * index]), channel(source[3 * index + 1]))
                        target[index] = red * 0.2125 + green * 0.7154 + channel(source[3 * index + 2]) * 0.0721
                    }
                }
            }
        }
    }

    /// One channel three times, as a new last axis; scikit-image's `gray2rgb`.
    public func grayToRGB() throws(NDArrayError) -> NDArray {
        try insertingAxes(at: [rank]).broadcast(to: shape + [3]).contiguous()
    }

    /// Red, green, blue and opacity in front of a background; scikit-image's `rgba2rgb`.
    ///
    /// - Parameter background: red, green and blue in 0...1.
    /// - Returns: an array with three channels, of `Double` for integers, which are brought into 0...1, and of its own
    ///   type for floats; results are cut off at 0 and 1.
    ///
    /// Throws when the last axis has not four channels, or the background not three in 0...1.
    public func rgbaToRGB(background: [Double] = [1, 1, 1]) throws(NDArrayError) -> NDArray<Element.Mean> {
        guard shape.last == 4, background.count == 3, background.allSatisfy({ (0...1).contains($0) }) else {
            throw NDArrayError(
                .shapeMismatch,
                "colours of shape \(shape) in front of \(background); the last axis must have four "
                    + "channels, the background three numbers in 0...1")
        }
        let behind = NDArray<Double>(background)
        return try computed(
            .unit,
            { (array) throws(NDArrayError) in try array.inFront(of: behind.cast(to: Float.self)) },
            { (array) throws(NDArrayError) in try array.inFront(of: behind) })
    }
}

extension NDArray where Element: NDLinearReal {
    fileprivate func inFront(of background: NDArray) throws(NDArrayError) -> NDArray {
        let opacity = try sliced([AxisSlice.ellipsis, 3..<4])
        let colours = try sliced([AxisSlice.ellipsis, 0..<3])
        return ((1 - opacity) * background + opacity * colours).clipped(to: 0...1)
    }
}

extension NDArray<UInt8> {
    /// Red, green and blue bytes to a byte of brightness: 0.299 red + 0.587 green + 0.114 blue, rounded; OpenCV's
    /// `cvtColor` with `COLOR_RGB2GRAY`, bit by bit.
    ///
    /// ```swift
    /// let gray = try picture.rgbToGray8()       // [512, 512, 3] becomes [512, 512]
    /// ```
    /// Throws when the last axis has not three channels.
    public func rgbToGray8() throws(NDArrayError) -> NDArray {
        guard shape.last == 3 else {
            throw NDArrayError(.shapeMismatch, "colours of shape \(shape); the last axis must have three channels")
        }
        let count = count / 3
        return try withUnsafeElements { (source) throws(NDArrayError) in
            try NDArray(uninitialised: Array(shape.dropLast())) { target in
                guard let source = source.baseAddress else { return }
                ComputeThreads.split(count, grain: 4096, nanoseconds: 0.15) { range in
                    imjoy_gray_8(source + 3 * range.lowerBound, target + range.lowerBound, range.count)
                }
            }
        }
    }
}
