internal import CImJoyKernels

/// How the distances between elements are counted; see ``NDArray/gridDistances(_:)``.
public enum GridMetric: Sendable, Hashable {
    /// The sum of the steps along all axes.
    case taxicab
    /// The most steps along any axis.
    case chessboard
}

extension NDArray<Bool> {
    /// The distance of each true element to the nearest false one; SciPy's `distance_transform_edt`.
    ///
    /// ```swift
    /// let depths = try mask.distances()
    /// let inMicrometres = try mask.distances(sampling: [0.5, 0.1, 0.1])
    /// ```
    /// - Parameter sampling: how far neighbours along each axis are apart; 1 when empty.
    /// - Returns: an array of the same shape, 0 where the mask is false. The distances are exact.
    ///
    /// Without any false element they are those to a place before the first element, as in SciPy. Throws when there is
    /// not one sampling for each axis, or one is not above 0 and finite.
    public func distances(sampling: [Double] = []) throws(NDArrayError) -> NDArray<Double> {
        try measured(sampling, wantsPlaces: false).distances
    }

    /// The same with the index of that nearest false element, in row-major order.
    ///
    /// ```swift
    /// let (distances, nearest) = try background.distancesAndNearest()
    /// let grown = try labels.taking(nearest)
    /// ```
    /// `NDArray.unraveled(into:)` makes coordinates of the indices. Throws as ``distances(sampling:)`` does, and when
    /// no element is false.
    public func distancesAndNearest(
        sampling: [Double] = []
    ) throws(NDArrayError) -> (distances: NDArray<Double>, nearest: NDArray<Int64>) {
        if !isEmpty, all() {
            throw NDArrayError(.invalidValue, "the nearest false elements of an array of shape \(shape) without any")
        }
        let (distances, places) = try measured(sampling, wantsPlaces: true)
        return (distances, places.cast(to: Int64.self))
    }

    private func measured(
        _ sampling: [Double], wantsPlaces: Bool
    ) throws(NDArrayError) -> (distances: NDArray<Double>, places: NDArray<Int32>) {
        let steps = sampling.isEmpty ? Array(repeating: 1, count: rank) : sampling
        guard steps.count == rank, steps.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            throw NDArrayError(
                .outOfBounds, "sampling \(sampling) for an array of shape \(shape); each axis needs a step above 0")
        }
        guard rank > 0, !isEmpty else { return (NDArray<Double>(zeros: shape), NDArray<Int32>(zeros: shape)) }
        guard count < Int(Int32.max), shape.allSatisfy({ $0 < 1 << 24 }) else {
            throw NDArrayError(.outOfMemory, "distances in an array of shape \(shape); measure parts of it")
        }
        if !wantsPlaces, all() { return (try distancesToBefore(steps), NDArray<Int32>(zeros: shape)) }
        // Squares of whole steps stay exact in single precision up to here, and take half the memory.
        let farthest = shape.reduce(0.0) { $0 + Double($1) * Double($1) }
        if steps.allSatisfy({ $0 == 1 }) {
            return farthest <= 0x1p24
                ? try measured(in: Float.self, steps, true, wantsPlaces)
                : try measured(in: Double.self, steps, true, wantsPlaces)
        }
        return try measured(in: Double.self, steps, false, wantsPlaces)
    }

    private func measured<T: NDLinearReal>(
        in type: T.Type, _ steps: [Double], _ hasUnitSteps: Bool, _ wantsPlaces: Bool
    ) throws(NDArrayError) -> (distances: NDArray<Double>, places: NDArray<Int32>) {
        let lines = DistanceLines<T>(shape: shape, sampling: steps, hasUnitSteps: hasUnitSteps)
        var places = try NDArray<Int32>(uninitialised: wantsPlaces ? shape : [0]) { _ in }
        let squares = try withUnsafeElements { (mask) throws(NDArrayError) in
            try NDArray<T>(uninitialised: shape) { squares in
                guard let start = mask.baseAddress else { return }
                places.makeUnique()
                let memory = wantsPlaces ? places.mutableBase : nil
                lines.begin(start, squares, memory)
                for axis in 1..<Swift.max(rank, 1) { lines.extend(squares, memory, axis: axis) }
            }
        }
        if let singles = squares as? NDArray<Float> {
            let roots = try NDArray<Double>(uninitialised: shape) { target in
                let start = singles.base + singles.layout.offset
                ComputeThreads.split(singles.count, grain: 1024, nanoseconds: 0.5) { range in
                    imjoy_roots_of_squares(start + range.lowerBound, target + range.lowerBound, range.count)
                }
                withExtendedLifetime(singles) {}
            }
            return (roots, places)
        }
        return (squares.cast(to: Double.self).sqrt(), places)
    }

    /// Distances to the place one before the first element along the first axis.
    private func distancesToBefore(_ steps: [Double]) throws(NDArrayError) -> NDArray<Double> {
        var squares = NDArray<Double>(zeros: shape)
        for axis in shape.indices {
            let first = axis == 0 ? 1.0 : 0
            let line = (NDArray<Double>.arange(Double(shape[axis])) + first) * steps[axis]
            let form = shape.indices.map { $0 == axis ? shape[axis] : 1 }
            squares += try line.square().reshaped(to: form)
        }
        return squares.sqrt()
    }

    /// The number of steps from each true element to the nearest false one; SciPy's `distance_transform_cdt`.
    ///
    /// ```swift
    /// let steps = try mask.gridDistances(.chessboard)
    /// ```
    /// Without any false element all are -1, as in SciPy.
    public func gridDistances(_ metric: GridMetric = .chessboard) throws(NDArrayError) -> NDArray<Int32> {
        guard shape.allSatisfy({ $0 < 1 << 24 }), rank <= 12 else {
            throw NDArrayError(.outOfMemory, "steps in an array of shape \(shape); measure parts of it")
        }
        if isEmpty || all() { return NDArray<Int32>(repeating: -1, shape: shape) }
        let structure = try NeighbourStructure(rank: rank, connectivity: metric == .taxicab ? 1 : Swift.max(rank, 1))
        let walker = NeighbourWalker(structure.earlier, shape: shape)
        let later = NeighbourWalker(structure.earlier.map { $0.map { -$0 } }, shape: shape)
        return try withUnsafeElements { (mask) throws(NDArrayError) in
            try NDArray<Int32>(uninitialised: shape) { steps in
                guard let isTrue = mask.baseAddress else { return }
                let far = Int32.max / 2
                for index in 0..<mask.count { steps[index] = isTrue[index] ? far : 0 }
                walker.forEach { index, isInside in
                    for (number, distance) in walker.distances.enumerated() where isInside[number] {
                        steps[index] = Swift.min(steps[index], steps[index + distance] + 1)
                    }
                }
                later.forEachReversed { index, isInside in
                    for (number, distance) in later.distances.enumerated() where isInside[number] {
                        steps[index] = Swift.min(steps[index], steps[index + distance] + 1)
                    }
                }
            }
        }
    }
}

extension NeighbourWalker {
    /// Calls `body` for each element, the last one first.
    @inline(__always)
    func forEachReversed(_ body: (_ index: Int, _ isInside: [Bool]) -> Void) {
        // Turned over along all axes, the last element is the first.
        let turned = NeighbourWalker(steps.map { $0.map { -$0 } }, shape: shape)
        let last = shape.reduce(1, *) - 1
        turned.forEach { index, isInside in body(last - index, isInside) }
    }
}
