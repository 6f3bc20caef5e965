internal import CImJoyKernels

extension NDArray where Element: NDReal {
    /// Intensities spread so that all are about equally frequent; scikit-image's `equalize_hist`.
    ///
    /// ```swift
    /// let flat = try image.histogramEqualized()
    /// ```
    /// - Parameters:
    ///   - bins: the number of bins for floats. Integers have one for each value.
    ///   - mask: where the intensities are counted; everywhere when nil. The whole array is equalized.
    /// - Returns: for each element how large a part of all elements is not above it, 0...1, between the middles of bins
    ///   along straight lines. `Double` for integers, the array's own type for floats.
    ///
    /// Throws for a mask of another shape or without an element, for NaN and infinities, without bins, and when
    /// integers reach over more values than there is memory for.
    public func histogramEqualized(
        bins: Int = 256, mask: NDArray<Bool>? = nil
    ) throws(NDArrayError) -> NDArray<Element.Mean> {
        if isEmpty { return NDArray<Element.Mean>(zeros: shape) }
        guard mask.map({ $0.shape == shape }) ?? true else {
            throw NDArrayError(.shapeMismatch, "a mask of shape \(mask?.shape ?? []) for an array of shape \(shape)")
        }
        guard (1...1 << 24).contains(bins) else {
            throw NDArrayError(.outOfBounds, "\(bins) bins; there can be 1 to \(1 << 24)")
        }
        let counted = try mask.map { (mask) throws(NDArrayError) in try compressed(where: mask) } ?? self
        guard !counted.isEmpty else { throw NDArrayError(.sizeMismatch, "a mask that is true nowhere") }
        if dtype.isInteger { return try integersEqualized(counted).cast(to: Element.Mean.self) }
        return isComputedInSingle
            ? try cast(to: Float.self).equalized(counted.cast(to: Float.self), bins).cast(to: Element.Mean.self)
            : try cast(to: Double.self).equalized(counted.cast(to: Double.self), bins).cast(to: Element.Mean.self)
    }

    private func integersEqualized(_ counted: NDArray) throws(NDArrayError) -> NDArray<Double> {
        if dtype == .uint8 || dtype == .uint16 {
            // A table for every value there can be.
            let counts = counted.countsOfAllValues()
            var (shares, sum) = ([Double](), Int64(0))
            for count in counts {
                sum += count
                shares.append(Double(sum) / Double(counted.count))
            }
            // Below the first value that was counted, its share.
            let first = counts.firstIndex { $0 > 0 } ?? 0
            for value in 0..<first { shares[value] = shares[first] }
            return try looked(up: shares)
        }
        let (low, high) = (counted.min().asDouble, counted.max().asDouble)
        guard high - low < 0x1p28 else {
            throw NDArrayError(
                .outOfMemory, "a histogram for all values from \(low) to \(high); rescale the intensities first")
        }
        let offset = NDArray<Double>(scalar: low)
        let places = (counted.cast(to: Double.self) - offset).flattened().cast(to: Int64.self)
        let counts = try places.binCounts().elements
        var (shares, sum) = ([Double](), Int64(0))
        for count in counts {
            sum += count
            shares.append(Double(sum) / Double(counted.count))
        }
        let own = (cast(to: Double.self) - offset).clipped(to: 0...high - low)
        return try own.looked(up: shares)
    }
}

extension NDArray where Element: NDReal {
    /// How often each value of `UInt8` or `UInt16` is there; empty for other types.
    func countsOfAllValues() -> [Int64] {
        guard dtype == .uint8 || dtype == .uint16 else { return [] }
        var counts = [UInt64](repeating: 0, count: Int(dtype.largestInteger) + 1)
        withUnsafeElements { elements in
            guard let start = elements.baseAddress.map({ UnsafeRawPointer($0) }) else { return }
            if dtype == .uint8 {
                imjoy_histogram_8(start.assumingMemoryBound(to: UInt8.self), count, &counts)
            } else {
                imjoy_histogram_16(start.assumingMemoryBound(to: UInt16.self), count, &counts)
            }
        }
        return counts.map { Int64($0) }
    }
}

extension NDArray where Element: NDLinearReal {
    fileprivate func equalized(_ counted: NDArray, _ bins: Int) throws(NDArrayError) -> NDArray {
        var (low, high) = counted.minMax()
        guard (high - low).isFinite else {
            throw NDArrayError(.outOfBounds, "intensities from \(low) to \(high); all must be finite numbers")
        }
        if low == high { (low, high) = (low - 0.5, high + 0.5) }
        // The edges of bins have the precision of the elements, as NumPy's do.
        let step = (Double(high) - Double(low)) / Double(bins)
        let edges = (0...bins).map { number in
            number == bins ? high : Element(Double(number) * step + Double(low))
        }
        let counts = BinEdges(edges: edges.map { Double($0) }).counts(of: counted.cast(to: Double.self)).elements
        var (shares, sum) = ([Double](), Int64(0))
        for count in counts {
            sum += count
            shares.append(Double(Element(Double(sum) / Double(counted.count))))
        }
        let middles = zip(edges, edges.dropFirst()).map { Double(($0 + $1) / 2) }
        return try interpolatedEvenly(middles, shares)
    }

    /// The values of a line through points that are about equally far apart.
    private func interpolatedEvenly(_ points: [Double], _ values: [Double]) throws(NDArrayError) -> NDArray {
        let last = points.count - 1
        let density = last > 0 ? Double(last) / (points[last] - points[0]) : 0
        let count = count
        return try withUnsafeElements { (source) throws(NDArrayError) in
            try NDArray(uninitialised: shape) { target in
                points.withUnsafeBufferPointer { points in
                    values.withUnsafeBufferPointer { values in
                        ComputeThreads.split(count, nanoseconds: 3) { range in
                            for index in range {
                                let x = Double(source[index])
                                let value: Double
                                if x >= points[last] {
                                    value = values[last]
                                } else if x >= points[0] {
                                    let guess = ((x - points[0]) * density).rounded(.down)
                                    var place = guess < Double(last) ? Int(guess) : last - 1
                                    while place > 0, points[place] > x { place -= 1 }
                                    while place < last - 1, points[place + 1] <= x { place += 1 }
                                    let slope =
                                        (values[place + 1] - values[place]) / (points[place + 1] - points[place])
                                    value = slope * (x - points[place]) + values[place]
                                } else {
                                    value = x.isNaN ? x : values[0]
                                }
                                target[index] = Element(value)
                            }
                        }
                    }
                }
            }
        }
    }
}
