internal import ImJoyCore
internal import ImJoyTestSupport

extension VectorOperations {
    /// Operations that compare elements: percentiles, histograms, sorting and sets.
    static let order: [String: Operation] = [
        "percentile": { example in
            let percents = example.parameters["q"]
            let method = example.parameters["method"].text.flatMap(PercentileMethod.init(rawValue:)) ?? .linear
            let all = try example.inputs[0].percentiles(
                percents.double.map { [$0] } ?? percents.items.compactMap(\.double), along: example.axes,
                keepingAxes: example.keepsAxes, method: method)
            return .array(percents.double == nil ? all : all[0])
        },
        "median": { .array(try $0.inputs[0].median(along: $0.axes)) },
        "histogram2d": { example in
            let bins = example.parameters["bins"].items.compactMap(\.int).map { HistogramBins.count($0) }
            let (sums, edges) = try NDArray.histogram(of: [doubles(example), doubles(example, 1)], bins: bins)
            return .list([AnyNDArray(sums)] + edges.map { AnyNDArray($0) })
        },
        "sort": { .array(try $0.inputs[0].sorted(along: $0.axes?.first ?? -1)) },
        "argsort": { Answer(try $0.inputs[0].argSort(along: $0.axes?.first ?? -1)) },
        "isin": { Answer(try $0.inputs[0].isIn($0.inputs[1])) },
        "setdiff1d": { .array(try $0.inputs[0].setDifference($0.inputs[1])) },
        "interp": { Answer(try doubles($0).interpolated(points: doubles($0, 1), values: doubles($0, 2))) },
        "corrcoef": { Answer(try doubles($0).correlation()) },
    ]

    static let orderExpressions: [String: Operation] = [
        "np.histogram(a0,bins=5)": { example in
            let (counts, edges) = try int64(example).histogram(bins: 5)
            return .list([AnyNDArray(counts), AnyNDArray(edges)])
        },
        "np.histogram(a0,bins=4,range=(0,1))": { example in
            let (counts, edges) = try doubles(example).histogram(bins: 4, in: 0...1)
            return .list([AnyNDArray(counts), AnyNDArray(edges)])
        },
        "np.histogram(a0,bins=[0,1,3,6])": { example in
            let edges: NDArray<Int64> = [0, 1, 3, 6]
            return .list([AnyNDArray(try doubles(example).histogram(edges: edges)), AnyNDArray(edges)])
        },
        "np.histogram(a0,bins=3,density=True)": { example in
            let (density, edges) = try doubles(example).histogramDensity(bins: 3)
            return .list([AnyNDArray(density), AnyNDArray(edges)])
        },
        "np.bincount(a0,minlength=6)": { Answer(try int64($0).binCounts(minimumLength: 6)) },
        "np.bincount(a0,weights=a1)": { Answer(try int64($0).binSums(weights: doubles($0, 1))) },
        "np.partition(a0,3)[3]": { .array(try $0.inputs[0].partitioned(at: [3])[3]) },
        "np.unique(a0)": { .array($0.inputs[0].unique()) },
        "np.unique(a0,return_index=True,return_inverse=True,return_counts=True)": { example in
            let all = example.inputs[0].uniqueAll()
            return .list([
                all.values, AnyNDArray(all.indices), AnyNDArray(all.inverse), AnyNDArray(all.counts),
            ])
        },
    ]
}
