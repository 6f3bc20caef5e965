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
        if let occurrences = array.occurrences(), let first = occurrences.first?.value {
            var (lowest, highest) = (first, first)
            for (value, _) in occurrences { (lowest, highest) = (Swift.min(lowest, value), Swift.max(highest, value)) }
            var counts = [Float](repeating: 0, count: Int(highest - lowest) + 1)
            for (value, count) in occurrences { counts[Int(value - lowest)] = Float(count) }
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
