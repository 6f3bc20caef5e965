/// Erosions or dilations of answers, once, often, or until nothing changes.
struct BinaryGrowth {
    /// Turned over for dilations.
    var neighbourhood: Neighbourhood
    var isDilation: Bool
    /// What lies beyond the edges.
    var border: Bool
    var mask: NDArray<Bool>?

    /// From so many iterations on the elements that changed last are followed, instead of passes through all of them.
    private static let mostPasses = 16

    func run(_ array: NDArray<Bool>, iterations: Int?) throws(NDArrayError) -> NDArray<Bool> {
        if let mask, mask.shape != array.shape {
            throw NDArrayError(.shapeMismatch, "a mask of shape \(mask.shape) for an array of shape \(array.shape)")
        }
        if let iterations, iterations < 1 {
            throw NDArrayError(
                .outOfBounds, "\(iterations) iterations; take at least 1, or nil for until nothing changes")
        }
        if array.isEmpty { return array }
        // With the element among its neighbours, nothing that has changed changes back.
        if neighbourhood.holdsCentre, array.rank > 0, iterations ?? .max > Self.mostPasses {
            return try spread(array, waves: iterations.map { $0 - 1 })
        }
        if let iterations {
            var result = array
            for _ in 0..<iterations {
                let next = try pass(result)
                // What does not change in one pass never will.
                if next == result { break }
                result = next
            }
            return result
        }
        return try settled(array)
    }

    private func pass(_ array: NDArray<Bool>) throws(NDArrayError) -> NDArray<Bool> {
        let result =
            neighbourhood.footprint.any()
            ? try array.windowExtremes(neighbourhood, .constant(border ? 1 : 0), isLargest: isDilation)
            : NDArray<Bool>(repeating: !isDilation, shape: array.shape)
        guard let mask else { return result }
        return (result & mask) | (array & !mask)
    }

    /// Passes until nothing changes. Without the element among its neighbours they may come back to where they were.
    private func settled(_ array: NDArray<Bool>) throws(NDArrayError) -> NDArray<Bool> {
        var (result, remembered) = (array, array)
        var (steps, power) = (0, 1)
        while true {
            let next = try pass(result)
            if next == result { return result }
            if next == remembered {
                throw NDArrayError(
                    .notConverged,
                    "the iterations come back to where they were after \(steps + 1) of them; give their number, or "
                        + "put the element into its structure")
            }
            result = next
            steps += 1
            if steps == power { (remembered, power, steps) = (next, 2 * power, 0) }
        }
    }

    // States of an element while the changes spread.
    private static let closed: UInt8 = 1
    private static let member: UInt8 = 2
    private static let fresh: UInt8 = 3

    /// One pass, and then only the neighbours of what has changed.
    private func spread(_ array: NDArray<Bool>, waves: Int?) throws(NDArrayError) -> NDArray<Bool> {
        let first = try pass(array)
        // An erosion is a dilation of what is false.
        let (before, after) = isDilation ? (array, first) : (!array, !first)
        let news = after & !before
        guard news.any() else { return first }
        var states = after.asBytes + after.asBytes + news.asBytes
        if let mask { states = states + (!(after | mask)).asBytes }
        let offsets = neighbourhood.offsets
        let reach = array.shape.indices.map { axis in offsets.reduce(0) { max($0, Int($1[axis].magnitude)) } }
        var padded = try states.padded(reach.map { (before: $0, after: $0) }, with: .constant(Self.closed))
        let strides = padded.strides
        // From an element to those whose neighbour it is.
        let steps = offsets.map { offset in -zip(offset, strides).reduce(0) { $0 + $1.0 * $1.1 } }.filter { $0 != 0 }
        padded.makeUnique()
        Self.spread(padded.mutableBase + padded.layout.offset, padded.count, steps, waves)
        var selectors: [any AxisSelector] = []
        for (axis, length) in array.shape.enumerated() { selectors.append(reach[axis]..<reach[axis] + length) }
        let members = try padded.sliced(selectors) .>= Self.member
        return isDilation ? members : !members
    }

    private static func spread(
        _ states: UnsafeMutablePointer<UInt8>, _ count: Int, _ steps: [Int], _ waves: Int?
    ) {
        var front: [Int] = []
        var next: [Int] = []
        for place in 0..<count where states[place] == fresh { front.append(place) }
        var left = waves ?? .max
        while !front.isEmpty, left > 0 {
            for place in front {
                for step in steps where states[place + step] == 0 {
                    states[place + step] = member
                    next.append(place + step)
                }
            }
            swap(&front, &next)
            next.removeAll(keepingCapacity: true)
            left -= 1
        }
    }
}
