// Linear-time selection finds the elements, nothing is sorted. NaN makes the result NaN; the functions whose names begin
// with `nan` leave it out.
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
        try foldingLanes(along: axes, keepingAxes: keepingAxes) { lane in
            var entries = Self.entries(lane, ignoringNaN: ignoringNaN)
            guard let last = entries.indices.last, ignoringNaN || !Self.hasNaN(entries) else { return .nan }
            let middle = [last / 2, (last + 1) / 2]
            Ordering.select(middle[...], in: &entries)
            let (a, b) = (lane[entries[middle[0]].index].asDouble, lane[entries[middle[1]].index].asDouble)
            return Element.Mean(casting: middle[0] == middle[1] ? a : (a + b) / 2, overflow: .clamp)
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
            var entries = Self.entries(lane, ignoringNaN: ignoringNaN)
            guard !entries.isEmpty, ignoringNaN || !Self.hasNaN(entries) else {
                result.initialize(repeating: Result(casting: .nan, overflow: .clamp))
                return
            }
            let places = fractions.map { method.place($0, count: entries.count) }
            let ranks = Set(places.flatMap { [$0.first, $0.second] }).sorted()
            Ordering.select(ranks[...], in: &entries)
            for (number, place) in places.enumerated() {
                let low = lane[entries[place.first].index]
                if place.first == place.second {
                    result[number] = low.cast(to: type, overflow: .clamp)
                } else {
                    let (a, b) = (low.asDouble, lane[entries[place.second].index].asDouble)
                    result[number] = Result(casting: Self.between(a, b, place.weight), overflow: .clamp)
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

    private static func entries(_ lane: UnsafeBufferPointer<Element>, ignoringNaN: Bool) -> [Ordering.Entry] {
        let entries = Element.orderKeys(lane).withUnsafeBufferPointer { Ordering.entries($0) }
        return ignoringNaN && dtypeHasNaN ? entries.filter { $0.key != .max } : entries
    }

    private static func hasNaN(_ entries: [Ordering.Entry]) -> Bool {
        dtypeHasNaN && entries.contains { $0.key == .max }
    }

    private static var dtypeHasNaN: Bool { Element.dtype.isFloatingPoint }
}
