extension NDArray where Element: NDReal {
    /// Intensities changed so that they are as frequent as those of a reference; scikit-image's `match_histograms`.
    ///
    /// ```swift
    /// let matched = try image.histogramMatched(to: reference)
    /// ```
    /// - Parameter reference: an array with as many axes.
    /// - Returns: an array of this shape: `Double` for integers, the array's own type for floats.
    ///
    /// Throws when the numbers of axes differ or the reference is empty. NaN counts as the largest value.
    public func histogramMatched(to reference: NDArray) throws(NDArrayError) -> NDArray<Element.Mean> {
        guard rank == reference.rank else {
            throw NDArrayError(
                .shapeMismatch,
                "an array of shape \(shape) and a reference of shape \(reference.shape); "
                    + "both need the same number of axes")
        }
        return try matched(to: reference).cast(to: Element.Mean.self)
    }

    /// The same for each channel by itself.
    ///
    /// - Returns: an array of this shape and type; integers cut off what is behind the point, as scikit-image does
    ///   here.
    ///
    /// Throws also when the numbers of channels differ. See ``histogramMatched(to:)``.
    public func histogramMatched(to reference: NDArray, channelAxis: Int) throws(NDArrayError) -> NDArray {
        let axis = try layout.resolvedAxis(channelAxis)
        guard rank == reference.rank, shape[axis] == reference.shape[axis] else {
            throw NDArrayError(
                .shapeMismatch,
                "an array of shape \(shape) and a reference of shape \(reference.shape); "
                    + "both need the same number of axes and of channels")
        }
        var channel = 0
        let references = try reference.movingAxis(axis, to: 0)
        return try mappingChannels(axis) { (part) throws(NDArrayError) in
            defer { channel += 1 }
            return try part.matched(to: references.sliced([channel])).cast(to: Element.self, overflow: .wrap)
        }
    }

    private func matched(to reference: NDArray) throws(NDArrayError) -> NDArray<Double> {
        if isEmpty { return NDArray<Double>(zeros: shape) }
        guard !reference.isEmpty else { throw NDArrayError(.sizeMismatch, "a reference without elements") }
        if dtype == .uint8 || dtype == .uint16 {
            let own = NDArray<Int64>(countsOfAllValues())
            let others = NDArray<Int64>(reference.countsOfAllValues())
            let values = others.flatNonzero()
            let table = try Self.quantiles(own, count).interpolated(
                points: Self.quantiles(others.taking(values, along: 0), reference.count),
                values: values.cast(to: Double.self))
            return try looked(up: table.elements)
        }
        let (own, others) = (uniqueAll(), reference.uniqueAll())
        let table = try Self.quantiles(own.counts, count).interpolated(
            points: Self.quantiles(others.counts, reference.count), values: others.values.cast(to: Double.self))
        return try table.taking(own.inverse.reshaped(to: shape), along: 0)
    }

    /// How large a part of all each value and those before it are.
    private static func quantiles(_ counts: NDArray<Int64>, _ total: Int) -> NDArray<Double> {
        var sum: Int64 = 0
        return NDArray<Double>(
            counts.elements.map { count in
                sum += count
                return Double(sum) / Double(total)
            })
    }
}
