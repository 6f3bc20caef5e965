extension NDArray where Element: NDInteger {
    /// Where each label is, how large, and how it is shaped; scikit-image's `regionprops`.
    ///
    /// ```swift
    /// for region in try labels.regions() where region.area > 50 { print(region.label, region.centroid) }
    /// ```
    /// - Parameters:
    ///   - measures: what is measured besides place and size.
    ///   - spacing: how far neighbours along each axis are apart; 1 when empty.
    /// - Returns: the labels above 0 in ascending order.
    ///
    /// Throws when there is not one spacing above 0 for each axis, and when an outline is asked for of axes that are
    /// not two, or of two with different spacings.
    public func regions(
        measuring measures: RegionMeasures = .ellipse, spacing: [Double] = []
    ) throws(NDArrayError) -> [Region] {
        try regions(measures, spacing, RegionSums(self)) { _ in nil }
    }

    /// The same with how bright each label is in an image of the same shape.
    ///
    /// ```swift
    /// let regions = try labels.regions(in: image)
    /// let means = regions.compactMap { $0.intensity?.mean }
    /// ```
    /// See ``regions(measuring:spacing:)``. Throws when the shapes differ, too.
    public func regions<Value: NDReal>(
        in image: NDArray<Value>, measuring measures: RegionMeasures = .ellipse, spacing: [Double] = []
    ) throws(NDArrayError) -> [Region] {
        guard image.shape == shape else {
            throw NDArrayError(.shapeMismatch, "an image of shape \(image.shape) for labels of shape \(shape)")
        }
        let slots = try LabelSlots(self)
        let (sums, table): (RegionSums, [IntensitySum])
        // A few types are read as they are, all others as doubles.
        switch Value.dtype {
        case .uint8: (sums, table) = try IntensitySum.table(image.cast(to: UInt8.self), slots)
        case .uint16: (sums, table) = try IntensitySum.table(image.cast(to: UInt16.self), slots)
        case .float32: (sums, table) = try IntensitySum.table(image.cast(to: Float.self), slots)
        default: (sums, table) = try IntensitySum.table(image.cast(to: Double.self), slots)
        }
        return try regions(measures, spacing, sums) { slot in table[slot].result(count: sums.counts[slot]) }
    }

    private func regions(
        _ measures: RegionMeasures, _ spacing: [Double], _ sums: RegionSums,
        _ intensity: (_ slot: Int) -> RegionIntensity?
    ) throws(NDArrayError) -> [Region] {
        let steps = spacing.isEmpty ? Array(repeating: 1, count: rank) : spacing
        guard steps.count == rank, steps.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            throw NDArrayError(
                .outOfBounds, "spacing \(spacing) for labels of shape \(shape); each axis needs a step above 0")
        }
        guard !measures.contains(.outline) || (rank == 2 && steps[0] == steps[1]) else {
            throw NDArrayError(
                .invalidShape,
                "outlines in labels of shape \(shape) with spacing \(steps); "
                    + "there are outlines for two axes with equal steps"
            )
        }
        guard !isEmpty, rank > 0 else { return [] }
        let covariances = measures.contains(.ellipse) ? try sums.covariances(shape) : []
        var regions: [Region] = []
        for slot in 0...sums.slots.count where sums.counts[slot] > 0 && sums.slots.label(slot) > 0 {
            var region = Region(
                label: sums.slots.label(slot), count: sums.counts[slot], boundingBox: sums.box(slot),
                centroid: zip(sums.centroid(slot), steps).map { $0 * $1 }, spacing: steps)
            region.intensity = intensity(slot)
            if measures.contains(.ellipse) {
                region.covariance = (0..<rank).map { one in
                    (0..<rank).map { covariances[(slot * rank + one) * rank + $0] * steps[one] * steps[$0] }
                }
            }
            if measures.contains(.outline) {
                let image = try sums.slots.places.sliced(region.boundingBox) .== Int32(slot)
                region.outline = try image.outline(step: steps[0])
            }
            regions.append(region)
        }
        return regions
    }
}

