extension NDArray where Element: NDReal {
    /// Grows markers over an image from its lowest elements up until they meet; scikit-image's `watershed`.
    ///
    /// ```swift
    /// let (markers, _) = try seeds.labelled()
    /// let parts = try (0 - depths).watershed(from: markers, in: mask)
    /// ```
    /// - Parameters:
    ///   - markers: an array of the same shape, 0 where there is none.
    ///   - mask: where elements may be labelled; everywhere without it.
    ///   - connectivity: in how many coordinates neighbours may differ, 1 to the number of axes.
    ///   - compactness: above 0, elements far from their marker wait longer, and parts get rounder.
    ///   - keepingLine: leaves elements between two parts 0; without effect when compactness is above 0.
    /// - Returns: labels of the same shape. Elements are flooded in the order of their values, and those of equal value
    ///   in the order in which they were reached; what lies lower than the way to it counts as high as the way. Where
    ///   several lines meet, other elements may be left free than by scikit-image.
    ///
    /// Throws when shapes differ, on other connectivities, and when compactness is negative or no number.
    public func watershed(
        from markers: NDArray<Int32>, in mask: NDArray<Bool>? = nil, connectivity: Int = 1, compactness: Double = 0,
        keepingLine: Bool = false
    ) throws(NDArrayError) -> NDArray<Int32> {
        guard markers.shape == shape, mask.map({ $0.shape == shape }) ?? true else {
            throw NDArrayError(
                .shapeMismatch,
                "markers of shape \(markers.shape) and a mask of shape \(mask?.shape ?? shape) "
                    + "for an image of shape \(shape)"
            )
        }
        guard compactness >= 0, compactness.isFinite else {
            throw NDArrayError(.outOfBounds, "compactness \(compactness); it is 0 or more")
        }
        let structure = try NeighbourStructure(rank: rank, connectivity: connectivity)
        guard rank > 0, !isEmpty else { return markers }
        let paddedShape = shape.map { $0 + 2 }
        guard try Layout.elementCount(of: paddedShape) < Int(Int32.max) else {
            throw NDArrayError(.outOfMemory, "a watershed of an image of shape \(shape); flood parts of it")
        }
        // The nearest neighbours come first, those of equal distance in row-major order.
        let offsets = (1...rank).flatMap { many in structure.offsets.filter { $0.count { $0 != 0 } == many } }
        let strides = Layout.rowMajorStrides(paddedShape)
        let steps = offsets.map { zip($0, strides).reduce(0) { $0 + $1.0 * $1.1 } }
        let isOpen = try (mask ?? NDArray<Bool>(repeating: true, shape: shape)).padded(1).asBytes
        var labels = try markers.padded(1)
        if let mask { labels = try labels * mask.padded(1).cast() }
        labels.makeUnique()
        func setUp() -> Watershed {
            Watershed(
                steps: steps, strides: strides, isOpen: isOpen.base, labels: labels.mutableBase, count: labels.count)
        }
        if compactness > 0 || keepingLine {
            let values = try cast(to: Double.self).padded(1)
            setUp().flood(values.base, compactness: compactness, keepsLine: keepingLine)
            withExtendedLifetime(values) {}
        } else if let levels = try floodLevels() {
            let values = try levels.padded(1)
            setUp().flood(values.base, PackedKey.self)
            withExtendedLifetime(values) {}
        } else {
            let values = try cast(to: Double.self).padded(1)
            setUp().flood(values.base, WideKey.self)
            withExtendedLifetime(values) {}
        }
        withExtendedLifetime(isOpen) {}
        return try labels.sliced(shape.map { AxisSlice.slice(from: 1, to: $0 + 1, by: 1) }).contiguous()
    }

    /// Whole numbers of 32 bits in the order of the elements, nil for types and values without.
    private func floodLevels() throws(NDArrayError) -> NDArray<UInt32>? {
        switch dtype {
        case .uint8, .uint16, .uint32: return cast(to: UInt32.self)
        case .int8, .int16, .int32:
            let shifted: NDArray<Int64> = cast(to: Int64.self) + 0x8000_0000
            return shifted.cast(to: UInt32.self)
        case .float16, .float32:
            let values = cast(to: Float.self)
            return try values.withUnsafeElements { (values) throws(NDArrayError) -> NDArray<UInt32>? in
                var isOrdered = true
                let levels = try NDArray<UInt32>(uninitialised: shape) { levels in
                    for index in 0..<values.count {
                        // Zero has two forms, which are equal.
                        let bits = (values[index] + 0).bitPattern
                        levels[index] = bits >> 31 == 0 ? bits | 1 << 31 : ~bits
                        if values[index].isNaN { isOrdered = false }
                    }
                }
                return isOrdered ? levels : nil
            }
        default: return nil
        }
    }
}
