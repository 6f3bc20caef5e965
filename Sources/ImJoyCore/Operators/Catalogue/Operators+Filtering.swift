// Smoothing, edges and kernels. Smoothing computes in floats and gives floats; ranks keep the type.
extension ImageOperator {
    static let filtering: [ImageOperator] = [
        ImageOperator(
            "gaussian", "Smooths with a Gaussian, in floats.", .filtering,
            like: "skimage.filters.gaussian (preserve_range)",
            [
                .init("sigma", .numbers, 1, "the standard deviation", in: 0...1e4, unit: "pixels"),
                .mode("nearest"), .cval,
                .init("truncate", .number, 4, "where the kernel ends, in standard deviations", in: 0...100),
                .init("order", .integers, 0, "which derivative of the Gaussian", in: 0...6), .axes(),
            ]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                let rank = plane.array.rank
                let sigmas = try call.numbers("sigma", rank)
                return AnyNDArray(
                    try plane.array.gaussianFiltered(
                        sigmas: sigmas, orders: call.integers("order", rank), truncate: call.number("truncate"),
                        boundary: call.boundary))
            }
            return try call.eachPlane { try work($0.floatPlane()) }
        },
        ImageOperator(
            "difference_of_gaussians", "Keeps structures between two sizes: a narrow Gaussian less a wide one.",
            .filtering, like: "skimage.filters.difference_of_gaussians (preserved range)",
            [
                .init("low_sigma", .numbers, 1, "the smaller standard deviation", in: 0...1e4, unit: "pixels"),
                .init(
                    "high_sigma", .numbers, .null, "the larger one; 1.6 times the smaller without it", in: 0...1e4,
                    unit: "pixels"),
                .mode("nearest"), .cval, .axes(),
            ]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                let rank = plane.array.rank
                return AnyNDArray(
                    try plane.array.differenceOfGaussians(
                        lows: call.numbers("low_sigma", rank),
                        highs: call.isGiven("high_sigma") ? call.numbers("high_sigma", rank) : nil,
                        boundary: call.boundary))
            }
            return try call.eachPlane { try work($0.floatPlane()) }
        },
        ImageOperator(
            "uniform", "Smooths with the mean of a box.", .filtering, like: "scipy.ndimage.uniform_filter",
            [.size(), .mode("reflect"), .cval, .axes()]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                let sizes = try call.integers("size", plane.array.rank)
                return AnyNDArray(try plane.array.uniformFiltered(sizes: sizes, boundary: call.boundary))
            }
            return try call.eachPlane { try work($0.floatPlane()) }
        },
        ImageOperator(
            "laplace", "The sum of the second differences.", .filtering, like: "scipy.ndimage.laplace",
            [.mode("reflect"), .cval, .axes()]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                AnyNDArray(try plane.array.laplaceFiltered(boundary: call.boundary))
            }
            return try call.eachPlane { try work($0.floatPlane()) }
        },
        ImageOperator(
            "gaussian_laplace", "The Laplacian of a Gaussian: blobs become hills or valleys.", .filtering,
            like: "scipy.ndimage.gaussian_laplace",
            [
                .init("sigma", .number, 1, "the standard deviation", in: 0...1e4, unit: "pixels"), .mode("reflect"),
                .cval, .axes(),
            ]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                AnyNDArray(
                    try plane.array.gaussianLaplaceFiltered(sigma: call.number("sigma"), boundary: call.boundary))
            }
            return try call.eachPlane { try work($0.floatPlane()) }
        },
        ImageOperator(
            "convolve", "Convolves with a kernel, in floats.", .filtering, like: "scipy.ndimage.convolve",
            [
                .init("weights", .matrix, nil, "the kernel, with as many axes as planes have"), .mode("reflect"), .cval,
                .axes(),
            ]
        ) { call in
            let weights = try call.matrix("weights")
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                AnyNDArray(try plane.array.convolved(with: weights, boundary: call.boundary))
            }
            return try call.eachPlane { try work($0.floatPlane()) }
        },
        ImageOperator(
            "correlate", "Correlates with a kernel, in floats.", .filtering, like: "scipy.ndimage.correlate",
            [
                .init("weights", .matrix, nil, "the kernel, with as many axes as planes have"), .mode("reflect"), .cval,
                .axes(),
            ]
        ) { call in
            let weights = try call.matrix("weights")
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                AnyNDArray(try plane.array.correlated(with: weights, boundary: call.boundary))
            }
            return try call.eachPlane { try work($0.floatPlane()) }
        },
        ImageOperator(
            "spline_filter", "The coefficients of a spline through the pixels.", .filtering,
            like: "scipy.ndimage.spline_filter",
            [
                .init("order", .integer, 3, "the degree of the spline", in: 0...5),
                .mode("mirror", choices: ["reflect", "mirror", "wrap"]), .axes(),
            ]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                AnyNDArray(try plane.array.splineFiltered(degree: call.integer("order"), boundary: call.boundary))
            }
            return try call.eachPlane { try work($0.floatPlane()) }
        },
    ]
}
