internal import ImJoyCore
internal import ImJoyTestSupport

extension PropertyOperations {
    static let histograms: [String: Operation] = [
        "histogram": { example in
            var visitor = Histogram(example: example)
            return try example.inputs[0].visitReal(&visitor)
        },
        "histogram_auto": { example in
            var visitor = Histogram(example: example)
            return try example.inputs[0].visitReal(&visitor)
        },
        "histogram_edges": { example in
            var visitor = Histogram(example: example)
            return try example.inputs[0].visitReal(&visitor)
        },
        "histogramdd": { example in
            let points = try example.inputs.map { try $0.typed(as: Double.self) }
            let (sums, edges) = try NDArray.histogram(
                of: points, bins: example.ints("bins").map { .count($0) },
                in: example.parameters["range"].isNull ? nil : points.map { _ in -8...8 })
            return [AnyNDArray(sums)] + edges.map { AnyNDArray($0) }
        },
        "bincount": { example in
            let least = example.int("least")
            if example.inputs.count == 2 {
                return [
                    AnyNDArray(try indices(example).binSums(weights: doubles(example, 1), minimumLength: least))
                ]
            }
            return [AnyNDArray(try indices(example).binCounts(minimumLength: least))]
        },
    ]

    private struct Histogram: NDRealVisitor {
        let example: PropertyCase

        func visit<T: NDReal>(_ a: NDArray<T>) throws(NDArrayError) -> [AnyNDArray] {
            if example.operation == "histogram_edges" {
                return [AnyNDArray(try a.histogram(edges: example.inputs[1].typed(as: Int64.self)))]
            }
            let bounds = example.parameters["range"].items.compactMap(\.double)
            let range = bounds.isEmpty ? nil : bounds[0]...bounds[1]
            let rules: [String: HistogramBins] = [
                "auto": .auto, "fd": .freedmanDiaconis, "scott": .scott, "rice": .rice, "sturges": .sturges,
                "doane": .doane, "sqrt": .squareRoot,
            ]
            let bins = rules[example.text("rule")] ?? .count(example.int("bins"))
            switch example.text("style") {
            case "weights":
                let (sums, edges) = try a.histogram(bins: bins, in: range, weights: example.inputs[1].typed())
                return [AnyNDArray(sums), AnyNDArray(edges)]
            case "density":
                let (density, edges) = try a.histogramDensity(bins: bins, in: range)
                return [AnyNDArray(density), AnyNDArray(edges)]
            default:
                let (counts, edges) = try a.histogram(bins: bins, in: range)
                return [AnyNDArray(counts), AnyNDArray(edges)]
            }
        }
    }
}
