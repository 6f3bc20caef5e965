internal import CImJoyKernels

/// For each element the least of its neighbours, each plus how far the surface of a body lies below its middle.
///
/// Rows of the body that are alike, as those on both sides of its middle are, are taken together: the least of all
/// their neighbours is found first. The same is done with both halves of a row that is the same from both ends.
struct BallPass<T: NDLinearReal> {
    /// Rows of the body with the same rises.
    private struct Group {
        /// For each row its place along all axes but the last.
        var rows: [[Int]]
        var rises: [T]
        /// Where the first rise belongs.
        var start: Int
        /// How many places there are from the first to the last.
        var span: Int
        var isMirrored: Bool
    }

    private let groups: [Group]
    private let shape: [Int]

    init(_ kernel: NDArray<T>) {
        shape = kernel.shape
        let length = kernel.shape.last ?? 1
        let elements = kernel.elements
        let middle = zip(kernel.shape, Layout.rowMajorStrides(kernel.shape)).reduce(0) { $0 + $1.0 / 2 * $1.1 }
        let top = elements[middle]
        // What has no surface is infinitely far below.
        let rises = elements.map { $0 == .infinity ? .infinity : top - $0 }
        var groups: [Group] = []
        var known: [[T]: Int] = [:]
        for row in 0..<elements.count / length {
            let line = Array(rises[row * length..<(row + 1) * length])
            var (rest, place) = (row, [Int]())
            for size in kernel.shape.dropLast().reversed() {
                let (quotient, index) = rest.quotientAndRemainder(dividingBy: size)
                place.insert(index, at: 0)
                rest = quotient
            }
            guard let first = line.firstIndex(where: { $0 < .infinity }),
                let last = line.lastIndex(where: { $0 < .infinity })
            else { continue }
            if let group = known[line] {
                groups[group].rows.append(place)
                continue
            }
            known[line] = groups.count
            let inside = Array(line[first...last])
            let isMirrored = zip(inside, inside.reversed()).allSatisfy { $0 == $1 }
            groups.append(
                Group(
                    rows: [place], rises: isMirrored ? Array(inside.prefix((inside.count + 1) / 2)) : inside,
                    start: first, span: inside.count, isMirrored: isMirrored))
        }
        self.groups = groups
    }

    func run(_ array: NDArray<T>) throws(NDArrayError) -> NDArray<T> {
        let widths = shape.map { (before: $0 / 2, after: $0 - 1 - $0 / 2) }
        let padded = try array.padded(widths, with: .constant(.infinity))
        let rank = array.rank
        let length = array.shape.last ?? 1
        let strides = padded.layout.strides
        let outer = Array(array.shape.dropLast())
        let minimum = VectorKernels.present(imjoy_find_operation(IMJOY_MINIMUM, T.dtype.kernelType, IMJOY_BOTH_RUNS))
        let taps = groups.reduce(0) { $0 + $1.rises.count + $1.rows.count }
        let starts = groups.map { group in
            group.rows.map { row in
                group.start + row.indices.reduce(0) { $0 + row[$1] * strides[$1] }
            }
        }
        return try padded.withUnsafeElements { (source) throws(NDArrayError) in
            try NDArray<T>(uninitialised: array.shape) { target in
                guard let source = source.baseAddress else { return }
                ComputeThreads.split(
                    outer.reduce(1, *), grain: 1, nanoseconds: Double(taps * length) / 8
                ) { lines in
                    withUnsafeTemporaryAllocation(of: T.self, capacity: length + (shape.last ?? 1)) { memory in
                        guard let least = memory.baseAddress else { return }
                        for line in lines {
                            var (rest, first) = (line, source)
                            for axis in (0..<Swift.max(rank - 1, 0)).reversed() {
                                let (quotient, index) = rest.quotientAndRemainder(dividingBy: outer[axis])
                                first += index * strides[axis]
                                rest = quotient
                            }
                            let result = target + line * length
                            result.initialize(repeating: .infinity, count: length)
                            for (group, places) in zip(groups, starts) {
                                var row = first + places[0]
                                let span = length + group.span - 1
                                if places.count > 1 {
                                    minimum(row, first + places[1], least, span)
                                    for place in places.dropFirst(2) { minimum(least, first + place, least, span) }
                                    row = UnsafePointer(least)
                                }
                                imjoy_ball_minimum(
                                    T.dtype.kernelType, row, group.rises, group.rises.count, group.span,
                                    group.isMirrored, result, length)
                            }
                        }
                    }
                }
            }
        }
    }
}
