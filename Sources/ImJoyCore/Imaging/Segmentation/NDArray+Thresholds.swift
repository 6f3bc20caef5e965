internal import RealModule

// Thresholds that separate bright elements from dark ones: `image .> threshold` is the mask. Histograms of integers
// have a bin for each whole number from the smallest to the greatest element, those of floats `bins` of equal width, as
// in scikit-image.
extension NDArray where Element: NDReal {
    /// The threshold that separates two classes best, by the variance between them; scikit-image's `threshold_otsu`.
    ///
    /// ```swift
    /// let mask = try image.cast(to: Double.self) .> image.otsuThreshold()
    /// ```
    /// - Parameter bins: how many bins the histogram of floats has.
    /// - Returns: the centre of a bin; the value itself when all elements are equal.
    ///
    /// Throws without elements, when a float is not finite, and when integers are more than 2²⁴ apart.
    public func otsuThreshold(bins: Int = 256) throws(NDArrayError) -> Double {
        let histogram = try ThresholdHistogram(self, bins: bins)
        let (counts, centers) = (histogram.counts, histogram.centers)
        if let value = histogram.onlyValue { return value }
        if !dtype.isInteger, let value = try uniformValue() { return value }
        let (below, above) = (histogram.sums(), histogram.sumsFromEnd())
        var means = [Double](repeating: 0, count: counts.count)
        var sum = 0.0
        for index in counts.indices.reversed() {
            sum = histogram.rounded(sum + histogram.rounded(Double(counts[index]) * centers[index]))
            means[index] = histogram.rounded(sum / Double(above[index]))
        }
        sum = 0
        var variances: [Double] = []
        variances.reserveCapacity(counts.count)
        for index in 0..<counts.count - 1 {
            sum = histogram.rounded(sum + histogram.rounded(Double(counts[index]) * centers[index]))
            let mean = histogram.rounded(sum / Double(below[index]))
            let distance = histogram.rounded(mean - means[index + 1])
            let weight = Double(below[index] * above[index + 1])
            variances.append(histogram.rounded(weight * histogram.rounded(distance * distance)))
        }
        return centers[ThresholdHistogram.firstMaximum(variances)]
    }

    /// The value of all elements when they are equal, else nil.
    func uniformValue() throws(NDArrayError) -> Double? {
        let ends = minMax()
        return ends.min == ends.max ? ends.min.asDouble : nil
    }

    /// The threshold that Yen's criterion of entropy gives; scikit-image's `threshold_yen`.
    ///
    /// See ``otsuThreshold(bins:)`` for bins and errors.
    public func yenThreshold(bins: Int = 256) throws(NDArrayError) -> Double {
        let histogram = try ThresholdHistogram(self, bins: bins)
        let total = histogram.sums().last ?? 0
        let parts = histogram.counts.map { $0 / total }
        var (sum, squares) = (Float(0), Float(0))
        var squaresBehind = [Float](repeating: 0, count: parts.count)
        for index in parts.indices.reversed() {
            squares += parts[index] * parts[index]
            squaresBehind[index] = squares
        }
        squares = 0
        let criteria = parts.dropLast().indices.map { index -> Double in
            sum += parts[index]
            squares += parts[index] * parts[index]
            let both = sum * (1 - sum)
            let ratio = 1 / (squares * squaresBehind[index + 1]) * (both * both)
            return Double(Float(Double.log(Double(ratio))))
        }
        return histogram.centers[ThresholdHistogram.firstMaximum(criteria)]
    }

    /// The threshold farthest from the line between the peak of the histogram and its longer end; scikit-image's
    /// `threshold_triangle`.
    ///
    /// See ``otsuThreshold(bins:)`` for bins and errors.
    public func triangleThreshold(bins: Int = 256) throws(NDArrayError) -> Double {
        let histogram = try ThresholdHistogram(self, bins: bins)
        var counts = histogram.counts.map { Double($0) }
        var peak = ThresholdHistogram.firstMaximum(counts)
        guard var low = counts.firstIndex(where: { $0 > 0 }), let high = counts.lastIndex(where: { $0 > 0 }),
            low < high
        else { return try uniformValue() ?? minMax().min.asDouble }
        let isTurned = peak - low < high - peak
        if isTurned {
            counts.reverse()
            (low, peak) = (counts.count - 1 - high, counts.count - 1 - peak)
        }
        let (height, width) = (counts[peak], Double(peak - low))
        let norm = (height * height + width * width).squareRoot()
        let lengths = (0..<peak - low).map { height / norm * Double($0) - width / norm * counts[low + $0] }
        let level = low + ThresholdHistogram.firstMaximum(lengths)
        return histogram.centers[isTurned ? counts.count - 1 - level : level]
    }

