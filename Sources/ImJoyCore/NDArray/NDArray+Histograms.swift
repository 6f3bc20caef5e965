// A bin holds the numbers from its lower edge up to but not including its upper one; the last bin includes both. What
// lies outside all bins, and NaN, is not counted. Numbers are compared as doubles.
extension NDArray where Element: NDReal {
    /// How many elements lie in each of some bins of equal width.
    ///
    /// ```swift
    /// let (counts, edges) = try image.histogram(bins: 256, in: 0...255)
    /// let (few, _) = try image.histogram(bins: .auto)
    /// ```
    /// - Parameters:
    ///   - bins: a number of bins, or a rule to find one.
    ///   - range: from the first edge to the last; without it, from the smallest to the largest element.
    /// - Returns: the counts, and the edges, one more than there are bins.
    ///
    /// Throws when there is no bin, or the range (or an element, without a range) is not finite.
    public func histogram(
        bins: HistogramBins = 10, in range: ClosedRange<Double>? = nil
    ) throws(NDArrayError) -> (counts: NDArray<Int64>, edges: NDArray<Element.Mean>) {
        let edges = try evenEdges(bins, in: range)
        return (counts(in: edges.values), edges.array)
    }

    /// How much the elements in each of some bins of equal width weigh together.
    ///
    /// Throws as ``histogram(bins:in:)`` does, and when `weights` have another shape than this array.
    public func histogram(
        bins: HistogramBins = 10, in range: ClosedRange<Double>? = nil, weights: NDArray<Double>
    ) throws(NDArrayError) -> (sums: NDArray<Double>, edges: NDArray<Element.Mean>) {
        try refuse(weights)
        let edges = try evenEdges(bins, in: range)
        return (edges.values.sums(cast(to: Double.self), weights.elements), edges.array)
    }

    /// The part of all elements, or of their weight, in each of some bins of equal width, divided by its width, so that
    /// the integral over the bins is one.
    public func histogramDensity(
        bins: HistogramBins = 10, in range: ClosedRange<Double>? = nil, weights: NDArray<Double>? = nil
    ) throws(NDArrayError) -> (density: NDArray<Double>, edges: NDArray<Element.Mean>) {
        let edges = try evenEdges(bins, in: range)
        let weights = weights ?? NDArray<Double>(ones: shape)
        try refuse(weights)
        return (
            edges.values.density(of: edges.values.sums(cast(to: Double.self), weights.elements)), edges.array
        )
    }

    /// How many elements lie between each two neighbours of `edges`, which ascend.
    ///
    /// Throws when they do not, or have not one axis.
    public func histogram<Edge: NDReal>(edges: NDArray<Edge>) throws(NDArrayError) -> NDArray<Int64> {
        counts(in: try BinEdges(checking: edges))
    }

    /// How many elements lie in each bin; of small integers, each value is looked at once.
    private func counts(in bins: BinEdges) -> NDArray<Int64> {
        if let occurrences = occurrences() { return bins.counts(occurrences) }
        if let counts = bins.counts(ofIntegers: self) { return counts }
        return bins.counts(of: cast(to: Double.self))
    }

    /// How much the elements between each two neighbours of `edges` weigh together.
    ///
    /// Throws when the edges do not ascend or have not one axis, and when `weights` have another shape than this array.
    public func histogram<Edge: NDReal>(
        edges: NDArray<Edge>, weights: NDArray<Double>
    ) throws(NDArrayError) -> NDArray<Double> {
        try refuse(weights)
        return try BinEdges(checking: edges).sums(cast(to: Double.self), weights.elements)
    }

    /// The part of all elements, or of their weight, between each two neighbours of `edges`, divided by their distance.
    public func histogramDensity<Edge: NDReal>(
        edges: NDArray<Edge>, weights: NDArray<Double>? = nil
    ) throws(NDArrayError) -> NDArray<Double> {
        let weights = weights ?? NDArray<Double>(ones: shape)
        try refuse(weights)
        let bins = try BinEdges(checking: edges)
        return bins.density(of: bins.sums(cast(to: Double.self), weights.elements))
    }

    private func refuse(_ weights: NDArray<Double>) throws(NDArrayError) {
        if weights.shape != shape {
            throw NDArrayError(.shapeMismatch, "weights of shape \(weights.shape) for an array of shape \(shape)")
        }
    }

    /// Edges at equal distances, as this type's means hold them.
    func evenEdges(
        _ bins: HistogramBins, in range: ClosedRange<Double>?
    ) throws(NDArrayError) -> (values: BinEdges, array: NDArray<Element.Mean>) {
        var first = 0.0
        var last = 1.0
        if let range {
            (first, last) = (range.lowerBound, range.upperBound)
        } else if !isEmpty {
            let ends = minMax()
            (first, last) = (ends.min.asDouble, ends.max.asDouble)
        }
        guard first.isFinite, last.isFinite else {
            throw NDArrayError(
                .outOfBounds, "a histogram from \(first) to \(last); name a finite range, or replace NaN and infinity")
        }
        if first == last { (first, last) = (first - 0.5, last + 0.5) }
        var inside = NDArray<Double>(zeros: [0])
        if case .count = bins {
        } else {
            inside = cast(to: Double.self)
            inside = try inside.compressed(where: (inside .>= first) & (inside .<= last))
        }
        let count = try bins.number(for: inside, from: first, to: last, isInteger: Element.dtype.isInteger)
        _ = try Layout.elementCount(of: [count])
        // The memory is asked for here, where asking for too much is an error.
        let even = try NDArray<Double>(uninitialised: [count + 1]) { target in
            for index in 0...count { target[index] = first + Double(index) * ((last - first) / Double(count)) }
            target[count] = last
        }
        let edges: NDArray<Element.Mean> = even.cast()
        return (BinEdges(edges: edges.cast(to: Double.self).elements), edges)
    }

