extension ImageOperator {
    static let binaryMorphology: [ImageOperator] = [
        binary("binary_erosion", "Masks shrink by a pixel, or several."),
        binary("binary_dilation", "Masks grow by a pixel, or several."),
        binary("binary_opening", "Erosion, then dilation: thin parts of a mask go."),
        binary("binary_closing", "Dilation, then erosion: narrow gaps in a mask go."),
        mask("binary_fill_holes", "Fills what a mask encloses.", "scipy.ndimage.binary_fill_holes", [.connectivity()]) {
            call, mask in
            let structure = try StructuringElement.neighbours(
                rank: mask.rank, connectivity: Swift.min(call.integer("connectivity"), mask.rank))
            return try mask.filledHoles(by: structure)
        },
        ImageOperator(
            "binary_propagation", "Lets a mask grow inside another one.", .morphology, takes: .mask, gives: .mask,
            like: "scipy.ndimage.binary_propagation", [.reference("mask", "where it may grow"), .axes()]
        ) { call in
            let mask = try call.required("mask", as: .mask)
            return try call.eachPlane(with: [mask]) { plane, others in
                AnyNDArray(
                    try plane.typed(as: Bool.self).propagated(in: try others[0]?.typed(as: Bool.self)))
            }
        },
        mask(
            "hit_or_miss", "Where a pattern of true and one of false elements both fit.",
            "scipy.ndimage.binary_hit_or_miss",
            [
                .init("hits", .matrix, nil, "1 where the mask must be true"),
                .init("misses", .matrix, .null, "1 where it must be false; where it need not be true without it"),
            ]
        ) { call, mask in
            let misses = call.isGiven("misses") ? try call.matrix("misses").cast(to: Bool.self) : nil
            return try mask.hitOrMiss(hits: call.matrix("hits").cast(to: Bool.self), misses: misses)
        },
        mask(
            "remove_small_holes", "Fills holes of a mask up to a size.", "skimage.morphology.remove_small_holes",
            [
                .init("max_size", .integer, 64, "the size of the largest hole to fill", in: 0...1e15, unit: "pixels"),
                .connectivity(),
            ]
        ) { call, mask in
            try mask.fillingSmallHoles(
                maximumSize: call.integer("max_size"), connectivity: call.integer("connectivity"))
        },
        mask("skeletonize", "Thins a mask to lines of one pixel.", "skimage.morphology.skeletonize") { _, mask in
            try mask.skeletonized()
        },
        mask(
            "thin", "Peels a mask until lines are left, or so many times.", "skimage.morphology.thin",
            [.init("iterations", .integer, .null, "how many times; until nothing changes without it", in: 0...1e9)]
        ) { call, mask in try mask.thinned(iterations: call.optionalInteger("iterations")) },
        mask("convex_hull", "The smallest convex region around a mask.", "skimage.morphology.convex_hull_image") {
            _, mask in try mask.convexHull()
        },
    ]

    private static func binary(_ name: String, _ summary: String) -> ImageOperator {
        mask(
            name, summary, "scipy.ndimage.\(name)",
            [.init("iterations", .integer, 1, "how many times", in: 1...1e6), .connectivity()]
        ) { call, mask in
            let times = call.integer("iterations")
            let structure = try StructuringElement.neighbours(
                rank: mask.rank, connectivity: Swift.min(call.integer("connectivity"), mask.rank))
            switch name {
            case "binary_erosion": return try mask.eroded(by: structure, iterations: times)
            case "binary_dilation": return try mask.dilated(by: structure, iterations: times)
            case "binary_opening": return try mask.opened(by: structure, iterations: times)
            default: return try mask.closed(by: structure, iterations: times)
            }
        }
    }

    /// An operator from masks to masks.
    static func mask(
        _ name: String, _ summary: String, _ counterpart: String?, _ parameters: [OperatorParameter] = [],
        body: @escaping @Sendable (OperatorCall, NDArray<Bool>) throws -> NDArray<Bool>
    ) -> ImageOperator {
        ImageOperator(
            name, summary, .morphology, takes: .mask, gives: .mask, like: counterpart, parameters + [.axes()]
        ) { call in
            try call.eachPlane { AnyNDArray(try body(call, $0.typed(as: Bool.self))) }
        }
    }
}
