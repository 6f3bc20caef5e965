extension ImageOperator {
    static let greyMorphology: [ImageOperator] = [
        grey("erosion", "The smallest of the neighbours: bright things shrink."),
        grey("dilation", "The greatest of the neighbours: bright things grow."),
        grey("opening", "Erosion, then dilation: bright specks go."),
        grey("closing", "Dilation, then erosion: dark specks go."),
        grey("white_tophat", "What an opening takes away: bright things smaller than the window."),
        grey("black_tophat", "What a closing adds: dark things smaller than the window."),
        grey("morphological_gradient", "Dilation less erosion: edges."),
        grey("morphological_laplace", "Dilation and erosion less twice the image."),
        ImageOperator(
            "reconstruction", "Lets the image grow (or shrink) as far as another one allows.", .morphology,
            like: "skimage.morphology.reconstruction",
            [
                .reference("mask", "what bounds it"),
                .init("method", .choice(["dilation", "erosion"]), "dilation", "whether to grow or to shrink"), .axes(),
            ]
        ) { call in
            func work(_ plane: some RealPlane, _ mask: AnyNDArray) throws -> AnyNDArray {
                try call.reconstructed(plane.array, mask)
            }
            let mask = try call.required("mask")
            return try call.eachPlane(with: [mask]) { plane, others in
                try call.keepingMask(work(plane.realPlane(), others[0] ?? plane), plane)
            }
        },
        extrema("local_maxima", "Where no neighbour is brighter: hills and their flat tops."),
        extrema("local_minima", "Where no neighbour is darker: valleys and their flat floors."),
        ImageOperator(
            "h_maxima", "Hills that rise at least so far above their surroundings.", .morphology, gives: .mask,
            like: "skimage.morphology.h_maxima", [.init("h", .number, nil, "how far", from: 0), .axes()]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                AnyNDArray(try plane.array.heightMaxima(call.number("h")))
            }
            return try call.eachPlane { try work($0.realPlane()) }
        },
        ImageOperator(
            "h_minima", "Valleys that lie at least so far below their surroundings.", .morphology, gives: .mask,
            like: "skimage.morphology.h_minima", [.init("h", .number, nil, "how far", from: 0), .axes()]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                AnyNDArray(try plane.array.depthMinima(call.number("h")))
            }
            return try call.eachPlane { try work($0.realPlane()) }
        },
    ]

    private static func grey(_ name: String, _ summary: String) -> ImageOperator {
        let scipy = ["erosion", "dilation", "opening", "closing"].contains(name) ? "grey_\(name)" : name
        return ImageOperator(
            name, summary, .morphology, like: "scipy.ndimage.\(scipy)",
            [.size(), .footprint, .mode("reflect"), .cval, .axes()]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                let (array, boundary) = (plane.array, call.boundary)
                let window = try call.morphologyWindow(array.rank)
                switch name {
                case "erosion": return AnyNDArray(try array.eroded(by: window, boundary: boundary))
                case "dilation": return AnyNDArray(try array.dilated(by: window, boundary: boundary))
                case "opening": return AnyNDArray(try array.opened(by: window, boundary: boundary))
                case "closing": return AnyNDArray(try array.closed(by: window, boundary: boundary))
                case "white_tophat": return AnyNDArray(try array.whiteTopHat(by: window, boundary: boundary))
                case "black_tophat": return AnyNDArray(try array.blackTopHat(by: window, boundary: boundary))
                case "morphological_gradient":
                    return AnyNDArray(try array.morphologicalGradient(by: window, boundary: boundary))
                default: return AnyNDArray(try array.morphologicalLaplace(by: window, boundary: boundary))
                }
            }
            return try call.eachPlane { try call.keepingMask(work($0.realPlane()), $0) }
        }
    }

    private static func extrema(_ name: String, _ summary: String) -> ImageOperator {
        ImageOperator(
            name, summary, .morphology, gives: .mask, like: "skimage.morphology.\(name)",
            [
                .connectivity(.null),
                .init("allow_borders", .boolean, true, "whether pixels at the border count"), .axes(),
            ]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                let (connectivity, allows) = (call.optionalInteger("connectivity"), call.isTrue("allow_borders"))
                return name == "local_maxima"
                    ? AnyNDArray(try plane.array.localMaxima(connectivity: connectivity, allowsBorders: allows))
                    : AnyNDArray(try plane.array.localMinima(connectivity: connectivity, allowsBorders: allows))
            }
            return try call.eachPlane { try work($0.realPlane()) }
        }
    }
}

extension OperatorCall {
    fileprivate func reconstructed<T: NDReal>(_ array: NDArray<T>, _ mask: AnyNDArray) throws -> AnyNDArray {
        let mask = try mask.cast(to: T.self)
        return word("method") == "erosion"
            ? AnyNDArray(try array.reconstructedByErosion(above: mask))
            : AnyNDArray(try array.reconstructedByDilation(under: mask))
    }
}
