extension NDArray<Bool> {
    /// The smallest convex part of an image that holds everything true; scikit-image's `convex_hull_image`.
    ///
    /// ```swift
    /// let solidity = Double(mask.countTrue()) / Double(try mask.convexHull().countTrue())
    /// ```
    /// - Parameters:
    ///   - offsetCoordinates: whether pixels reach half a pixel to each side, or are points in their middle.
    ///   - includesBorders: whether pixels whose middle lies on the edge of the hull belong to it.
    /// - Returns: answers of the same shape; none are true when the hull has no area.
    ///
    /// It is computed in whole numbers, without rounding. Throws unless there are two axes.
    public func convexHull(
        offsetCoordinates: Bool = true, includesBorders: Bool = true
    ) throws(NDArrayError) -> NDArray {
        guard rank == 2 else {
            throw NDArrayError(.shapeMismatch, "the convex hull of an array of shape \(shape); it needs two axes")
        }
        guard shape.allSatisfy({ $0 < 1 << 29 }) else {
            throw NDArrayError(
                .invalidShape, "the convex hull of an array of shape \(shape), an axis of which is too long")
        }
        let hull = withUnsafeElements { pixels in
            ConvexHull(pixels, rows: shape[0], columns: shape[1], hasOffsets: offsetCoordinates)
        }
        let (rows, columns) = (shape[0], shape[1])
        return try NDArray(uninitialised: shape) { target in
            target.initialize(repeating: false, count: rows * columns)
            for row in 0..<rows {
                guard let range = hull.columns(of: row, includesBorders: includesBorders) else { continue }
                for column in range.clamped(to: 0..<columns) { target[row * columns + column] = true }
            }
        }
    }
}

/// A convex polygon around pixels. Its corners are in halves of a pixel.
private struct ConvexHull {
    private struct Point {
        var row: Int
        var column: Int
    }
    /// Along the left side from above, and along the right side; both have the first and the last corner.
    private var left: [Point] = []
    private var right: [Point] = []

    init(_ pixels: UnsafeBufferPointer<Bool>, rows: Int, columns: Int, hasOffsets: Bool) {
        // The outermost pixels of each row are enough.
        var first: [Point] = []
        var last: [Point] = []
        for row in 0..<rows {
            let line = pixels[row * columns..<(row + 1) * columns]
            guard let start = line.firstIndex(of: true), let end = line.lastIndex(of: true) else { continue }
            first.append(Point(row: 2 * row, column: 2 * (start - row * columns)))
            last.append(Point(row: 2 * row, column: 2 * (end - row * columns)))
        }
        guard !first.isEmpty else { return }
        if hasOffsets {
            left = Self.chain(Self.widened(first, by: -1), turn: 1)
            right = Self.chain(Self.widened(last, by: 1), turn: -1)
        } else {
            left = Self.chain(first, turn: 1)
            right = Self.chain(last, turn: -1)
        }
    }

    /// The corners of the diamonds around points, sorted by their rows.
    private static func widened(_ points: [Point], by side: Int) -> [Point] {
        var all: [Point] = []
        for point in points {
            all.append(Point(row: point.row - 1, column: point.column))
            all.append(Point(row: point.row, column: point.column + side))
            all.append(Point(row: point.row + 1, column: point.column))
        }
        return all.sorted { $0.row != $1.row ? $0.row < $1.row : side * $0.column > side * $1.column }
    }

    /// The corners of one side of the hull of points that are sorted by their rows.
    private static func chain(_ points: [Point], turn: Int) -> [Point] {
        var corners: [Point] = []
        for point in points {
            // Of several in a row the outermost comes first.
            if let end = corners.last, end.row == point.row { continue }
            while corners.count > 1 {
                let (a, b) = (corners[corners.count - 2], corners[corners.count - 1])
                let cross =
                    (b.row - a.row) * (point.column - a.column) - (b.column - a.column) * (point.row - a.row)
                if turn * cross > 0 { break }
                corners.removeLast()
            }
            corners.append(point)
        }
        return corners
    }

    /// The pixels of a row whose middle is in the hull.
    func columns(of row: Int, includesBorders: Bool) -> Range<Int>? {
        guard let top = left.first, let bottom = left.last, hasArea else { return nil }
        let line = 2 * row
        let isIn = includesBorders ? top.row <= line && line <= bottom.row : top.row < line && line < bottom.row
        guard isIn, let start = Self.crossing(left, line), let end = Self.crossing(right, line) else { return nil }
        // In quotients of whole numbers; two halves are one pixel.
        var first = -Int.flooredQuotient(-start.dividend, 2 * start.divisor)
        var last = Int.flooredQuotient(end.dividend, 2 * end.divisor)
        if !includesBorders {
            if first * 2 * start.divisor == start.dividend { first += 1 }
            if last * 2 * end.divisor == end.dividend { last -= 1 }
        }
        return first <= last ? first..<last + 1 : nil
    }

    private var hasArea: Bool {
        guard let top = left.first, let bottom = left.last, top.row < bottom.row else { return false }
        // Two sides that are the same line have nothing between them.
        return left.count > 2 || right.count > 2 || left[0].column != right[0].column
            || left[1].column != right[1].column
    }

    /// The column at which a side crosses a row, as a quotient.
    private static func crossing(_ side: [Point], _ row: Int) -> (dividend: Int, divisor: Int)? {
        guard let index = side.firstIndex(where: { $0.row >= row }) else { return nil }
        let b = side[index]
        if b.row == row || index == 0 { return (b.column, 1) }
        let a = side[index - 1]
        let rows = b.row - a.row
        return (a.column * rows + (b.column - a.column) * (row - a.row), rows)
    }
}

extension Int {
    fileprivate static func flooredQuotient(_ a: Int, _ b: Int) -> Int {
        let (quotient, rest) = a.quotientAndRemainder(dividingBy: b)
        return rest < 0 ? quotient - 1 : quotient
    }
}