    /// How many of a number of points, given by one array per coordinate, lie in each cell of a grid.
    ///
    /// ```swift
    /// let (counts, edges) = try NDArray.histogram(of: [x, y], bins: [32, 32])
    /// ```
    /// - Parameters:
    ///   - points: arrays of one shape, one for each axis of the result.
    ///   - bins: how many bins each axis has.
    ///   - ranges: from the first edge to the last of each axis; without them from the smallest to the largest number.
    ///   - weights: what each point counts.
    /// - Returns: the sums, and the edges for each axis. NumPy's `histogram2d` and `histogramdd`.
    ///
    /// Throws when counts or shapes differ, there is no bin, or a range is not finite.
    public static func histogram(
        of points: [NDArray], bins: [HistogramBins], in ranges: [ClosedRange<Double>]? = nil,
        weights: NDArray<Double>? = nil
    ) throws(NDArrayError) -> (sums: NDArray<Double>, edges: [NDArray<Element.Mean>]) {
        guard let shape = points.first?.shape, points.allSatisfy({ $0.shape == shape }), bins.count == points.count,
            ranges.map({ $0.count == points.count }) ?? true, weights.map({ $0.shape == shape }) ?? true
        else {
            throw NDArrayError(
                .shapeMismatch,
                "points of shapes \(points.map(\.shape)) with \(bins.count) numbers of bins, \(ranges?.count ?? points.count) ranges and weights of shape \(weights?.shape ?? [])"
            )
        }
        var edges: [NDArray<Element.Mean>] = []
        var lengths: [Int] = []
        var cells = [Int?](repeating: 0, count: points[0].count)
        for (axis, coordinates) in points.enumerated() {
            let (values, array) = try coordinates.evenEdges(bins[axis], in: ranges?[axis])
            edges.append(array)
            lengths.append(values.edges.count - 1)
            _ = try Layout.elementCount(of: lengths)
            for (number, bin) in values.bins(coordinates.cast()).enumerated() {
                guard let bin, let cell = cells[number] else { cells[number] = nil; continue }
                cells[number] = cell * lengths[axis] + bin
            }
        }
        let amounts = weights?.elements
        let sums = try NDArray<Double>(uninitialised: lengths) { target in
            target.initialize(repeating: 0, count: lengths.reduce(1, *))
            for (number, cell) in cells.enumerated() { if let cell { target[cell] += amounts?[number] ?? 1 } }
        }
        return (sums, edges)
    }
}

extension BinEdges {
    init<Edge: NDReal>(checking edges: NDArray<Edge>) throws(NDArrayError) {
        let values = edges.cast(to: Double.self).elements
        guard edges.rank == 1, zip(values, values.dropFirst()).allSatisfy({ $0 <= $1 }) else {
            throw NDArrayError(
                .outOfBounds, "the edges of a histogram must have one axis and ascend (shape \(edges.shape))")
        }
        self.init(edges: values)
    }
}

extension NDArray where Element: NDInteger {
    /// How often each number from 0 to the largest element, or to `minimumLength` - 1 when that is more, is there.
    ///
    /// Throws on negative numbers, and when this array has not one axis or its largest number asks for more memory than
    /// there is.
    public func binCounts(minimumLength: Int = 0) throws(NDArrayError) -> NDArray<Int64> {
        let (places, length) = try binPlaces(minimumLength)
        return try NDArray<Int64>(uninitialised: [length]) { target in
            target.initialize(repeating: 0, count: length)
            for place in places { target[place] += 1 }
        }
    }

    /// How much the elements that are 0, 1, 2… weigh together; see ``binCounts(minimumLength:)``.
    ///
    /// Throws when `weights` have another shape, too.
    public func binSums(
        weights: NDArray<Double>, minimumLength: Int = 0
    ) throws(NDArrayError) -> NDArray<Double> {
        guard weights.shape == shape else {
            throw NDArrayError(.shapeMismatch, "weights of shape \(weights.shape) for an array of shape \(shape)")
        }
        let (places, length) = try binPlaces(minimumLength)
        let amounts = weights.elements
        return try NDArray<Double>(uninitialised: [length]) { target in
            target.initialize(repeating: 0, count: length)
            for (number, place) in places.enumerated() { target[place] += amounts[number] }
        }
    }

    private func binPlaces(_ minimumLength: Int) throws(NDArrayError) -> (places: [Int], length: Int) {
        guard rank == 1, minimumLength >= 0 else {
            throw NDArrayError(
                .shapeMismatch, "counting numbers of shape \(shape) in \(minimumLength) bins or more; flatten it first")
        }
        let places = elements.map { Int(clamping: $0) }
        if let bad = places.first(where: { $0 < 0 }) {
            throw NDArrayError(.outOfBounds, "\(bad) is negative, and there are bins for 0, 1, 2… only")
        }
        let largest = places.max() ?? -1
        guard largest < Int.max / 16 else {
            throw NDArrayError(.outOfMemory, "bins for 0 to \(largest) are more than memory can hold")
        }
        return (places, Swift.max(largest + 1, minimumLength))
    }
}
