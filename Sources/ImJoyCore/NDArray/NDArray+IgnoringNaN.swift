// What is not a number is left out; where nothing is left, sums are zero, products one, and everything else is NaN.
extension NDArray where Element: NDFloat {
    private func filled(_ value: Element) -> NDArray {
        orTrap { () throws(NDArrayError) in try replacing(with: value, where: isNaN) }
    }

    private func allAxes(_ axes: [Int]?) -> [Int] { axes ?? Array(shape.indices) }

    /// The sums along `axes`, or of all elements, without NaN; throws when an axis is not there or named twice.
    public func nanSum(along axes: [Int]? = nil, keepingAxes: Bool = false) throws(NDArrayError) -> NDArray {
        try filled(0).sum(along: allAxes(axes), keepingAxes: keepingAxes).reinterpreted()
    }

    /// The products along `axes`, or of all elements, without NaN; throws when an axis is not there or named twice.
    public func nanProduct(along axes: [Int]? = nil, keepingAxes: Bool = false) throws(NDArrayError) -> NDArray {
        try filled(1).product(along: allAxes(axes), keepingAxes: keepingAxes).reinterpreted()
    }

    /// The means along `axes`, or of all elements, without NaN; throws when an axis is not there or named twice.
    public func nanMean(along axes: [Int]? = nil, keepingAxes: Bool = false) throws(NDArrayError) -> NDArray {
        try nanMeans(along: axes, keepingAxes: keepingAxes).cast()
    }

    private func nanMeans(along axes: [Int]?, keepingAxes: Bool) throws(NDArrayError) -> NDArray<Double> {
        let sums = try filled(0).sum(as: Double.self, along: allAxes(axes), keepingAxes: keepingAxes)
        return try sums / numbers(along: axes, keepingAxes: keepingAxes)
    }

    /// How many elements are numbers.
    private func numbers(along axes: [Int]?, keepingAxes: Bool) throws(NDArrayError) -> NDArray<Double> {
        try (!isNaN).countTrue(along: allAxes(axes), keepingAxes: keepingAxes).cast()
    }

    /// The variances along `axes`, or of all elements, without NaN; see `variance(along:keepingAxes:lostDegrees:)`.
    ///
    /// NaN where no more than `lostDegrees` numbers are left.
    public func nanVariance(
        along axes: [Int]? = nil, keepingAxes: Bool = false, lostDegrees: Int = 0
    ) throws(NDArrayError) -> NDArray {
        try nanVariances(along: axes, keepingAxes: keepingAxes, lostDegrees: lostDegrees).cast()
    }

    /// The square roots of the variances without NaN.
    public func nanStandardDeviation(
        along axes: [Int]? = nil, keepingAxes: Bool = false, lostDegrees: Int = 0
    ) throws(NDArrayError) -> NDArray {
        try nanVariances(along: axes, keepingAxes: keepingAxes, lostDegrees: lostDegrees).sqrt().cast()
    }

    private func nanVariances(
        along axes: [Int]?, keepingAxes: Bool, lostDegrees: Int
    ) throws(NDArrayError) -> NDArray<Double> {
        let means = try nanMeans(along: axes, keepingAxes: true)
        let squares = (cast(to: Double.self) - means).square().filled(0)
        let left = try numbers(along: axes, keepingAxes: keepingAxes) - Double(lostDegrees)
        let sums = try squares.sum(along: allAxes(axes), keepingAxes: keepingAxes)
        return try (sums / left).replacing(with: .nan, where: left .<= 0)
    }

    /// The smallest elements along `axes`, or of all, without NaN.
    ///
    /// Throws when an axis is not there, or there are no elements along it.
    public func nanMin(along axes: [Int]? = nil, keepingAxes: Bool = false) throws(NDArrayError) -> NDArray {
        try filled(.infinity).min(along: allAxes(axes), keepingAxes: keepingAxes)
            .replacing(with: .nan, where: isNaN.all(along: allAxes(axes), keepingAxes: keepingAxes))
    }

