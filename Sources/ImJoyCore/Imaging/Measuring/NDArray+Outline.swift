extension NDArray<Bool> {
    /// What the outline of the true elements of an image is like, with neighbours `step` apart.
    func outline(step: Double) throws(NDArrayError) -> RegionOutline {
        let (height, width) = (shape[0], shape[1])
        let padded = try padded(1)
        let (labels, _) = try (!padded).labelled(connectivity: 2)
        // The corner is outside, so that the first part is what lies around; all others are holes.
        let outside = labels.sizes(labels.isEmpty ? 0 : Int(labels.max()))[1]
        var quads = [Int](repeating: 0, count: 16)
        var perimeter = 0.0
        let hull = padded.asBytes.withUnsafeElements { bytes in
            let row = width + 2
            Self.countQuads(bytes, height, row, &quads)
            perimeter = Self.perimeter(bytes, height, row)
            return ConvexOutline(height: height) { line in
                let start = (line + 1) * row + 1
                guard let first = (0..<width).first(where: { bytes[start + $0] != 0 }),
                    let last = (0..<width).last(where: { bytes[start + $0] != 0 })
                else { return nil }
                return (first, last)
            }
        }
        return RegionOutline(
            perimeter: perimeter * step, croftonPerimeter: Self.crofton(quads) * step,
            eulerNumber: quads[8] - quads[6] - quads[14], convexArea: Double(hull.area) * step * step,
            filledArea: Double(padded.count - outside) * step * step, feretDiameter: hull.diameter * step)
    }

    /// How often each of the 16 patterns of two by two elements is there.
    private static func countQuads(
        _ bytes: UnsafeBufferPointer<UInt8>, _ height: Int, _ row: Int, _ quads: inout [Int]
    ) {
        for line in 1..<height + 2 {
            for index in line * row + 1..<(line + 1) * row {
                let above = 2 * Int(bytes[index - row]) + 8 * Int(bytes[index - row - 1])
                quads[Int(bytes[index]) + 4 * Int(bytes[index - 1]) + above] += 1
            }
        }
    }

    /// The formula of Crofton for lines in four directions, from the patterns that such lines cross.
    private static func crofton(_ quads: [Int]) -> Double {
        let straight = Double.pi / 4
        let diagonal = straight / 2.0.squareRoot()
        let corners = Double(quads[1] + quads[5]) * (straight + diagonal)
        let single = Double(quads[2] + quads[7] + quads[10] + quads[11]) * diagonal
        let flat = Double(quads[8] + quads[12] + 2 * (quads[9] + quads[13])) * straight
        return corners + single + flat + Double(quads[3]) * 2 * diagonal
    }

    /// The length of a line through the middles of the elements at the edge, from the neighbours of each that are
    /// there, too (Benkrid and Crookes, 2000).
    private static func perimeter(_ bytes: UnsafeBufferPointer<UInt8>, _ height: Int, _ row: Int) -> Double {
        let isEdge = bytes.indices.map { index -> Bool in
            guard bytes[index] != 0 else { return false }
            return bytes[index - 1] & bytes[index + 1] & bytes[index - row] & bytes[index + row] == 0
        }
        let diagonal = 2.0.squareRoot()
        var (straights, diagonals, bends) = (0, 0, 0)
        for index in isEdge.indices where isEdge[index] {
            func count(_ steps: [Int]) -> Int { steps.count { isEdge[index + $0] } }
            switch (count([-1, 1, -row, row]), count([-row - 1, -row + 1, row - 1, row + 1])) {
            case (2, 0), (3, 0), (2, 1), (3, 1), (2, 2), (3, 2): straights += 1
            case (0, 2), (1, 3): diagonals += 1
            case (1, 1), (1, 2): bends += 1
            default: break
            }
        }
        return Double(straights) + Double(diagonals) * diagonal + Double(bends) * (1 + diagonal) / 2
    }
}

/// The convex hull of the true elements of an image, each a diamond that reaches half an element to every side.
struct ConvexOutline {
    /// How many elements have their middle in the hull or on its edge.
    private(set) var area = 0
    /// The longest distance between two places half an element outside of the first or last element of a line.
    private(set) var diameter = 0.0

    private typealias Point = (x: Int, y: Int)

    /// - Parameter ends: the first and the last true element of a row, nil for rows without.
    init(height: Int, _ ends: (_ row: Int) -> (Int, Int)?) {
        // Twice the coordinates, so that half elements are whole numbers.
        var points: [Point] = []
        for row in 0..<height {
            guard let (first, last) = ends(row) else { continue }
            points += [(2 * first - 1, 2 * row), (2 * last + 1, 2 * row)]
            for column in [first, last] { points += [(2 * column, 2 * row - 1), (2 * column, 2 * row + 1)] }
        }
        let hull = Self.hull(points)
        var around: [Point] = []
        var columns: [Int: (Int, Int)] = [:]
        for row in 0..<height {
            guard let (first, last) = Self.span(hull, row) else { continue }
            area += last - first + 1
            around += [(2 * first - 1, 2 * row), (2 * last + 1, 2 * row)]
            for column in first...last { columns[column] = (columns[column]?.0 ?? row, row) }
        }
        for (column, (top, bottom)) in columns {
            around += [(2 * column, 2 * top - 1), (2 * column, 2 * bottom + 1)]
        }
        var farthest = 0
        let corners = Self.hull(around)
        for one in corners {
            for two in corners {
                farthest = Swift.max(farthest, (one.x - two.x) * (one.x - two.x) + (one.y - two.y) * (one.y - two.y))
            }
        }
        diameter = Double(farthest).squareRoot() / 2
    }

    /// The corners of the smallest convex polygon around points (Andrew's chain of the lower and the upper side).
    private static func hull(_ points: [Point]) -> [Point] {
        let sorted = points.sorted { $0.x != $1.x ? $0.x < $1.x : $0.y < $1.y }
        func side(_ points: some Sequence<Point>) -> [Point] {
            var chain: [Point] = []
            for point in points {
                while chain.count > 1 {
                    let (a, b) = (chain[chain.count - 2], chain[chain.count - 1])
                    if (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x) > 0 { break }
                    chain.removeLast()
                }
                chain.append(point)
            }
            return chain
        }
        return side(sorted).dropLast() + side(sorted.reversed()).dropLast()
    }

    /// The first and the last element of a row whose middle is in a polygon.
    private static func span(_ hull: [Point], _ row: Int) -> (Int, Int)? {
        let y = 2 * row
        var (first, last) = (Int.max, Int.min)
        for (index, a) in hull.enumerated() {
            let b = hull[(index + 1) % hull.count]
            guard Swift.min(a.y, b.y) <= y, y <= Swift.max(a.y, b.y) else { continue }
            if a.y == b.y {
                (first, last) = (
                    Swift.min(first, (Swift.min(a.x, b.x) + 1) >> 1), Swift.max(last, Swift.max(a.x, b.x) >> 1)
                )
                continue
            }
            // Where the edge crosses the row, as a fraction with a positive denominator.
            let sign = b.y > a.y ? 1 : -1
            let (numerator, denominator) = (sign * (a.x * (b.y - a.y) + (b.x - a.x) * (y - a.y)), sign * (b.y - a.y))
            let double = 2 * denominator
            let floor = numerator >= 0 ? numerator / double : -((-numerator + double - 1) / double)
            let isWhole = floor * double == numerator
            first = Swift.min(first, isWhole ? floor : floor + 1)
            last = Swift.max(last, floor)
        }
        return first <= last ? (first, last) : nil
    }
}
