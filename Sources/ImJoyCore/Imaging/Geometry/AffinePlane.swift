internal import CImJoyKernels

/// A linear map of a plane of single precision with straight lines between its elements, row by row.
///
/// Within a row the points inside of the source are a range, and are computed without asking for each.
struct AffinePlane {
    private let map: AffineMap
    private let sampler: PointSampler<Float>
    private let rows: Int
    private let columns: Int

    /// Nil for what is no such map, and for planes that are too small or too large.
    init?(_ map: AffineMap, _ sampler: PointSampler<Float>, _ newShape: [Int]) {
        guard sampler.order == 1, sampler.shape.count == 2, newShape.count == 2,
            sampler.shape[0] > 1, sampler.shape[1] > 1, sampler.shape[0] * sampler.shape[1] < Int32.max,
            newShape[1] < Int32.max,
            map.matrix.allSatisfy({ $0.allSatisfy(\.isFinite) }), map.offset.allSatisfy(\.isFinite)
        else { return nil }
        (self.map, self.sampler) = (map, sampler)
        (rows, columns) = (newShape[0], newShape[1])
    }

    func run(_ target: UnsafeMutablePointer<Float>) {
        let (height, width) = (sampler.shape[0], sampler.shape[1])
        let (down, right) = (map.matrix[0][1], map.matrix[1][1])
        let isConstant: Bool
        if case .constant = sampler.mode { isConstant = true } else { isConstant = false }
        let value = Float(sampler.mode.value)
        ComputeThreads.split(rows, grain: 1, nanoseconds: 3 * Double(columns)) { range in
            let scratch = PointSampler<Float>.Scratch(rank: 2, order: 1)
            defer { scratch.free() }
            for row in range {
                let starts = map.starts(row, [rows])
                let (y, x) = (starts[0], starts[1])
                let line = target + row * columns
                func points(_ places: Range<Int>) {
                    for column in places {
                        scratch.coordinates[0] = y + Double(column) * down
                        scratch.coordinates[1] = x + Double(column) * right
                        (line + column).initialize(to: Float(sampler.value(scratch)))
                    }
                }
                let inside = meeting(
                    places(y, down, 0, Double(height - 1).nextDown), places(x, right, 0, Double(width - 1).nextDown))
                var there = 0..<columns
                if isConstant {
                    there = meeting(places(y, down, 0, Double(height - 1)), places(x, right, 0, Double(width - 1)))
                    line.initialize(repeating: value, count: there.lowerBound)
                    (line + there.upperBound).initialize(repeating: value, count: columns - there.upperBound)
                }
                let middle = inside.isEmpty ? there.lowerBound..<there.lowerBound : inside
                points(there.lowerBound..<middle.lowerBound)
                imjoy_affine_row(
                    sampler.source, width, y, down, x, right, middle.lowerBound, line + middle.lowerBound, middle.count)
                points(middle.upperBound..<there.upperBound)
            }
        }
    }

    /// The columns whose coordinate `start + column * step` lies between two bounds, which are included.
    private func places(_ start: Double, _ step: Double, _ low: Double, _ high: Double) -> Range<Int> {
        func isInside(_ column: Int) -> Bool {
            let coordinate = start + Double(column) * step
            return coordinate >= low && coordinate <= high
        }
        guard start.isFinite else { return 0..<0 }
        if step == 0 { return isInside(0) ? 0..<columns : 0..<0 }
        let (first, last) = (((step > 0 ? low : high) - start) / step, ((step > 0 ? high : low) - start) / step)
        let most = Double(columns)
        // Rounding may have moved the ends by one or so; coordinates ascend or descend without exception.
        var lower = Int(Swift.min(Swift.max(first, 0), most).rounded(.up))
        var upper = Int(Swift.min(Swift.max(last + 1, 0), most).rounded(.down))
        if lower > 0, lower <= columns, isInside(lower - 1) { lower -= 1 }
        while lower < upper, !isInside(lower) { lower += 1 }
        if upper < columns, upper >= 0, isInside(upper) { upper += 1 }
        while upper > lower, !isInside(upper - 1) { upper -= 1 }
        return lower < upper ? lower..<upper : 0..<0
    }

    private func meeting(_ a: Range<Int>, _ b: Range<Int>) -> Range<Int> {
        let common = a.clamped(to: b)
        return common.isEmpty ? 0..<0 : common
    }
}
