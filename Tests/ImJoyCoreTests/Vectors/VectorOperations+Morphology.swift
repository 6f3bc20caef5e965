internal import ImJoyCore
internal import ImJoyTestSupport

extension VectorOperations {
    /// Morphology of `scipy.ndimage` and `skimage.morphology`.
    static let morphology: [String: Operation] = binaryMorphology.merging(greyMorphology) { first, _ in first }
        .merging(imageMorphology) { first, _ in first }

    private static let binaryMorphology: [String: Operation] = [
        "ndimage.binary_erosion": { try binary($0, NDArray.eroded) },
        "ndimage.binary_dilation": { try binary($0, NDArray.dilated) },
        "ndimage.binary_opening": { try binary($0, NDArray.opened) },
        "ndimage.binary_closing": { try binary($0, NDArray.closed) },
        "ndimage.binary_propagation": { example in
            let call = try BinaryCall(example)
            return Answer(
                try call.array.propagated(
                    in: call.mask, by: call.structure, borderValue: call.border, origins: call.origins))
        },
        "ndimage.binary_fill_holes": { example in
            let call = try BinaryCall(example)
            return Answer(try call.array.filledHoles(by: call.structure, origins: call.origins))
        },
        "ndimage.binary_hit_or_miss": { example in
            let call = try BinaryCall(example)
            return Answer(
                try call.array.hitOrMiss(
                    hits: example.input("structure1")?.typed(as: Bool.self) ?? call.structure,
                    misses: example.input("structure2")?.typed(as: Bool.self),
                    origins: example.origins("origin1", rank: call.array.rank),
                    missOrigins: example.has("origin2") ? example.origins("origin2", rank: call.array.rank) : nil))
        },
        "ndimage.generate_binary_structure": { example in
            let rank = example.number("rank").map { Int($0) } ?? 0
            return Answer(
                try StructuringElement.neighbours(
                    rank: rank, connectivity: example.number("connectivity").map { Int($0) } ?? 1))
        },
        "ndimage.iterate_structure": { example in
            let times = example.number("iterations").map { Int($0) } ?? 1
            return Answer(
                try StructuringElement.iterated(example.inputs[0].typed(as: Bool.self), iterations: times))
        },
    ]

    private typealias BinaryOperation = (NDArray<Bool>) -> (
        NDArray<Bool>?, Int?, NDArray<Bool>?, Bool, [Int]
    ) throws(NDArrayError) -> NDArray<Bool>

    private static func binary(_ example: VectorCase, _ operation: BinaryOperation) throws -> Answer {
        let call = try BinaryCall(example)
        return Answer(try operation(call.array)(call.structure, call.iterations, call.mask, call.border, call.origins))
    }

    private static let greyMorphology: [String: Operation] = [
        "ndimage.grey_erosion": { try grey($0, .erosion) },
        "ndimage.grey_dilation": { try grey($0, .dilation) },
        "ndimage.grey_opening": { try grey($0, .opening) },
        "ndimage.grey_closing": { try grey($0, .closing) },
        "ndimage.white_tophat": { try grey($0, .whiteTopHat) },
        "ndimage.black_tophat": { try grey($0, .blackTopHat) },
        "ndimage.morphological_gradient": { try grey($0, .gradient) },
        "ndimage.morphological_laplace": { try grey($0, .laplace) },
        "morphology.erosion": { try scikitGrey($0, .erosion) },
        "morphology.dilation": { try scikitGrey($0, .dilation) },
        "morphology.opening": { try scikitGrey($0, .opening) },
        "morphology.closing": { try scikitGrey($0, .closing) },
        "morphology.white_tophat": { try scikitGrey($0, .whiteTopHat) },
        "morphology.black_tophat": { try scikitGrey($0, .blackTopHat) },
    ]

