extension ImageOperator {
    static let comparing: [ImageOperator] = [
        measure(
            "ssim", "How alike two images are to the eye: 1 when they are the same.",
            "skimage.metrics.structural_similarity",
            [
                .init(
                    "win_size", .integer, 7, "the width of the windows that are compared, an odd number", in: 3...255,
                    unit: "pixels"),
                .init("gaussian_weights", .boolean, false, "whether windows are Gaussian, with sigma 1.5"), dataRange,
            ]),
        measure(
            "psnr", "How much stronger the picture is than the difference of two images, in decibels.",
            "skimage.metrics.peak_signal_noise_ratio", [dataRange]),
        measure("mse", "The mean of the squares of the differences.", "skimage.metrics.mean_squared_error", []),
        measure(
            "nrmse", "The root of the mean of the squares of the differences, as a part of the reference.",
            "skimage.metrics.normalized_root_mse",
            [.init("normalization", .choice(["euclidean", "min-max", "mean"]), "euclidean", "what it is a part of")]),
        ImageOperator(
            "phase_cross_correlation", "How far another image is moved against this one, plane by plane.", .comparing,
            gives: .table, like: "skimage.registration.phase_cross_correlation",
            [
                .reference("moving", "the other image, of the same shape"),
                .init("upsample_factor", .integer, 1, "to which part of a pixel shifts are found", in: 1...10000),
                .init("normalization", .choice(["phase", "none"]), "phase", "whether all frequencies count the same"),
                .axes(),
            ]
        ) { call in
            func work(_ plane: some RealPlane, _ moving: AnyNDArray) throws -> [[Double]] {
                let found = try call.correlation(plane.array, moving)
                return [found.shift + [found.error, found.phaseDifference]]
            }
            let moving = try call.required("moving")
            let columns = try call.workingLetters().map { "shift_\($0)" } + ["error", "phase_difference"]
            return try call.eachTable(with: [moving], columns: columns) { plane, others in
                try work(plane.realPlane(), others[0] ?? plane)
            }
        },
    ]

    private static var dataRange: OperatorParameter {
        .init(
            "data_range", .number, .null,
            "from the smallest to the largest value there can be; that of integer types without it", from: 0)
    }

    private static func measure(
        _ name: String, _ summary: String, _ counterpart: String, _ parameters: [OperatorParameter]
    ) -> ImageOperator {
        ImageOperator(
            name, summary, .comparing, gives: .number, like: counterpart,
            [.reference("reference", "the image to compare with, of the same shape")] + parameters
        ) { call in
            func work(_ image: some RealPlane, _ reference: AnyNDArray) throws -> Double {
                try call.unlikeness(image.array, reference)
            }
            let reference = try call.required("reference").pixels
            guard name == "ssim" else { return .number(try work(call.image.pixels.realPlane(), reference)) }
            // Windows have two axes; what is alike in a stack is the mean of its planes, as it is for colours.
            let planes = PlaneOrder(call.image.shape, try call.workingAxes())
            guard planes.count > 0 else {
                throw call.fail("an image of shape \(call.image.shape) has no planes", .failed)
            }
            let (images, references) = (try planes.arrange(call.image.pixels), try planes.arrange(reference))
            var sum = 0.0
            for index in 0..<planes.count {
                sum += try work(planes.plane(index, of: images).realPlane(), planes.plane(index, of: references))
            }
            return .number(sum / Double(planes.count))
        }
    }
}

extension OperatorCall {
    /// The reference comes first in errors, as it does in scikit-image.
    fileprivate func unlikeness<T: NDReal>(_ array: NDArray<T>, _ reference: AnyNDArray) throws -> Double {
        let reference = try reference.cast(to: T.self)
        switch name {
        case "ssim":
            let isGaussian = isTrue("gaussian_weights")
            return try array.structuralSimilarity(
                to: reference,
                StructuralSimilarity(
                    window: isGaussian ? .gaussian(sigma: 1.5) : .box(integer("win_size")),
                    dataRange: optionalNumber("data_range")))
        case "psnr": return try reference.peakSignalToNoiseRatio(to: array, dataRange: optionalNumber("data_range"))
        case "mse": return try reference.meanSquaredError(to: array)
        default:
            let kind: ErrorNormalization =
                switch word("normalization") {
                case "min-max": .minMax
                case "mean": .mean
                default: .euclidean
                }
            return try reference.normalizedRootMeanSquaredError(to: array, normalization: kind)
        }
    }

    fileprivate func correlation<T: NDReal>(_ array: NDArray<T>, _ moving: AnyNDArray) throws -> PhaseCorrelation {
        try array.phaseCorrelation(
            with: moving.cast(to: T.self), upsampling: integer("upsample_factor"),
            normalization: word("normalization") == "none" ? .none : .phase)
    }
}
