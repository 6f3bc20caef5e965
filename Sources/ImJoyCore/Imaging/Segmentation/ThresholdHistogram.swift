internal import CImJoyKernels

/// The histogram that thresholds are found in: each whole number of integers, bins of equal width of floats.
///
/// The rules, and the precision of every step, are those of scikit-image: counts are of single precision, and so is
/// everything else for elements of single precision.
struct ThresholdHistogram {
    let counts: [Float]
    let centers: [Double]
    /// True when centres are of single precision.
    private let isSingle: Bool

    /// More values than this between the smallest and the greatest integer are refused.
    private static var mostCounts: Int { 1 << 24 }

    init<Element: NDReal>(_ array: NDArray<Element>, bins: Int) throws(NDArrayError) {
        guard !array.isEmpty else { throw NDArrayError(.emptyArray, "a threshold of no elements") }
        if Element.dtype.isInteger {
            (counts, centers) = try Self.counted(array)
            isSingle = false
            return
        }
        guard (1...Self.mostCounts).contains(bins) else {
            throw NDArrayError(.outOfBounds, "a histogram of \(bins) bins; there are 1 to \(Self.mostCounts)")
        }
        isSingle = Element.dtype != .float64
        // Half precision has too few digits for edges of its own.
        let (histogram, edges) =
            Element.dtype == .float16
            ? try Self.binned(array.cast(to: Float.self), bins) : try Self.binned(array, bins)
        counts = histogram
        let isSingle = isSingle
        centers = zip(edges, edges.dropFirst()).map { low, high in
            Self.round(Self.round(low + high, isSingle) / 2, isSingle)
        }
    }

    private static func binned<Element: NDReal>(
        _ array: NDArray<Element>, _ bins: Int
    ) throws(NDArrayError) -> (counts: [Float], edges: [Double]) {
        let (counts, edges) = try array.histogram(bins: .count(bins))
        return (counts.elements.map { Float($0) }, edges.cast(to: Double.self).elements)
    }

    private static func counted<Element: NDReal>(
        _ array: NDArray<Element>
    ) throws(NDArrayError) -> (counts: [Float], centers: [Double]) {
        if let (lowest, counts) = array.shortCounts() {
            return (counts, counts.indices.map { lowest + Double($0) })
        }
        let ends = array.minMax()
        let (low, high) = (
            ends.min.cast(to: Int64.self, overflow: .clamp), ends.max.cast(to: Int64.self, overflow: .clamp)
        )
        let (span, overflow) = high.subtractingReportingOverflow(low)
        guard !overflow, span < Int64(mostCounts) else {
            throw NDArrayError(
                .outOfMemory, "a histogram of each whole number from \(low) to \(high); cast to a float type first")
        }
        var counts = [Int64](repeating: 0, count: Int(span) + 1)
        // What others have changed since then is left out.
        array.cast(to: Int64.self).withUnsafeElements { values in
            for value in values {
                let place = value &- low
                if place >= 0, place <= span { counts[Int(place)] += 1 }
            }
        }
        return (counts.map { Float($0) }, counts.indices.map { Double(low) + Double($0) })
    }

    /// The value of all elements when integers are equal.
    var onlyValue: Double? { centers.count == 1 ? centers[0] : nil }

    private static func round(_ value: Double, _ isSingle: Bool) -> Double {
        isSingle ? Double(Float(value)) : value
    }

    /// A number as centres hold it. One sum, product, quotient or root of singles in double precision, rounded so, is
    /// what single precision gives.
    func rounded(_ value: Double) -> Double { Self.round(value, isSingle) }

    /// The sums of all counts up to each.
    func sums() -> [Float] {
        var sum: Float = 0
        return counts.map { count in
            sum += count
            return sum
        }
    }

    /// The sums of all counts from each on.
    func sumsFromEnd() -> [Float] {
        var sum: Float = 0
        return counts.reversed().map { count -> Float in
            sum += count
            return sum
        }.reversed()
    }

    /// The place of the greatest number, the first of several; the first NaN wins, as in NumPy's `argmax`.
    static func firstMaximum(_ values: [Double]) -> Int {
        var best = 0
        for (index, value) in values.enumerated() {
            if value.isNaN { return index }
            if value > values[best] { best = index }
        }
        return best
    }
}

extension NDArray where Element: NDReal {
    /// How often each value from the smallest to the greatest one is there, for integers of 8 and 16 bits; nil for
    /// others, and when there are few elements.
    fileprivate func shortCounts() -> (lowest: Double, counts: [Float])? {
        let width = MemoryLayout<Element>.size
        guard Element.dtype.isInteger, width <= 2, count >= 1 << 14 else { return nil }
        var counts = [UInt64](repeating: 0, count: 1 << (8 * width))
        withUnsafeElements { elements in
            guard let start = UnsafeRawPointer(elements.baseAddress) else { return }
            if width == 2 {
                return imjoy_histogram_16(start.assumingMemoryBound(to: UInt16.self), elements.count, &counts)
            }
            let bytes = start.assumingMemoryBound(to: UInt8.self)
            // The tables of pairs are large.
            guard elements.count > 1 << 18 else { return imjoy_histogram_8(bytes, elements.count, &counts) }
            withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 2 << 16) { tables in
                if let tables = tables.baseAddress {
                    imjoy_count_byte_pairs(bytes, elements.count, tables, &counts)
                }
            }
        }
        // Negative numbers lie behind the others.
        let half = Element.dtype.isSigned ? counts.count / 2 : 0
        return counts.withUnsafeBufferPointer { counts in
            let last = counts.count - 1
            func count(_ place: Int) -> UInt64 { counts[(place + half) & last] }
            var (low, high) = (0, last)
            while low < high, count(low) == 0 { low += 1 }
            while high > low, count(high) == 0 { high -= 1 }
            return (Double(low - half), (low...high).map { Float(count($0)) })
        }
    }
}
