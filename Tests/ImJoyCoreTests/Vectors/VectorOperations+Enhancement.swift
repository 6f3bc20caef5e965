internal import ImJoyCore
internal import ImJoyTestSupport

extension VectorOperations {
    /// Functions of scikit-image that make images clearer, change their colours and compare them.
    static let enhancement: [String: Operation] = [
        "filters.gaussian": { example in
            let sigmas = numbers(example, "sigma")
            return try enhanced(example, .gaussian(sigmas: sigmas.isEmpty ? [1] : sigmas))
        },
        "filters.difference_of_gaussians": { example in
            try enhanced(
                example,
                .difference(lows: numbers(example, "low_sigma"), highs: numbers(example, "high_sigma")))
        },
        "filters.unsharp_mask": { example in
            try enhanced(
                example,
                .unsharp(radius: number(example, "radius") ?? 1, amount: number(example, "amount") ?? 1))
        },
        "filters.sobel": { try enhanced($0, .edges(.sobel)) },
        "filters.scharr": { try enhanced($0, .edges(.scharr)) },
        "filters.prewitt": { try enhanced($0, .edges(.prewitt)) },
        "filters.farid": { try enhanced($0, .edges(.farid)) },
        "filters.roberts": { try enhanced($0, .roberts) },
        "exposure.equalize_hist": { example in
            let mask = example.inputs.count > 1 ? try example.inputs[1].cast(to: Bool.self) : nil
            return try enhanced(example, .equalized(bins: number(example, "nbins").map { Int($0) } ?? 256, mask: mask))
        },
        "exposure.equalize_adapthist": { try enhanced($0, .adaptive) },
        "exposure.rescale_intensity": { try enhanced($0, .rescaled, keepsHalf: true) },
        "exposure.adjust_gamma": { try enhanced($0, .gamma, keepsHalf: true) },
        "exposure.adjust_log": { try enhanced($0, .log, keepsHalf: true) },
        "exposure.adjust_sigmoid": { try enhanced($0, .sigmoid, keepsHalf: true) },
        "exposure.match_histograms": { try enhanced($0, .matched) },
        "restoration.rolling_ball": { try enhanced($0, .ball, keepsHalf: true) },
        "restoration.denoise_bilateral": { try enhanced($0, .bilateral) },
        "restoration.denoise_nl_means": { try enhanced($0, .patches) },
        "restoration.denoise_tv_chambolle": { try enhanced($0, .variation) },
        "util.img_as_float": { try enhanced($0, .unit, keepsHalf: true) },
        "color.rgb2gray": { try enhanced($0, .gray) },
        "color.gray2rgb": { try enhanced($0, .grayToRGB, keepsHalf: true) },
        "color.rgba2rgb": { try enhanced($0, .flattened) },
        "color.convert": { example in
            let spaces = example.python.split { !($0.isLetter || $0 == "2") }.first { $0.contains("2") }
            let names = (spaces ?? "").split(separator: "2").map { space($0) }
            guard let source = names.first ?? nil, let target = names.last ?? nil else {
                throw NDArrayError(.outOfBounds, "no colours in \(example.python)")
            }
            return try enhanced(example, .converted(source, target))
        },
        "metrics.mean_squared_error": { try enhanced($0, .squaredError) },
        "metrics.normalized_root_mse": { try enhanced($0, .rootError) },
        "metrics.peak_signal_noise_ratio": { try enhanced($0, .peakRatio) },
        "metrics.structural_similarity": { try enhanced($0, .similarity) },
        "registration.phase_cross_correlation": { try enhanced($0, .phase) },
    ]

    private static func space(_ name: Substring) -> ColourSpace? {
        let names: [Substring: ColourSpace] = [
            "rgb": .rgb, "hsv": .hsv, "xyz": .xyz, "lab": .lab, "rgbcie": .rgbCIE, "yuv": .yuv, "yiq": .yiq,
            "ypbpr": .yPbPr, "ycbcr": .yCbCr, "ydbdr": .yDbDr, "hed": .hed,
        ]
        return names[name]
    }

