extension ImageOperator {
    private static let globalMethods = ["otsu", "li", "yen", "triangle", "isodata", "minimum", "mean"]

    static let thresholds: [ImageOperator] = [
        ImageOperator(
            "threshold", "True where pixels are above a threshold that is found in the image.", .thresholds,
            gives: .mask,
            like: "skimage.filters.threshold_otsu and others",
            [
                .init("method", .choice(globalMethods), "otsu", "how the threshold is found"), .bins, .channelAxes,
            ]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                try AnyNDArray(plane.array).isAbove(call.threshold(plane.array))
            }
            return try call.eachPlane(.channel) { plane in
                plane.count == 0 ? AnyNDArray(NDArray<Bool>(zeros: plane.shape)) : try work(plane.realPlane())
            }
        },
        ImageOperator(
            "threshold_value", "The threshold of each channel, as a table.", .thresholds, gives: .table,
            like: "skimage.filters.threshold_otsu and others",
            [.init("method", .choice(globalMethods), "otsu", "how the threshold is found"), .bins]
        ) { call in
            func work(_ plane: some RealPlane) throws -> [[Double]] { [[try call.threshold(plane.array)]] }
            return try call.eachTable(.channel, columns: ["threshold"]) { plane, _ in try work(plane.realPlane()) }
        },
        ImageOperator(
            "greater", "True where pixels are greater than a value.", .thresholds, gives: .mask,
            [.init("value", .number, nil, "the value")]
        ) { call in .image(try call.image.replacing(call.image.pixels.isAbove(call.number("value")))) },
        ImageOperator(
            "less", "True where pixels are less than a value.", .thresholds, gives: .mask,
            [.init("value", .number, nil, "the value")]
        ) { call in
            .image(try call.image.replacing(AnyNDArray(call.image.pixels.isLess(call.number("value")))))
        },
        ImageOperator(
            "threshold_local", "True where pixels are above the mean or median of their surroundings.", .thresholds,
            gives: .mask, like: "image > skimage.filters.threshold_local(image)",
            [
                .init(
                    "block_size", .integers, 35, "the width of the surroundings, an odd number", in: 1...4095,
                    unit: "pixels"),
                .init("method", .choice(["gaussian", "mean", "median"]), "gaussian", "how surroundings are weighed"),
                .init("offset", .number, 0, "what is taken from the threshold"), .mode("reflect"), .cval, .axes(),
            ]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                let method: LocalThreshold =
                    switch call.word("method") {
                    case "mean": .mean
                    case "median": .median
                    default: .gaussian()
                    }
                let limits = try plane.array.localThreshold(
                    method, blockSizes: call.integers("block_size", plane.array.rank), offset: call.number("offset"),
                    boundary: call.boundary)
                return AnyNDArray(try AnyNDArray(plane.array).isGreater(AnyNDArray(limits)))
            }
            return try call.eachPlane { try work($0.floatPlane()) }
        },
        ImageOperator(
            "threshold_niblack", "True where pixels are above the mean of their window less some of its spread.",
            .thresholds, gives: .mask, like: "image > skimage.filters.threshold_niblack(image)",
            [
                .init(
                    "window_size", .integers, 15, "the width of the window, an odd number", in: 1...4095, unit: "pixels"
                ),
                .init("k", .number, 0.2, "how much of the spread"), .axes(),
            ]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                let limits = try plane.array.niblackThreshold(
                    windowSizes: call.integers("window_size", plane.array.rank), k: call.number("k"))
                return AnyNDArray(try AnyNDArray(plane.array).isGreater(AnyNDArray(limits)))
            }
            return try call.eachPlane { try work($0.floatPlane()) }
        },
        ImageOperator(
            "threshold_sauvola", "True where pixels are above a threshold from the mean and spread of their window.",
            .thresholds, gives: .mask, like: "image > skimage.filters.threshold_sauvola(image)",
            [
                .init(
                    "window_size", .integers, 15, "the width of the window, an odd number", in: 1...4095, unit: "pixels"
                ),
                .init("k", .number, 0.2, "how much the spread counts"),
                .init("r", .number, .null, "the largest spread there can be; half the range of the type without it"),
                .axes(),
            ]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                let limits = try plane.array.sauvolaThreshold(
                    windowSizes: call.integers("window_size", plane.array.rank), k: call.number("k"),
                    range: call.optionalNumber("r"))
                return AnyNDArray(try AnyNDArray(plane.array).isGreater(AnyNDArray(limits)))
            }
            return try call.eachPlane { try work($0.realPlane()) }
        },
        ImageOperator(
            "threshold_multiotsu", "Sorts pixels into classes of brightness, numbered from 0.", .thresholds,
            gives: .labels,
            like: "numpy.digitize(image, skimage.filters.threshold_multiotsu(image))",
            [.init("classes", .integer, 3, "how many classes", in: 2...16), .bins, .channelAxes]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                let limits = try plane.array.multiOtsuThresholds(
                    classes: call.integer("classes"), bins: call.integer("bins"))
                var classes = NDArray<Int32>(zeros: plane.array.shape)
                for limit in limits {
                    // As numpy.digitize has it, a pixel on the border is in the upper class.
                    classes += try AnyNDArray(plane.array).isGreaterOrEqual(limit).cast(to: Int32.self)
                }
                return AnyNDArray(classes)
            }
            return try call.eachPlane(.channel) { try work($0.realPlane()) }
        },
        ImageOperator(
            "apply_hysteresis_threshold", "Parts above a low value that have a pixel above a high one.", .thresholds,
            gives: .mask, like: "skimage.filters.apply_hysteresis_threshold",
            [
                .init("low", .number, nil, "the lower value"), .init("high", .number, nil, "the higher value"),
                .axes(),
            ]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                AnyNDArray(
                    try plane.array.hysteresisThresholded(low: call.number("low"), high: call.number("high")))
            }
            return try call.eachPlane { try work($0.realPlane()) }
        },
    ]
}

extension OperatorCall {
    fileprivate func threshold<T: NDReal>(_ array: NDArray<T>) throws -> Double {
        let bins = integer("bins")
        switch word("method") {
        case "li": return try array.liThreshold()
        case "yen": return try array.yenThreshold(bins: bins)
        case "triangle": return try array.triangleThreshold(bins: bins)
        case "isodata": return try array.isodataThreshold(bins: bins)
        case "minimum": return try array.minimumThreshold(bins: bins)
        case "mean": return try array.meanThreshold()
        default: return try array.otsuThreshold(bins: bins)
        }
    }
}

extension AnyNDArray {
    /// Where the elements are greater; integers are compared as what they are, without a copy in floats.
    fileprivate func isAbove(_ value: Double) throws(NDArrayError) -> AnyNDArray {
        if dtype.isInteger, let whole = Int(exactly: value.rounded(.down)), let type = dtype.integerType,
            whole.fits(type)
        {
            return AnyNDArray(try isGreater(whole))
        }
        return AnyNDArray(try isGreater(value))
    }
}
