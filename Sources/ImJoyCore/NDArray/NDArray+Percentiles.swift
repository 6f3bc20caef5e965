// Linear-time selection finds the elements, nothing is sorted. NaN makes the result NaN; the functions whose names
// begin with `nan` leave it out.
extension NDArray where Element: NDReal {
    /// The element in the middle, or the mean of the two there; NaN when there is one or the array is empty.
    public func median() -> Element.Mean {
        orTrap { () throws(NDArrayError) in try median(along: Array(shape.indices)).item }
    }

    /// The medians along `axes`; throws when one of them is not there or named twice.
    public func median(along axes: [Int], keepingAxes: Bool = false) throws(NDArrayError) -> NDArray<Element.Mean> {
        try medians(along: axes, keepingAxes: keepingAxes, ignoringNaN: false)
    }

    func medians(
        along axes: [Int], keepingAxes: Bool, ignoringNaN: Bool
    ) throws(NDArrayError) -> NDArray<Element.Mean> {
        if axes.count == 1, !ignoringNaN, let medians = try mediansOfPlanes(along: axes[0], keepingAxis: keepingAxes) {
            return medians
        }
        return try foldingLanes(along: axes, keepingAxes: keepingAxes) { lane in
            var isOdd = false
            let middle = Self.elements(of: lane, ignoringNaN: ignoringNaN) { count in
                isOdd = count % 2 == 1
                return isOdd ? [count / 2] : [count / 2 - 1, count / 2]
            }
            guard let first = middle.first?.asDouble, let last = middle.last?.asDouble else { return .nan }
            return Element.Mean(casting: isOdd ? first : (first + last) / 2, overflow: .clamp)
        }
    }

    /// The number that `percent` per cent of all elements lie below.
    ///
    /// Throws outside 0...100, and for an empty array.
    public func percentile(_ percent: Double, method: PercentileMethod = .linear) throws(NDArrayError) -> Element.Mean {
        try quantiles(Self.fractions([percent]), method: method).item
    }

    /// The percentiles along `axes`; see ``percentile(_:method:)``.
    public func percentile(
        _ percent: Double, along axes: [Int], keepingAxes: Bool = false, method: PercentileMethod = .linear
    ) throws(NDArrayError) -> NDArray<Element.Mean> {
        let all = try percentiles([percent], along: axes, keepingAxes: keepingAxes, method: method)
        return try all.sliced([0])
    }

    /// Several percentiles, which the first axis of the result counts, along `axes` or of all elements.
    ///
    /// Throws outside 0...100, on axes that are not there, and when there are no elements along them.
    public func percentiles(
        _ percents: [Double], along axes: [Int]? = nil, keepingAxes: Bool = false,
        method: PercentileMethod = .linear
    ) throws(NDArrayError) -> NDArray<Element.Mean> {
        try quantiles(Self.fractions(percents), along: axes, keepingAxes: keepingAxes, method: method)
    }

    /// The number that the part `fraction` of all elements lies below; throws outside 0...1, and for an empty array.
    public func quantile(_ fraction: Double, method: PercentileMethod = .linear) throws(NDArrayError) -> Element.Mean {
        try quantiles([fraction], method: method).item
    }

    /// Several quantiles, which the first axis of the result counts, along `axes` or of all elements.
    ///
    /// Throws outside 0...1, on axes that are not there, and when there are no elements along them.
    public func quantiles(
        _ fractions: [Double], along axes: [Int]? = nil, keepingAxes: Bool = false,
        method: PercentileMethod = .linear
    ) throws(NDArrayError) -> NDArray<Element.Mean> {
        try quantiles(
            fractions, as: Element.Mean.self, along: axes, keepingAxes: keepingAxes, method: method, ignoringNaN: false)
    }

    /// Quantiles in any type; one that is not floating-point holds only those of discrete methods.
    func quantiles<Result: NDReal>(
        _ fractions: [Double], as type: Result.Type, along axes: [Int]?, keepingAxes: Bool, method: PercentileMethod,
        ignoringNaN: Bool
    ) throws(NDArrayError) -> NDArray<Result> {
        if let bad = fractions.first(where: { !($0 >= 0 && $0 <= 1) }) {
            throw NDArrayError(
                .outOfBounds, "a quantile at \(bad): fractions lie between 0 and 1, percentages between 0 and 100")
        }
        let axes = axes ?? Array(shape.indices)
        if try Reduction(layout, along: axes, keepingAxes: false).foldedCount == 0 {
            throw NDArrayError(
                .emptyArray, "an array of shape \(shape) has no elements along \(axes) to find quantiles of")
        }
        let rows: NDArray<Result> = try foldingLanes(along: axes, keepingAxes: keepingAxes, width: fractions.count) {
            lane, result in
            var places: [(first: Int, second: Int, weight: Double)] = []
            let elements = Self.elements(of: lane, ignoringNaN: ignoringNaN) { count in
                places = fractions.map { method.place($0, count: count) }
                return places.flatMap { [$0.first, $0.second] }
            }
            guard !elements.isEmpty else {
                result.initialize(repeating: Result(casting: .nan, overflow: .clamp))
                return
            }
            for (number, place) in places.enumerated() {
                let (low, high) = (elements[2 * number], elements[2 * number + 1])
                if place.first == place.second {
                    result[number] = low.cast(to: type, overflow: .clamp)
                } else {
                    let value = Self.between(low.asDouble, high.asDouble, place.weight)
                    result[number] = Result(casting: value, overflow: .clamp)
                }
            }
        }
        return try rows.movingAxis(-1, to: 0).contiguous()
    }

    /// From the nearer end, so that the ends are met exactly.
    private static func between(_ a: Double, _ b: Double, _ weight: Double) -> Double {
        weight >= 0.5 ? b - (b - a) * (1 - weight) : a + (b - a) * weight
    }

    static func fractions(_ percents: [Double]) -> [Double] { percents.map { $0 / 100 } }

    /// The elements at the ranks that `ranks` names for their number; none when there are none, or a NaN that counts.
    private static func elements(
        of lane: UnsafeBufferPointer<Element>, ignoringNaN: Bool, at ranks: (_ count: Int) -> [Int]
    ) -> [Element] {
        withoutActuallyEscaping(ranks) { ranks in
            Element.visitRadixKeys(lane, RankFinder<Element>(ignoringNaN: ignoringNaN, ranks: ranks)) ?? []
        }
    }
}

private struct RankFinder<Element: NDReal>: RadixVisitor {
    let ignoringNaN: Bool
    let ranks: (_ count: Int) -> [Int]

    func visit<Key: RadixKey>(_ keys: RadixKeys<Key>) -> [Element] {
        Element.elements(of: RadixSort.select(keys, ignoringNaN: ignoringNaN, ranks: ranks))
    }
}
