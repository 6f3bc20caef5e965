extension NDArray where Element: NDReal {
    /// Where the array is higher than all around it; scikit-image's `local_maxima`.
    ///
    /// ```swift
    /// let peaks = try image.localMaxima().argWhere()
    /// ```
    /// Elements of one value that touch each other are a maximum together when all their other neighbours are lower. An array
    /// that is the same everywhere has none.
    /// - Parameters:
    ///   - connectivity: along how many axes a neighbour may differ by one place; along all of them when nil.
    ///   - footprint: the neighbours as a box of 3 along every axis, instead of a connectivity.
    ///   - allowsBorders: whether maxima may hold elements at the edges.
    /// - Returns: answers of the same shape. NaN is no maximum.
    ///
    /// Throws when the footprint does not fit.
    public func localMaxima(
        connectivity: Int? = nil, footprint: NDArray<Bool>? = nil, allowsBorders: Bool = true
    ) throws(NDArrayError) -> NDArray<Bool> {
        try localExtrema(connectivity, footprint, allowsBorders, isMinimum: false)
    }

    /// Where the array is lower than all around it; scikit-image's `local_minima`.
    ///
    /// See ``localMaxima(connectivity:footprint:allowsBorders:)``.
    public func localMinima(
        connectivity: Int? = nil, footprint: NDArray<Bool>? = nil, allowsBorders: Bool = true
    ) throws(NDArrayError) -> NDArray<Bool> {
        try localExtrema(connectivity, footprint, allowsBorders, isMinimum: true)
    }

    private func localExtrema(
        _ connectivity: Int?, _ footprint: NDArray<Bool>?, _ allowsBorders: Bool, isMinimum: Bool
    ) throws(NDArrayError) -> NDArray<Bool> {
        let all = try StructuringElement.neighbours(rank: rank, connectivity: connectivity ?? rank)
        let footprint = footprint ?? all
        guard footprint.shape == Array(repeating: 3, count: rank) else {
            throw NDArrayError(
                .shapeMismatch,
                "a footprint of shape \(footprint.shape) for an array of \(rank) axes; it has 3 elements along each")
        }
        if isEmpty || rank == 0 || (!allowsBorders && shape.contains { $0 < 3 }) {
            return NDArray<Bool>(repeating: false, shape: shape)
        }
        let offsets = try Neighbourhood(footprint, []).offsets.filter { $0.contains { $0 != 0 } }
        switch dtype {
        case .int64, .uint64:
            // In an order that signed numbers can have.
            var keys = cast(to: Int64.self, overflow: .wrap)
            if dtype == .uint64 { keys = keys ^ NDArray<Int64>(scalar: .min) }
            return try Plateaus(isMinimum ? ~keys : keys, offsets, allowsBorders).maxima()
        case _ where dtype.isSingle:
            let values = cast(to: Float.self)
            return try Plateaus(isMinimum ? -values : values, offsets, allowsBorders).maxima()
        default:
            let values = cast(to: Double.self)
            return try Plateaus(isMinimum ? -values : values, offsets, allowsBorders).maxima()
        }
    }

    /// The maxima that are at least `height` above the highest pass to a higher one; scikit-image's `h_maxima`.
    ///
    /// ```swift
    /// let nuclei = try image.heightMaxima(20)
    /// ```
    /// - Parameters:
    ///   - height: above 0.
    ///   - footprint: which neighbours there are; all that touch the element when nil.
    /// - Returns: answers of the same shape; none are true when the array has not so much range.
    ///
    /// As in scikit-image, images of floats are lowered by a little more than the height, so that rounding hides no maximum.
    /// Throws when the height is not above 0, or the footprint does not fit.
    public func heightMaxima(_ height: Double, footprint: NDArray<Bool>? = nil) throws(NDArrayError) -> NDArray<Bool> {
        try heightExtrema(height, footprint, isMinimum: false)
    }

    /// The minima that are at least `depth` below the lowest way out of them; scikit-image's `h_minima`.
    ///
    /// See ``heightMaxima(_:footprint:)``.
    public func depthMinima(_ depth: Double, footprint: NDArray<Bool>? = nil) throws(NDArrayError) -> NDArray<Bool> {
        try heightExtrema(depth, footprint, isMinimum: true)
    }

    private func heightExtrema(
        _ height: Double, _ footprint: NDArray<Bool>?, isMinimum: Bool
    ) throws(NDArrayError) -> NDArray<Bool> {
        guard height > 0 else {
            throw NDArrayError(.outOfBounds, "a height of \(height); it is above 0, use localMaxima for all maxima")
        }
        if isEmpty || height > max().asDouble - min().asDouble { return NDArray<Bool>(repeating: false, shape: shape) }
        switch dtype {
        case .float16: return try heightExtrema(height, footprint, isMinimum, in: Float16.self, slack: 1e-3)
        case .float32: return try heightExtrema(height, footprint, isMinimum, in: Float.self, slack: 1e-6)
        case .float64: return try heightExtrema(height, footprint, isMinimum, in: Double.self, slack: 1e-15)
        default:
            // Parts of integers make them floats.
            let isWhole = height == height.rounded()
            return try heightExtrema(height, footprint, isMinimum, in: Double.self, slack: isWhole ? nil : 1e-15)
        }
    }

    /// - Parameter slack: the resolution of the floats, nil for integers, which have a range instead.
    private func heightExtrema<T: NDFloat>(
        _ height: Double, _ footprint: NDArray<Bool>?, _ isMinimum: Bool, in type: T.Type, slack: Double?
    ) throws(NDArrayError) -> NDArray<Bool> {
        let values = cast(to: type)
        let height = T(casting: height, overflow: .clamp)
        var moved = isMinimum ? values + height : values - height
        if let slack {
            let more = values.abs() * T(casting: 2 * slack, overflow: .clamp)
            moved = isMinimum ? moved + more : moved - more
        } else {
            let end = Element(casting: isMinimum ? .infinity : -.infinity, overflow: .clamp).asDouble
            let limit = NDArray<T>(scalar: T(casting: end, overflow: .clamp))
            moved = isMinimum ? .minimum(moved, limit) : .maximum(moved, limit)
        }
        let level =
            isMinimum
            ? try moved.reconstructedByErosion(above: values, footprint: footprint)
            : try moved.reconstructedByDilation(under: values, footprint: footprint)
        return (isMinimum ? level - values : values - level) .>= height
    }
}