    private static let imageMorphology: [String: Operation] = [
        "morphology.disk": { try element($0) { try StructuringElement.disk(radius: $0, strictRadius: $1) } },
        "morphology.ball": { try element($0) { try StructuringElement.ball(radius: $0, strictRadius: $1) } },
        "morphology.diamond": { try element($0) { radius, _ in try StructuringElement.diamond(radius: radius) } },
        "morphology.octahedron": { try element($0) { radius, _ in try StructuringElement.octahedron(radius: radius) } },
        "morphology.skeletonize": { Answer(try $0.inputs[0].typed(as: Bool.self).skeletonized()) },
        "morphology.thin": { example in
            let most = example.number("max_num_iter").map { Int($0) }
            return Answer(try example.inputs[0].typed(as: Bool.self).thinned(iterations: most))
        },
        "morphology.convex_hull_image": { example in
            Answer(
                try example.inputs[0].typed(as: Bool.self).convexHull(
                    offsetCoordinates: example.flag("offset_coordinates") ?? true,
                    includesBorders: example.flag("include_borders") ?? true))
        },
        "morphology.reconstruction": { example in
            var run = MorphologyRun(.reconstruction(example))
            return .array(try example.inputs[0].visitReal(&run))
        },
        "morphology.local_maxima": { try extrema($0, isMinimum: false) },
        "morphology.local_minima": { try extrema($0, isMinimum: true) },
        "morphology.h_maxima": { try heights($0, isMinimum: false) },
        "morphology.h_minima": { try heights($0, isMinimum: true) },
    ]

    private static func element(
        _ example: VectorCase, _ make: (Int, Bool) throws -> NDArray<Bool>
    ) throws -> Answer {
        let radius = example.number("radius").map { Int($0) } ?? -1
        return Answer(try make(radius, example.flag("strict_radius") ?? true).cast(to: UInt8.self))
    }

    private static func grey(_ example: VectorCase, _ operation: MorphologyRun.Grey) throws -> Answer {
        let window: MorphologyWindow
        if let weights = try example.input("structure")?.typed(as: Double.self) {
            window = .weights(weights, footprint: try example.input("footprint")?.typed(as: Bool.self))
        } else if let footprint = try example.input("footprint")?.typed(as: Bool.self) {
            window = .footprint(footprint)
        } else if let size = example.parameters["size"].int {
            window = .size(size)
        } else {
            window = .sizes(example.parameters["size"].items.compactMap(\.int))
        }
        let origins = example.origins("origin", rank: example.inputs[0].rank)
        var run = MorphologyRun(.grey(operation, window, origins: origins, boundary: example.boundary))
        return .array(try example.inputs[0].visitReal(&run))
    }

    /// scikit-image puts false before an even number of neighbours, and turns the footprint over otherwise than SciPy.
    private static func scikitGrey(_ example: VectorCase, _ operation: MorphologyRun.Grey) throws -> Answer {
        let array = example.inputs[0]
        var footprint = try StructuringElement.neighbours(rank: array.rank, connectivity: 1)
        if example.inputs.count > 1 {
            footprint = try example.inputs[1].typed(as: Bool.self)
        } else if let radius = example.number("radius").map({ Int($0) }) {
            let elements: [String: (Int) throws -> NDArray<Bool>] = [
                "disk": { try StructuringElement.disk(radius: $0) },
                "ball": { try StructuringElement.ball(radius: $0) },
                "diamond": { try StructuringElement.diamond(radius: $0) },
            ]
            for (name, make) in elements where example.python.contains("skmo.\(name)(") { footprint = try make(radius) }
        }
        footprint = try footprint.padded(
            footprint.shape.map { (before: $0.isMultiple(of: 2) ? 1 : 0, after: 0) }, with: .constant(false))
        switch operation {
        case .dilation, .closing, .blackTopHat: footprint = footprint.flipped()
        default: break
        }
        let mode = example.word("mode") ?? "reflect"
        var boundary: BoundaryMode? = example.boundary
        switch mode {
        case "ignore": boundary = nil
        case "max": boundary = .constant(.infinity)
        case "min": boundary = .constant(-.infinity)
        default: break
        }
        if array.dtype == .bool {
            let answers = try array.typed(as: Bool.self)
            let window = MorphologyWindow.footprint(footprint)
            switch operation {
            case .erosion: return Answer(try answers.eroded(by: window, boundary: boundary))
            case .dilation: return Answer(try answers.dilated(by: window, boundary: boundary))
            case .opening: return Answer(try answers.opened(by: window, boundary: boundary))
            case .whiteTopHat: return Answer(answers ^ (try answers.opened(by: window, boundary: boundary)))
            case .blackTopHat: return Answer(answers ^ (try answers.closed(by: window, boundary: boundary)))
            default: return Answer(try answers.closed(by: window, boundary: boundary))
            }
        }
        var run = MorphologyRun(.grey(operation, .footprint(footprint), origins: [], boundary: boundary))
        return .array(try array.visitReal(&run))
    }

