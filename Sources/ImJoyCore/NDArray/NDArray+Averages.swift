extension NDArray where Element: NDReal {
    /// The mean of all elements: a `Double` for integers, the element type for floats; NaN for an empty array.
    public func mean() -> Element.Mean {
        if dtype == .float32, let sum: Element.Mean = foldedAtOnce(.sum) { return sum / Element.Mean(count) }
        if dtype != .float32, let sum: Double = foldedAtOnce(.sum) {
            return Element.Mean(casting: sum / Double(count), overflow: .clamp)
        }
        return orTrap { () throws(NDArrayError) in try mean(along: Array(shape.indices)).item }
    }

    /// The means along `axes`; NaN where nothing is averaged.
    public func mean(along axis: Int, _ more: Int..., keepingAxes: Bool = false) -> NDArray<Element.Mean> {
        orTrap { () throws(NDArrayError) in try mean(along: [axis] + more, keepingAxes: keepingAxes) }
    }

    /// The means along `axes`; throws when one of them is not there or named twice.
    public func mean(along axes: [Int], keepingAxes: Bool = false) throws(NDArrayError) -> NDArray<Element.Mean> {
        if Element.dtype == .float32 {
            let sums: NDArray<Element.Mean> = try sum(along: axes, keepingAxes: keepingAxes).reinterpreted()
            return sums / Element.Mean(try Reduction(layout, along: axes, keepingAxes: keepingAxes).foldedCount)
        }
        return try mean(as: Double.self, along: axes, keepingAxes: keepingAxes).cast()
    }

    /// The variance of all elements: a `Double` for integers, the element type for floats.
    ///
    /// It is computed in double precision from the distances to the mean.
    /// - Parameter lostDegrees: what is taken off the count that the squares are divided by; 1 for a sample, NumPy's
    ///   `ddof`. A count that is used up gives NaN or infinity.
    public func variance(lostDegrees: Int = 0) -> Element.Mean {
        Element.Mean(casting: exactVariance(lostDegrees: lostDegrees), overflow: .clamp)
    }

    /// The variances along `axes`; throws when one of them is not there or named twice.
    public func variance(
        along axes: [Int], keepingAxes: Bool = false, lostDegrees: Int = 0
    ) throws(NDArrayError) -> NDArray<Element.Mean> {
        try exactVariance(Reduction(layout, along: axes, keepingAxes: keepingAxes), lostDegrees).cast()
    }

    /// The square root of `variance(lostDegrees:)`.
    public func standardDeviation(lostDegrees: Int = 0) -> Element.Mean {
        Element.Mean(casting: exactVariance(lostDegrees: lostDegrees).squareRoot(), overflow: .clamp)
    }

    /// The standard deviations along `axes`; throws when one of them is not there or named twice.
    public func standardDeviation(
        along axes: [Int], keepingAxes: Bool = false, lostDegrees: Int = 0
    ) throws(NDArrayError) -> NDArray<Element.Mean> {
        try exactVariance(Reduction(layout, along: axes, keepingAxes: keepingAxes), lostDegrees).sqrt().cast()
    }

    /// The variance of all elements in double precision.
    package func exactVariance(lostDegrees: Int = 0) -> Double {
        orTrap { () throws(NDArrayError) in try exactVariance(Reduction(layout), lostDegrees).item }
    }

    func exactVariance(_ reduction: Reduction, _ lostDegrees: Int) throws(NDArrayError) -> NDArray<Double> {
        let means = try folded(.sum, reduction, Double.self) / Double(reduction.foldedCount)
        let squares: NDArray<Double> = try reduced(reduction) {
            ReductionKernels.squaredDistances(base, reduction, from: means.base, into: $0)
        }
        withExtendedLifetime(means.storage) {}
        return squares / Double(Swift.max(reduction.foldedCount - lostDegrees, 0))
    }

    /// The mean of all elements, each counted as often as its weight says; throws when the shapes differ or the
    /// weights sum to zero.
    public func average(weights: NDArray<Double>) throws(NDArrayError) -> Double {
        guard weights.shape == shape else {
            throw NDArrayError(
                .shapeMismatch,
                "weights of shape \(weights.shape) for an array of shape \(shape); name the axis that they belong to")
        }
        return try average(along: Array(shape.indices), weights: weights).item
    }

    /// The weighted means along `axes`.
    ///
    /// - Parameter weights: the shape of the array, or one axis for each of `axes`, in their order.
    /// - Parameter axes: the axes; negative ones count from the end.
    /// - Parameter keepingAxes: true when the folded axes stay, with length 1.
    ///
    /// Throws when an axis is not there or named twice, the shapes do not match or some weights sum to zero.
    public func average(
        along axes: [Int], weights: NDArray<Double>, keepingAxes: Bool = false
    ) throws(NDArrayError) -> NDArray<Double> {
        let weights = try fitted(weights, to: layout.resolvedAxes(axes))
        let sums = try weights.sum(along: axes, keepingAxes: keepingAxes)
        if (sums .== 0).any() {
            throw NDArrayError(.outOfBounds, "the weights along axes \(axes) sum to zero, so they give no average")
        }
        return try (cast(to: Double.self) * weights).sum(along: axes, keepingAxes: keepingAxes) / sums
    }

    /// Weights as an array of this shape.
    private func fitted(_ weights: NDArray<Double>, to axes: [Int]) throws(NDArrayError) -> NDArray<Double> {
        if weights.shape == shape { return weights }
        guard weights.shape == axes.map({ shape[$0] }) else {
            throw NDArrayError(
                .shapeMismatch,
                "weights of shape \(weights.shape) match neither shape \(shape) nor its axes \(axes), which have lengths \(axes.map { shape[$0] })"
            )
        }
        let order = axes.indices.sorted { axes[$0] < axes[$1] }
        let lengths = shape.indices.map { axes.contains($0) ? shape[$0] : 1 }
        return try weights.permuted(order).reshaped(to: lengths).broadcast(to: shape)
    }
}

