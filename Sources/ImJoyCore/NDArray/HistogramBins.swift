internal import CImJoyKernels
internal import RealModule

/// How many bins of equal width a histogram has: a number, or a rule that looks at the elements.
///
/// The rules are those of NumPy's `histogram_bin_edges`, by the names they have in statistics.
public enum HistogramBins: Sendable, Hashable, ExpressibleByIntegerLiteral {
    /// As many as the number says.
    case count(Int)
    /// The narrower bins of `freedmanDiaconis`, but not much narrower than `squareRoot`, and `sturges`.
    case auto
    /// Twice the distance of the quartiles over the cube root of the count; not misled by outliers.
    case freedmanDiaconis
    /// For normal distributions, from the standard deviation.
    case scott
    /// Twice the cube root of the count.
    case rice
    /// One and the binary logarithm of the count; for small, normal data.
    case sturges
    /// `sturges` with an allowance for skewed data.
    case doane
    /// The square root of the count.
    case squareRoot

    public init(integerLiteral value: Int) { self = .count(value) }

    /// The number of bins between `first` and `last` for elements that all lie there.
    func number(for values: NDArray<Double>, from first: Double, to last: Double, isInteger: Bool) throws(NDArrayError)
        -> Int
    {
        if case .count(let number) = self {
            guard number >= 1 else { throw NDArrayError(.outOfBounds, "a histogram of \(number) bins") }
            return number
        }
        if values.isEmpty { return 1 }
        var width = try width(values)
        if isInteger, width > 0, width < 1 { width = 1 }
        guard width > 0 else { return 1 }
        let number = ((last - first) / width).rounded(.up)
        guard number < 0x1p40 else {
            throw NDArrayError(.outOfMemory, "\(self) asks for \(number) bins; name a number of bins or a range")
        }
        return Swift.max(Int(number), 1)
    }

    private func width(_ values: NDArray<Double>) throws(NDArrayError) -> Double {
        let count = Double(values.count)
        let range = values.peakToPeak()
        switch self {
        case .count(let number): return range / Double(number)
        case .squareRoot: return range / count.squareRoot()
        case .sturges: return range / (Double.log2(count) + 1)
        case .rice: return range / (2 * libraryPower(count, 1 / 3))
        case .scott: return libraryPower(24 * Double.pi.squareRoot() / count, 1 / 3) * values.standardDeviation()
        case .freedmanDiaconis:
            let quartiles = try values.percentiles([25, 75])
            return 2 * (quartiles[1] - quartiles[0]) / libraryPower(count, 1 / 3)
        case .doane:
            let spread = values.standardDeviation()
            guard count > 2, spread > 0 else { return 0 }
            let deviation = (6 * (count - 2) / ((count + 1) * (count + 3))).squareRoot()
            let skew = ((values - values.mean()) / spread).power(3).mean()
            return range / (1 + Double.log2(count) + Double.log2(1 + skew.magnitude / deviation))
        case .auto:
            let narrow = try HistogramBins.freedmanDiaconis.width(values)
            let corrected = Swift.max(narrow, try HistogramBins.squareRoot.width(values) / 2)
            return Swift.min(corrected, try HistogramBins.sturges.width(values))
        }
    }
}

/// The edges of bins, and which bin a number lies in.
struct BinEdges {
    /// In ascending order.
    let edges: [Double]
    /// Bins per unit where the edges lie evenly, nil where they do not.
    private let density: Double?
    /// Where the first bin begins and how wide all are, if those are whole numbers and the width is this power of 2.
    private let binaryWidth: (first: Int64, exponent: Int)?

    init(edges: [Double]) {
        self.edges = edges
        let count = edges.count - 1
        guard let first = edges.first, let last = edges.last, last > first, (last - first).isFinite else {
            density = nil
            binaryWidth = nil
            return
        }
        let step = (last - first) / Double(count)
        let areEven = edges.indices.allSatisfy { abs(edges[$0] - (first + Double($0) * step)) < step / 2 }
        density = areEven && (1 / step).isFinite ? 1 / step : nil
        binaryWidth = areEven ? Self.binaryWidth(step, first, edges) : nil
    }

    private static func binaryWidth(
        _ step: Double, _ first: Double, _ edges: [Double]
    ) -> (first: Int64, exponent: Int)? {
        guard step >= 1, step < 0x1p32, step.significand == 1, abs(first) < 0x1p48, first == first.rounded(),
            edges.indices.allSatisfy({ edges[$0] == first + Double($0) * step })
        else { return nil }
        return (Int64(first), Int(step.exponent))
    }

