internal import ImJoyCore

/// One plane of numbers on its way to a picture.
struct NumberPlane {
    let width: Int
    let height: Int
    let numbers: [Double]

    /// The plane in at most about 16 times as many pixels as a picture of this size has; the others are passed over.
    init(_ plane: AnyNDArray, for size: (width: Int, height: Int)) throws {
        let (rows, columns) = (plane.shape[0], plane.shape[1])
        let steps = [max(1, rows / max(1, size.height * 4)), max(1, columns / max(1, size.width * 4))]
        let part = try plane.sliced(steps.map { AxisSlice.step($0) })
        height = part.shape[0]
        width = part.shape[1]
        numbers = try part.cast(to: Double.self).elements
    }

    /// The plane with another number of pixels: means of what becomes one pixel, or nearest pixels.
    func resized(to size: (width: Int, height: Int), usingMeans: Bool) -> [Double] {
        guard width > 0, height > 0 else { return Array(repeating: 0, count: size.width * size.height) }
        /// The first pixel that belongs to a place, and how many there are, at least one.
        func span(_ place: Int, _ count: Int, _ length: Int) -> Range<Int> {
            let first = min(place * length / count, length - 1)
            return first..<max(first + 1, (place + 1) * length / count)
        }
        let across = (0..<size.width).map { span($0, size.width, width) }
        var result: [Double] = []
        result.reserveCapacity(size.width * size.height)
        for row in 0..<size.height {
            let rows = span(row, size.height, height)
            for columns in across {
                guard usingMeans, rows.count * columns.count > 1 else {
                    let (y, x) = (rows.lowerBound + rows.count / 2, columns.lowerBound + columns.count / 2)
                    result.append(numbers[y * width + x])
                    continue
                }
                var (sum, count) = (0.0, 0.0)
                for y in rows {
                    for x in columns where !numbers[y * width + x].isNaN {
                        sum += numbers[y * width + x]
                        count += 1
                    }
                }
                result.append(count > 0 ? sum / count : .nan)
            }
        }
        return result
    }

    /// The numbers below which `percents` of them lie, without NaN and infinities.
    static func percentiles(_ percents: [Double], of planes: [NumberPlane]) -> [Double] {
        var numbers: [Double] = []
        let count = planes.reduce(0) { $0 + $1.numbers.count }
        let step = max(1, count / 1_000_000)
        for plane in planes {
            numbers += stride(from: 0, to: plane.numbers.count, by: step).map { plane.numbers[$0] }
        }
        numbers = numbers.filter(\.isFinite).sorted()
        guard let last = numbers.last else { return percents.map { _ in 0 } }
        return percents.map { percent in
            let place = percent / 100 * Double(numbers.count - 1)
            let index = Int(place)
            guard index + 1 < numbers.count else { return last }
            return numbers[index] + (numbers[index + 1] - numbers[index]) * (place - Double(index))
        }
    }
}
