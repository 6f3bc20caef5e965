internal import ImJoyCore
internal import ImJoyTestSupport

extension VectorOperations {
    /// Interpolations of `scipy.ndimage`, and what scikit-image makes of them.
    static let geometry: [String: Operation] = [
        "ndimage.map_coordinates": { try transformed($0, .points($0.inputs[1].cast(to: .float64).typed())) },
        "ndimage.affine_transform": { example in
            try transformed(
                example,
                .affine(
                    example.inputs[1].cast(to: .float64).typed(), numbers(example.parameters["offset"]) ?? [],
                    integers(example.parameters["output_shape"])))
        },
        "ndimage.shift": { try transformed($0, .shift(numbers($0.parameters["shift"]) ?? [])) },
        "ndimage.zoom": { example in
            let isGrid = example.parameters["grid_mode"] == .bool(true)
            return try transformed(
                example, .zoom(numbers(example.parameters["zoom"]) ?? [], isGrid ? .edges : .centers))
        },
        "ndimage.rotate": { example in
            let axes = integers(example.parameters["axes"]) ?? [1, 0]
            return try transformed(
                example,
                .rotation(
                    example.parameters["angle"].double ?? 0, (axes[0], axes[1]),
                    example.parameters["reshape"] != .bool(false)))
        },
        "transform.resize": { example in
            try resized(
                example,
                .resize(integers(example.parameters["shape"]) ?? integers(example.parameters["output_shape"]) ?? []))
        },
        "transform.rescale": { example in
            try resized(example, .rescale(numbers(example.parameters["scale"]) ?? []))
        },
        "transform.downscale_local_mean": { example in
            try reduced(example, integers(example.parameters["factors"]) ?? [], "mean")
        },
        "measure.block_reduce": { example in
            let sizes = integers(example.parameters["block"]) ?? integers(example.parameters["block_size"]) ?? []
            return try reduced(example, sizes, example.parameters["func"].text ?? "sum")
        },
        "transform.pyramid_reduce": { try resized($0, .reduce($0.parameters["downscale"].double ?? 2)) },
        "transform.pyramid_expand": { try resized($0, .expand($0.parameters["upscale"].double ?? 2)) },
    ]

    private static func numbers(_ json: ExactJSON) -> [Double]? {
        if let one = json.double { return [one] }
        return json.isNull ? nil : json.items.compactMap(\.double)
    }

    private static func integers(_ json: ExactJSON) -> [Int]? {
        if let one = json.int { return [one] }
        return json.isNull ? nil : json.items.compactMap(\.int)
    }

    private static func transformed(_ example: VectorCase, _ kind: GeometryRun.Kind) throws -> Answer {
        var run = GeometryRun(kind: kind, parameters: example.parameters)
        return .array(try example.inputs[0].visitReal(&run))
    }

    /// scikit-image computes with floats, of 0 to 1 for integers unless their range is preserved.
    private static func resized(_ example: VectorCase, _ kind: GeometryRun.Kind) throws -> Answer {
        var array = example.inputs[0]
        let preserves = example.python.contains("preserve_range=True")
        if array.dtype == .float16 { array = try array.cast(to: .float32) }
        if array.dtype.isInteger, example.parameters["order"].int != 0 {
            let most: [DType: Double] = [
                .uint8: 255, .uint16: 65535, .uint32: 4_294_967_295, .int8: 127, .int16: 32767, .int32: 2_147_483_647,
            ]
            let floats: NDArray<Double> = try array.cast(to: .float64).typed()
            array = AnyNDArray(preserves ? floats : floats / (most[array.dtype] ?? 1))
        }
        var run = GeometryRun(kind: kind, parameters: example.parameters)
        return .array(try array.visitReal(&run))
    }

    private static func reduced(_ example: VectorCase, _ sizes: [Int], _ function: String) throws -> Answer {
        var run = BlockRun(sizes: sizes, function: function, padding: example.parameters["cval"].double ?? 0)
        return .array(try example.inputs[0].visitReal(&run))
    }

    static func interpolationMode(_ parameters: ExactJSON) -> InterpolationMode {
        let value = parameters["cval"].double ?? 0
        return switch parameters["mode"].text {
        case "reflect", "grid-mirror": .reflect
        case "mirror": .mirror
        case "nearest": .nearest
        case "wrap": .wrap
        case "grid-wrap": .gridWrap
        case "grid-constant": .gridConstant(value)
        default: .constant(value)
        }
    }
}

