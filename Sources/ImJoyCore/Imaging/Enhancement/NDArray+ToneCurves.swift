internal import RealModule

extension NDArray where Element: NDReal {
    /// Intensities to a power, as parts of the largest one; scikit-image's `adjust_gamma`.
    ///
    /// ```swift
    /// let brighter = try image.gammaAdjusted(0.5)
    /// ```
    /// - Parameters:
    ///   - gamma: the power: below 1 dark elements become brighter, above 1 darker.
    ///   - gain: what the result is multiplied with.
    /// - Returns: an array of the same shape and type. The largest intensity is that of an integer type, 1 for floats.
    ///   `UInt8` is rounded and ends at 255; wider integers cut off what is behind the point and wrap around.
    ///
    /// Throws when an element or gamma is negative.
    public func gammaAdjusted(_ gamma: Double = 1, gain: Double = 1) throws(NDArrayError) -> NDArray {
        guard gamma >= 0 else { throw NDArrayError(.outOfBounds, "a gamma of \(gamma); it must not be negative") }
        if dtype == .uint8 {
            let table = (0...255).map { place in
                let part = place == 255 ? 1 : Double(place) * (1 / 255.0)
                let value = Swift.min((255 * gain * Double.pow(part, gamma)).rounded(.toNearestOrEven), 255)
                return Element(casting: value, overflow: .wrap)
            }
            return try looked(up: table)
        }
        return try toned(
            { (array, scale) in
                (array / scale).power(Float(gamma)) * scale * Float(gain)
            },
            { (array, scale) in
                (array / scale).power(gamma) * scale * gain
            })
    }

    /// The logarithm to base 2 of one plus the intensities, as parts of the largest one; scikit-image's `adjust_log`.
    ///
    /// - Parameters:
    ///   - gain: what the result is multiplied with.
    ///   - isInverse: whether to take 2 to the power of the intensities, less one, instead.
    /// - Returns: an array of the same shape and type; see ``gammaAdjusted(_:gain:)``.
    ///
    /// Throws when an element is negative.
    public func logAdjusted(gain: Double = 1, isInverse: Bool = false) throws(NDArrayError) -> NDArray {
        try toned(
            { (array, scale) in
                isInverse
                    ? ((array / scale).exp2() - 1) * scale * Float(gain)
                    : (1 + array / scale).log2() * scale * Float(gain)
            },
            { (array, scale) in
                isInverse
                    ? ((array / scale).exp2() - 1) * scale * gain : (1 + array / scale).log2() * scale * gain
            })
    }

    /// More contrast around one intensity and less elsewhere, by a sigmoid; scikit-image's `adjust_sigmoid`.
    ///
    /// - Parameters:
    ///   - cutoff: the intensity in the middle, as a part of the largest one.
    ///   - gain: how steep the curve is there.
    ///   - isInverse: whether bright becomes dark.
    /// - Returns: an array of the same shape and type; see ``gammaAdjusted(_:gain:)``.
    ///
    /// Throws when an element is negative.
    public func sigmoidAdjusted(
        cutoff: Double = 0.5, gain: Double = 10, isInverse: Bool = false
    ) throws(NDArrayError) -> NDArray {
        try toned(
            { (array, scale) in
                let curve = 1 / (1 + (Float(gain) * (Float(cutoff) - array / scale)).exp())
                return (isInverse ? 1 - curve : curve) * scale
            },
            { (array, scale) in
                let curve = 1 / (1 + (gain * (cutoff - array / scale)).exp())
                return (isInverse ? 1 - curve : curve) * scale
            })
    }

    /// What a curve, which takes the largest intensity as well, makes of elements that are not negative.
    private func toned(
        _ single: (NDArray<Float>, Float) -> NDArray<Float>, _ double: (NDArray<Double>, Double) -> NDArray<Double>
    ) throws(NDArrayError) -> NDArray {
        if isEmpty { return self }
        if dtype.isSigned, (self .< .zero).any() {
            throw NDArrayError(
                .outOfBounds, "negative intensities have no such curve; rescale them first (intensityRescaled)")
        }
        if isComputedInSingle { return single(cast(to: Float.self), 1).cast(to: Element.self) }
        let scale = dtype.largestInteger
        guard dtype == .uint8 || dtype == .uint16, count > 1 << (8 * MemoryLayout<Element>.size) else {
            return double(cast(to: Double.self), scale).cast(to: Element.self, overflow: .wrap)
        }
        let all = NDArray<Double>.arange(scale + 1)
        return try looked(up: double(all, scale).cast(to: Element.self, overflow: .wrap).elements)
    }

    /// For each element, which is a small whole number, the entry of a table in its place.
    func looked<Entry: NDElement>(up table: [Entry]) throws(NDArrayError) -> NDArray<Entry> {
        let entries = NDArray<Entry>(table)
        if let bytes = self as? NDArray<UInt8> { return try bytes.entries(of: entries) }
        if let words = self as? NDArray<UInt16> { return try words.entries(of: entries) }
        return try entries.taking(cast(to: Int64.self), along: 0)
    }
}

extension NDArray where Element: NDInteger {
    fileprivate func entries<Entry: NDElement>(of table: NDArray<Entry>) throws(NDArrayError) -> NDArray<Entry> {
        switch MemoryLayout<Entry>.size {
        case 1: try entries(of: table, as: UInt8.self)
        case 2: try entries(of: table, as: UInt16.self)
        case 4: try entries(of: table, as: UInt32.self)
        case 8: try entries(of: table, as: UInt64.self)
        default: try table.taking(cast(to: Int64.self), along: 0)
        }
    }

    /// The same with the entries as so many bytes, whatever they mean; callers know that there is one for every
    /// element.
    private func entries<Entry: NDElement, Bytes: NDInteger>(
        of table: NDArray<Entry>, as type: Bytes.Type
    ) throws(NDArrayError) -> NDArray<Entry> {
        let count = count
        return try withUnsafeElements { (places) throws(NDArrayError) in
            try table.withUnsafeElements { (table) throws(NDArrayError) in
                try NDArray<Entry>(uninitialised: shape) { target in
                    guard let places = places.baseAddress, let table = table.baseAddress else { return }
                    let entries = UnsafeRawPointer(table).assumingMemoryBound(to: Bytes.self)
                    let target = UnsafeMutableRawPointer(target).assumingMemoryBound(to: Bytes.self)
                    Self.look(places, entries, target, count)
                }
            }
        }
    }

    @specialized(where Element == UInt8, Bytes == UInt8)
    @specialized(where Element == UInt8, Bytes == UInt16)
    @specialized(where Element == UInt8, Bytes == UInt32)
    @specialized(where Element == UInt8, Bytes == UInt64)
    @specialized(where Element == UInt16, Bytes == UInt8)
    @specialized(where Element == UInt16, Bytes == UInt16)
    @specialized(where Element == UInt16, Bytes == UInt32)
    @specialized(where Element == UInt16, Bytes == UInt64)
    private static func look<Bytes: NDInteger>(
        _ places: UnsafePointer<Element>, _ entries: UnsafePointer<Bytes>, _ target: UnsafeMutablePointer<Bytes>,
        _ count: Int
    ) {
        ComputeThreads.split(count, grain: 1024, nanoseconds: 0.5) { range in
            for index in range { target[index] = entries[Int(truncatingIfNeeded: places[index])] }
        }
    }
}
