extension ImageOperator {
    static let segmentation: [ImageOperator] = [
        ImageOperator(
            "label", "Numbers the connected parts of a mask.", .segmentation, takes: .mask, gives: .labels,
            like: "scipy.ndimage.label", [.connectivity(), .axes()]
        ) { call in
            try call.eachPlane {
                let mask = try $0.typed(as: Bool.self)
                let connectivity = Swift.min(call.integer("connectivity"), Swift.max(mask.rank, 1))
                return AnyNDArray(try mask.labelled(connectivity: connectivity).labels)
            }
        },
        ImageOperator(
            "label_by_value", "Numbers the connected parts of equal values.", .segmentation, takes: .labels,
            gives: .labels,
            like: "skimage.measure.label", [.connectivity(.null), .axes()]
        ) { call in
            try call.eachLabels { try $0.labelledByValue(connectivity: call.optionalInteger("connectivity")).labels }
        },
        ImageOperator(
            "relabel_sequential", "Numbers labels from 1 on without gaps, in their order.", .segmentation,
            takes: .labels,
            gives: .labels, like: "skimage.segmentation.relabel_sequential",
            [.init("offset", .integer, 1, "the first number", in: 1...1e9), .axes()]
        ) { call in
            try call.eachLabels { try $0.relabelledSequentially(offset: call.integer("offset")).labels }
        },
        ImageOperator(
            "clear_border", "Removes what touches the border, from masks and labels.", .segmentation,
            like: "skimage.segmentation.clear_border",
            [
                .init("buffer_size", .integer, 0, "how near to it counts as touching", in: 0...1e6, unit: "pixels"),
                .axes(),
            ]
        ) { call in
            let width = call.integer("buffer_size")
            return try call.masksOrLabels({ try $0.clearedAtBorder(width: width) }) {
                try $0.clearedAtBorder(width: width)
            }
        },
        ImageOperator(
            "remove_small_objects", "Removes parts up to a size, from masks and labels.", .segmentation,
            like: "skimage.morphology.remove_small_objects",
            [
                .init("max_size", .integer, 64, "the size of the largest part to remove", in: 0...1e15, unit: "pixels"),
                .connectivity(), .axes(),
            ]
        ) { call in
            let (size, connectivity) = (call.integer("max_size"), call.integer("connectivity"))
            return try call.masksOrLabels({ try $0.removingSmallObjects(maximumSize: size, connectivity: connectivity) }
            ) {
                try $0.removingSmallObjects(maximumSize: size)
            }
        },
        ImageOperator(
            "expand_labels", "Lets labels grow without meeting.", .segmentation, takes: .labels, gives: .labels,
            like: "skimage.segmentation.expand_labels",
            [.init("distance", .number, 1, "how far", in: 0...1e6, unit: "pixels"), .axes()]
        ) { call in try call.eachLabels { try $0.expanded(by: call.number("distance")) } },
        ImageOperator(
            "find_boundaries", "Where labels meet each other or the background.", .segmentation, takes: .labels,
            gives: .mask, like: "skimage.segmentation.find_boundaries",
            [
                .init(
                    "mode", .choice(["thick", "inner", "outer", "subpixel"]), "thick", "which pixels of those that meet"
                ),
                .connectivity(), .axes(),
            ]
        ) { call in
            let kind: BoundaryKind =
                switch call.word("mode") {
                case "inner": .inner
                case "outer": .outer
                case "subpixel": .subpixel
                default: .thick
                }
            return try call.eachPlane {
                AnyNDArray(
                    try $0.labels().boundaries(kind, connectivity: call.integer("connectivity")))
            }
        },
        ImageOperator(
            "distance_transform", "How far it is from each pixel of a mask to the nearest outside of it.",
            .segmentation,
            takes: .mask, like: "scipy.ndimage.distance_transform_edt",
            [
                .init("sampling", .numbers, 1, "how far neighbours along each axis are apart", in: 1e-9...1e9),
                .init(
                    "metric", .choice(["euclidean", "taxicab", "chessboard"]), "euclidean", "how distances are counted"),
                .axes(),
            ]
        ) { call in
            try call.eachPlane {
                let mask = try $0.typed(as: Bool.self)
                switch call.word("metric") {
                case "taxicab": return AnyNDArray(try mask.gridDistances(.taxicab))
                case "chessboard": return AnyNDArray(try mask.gridDistances(.chessboard))
                default: return AnyNDArray(try mask.distances(sampling: call.numbers("sampling", mask.rank)))
                }
            }
        },
        ImageOperator(
            "peaks",
            "Numbers the brightest pixels of their surroundings, the brightest first: markers for a watershed.",
            .segmentation, gives: .labels, like: "skimage.feature.peak_local_max", peakParameters
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                let places = try call.peaks(plane.array)
                var markers = NDArray<Int32>(zeros: plane.array.shape)
                for row in 0..<places.shape[0] {
                    let place = (0..<plane.array.rank).map { Int(places[row, $0]) }
                    try markers.assign(NDArray<Int32>(scalar: Int32(row) + 1), to: place)
                }
                return AnyNDArray(markers)
            }
            return try call.eachPlane { try work($0.realPlane()) }
        },
        ImageOperator(
            "watershed", "Grows markers over the image from its darkest pixels up until they meet.", .segmentation,
            gives: .labels, like: "skimage.segmentation.watershed",
            [
                .reference("markers", "the markers, as labels"),
                .init("mask", .image, .null, "where pixels may be labelled; everywhere without it"),
                .connectivity(), .init("compactness", .number, 0, "how round parts should be", in: 0...1e12),
                .init("watershed_line", .boolean, false, "whether pixels between two parts stay 0"), .axes(),
            ]
        ) { call in
            func work(_ plane: some RealPlane, _ markers: AnyNDArray, _ mask: AnyNDArray?) throws -> AnyNDArray {
                AnyNDArray(
                    try plane.array.watershed(
                        from: markers.labels(), in: mask?.typed(as: Bool.self),
                        connectivity: call.integer("connectivity"), compactness: call.number("compactness"),
                        keepingLine: call.isTrue("watershed_line")))
            }
            let others = [try call.required("markers", as: .labels), try call.other("mask", as: .mask)]
            return try call.eachPlane(with: others) { plane, others in
                try work(plane.realPlane(), others[0] ?? plane, others[1])
            }
        },
    ]

    static let peakParameters: [OperatorParameter] = [
        .init("min_distance", .integer, 1, "how far apart peaks are at least", in: 0...1e6, unit: "pixels"),
        .init("threshold_abs", .number, .null, "peaks are brighter than this"),
        .init("threshold_rel", .number, .null, "peaks are brighter than this part of the greatest pixel", in: 0...1),
        .init(
            "exclude_border", .integer, .null, "how far from the border they are; min_distance without it", in: 0...1e6,
            unit: "pixels"),
        .init("num_peaks", .integer, .null, "how many at most", in: 0...1e9), .axes(),
    ]
}

