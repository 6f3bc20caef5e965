/// Equalizes the histograms of pieces of an array and goes over from one to the next in straight lines (Pizer and
/// others, "Adaptive histogram equalization and its variations", 1987).
struct LocalContrast {
    /// The number of intensities: all are below.
    static let levels = 1 << 14

    private let shape: [Int]
    /// The length of the pieces along each axis, and how many there are.
    private let sizes: [Int]
    private let counts: [Int]
    private let bins: Int
    /// As many elements as may have one intensity.
    private let limit: Int

    init(shape: [Int], sizes: [Int], clipLimit: Double, bins: Int) throws(NDArrayError) {
        guard shape.count <= 16 else {
            throw NDArrayError(.shapeMismatch, "local contrast for \(shape.count) axes; at most 16 make sense")
        }
        (self.shape, self.sizes, self.bins) = (shape, sizes, bins)
        counts = zip(shape, sizes).map { ($0 + $1 - 1) / $1 }
        let elements = try Layout.elementCount(of: sizes)
        limit = clipLimit > 0 ? Int(Swift.min(Swift.max(clipLimit * Double(elements), 1), 0x1p60)) : elements
        try NDArray<Int32>.refuseUnlessMemory(for: counts + [bins])
        try NDArray<UInt16>.refuseUnlessMemory(for: zip(counts, sizes).map { $0 * $1 })
    }

    /// The new intensities of an image of intensities.
    func run(_ levels: NDArray<UInt16>) throws(NDArrayError) -> NDArray<UInt16> {
        let binWidth = UInt16(1 + Self.levels / bins)
        let image = try levels.looked(up: (0..<UInt16(Self.levels)).map { $0 / binWidth })
        // Mirrored behind the end, so that all pieces are whole.
        let whole = zip(counts, sizes).map { $0 * $1 }
        let padded =
            whole == shape
            ? image.contiguous()
            : try image.padded(zip(whole, shape).map { (before: 0, after: $0 - $1) }, with: .reflect())
        let maps = histograms(padded, whole)
        return try padded.withUnsafeElements { (source) throws(NDArrayError) in
            try NDArray<UInt16>(uninitialised: shape) { target in map(source, whole, maps, target) }
        }
    }

    /// For each piece the new intensity of each bin.
    private func histograms(_ image: NDArray<UInt16>, _ whole: [Int]) -> [Float64] {
        let pieces = counts.reduce(1, *)
        let elements = sizes.reduce(1, *)
        let scale = Double(Self.levels - 1) / Double(elements)
        let strides = Layout.rowMajorStrides(whole)
        return [Float64](unsafeUninitializedCapacity: pieces * bins) { maps, filled in
            filled = pieces * bins
            guard let target = maps.baseAddress else { return }
            image.withUnsafeElements { source in
                ComputeThreads.split(pieces, grain: 1, nanoseconds: Double(elements + 8 * bins)) { range in
                    var histogram = [Int](repeating: 0, count: bins)
                    for piece in range {
                        for bin in 0..<bins { histogram[bin] = 0 }
                        let place = Self.index(piece, counts)
                        let start = place.indices.reduce(0) { $0 + place[$1] * sizes[$1] * strides[$1] }
                        let length = sizes.last ?? 1
                        for row in 0..<elements / length {
                            let index = Self.index(row, sizes.dropLast())
                            let first = start + index.indices.reduce(0) { $0 + index[$1] * strides[$1] }
                            for element in first..<first + length { histogram[Int(source[element])] += 1 }
                        }
                        Self.clip(&histogram, limit)
                        var sum = 0
                        for bin in 0..<bins {
                            sum += histogram[bin]
                            let value = Swift.min(Double(sum) * scale, Double(Self.levels - 1))
                            target[piece * bins + bin] = value.rounded(.towardZero)
                        }
                    }
                }
            }
        }
    }

    /// The indices of the element of this number, the last axis first to change.
    private static func index(_ number: Int, _ shape: some BidirectionalCollection<Int>) -> [Int] {
        var rest = number
        let reversed = shape.reversed().map { length in
            let (quotient, index) = rest.quotientAndRemainder(dividingBy: length)
            rest = quotient
            return index
        }
        return reversed.reversed()
    }

