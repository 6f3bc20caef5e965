internal import ImJoyCore
internal import ImJoyTestSupport

extension VectorOperations {
    /// Filters of `scipy.ndimage`.
    static let filters: [String: Operation] = [
        "ndimage.gaussian_filter": { example in
            let sigma = example.parameters["sigma"]
            let all = sigma.double.map { Array(repeating: $0, count: example.inputs[0].rank) }
            return try filtered(
                example,
                .gaussian(
                    sigmas: all ?? sigma.items.compactMap(\.double),
                    orders: example.parameters["order"].items.compactMap(\.int),
                    truncate: example.parameters["truncate"].double ?? 4))
        },
        "ndimage.uniform_filter": { try filtered($0, .uniform(size: $0.parameters["size"].int ?? 0)) },
        "ndimage.median_filter": { try filtered($0, .median(window($0))) },
        "ndimage.maximum_filter": { try filtered($0, .maximum(window($0))) },
        "ndimage.minimum_filter": { try filtered($0, .minimum(window($0))) },
        "ndimage.percentile_filter": { example in
            try filtered(example, .percentile(example.parameters["percentile"].double ?? -1, window(example)))
        },
        "ndimage.correlate": { try filtered($0, .correlation($0.inputs[1].typed(as: Double.self))) },
        "ndimage.convolve": { try filtered($0, .convolution($0.inputs[1].typed(as: Double.self))) },
        "ndimage.sobel": { try filtered($0, .sobel(axis: $0.parameters["axis"].int ?? -1)) },
        "ndimage.prewitt": { try filtered($0, .prewitt(axis: $0.parameters["axis"].int ?? -1)) },
        "ndimage.laplace": { try filtered($0, .laplace) },
        "ndimage.gaussian_laplace": { try filtered($0, .gaussianLaplace(sigma: $0.parameters["sigma"].double ?? 0)) },
        "ndimage.spline_filter": { example in
            let degree = example.parameters["order"].int ?? -1
            return try Answer(example.inputs[0].typed(as: Double.self).splineFiltered(degree: degree))
        },
    ]

    /// The window of a filter: its size along all axes or each of them, or a footprint as the second input.
    private static func window(_ example: VectorCase) throws -> FilterWindowShape {
        if let size = example.parameters["size"].int { return .size(size) }
        let sizes = example.parameters["size"].items.compactMap(\.int)
        return sizes.isEmpty ? .footprint(try example.inputs[1].typed(as: Bool.self)) : .sizes(sizes)
    }

    /// What a filter makes of the first input, in its own type.
    private static func filtered(_ example: VectorCase, _ filter: FilterRun.Filter) throws -> Answer {
        let boundary: BoundaryMode
        switch example.parameters["mode"].text ?? "reflect" {
        case "mirror": boundary = .mirror
        case "nearest": boundary = .nearest
        case "wrap": boundary = .wrap
        case "constant": boundary = .constant(example.parameters["cval"].double ?? 0)
        default: boundary = .reflect
        }
        var run = FilterRun(filter: filter, boundary: boundary)
        return .array(try example.inputs[0].visitReal(&run))
    }
}

/// A filter for an array of any type.
private struct FilterRun: NDRealVisitor {
    enum Filter {
        case gaussian(sigmas: [Double], orders: [Int], truncate: Double)
        case uniform(size: Int)
        case median(FilterWindowShape)
        case maximum(FilterWindowShape)
        case minimum(FilterWindowShape)
        case percentile(Double, FilterWindowShape)
        case correlation(NDArray<Double>)
        case convolution(NDArray<Double>)
        case sobel(axis: Int)
        case prewitt(axis: Int)
        case laplace
        case gaussianLaplace(sigma: Double)
    }
    var filter: Filter
    var boundary: BoundaryMode

    func visit<T: NDReal>(_ array: NDArray<T>) throws(NDArrayError) -> AnyNDArray { AnyNDArray(try run(array)) }

    private func run<T: NDReal>(_ array: NDArray<T>) throws(NDArrayError) -> NDArray<T> {
        switch filter {
        case .gaussian(let sigmas, let orders, let truncate):
            try array.gaussianFiltered(sigmas: sigmas, orders: orders, truncate: truncate, boundary: boundary)
        case .uniform(let size): try array.uniformFiltered(size: size, boundary: boundary)
        case .median(let window): try array.medianFiltered(in: window, boundary: boundary)
        case .maximum(let window): try array.maximumFiltered(in: window, boundary: boundary)
        case .minimum(let window): try array.minimumFiltered(in: window, boundary: boundary)
        case .percentile(let percent, let window):
            try array.percentileFiltered(percent, in: window, boundary: boundary)
        case .correlation(let weights): try array.correlated(with: weights, boundary: boundary)
        case .convolution(let weights): try array.convolved(with: weights, boundary: boundary)
        case .sobel(let axis): try array.sobelFiltered(along: axis, boundary: boundary)
        case .prewitt(let axis): try array.prewittFiltered(along: axis, boundary: boundary)
        case .laplace: try array.laplaceFiltered(boundary: boundary)
        case .gaussianLaplace(let sigma): try array.gaussianLaplaceFiltered(sigma: sigma, boundary: boundary)
        }
    }
}