    /// The bin of a number, nil outside and for NaN. The last bin alone includes its upper edge.
    func bin(_ value: Double) -> Int? {
        guard let first = edges.first, let last = edges.last, edges.count > 1, value >= first, value <= last else {
            return nil
        }
        if let density { return edges.withUnsafeBufferPointer { Self.evenBin(value, first, density, $0) } }
        return Swift.min(edges.partitioningIndex { $0 > value }, edges.count - 1) - 1
    }

    /// The bin of a number between the first and the last of even edges, which lead to it or its neighbour.
    @inline(__always)
    private static func evenBin(
        _ value: Double, _ first: Double, _ density: Double, _ edges: UnsafeBufferPointer<Double>
    ) -> Int {
        let last = edges.count - 2
        var place = Swift.min(Int((value - first) * density), last)
        while place > 0, edges[place] > value { place -= 1 }
        while place < last, edges[place + 1] <= value { place += 1 }
        return place
    }

    /// For each number the bin it lies in.
    func bins(_ values: NDArray<Double>) -> [Int?] { values.elements.map(bin) }

    /// The weights of all numbers that lie in each bin.
    func sums(_ values: NDArray<Double>, _ weights: [Double]) -> NDArray<Double> {
        var sums = [Double](repeating: 0, count: Swift.max(edges.count - 1, 0))
        for (bin, weight) in zip(bins(values), weights) { if let bin { sums[bin] += weight } }
        return NDArray<Double>(sums)
    }

    /// How many of the values, each of which is there so many times, lie in each bin.
    func counts(_ occurrences: some Sequence<(value: Double, count: Int64)>) -> NDArray<Int64> {
        var counts = [Int64](repeating: 0, count: Swift.max(edges.count - 1, 0))
        for (value, count) in occurrences { if let bin = bin(value) { counts[bin] += count } }
        return NDArray<Int64>(counts)
    }

    /// How many integers of at most 32 bits lie in each bin; nil for others, and for bins that they do not fall into by a
    /// shift.
    func counts<Element: NDReal>(ofIntegers values: NDArray<Element>) -> NDArray<Int64>? {
        guard Element.dtype.isInteger, MemoryLayout<Element>.size <= 4, let (first, exponent) = binaryWidth else {
            return nil
        }
        let binCount = edges.count - 1
        var counts = [Int64](repeating: 0, count: 2 * binCount)
        let isDone = values.withUnsafeElements { values in
            guard let start = values.baseAddress else { return false }
            return imjoy_histogram_shifted(
                start, Element.dtype.kernelType, values.count, first, UInt32(exponent), binCount, &counts)
        }
        return isDone ? Self.joined(counts) : nil
    }

    /// The sums of the first and the second half of some counts.
    private static func joined(_ counts: [Int64]) -> NDArray<Int64> {
        let half = counts.count / 2
        return NDArray<Int64>(shape: [half]) { target in
            for bin in 0..<half { target.initializeElement(at: bin, to: counts[bin] + counts[half + bin]) }
        }
    }

    /// How many of the values lie in each bin.
    func counts(of values: NDArray<Double>) -> NDArray<Int64> {
        let binCount = Swift.max(edges.count - 1, 0)
        guard let density, let first = edges.first, let last = edges.last else {
            var counts = [Int64](repeating: 0, count: binCount)
            for value in values.elements { if let bin = bin(value) { counts[bin] += 1 } }
            return NDArray<Int64>(counts)
        }
        // Two tables in turns, so that equal neighbours do not wait for each other.
        var counts = [Int64](repeating: 0, count: 2 * binCount)
        edges.withUnsafeBufferPointer { edges in
            counts.withUnsafeMutableBufferPointer { counts in
                values.withUnsafeElements { values in
                    var table = 0
                    for value in values where value >= first && value <= last {
                        counts[table + Self.evenBin(value, first, density, edges)] += 1
                        table = binCount - table
                    }
                }
            }
        }
        return Self.joined(counts)
    }

    /// Sums as a density: its integral over all bins is one.
    func density(of sums: NDArray<Double>) -> NDArray<Double> {
        let widths = NDArray<Double>(zip(edges.dropFirst(), edges).map { $0 - $1 })
        return sums / widths / sums.sum()
    }
}