    /// Takes off what is above the limit and spreads it over the bins below: first evenly, then what is left in steps.
    private static func clip(_ histogram: inout [Int], _ limit: Int) {
        let bins = histogram.count
        var excess = 0
        for bin in 0..<bins where histogram[bin] > limit {
            excess += histogram[bin] - limit
            histogram[bin] = limit
        }
        let share = excess / bins
        let upper = limit - share
        for bin in 0..<bins where histogram[bin] < upper {
            histogram[bin] += share
            excess -= share
        }
        for bin in 0..<bins where histogram[bin] >= upper && histogram[bin] < limit {
            excess -= limit - histogram[bin]
            histogram[bin] = limit
        }
        while excess > 0 {
            let before = excess
            for first in 0..<bins {
                let low = histogram.reduce(0) { $0 + ($1 < limit ? 1 : 0) }
                if low == 0 { return }
                for bin in stride(from: first, to: bins, by: Swift.max(1, low / excess)) where histogram[bin] < limit {
                    histogram[bin] += 1
                    excess -= 1
                }
                if excess <= 0 { break }
            }
            if excess == before { break }
        }
    }

    /// What an index along an axis lies between: two pieces, and how much of the second one.
    private struct Between {
        var first: Int
        var second: Int
        var share: Double
    }

    private func between(_ axis: Int) -> [Between] {
        let size = sizes[axis]
        return (0..<shape[axis]).map { index in
            // Counted from the middle of a piece that lies before the first.
            let (piece, offset) = (index + size / 2).quotientAndRemainder(dividingBy: size)
            let last = counts[axis] - 1
            return Between(
                first: Swift.min(Swift.max(piece - 1, 0), last), second: Swift.min(piece, last),
                share: Double(offset) / Double(size))
        }
    }
}

extension LocalContrast {
    private func map(
        _ source: UnsafeBufferPointer<UInt16>, _ whole: [Int], _ maps: [Float64], _ target: UnsafeMutablePointer<UInt16>
    ) {
        let axes = shape.indices.map { between($0) }
        let length = shape.last ?? 1
        let strides = Layout.rowMajorStrides(whole)
        let pieceStrides = Layout.rowMajorStrides(counts)
        let corners = 1 << shape.count
        maps.withUnsafeBufferPointer { maps in
            ComputeThreads.split(
                shape.dropLast().reduce(1, *), grain: 1, nanoseconds: 2 * Double(corners * length)
            ) { rows in
                withUnsafeTemporaryAllocation(of: Float.self, capacity: length) { sums in
                    for row in rows {
                        let index = Self.index(row, shape.dropLast())
                        let first = index.indices.reduce(0) { $0 + index[$1] * strides[$1] }
                        sums.update(repeating: 0)
                        for corner in 0..<corners {
                            // The outermost axis is the highest bit; shares are multiplied from the innermost one on.
                            var outer: [Double] = []
                            var piece = 0
                            for axis in index.indices {
                                let isSecond = corner >> (shape.count - 1 - axis) & 1 == 1
                                let between = axes[axis][index[axis]]
                                piece += (isSecond ? between.second : between.first) * pieceStrides[axis]
                                outer.insert(isSecond ? between.share : 1 - between.share, at: 0)
                            }
                            add(
                                source, first, maps, piece, outer, corner & 1 == 1, axes.last ?? [],
                                sums)
                        }
                        for column in 0..<length { target[row * length + column] = UInt16(sums[column]) }
                    }
                }
            }
        }
    }

    /// Adds what the pieces at one corner say about a row.
    private func add(
        _ source: UnsafeBufferPointer<UInt16>, _ first: Int, _ maps: UnsafeBufferPointer<Float64>, _ piece: Int,
        _ outer: [Double], _ isSecond: Bool, _ places: [Between], _ sums: UnsafeMutableBufferPointer<Float>
    ) {
        for column in places.indices {
            let between = places[column]
            var share = isSecond ? between.share : 1 - between.share
            for factor in outer { share *= factor }
            let bin = Int(source[first + column])
            let number = piece + (isSecond ? between.second : between.first)
            sums[column] += Float(maps[number * bins + bin] * share)
        }
    }
}
