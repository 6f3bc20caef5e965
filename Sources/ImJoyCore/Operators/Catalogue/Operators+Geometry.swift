extension ImageOperator {
    static let resampling: [ImageOperator] = [
        ImageOperator(
            "zoom", "Enlarges or shrinks with splines; the size of a pixel follows.", .geometry,
            like: "scipy.ndimage.zoom",
            [
                .init("factor", .numbers, nil, "how many times as large the result is", in: 1e-6...1e6), .order(3),
                .mode("constant"), .cval, .axes(),
            ]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                AnyNDArray(
                    try plane.array.zoomed(
                        by: call.numbers("factor", plane.array.rank), order: call.integer("order"),
                        mode: call.interpolation))
            }
            return try call.eachPlane { try call.keepingMask(work($0.realPlane()), $0) }
        },
        ImageOperator(
            "rescale", "Enlarges or shrinks, smoothing before it shrinks; the size of a pixel follows.", .geometry,
            like: "skimage.transform.rescale (preserve_range)",
            [
                .init("scale", .numbers, nil, "how many times as large the result is", in: 1e-6...1e6), .order(1),
                .init("anti_aliasing", .choice(["auto", "always", "none"]), "auto", "whether to smooth first"), .axes(),
            ]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                AnyNDArray(
                    try plane.array.rescaled(
                        by: call.numbers("scale", plane.array.rank), order: call.integer("order"),
                        antialiasing: call.antialiasing))
            }
            return try call.eachPlane { try call.keepingMask(work($0.realPlane()), $0) }
        },
        ImageOperator(
            "resize", "Resamples to a number of pixels, smoothing before it shrinks; the size of a pixel follows.",
            .geometry, like: "skimage.transform.resize (preserve_range)",
            [
                .init("shape", .integers, nil, "the length of each axis", in: 1...1e6, unit: "pixels"), .order(1),
                .init("anti_aliasing", .choice(["auto", "always", "none"]), "auto", "whether to smooth first"), .axes(),
            ]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                AnyNDArray(
                    try plane.array.resampled(
                        to: call.integers("shape", plane.array.rank), order: call.integer("order"),
                        antialiasing: call.antialiasing))
            }
            return try call.eachPlane { try call.keepingMask(work($0.realPlane()), $0) }
        },
        ImageOperator(
            "shift", "Moves the picture, also by parts of pixels.", .geometry, like: "scipy.ndimage.shift",
            [
                .init("shift", .numbers, nil, "how far along each axis", in: -1e6...1e6, unit: "pixels"), .order(3),
                .mode("constant"), .cval, .axes(),
            ]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                AnyNDArray(
                    try plane.array.shifted(
                        by: call.numbers("shift", plane.array.rank), order: call.integer("order"),
                        mode: call.interpolation))
            }
            return try call.eachPlane { try call.keepingMask(work($0.realPlane()), $0) }
        },
        ImageOperator(
            "rotate", "Turns the picture counter-clockwise.", .geometry, like: "scipy.ndimage.rotate",
            [
                .init("angle", .number, nil, "how far", in: -1e6...1e6, unit: "degrees"),
                .init("reshape", .boolean, true, "whether the result grows so that all corners are in it"), .order(3),
                .mode("constant"), .cval,
            ]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                AnyNDArray(
                    try plane.array.rotated(
                        degrees: call.number("angle"), reshapes: call.isTrue("reshape"), order: call.integer("order"),
                        mode: call.interpolation))
            }
            return try call.eachPlane(keepsSize: true) { try call.keepingMask(work($0.realPlane()), $0) }
        },
        ImageOperator(
            "affine_transform", "Takes each pixel from where a matrix and an offset say.", .geometry,
            like: "scipy.ndimage.affine_transform",
            [
                .init("matrix", .matrix, nil, "from places in the result to places in the image"),
                .init("offset", .numbers, 0, "what is added to them", unit: "pixels"), .order(3), .mode("constant"),
                .cval, .axes(),
            ]
        ) { call in
            let matrix = try call.matrix("matrix")
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                AnyNDArray(
                    try plane.array.affineTransformed(
                        by: matrix, offset: call.numbers("offset", plane.array.rank), order: call.integer("order"),
                        mode: call.interpolation))
            }
            return try call.eachPlane { try call.keepingMask(work($0.realPlane()), $0) }
        },
        ImageOperator(
            "block_reduce", "One pixel from each block of pixels; the size of a pixel follows.", .geometry,
            like: "skimage.measure.block_reduce",
            [
                .init("size", .integers, 2, "the size of a block", in: 1...1e6, unit: "pixels"),
                .init("function", .choice(["mean", "sum", "median", "min", "max"]), "mean", "what a block becomes"),
                .axes(),
            ]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                let sizes = try call.integers("size", plane.array.rank)
                switch call.word("function") {
                case "sum": return AnyNDArray(try plane.array.blockSum(of: sizes))
                case "median": return AnyNDArray(try plane.array.blockMedian(of: sizes))
                case "min": return AnyNDArray(try plane.array.blockMin(of: sizes))
                case "max": return AnyNDArray(try plane.array.blockMax(of: sizes))
                default: return AnyNDArray(try plane.array.blockMean(of: sizes))
                }
            }
            return try call.eachPlane { try work($0.realPlane()) }
        },
        pyramid("pyramid_reduce", "Smooths and shrinks, as the next level of a pyramid.", "downscale"),
        pyramid("pyramid_expand", "Enlarges and smooths, as the level below in a pyramid.", "upscale"),
    ]

    private static func pyramid(_ name: String, _ summary: String, _ factor: String) -> ImageOperator {
        ImageOperator(
            name, summary, .geometry, like: "skimage.transform.\(name) (preserve_range)",
            [
                .init(factor, .number, 2, "by how much", in: 1.0001...1e4),
                .init(
                    "sigma", .number, .null, "the standard deviation; from the factor without it", in: 0...1e4,
                    unit: "pixels"),
                .order(1), .mode("reflect"), .cval, .axes(),
            ]
        ) { call in
            func work(_ plane: some FloatPlane) throws -> AnyNDArray {
                let (by, sigma) = (call.number(factor), call.optionalNumber("sigma"))
                let (order, boundary) = (call.integer("order"), call.boundary)
                return name == "pyramid_reduce"
                    ? AnyNDArray(try plane.array.pyramidReduced(by: by, sigma: sigma, order: order, boundary: boundary))
                    : AnyNDArray(
                        try plane.array.pyramidExpanded(by: by, sigma: sigma, order: order, boundary: boundary))
            }
            return try call.eachPlane { try work($0.floatPlane()) }
        }
    }
}

extension OperatorCall {
    fileprivate var antialiasing: Antialiasing {
        switch word("anti_aliasing") {
        case "always": .always
        case "none": .none
        default: .automatic
        }
    }
}
