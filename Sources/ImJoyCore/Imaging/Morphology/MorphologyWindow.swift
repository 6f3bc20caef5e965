/// Which neighbours an erosion or a dilation looks at, and how much each of them counts.
public enum MorphologyWindow: Sendable, Hashable {
    /// So many along every axis; SciPy's `size`.
    case size(Int)
    /// So many along each axis.
    case sizes([Int])
    /// Where an array of as many axes is true; SciPy's `footprint`, and the structuring elements of scikit-image.
    case footprint(NDArray<Bool>)
    /// Numbers that erosions subtract from the neighbours and dilations add to them; SciPy's `structure`.
    ///
    /// A footprint of the same shape says which of them count, without one all do.
    case weights(NDArray<Double>, footprint: NDArray<Bool>? = nil)

    /// The footprint as a box of as many axes as the array has.
    func footprint(rank: Int) throws(NDArrayError) -> NDArray<Bool> {
        let footprint: NDArray<Bool>
        switch self {
        case .size(let size): footprint = try FilterWindowShape.size(size).footprint(rank: rank)
        case .sizes(let sizes): footprint = try FilterWindowShape.sizes(sizes).footprint(rank: rank)
        case .footprint(let given): footprint = given
        case .weights(let weights, let given):
            footprint = given ?? NDArray<Bool>(repeating: true, shape: weights.shape)
            guard footprint.shape == weights.shape else {
                throw NDArrayError(
                    .shapeMismatch, "a footprint of shape \(footprint.shape) for weights of shape \(weights.shape)")
            }
        }
        guard footprint.rank == rank, !footprint.isEmpty, footprint.any() else {
            throw NDArrayError(
                .shapeMismatch,
                "a footprint of shape \(footprint.shape) for an array of \(rank) axes; "
                    + "both need the same number of axes, and the footprint an element that is true")
        }
        return footprint
    }
}

/// A footprint and how far it is moved along each axis, checked.
struct Neighbourhood {
    var footprint: NDArray<Bool>
    var origins: [Int]

    /// - Parameter origins: one for each axis, or none.
    init(_ footprint: NDArray<Bool>, _ origins: [Int]) throws(NDArrayError) {
        self.footprint = footprint
        self.origins = origins.isEmpty ? Array(repeating: 0, count: footprint.rank) : origins
        guard self.origins.count == footprint.rank else {
            throw NDArrayError(.shapeMismatch, "\(origins.count) origins for a footprint of shape \(footprint.shape)")
        }
        for (origin, size) in zip(self.origins, footprint.shape) {
            guard size > 0, FilterOrigin.allowed(size).contains(origin) else {
                throw NDArrayError(
                    .outOfBounds,
                    "the origin \(origin) of \(size) neighbours; the element itself must be among them")
            }
        }
    }

    init(unchecked footprint: NDArray<Bool>, _ origins: [Int]) {
        (self.footprint, self.origins) = (footprint, origins)
    }

    /// Turned over along every axis, as dilations need it: what was an element's neighbour has the element for its own.
    var reflected: Neighbourhood {
        // Of an even number of neighbours the middle one is then one place further on.
        let origins = zip(origins, footprint.shape).map { -$0 - ($1.isMultiple(of: 2) ? 1 : 0) }
        return Neighbourhood(unchecked: footprint.flipped(), origins)
    }

    /// Whether the element is a neighbour of itself.
    var holdsCentre: Bool {
        var index = 0
        for (origin, size) in zip(origins, footprint.shape) { index = index * size + size / 2 + origin }
        return footprint.elements[index]
    }

    /// How far each neighbour lies from the element along each axis.
    var offsets: [[Int]] {
        let places = footprint.argWhere()
        return (0..<places.shape[0]).map { number in
            origins.indices.map { Int(places[number, $0]) - footprint.shape[$0] / 2 - origins[$0] }
        }
    }
}
