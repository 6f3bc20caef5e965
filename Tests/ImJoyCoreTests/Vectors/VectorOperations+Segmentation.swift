internal import ImJoyCore
internal import ImJoyTestSupport

extension VectorOperations {
    /// Labels, distances, thresholds, regions and contours of `scipy.ndimage` and `skimage`.
    static let segmentation: [String: Operation] = labelling.merging(thresholds) { first, _ in first }
        .merging(labelMeasures) { first, _ in first }

    private static let labelling: [String: Operation] = [
        "ndimage.label": { example in
            let mask = try example.inputs[0].isNotEqual(0)
            let isFull = PythonCall(example)["structure", 1]?.contains("ones") ?? false
            let (labels, count) =
                example.inputs.count > 1
                ? try mask.labelled(structure: example.inputs[1].isNotEqual(0))
                : try mask.labelled(connectivity: isFull ? mask.rank : 1)
            return .list([AnyNDArray(labels), AnyNDArray(NDArray<Int64>(scalar: Int64(count)))])
        },
        "measure.label": { example in
            let call = PythonCall(example)
            if example.inputs[0].dtype == .bool {
                let mask = try example.inputs[0].typed(as: Bool.self)
                let (labels, count) = try mask.labelled(connectivity: call.int("connectivity") ?? mask.rank)
                return call["return_num"] == "True"
                    ? .list([AnyNDArray(labels), AnyNDArray(NDArray<Int64>(scalar: Int64(count)))]) : Answer(labels)
            }
            let (labels, count) = try example.inputs[0].cast(to: Int64.self).labelledByValue(
                background: Int64(call.int("background") ?? 0), connectivity: call.int("connectivity"))
            let wide = labels.cast(to: Int64.self)
            return call["return_num"] == "True"
                ? .list([AnyNDArray(wide), AnyNDArray(NDArray<Int64>(scalar: Int64(count)))]) : Answer(wide)
        },
        "ndimage.distance_transform_edt": { example in
            let mask = try example.inputs[0].isNotEqual(0)
            let call = PythonCall(example)
            let sampling = call.numbers("sampling").map {
                $0.count == 1 ? Array(repeating: $0[0], count: mask.rank) : $0
            }
            guard call["return_indices"] == "True" else { return Answer(try mask.distances(sampling: sampling ?? [])) }
            let (distances, nearest) = try mask.distancesAndNearest(sampling: sampling ?? [])
            let places = try nearest.unraveled(into: mask.shape).map { $0.cast(to: Int32.self) }
            let indices = AnyNDArray(try NDArray.stack(places))
            return call["return_distances"] == "False" ? .array(indices) : .list([AnyNDArray(distances), indices])
        },
        "ndimage.distance_transform_cdt": { example in
            let metric = PythonCall(example)["metric", 1] ?? "'chessboard'"
            return Answer(
                try example.inputs[0].isNotEqual(0).gridDistances(metric.contains("chess") ? .chessboard : .taxicab))
        },
        "segmentation.watershed": { example in
            let call = PythonCall(example)
            var run = WatershedRun(
                markers: try example.inputs[1].typed(as: Int32.self),
                mask: try example.inputs.count > 2 ? example.inputs[2].typed(as: Bool.self) : nil, call: call)
            return .array(try example.inputs[0].visitReal(&run))
        },
        "segmentation.clear_border": { try cleaned($0) },
        "segmentation.find_boundaries": { try cleaned($0) },
        "segmentation.expand_labels": { try cleaned($0) },
        "segmentation.relabel_sequential": { try cleaned($0) },
        "morphology.remove_small_objects": { try cleaned($0) },
        "morphology.remove_small_holes": { try cleaned($0) },
        "feature.peak_local_max": { example in
            var run = PeakRun(
                call: PythonCall(example),
                footprint: try example.inputs.count > 1 ? example.inputs[1].typed(as: Bool.self) : nil)
            return .array(try example.inputs[0].visitReal(&run))
        },
        "measure.find_contours": { example in
            let call = PythonCall(example)
            let mask = try example.inputs.count > 1 ? example.inputs[1].typed(as: Bool.self) : nil
            let lines = try example.inputs[0].cast(to: Double.self).contours(
                at: call.double("level", 1), joining: call["fully_connected"]?.contains("high") == true ? .high : .low,
                isReversed: call["positive_orientation"]?.contains("high") == true, mask: mask)
            if let number = call.subscripted, lines.indices.contains(number) { return Answer(lines[number]) }
            return .list(lines.map { AnyNDArray($0) })
        },
    ]