/// Parts of an array that have one value.
private struct Plateaus<T: NDReal> {
    private var values: NDArray<T>
    private let steps: [Int]
    private let allowsBorders: Bool
    private let shape: [Int]

    /// - Parameter offsets: the neighbours without the element itself, along each axis.
    init(_ array: NDArray<T>, _ offsets: [[Int]], _ allowsBorders: Bool) throws(NDArrayError) {
        shape = array.shape
        self.allowsBorders = allowsBorders
        // Around the array lies what is as low as its lowest element, which is therefore never a maximum.
        values = allowsBorders ? try array.padded(1, with: .constant(array.min())) : array.contiguous()
        let strides = values.strides
        steps = offsets.map { zip($0, strides).reduce(0) { $0 + $1.0 * $1.1 } }
    }

    func maxima() throws(NDArrayError) -> NDArray<Bool> {
        let inner = NDArray<UInt8>(zeros: values.shape.map { $0 - 2 })
        var states = try inner.padded(1, with: .constant(PlateauState.border))
        states.makeUnique()
        mark(values.base + values.layout.offset, states.mutableBase + states.layout.offset, states.count)
        withExtendedLifetime(values) {}
        let found = states .== PlateauState.maximum
        guard allowsBorders else { return found }
        let selectors: [any AxisSelector] = shape.map { 1..<$0 + 1 }
        return try found.sliced(selectors).contiguous()
    }

    private func mark(_ values: UnsafePointer<T>, _ states: UnsafeMutablePointer<UInt8>, _ count: Int) {
        var stack: [Int] = []
        var members: [Int] = []
        for start in 0..<count where states[start] == PlateauState.unknown {
            let height = values[start]
            var (isHighest, isAlone) = (height == height, true)
            for step in steps {
                let other = values[start + step]
                if other > height {
                    isHighest = false
                    break
                }
                if other == height { isAlone = false }
            }
            // Its plateau is found from another element, or never.
            guard isHighest else { continue }
            if isAlone {
                states[start] = PlateauState.maximum
                continue
            }
            stack.append(start)
            states[start] = PlateauState.visited
            members.removeAll(keepingCapacity: true)
            while let place = stack.popLast() {
                members.append(place)
                for step in steps {
                    let other = values[place + step]
                    if other > height { isHighest = false }
                    guard other == height else { continue }
                    if states[place + step] == PlateauState.border {
                        isHighest = false
                    } else if states[place + step] == PlateauState.unknown {
                        states[place + step] = PlateauState.visited
                        stack.append(place + step)
                    }
                }
            }
            if isHighest { for place in members { states[place] = PlateauState.maximum } }
        }
    }
}

private enum PlateauState {
    static let unknown: UInt8 = 0
    static let visited: UInt8 = 1
    static let maximum: UInt8 = 2
    static let border: UInt8 = 3
}
