internal import ImJoyCore
internal import ImJoyTestSupport

extension PropertyOperations {
    static let reductions = folds.merging(withoutNaN) { first, _ in first }

    private static let folds: [String: Operation] = [
        "sum": { [try $0.inputs[0].sum(along: $0.axes(), keepingAxes: $0.flag("keepdims"))] },
        "prod": { [try $0.inputs[0].product(along: $0.axes(), keepingAxes: $0.flag("keepdims"))] },
        "mean": { [try $0.inputs[0].mean(along: $0.axes(), keepingAxes: $0.flag("keepdims"))] },
        "var": {
            [
                try $0.inputs[0].variance(
                    along: $0.axes(), keepingAxes: $0.flag("keepdims"), lostDegrees: $0.int("ddof"))
            ]
        },
        "std": {
            [
                try $0.inputs[0].standardDeviation(
                    along: $0.axes(), keepingAxes: $0.flag("keepdims"), lostDegrees: $0.int("ddof"))
            ]
        },
        "min": { [try $0.inputs[0].min(along: $0.axes(), keepingAxes: $0.flag("keepdims"))] },
        "max": { [try $0.inputs[0].max(along: $0.axes(), keepingAxes: $0.flag("keepdims"))] },
        "ptp": { [try $0.inputs[0].peakToPeak(along: $0.axes(), keepingAxes: $0.flag("keepdims"))] },
        "argmin": {
            [AnyNDArray(try $0.inputs[0].argMin(along: $0.axes()?.first, keepingAxes: $0.flag("keepdims")))]
        },
        "argmax": {
            [AnyNDArray(try $0.inputs[0].argMax(along: $0.axes()?.first, keepingAxes: $0.flag("keepdims")))]
        },
        "any": { [AnyNDArray(try $0.inputs[0].any(along: $0.axes(), keepingAxes: $0.flag("keepdims")))] },
        "all": { [AnyNDArray(try $0.inputs[0].all(along: $0.axes(), keepingAxes: $0.flag("keepdims")))] },
        "count_nonzero": {
            [AnyNDArray(try $0.inputs[0].countNonzero(along: $0.axes(), keepingAxes: $0.flag("keepdims")))]
        },
        "average": {
            [AnyNDArray(try doubles($0).average(along: $0.axes() ?? [], weights: $0.inputs[1].typed(as: Double.self)))]
        },
        "cumsum": { [try $0.inputs[0].cumulativeSum(along: $0.axes()?.first)] },
        "cumprod": { [try $0.inputs[0].cumulativeProduct(along: $0.axes()?.first)] },
        "minimum.accumulate": { [try $0.inputs[0].cumulativeMin(along: $0.int("axis"))] },
        "maximum.accumulate": { [try $0.inputs[0].cumulativeMax(along: $0.int("axis"))] },
        "diff": { [try $0.inputs[0].differences(order: $0.int("n"), along: $0.int("axis"))] },
        "gradient": { example in
            let array = try doubles(example)
            let (axis, order) = (example.int("axis"), example.int("order"))
            guard example.inputs.count == 2 else {
                return [
                    AnyNDArray(try array.gradient(along: axis, spacing: example.double("step"), edgeOrder: order))
                ]
            }
            return [
                AnyNDArray(try array.gradient(along: axis, coordinates: example.inputs[1].typed(), edgeOrder: order))
            ]
        },
        "percentile": { [try percentiles($0, ignoringNaN: false)] },
        "nanpercentile": { [try percentiles($0, ignoringNaN: true)] },
        "median": { [try $0.inputs[0].median(along: $0.axes(), keepingAxes: $0.flag("keepdims"))] },
        "nanargmin": { [AnyNDArray(try doubles($0).nanArgMin(along: $0.int("axis")))] },
        "nanargmax": { [AnyNDArray(try doubles($0).nanArgMax(along: $0.int("axis")))] },
        "nancumsum": { [AnyNDArray(try doubles($0).nanCumulativeSum(along: $0.int("axis")))] },
        "nancumprod": { [AnyNDArray(try doubles($0).nanCumulativeProduct(along: $0.int("axis")))] },
        "cov": { [AnyNDArray(try doubles($0).covariance())] },
        "corrcoef": { [AnyNDArray(try doubles($0).correlation())] },
        "interp": {
            [
                AnyNDArray(
                    try doubles($0).interpolated(points: $0.inputs[1].typed(), values: $0.inputs[2].typed()))
            ]
        },
    ]

    private static let withoutNaN: [String: Operation] = {
        let names = ["nansum", "nanprod", "nanmean", "nanvar", "nanstd", "nanmin", "nanmax", "nanmedian"]
        var table: [String: Operation] = [:]
        for name in names {
            table[name] = { example in
                if let array = try? example.inputs[0].typed(as: Float.self) { return [try fold(name, array, example)] }
                return [try fold(name, doubles(example), example)]
            }
        }
        return table
    }()

    private static func fold<T: NDFloat>(
        _ name: String, _ a: NDArray<T>, _ example: PropertyCase
    ) throws -> AnyNDArray {
        let (axes, keeps, lost) = (example.axes(), example.flag("keepdims"), example.int("ddof"))
        switch name {
        case "nansum": return AnyNDArray(try a.nanSum(along: axes, keepingAxes: keeps))
        case "nanprod": return AnyNDArray(try a.nanProduct(along: axes, keepingAxes: keeps))
        case "nanmean": return AnyNDArray(try a.nanMean(along: axes, keepingAxes: keeps))
        case "nanvar": return AnyNDArray(try a.nanVariance(along: axes, keepingAxes: keeps, lostDegrees: lost))
        case "nanstd": return AnyNDArray(try a.nanStandardDeviation(along: axes, keepingAxes: keeps, lostDegrees: lost))
        case "nanmin": return AnyNDArray(try a.nanMin(along: axes, keepingAxes: keeps))
        case "nanmax": return AnyNDArray(try a.nanMax(along: axes, keepingAxes: keeps))
        default: return AnyNDArray(try a.nanMedian(along: axes, keepingAxes: keeps))
        }
    }

    private static func percentiles(_ example: PropertyCase, ignoringNaN: Bool) throws -> AnyNDArray {
        guard let method = PercentileMethod(rawValue: example.text("method")) else { throw UnknownDType() }
        return try example.inputs[0].percentiles(
            example.parameters["q"].items.compactMap(\.double), along: example.axes(),
            keepingAxes: example.flag("keepdims"), method: method, ignoringNaN: ignoringNaN)
    }

    static func doubles(_ example: PropertyCase, _ index: Int = 0) throws -> NDArray<Double> {
        try example.inputs[index].typed(as: Double.self)
    }

    static func indices(_ example: PropertyCase, _ index: Int = 0) throws -> NDArray<Int64> {
        try example.inputs[index].typed(as: Int64.self)
    }
}
