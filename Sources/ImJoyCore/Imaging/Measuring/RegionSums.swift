/// Sums over the coordinates of each label, made in one pass over the runs of equal labels.
struct RegionSums {
    let slots: LabelSlots
    let rank: Int
    /// How many elements each label has.
    private(set) var counts: [Int]
    /// The first and the last coordinate along each axis, label by label.
    private var lows: [Int32]
    private var highs: [Int32]
    /// The sums of coordinates along each axis, label by label.
    private var firstMoments: [Int]

    init<Label: NDInteger>(_ labels: NDArray<Label>) throws(NDArrayError) {
        try self.init(LabelSlots(labels), visiting: { _, _, _ in })
    }

    /// Calls `visit` with the place of each run's label, the run's first element and its length.
    init(
        _ slots: LabelSlots, visiting visit: (_ slot: Int, _ index: Int, _ length: Int) -> Void
    ) throws(NDArrayError) {
        let labels = slots.places
        guard labels.shape.allSatisfy({ $0 < Int(Int32.max) }) else {
            throw NDArrayError(.outOfMemory, "regions in labels of shape \(labels.shape); measure parts of them")
        }
        let rank = Swift.max(labels.rank, 1)
        (self.slots, self.rank) = (slots, rank)
        counts = Array(repeating: 0, count: slots.count + 1)
        lows = Array(repeating: .max, count: rank * (slots.count + 1))
        highs = Array(repeating: -1, count: rank * (slots.count + 1))
        firstMoments = Array(repeating: 0, count: rank * (slots.count + 1))
        let background = slots.place(0)
        addUp(labels.shape.isEmpty ? [1] : labels.shape, background, visit)
    }

    @inline(__always)
    private mutating func addUp(
        _ shape: [Int], _ background: Int?, _ visit: (_ slot: Int, _ index: Int, _ length: Int) -> Void
    ) {
        let last = rank - 1
        let skipped = Int32(background ?? -1)
        counts.withUnsafeMutableBufferPointer { counts in
            lows.withUnsafeMutableBufferPointer { lows in
                highs.withUnsafeMutableBufferPointer { highs in
                    firstMoments.withUnsafeMutableBufferPointer { moments in
                        slots.places.withUnsafeElements { places in
                            RunFinder.forEachRun(places, shape, skipped) { slot, line, start, first, count in
                                counts[slot] += count
                                let (low, high) = (Int32(first), Int32(first + count - 1))
                                let row = slot * (last + 1)
                                if low < lows[row + last] { lows[row + last] = low }
                                if high > highs[row + last] { highs[row + last] = high }
                                moments[row + last] += count * (2 * first + count - 1) / 2
                                for axis in 0..<last {
                                    let coordinate = Int32(line[axis])
                                    if coordinate < lows[row + axis] { lows[row + axis] = coordinate }
                                    if coordinate > highs[row + axis] { highs[row + axis] = coordinate }
                                    moments[row + axis] += count * line[axis]
                                }
                                visit(slot, start + first, count)
                            }
                        }
                    }
                }
            }
        }
    }

    /// The smallest box around a label that is there.
    func box(_ slot: Int) -> [Range<Int>] {
        (0..<rank).map { Int(lows[slot * rank + $0])..<Int(highs[slot * rank + $0]) + 1 }
    }

    /// The mean coordinates of a label that is there.
    func centroid(_ slot: Int) -> [Double] {
        (0..<rank).map { Double(firstMoments[slot * rank + $0]) / Double(counts[slot]) }
    }
}

/// Finds runs of equal labels.
enum RunFinder {
    /// Calls `body` for each run that is not background, with the coordinates of its line along all axes but the last, the
    /// number of the line's first element, and where in the line it begins.
    @inline(__always)
    static func forEachRun(
        _ places: UnsafeBufferPointer<Int32>, _ shape: [Int], _ background: Int32,
        _ body: (_ slot: Int, _ line: [Int], _ start: Int, _ first: Int, _ count: Int) -> Void
    ) {
        let (length, last) = (shape[shape.count - 1], shape.count - 1)
        var line = [Int](repeating: 0, count: last)
        var start = 0
        while start < places.count {
            forEachRun(places, start, length, background) { slot, first, count in
                body(slot, line, start, first, count)
            }
            start += length
            var axis = last - 1
            while axis >= 0 {
                line[axis] += 1
                if line[axis] < shape[axis] { break }
                line[axis] = 0
                axis -= 1
            }
        }
    }

    /// Calls `body` for each run of one line.
    @inline(__always)
    private static func forEachRun(
        _ places: UnsafeBufferPointer<Int32>, _ start: Int, _ length: Int, _ background: Int32,
        _ body: (_ slot: Int, _ first: Int, _ count: Int) -> Void
    ) {
        guard length > 0, let base = places.baseAddress else { return }
        let line = base + start
        var column = 0
        while column < length {
            // Background is skipped eight elements at a time.
            while column + 8 <= length {
                var differs: Int32 = 0
                for offset in 0..<8 { differs |= line[column + offset] ^ background }
                if differs != 0 { break }
                column += 8
            }
            while column < length, line[column] == background { column += 1 }
            guard column < length else { return }
            let (label, first) = (line[column], column)
            column += 1
            while column < length, line[column] == label { column += 1 }
            body(Int(label), first, column - first)
        }
    }
}