extension AnyNDArray {
    /// Labels in the type that operators use for them; numbers that it cannot hold are refused.
    func labels() throws(NDArrayError) -> NDArray<Int32> {
        if dtype.byteCount == 8 || dtype == .uint32, count > 0 {
            let ends = try statistics()
            guard ends.maximum.asDouble <= 2_147_483_647, ends.minimum.asDouble >= -2_147_483_648 else {
                throw NDArrayError(
                    .invalidValue,
                    "labels from \(ends.minimum) to \(ends.maximum); they are whole numbers of 32 bits")
            }
        }
        return try cast(to: Int32.self)
    }
}

extension OperatorCall {
    func eachLabels(_ body: (NDArray<Int32>) throws -> NDArray<Int32>) throws -> OperatorValue {
        try eachPlane { AnyNDArray(try body($0.labels())) }
    }

    /// For what is done to masks in one way and to labels in another.
    fileprivate func masksOrLabels(
        _ masks: (NDArray<Bool>) throws -> NDArray<Bool>, _ labels: (NDArray<Int32>) throws -> NDArray<Int32>
    ) throws -> OperatorValue {
        if image.dtype == .bool { return try eachPlane { AnyNDArray(try masks($0.typed(as: Bool.self))) } }
        var call = self
        call.image = try converted(image, to: .labels)
        return try call.eachLabels(labels)
    }

    func peaks<T: NDReal>(_ array: NDArray<T>) throws(NDArrayError) -> NDArray<Int64> {
        try array.localPeaks(
            minimumDistance: integer("min_distance"), above: optionalNumber("threshold_abs"),
            aboveRelative: optionalNumber("threshold_rel"), excludedBorder: optionalInteger("exclude_border"),
            maximumCount: optionalInteger("num_peaks"))
    }
}
