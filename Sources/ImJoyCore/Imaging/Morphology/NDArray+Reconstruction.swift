extension NDArray where Element: NDReal {
    /// The greatest array below `mask` that grows out of this one; scikit-image's `reconstruction(seed, mask, 'dilation')`.
    ///
    /// ```swift
    /// let domes = image - (try (image - 10).reconstructedByDilation(under: image))
    /// ```
    /// Values spread from each element to its neighbours, as far as `mask` lets them rise.
    /// - Parameters:
    ///   - mask: an array of the same shape that is nowhere below this one.
    ///   - footprint: which neighbours there are; all that touch the element, corners too, when nil.
    ///   - offset: the place of the element itself in the footprint, its middle when nil.
    /// - Returns: an array of the same shape and type. Integers of 64 bits are rounded to 53.
    ///
    /// Throws when this array is somewhere above the mask, shapes differ, a footprint without offset has an even size, or
    /// the offset is outside of it.
    public func reconstructedByDilation(
        under mask: NDArray, footprint: NDArray<Bool>? = nil, offset: [Int]? = nil
    ) throws(NDArrayError) -> NDArray {
        try reconstructed(mask, footprint, offset, isErosion: false)
    }

    /// The smallest array above `mask` that shrinks out of this one; scikit-image's
    /// `reconstruction(seed, mask, 'erosion')`.
    ///
    /// This array is nowhere below the mask. See ``reconstructedByDilation(under:footprint:offset:)``.
    public func reconstructedByErosion(
        above mask: NDArray, footprint: NDArray<Bool>? = nil, offset: [Int]? = nil
    ) throws(NDArrayError) -> NDArray {
        try reconstructed(mask, footprint, offset, isErosion: true)
    }

    private func reconstructed(
        _ mask: NDArray, _ footprint: NDArray<Bool>?, _ offset: [Int]?, isErosion: Bool
    ) throws(NDArrayError) -> NDArray {
        guard shape == mask.shape else {
            throw NDArrayError(.shapeMismatch, "a mask of shape \(mask.shape) for an array of shape \(shape)")
        }
        let isOutside = isErosion ? self .< mask : self .> mask
        guard isEmpty || !isOutside.any() else {
            throw NDArrayError(
                .invalidValue,
                isErosion
                    ? "an array that is somewhere below the mask it shall be eroded to"
                    : "an array that is somewhere above the mask it shall be dilated under")
        }
        let offsets = try Self.offsets(rank, footprint, offset)
        if isEmpty || rank == 0 { return self }
        return dtype.isSingle
            ? try reconstructed(mask, offsets, isErosion, in: Float.self).cast()
            : try reconstructed(mask, offsets, isErosion, in: Double.self).cast()
    }

    /// The neighbours of an element, as distances along each axis.
    private static func offsets(
        _ rank: Int, _ footprint: NDArray<Bool>?, _ offset: [Int]?
    ) throws(NDArrayError) -> [[Int]] {
        let all = try StructuringElement.neighbours(rank: rank, connectivity: rank)
        let footprint = footprint ?? all
        guard footprint.rank == rank, !footprint.isEmpty else {
            throw NDArrayError(.shapeMismatch, "a footprint of shape \(footprint.shape) for an array of \(rank) axes")
        }
        let middle = footprint.shape.map { $0 / 2 }
        if offset == nil, footprint.shape.contains(where: { $0.isMultiple(of: 2) }) {
            throw NDArrayError(
                .shapeMismatch, "a footprint of shape \(footprint.shape) has no middle; give the offset of the element")
        }
        let centre = offset ?? middle
        guard centre.count == rank, zip(centre, footprint.shape).allSatisfy({ (0..<$1).contains($0) }) else {
            throw NDArrayError(.outOfBounds, "an offset of \(centre) in a footprint of shape \(footprint.shape)")
        }
        // The distance between an element of the footprint and `centre`.
        return try Neighbourhood(footprint, zip(centre, middle).map { $0 - $1 }).offsets
    }

    func reconstructed<T: NDLinearReal>(
        _ mask: NDArray, _ offsets: [[Int]], _ isErosion: Bool, in type: T.Type
    ) throws(NDArrayError) -> NDArray<T> {
        let (seed, limits) = (cast(to: type), mask.cast(to: type))
        let work = Reconstruction<T>(shape: shape, offsets: offsets)
        return isErosion ? -(try work.run(-seed, -limits)) : try work.run(seed, limits)
    }
}

extension DType {
    /// Whether single precision holds every value.
    var isSingle: Bool {
        switch self {
        case .bool, .int8, .uint8, .int16, .uint16, .float16, .float32: true
        default: false
        }
    }
}
