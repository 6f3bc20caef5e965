internal import CImJoyKernels

/// Which elements around one a filter looks at.
public enum FilterWindowShape: Sendable, Hashable {
    /// So many along every axis.
    case size(Int)
    /// So many along each axis.
    case sizes([Int])
    /// Where an array of as many axes is true.
    case footprint(NDArray<Bool>)

    func footprint(rank: Int) throws(NDArrayError) -> NDArray<Bool> {
        switch self {
        case .size(let size): try Self.box(Array(repeating: size, count: rank))
        case .sizes(let sizes): try Self.box(sizes)
        case .footprint(let footprint): footprint
        }
    }

    private static func box(_ sizes: [Int]) throws(NDArrayError) -> NDArray<Bool> {
        guard sizes.allSatisfy({ (1...mostNeighbours).contains($0) }),
            try Layout.elementCount(of: sizes) <= mostNeighbours
        else {
            throw NDArrayError(
                .outOfBounds,
                "a window of sizes \(sizes); each is at least 1, and together they hold at most \(mostNeighbours) elements"
            )
        }
        return NDArray<Bool>(repeating: true, shape: sizes)
    }

    private static var mostNeighbours: Int { 1 << 20 }
}

extension NDArray where Element: NDReal {
    /// Each element replaced by the middle one of those around it; SciPy's `median_filter`.
    ///
    /// ```swift
    /// let clean = try image.medianFiltered(in: .size(3))
    /// ```
    /// Of an even number the greater of the two in the middle. Throws when the window does not fit the axes.
    public func medianFiltered(
        in window: FilterWindowShape, origins: [Int] = [], boundary: BoundaryMode = .reflect
    ) throws(NDArrayError) -> NDArray {
        try ranked(window, origins, boundary) { $0 / 2 }
    }

    /// Each element replaced by the one of those around it that `percent` of them lie below; SciPy's
    /// `percentile_filter`.
    ///
    /// Negative percentages count from the greatest. Throws outside -100...100 and when the window does not fit the
    /// axes.
    public func percentileFiltered(
        _ percent: Double, in window: FilterWindowShape, origins: [Int] = [], boundary: BoundaryMode = .reflect
    ) throws(NDArrayError) -> NDArray {
        guard percent.magnitude <= 100 else {
            throw NDArrayError(.outOfBounds, "percentile \(percent); it is -100 to 100")
        }
        let part = percent < 0 ? percent + 100 : percent
        return try ranked(window, origins, boundary) { part == 100 ? $0 - 1 : Int(Double($0) * part / 100) }
    }

    /// Each element replaced by the one with that many smaller ones around it; SciPy's `rank_filter`.
    ///
    /// Negative ranks count from the greatest. Throws when there are not so many neighbours, or the window does not
    /// fit.
    public func rankFiltered(
        _ rank: Int, in window: FilterWindowShape, origins: [Int] = [], boundary: BoundaryMode = .reflect
    ) throws(NDArrayError) -> NDArray {
        try ranked(window, origins, boundary) { rank < 0 ? $0 + rank : rank }
    }

    /// Each element replaced by the smallest one of those around it; SciPy's `minimum_filter`.
    ///
    /// Throws when the window does not fit the axes.
    public func minimumFiltered(
        in window: FilterWindowShape, origins: [Int] = [], boundary: BoundaryMode = .reflect
    ) throws(NDArrayError) -> NDArray {
        try extreme(window, origins, boundary, isLargest: false)
    }

    /// Each element replaced by the greatest one of those around it; SciPy's `maximum_filter`.
    ///
    /// Throws when the window does not fit the axes.
    public func maximumFiltered(
        in window: FilterWindowShape, origins: [Int] = [], boundary: BoundaryMode = .reflect
    ) throws(NDArrayError) -> NDArray {
        try extreme(window, origins, boundary, isLargest: true)
    }

    private func extreme(
        _ window: FilterWindowShape, _ origins: [Int], _ boundary: BoundaryMode, isLargest: Bool
    ) throws(NDArrayError) -> NDArray {
        let footprint = try MorphologyWindow.footprint(window.footprint(rank: rank)).footprint(rank: rank)
        return try windowExtremes(Neighbourhood(footprint, origins), boundary, isLargest: isLargest)
    }

    private func ranked(
        _ shape: FilterWindowShape, _ origins: [Int], _ boundary: BoundaryMode, _ rank: (_ count: Int) -> Int
    ) throws(NDArrayError) -> NDArray {
        if dtype == .float16 {
            // Every half is a single, and so are the kernels.
            return try cast(to: Float.self).ranked(shape, origins, boundary, rank).cast(to: Element.self)
        }
        let footprint = try shape.footprint(rank: self.rank)
        let origins = origins.isEmpty ? Array(repeating: 0, count: self.rank) : origins
        let window = try FilterWindow(self, footprint: footprint, origins: origins, boundary: boundary)
        let place = rank(window.count)
        guard (0..<window.count).contains(place) else {
            throw NDArrayError(
                .outOfBounds,
                "rank \(place) of \(window.count) neighbours; a footprint has at least one, and ranks begin at 0")
        }
        if let bytes = ByteRanks(
            dtype, self.shape, window.isBox ? footprint.shape : [], origins, boundary, place: place)
        {
            return try withUnsafeElements { (elements) throws(NDArrayError) in
                try NDArray(uninitialised: self.shape) { target in
                    guard let source = elements.baseAddress else { return }
                    bytes.run(source, UnsafeMutableRawPointer(target))
                }
            }
        }
        return try NDArray(uninitialised: self.shape) { target in
            let method = RankMethod(dtype, window, place)
            window.forEachLine(into: target, cost: method.cost) { method.select($0, $2, into: $1) }
        }
    }
}