    private static let thresholds: [String: Operation] = [
        "filters.threshold_otsu": { try thresholded($0) },
        "filters.threshold_multiotsu": { try thresholded($0) },
        "filters.threshold_li": { try thresholded($0) },
        "filters.threshold_yen": { try thresholded($0) },
        "filters.threshold_triangle": { try thresholded($0) },
        "filters.threshold_isodata": { try thresholded($0) },
        "filters.threshold_minimum": { try thresholded($0) },
        "filters.threshold_mean": { try thresholded($0) },
        "filters.threshold_local": { try thresholded($0) },
        "filters.threshold_niblack": { try thresholded($0) },
        "filters.threshold_sauvola": { try thresholded($0) },
        "filters.apply_hysteresis_threshold": { try thresholded($0) },
    ]

    private static func thresholded(_ example: VectorCase) throws -> Answer {
        var run = ThresholdRun(name: example.operation, call: PythonCall(example))
        return .array(try example.inputs[0].visitReal(&run))
    }

    private static func cleaned(_ example: VectorCase) throws -> Answer {
        var run = LabelRun(
            name: example.operation, call: PythonCall(example),
            mask: try example.inputs.count > 1 ? example.inputs[1].typed(as: Bool.self) : nil)
        return .array(try example.inputs[0].visitReal(&run))
    }
}

private struct WatershedRun: NDRealVisitor {
    var markers: NDArray<Int32>
    var mask: NDArray<Bool>?
    var call: PythonCall

    func visit<T: NDReal>(_ array: NDArray<T>) throws(NDArrayError) -> AnyNDArray {
        AnyNDArray(
            try array.watershed(
                from: markers, in: mask, connectivity: call.int("connectivity") ?? 1,
                compactness: call.double("compactness") ?? 0, keepingLine: call["watershed_line"] == "True"))
    }
}

private struct PeakRun: NDRealVisitor {
    var call: PythonCall
    var footprint: NDArray<Bool>?

    func visit<T: NDReal>(_ array: NDArray<T>) throws(NDArrayError) -> AnyNDArray {
        let distance = call.int("min_distance") ?? 1
        var border: Int?
        switch call["exclude_border"] {
        case "False": border = 0
        case "True", nil: border = nil
        default: border = call.int("exclude_border")
        }
        return AnyNDArray(
            try array.localPeaks(
                minimumDistance: distance, above: call.double("threshold_abs"),
                aboveRelative: call.double("threshold_rel"), excludedBorder: border,
                maximumCount: call.int("num_peaks"), footprint: footprint))
    }
}

private struct ThresholdRun: NDRealVisitor {
    var name: String
    var call: PythonCall

    func visit<T: NDReal>(_ array: NDArray<T>) throws(NDArrayError) -> AnyNDArray {
        let bins = call.int("nbins") ?? 256
        let sizes = (call.numbers("window_size") ?? call.numbers("block_size", 1))?.map { Int($0) } ?? []
        let windows = sizes.count == 1 ? Array(repeating: sizes[0], count: array.rank) : sizes
        let size = windows.isEmpty ? Array(repeating: name.contains("local") ? 3 : 15, count: array.rank) : windows
        switch name {
        case "filters.threshold_otsu": return level(try array.otsuThreshold(bins: bins), array)
        case "filters.threshold_yen": return level(try array.yenThreshold(bins: bins), array)
        case "filters.threshold_triangle": return level(try array.triangleThreshold(bins: bins), array)
        case "filters.threshold_isodata": return level(try array.isodataThreshold(bins: bins), array)
        case "filters.threshold_minimum": return level(try array.minimumThreshold(bins: bins), array)
        case "filters.threshold_multiotsu":
            let levels = try array.multiOtsuThresholds(classes: call.int("classes", 1) ?? 3, bins: bins)
            return T.dtype.isInteger
                ? AnyNDArray(NDArray<Double>(levels).cast(to: Int64.self))
                : AnyNDArray(NDArray<Double>(levels).cast(to: T.self))
        case "filters.threshold_li":
            let found = try array.liThreshold(
                tolerance: call.double("tolerance"), initialGuess: call.double("initial_guess"))
            let isFlat = array.min() == array.max()
            return try AnyNDArray(NDArray<Double>(scalar: found)).cast(
                to: T.dtype.isInteger && !isFlat ? .float64 : T.dtype)
        case "filters.threshold_mean": return AnyNDArray(NDArray<T.Mean>(scalar: T.Mean(try array.meanThreshold())))
        case "filters.threshold_niblack":
            return AnyNDArray(
                try array.niblackThreshold(windowSizes: size, k: call.double("k") ?? 0.2).cast(to: T.Mean.self))
        case "filters.threshold_sauvola":
            return AnyNDArray(
                try array.sauvolaThreshold(windowSizes: size, k: call.double("k") ?? 0.2, range: call.double("r"))
                    .cast(to: T.Mean.self))
        case "filters.threshold_local":
            var method = LocalThreshold.gaussian(sigma: call.double("param"))
            if call["method"]?.contains("mean") == true { method = .mean }
            if call["method"]?.contains("median") == true { method = .median }
            return AnyNDArray(
                try array.localThreshold(
                    method, blockSizes: size, offset: call.double("offset") ?? 0, boundary: call.boundary))
        default:
            return AnyNDArray(
                try array.hysteresisThresholded(low: call.double("low", 1) ?? 0, high: call.double("high", 2) ?? 0))
        }
    }

