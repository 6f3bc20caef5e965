// As in scikit-image, integers become 0...1 before noise is judged; backgrounds keep the type.
extension ImageOperator {
    static let restoration: [ImageOperator] = [
        ImageOperator(
            "denoise_bilateral", "Smooths where neighbours are alike and keeps edges; integers become 0...1.",
            .restoration,
            like: "skimage.restoration.denoise_bilateral",
            [
                .init(
                    "win_size", .integer, .null, "the width of the window; from sigma_spatial without it", in: 1...4095,
                    unit: "pixels"),
                .init(
                    "sigma_color", .number, .null,
                    "the spread of differences that are noise; that of the image without it", from: 0),
                .init(
                    "sigma_spatial", .number, 1, "the standard deviation of distances", in: 1e-6...1e4, unit: "pixels"),
                .init("bins", .integer, 10000, "in how many steps differences are weighed", in: 1...16_777_216),
                .mode("constant"), .cval,
            ]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                AnyNDArray(
                    try plane.array.bilateralDenoised(
                        windowSize: call.optionalInteger("win_size"), colourSigma: call.optionalNumber("sigma_color"),
                        spatialSigma: call.number("sigma_spatial"), bins: call.integer("bins"), boundary: call.boundary)
                )
            }
            return try call.eachPlane { try work($0.realPlane()) }
        },
        ImageOperator(
            "denoise_nl_means",
            "Replaces pixels with the mean of others with alike surroundings; integers become 0...1.",
            .restoration, like: "skimage.restoration.denoise_nl_means",
            [
                .init("patch_size", .integer, 7, "the width of what is compared", in: 1...255, unit: "pixels"),
                .init(
                    "patch_distance", .integer, 11, "how far away others are looked for", in: 0...255, unit: "pixels"),
                .init("h", .number, 0.1, "how different surroundings may be", in: 1e-9...1e9),
                .init("sigma", .number, 0, "the standard deviation of the noise", from: 0), .axes(),
            ]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                AnyNDArray(
                    try plane.array.nonLocalMeansDenoised(
                        patchSize: call.integer("patch_size"), patchDistance: call.integer("patch_distance"),
                        cutoff: call.number("h"), noise: call.number("sigma")))
            }
            return try call.eachPlane { try work($0.realPlane()) }
        },
        ImageOperator(
            "denoise_tv_chambolle", "Flattens what is nearly flat and keeps edges; integers become 0...1.",
            .restoration,
            like: "skimage.restoration.denoise_tv_chambolle",
            [
                .init("weight", .number, 0.1, "how much is flattened", in: 1e-9...1e9),
                .init("eps", .number, 0.0002, "the change at which it is done", from: 0),
                .init("max_num_iter", .integer, 200, "how many rounds at most", in: 1...100_000), .axes(),
            ]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                AnyNDArray(
                    try plane.array.totalVariationDenoised(
                        weight: call.number("weight"), tolerance: call.number("eps"),
                        maximumIterations: call.integer("max_num_iter")))
            }
            return try call.eachPlane { try work($0.realPlane()) }
        },
        ImageOperator(
            "rolling_ball", "The background: how high a ball gets that is rolled under the image.", .restoration,
            like: "skimage.restoration.rolling_ball",
            [.init("radius", .number, 100, "of the ball, in pixels and in units of brightness", in: 0...2000), .axes()]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                AnyNDArray(try plane.array.rollingBallBackground(radius: call.number("radius")))
            }
            return try call.eachPlane { try call.keepingMask(work($0.realPlane()), $0) }
        },
        ImageOperator(
            "subtract_background", "The image less what a ball rolled under it finds as background.", .restoration,
            like: "image - skimage.restoration.rolling_ball(image)",
            [.init("radius", .number, 100, "of the ball, in pixels and in units of brightness", in: 0...2000), .axes()]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                AnyNDArray(plane.array - (try plane.array.rollingBallBackground(radius: call.number("radius"))))
            }
            return try call.eachPlane { try call.keepingMask(work($0.realPlane()), $0) }
        },
    ]
}
