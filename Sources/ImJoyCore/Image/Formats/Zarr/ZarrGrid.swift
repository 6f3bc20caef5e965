/// The chunks that a region touches, counted in row-major order.
struct ZarrGrid: Sendable {
    /// The chunks along each axis, counted from the start of the array.
    let ranges: [Range<Int>]
    private let chunkShape: [Int]
    /// How many there are.
    let count: Int

    /// The chunks that a region inside of the array touches; none when it is empty.
    init(region: [Range<Int>], chunkShape: [Int]) throws(ImageError) {
        self.chunkShape = chunkShape
        ranges = zip(region, chunkShape).map { range, length in
            range.isEmpty ? 0..<0 : range.lowerBound / length..<(range.upperBound - 1) / length + 1
        }
        var count = 1
        for range in ranges {
            let (product, overflow) = count.multipliedReportingOverflow(by: range.count)
            guard !overflow else { throw ImageError(.tooLarge, "the region touches more chunks than can be counted") }
            count = product
        }
        self.count = count
    }

    /// All chunks of a shape that they divide, whose number has been checked.
    init(whole shape: [Int], chunkShape: [Int]) {
        self.chunkShape = chunkShape
        ranges = zip(shape, chunkShape).map { 0..<$0 / $1 }
        count = ranges.reduce(1) { $0 * $1.count }
    }

    /// The chunk's place in the grid of the array.
    func index(of number: Int) -> [Int] {
        var rest = number
        var index = [Int](repeating: 0, count: ranges.count)
        for axis in ranges.indices.reversed() {
            index[axis] = ranges[axis].lowerBound + rest % ranges[axis].count
            rest /= ranges[axis].count
        }
        return index
    }

    /// The array's element where the chunk starts.
    func origin(of number: Int) -> [Int] { zip(index(of: number), chunkShape).map { $0 * $1 } }
}

/// What a chunk and a region have in common.
struct ZarrOverlap: Sendable {
    let shape: [Int]
    /// Where it starts in the chunk, and in the region.
    let startInChunk: [Int], startInRegion: [Int]

    init(origin: [Int], chunkShape: [Int], region: [Range<Int>]) {
        var shape: [Int] = []
        var (inChunk, inRegion): ([Int], [Int]) = ([], [])
        for (axis, range) in region.enumerated() {
            let start = max(range.lowerBound, origin[axis])
            // A chunk at the end of what can be counted must not go beyond it.
            let rest = range.upperBound - origin[axis]
            let end = origin[axis] + min(rest, chunkShape[axis])
            shape.append(max(end - start, 0))
            inChunk.append(start - origin[axis])
            inRegion.append(start - range.lowerBound)
        }
        (self.shape, startInChunk, startInRegion) = (shape, inChunk, inRegion)
    }

    static func offset(_ start: [Int], _ steps: [Int]) -> Int { zip(start, steps).reduce(0) { $0 + $1.0 * $1.1 } }
}
