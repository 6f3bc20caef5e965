/// How a percentile between two elements is found: the methods of NumPy's `percentile`.
///
/// The first nine are those of Hyndman and Fan, Sample Quantiles in Statistical Packages, The American Statistician,
/// 1996; the last four change the linear one. The raw values are NumPy's names.
public enum PercentileMethod: String, CaseIterable, Sendable, Hashable {
    /// Hyndman and Fan 1: the element at which the distribution function reaches the part.
    case invertedCDF = "inverted_cdf"
    /// Hyndman and Fan 2: as the first, with the mean of two elements at a step.
    case averagedInvertedCDF = "averaged_inverted_cdf"
    /// Hyndman and Fan 3: the nearest element, the even place at a tie.
    case closestObservation = "closest_observation"
    /// Hyndman and Fan 4: linear between the steps of the distribution function.
    case interpolatedInvertedCDF = "interpolated_inverted_cdf"
    /// Hyndman and Fan 5: linear between the middles of the steps.
    case hazen
    /// Hyndman and Fan 6: linear, with room for smaller and larger values on both sides.
    case weibull
    /// Hyndman and Fan 7: linear between the elements; NumPy's default.
    case linear
    /// Hyndman and Fan 8: about unbiased for the median, whatever the distribution.
    case medianUnbiased = "median_unbiased"
    /// Hyndman and Fan 9: about unbiased for normal distributions.
    case normalUnbiased = "normal_unbiased"
    /// The lower of the two elements that `linear` lies between.
    case lower
    /// The higher of the two elements that `linear` lies between.
    case higher
    /// The middle of the two elements that `linear` lies between.
    case midpoint
    /// The nearer of the two elements that `linear` lies between.
    case nearest

    /// True for those that always give one of the elements.
    var isDiscrete: Bool {
        switch self {
        case .invertedCDF, .closestObservation, .lower, .higher, .nearest: true
        default: false
        }
    }

    /// Where in `count` sorted elements the quantile `fraction` lies: between two neighbours, and how far from the
    /// first to the second.
    func place(_ fraction: Double, count: Int) -> (first: Int, second: Int, weight: Double) {
        let place = virtualIndex(fraction, Double(count))
        let last = count - 1
        if isDiscrete {
            let index = Swift.min(Swift.max(Int(place), 0), last)
            return (index, index, 0)
        }
        if place >= Double(last) { return (last, last, 0) }
        if place < 0 { return (0, 0, 0) }
        let first = Int(place.rounded(.down))
        var weight = place - Double(first)
        switch self {
        case .averagedInvertedCDF: weight = weight == 0 ? 0.5 : 1
        case .midpoint: weight = weight == 0 ? 0 : 0.5
        default: break
        }
        return (first, first + 1, weight)
    }

    private func virtualIndex(_ q: Double, _ n: Double) -> Double {
        /// The family of Hyndman and Fan with its two constants.
        func index(_ alpha: Double, _ beta: Double) -> Double { n * q + (alpha + q * (1 - alpha - beta)) - 1 }
        switch self {
        case .invertedCDF:
            let place = n * q - 1
            return place == place.rounded(.down) ? place : place.rounded(.down) + 1
        case .closestObservation:
            // The nearest, and of two equally near ones the one with an even number counted from one.
            let place = n * q - 1 - 0.5
            let floor = place.rounded(.down)
            let isOdd = floor.truncatingRemainder(dividingBy: 2).magnitude == 1
            return place == floor && isOdd ? floor : floor + 1
        case .averagedInvertedCDF: return n * q - 1
        case .interpolatedInvertedCDF: return index(0, 1)
        case .hazen: return index(0.5, 0.5)
        case .weibull: return index(0, 0)
        case .linear: return (n - 1) * q
        case .medianUnbiased: return index(1 / 3.0, 1 / 3.0)
        case .normalUnbiased: return index(3 / 8.0, 3 / 8.0)
        case .lower: return ((n - 1) * q).rounded(.down)
        case .higher: return ((n - 1) * q).rounded(.up)
        case .midpoint: return 0.5 * (((n - 1) * q).rounded(.down) + ((n - 1) * q).rounded(.up))
        case .nearest: return ((n - 1) * q).rounded(.toNearestOrEven)
        }
    }
}
