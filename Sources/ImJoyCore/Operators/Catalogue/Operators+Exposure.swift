extension ImageOperator {
    static let exposure: [ImageOperator] = [
        ImageOperator(
            "rescale_intensity", "Stretches brightness from one range to another; what lies outside is cut off.",
            .exposure,
            like: "skimage.exposure.rescale_intensity",
            [
                .init(
                    "in_range", .numbers, .null, "[low, high] of the image; its smallest and greatest pixel without it"),
                .init("out_range", .numbers, .null, "[low, high] of the result; the range of the type without it"),
                .channelAxes,
            ]
        ) { call in
            func range(_ key: String, _ other: IntensityRange) throws -> IntensityRange {
                guard call.isGiven(key) else { return other }
                let ends = try call.numbers(key, 2)
                return .limits(ends[0], ends[1])
            }
            let (source, target) = (try range("in_range", .image), try range("out_range", .type))
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                AnyNDArray(try plane.array.intensityRescaled(from: source, to: target))
            }
            return try call.eachPlane(.channel) { try work($0.realPlane()) }
        },
        ImageOperator(
            "normalize", "Brings each channel into 0...1, in floats of 32 bits.", .exposure,
            [
                .init("low", .number, 0, "the percentile that becomes 0", in: 0...100),
                .init("high", .number, 100, "the percentile that becomes 1", in: 0...100), .channelAxes,
            ]
        ) { call in
            try call.eachPlane(.channel) { plane in
                guard plane.count > 0 else { return try plane.cast(to: .float32) }
                let ends = try plane.percentiles([call.number("low"), call.number("high")]).cast(to: Double.self)
                    .elements
                return AnyNDArray(
                    try plane.cast(to: Float.self).intensityRescaled(from: .limits(ends[0], ends[1]), to: .limits(0, 1))
                )
            }
        },
        ImageOperator(
            "equalize_hist", "Spreads brightness so that all shades are as frequent, 0...1.", .exposure,
            like: "skimage.exposure.equalize_hist",
            [
                .init(
                    "nbins", .integer, 256, "how many steps of brightness are told apart in floats", in: 2...16_777_216),
                .channelAxes,
            ]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                AnyNDArray(try plane.array.histogramEqualized(bins: call.integer("nbins")))
            }
            return try call.eachPlane(.channel) { try work($0.realPlane()) }
        },
        ImageOperator(
            "equalize_adapthist", "Raises contrast piece by piece and not beyond a limit (CLAHE), 0...1.", .exposure,
            like: "skimage.exposure.equalize_adapthist",
            [
                .init(
                    "kernel_size", .integers, .null, "the size of the pieces; an eighth of the image without it",
                    in: 1...1e6, unit: "pixels"),
                .init("clip_limit", .number, 0.01, "how large a part of a piece may have one shade", in: 0...1),
                .init("nbins", .integer, 256, "how many shades are counted", in: 2...65536), .axes(),
            ]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                AnyNDArray(
                    try plane.array.adaptivelyEqualized(
                        kernelSize: call.isGiven("kernel_size") ? call.integers("kernel_size", plane.array.rank) : nil,
                        clipLimit: call.number("clip_limit"), bins: call.integer("nbins")))
            }
            return try call.eachPlane { try work($0.realPlane()) }
        },
        tone(
            "adjust_gamma", "Raises brightness to a power; the range of the type is 0...1 for this.",
            [
                .init("gamma", .number, 1, "the power", in: 0...1e3),
                .init("gain", .number, 1, "what the result is multiplied by"),
            ]),
        tone(
            "adjust_log", "The logarithm of brightness, or its inverse.",
            [
                .init("gain", .number, 1, "what the result is multiplied by"),
                .init("inv", .boolean, false, "whether to invert it"),
            ]),
        tone(
            "adjust_sigmoid", "An S-shaped curve of brightness.",
            [
                .init("cutoff", .number, 0.5, "where its middle is, in the range of the type"),
                .init("gain", .number, 10, "how steep it is"), .init("inv", .boolean, false, "whether to fall instead"),
            ]),
        ImageOperator(
            "match_histograms", "Gives each channel the frequencies of another image's.", .exposure,
            like: "skimage.exposure.match_histograms",
            [.reference("reference", "the other image, of the same shape"), .channelAxes]
        ) { call in
            func work(_ plane: some RealPlane, _ reference: AnyNDArray) throws -> AnyNDArray {
                try call.matched(plane.array, reference)
            }
            let reference = try call.required("reference")
            return try call.eachPlane(.channel, with: [reference]) { try work($0.realPlane(), $1[0] ?? $0) }
        },
        ImageOperator(
            "unsharp_mask", "Sharpens by adding what a Gaussian takes away; integers become 0...1.", .exposure,
            like: "skimage.filters.unsharp_mask",
            [
                .init("radius", .numbers, 1, "the standard deviation", in: 0...1e4, unit: "pixels"),
                .init("amount", .number, 1, "how much of it"), .axes(),
            ]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                AnyNDArray(
                    try plane.array.unsharpMasked(
                        radii: call.numbers("radius", plane.array.rank), amount: call.number("amount")))
            }
            return try call.eachPlane { try work($0.realPlane()) }
        },
    ]

    private static func tone(_ name: String, _ summary: String, _ parameters: [OperatorParameter]) -> ImageOperator {
        ImageOperator(name, summary, .exposure, like: "skimage.exposure.\(name)", parameters) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                let (array, gain, inverse) = (plane.array, call.number("gain"), call.isTrue("inv"))
                switch name {
                case "adjust_gamma": return AnyNDArray(try array.gammaAdjusted(call.number("gamma"), gain: gain))
                case "adjust_log": return AnyNDArray(try array.logAdjusted(gain: gain, isInverse: inverse))
                default:
                    return AnyNDArray(
                        try array.sigmoidAdjusted(cutoff: call.number("cutoff"), gain: gain, isInverse: inverse))
                }
            }
            return .image(try call.image.replacing(work(call.image.pixels.realPlane())))
        }
    }
}

extension OperatorCall {
    fileprivate func matched<T: NDReal>(_ array: NDArray<T>, _ reference: AnyNDArray) throws -> AnyNDArray {
        AnyNDArray(try array.histogramMatched(to: reference.cast(to: T.self)))
    }
}
