extension NDArray where Element: NDReal {
    /// Colours as those of another space; scikit-image's `rgb2hsv`, `rgb2lab`, `lab2rgb`, `rgb2hed` and so on.
    ///
    /// ```swift
    /// let lab = try picture.converted(from: .rgb, to: .lab)
    /// let stains = try slide.converted(from: .rgb, to: .hed)
    /// ```
    /// - Parameters:
    ///   - source: what the channels are, which are the last axis.
    ///   - target: what they become.
    /// - Returns: an array of the same shape: of `Double` for integers, which are brought into 0...1 first (see
    ///   ``scaledToUnitRange()``), and of its own type for floats.
    ///
    /// Half precision is computed in single precision. Spaces that know no sRGB curve, such as ``ColourSpace/yuv``,
    /// take red, green and blue as they are. Throws when the last axis has not three channels.
    public func converted(
        from source: ColourSpace, to target: ColourSpace
    ) throws(NDArrayError) -> NDArray<Element.Mean> {
        guard shape.last == 3 else {
            throw NDArrayError(.shapeMismatch, "colours of shape \(shape); the last axis must have three channels")
        }
        let steps = ColourSpace.steps(from: source, to: target)
        // There are few different bytes to take the curve off.
        if dtype == .uint8, case .decode? = steps.first {
            let values = try NDArray<Double>.arange(256).reshaped(to: [256, 1]).broadcast(to: [256, 3]) * (1 / 255.0)
            let table = try values.through([.decode])[.all, 0]
            return try looked(up: table.elements).through(Array(steps.dropFirst())).cast(to: Element.Mean.self)
        }
        return try computed(
            .unit, { (array) throws(NDArrayError) in try array.through(steps) },
            { (array) throws(NDArrayError) in try array.through(steps) })
    }
}

extension NDArray where Element: NDLinearReal {
    /// What some steps make of the colours.
    fileprivate func through(_ steps: [ColourStep]) throws(NDArrayError) -> NDArray {
        if steps.isEmpty { return self }
        let count = count
        // So many colours stay in the nearest cache.
        let pieceLength = 3 * 512
        return try withUnsafeElements { (source) throws(NDArrayError) in
            try NDArray(uninitialised: shape) { target in
                guard let source = source.baseAddress else { return }
                let cost = steps.reduce(0) { $0 + $1.cost } / 3
                ComputeThreads.split(count, grain: pieceLength, nanoseconds: cost) { range in
                    withUnsafeTemporaryAllocation(of: Element.self, capacity: pieceLength) { spare in
                        guard let spare = spare.baseAddress else { return }
                        for start in stride(from: range.lowerBound, to: range.upperBound, by: pieceLength) {
                            let length = Swift.min(pieceLength, range.upperBound - start)
                            (target + start).initialize(from: source + start, count: length)
                            let piece = UnsafeMutableBufferPointer(start: target + start, count: length)
                            for step in steps { step.run(piece, spare) }
                        }
                    }
                }
            }
        }
    }
}