    /// The largest elements along `axes`, or of all, without NaN.
    ///
    /// Throws when an axis is not there, or there are no elements along it.
    public func nanMax(along axes: [Int]? = nil, keepingAxes: Bool = false) throws(NDArrayError) -> NDArray {
        try filled(-.infinity).max(along: allAxes(axes), keepingAxes: keepingAxes)
            .replacing(with: .nan, where: isNaN.all(along: allAxes(axes), keepingAxes: keepingAxes))
    }

    /// The indices of the smallest elements along `axis` without NaN; throws where there is nothing else.
    public func nanArgMin(along axis: Int, keepingAxes: Bool = false) throws(NDArrayError) -> NDArray<Int64> {
        try refuseAllNaN(along: [axis])
        return try locating(along: axis, keepingAxes: keepingAxes) { $0 < $1 }
    }

    /// The indices of the largest elements along `axis` without NaN; throws where there is nothing else.
    public func nanArgMax(along axis: Int, keepingAxes: Bool = false) throws(NDArrayError) -> NDArray<Int64> {
        try refuseAllNaN(along: [axis])
        return try locating(along: axis, keepingAxes: keepingAxes) { $0 > $1 }
    }

    /// The place of the smallest element in row-major order without NaN; throws where there is nothing else.
    public func nanArgMin() throws(NDArrayError) -> Int { Int(try flattened().nanArgMin(along: 0).item) }

    /// The place of the largest element in row-major order without NaN; throws where there is nothing else.
    public func nanArgMax() throws(NDArrayError) -> Int { Int(try flattened().nanArgMax(along: 0).item) }

    private func locating(
        along axis: Int, keepingAxes: Bool, _ isBetter: (Element, Element) -> Bool
    ) throws(NDArrayError) -> NDArray<Int64> {
        try foldingLanes(along: [axis], keepingAxes: keepingAxes) { lane in
            var best: Int?
            for index in lane.indices where !lane[index].isNaN {
                guard let present = best, !isBetter(lane[index], lane[present]) else { best = index; continue }
            }
            return Int64(best ?? 0)
        }
    }

    private func refuseAllNaN(along axes: [Int]) throws(NDArrayError) {
        if try isNaN.all(along: axes).any() {
            throw NDArrayError(
                .emptyArray, "an array of shape \(shape) has nothing but NaN somewhere along axis \(axes[0])")
        }
    }

    /// The medians along `axes`, or of all elements, without NaN; throws when an axis is not there or named twice.
    public func nanMedian(along axes: [Int]? = nil, keepingAxes: Bool = false) throws(NDArrayError) -> NDArray {
        try medians(along: allAxes(axes), keepingAxes: keepingAxes, ignoringNaN: true).reinterpreted()
    }

    /// Several percentiles, which the first axis of the result counts, without NaN; see
    /// ``percentiles(_:along:keepingAxes:method:)``.
    public func nanPercentiles(
        _ percents: [Double], along axes: [Int]? = nil, keepingAxes: Bool = false,
        method: PercentileMethod = .linear
    ) throws(NDArrayError) -> NDArray {
        try nanQuantiles(Self.fractions(percents), along: axes, keepingAxes: keepingAxes, method: method)
    }

    /// Several quantiles, which the first axis of the result counts, without NaN; see
    /// ``quantiles(_:along:keepingAxes:method:)``.
    public func nanQuantiles(
        _ fractions: [Double], along axes: [Int]? = nil, keepingAxes: Bool = false,
        method: PercentileMethod = .linear
    ) throws(NDArrayError) -> NDArray {
        try quantiles(
            fractions, as: Element.self, along: axes, keepingAxes: keepingAxes, method: method, ignoringNaN: true)
    }

    /// The sums of the elements up to and with each one along `axis`, NaN counting as zero.
    public func nanCumulativeSum(along axis: Int) throws(NDArrayError) -> NDArray {
        try filled(0).cumulativeSum(along: axis).reinterpreted()
    }

    /// The products of the elements up to and with each one along `axis`, NaN counting as one.
    public func nanCumulativeProduct(along axis: Int) throws(NDArrayError) -> NDArray {
        try filled(1).cumulativeProduct(along: axis).reinterpreted()
    }
}
