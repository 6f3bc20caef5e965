extension ImageOperator {
    static let edges: [ImageOperator] = [
        edge("sobel", "Sobel's", .sobel), edge("scharr", "Scharr's", .scharr), edge("prewitt", "Prewitt's", .prewitt),
        edge("farid", "Farid and Simoncelli's", .farid),
        ImageOperator(
            "roberts", "How steep the brightness is, by Roberts' cross.", .filtering, like: "skimage.filters.roberts",
            [.axes()]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray { AnyNDArray(try plane.array.robertsEdges()) }
            return try call.eachPlane { try work($0.floatPlane()) }
        },
    ]

    private static func edge(_ name: String, _ whose: String, _ filter: EdgeFilter) -> ImageOperator {
        ImageOperator(
            name, "How steep the brightness is, by \(whose) kernel.", .filtering, like: "skimage.filters.\(name)",
            [
                .init("axis", .string, .null, "the axis of a signed slope, such as X; the magnitude without it"),
                .mode("reflect"), .cval, .axes(),
            ]
        ) { call in
            let letters = try call.workingLetters()
            var along: [Int]?
            if call.isGiven("axis") {
                guard let place = letters.firstIndex(of: call.word("axis").lowercased()) else {
                    throw call.fail("`axis` is one of \(letters.joined(separator: ", ").uppercased())")
                }
                along = [place]
            }
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                AnyNDArray(try plane.array.edges(filter, along: along, boundary: call.boundary))
            }
            return try call.eachPlane { try work($0.floatPlane()) }
        }
    }

    /// Filters that pick one of the neighbours, and so keep the type.
    static let ranks: [ImageOperator] = [
        rank("median", "Replaces each pixel with the median of its neighbours.", "scipy.ndimage.median_filter"),
        rank("minimum", "Replaces each pixel with the smallest of its neighbours.", "scipy.ndimage.minimum_filter"),
        rank("maximum", "Replaces each pixel with the greatest of its neighbours.", "scipy.ndimage.maximum_filter"),
        rank(
            "percentile", "Replaces each pixel with a percentile of its neighbours.", "scipy.ndimage.percentile_filter",
            .init("percentile", .number, 50, "which percentile", in: -100...100)),
        rank(
            "rank", "Replaces each pixel with the n-th smallest of its neighbours.", "scipy.ndimage.rank_filter",
            .init("rank", .integer, 0, "which one, counted from 0; from the greatest when negative", in: -1e6...1e6)),
    ]

    private static func rank(
        _ name: String, _ summary: String, _ counterpart: String, _ first: OperatorParameter? = nil
    ) -> ImageOperator {
        ImageOperator(
            name, summary, .filtering, like: counterpart,
            (first.map { [$0] } ?? []) + [.size(), .footprint, .mode("reflect"), .cval, .axes()]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                let array = plane.array
                let (window, boundary) = (try call.filterWindow(array.rank), call.boundary)
                switch name {
                case "median": return AnyNDArray(try array.medianFiltered(in: window, boundary: boundary))
                case "minimum": return AnyNDArray(try array.minimumFiltered(in: window, boundary: boundary))
                case "maximum": return AnyNDArray(try array.maximumFiltered(in: window, boundary: boundary))
                case "percentile":
                    return AnyNDArray(
                        try array.percentileFiltered(call.number("percentile"), in: window, boundary: boundary))
                default:
                    return AnyNDArray(try array.rankFiltered(call.integer("rank"), in: window, boundary: boundary))
                }
            }
            return try call.eachPlane { try call.keepingMask(work($0.realPlane()), $0) }
        }
    }
}