/// What is added up for the brightness of one label.
private struct IntensitySum {
    private var isEmpty = true
    /// The first element; the others are added up as distances from it, so that few digits are lost.
    private var first = 0.0
    private var sum = 0.0
    private var squares = 0.0
    private var minimum = Double.infinity
    private var maximum = -Double.infinity

    /// Those of all labels, with the sums over their coordinates.
    static func table<Value: NDReal>(
        _ image: NDArray<Value>, _ slots: LabelSlots
    ) throws(NDArrayError) -> (RegionSums, [IntensitySum]) {
        var table = [IntensitySum](repeating: IntensitySum(), count: slots.count + 1)
        let sums = try image.withUnsafeElements { (values) throws(NDArrayError) in
            try table.withUnsafeMutableBufferPointer { (table) throws(NDArrayError) in
                let table = table
                return try RegionSums(slots) { slot, index, length in table[slot].add(values, index, length) }
            }
        }
        return (sums, table)
    }

    @inline(__always)
    private mutating func add<Value: NDReal>(_ values: UnsafeBufferPointer<Value>, _ index: Int, _ length: Int) {
        var (low, high) = (values[index], values[index])
        if isEmpty {
            isEmpty = false
            first = low.asDouble.isFinite ? low.asDouble : 0
        }
        var (runSum, runSquares) = (0.0, 0.0)
        for place in index..<index + length {
            let value = values[place]
            // NaN is an extreme, as in NumPy.
            low = value < low || value != value ? value : low
            high = value > high || value != value ? value : high
            let distance = value.asDouble - first
            runSum += distance
            runSquares += distance * distance
        }
        sum += runSum
        squares += runSquares
        let (lowest, highest) = (low.asDouble, high.asDouble)
        if lowest < minimum || lowest.isNaN { minimum = lowest }
        if highest > maximum || highest.isNaN { maximum = highest }
    }

    func result(count: Int) -> RegionIntensity {
        let (count, mean) = (Double(count), sum / Double(count))
        let variance = squares / count - mean * mean
        return RegionIntensity(
            mean: first + mean, minimum: minimum, maximum: maximum,
            standardDeviation: (variance < 0 ? 0 : variance).squareRoot(), sum: first * count + sum)
    }
}

extension RegionSums {
    /// For each label the means of the products of coordinates less their means, for each pair of axes.
    fileprivate func covariances(_ shape: [Int]) throws(NDArrayError) -> [Double] {
        let last = rank - 1
        let centroids = (0...slots.count).flatMap { counts[$0] > 0 ? centroid($0) : Array(repeating: 0, count: rank) }
        var result = [Double](repeating: 0, count: (slots.count + 1) * rank * rank)
        var distances = [Double](repeating: 0, count: rank)
        let skipped = Int32(slots.place(0) ?? -1)
        slots.places.withUnsafeElements { places in
            RunFinder.forEachRun(places, shape, skipped) { slot, line, _, first, count in
                // The run's own spread, and that of its middle.
                let number = Double(count)
                for axis in 0..<last { distances[axis] = Double(line[axis]) - centroids[slot * rank + axis] }
                distances[last] = Double(first) + (number - 1) / 2 - centroids[slot * rank + last]
                let row = slot * rank * rank
                for one in 0..<rank {
                    for two in one..<rank {
                        result[row + one * rank + two] += number * distances[one] * distances[two]
                    }
                }
                result[row + rank * rank - 1] += number * (number * number - 1) / 12
            }
        }
        for slot in 0...slots.count where counts[slot] > 0 {
            for one in 0..<rank {
                for two in one..<rank {
                    let place = slot * rank * rank
                    result[place + one * rank + two] /= Double(counts[slot])
                    result[place + two * rank + one] = result[place + one * rank + two]
                }
            }
        }
        return result
    }
}
