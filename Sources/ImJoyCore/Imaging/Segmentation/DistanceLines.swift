/// Exact squared distances to the nearest false element, axis by axis: along each line the lower envelope of the
/// parabolas that the distances so far are (Maurer, Qi and Raghavan, 2003).
///
/// Where two false elements are equally near, the one that comes first along the axis worked on last is taken, as by
/// SciPy.
struct DistanceLines<Element: NDLinearReal> {
    let shape: [Int]
    /// How far neighbours along each axis are apart.
    let sampling: [Double]
    let hasUnitSteps: Bool

    /// More than any distance: where there is no false element so far.
    static var none: Element { .infinity }

    /// Squared distances along the first axis to the nearest false element there.
    ///
    /// `places` gets the index of that element in memory, or -1.
    func begin(
        _ mask: UnsafePointer<Bool>, _ squares: UnsafeMutablePointer<Element>, _ places: UnsafeMutablePointer<Int32>?
    ) {
        let (length, width) = (shape[0], shape.dropFirst().reduce(1, *))
        ComputeThreads.split(width, grain: 512, nanoseconds: 0.6 * Double(length)) { columns in
            sweep(mask, squares, length, width, columns)
            if let places { remember(squares, places, length, width, columns) }
            let step = Element(sampling[0])
            for row in 0..<length {
                for index in row * width + columns.lowerBound..<row * width + columns.upperBound {
                    // Multiplied first, as the other axes' distances are.
                    let distance = squares[index] * step
                    squares[index] = distance * distance
                }
            }
        }
    }

    /// Steps to the nearest false element along the first axis.
    private func sweep(
        _ mask: UnsafePointer<Bool>, _ steps: UnsafeMutablePointer<Element>, _ length: Int, _ width: Int,
        _ columns: Range<Int>
    ) {
        for index in columns { steps[index] = mask[index] ? Self.none : 0 }
        for row in 1..<Swift.max(length, 1) {
            let (before, own) = (steps + (row - 1) * width, steps + row * width)
            let isTrue = mask + row * width
            for column in columns {
                let next = before[column] + 1
                own[column] = isTrue[column] ? next : 0
            }
        }
        for row in (0..<Swift.max(length - 1, 0)).reversed() {
            let (behind, own) = (steps + (row + 1) * width, steps + row * width)
            for column in columns {
                let (next, current) = (behind[column] + 1, own[column])
                own[column] = next < current ? next : current
            }
        }
    }

    /// From the number of steps the place they lead to; of two that are equally near, the first one.
    private func remember(
        _ steps: UnsafePointer<Element>, _ places: UnsafeMutablePointer<Int32>, _ length: Int, _ width: Int,
        _ columns: Range<Int>
    ) {
        for column in columns {
            var last = -1
            for row in 0..<length {
                let index = row * width + column
                if steps[index] == 0 { last = row }
                guard steps[index].isFinite else {
                    places[index] = -1
                    continue
                }
                let distance = Int(steps[index])
                let isBefore = last >= 0 && row - last == distance
                places[index] = Int32(truncatingIfNeeded: (isBefore ? last : row + distance) * width + column)
            }
        }
    }

    /// Takes the false elements in other lines along `axis` into account.
    func extend(
        _ squares: UnsafeMutablePointer<Element>, _ places: UnsafeMutablePointer<Int32>?, axis: Int
    ) {
        let (length, inner) = (shape[axis], shape[(axis + 1)...].reduce(1, *))
        let outer = shape[..<axis].reduce(1, *)
        guard length > 1 else { return }
        if hasUnitSteps, places == nil, let squares = squares as? UnsafeMutablePointer<Float> {
            let spread = SquareSpread(length: length, inner: inner, outer: outer)
            return spread.run(squares) { lines in
                let work = EnvelopeWork(length: length, step: 1)
                for line in lines {
                    let (plane, column) = line.quotientAndRemainder(dividingBy: inner)
                    work.run(squares + plane * length * inner + column, nil, stride: inner, hasUnitSteps: true)
                }
            }
        }
        ComputeThreads.split(outer * inner, grain: 16, nanoseconds: 4 * Double(length)) { lines in
            let work = EnvelopeWork(length: length, step: sampling[axis])
            for line in lines {
                let (plane, column) = line.quotientAndRemainder(dividingBy: inner)
                let start = plane * length * inner + column
                work.run(squares + start, places.map { $0 + start }, stride: inner, hasUnitSteps: hasUnitSteps)
            }
        }
    }
}

/// The memory for the lower envelope of one line's parabolas.
private final class EnvelopeWork {
    private let length: Int
    private let step: Double
    private let heights: UnsafeMutablePointer<Double>
    private let sources: UnsafeMutablePointer<Int32>
    private let kept: UnsafeMutablePointer<Int32>

    init(length: Int, step: Double) {
        self.length = length
        self.step = step
        heights = .allocate(capacity: length)
        sources = .allocate(capacity: length)
        kept = .allocate(capacity: length)
    }

    deinit {
        heights.deallocate()
        sources.deallocate()
        kept.deallocate()
    }

    @inline(__always)
    func run<Element: NDLinearReal>(
        _ squares: UnsafeMutablePointer<Element>, _ places: UnsafeMutablePointer<Int32>?, stride: Int,
        hasUnitSteps: Bool
    ) {
        // Between two false elements nothing from beyond them matters, so that each run of true ones is by itself.
        var index = 0
        while index < length {
            if squares[index * stride] == 0 {
                index += 1
                continue
            }
            let first = index
            while index < length, squares[index * stride] != 0 { index += 1 }
            let (start, end) = (Swift.max(first - 1, 0), Swift.min(index + 1, length))
            if hasUnitSteps {
                envelope(start, end, squares, places, stride, step: 1)
            } else {
                envelope(start, end, squares, places, stride, step: step)
            }
        }
    }

    @inline(__always)
    private func envelope<Element: NDLinearReal>(
        _ start: Int, _ end: Int, _ squares: UnsafeMutablePointer<Element>, _ places: UnsafeMutablePointer<Int32>?,
        _ stride: Int, step: Double
    ) {
        var last = -1
        for index in start..<end {
            let height = Double(squares[index * stride])
            heights[index] = height
            if let places { sources[index] = places[index * stride] }
            if height == .infinity { continue }
            while last >= 1 {
                let (middle, before) = (Int(kept[last]), Int(kept[last - 1]))
                let a = Double(middle - before) * step
                let b = Double(index - middle) * step
                let c = a + b
                // The middle one is never the lowest when the outer two meet below it.
                if c * heights[middle] - b * heights[before] - a * height - a * b * c <= 0 { break }
                last -= 1
            }
            last += 1
            kept[last] = Int32(truncatingIfNeeded: index)
        }
        guard last >= 0 else { return }
        var place = 0
        var source = Int(kept[0])
        for index in start..<end {
            var distance = Self.square(index, source, step) + heights[source]
            while place < last {
                let next = Int(kept[place + 1])
                let other = Self.square(index, next, step) + heights[next]
                if distance <= other { break }
                (distance, source) = (other, next)
                place += 1
            }
            squares[index * stride] = Element(distance)
            if let places { places[index * stride] = sources[source] }
        }
    }

    @inline(__always)
    private static func square(_ index: Int, _ source: Int, _ step: Double) -> Double {
        let distance = Double(index - source) * step
        return distance * distance
    }
}
