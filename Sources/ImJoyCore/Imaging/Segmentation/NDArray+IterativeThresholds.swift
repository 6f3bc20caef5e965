internal import RealModule

extension NDArray where Element: NDReal {
    /// The threshold of least cross-entropy, found step by step; scikit-image's `threshold_li`.
    ///
    /// ```swift
    /// let threshold = try image.liThreshold()
    /// ```
    /// - Parameters:
    ///   - tolerance: steps of this size end the search; by default 0.5 for integers, and half of the smallest distance
    ///     of two different elements for floats.
    ///   - initialGuess: where the search begins; at the mean without it.
    ///
    /// NaN is left out, and the only result when there is nothing else; infinities are left out, too. Throws without
    /// elements and when the guess is not between the smallest and the greatest element.
    public func liThreshold(tolerance: Double? = nil, initialGuess: Double? = nil) throws(NDArrayError) -> Double {
        guard !isEmpty else { throw NDArrayError(.emptyArray, "a threshold of no elements") }
        guard tolerance ?? 0 >= 0 else {
            throw NDArrayError(.outOfBounds, "a tolerance of \(tolerance ?? 0); it is not negative")
        }
        // As in scikit-image 0 is none.
        let tolerance = tolerance == 0 ? nil : tolerance
        if dtype.isInteger {
            let histogram = try ThresholdHistogram(self, bins: 256)
            guard histogram.counts.count > 1 else { return histogram.centers[0] }
            let first = histogram.centers[0]
            let values = zip(histogram.centers, histogram.counts).filter { $1 > 0 }
            return try Self.liSearch(
                values.map { $0.0 - first }, values.map { Double($0.1) }, tolerance ?? 0.5, initialGuess, first)
        }
        // Sorted, the elements on both sides of a threshold are two parts of one line.
        let sorted = try cast(to: Double.self).flattened().sorted().elements.filter { !$0.isNaN }
        guard let lowest = sorted.first, let highest = sorted.last else { return .nan }
        if lowest == highest { return lowest }
        let values = sorted.filter(\.isFinite)
        guard let first = values.first else { return 0 }
        let isSingle = dtype != .float64
        let shifted = values.map { isSingle ? Double(Float($0 - first)) : $0 - first }
        var smallest = Double.infinity
        for (low, high) in zip(shifted, shifted.dropFirst()) where high > low {
            smallest = Swift.min(smallest, high - low)
        }
        return try Self.liSearch(
            shifted, Array(repeating: 1, count: shifted.count), tolerance ?? smallest / 2, initialGuess, first)
    }

    /// The search over ascending values from 0 on, each there so many times.
    private static func liSearch(
        _ values: [Double], _ counts: [Double], _ tolerance: Double, _ guess: Double?, _ first: Double
    ) throws(NDArrayError) -> Double {
        var (sums, numbers) = ([0.0], [0.0])
        for (value, count) in zip(values, counts) {
            sums.append(sums[sums.count - 1] + value * count)
            numbers.append(numbers[numbers.count - 1] + count)
        }
        let (sum, number, last) = (sums[values.count], numbers[values.count], values[values.count - 1])
        var next = sum / number
        if let guess {
            next = guess - first
            guard next > 0, next < last else {
                throw NDArrayError(
                    .outOfBounds, "a first guess of \(guess); it lies between \(first) and \(first + last)")
            }
        }
        var current = -2 * tolerance
        // The search ends by itself; the bound is for tolerances that nothing meets.
        for _ in 0..<10_000 where (next - current).magnitude > tolerance {
            current = next
            let place = values.partitioningIndex { $0 > current }
            let back = sums[place] / numbers[place]
            let fore = (sum - sums[place]) / (number - numbers[place])
            if back == 0 { break }
            next = (back - fore) / (Double.log(back) - Double.log(fore))
        }
        return next + first
    }

    /// The thresholds that separate several classes best, by the variance between them; scikit-image's
    /// `threshold_multiotsu`.
    ///
    /// ```swift
    /// let thresholds = try image.multiOtsuThresholds(classes: 3)      // two numbers, the lower one first
    /// ```
    /// - Parameters:
    ///   - classes: how many classes there are, at least 2.
    ///   - bins: how many bins the histogram of floats has.
    ///
    /// The time grows with the square of the number of bins, which integers have one of for each value. Throws when
    /// there are fewer different values than classes, more than 65 536 bins, and as ``otsuThreshold(bins:)`` does.
    public func multiOtsuThresholds(classes: Int = 3, bins: Int = 256) throws(NDArrayError) -> [Double] {
        let histogram = try ThresholdHistogram(self, bins: bins)
        let places = histogram.counts.indices.filter { histogram.counts[$0] > 0 }
        guard classes >= 2, places.count >= classes, histogram.counts.count <= 1 << 16 else {
            throw NDArrayError(
                .outOfBounds,
                "\(classes) classes of \(places.count) different values in \(histogram.counts.count) bins; "
                    + "there are 2 classes or more, no more than values, and at most 65536 bins")
        }
        if places.count == classes { return places.dropLast().map { histogram.centers[$0] } }
        return ClassSearch(histogram.counts).ends(classes: classes).map { histogram.centers[$0] }
    }
}

/// Finds the ends of the classes with the greatest variance between them.
private struct ClassSearch {
    /// The sums of the parts, and of the parts times their places, before each bin; as single-precision numbers.
    private var parts: [Float] = [0]
    private var moments: [Float] = [0]

    init(_ counts: [Float]) {
        let total = counts.reduce(0.0) { $0 + Double($1) }
        for (index, count) in counts.enumerated() {
            let part = Float(Double(count) / total)
            // The first bin is place 0 in the moments of scikit-image but counts as 1 there.
            parts.append(parts[index] + part)
            moments.append(moments[index] + Float(index == 0 ? 1 : index) * part)
        }
    }

    /// The share of the class of the bins from `first` to `last` in the variance.
    @inline(__always)
    private func share(_ first: Int, _ last: Int) -> Float {
        let part = parts[last + 1] - parts[first]
        let moment = moments[last + 1] - moments[first]
        return part > 0 ? moment * moment / part : 0
    }

    /// The last bin of each class but the last one.
    func ends(classes: Int) -> [Int] {
        let count = parts.count - 1
        // For each last bin the best sum of all classes so far, and where the one before ended.
        var best = (0..<count).map { share(0, $0) }
        var origins: [[Int]] = []
        for number in 1..<classes {
            var (next, origin) = ([Float](repeating: -1, count: count), [Int](repeating: 0, count: count))
            for last in number..<count where number < classes - 1 || last == count - 1 {
                for end in number - 1..<last {
                    let sum = best[end] + share(end + 1, last)
                    if sum > next[last] { (next[last], origin[last]) = (sum, end) }
                }
            }
            best = next
            origins.append(origin)
        }
        var ends: [Int] = []
        var last = count - 1
        for origin in origins.reversed() {
            last = origin[last]
            ends.append(last)
        }
        return ends.reversed()
    }
}