    /// What a parameter is called with: from the data, or from the expression.
    fileprivate static func text(_ example: VectorCase, _ name: String) -> String? {
        guard let start = example.python.ranges(of: name + "=").last?.upperBound else { return nil }
        var depth = 0
        return String(
            example.python[start...].prefix { character in
                if "([".contains(character) { depth += 1 }
                if ")]".contains(character) { depth -= 1 }
                return depth >= 0 && (depth > 0 || character != ",")
            })
    }

    fileprivate static func number(_ example: VectorCase, _ name: String) -> Double? {
        example.parameters[name].double ?? text(example, name).flatMap { Double($0) }
    }

    /// One number or several.
    fileprivate static func numbers(_ example: VectorCase, _ name: String) -> [Double] {
        if let one = number(example, name) { return [one] }
        let all = example.parameters[name].items.compactMap(\.double)
        if !all.isEmpty { return all }
        return (text(example, name) ?? "").split { "()[], ".contains($0) }.compactMap { Double($0) }
    }

    private static func enhanced(
        _ example: VectorCase, _ operation: EnhancementRun.Operation, keepsHalf: Bool = false
    ) throws -> Answer {
        var run = EnhancementRun(operation: operation, example: example)
        var input = example.inputs[0]
        if input.dtype == .bool { input = try input.cast(to: DType.float64) }
        // The logarithm of light is computed in double precision there.
        if example.python.contains("rgb2hed"), input.dtype.isFloatingPoint { input = try input.cast(to: DType.float64) }
        if input.dtype == .float16, !keepsHalf { input = try input.cast(to: DType.float32) }
        let result = try input.visitReal(&run)
        return run.others.isEmpty ? .array(result) : .list([result] + run.others)
    }
}

/// A function for an array of any type.
private struct EnhancementRun: NDRealVisitor {
    enum Operation {
        case gaussian(sigmas: [Double])
        case difference(lows: [Double], highs: [Double])
        case unsharp(radius: Double, amount: Double)
        case edges(EdgeFilter)
        case equalized(bins: Int, mask: NDArray<Bool>?)
        case converted(ColourSpace, ColourSpace)
        case roberts, adaptive, rescaled, gamma, log, sigmoid, matched, ball, bilateral, patches, variation, unit, gray
        case grayToRGB, flattened, squaredError, rootError, peakRatio, similarity, phase
    }
    var operation: Operation
    var example: VectorCase
    /// Further results.
    var others: [AnyNDArray] = []

    private func number(_ name: String) -> Double? { VectorOperations.number(example, name) }
    private func int(_ name: String) -> Int? { number(name).flatMap { Int(exactly: $0) } }
    private func has(_ name: String) -> Bool { VectorOperations.text(example, name) == "True" }
    private var channelAxis: Int? { int("channel_axis") }
    private var scale: IntensityScale { has("preserve_range") ? .kept : .unit }
    private var word: (String) -> String? {
        { name in VectorOperations.text(example, name)?.filter { $0 != "'" } }
    }
    private var boundary: BoundaryMode? {
        switch word("mode") ?? example.parameters["mode"].text {
        case "reflect": .reflect
        case "mirror": .mirror
        case "nearest": .nearest
        case "wrap": .wrap
        case "constant": .constant(number("cval") ?? 0)
        default: nil
        }
    }
    /// The same where modes have the names that NumPy gives them.
    private var padding: BoundaryMode? {
        switch word("mode") ?? example.parameters["mode"].text {
        case "reflect": .mirror
        case "symmetric": .reflect
        case "edge": .nearest
        default: boundary
        }
    }

    mutating func visit<T: NDReal>(_ array: NDArray<T>) throws(NDArrayError) -> AnyNDArray {
        switch operation {
        case .matched, .squaredError, .rootError, .peakRatio, .similarity, .phase: return try compared(array)
        case .bilateral, .patches, .variation, .ball: return try cleaned(array)
        case .rescaled: return try rescaled(array)
        default: return try enhanced(array)
        }
    }

