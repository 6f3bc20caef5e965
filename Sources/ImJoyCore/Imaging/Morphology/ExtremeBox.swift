internal import CImJoyKernels

/// The smallest or the greatest neighbour of every element in small boxes: of the rows first, which are read where they
/// are, then of neighbouring columns.
struct ExtremeBox {
    private let isLargest: Bool
    private let type: imjoy_type
    private let size: Int
    private let shape: [Int]
    private let boundary: BoundaryMode
    /// How far the rows lie from that of the element along all axes but the last.
    private let offsets: [[Int]]
    private let width: Int
    private let before: Int

    /// Nil for windows that other code is quicker for.
    ///
    /// - Parameters:
    ///   - shape: of the array; its axes are at least two, and it has elements.
    ///   - dtype: a type of numbers that the kernels know; `uint8` for answers.
    init?(
        _ shape: [Int], _ dtype: DType, _ neighbourhood: Neighbourhood, _ boundary: BoundaryMode, isLargest: Bool
    ) {
        let window = neighbourhood.footprint.shape
        let last = shape.count - 1
        guard neighbourhood.footprint.all(), window[last] <= 7, window[..<last].reduce(1, *) <= 25,
            imjoy_find_operation(IMJOY_MAXIMUM, dtype.kernelType, IMJOY_BOTH_RUNS) != nil
        else { return nil }
        (self.isLargest, type, size) = (isLargest, dtype.kernelType, dtype.byteCount)
        (self.shape, self.boundary) = (shape, boundary)
        width = window[last]
        before = width / 2 + neighbourhood.origins[last]
        offsets = window[..<last].indices.reduce([[]]) { all, axis in
            let first = -(window[axis] / 2) - neighbourhood.origins[axis]
            return all.flatMap { start in (0..<window[axis]).map { start + [first + $0] } }
        }
    }

    /// Columns that are worked on at one time; all of them where an end needs the other.
    private var stripWidth: Int {
        let columns = shape[shape.count - 1]
        if case .wrap = boundary { return columns }
        let strip = (16 << 10) / size
        return columns > 2 * strip ? strip : columns
    }

    /// - Parameters:
    ///   - source: the elements in row-major order.
    ///   - outside: one element, for what lies outside of ``BoundaryMode/constant(_:)``.
    func run(_ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, outside: UnsafeRawPointer) {
        let columns = shape[shape.count - 1]
        let strip = stripWidth
        let length = strip + width - 1
        let cost = 30 + Double(columns * size) / 64 * Double(offsets.count + width) * 0.4
        ComputeThreads.split(shape.dropLast().reduce(1, *), grain: 8, nanoseconds: cost) { lines in
            withUnsafeTemporaryAllocation(byteCount: 2 * (length * size + 64), alignment: 64) { memory in
                guard let line = memory.baseAddress else { return }
                let constant = line + (length * size + 63) / 64 * 64
                for index in 0..<length { (constant + index * size).copyMemory(from: outside, byteCount: size) }
                var rows = [UnsafeRawPointer](repeating: UnsafeRawPointer(constant), count: offsets.count)
                let neighbours = (0..<width).map { UnsafeRawPointer(line + $0 * size) }
                for start in stride(from: 0, to: columns, by: strip) {
                    let end = min(start + strip, columns)
                    let inside = max(start - before, 0)..<min(end + width - 1 - before, columns)
                    let edges = edgePlaces(start - before, end + width - 1 - before)
                    let first = line + (inside.lowerBound - start + before) * size
                    for number in lines {
                        for (index, offset) in offsets.enumerated() {
                            let place = self.boundary.line(number, offset, self.shape)
                            rows[index] =
                                place.map { source + ($0 * columns + inside.lowerBound) * size }
                                ?? UnsafeRawPointer(constant)
                        }
                        let result = target + (number * columns + start) * size
                        if width == 1 {
                            _ = imjoy_extreme_of_rows(type, isLargest, rows, rows.count, result, end - start)
                            continue
                        }
                        _ = imjoy_extreme_of_rows(type, isLargest, rows, rows.count, first, inside.count)
                        for (number, place) in edges {
                            (line + number * size).copyMemory(
                                from: place.map { UnsafeRawPointer(line + $0 * size) } ?? outside, byteCount: size)
                        }
                        _ = imjoy_extreme_of_rows(type, isLargest, neighbours, width, result, end - start)
                    }
                }
            }
        }
    }

    /// For the columns of a strip that lie outside of the array: where they are in its line, and which stand for them
    /// there.
    private func edgePlaces(_ start: Int, _ end: Int) -> [(number: Int, place: Int?)] {
        let columns = shape[shape.count - 1]
        let outside = [start..<max(start, 0), max(start, columns)..<max(start, columns, end)]
        return outside.joined().map { ($0 - start, boundary.place($0, columns).map { $0 - start }) }
    }
}