    private func level<T: NDReal>(_ value: Double, _ array: NDArray<T>) -> AnyNDArray {
        let scalar = NDArray<Double>(scalar: value)
        if array.min() == array.max(), name != "filters.threshold_yen", name != "filters.threshold_isodata" {
            return AnyNDArray(scalar.cast(to: T.self))
        }
        return T.dtype.isInteger ? AnyNDArray(scalar.cast(to: Int64.self)) : AnyNDArray(scalar.cast(to: T.self))
    }
}

private struct LabelRun: NDRealVisitor {
    var name: String
    var call: PythonCall
    var mask: NDArray<Bool>?

    func visit<T: NDReal>(_ array: NDArray<T>) throws(NDArrayError) -> AnyNDArray {
        func open<L: NDInteger>(_ type: L.Type) throws(NDArrayError) -> AnyNDArray {
            call.isMask ? try run(array .!= .zero) : try run(array.cast(to: type))
        }
        switch T.dtype {
        case .uint8: return try open(UInt8.self)
        case .uint16: return try open(UInt16.self)
        case .int32: return try open(Int32.self)
        default: return try open(Int64.self)
        }
    }

    private func run(_ mask: NDArray<Bool>) throws(NDArrayError) -> AnyNDArray {
        let (size, connectivity) = (call.int("max_size") ?? 64, call.int("connectivity") ?? 1)
        switch name {
        case "segmentation.clear_border":
            return AnyNDArray(try mask.clearedAtBorder(width: call.int("buffer_size") ?? 0, mask: self.mask))
        case "morphology.remove_small_objects":
            return AnyNDArray(try mask.removingSmallObjects(maximumSize: size, connectivity: connectivity))
        case "morphology.remove_small_holes":
            return AnyNDArray(try mask.fillingSmallHoles(maximumSize: size, connectivity: connectivity))
        default: return try run(mask.cast(to: UInt8.self))
        }
    }

    private func run<L: NDInteger>(_ labels: NDArray<L>) throws(NDArrayError) -> AnyNDArray {
        switch name {
        case "segmentation.clear_border":
            return AnyNDArray(
                try labels.clearedAtBorder(
                    width: call.int("buffer_size") ?? 0, mask: mask,
                    background: L(clamping: call.int("bgval") ?? 0)))
        case "segmentation.expand_labels":
            let spacing = call.numbers("spacing") ?? []
            return AnyNDArray(
                try labels.expanded(
                    by: call.double("distance", 1) ?? 1,
                    spacing: spacing.count == 1 ? Array(repeating: spacing[0], count: labels.rank) : spacing))
        case "segmentation.relabel_sequential":
            return AnyNDArray(try labels.relabelledSequentially(offset: call.int("offset", 1) ?? 1).labels)
        case "morphology.remove_small_objects":
            return AnyNDArray(try labels.removingSmallObjects(maximumSize: call.int("max_size") ?? 64))
        default:
            let kinds: [String: BoundaryKind] = ["'inner'": .inner, "'outer'": .outer, "'subpixel'": .subpixel]
            return AnyNDArray(
                try labels.boundaries(
                    kinds[call["mode", 2] ?? ""] ?? .thick, connectivity: call.int("connectivity", 1) ?? 1,
                    background: L(clamping: call.int("background") ?? 0)))
        }
    }
}