    private static func extrema(_ example: VectorCase, isMinimum: Bool) throws -> Answer {
        var run = MorphologyRun(
            .extrema(
                connectivity: example.number("connectivity").map { Int($0) },
                footprint: try example.input("footprint")?.typed(as: Bool.self),
                allowsBorders: example.flag("allow_borders") ?? true, isMinimum: isMinimum))
        return .array(try example.inputs[0].visitReal(&run))
    }

    private static func heights(_ example: VectorCase, isMinimum: Bool) throws -> Answer {
        var run = MorphologyRun(
            .heights(
                example.number("h") ?? -1, footprint: try example.input("footprint")?.typed(as: Bool.self),
                isMinimum: isMinimum))
        return .array(try example.inputs[0].visitReal(&run))
    }
}

/// The arguments of SciPy's binary operations.
private struct BinaryCall {
    var array: NDArray<Bool>
    var structure: NDArray<Bool>?
    var mask: NDArray<Bool>?
    var iterations: Int?
    var border: Bool
    var origins: [Int]

    init(_ example: VectorCase) throws {
        array = try example.inputs[0].typed(as: Bool.self)
        let second = example.python.contains("(a0,a1") ? example.inputs[1] : nil
        structure = try (example.input("structure") ?? second)?.typed(as: Bool.self)
        mask = try example.input("mask")?.typed(as: Bool.self)
        iterations = example.number("iterations").map { Int($0) } ?? 1
        if iterations ?? 1 < 1 { iterations = nil }
        border = (example.number("border_value") ?? 0) != 0
        origins = example.origins("origin", rank: array.rank)
    }
}

extension VectorCase {
    /// What is written behind `name=` in the expression.
    private func argument(_ name: String) -> Substring? {
        let letters = Array(python)
        let wanted = Array(name + "=")
        guard letters.count >= wanted.count else { return nil }
        for start in 1..<Swift.max(letters.count - wanted.count, 2)
        where ",( ".contains(letters[start - 1]) && Array(letters[start...].prefix(wanted.count)) == wanted {
            var depth = 0
            let text = letters[(start + wanted.count)...].prefix { letter in
                if "([".contains(letter) { depth += 1 }
                if ")]".contains(letter) { depth -= 1 }
                return depth > 0 || (depth == 0 && letter != ",")
            }
            return Substring(String(text))
        }
        return nil
    }

    fileprivate func has(_ name: String) -> Bool { argument(name) != nil }

    /// The input that an argument names.
    fileprivate func input(_ name: String) -> AnyNDArray? {
        guard let text = argument(name), text.first == "a", let number = Int(text.dropFirst().prefix { $0.isNumber }),
            inputs.indices.contains(number)
        else { return nil }
        return inputs[number]
    }

    fileprivate func number(_ name: String) -> Double? {
        if let text = argument(name) {
            if text == "True" { return 1 }
            if text == "False" { return 0 }
            if let number = Double(String(text)) { return number }
        }
        if case .bool(let answer) = parameters[name] { return answer ? 1 : 0 }
        return parameters[name].double
    }

    fileprivate func flag(_ name: String) -> Bool? { number(name).map { $0 != 0 } }

    fileprivate func word(_ name: String) -> String? {
        if let text = argument(name), text.count > 2 { return String(text.dropFirst().dropLast()) }
        return parameters[name].text
    }

