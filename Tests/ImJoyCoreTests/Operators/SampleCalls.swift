internal import ImJoyCore

/// Arguments with which every operator can be tried, for those that cannot do without.
enum SampleCalls {
    /// A small picture of 16-bit numbers, the same for the same seed.
    static func picture(_ shape: [Int], seed: UInt64 = 1) throws -> NDArray<UInt16> {
        var random = RandomGenerator(seed: seed)
        return try random.integers(0..<4000, shape: shape).cast(to: UInt16.self)
    }

    static let arguments: [String: ManifestObject] = [
        "convolve": object(["weights": [[0, 1, 0], [1, 2, 1], [0, 1, 0]]]),
        "correlate": object(["weights": [[0, 1, 0], [1, 2, 1], [0, 1, 0]]]),
        "zoom": object(["factor": 1.5]), "rescale": object(["scale": 0.5]), "resize": object(["shape": [7, 9]]),
        "shift": object(["shift": [1.5, -2]]), "rotate": object(["angle": 30]),
        "affine_transform": object(["matrix": [[1, 0.2], [0, 1]]]),
        "channel": object(["channel": "0"]), "select": object(["axis": "Y", "index": -1]),
        "crop": object(["x": [1, 5], "y": [0, -2]]),
        "reconstruction": object(["mask": "@bright"]), "h_maxima": object(["h": 300]), "h_minima": object(["h": 300]),
        "binary_propagation": object(["mask": "@other"]),
        "hit_or_miss": object(["hits": [[0, 1], [1, 1]]]),
        "greater": object(["value": 2000]), "less": object(["value": 2000]),
        "threshold_local": object(["block_size": 5]), "threshold_niblack": object(["window_size": 5]),
        "threshold_sauvola": object(["window_size": 5]),
        "apply_hysteresis_threshold": object(["low": 1000, "high": 3000]),
        "watershed": object(["markers": "@markers"]), "overlay": object(["labels": "@markers"]),
        "match_histograms": object(["reference": "@other"]), "rolling_ball": object(["radius": 4]),
        "subtract_background": object(["radius": 4]),
        "denoise_nl_means": object(["patch_size": 3, "patch_distance": 2]),
        "convert_colorspace": object(["from": "rgb", "to": "hsv"]),
        "add": object(["value": 3]), "subtract": object(["value": 1000]), "multiply": object(["value": 1.5]),
        "divide": object(["value": "@other"]), "power": object(["value": 2]), "minimum_of": object(["value": 2000]),
        "maximum_of": object(["value": "@other"]), "cast": object(["dtype": "float32"]),
        "and": object(["other": "@other"]), "or": object(["other": "@other"]), "xor": object(["other": "@other"]),
        "apply_mask": object(["mask": "@other"]), "use": object(["image": "@other"]),
        "ssim": object(["reference": "@other"]), "psnr": object(["reference": "@other"]),
        "mse": object(["reference": "@other"]), "nrmse": object(["reference": "@other"]),
        "phase_cross_correlation": object(["moving": "@other"]),
    ]

    static func object(_ value: ManifestValue) -> ManifestObject { value.object ?? ManifestObject() }

    /// What `@` names in ``arguments`` stand for, with the shape of an image.
    static func images(_ shape: [Int], axes: Axes) throws -> [String: Image] {
        let other = try picture(shape, seed: 2)
        var markers = NDArray<Int32>(zeros: shape)
        let places = shape.dropLast(2).reduce(1, *)
        for plane in 0..<places {
            let start: [Int] = shape.count > 2 ? [plane] : []
            try markers.assign(NDArray<Int32>(scalar: 1), to: start + [1, 1])
            try markers.assign(NDArray<Int32>(scalar: 2), to: start + [6, 7])
        }
        let bright = NDArray<UInt16>(repeating: 5000, shape: shape)
        return [
            "other": try Image(other, axes: axes), "bright": try Image(bright, axes: axes),
            "markers": try Image(markers, axes: axes),
        ]
    }

    /// The input that an operator takes, made from a picture.
    static func input(_ pixels: NDArray<UInt16>, for one: ImageOperator) throws -> AnyNDArray {
        switch one.takes {
        case .mask: AnyNDArray(pixels .> 1500)
        case .labels: AnyNDArray(try (pixels .> 1500).labelled().labels)
        default: AnyNDArray(pixels)
        }
    }
}
