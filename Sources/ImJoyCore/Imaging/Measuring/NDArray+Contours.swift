/// What a contour does at four elements of which two opposite ones are above the level; see
/// ``NDArray/contours(at:joining:isReversed:mask:)``.
public enum ContourJoining: Sendable, Hashable {
    /// The elements above the level are connected.
    case high
    /// The elements below the level are connected.
    case low
}

extension NDArray where Element: NDReal {
    /// Lines along which the values of an image pass a level; scikit-image's `find_contours`.
    ///
    /// ```swift
    /// let contours = try image.contours(at: 0.5)
    /// let isClosed = contours[0][0, .all] == contours[0][-1, .all]
    /// ```
    /// - Parameters:
    ///   - level: the value; the middle between the smallest and the greatest element without it.
    ///   - joining: which elements are connected where two opposite ones are above the level.
    ///   - isReversed: lines have higher values on their right, or with true on their left.
    ///   - mask: with it, lines keep to where it is true.
    /// - Returns: one array for each line, with a row and a column number in each of its rows, between the elements
    ///   where the level is by linear interpolation. Closed lines end where they begin; others begin and end at the
    ///   border or at NaN. They come in the order in which they are found from the first row on.
    ///
    /// Throws when there are not two axes of at least two elements, and when the mask has another shape.
    public func contours(
        at level: Double? = nil, joining: ContourJoining = .low, isReversed: Bool = false, mask: NDArray<Bool>? = nil
    ) throws(NDArrayError) -> [NDArray<Double>] {
        guard rank == 2, shape[0] >= 2, shape[1] >= 2, mask.map({ $0.shape == shape }) ?? true else {
            throw NDArrayError(
                .invalidShape,
                "contours in an image of shape \(shape) with a mask of shape \(mask?.shape ?? shape); "
                    + "both have two axes of two elements or more")
        }
        let values = cast(to: Double.self)
        var finder = ContourFinder(width: shape[1], joinsHigh: joining == .high)
        let mask = mask?.contiguous()
        values.withUnsafeElements { values in
            finder.find(values, at: level ?? Self.middle(values), mask?.elements)
        }
        return finder.lines.map { line in
            NDArray<Double>(shape: [line.count, 2]) { target in
                for (row, point) in (isReversed ? line.reversed() : line).enumerated() {
                    target.initializeElement(at: 2 * row, to: point.row)
                    target.initializeElement(at: 2 * row + 1, to: point.column)
                }
            }
        }
    }

    private static func middle(_ values: UnsafeBufferPointer<Double>) -> Double {
        var (low, high) = (Double.infinity, -Double.infinity)
        for value in values { (low, high) = (value < low ? value : low, value > high ? value : high) }
        return (low + high) / 2
    }
}

/// Marching squares: pieces of lines between four elements each, put together at their ends.
private struct ContourFinder {
    struct Point: Hashable {
        var row: Double
        var column: Double
    }
    /// A line as two arrays, so that it grows at both ends; the front is reversed.
    private struct Line {
        var front: [Point] = []
        var back: [Point]
        var first: Point { front.last ?? back[0] }
        var points: [Point] { front.reversed() + back }
        var count: Int { front.count + back.count }
    }
    let width: Int
    let joinsHigh: Bool
    /// Nil for lines that have become part of another one.
    private var all: [Line?] = []
    private var starts: [Point: Int] = [:]
    private var ends: [Point: Int] = [:]

    init(width: Int, joinsHigh: Bool) { (self.width, self.joinsHigh) = (width, joinsHigh) }

    var lines: [[Point]] { all.compactMap { $0?.points } }

    mutating func find(_ values: UnsafeBufferPointer<Double>, at level: Double, _ mask: [Bool]?) {
        for row in 0..<values.count / width - 1 {
            for column in 0..<width - 1 {
                let index = row * width + column
                let corners = (values[index], values[index + 1], values[index + width], values[index + width + 1])
                let (a, b, c, d) = corners
                if a.isNaN || b.isNaN || c.isNaN || d.isNaN { continue }
                let pattern = (a > level ? 1 : 0) + (b > level ? 2 : 0) + (c > level ? 4 : 0) + (d > level ? 8 : 0)
                if pattern == 0 || pattern == 15 { continue }
                if let mask, !(mask[index] && mask[index + 1] && mask[index + width] && mask[index + width + 1]) {
                    continue
                }
                let (y, x) = (Double(row), Double(column))
                let top = Point(row: y, column: x + Self.part(a, b, level))
                let bottom = Point(row: y + 1, column: x + Self.part(c, d, level))
                let left = Point(row: y + Self.part(a, c, level), column: x)
                let right = Point(row: y + Self.part(b, d, level), column: x + 1)
                add(pattern, top, bottom, left, right)
            }
        }
    }

    /// How far the level is on the way from one value to the other.
    private static func part(_ from: Double, _ to: Double, _ level: Double) -> Double {
        from == to ? 0 : (level - from) / (to - from)
    }

    /// The pieces of a square, with the higher values on their right.
    private mutating func add(_ pattern: Int, _ top: Point, _ bottom: Point, _ left: Point, _ right: Point) {
        switch pattern {
        case 1: join(top, left)
        case 2: join(right, top)
        case 3: join(right, left)
        case 4: join(left, bottom)
        case 5: join(top, bottom)
        case 6:
            join(joinsHigh ? left : right, top)
            join(joinsHigh ? right : left, bottom)
        case 7: join(right, bottom)
        case 8: join(bottom, right)
        case 9:
            join(top, joinsHigh ? right : left)
            join(bottom, joinsHigh ? left : right)
        case 10: join(bottom, top)
        case 11: join(bottom, left)
        case 12: join(left, right)
        case 13: join(top, right)
        default: join(left, top)
        }
    }

    /// Adds a piece to the lines that end where it begins and begin where it ends.
    private mutating func join(_ from: Point, _ to: Point) {
        if from == to { return }
        let (tail, head) = (starts.removeValue(forKey: to), ends.removeValue(forKey: from))
        switch (tail, head) {
        case (nil, nil):
            starts[from] = all.count
            ends[to] = all.count
            all.append(Line(back: [from, to]))
        case (let tail?, nil):
            all[tail]?.front.append(from)
            starts[from] = tail
        case (nil, let head?):
            all[head]?.back.append(to)
            ends[to] = head
        case (let tail?, let head?):
            if tail == head {
                all[head]?.back.append(to)
                return
            }
            // The line that was found first keeps its place.
            guard let first = all[head]?.first, let last = all[tail]?.back.last else { return }
            // The line that grows has no second holder, for whom it would be copied.
            let taken = all[Swift.max(tail, head)]?.points ?? []
            all[Swift.max(tail, head)] = nil
            let kept = Swift.min(tail, head)
            if kept == head { all[kept]?.back += taken } else { all[kept]?.front += taken.reversed() }
            starts[first] = kept
            ends[last] = kept
        }
    }
}
