/// A lowest and a highest intensity, as the methods `intensityRescaled` of arrays take them.
public enum IntensityRange: Sendable, Hashable {
    /// The smallest and the largest element there are.
    case image
    /// What the element type is for: all values of an integer type, -1...1 for floats. As the range of results it
    /// begins at 0 when no element taken in is below 0.
    case type
    /// The same for another type.
    case of(DType)
    /// All values of unsigned integers of so many bits, as cameras give them: 12 bits are 0...4095.
    case bits(Int)
    /// These two, of which the first may be the larger one.
    case limits(Double, Double)

    /// The two bounds.
    fileprivate func bounds<Element: NDReal>(
        of array: NDArray<Element>, startsAtZero: Bool = false
    ) throws(NDArrayError) -> (low: Double, high: Double) {
        func typical(_ type: DType) -> (Double, Double) {
            (startsAtZero ? 0 : type.smallestIntensity, type.largestInteger)
        }
        switch self {
        case .image:
            let (low, high) = array.minMax()
            return (low.asDouble, high.asDouble)
        case .type: return typical(Element.dtype)
        case .of(let type):
            guard !type.isComplex else { throw NDArrayError(.dtypeMismatch, "\(type) has no range of intensities") }
            return typical(type)
        case .bits(let count):
            guard (1...64).contains(count) else {
                throw NDArrayError(.outOfBounds, "intensities of \(count) bits; there are those of 1 to 64")
            }
            return (0, Double(sign: .plus, exponent: count, significand: 1) - 1)
        case .limits(let low, let high): return (low, high)
        }
    }
}

extension NDArray where Element: NDReal {
    /// Intensities from one range stretched to another one; scikit-image's `rescale_intensity`.
    ///
    /// ```swift
    /// let bright = try image.intensityRescaled()                                  // to all values of the type
    /// let part = try image.intensityRescaled(from: .limits(100, 2000))
    /// ```
    /// - Parameters:
    ///   - source: what becomes the ends of the new range. Elements outside are cut off.
    ///   - target: the new range.
    /// - Returns: an array of the same shape and type; integers cut off what is behind the point. Floats of single and
    ///   half precision are computed in single precision, all others in double precision.
    ///
    /// When the source range is a single value, elements are merely cut off at the ends of the target range. A NaN in
    /// the array makes all results NaN if the range is that of the image. Throws for ranges that are not there.
    public func intensityRescaled(
        from source: IntensityRange = .image, to target: IntensityRange = .type
    ) throws(NDArrayError) -> NDArray {
        try intensityRescaled(from: source, to: target, as: Element.self)
    }

    /// The same with floats as the result: `Double` for integers, the array's own type for floats.
    ///
    /// ```swift
    /// let unit = try image.intensityRescaled(from: .image, to: 0...1)
    /// ```
    public func intensityRescaled(
        from source: IntensityRange = .image, to target: ClosedRange<Double>
    ) throws(NDArrayError) -> NDArray<Element.Mean> {
        try intensityRescaled(
            from: source, to: .limits(target.lowerBound, target.upperBound), as: Element.Mean.self)
    }

    /// The same with another type as the result.
    ///
    /// ```swift
    /// let picture = try image.intensityRescaled(from: .image, to: .of(.uint8), as: UInt8.self)
    /// ```
    /// Results that the type does not have wrap around.
    public func intensityRescaled<Target: NDReal>(
        from source: IntensityRange = .image, to target: IntensityRange, as type: Target.Type
    ) throws(NDArrayError) -> NDArray<Target> {
        if isEmpty { return NDArray<Target>(zeros: shape) }
        let from = try source.bounds(of: self)
        let to = try target.bounds(of: self, startsAtZero: from.low >= 0)
        return isComputedInSingle
            ? try cast(to: Float.self).stretched(from, to).cast(to: Target.self, overflow: .wrap)
            : try cast(to: Double.self).stretched(from, to).cast(to: Target.self, overflow: .wrap)
    }
}

extension NDArray where Element: NDLinearReal {
    fileprivate func stretched(
        _ from: (low: Double, high: Double), _ to: (low: Double, high: Double)
    ) throws(NDArrayError) -> NDArray {
        let (low, high) = (Element(from.low), Element(from.high))
        let clipped = try clipped(from: NDArray(scalar: low), to: NDArray(scalar: high))
        if from.low == from.high {
            return try clipped.clipped(from: NDArray(scalar: Element(to.low)), to: NDArray(scalar: Element(to.high)))
        }
        let width = Element(from.high - from.low)
        let (newWidth, newLow) = (Element(to.high - to.low), Element(to.low))
        return try ((clipped.lazy - low) / width * newWidth + newLow).evaluated()
    }
}
