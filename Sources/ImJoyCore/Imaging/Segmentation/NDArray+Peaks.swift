extension NDArray where Element: NDReal {
    /// The coordinates of the brightest elements of their surroundings, the brightest first; scikit-image's
    /// `peak_local_max`.
    ///
    /// ```swift
    /// let peaks = try distances.localPeaks(minimumDistance: 5)
    /// ```
    /// - Parameters:
    ///   - minimumDistance: peaks are nowhere closer than this, counted along the axis where they are farthest apart.
    ///   - threshold: peaks are above it; above the smallest element without it.
    ///   - relativeThreshold: peaks are also above this part of the greatest element.
    ///   - excludedBorder: so many elements at each end of every axis are no peaks; `minimumDistance` without it.
    ///   - maximumCount: only the brightest ones.
    ///   - footprint: where neighbours are that must not be brighter; a box of `minimumDistance` to each side without
    ///     it.
    /// - Returns: one row for each peak with a number for each axis. An image that is equal everywhere has none. Peaks
    ///   of equal brightness come in row-major order.
    ///
    /// Throws when a distance or a number is negative, or the footprint does not fit.
    public func localPeaks(
        minimumDistance: Int = 1, above threshold: Double? = nil, aboveRelative relativeThreshold: Double? = nil,
        excludedBorder: Int? = nil, maximumCount: Int? = nil, footprint: NDArray<Bool>? = nil
    ) throws(NDArrayError) -> NDArray<Int64> {
        let border = excludedBorder ?? minimumDistance
        guard (0..<1 << 20).contains(minimumDistance), border >= 0, (maximumCount ?? 0) >= 0 else {
            throw NDArrayError(
                .outOfBounds,
                "peaks at a distance of \(minimumDistance), a border of \(border), at most \(maximumCount ?? 0) peaks; "
                    + "none is negative, and distances are below 2²⁰")
        }
        guard !isEmpty else { return NDArray<Int64>(zeros: [0, rank]) }
        let ends = minMax()
        var limit = threshold ?? ends.min.asDouble
        if let relativeThreshold { limit = Swift.max(limit, relativeThreshold * ends.max.asDouble) }
        let window = footprint.map { FilterWindowShape.footprint($0) } ?? .size(2 * minimumDistance + 1)
        let isPeak = try peakMask(window, isSingle: (footprint?.count ?? (minimumDistance == 0 ? 1 : 2)) == 1, limit)
        let places = isPeak.truePlaces().elements.map { Int($0) }
        let order = PeakOrder(shape: shape, distance: minimumDistance)
        let values = contiguous()
        let inside = places.filter { order.isInside($0, border: border) }
        let sorted = inside.map { (value: values.base[values.layout.offset + $0], place: $0) }
            .sorted { $0.value != $1.value ? $0.value > $1.value : $0.place < $1.place }
        let chosen = try order.spaced(sorted.map(\.place), most: maximumCount ?? Int.max)
        return NDArray<Int64>(shape: [chosen.count, rank]) { target in
            for (row, place) in chosen.enumerated() {
                for (axis, coordinate) in order.coordinates(place).enumerated() {
                    target.initializeElement(at: row * rank + axis, to: Int64(coordinate))
                }
            }
        }
    }

    /// Where no neighbour is brighter and the element is above a limit.
    private func peakMask(
        _ window: FilterWindowShape, isSingle: Bool, _ limit: Double
    ) throws(NDArrayError) -> NDArray<Bool> {
        let isBright = cast(to: Double.self) .> limit
        if isSingle || count == 1 { return isBright }
        let isHighest = self .== (try maximumFiltered(in: window, boundary: .nearest))
        if isHighest.all() { return NDArray<Bool>(zeros: shape) }
        return isHighest & isBright
    }
}

/// Chooses peaks that are not too close to each other.
private struct PeakOrder {
    let shape: [Int]
    let distance: Int

    func coordinates(_ place: Int) -> [Int] {
        var rest = place
        var result = shape
        for axis in shape.indices.reversed() {
            (rest, result[axis]) = rest.quotientAndRemainder(dividingBy: shape[axis])
        }
        return result
    }

    func isInside(_ place: Int, border: Int) -> Bool {
        zip(coordinates(place), shape).allSatisfy { $0 >= border && $0 < $1 - border }
    }

    /// The places that are nowhere closer than the distance to an earlier one of them.
    func spaced(_ places: [Int], most: Int) throws(NDArrayError) -> [Int] {
        guard distance > 1 else { return Array(places.prefix(most)) }
        var isTaken = [Bool](repeating: false, count: try Layout.elementCount(of: shape))
        let strides = Layout.rowMajorStrides(shape)
        var chosen: [Int] = []
        for place in places where !isTaken[place] {
            if chosen.count == most { break }
            chosen.append(place)
            var starts = [0]
            for (axis, coordinate) in coordinates(place).enumerated() {
                let near = Swift.max(coordinate - distance + 1, 0)..<Swift.min(coordinate + distance, shape[axis])
                starts = starts.flatMap { start in near.map { start + $0 * strides[axis] } }
            }
            for start in starts { isTaken[start] = true }
        }
        return chosen
    }
}