    /// The lowest threshold in the middle between the means of the elements below and above it; scikit-image's
    /// `threshold_isodata`, ImageJ's default.
    ///
    /// See ``otsuThreshold(bins:)`` for bins and errors. Throws when there is no such threshold, too.
    public func isodataThreshold(bins: Int = 256) throws(NDArrayError) -> Double {
        guard let first = try isodataThresholds(bins: bins).first else {
            throw NDArrayError(.notConverged, "no threshold lies in the middle between two means")
        }
        return first
    }

    /// All thresholds in the middle between the means of the elements below and above them, from the lowest up.
    public func isodataThresholds(bins: Int = 256) throws(NDArrayError) -> [Double] {
        let histogram = try ThresholdHistogram(self, bins: bins)
        let (counts, centers) = (histogram.counts, histogram.centers)
        guard counts.count > 1 else { return centers }
        let below = histogram.sums()
        var sum = 0.0
        let sums = counts.indices.map { index -> Double in
            sum = histogram.rounded(sum + histogram.rounded(Double(counts[index]) * centers[index]))
            return sum
        }
        let width = histogram.rounded(centers[1] - centers[0])
        return (0..<counts.count - 1).filter { index in
            let low = histogram.rounded(sums[index] / Double(below[index]))
            let rest = histogram.rounded(sums[counts.count - 1] - sums[index])
            let high = histogram.rounded(rest / Double(below[counts.count - 1] - below[index]))
            let middle = histogram.rounded(histogram.rounded(low + high) / 2)
            let distance = histogram.rounded(middle - centers[index])
            return distance >= 0 && distance < width
        }.map { centers[$0] }
    }

    /// The lowest place between two peaks, after the histogram was smoothed until no third one is left; scikit-image's
    /// `threshold_minimum`.
    ///
    /// See ``otsuThreshold(bins:)`` for bins and errors. Throws when there are never just two peaks, too.
    public func minimumThreshold(bins: Int = 256, maximumRounds: Int = 10_000) throws(NDArrayError) -> Double {
        let histogram = try ThresholdHistogram(self, bins: bins)
        var smooth = histogram.counts
        var peaks: [Int] = []
        var rounds = 0
        while rounds < maximumRounds {
            smooth = Self.threeSmoothed(smooth)
            peaks = Self.peaks(smooth)
            if peaks.count < 3 { break }
            rounds += 1
        }
        guard peaks.count == 2, rounds < maximumRounds - 1 else {
            throw NDArrayError(.notConverged, "a histogram with \(peaks.count) peaks, not two, after \(rounds) rounds")
        }
        let valley = (peaks[0]...peaks[1]).reduce(peaks[0]) { smooth[$1] < smooth[$0] ? $1 : $0 }
        return histogram.centers[valley]
    }

    private static func threeSmoothed(_ line: [Float]) -> [Float] {
        var sum = Double(line[0]) + Double(line[0]) + Double(line[Swift.min(1, line.count - 1)])
        return line.indices.map { index in
            let mean = Float(sum / 3)
            let (next, last) = (Swift.min(index + 2, line.count - 1), Swift.max(index - 1, 0))
            sum += Double(line[next]) - Double(line[last])
            return mean
        }
    }

    private static func peaks(_ line: [Float]) -> [Int] {
        var (peaks, isRising) = ([Int](), true)
        for index in 0..<line.count - 1 {
            if isRising, line[index + 1] < line[index] {
                isRising = false
                peaks.append(index)
            } else if !isRising, line[index + 1] > line[index] {
                isRising = true
            }
        }
        return peaks
    }

    /// The mean of all elements as a threshold; scikit-image's `threshold_mean`.
    ///
    /// Throws without elements.
    public func meanThreshold() throws(NDArrayError) -> Double {
        guard !isEmpty else { throw NDArrayError(.emptyArray, "a threshold of no elements") }
        return mean().asDouble
    }
}
