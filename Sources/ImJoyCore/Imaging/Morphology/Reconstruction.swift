/// Reconstruction by dilation with Vincent's hybrid algorithm (1993): one way through the array forwards, one backwards, and
/// then only what still changes.
struct Reconstruction<T: NDLinearReal> {
    private let shape: [Int]
    private let reach: [Int]
    private let strides: [Int]
    private let steps: [Int]
    /// Steps that stay in a row of the last axis.
    private let isInRow: Set<Int>

    /// - Parameter offsets: where values go from an element, along each axis; at least one axis.
    init(shape: [Int], offsets: [[Int]]) {
        self.shape = shape
        let reach = shape.indices.map { axis in offsets.reduce(0) { max($0, Int($1[axis].magnitude)) } }
        self.reach = reach
        let strides = Layout.rowMajorStrides(zip(shape, reach).map { $0 + 2 * $1 })
        self.strides = strides
        let moving = offsets.filter { $0.contains { $0 != 0 } }
        func step(_ offset: [Int]) -> Int { zip(offset, strides).reduce(0) { $0 + $1.0 * $1.1 } }
        steps = moving.map(step)
        isInRow = Set(moving.filter { $0.dropLast().allSatisfy { $0 == 0 } }.map(step))
    }

    @specialized(where T == Float)
    @specialized(where T == Double)
    func run(_ seed: NDArray<T>, _ mask: NDArray<T>) throws(NDArrayError) -> NDArray<T> {
        let widths = reach.map { (before: $0, after: $0) }
        var result = try seed.padded(widths, with: .constant(-T.infinity))
        let limits = try mask.padded(widths, with: .constant(-T.infinity)).contiguous()
        result.makeUnique()
        rebuild(result.mutableBase + result.layout.offset, limits.base + limits.layout.offset)
        withExtendedLifetime(limits) {}
        var selectors: [any AxisSelector] = []
        for (axis, length) in shape.enumerated() { selectors.append(reach[axis]..<reach[axis] + length) }
        return try result.sliced(selectors).contiguous()
    }

    private func rebuild(_ values: UnsafeMutablePointer<T>, _ limits: UnsafePointer<T>) {
        let rows = rowStarts()
        let length = shape[shape.count - 1]
        let forwards = steps.filter { $0 > 0 }
        let backwards = steps.filter { $0 < 0 }
        for row in rows { scan(values + row, limits + row, length, forwards) }
        var front: [Int] = []
        for row in rows.reversed() {
            scan(values + row, limits + row, length, backwards)
            for place in row..<row + length {
                let value = values[place]
                for step in forwards where values[place + step] < value && values[place + step] < limits[place + step] {
                    front.append(place)
                    break
                }
            }
        }
        var next: [Int] = []
        while !front.isEmpty {
            for place in front {
                let value = values[place]
                for step in steps {
                    let (old, limit) = (values[place + step], limits[place + step])
                    if old < value, old < limit {
                        values[place + step] = value < limit ? value : limit
                        next.append(place + step)
                    }
                }
            }
            swap(&front, &next)
            next.removeAll(keepingCapacity: true)
        }
    }

    /// Takes over what comes from elements that were visited before: steps are all forwards or all backwards.
    private func scan(
        _ values: UnsafeMutablePointer<T>, _ limits: UnsafePointer<T>, _ length: Int, _ steps: [Int]
    ) {
        for step in steps where !isInRow.contains(step) {
            let sources = UnsafePointer(values - step)
            for index in 0..<length {
                let (old, new) = (values[index], sources[index])
                values[index] = new > old ? new : old
            }
        }
        let near = steps.filter { isInRow.contains($0) }
        let isForwards = steps.first ?? 1 > 0
        for number in 0..<length {
            let index = isForwards ? number : length - 1 - number
            var value = values[index]
            for step in near where values[index - step] > value { value = values[index - step] }
            values[index] = value < limits[index] ? value : limits[index]
        }
    }

    /// Where the rows of the array begin in the padded one.
    private func rowStarts() -> [Int] {
        var starts = [zip(reach, strides).reduce(0) { $0 + $1.0 * $1.1 }]
        for axis in shape.indices.dropLast() {
            let (length, stride) = (shape[axis], strides[axis])
            starts = starts.flatMap { start in (0..<length).map { start + $0 * stride } }
        }
        return starts
    }
}
