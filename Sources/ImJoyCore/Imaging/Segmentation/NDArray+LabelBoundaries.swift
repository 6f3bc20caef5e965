/// Which elements are the boundary between labels; see ``NDArray/boundaries(_:connectivity:background:)``.
public enum BoundaryKind: Sendable, Hashable {
    /// Every element with a neighbour of another label.
    case thick
    /// Those that are not background.
    case inner
    /// Those that are background, and those where two labels touch.
    case outer
    /// Elements between elements: the result has twice as many along each axis, less one.
    case subpixel
}

extension NDArray where Element: NDInteger {
    /// Where labels meet each other or the background; scikit-image's `find_boundaries`.
    ///
    /// ```swift
    /// let outline = try labels.boundaries(.inner)
    /// ```
    /// - Parameters:
    ///   - kind: which of the elements that meet.
    ///   - connectivity: in how many coordinates neighbours may differ, 1 to the number of axes.
    ///   - background: the label of the background.
    /// - Returns: a mask of the same shape; see ``BoundaryKind/subpixel`` for the one that is larger, for which all
    ///   neighbours and labels count.
    ///
    /// Throws on other connectivities.
    public func boundaries(
        _ kind: BoundaryKind = .thick, connectivity: Int = 1, background: Element = .zero
    ) throws(NDArrayError) -> NDArray<Bool> {
        if kind == .subpixel { return try subpixelBoundaries() }
        let structure = try NeighbourStructure(rank: rank, connectivity: connectivity)
        if isEmpty { return NDArray<Bool>(zeros: shape) }
        let meets = try meeting(structure)
        let isBackground = self .== background
        switch kind {
        case .thick, .subpixel: return meets
        case .inner: return meets & !isBackground
        case .outer:
            // The greatest number of the type stands for the background where the smallest label is looked for.
            let inverted = try NDArray.select(where: isBackground, NDArray(scalar: .max), otherwise: self)
            let greatest = try maximumFiltered(in: .size(3), boundary: .nearest)
            let smallest = try inverted.minimumFiltered(in: .size(3), boundary: .nearest)
            return meets & (isBackground | (greatest .!= smallest))
        }
    }

    /// Where a neighbour inside differs.
    private func meeting(_ structure: NeighbourStructure) throws(NDArrayError) -> NDArray<Bool> {
        var result = NDArray<Bool>(repeating: false, shape: shape)
        for step in structure.earlier {
            // Each pair of neighbours is compared once, and both are marked.
            func part(_ isFirst: Bool) -> [AxisSlice] {
                step.indices.map { axis in
                    let (move, length) = (isFirst ? step[axis] : -step[axis], shape[axis])
                    return move > 0
                        ? .slice(from: 1, to: length, by: 1)
                        : .slice(from: 0, to: move < 0 ? Swift.max(length - 1, 0) : length, by: 1)
                }
            }
            let (one, two) = (part(true), part(false))
            let differs = try sliced(one) .!= sliced(two)
            if differs.isEmpty { continue }
            try result.assign(result.sliced(one) | differs, to: one)
            try result.assign(result.sliced(two) | differs, to: two)
        }
        return result
    }

    private func subpixelBoundaries() throws(NDArrayError) -> NDArray<Bool> {
        guard !isEmpty else {
            throw NDArrayError(.emptyArray, "boundaries between the elements of an array of shape \(shape)")
        }
        let wide = try Layout(shape: shape.map { $0.multipliedReportingOverflow(by: 2).partialValue - 1 }).shape
        guard rank > 0 else { return NDArray<Bool>(zeros: wide) }
        let strides = Layout.rowMajorStrides(shape)
        let count = try Layout.elementCount(of: wide)
        return try withUnsafeElements { (labels) throws(NDArrayError) in
            try NDArray<Bool>(uninitialised: wide) { target in
                for index in 0..<count {
                    var (rest, starts, isBetween) = (index, [0], false)
                    for axis in wide.indices.reversed() {
                        let (quotient, place) = rest.quotientAndRemainder(dividingBy: wide[axis])
                        rest = quotient
                        let isOdd = !place.isMultiple(of: 2)
                        isBetween = isBetween || isOdd
                        // The elements up to one place away; beyond an edge there is another one of those at the edge.
                        let near = isOdd ? [place / 2, place / 2 + 1] : [place / 2]
                        starts = starts.flatMap { start in near.map { start + $0 * strides[axis] } }
                    }
                    // The place between has the greatest number of the type as its own label.
                    target[index] =
                        isBetween
                        && starts.contains { one in
                            labels[one] != .max
                                && starts.contains { labels[$0] != .max && labels[$0] != labels[one] }
                        }
                }
            }
        }
    }

    /// Labels grown into the background by up to `distance`, each element to its nearest label; scikit-image's
    /// `expand_labels`.
    ///
    /// ```swift
    /// let rings = try nuclei.expanded(by: 5)
    /// ```
    /// - Parameters:
    ///   - distance: how far labels grow, in the unit of `spacing`.
    ///   - spacing: how far neighbours along each axis are apart; 1 when empty.
    ///
    /// Labels never grow over each other; of two that are equally near the one that comes first along the last axis is
    /// taken. Throws when there is not one spacing above 0 for each axis.
    public func expanded(by distance: Double = 1, spacing: [Double] = []) throws(NDArrayError) -> NDArray {
        let isBackground = self .== .zero
        if isEmpty || isBackground.all() { return self }
        let (distances, nearest) = try isBackground.distancesAndNearest(sampling: spacing)
        let grown = try taking(nearest)
        return try NDArray.select(where: distances .<= distance, grown, otherwise: NDArray(scalar: .zero))
    }
}