    /// One number for all axes, or one for each.
    fileprivate func origins(_ name: String, rank: Int) -> [Int] {
        if let number = number(name) { return Array(repeating: Int(number), count: rank) }
        let listed = parameters[name].items.compactMap(\.int)
        if !listed.isEmpty { return listed }
        return (argument(name) ?? "").split { "()[], ".contains($0) }.compactMap { Int($0) }
    }

    fileprivate var boundary: BoundaryMode {
        switch word("mode") ?? "reflect" {
        case "mirror": .mirror
        case "nearest": .nearest
        case "wrap": .wrap
        case "constant": .constant(number("cval") ?? 0)
        default: .reflect
        }
    }
}

/// An operation on an array of any type.
private struct MorphologyRun: NDRealVisitor {
    enum Grey { case erosion, dilation, opening, closing, whiteTopHat, blackTopHat, gradient, laplace }
    enum Operation {
        case grey(Grey, MorphologyWindow, origins: [Int], boundary: BoundaryMode?)
        case reconstruction(VectorCase)
        case extrema(connectivity: Int?, footprint: NDArray<Bool>?, allowsBorders: Bool, isMinimum: Bool)
        case heights(Double, footprint: NDArray<Bool>?, isMinimum: Bool)
    }
    var operation: Operation

    init(_ operation: Operation) { self.operation = operation }

    func visit<T: NDReal>(_ array: NDArray<T>) throws(NDArrayError) -> AnyNDArray {
        switch operation {
        case .grey(let kind, let window, let origins, let boundary):
            return AnyNDArray(try grey(array, kind, window, origins, boundary))
        case .extrema(let connectivity, let footprint, let allowsBorders, let isMinimum):
            return AnyNDArray(
                isMinimum
                    ? try array.localMinima(
                        connectivity: connectivity, footprint: footprint, allowsBorders: allowsBorders)
                    : try array.localMaxima(
                        connectivity: connectivity, footprint: footprint, allowsBorders: allowsBorders))
        case .heights(let height, let footprint, let isMinimum):
            let found =
                try isMinimum
                ? array.depthMinima(height, footprint: footprint) : array.heightMaxima(height, footprint: footprint)
            return AnyNDArray(found.cast(to: UInt8.self))
        case .reconstruction(let example):
            let mask = try example.inputs[1].typed(as: T.self)
            let footprint = try example.input("footprint")?.typed(as: Bool.self)
            let listed =
                try example.input("offset")?.typed(as: Int64.self).elements.map { Int($0) }
                ?? example.origins("offset", rank: 0)
            let offset = listed.isEmpty ? nil : listed
            let isErosion = example.word("method") == "erosion"
            let result =
                isErosion
                ? try array.reconstructedByErosion(above: mask, footprint: footprint, offset: offset)
                : try array.reconstructedByDilation(under: mask, footprint: footprint, offset: offset)
            // scikit-image computes in floats and leaves them so.
            let isSingle = T.dtype == .float32 || T.dtype == .float16
            return isSingle ? AnyNDArray(result.cast(to: Float.self)) : AnyNDArray(result.cast(to: Double.self))
        }
    }

    private func grey<T: NDReal>(
        _ array: NDArray<T>, _ kind: Grey, _ window: MorphologyWindow, _ origins: [Int], _ boundary: BoundaryMode?
    ) throws(NDArrayError) -> NDArray<T> {
        switch kind {
        case .erosion: try array.eroded(by: window, origins: origins, boundary: boundary)
        case .dilation: try array.dilated(by: window, origins: origins, boundary: boundary)
        case .opening: try array.opened(by: window, origins: origins, boundary: boundary)
        case .closing: try array.closed(by: window, origins: origins, boundary: boundary)
        case .whiteTopHat: try array.whiteTopHat(by: window, origins: origins, boundary: boundary)
        case .blackTopHat: try array.blackTopHat(by: window, origins: origins, boundary: boundary)
        case .gradient: try array.morphologicalGradient(by: window, origins: origins, boundary: boundary)
        case .laplace: try array.morphologicalLaplace(by: window, origins: origins, boundary: boundary)
        }
    }
}