extension NDArray where Element: NDComplex {
    /// The mean of all elements; NaN for an empty array.
    public func mean() -> Element {
        orTrap { () throws(NDArrayError) in try mean(along: Array(shape.indices)).item }
    }

    /// The means along `axes`; throws when one of them is not there or named twice.
    public func mean(along axes: [Int], keepingAxes: Bool = false) throws(NDArrayError) -> NDArray {
        let count = try Reduction(layout, along: axes, keepingAxes: keepingAxes).foldedCount
        let sums = try sum(along: axes, keepingAxes: keepingAxes)
        return try NDArray.joining(sums.real / Element.Part(count), sums.imaginary / Element.Part(count))
    }

    /// The mean squared distance of all elements from their mean; see `variance(along:keepingAxes:lostDegrees:)`.
    public func variance(lostDegrees: Int = 0) -> Element.Part {
        orTrap { () throws(NDArrayError) in
            try variance(along: Array(shape.indices), lostDegrees: lostDegrees).item
        }
    }

    /// The mean squared distances from the mean along `axes`, which are real numbers.
    ///
    /// - Parameter lostDegrees: what is taken off the count that the squares are divided by.
    /// - Parameter keepingAxes: true when the folded axes stay, with length 1.
    /// - Parameter axes: the axes; negative ones count from the end.
    public func variance(
        along axes: [Int], keepingAxes: Bool = false, lostDegrees: Int = 0
    ) throws(NDArrayError) -> NDArray<Element.Part> {
        let means = try mean(along: axes, keepingAxes: true)
        let squares = (real - means.real).square() + (imaginary - means.imaginary).square()
        let count = try Reduction(layout, along: axes, keepingAxes: keepingAxes).foldedCount
        return try squares.sum(along: axes, keepingAxes: keepingAxes) / Element.Part(Swift.max(count - lostDegrees, 0))
    }

    /// The square roots of the variances along `axes`.
    public func standardDeviation(
        along axes: [Int], keepingAxes: Bool = false, lostDegrees: Int = 0
    ) throws(NDArrayError) -> NDArray<Element.Part> {
        try variance(along: axes, keepingAxes: keepingAxes, lostDegrees: lostDegrees).sqrt()
    }

    /// Complex numbers from their parts, which have the same shape.
    static func joining(
        _ real: NDArray<Element.Part>, _ imaginary: NDArray<Element.Part>
    ) throws(NDArrayError) -> NDArray {
        let parts = try NDArray<Element.Part>.stack([real, imaginary], along: -1)
        return NDArray(storage: parts.storage, layout: .rowMajor(real.shape, count: real.count))
    }
}
