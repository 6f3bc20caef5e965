/// Which of the elements around one count as its neighbours: a box of three along every axis.
struct NeighbourStructure {
    /// The steps to all neighbours, one number of -1, 0 or 1 for each axis, in row-major order and without the element.
    let offsets: [[Int]]
    let rank: Int

    /// Neighbours that differ in at most `connectivity` coordinates; SciPy's `generate_binary_structure`.
    init(rank: Int, connectivity: Int) throws(NDArrayError) {
        guard connectivity >= 1, connectivity <= Swift.max(rank, 1) else {
            throw NDArrayError(
                .outOfBounds, "connectivity \(connectivity) for \(rank) axes; it is 1 to the number of axes")
        }
        self.rank = rank
        offsets = try Self.box(rank).filter { step in (1...connectivity).contains(step.count { $0 != 0 }) }
    }

    /// Neighbours where an array of three elements along every axis is true, which is the same turned over.
    init(_ structure: NDArray<Bool>, rank: Int) throws(NDArrayError) {
        guard structure.rank == rank, structure.shape.allSatisfy({ $0 == 3 }) else {
            throw NDArrayError(
                .shapeMismatch,
                "neighbours of shape \(structure.shape) for \(rank) axes; there are three along each axis")
        }
        guard structure.flipped() == structure else {
            throw NDArrayError(
                .invalidValue, "neighbours that are not symmetric: one is only on one side of the middle")
        }
        self.rank = rank
        let isThere = structure.elements
        offsets = zip(try Self.box(rank), isThere).filter { $1 && $0.contains { $0 != 0 } }.map { $0.0 }
    }

    private static func box(_ rank: Int) throws(NDArrayError) -> [[Int]] {
        guard rank <= 12 else { throw NDArrayError(.invalidShape, "neighbours along \(rank) axes; at most 12") }
        return (0..<rank).reduce([[]]) { all, _ in all.flatMap { start in (-1...1).map { start + [$0] } } }
    }

    /// Those that come before the element in row-major order.
    var earlier: [[Int]] { offsets.filter { step in (step.first { $0 != 0 } ?? 0) < 0 } }
}

/// Neighbours of elements in row-major memory, with a test for those that lie outside.
struct NeighbourWalker {
    let shape: [Int]
    let steps: [[Int]]
    /// How far each neighbour lies from the element in memory.
    let distances: [Int]

    init(_ steps: [[Int]], shape: [Int]) {
        self.shape = shape
        self.steps = steps
        let strides = Layout.rowMajorStrides(shape)
        distances = steps.map { zip($0, strides).reduce(0) { $0 + $1.0 * $1.1 } }
    }
}
