/// Sums, means, extremes and where they are, for each of some labels; see ``NDArray/statistics(in:of:)``.
///
/// All arrays have one element for each label that was asked for, in that order.
public struct LabelStatistics: Sendable, Hashable {
    /// The labels that were asked for.
    public let labels: [Int]
    /// How many elements each label has.
    public let counts: NDArray<Int64>
    /// The sum of their values; SciPy's `sum_labels`.
    public let sums: NDArray<Double>
    /// Their mean, NaN for a label without elements; SciPy's `mean`.
    public let means: NDArray<Double>
    /// The mean of their squared distances from their mean, NaN for a label without elements; SciPy's `variance`.
    public let variances: NDArray<Double>
    /// The smallest value, 0 for a label without elements; SciPy's `minimum`.
    public let minima: NDArray<Double>
    /// The greatest value, 0 for a label without elements; SciPy's `maximum`.
    public let maxima: NDArray<Double>
    /// The row-major place of the first smallest value, 0 for a label without elements.
    public let minimumPlaces: NDArray<Int64>
    /// The row-major place of the first greatest value, 0 for a label without elements.
    public let maximumPlaces: NDArray<Int64>
    /// The mean of the coordinates, each weighted by its value: one row for each label; SciPy's `center_of_mass`.
    public let centersOfMass: NDArray<Double>
    private let shape: [Int]

    /// The roots of the variances; SciPy's `standard_deviation`.
    public var standardDeviations: NDArray<Double> { variances.sqrt() }

    /// The coordinates of ``minimumPlaces``, one row for each label; SciPy's `minimum_position`.
    public var minimumPositions: NDArray<Int64> { coordinates(minimumPlaces) }

    /// The coordinates of ``maximumPlaces``, one row for each label; SciPy's `maximum_position`.
    public var maximumPositions: NDArray<Int64> { coordinates(maximumPlaces) }

    private func coordinates(_ places: NDArray<Int64>) -> NDArray<Int64> {
        var rows: [Int64] = []
        for place in places.elements {
            var (rest, row) = (Int(place), shape)
            for axis in shape.indices.reversed() {
                (rest, row[axis]) = rest.quotientAndRemainder(dividingBy: Swift.max(shape[axis], 1))
            }
            rows += row.map { Int64($0) }
        }
        return NDArray<Int64>(shape: [labels.count, shape.count]) { _ = $0.initialize(from: rows) }
    }

    init(_ labels: [Int], _ sums: [LabelSum], shape: [Int]) {
        self.labels = labels
        self.shape = shape
        counts = NDArray(sums.map { Int64($0.count) })
        self.sums = NDArray(sums.map(\.total))
        means = NDArray(sums.map { $0.total / Double($0.count) })
        variances = NDArray(sums.map(\.variance))
        minima = NDArray(sums.map { $0.extreme($0.minimum) })
        maxima = NDArray(sums.map { $0.extreme($0.maximum) })
        minimumPlaces = NDArray(sums.map { Int64($0.minimumPlace) })
        maximumPlaces = NDArray(sums.map { Int64($0.maximumPlace) })
        let centers = sums.flatMap { sum in sum.moments.map { $0 / sum.total } }
        centersOfMass = NDArray<Double>(shape: [labels.count, shape.count]) { _ = $0.initialize(from: centers) }
    }
}

/// What is added up for one label.
struct LabelSum {
    var count = 0
    /// The first value; the others are added up as distances from it, so that few digits are lost.
    var first = 0.0
    var sum = 0.0
    var squares = 0.0
    var minimum = Double.infinity
    var maximum = -Double.infinity
    var minimumPlace = 0
    var maximumPlace = 0
    /// The sums of coordinates times values along each axis.
    var moments: [Double]

    init(rank: Int) { moments = Array(repeating: 0, count: rank) }

    /// One of the extremes, 0 without elements and NaN when there is nothing else.
    func extreme(_ value: Double) -> Double { count == 0 ? 0 : minimum > maximum ? .nan : value }

    var total: Double { count == 0 ? 0 : first * Double(count) + sum }

    var variance: Double {
        let mean = sum / Double(count)
        let variance = squares / Double(count) - mean * mean
        return variance < 0 ? 0 : variance
    }
}