    private func enhanced<T: NDReal>(_ array: NDArray<T>) throws(NDArrayError) -> AnyNDArray {
        switch operation {
        case .gaussian(let sigmas):
            let axes = channelAxis == nil ? array.rank : array.rank - 1
            return AnyNDArray(
                try array.gaussianBlurred(
                    sigmas: sigmas.count == 1 ? Array(repeating: sigmas[0], count: axes) : sigmas,
                    boundary: boundary ?? .nearest, truncate: number("truncate") ?? 4, scale: scale,
                    channelAxis: channelAxis))
        case .difference(let lows, let highs):
            let axes = channelAxis == nil ? array.rank : array.rank - 1
            func spread(_ sigmas: [Double]) -> [Double] {
                sigmas.count == 1 ? Array(repeating: sigmas[0], count: axes) : sigmas
            }
            return AnyNDArray(
                try array.differenceOfGaussians(
                    lows: spread(lows), highs: highs.isEmpty ? nil : spread(highs), boundary: boundary ?? .nearest,
                    channelAxis: channelAxis))
        case .unsharp(let radius, let amount):
            return AnyNDArray(
                try array.unsharpMasked(radius: radius, amount: amount, scale: scale, channelAxis: channelAxis))
        case .edges(let filter):
            let mask = example.inputs.count > 1 ? try example.inputs[1].cast(to: Bool.self) : nil
            return AnyNDArray(
                try array.edges(
                    filter, along: int("axis").map { [$0] }, mask: mask, boundary: boundary ?? .reflect))
        case .roberts: return AnyNDArray(try array.robertsEdges())
        case .equalized(let bins, let mask): return AnyNDArray(try array.histogramEqualized(bins: bins, mask: mask))
        case .adaptive:
            let sizes = VectorOperations.numbers(example, "kernel_size").map { Int($0) }
            let isColour = array.rank == 3 && [3, 4].contains(array.shape[2])
            let axes = isColour ? 2 : array.rank
            return AnyNDArray(
                try array.adaptivelyEqualized(
                    kernelSize: sizes.isEmpty
                        ? nil : sizes.count == 1 ? Array(repeating: sizes[0], count: axes) : sizes,
                    clipLimit: number("clip_limit") ?? 0.01, bins: int("nbins") ?? 256,
                    channelAxis: isColour ? -1 : nil))
        case .gamma:
            return AnyNDArray(try array.gammaAdjusted(number("gamma") ?? 1, gain: number("gain") ?? 1))
        case .log: return AnyNDArray(try array.logAdjusted(gain: number("gain") ?? 1, isInverse: has("inv")))
        case .sigmoid:
            return AnyNDArray(
                try array.sigmoidAdjusted(
                    cutoff: number("cutoff") ?? 0.5, gain: number("gain") ?? 10, isInverse: has("inv")))
        case .unit: return AnyNDArray(try array.scaledToUnitRange())
        case .gray: return AnyNDArray(try array.rgbToGray())
        case .grayToRGB: return AnyNDArray(try array.grayToRGB())
        case .flattened: return AnyNDArray(try array.rgbaToRGB())
        case .converted(let source, let target): return AnyNDArray(try array.converted(from: source, to: target))
        default: throw NDArrayError(.outOfBounds, "no such operation")
        }
    }

    private func rescaled<T: NDReal>(_ array: NDArray<T>) throws(NDArrayError) -> AnyNDArray {
        func range(_ name: String, _ other: IntensityRange) -> IntensityRange {
            let two = VectorOperations.numbers(example, name)
            if two.count == 2 { return .limits(two[0], two[1]) }
            switch word(name) ?? example.parameters[name].text {
            case "image": return .image
            case "dtype": return .type
            case "uint10": return .bits(10)
            case "uint12": return .bits(12)
            case "float": return .of(.float64)
            case let name?: return DType(rawValue: name).map { .of($0) } ?? other
            default: return other
            }
        }
        let (source, target) = (range("in_range", .image), range("out_range", .type))
        switch target {
        case .image, .type: return AnyNDArray(try array.intensityRescaled(from: source, to: target))
        case .limits:
            if T.dtype == .float16 {
                return AnyNDArray(try array.intensityRescaled(from: source, to: target, as: Float.self))
            }
            return AnyNDArray(try array.intensityRescaled(from: source, to: target, as: T.Mean.self))
        case .of(.uint8): return AnyNDArray(try array.intensityRescaled(from: source, to: target, as: UInt8.self))
        case .of(.float64): return AnyNDArray(try array.intensityRescaled(from: source, to: target, as: Double.self))
        default: return AnyNDArray(try array.intensityRescaled(from: source, to: target, as: UInt16.self))
        }
    }

