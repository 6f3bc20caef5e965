internal import ImJoyCore
internal import ImJoyTestSupport

extension VectorOperations {
    /// Operations that fold axes away, or run along them.
    static let reductions: [String: Operation] = [
        "sum": { .array(try $0.inputs[0].sum(along: $0.axes, keepingAxes: $0.keepsAxes)) },
        "prod": { .array(try $0.inputs[0].product(along: $0.axes, keepingAxes: $0.keepsAxes)) },
        "mean": { .array(try $0.inputs[0].mean(along: $0.axes, keepingAxes: $0.keepsAxes)) },
        "std": { example in
            .array(
                try example.inputs[0].standardDeviation(
                    along: example.axes, keepingAxes: example.keepsAxes,
                    lostDegrees: example.parameters["ddof"].int ?? 0))
        },
        "var": { example in
            .array(
                try example.inputs[0].variance(
                    along: example.axes, keepingAxes: example.keepsAxes,
                    lostDegrees: example.parameters["ddof"].int ?? 0))
        },
        "min": { .array(try $0.inputs[0].min(along: $0.axes, keepingAxes: $0.keepsAxes)) },
        "max": { example in
            let largest = try example.inputs[0].max(along: example.axes, keepingAxes: example.keepsAxes)
            guard let initial = example.parameters["initial"].int else { return .array(largest) }
            let typed = try largest.typed(as: Int64.self)
            return Answer(NDArray.maximum(typed, NDArray(scalar: Int64(initial))))
        },
        "ptp": { .array(try $0.inputs[0].peakToPeak(along: $0.axes, keepingAxes: $0.keepsAxes)) },
        "argmin": { Answer(try $0.inputs[0].argMin(along: $0.axes?.first, keepingAxes: $0.keepsAxes)) },
        "argmax": { Answer(try $0.inputs[0].argMax(along: $0.axes?.first, keepingAxes: $0.keepsAxes)) },
        "any": { Answer(try $0.inputs[0].any(along: $0.axes, keepingAxes: $0.keepsAxes)) },
        "all": { Answer(try $0.inputs[0].all(along: $0.axes, keepingAxes: $0.keepsAxes)) },
        "nansum": { Answer(try doubles($0).nanSum(along: $0.axes)) },
        "nanmean": { Answer(try doubles($0).nanMean(along: $0.axes)) },
        "nanmax": { Answer(try doubles($0).nanMax(along: $0.axes)) },
        "nanargmax": { Answer(try doubles($0).nanArgMax(along: $0.axes?.first ?? 0)) },
        "cumsum": { .array(try $0.inputs[0].cumulativeSum(along: $0.axes?.first)) },
        "cumprod": { .array(try $0.inputs[0].cumulativeProduct(along: $0.axes?.first)) },
        "maximum.accumulate": { .array(try $0.inputs[0].cumulativeMax(along: $0.axes?.first)) },
        "diff": { example in
            .array(
                try example.inputs[0].differences(
                    order: example.parameters["n"].int ?? 1, along: example.axes?.first ?? -1))
        },
        "gradient": { Answer(try doubles($0).gradient(along: 0)) },
        "average": { example in
            Answer(
                try doubles(example).average(
                    along: example.axes ?? [], weights: example.inputs[1].typed(as: Double.self)))
        },
    ]

    static func doubles(_ example: VectorCase, _ index: Int = 0) throws -> NDArray<Double> {
        try example.inputs[index].typed(as: Double.self)
    }

    static func int64(_ example: VectorCase, _ index: Int = 0) throws -> NDArray<Int64> {
        try example.inputs[index].typed(as: Int64.self)
    }
}