extension NDArray where Element: NDReal {
    /// Sums, means, variances, extremes and centres of mass of the elements of each label.
    ///
    /// ```swift
    /// let statistics = try image.statistics(in: labels)
    /// let brightest = statistics.maximumPositions
    /// ```
    /// - Parameters:
    ///   - labels: an array of the same shape.
    ///   - wanted: the labels to measure, which need not be there; all from 1 to the greatest one without it.
    ///
    /// Everything is computed in double precision. NaN spreads into sums, and is an extreme only where
    /// there is nothing else. Throws when the shapes
    /// differ.
    public func statistics<Label: NDInteger>(
        in labels: NDArray<Label>, of wanted: [Int]? = nil
    ) throws(NDArrayError) -> LabelStatistics {
        guard labels.shape == shape else {
            throw NDArrayError(.shapeMismatch, "labels of shape \(labels.shape) for an array of shape \(shape)")
        }
        let slots = try LabelSlots(labels)
        let greatest = slots.label(slots.count)
        guard wanted != nil || greatest <= Self.mostLabels else {
            throw NDArrayError(.outOfMemory, "statistics of all labels up to \(greatest); name those that are wanted")
        }
        let wanted = wanted ?? (greatest > 0 ? Array(1...greatest) : [])
        var table = [LabelSum](repeating: LabelSum(rank: rank), count: slots.count + 1)
        cast(to: Double.self).withUnsafeElements { values in
            slots.places.withUnsafeElements { places in
                table.withUnsafeMutableBufferPointer { table in
                    Self.addUp(values, places, shape, into: table)
                }
            }
        }
        let sums = wanted.map { label in slots.place(label).map { table[$0] } ?? LabelSum(rank: rank) }
        return LabelStatistics(wanted, sums, shape: shape)
    }

    /// More than this are not numbered from 1 on by anybody.
    fileprivate static var mostLabels: Int { 1 << 24 }

    private static func addUp(
        _ values: UnsafeBufferPointer<Double>, _ places: UnsafeBufferPointer<Int32>, _ shape: [Int],
        into table: UnsafeMutableBufferPointer<LabelSum>
    ) {
        let length = shape.last ?? 1
        var line = [Int](repeating: 0, count: Swift.max(shape.count - 1, 0))
        var start = 0
        while start < values.count {
            for column in 0..<length {
                let (index, place) = (start + column, Int(places[start + column]))
                let value = values[index]
                if table[place].count == 0 {
                    table[place].first = value.isFinite ? value : 0
                    (table[place].minimumPlace, table[place].maximumPlace) = (index, index)
                }
                table[place].count += 1
                let distance = value - table[place].first
                table[place].sum += distance
                table[place].squares += distance * distance
                if value < table[place].minimum { (table[place].minimum, table[place].minimumPlace) = (value, index) }
                if value > table[place].maximum { (table[place].maximum, table[place].maximumPlace) = (value, index) }
                for axis in line.indices { table[place].moments[axis] += value * Double(line[axis]) }
                if !shape.isEmpty { table[place].moments[shape.count - 1] += value * Double(column) }
            }
            start += length
            var axis = line.count - 1
            while axis >= 0 {
                line[axis] += 1
                if line[axis] < shape[axis] { break }
                line[axis] = 0
                axis -= 1
            }
        }
    }
}

extension NDArray where Element: NDInteger {
    /// The smallest box around each of the labels 1 to the greatest one, nil for labels that are not there; SciPy's
    /// `find_objects`.
    ///
    /// ```swift
    /// let boxes = try labels.boundingBoxes()
    /// if let first = boxes.first ?? nil { print(try image.sliced(first).mean()) }
    /// ```
    /// Labels below 1 are background. Throws when the greatest label asks for more boxes than memory holds.
    public func boundingBoxes() throws(NDArrayError) -> [[Range<Int>]?] {
        guard !isEmpty else { return [] }
        let greatest = Int(clamping: minMax().max)
        guard greatest > 0 else { return [] }
        guard greatest <= Self.mostLabels else {
            throw NDArrayError(.outOfMemory, "boxes for labels up to \(greatest); number them anew first")
        }
        let sums = try RegionSums(self)
        var boxes = [[Range<Int>]?](repeating: nil, count: greatest)
        for slot in 0...sums.slots.count where sums.counts[slot] > 0 {
            let label = sums.slots.label(slot)
            if label > 0 { boxes[label - 1] = sums.box(slot) }
        }
        return boxes
    }
}