/// A transform of an array of any type.
private struct GeometryRun: NDRealVisitor {
    enum Kind {
        case points(NDArray<Double>)
        case affine(NDArray<Double>, [Double], [Int]?)
        case shift([Double])
        case zoom([Double], ZoomAlignment)
        case rotation(Double, (Int, Int), Bool)
        case resize([Int])
        case rescale([Double])
        case reduce(Double)
        case expand(Double)
    }
    var kind: Kind
    var parameters: ExactJSON

    func visit<T: NDReal>(_ array: NDArray<T>) throws(NDArrayError) -> AnyNDArray { AnyNDArray(try run(array)) }

    private func run<T: NDReal>(_ array: NDArray<T>) throws(NDArrayError) -> NDArray<T> {
        let mode = VectorOperations.interpolationMode(parameters)
        let order = parameters["order"].int
        let filters = parameters["prefilter"] != .bool(false)
        let spline = order ?? 3
        switch kind {
        case .points(let points):
            return try array.sampled(at: points, order: spline, mode: mode, prefilters: filters)
        case .affine(let matrix, let offset, let shape):
            return try array.affineTransformed(
                by: matrix, offset: offset, shape: shape, order: spline, mode: mode, prefilters: filters)
        case .shift(let distances):
            return try array.shifted(by: distances, order: spline, mode: mode, prefilters: filters)
        case .zoom(let factors, let alignment):
            return try array.zoomed(
                by: factors, order: spline, mode: mode, aligning: alignment, prefilters: filters)
        case .rotation(let degrees, let axes, let reshapes):
            return try array.rotated(
                degrees: degrees, axes: axes, reshapes: reshapes, order: spline, mode: mode, prefilters: filters)
        case .resize(let shape):
            return try array.resampled(
                to: shape, order: order ?? 1, boundary: boundary, antialiasing: antialiasing, clips: clips)
        case .rescale(let factors):
            return try array.rescaled(
                by: factors, order: order ?? 1, boundary: boundary, antialiasing: antialiasing, clips: clips)
        case .reduce(let factor):
            return try pyramid(array) { (image) throws(NDArrayError) in
                try image.pyramidReduced(by: factor, sigma: parameters["sigma"].double, order: order ?? 1)
            }
        case .expand(let factor):
            return try pyramid(array) { (image) throws(NDArrayError) in
                try image.pyramidExpanded(by: factor, sigma: parameters["sigma"].double, order: order ?? 1)
            }
        }
    }

    private func pyramid<T: NDReal>(
        _ array: NDArray<T>, _ body: (NDArray<Double>) throws(NDArrayError) -> NDArray<Double>
    ) throws(NDArrayError) -> NDArray<T> {
        try body(array.cast(to: Double.self)).cast(to: T.self)
    }

    private var clips: Bool { parameters["clip"] != .bool(false) }

    private var antialiasing: Antialiasing {
        if parameters["anti_aliasing"] == .bool(false) { return .none }
        let sigma = parameters["anti_aliasing_sigma"]
        if sigma.isNull { return parameters["anti_aliasing"] == .bool(true) ? .always : .automatic }
        return .sigmas(sigma.double.map { [$0] } ?? sigma.items.compactMap(\.double))
    }

    private var boundary: BoundaryMode {
        switch parameters["mode"].text {
        case "symmetric": .reflect
        case "edge": .nearest
        case "wrap": .wrap
        case "constant": .constant(parameters["cval"].double ?? 0)
        default: .mirror
        }
    }
}

/// Blocks of an array of any type.
private struct BlockRun: NDRealVisitor {
    var sizes: [Int]
    var function: String
    var padding: Double

    func visit<T: NDReal>(_ array: NDArray<T>) throws(NDArrayError) -> AnyNDArray {
        let value = T(casting: padding, overflow: .wrap)
        return switch function.split(separator: ".").last {
        case "mean": AnyNDArray(try array.blockMean(of: sizes, padding: value))
        case "median": AnyNDArray(try array.blockMedian(of: sizes, padding: value))
        case "max": AnyNDArray(try array.blockMax(of: sizes, padding: value))
        case "min": AnyNDArray(try array.blockMin(of: sizes, padding: value))
        default: AnyNDArray(try array.blockSum(of: sizes, padding: value))
        }
    }
}