    private func cleaned<T: NDReal>(_ array: NDArray<T>) throws(NDArrayError) -> AnyNDArray {
        switch operation {
        case .ball:
            if example.inputs.count > 1 {
                return AnyNDArray(
                    try array.rollingBallBackground(
                        kernel: example.inputs[1].cast(to: Double.self), spreadsNaN: has("nansafe")))
            }
            return AnyNDArray(
                try array.rollingBallBackground(radius: number("radius") ?? 100, spreadsNaN: has("nansafe")))
        case .bilateral:
            return AnyNDArray(
                try array.bilateralDenoised(
                    windowSize: int("win_size"), colourSigma: number("sigma_color"),
                    spatialSigma: number("sigma_spatial") ?? 1, bins: int("bins") ?? 10000,
                    boundary: padding ?? .constant(number("cval") ?? 0), channelAxis: channelAxis))
        case .patches:
            return AnyNDArray(
                try array.nonLocalMeansDenoised(
                    patchSize: int("patch_size") ?? 7, patchDistance: int("patch_distance") ?? 11,
                    cutoff: number("h") ?? 0.1, noise: number("sigma") ?? 0, scale: scale, channelAxis: channelAxis))
        default:
            return AnyNDArray(
                try array.totalVariationDenoised(
                    weight: number("weight") ?? 0.1, tolerance: number("eps") ?? 2e-4,
                    maximumIterations: int("max_num_iter") ?? 200, channelAxis: channelAxis))
        }
    }

    private mutating func compared<T: NDReal>(_ array: NDArray<T>) throws(NDArrayError) -> AnyNDArray {
        let other = try example.inputs[1].cast(to: T.self)
        func single(_ value: Double) -> AnyNDArray { AnyNDArray(NDArray(scalar: value)) }
        switch operation {
        case .matched:
            if let channelAxis { return AnyNDArray(try array.histogramMatched(to: other, channelAxis: channelAxis)) }
            return AnyNDArray(try array.histogramMatched(to: other))
        case .squaredError: return single(try array.meanSquaredError(to: other))
        case .rootError:
            let rules: [String: ErrorNormalization] = ["min-max": .minMax, "mean": .mean]
            return single(
                try array.normalizedRootMeanSquaredError(
                    to: other, normalization: rules[word("normalization") ?? ""] ?? .euclidean))
        case .peakRatio:
            return single(try array.peakSignalToNoiseRatio(to: other, dataRange: number("data_range")))
        case .similarity:
            let window: StructuralSimilarity.Window =
                has("gaussian_weights") ? .gaussian(sigma: number("sigma") ?? 1.5) : .box(int("win_size") ?? 7)
            let (mean, map) = try array.structuralSimilarityMap(
                to: other,
                StructuralSimilarity(
                    window: window, dataRange: number("data_range"),
                    usesSampleCovariance: word("use_sample_covariance") != "False"), channelAxis: channelAxis)
            if has("full") { others = [AnyNDArray(map)] }
            return single(mean)
        default:
            let found = try array.phaseCorrelation(
                with: other, upsampling: int("upsample_factor") ?? 1,
                normalization: word("normalization") == "None" ? .none : .phase)
            others = [single(found.error), single(found.phaseDifference)]
            return AnyNDArray(NDArray<Double>(found.shift))
        }
    }
}
