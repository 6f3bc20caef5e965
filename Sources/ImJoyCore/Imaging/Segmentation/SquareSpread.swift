internal import CImJoyKernels

/// Squared distances along one more axis where they are short: each is looked for among the nearest elements of its
/// line, sixteen at a time.
struct SquareSpread {
    let length: Int
    /// How many lines lie side by side, and how often.
    let inner: Int
    let outer: Int

    /// How far is looked before other code takes over, which is as quick for every distance.
    private static var limit: Int { 32 }

    /// - Parameter others: finds the distances along some lines, by their numbers, whatever they are.
    func run(_ squares: UnsafeMutablePointer<Float>, others: (Range<Int>) -> Void) {
        if inner == 1 { return runAlong(squares, others) }
        let limit = Self.limit
        let groups = (inner + 15) / 16
        ComputeThreads.split(outer * groups, grain: 1, nanoseconds: 16 * Double(length)) { range in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: 16 * (2 * length + 2 * limit)) { memory in
                guard let base = memory.baseAddress else { return }
                memory.initialize(repeating: .infinity)
                let own = base + 16 * limit
                let results = own + 16 * (length + limit)
                for number in range {
                    let (plane, group) = number.quotientAndRemainder(dividingBy: groups)
                    let columns = 16 * group..<min(16 * group + 16, inner)
                    let start = squares + plane * length * inner + columns.lowerBound
                    if columns.count < 16 { own.update(repeating: 0, count: 16 * length) }
                    for row in 0..<length { (own + 16 * row).update(from: start + row * inner, count: columns.count) }
                    if imjoy_spread_squares(own, 16 * length, 16, limit, results) {
                        for row in 0..<length {
                            (start + row * inner).update(from: results + 16 * row, count: columns.count)
                        }
                    } else {
                        let first = plane * inner
                        others(first + columns.lowerBound..<first + columns.upperBound)
                    }
                }
            }
        }
    }

    /// Lines whose elements lie one after another.
    private func runAlong(_ squares: UnsafeMutablePointer<Float>, _ others: (Range<Int>) -> Void) {
        let limit = Self.limit
        let whole = (length + 15) / 16 * 16
        ComputeThreads.split(outer, grain: 1, nanoseconds: Double(length)) { lines in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * whole + 2 * limit) { memory in
                guard let base = memory.baseAddress else { return }
                memory.initialize(repeating: .infinity)
                let own = base + limit
                let results = own + whole + limit
                for line in lines {
                    let start = squares + line * length
                    own.update(from: start, count: length)
                    // The last one, further away, is never nearer than it is itself.
                    (own + length).update(repeating: own[length - 1], count: whole - length)
                    if imjoy_spread_squares(own, whole, 1, limit, results) {
                        start.update(from: results, count: length)
                    } else {
                        others(line..<line + 1)
                    }
                }
            }
        }
    }
}
