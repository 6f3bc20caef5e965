/// Whether the values of integers are brought into 0...1 before something is computed; floats always stay as they are.
public enum IntensityScale: Sendable, Hashable {
    /// As ``NDArray/scaledToUnitRange()`` does: 255 of `UInt8` is 1. What scikit-image does by default.
    case unit
    /// Values stay as they are; scikit-image's `preserve_range`.
    case kept
}

extension NDArray where Element: NDReal {
    /// Integers divided by the largest value of their type; floats stay as they are. scikit-image's `img_as_float`.
    ///
    /// ```swift
    /// let image = try NDArray<UInt8>([0, 51, 255], shape: [3]).scaledToUnitRange()      // 0, 0.2, 1
    /// ```
    /// - Returns: an array of the same shape: `Double` for integers, otherwise of the same type. Unsigned integers are
    ///   0...1, signed ones -1...1; the smallest signed integer becomes -1 as the one after it does.
    public func scaledToUnitRange() throws(NDArrayError) -> NDArray<Element.Mean> {
        dtype.isInteger ? unitDoubles.cast(to: Element.Mean.self) : cast(to: Element.Mean.self)
    }

    /// The same in double precision.
    private var unitDoubles: NDArray<Double> {
        let numbers = cast(to: Double.self)
        guard dtype.isInteger else { return numbers }
        let scaled = numbers * (1 / dtype.largestInteger)
        return dtype.isSigned ? NDArray<Double>.maximum(scaled, NDArray<Double>(scalar: -1)) : scaled
    }

    /// True when scikit-image would compute in single precision.
    var isComputedInSingle: Bool { dtype == .float32 || dtype == .float16 }

    /// What `single` or `double` make of this array, whichever has the precision that is used for its type.
    ///
    /// Two closures, so that each calls code for one concrete type.
    func computed(
        _ scale: IntensityScale,
        _ single: (NDArray<Float>) throws(NDArrayError) -> NDArray<Float>,
        _ double: (NDArray<Double>) throws(NDArrayError) -> NDArray<Double>
    ) throws(NDArrayError) -> NDArray<Element.Mean> {
        if isComputedInSingle { return try single(cast(to: Float.self)).cast(to: Element.Mean.self) }
        return try double(scale == .unit ? unitDoubles : cast(to: Double.self)).cast(to: Element.Mean.self)
    }

    /// The same where each channel is computed by itself.
    func computed(
        _ scale: IntensityScale, channelAxis: Int?,
        _ single: (NDArray<Float>) throws(NDArrayError) -> NDArray<Float>,
        _ double: (NDArray<Double>) throws(NDArrayError) -> NDArray<Double>
    ) throws(NDArrayError) -> NDArray<Element.Mean> {
        try computed(
            scale,
            { (array) throws(NDArrayError) in try array.mappingChannels(channelAxis, single) },
            { (array) throws(NDArrayError) in try array.mappingChannels(channelAxis, double) })
    }
}

extension NDArray where Element: NDFloat {
    /// 0...1 as all values of an integer type; scikit-image's `img_as_ubyte`, `img_as_uint` and `img_as_int`.
    ///
    /// ```swift
    /// let picture = try image.scaledFromUnitRange(to: UInt8.self)       // 1 becomes 255
    /// ```
    /// - Returns: the values times the largest of the type, rounded, halves to the even number; signed types take
    ///   -1...1 to all of their values. NaN becomes 0.
    ///
    /// Throws when a value is below -1 or above 1.
    public func scaledFromUnitRange<Target: NDInteger>(
        to type: Target.Type = Target.self
    ) throws(NDArrayError) -> NDArray<Target> {
        if isEmpty { return NDArray<Target>(zeros: shape) }
        if let bad = [self.min(), self.max()].first(where: { $0 < -1 || $0 > 1 }) {
            throw NDArrayError(
                .outOfBounds, "\(bad) is not in -1...1; rescale the intensities first (intensityRescaled)")
        }
        let largest = Target.dtype.largestInteger
        if isComputedInSingle, MemoryLayout<Target>.size <= 4 {
            let numbers = cast(to: Float.self)
            let scaled = Target.isSigned ? numbers * Float(largest + 0.5) - 0.5 : numbers * Float(largest)
            return scaled.rounded().cast(to: Target.self, overflow: .clamp)
        }
        let numbers = cast(to: Double.self)
        let scaled = Target.isSigned ? numbers * (largest + 0.5) - 0.5 : numbers * largest
        return scaled.rounded().cast(to: Target.self, overflow: .clamp)
    }
}

extension NDArray {
    /// What `body` makes of each part along an axis, side by side again; of the whole array when there is no axis.
    func mappingChannels<Result: NDElement>(
        _ axis: Int?, _ body: (NDArray) throws(NDArrayError) -> NDArray<Result>
    ) throws(NDArrayError) -> NDArray<Result> {
        guard let axis else { return try body(self) }
        let channelAxis = try layout.resolvedAxis(axis)
        if isEmpty { return NDArray<Result>(zeros: shape) }
        let channels = try movingAxis(channelAxis, to: 0)
        var parts: [NDArray<Result>] = []
        for channel in 0..<shape[channelAxis] {
            parts.append(try body(channels.sliced([channel])))
        }
        return try NDArray<Result>.stack(parts, along: channelAxis)
    }
}

extension DType {
    /// The largest value of an integer type, 1 for others.
    var largestInteger: Double {
        guard isInteger else { return 1 }
        let bits = 8 * byteCount - (isSigned ? 1 : 0)
        return bits > 52 ? Double(sign: .plus, exponent: bits, significand: 1) : Double((1 << bits) - 1)
    }

    /// The smallest value of an integer type, -1 for floats and 0 for `bool`: scikit-image's `dtype_range`.
    var smallestIntensity: Double {
        if isInteger { return isSigned ? -Double(sign: .plus, exponent: 8 * byteCount - 1, significand: 1) : 0 }
        return self == .bool ? 0 : -1
    }
}
