internal import CImJoyKernels

/// The smallest or the greatest neighbour of every element, for windows of any form.
///
/// A window is cut into runs along the last axis. The extremes of runs of each length are made once for each row of the
/// array, each from two shorter runs, and kept as long as rows of the result need them. A row of the result is then the extreme of
/// as many rows as the window has runs: 11 for a disk of radius 5, not 81.
struct ExtremeWindow {
    let isLargest: Bool
    private let type: imjoy_type
    private let size: Int
    private let better: imjoy_binary_kernel
    private let shape: [Int]
    private let neighbourhood: Neighbourhood
    private let boundary: BoundaryMode
    private let runs: WindowRuns
    private let ladder: RunLadder
    /// Columns that a strip of the result reads before and behind its own.
    private let before: Int
    private let reach: Int
    private let height: Int
    private let firstRow: Int
    private let stripWidth: Int
    private let rowPieces: [RowPiece]

    /// - Parameters:
    ///   - shape: of the array; its axes are at least two, and it has elements.
    ///   - dtype: a type of numbers that the kernels know; `uint8` for answers.
    init?(
        _ shape: [Int], _ dtype: DType, _ neighbourhood: Neighbourhood, _ boundary: BoundaryMode, isLargest: Bool
    ) {
        guard
            let better = imjoy_find_operation(
                isLargest ? IMJOY_MAXIMUM : IMJOY_MINIMUM, dtype.kernelType, IMJOY_BOTH_RUNS)
        else { return nil }
        (type, size, self.better, self.isLargest) = (dtype.kernelType, dtype.byteCount, better, isLargest)
        (self.shape, self.neighbourhood, self.boundary) = (shape, neighbourhood, boundary)
        runs = WindowRuns(neighbourhood)
        ladder = RunLadder(runs.lengths)
        let (rows, columns) = (shape.count - 2, shape.count - 1)
        let window = neighbourhood.footprint.shape
        reach = window[columns] - 1
        before = window[columns] / 2 + neighbourhood.origins[columns]
        height = window[rows]
        firstRow = -(window[rows] / 2) - neighbourhood.origins[rows]
        // The rows that are kept should stay in the second cache.
        let kept = max(runs.outerOffsets.count * height * (ladder.steps.count + 1), 1)
        let fitting = (768 << 10) / kept / size
        let usual = max(fitting, 4 * reach, 1024)
        // Tall windows keep so many rows that narrow strips are worth it, though more of them is what lies beside.
        let isTall = kept * (min(usual, shape[columns]) + reach) * size > 64 << 20
        stripWidth = min(isTall ? max(fitting, reach, 64) : usual, shape[columns])
        var rowPieces: [RowPiece] = []
        for run in runs.runs {
            for piece in ladder.pieces[run.length] {
                rowPieces.append(
                    RowPiece(
                        outer: run.outer, row: run.row, number: piece.number, shift: (run.start + piece.shift) * size))
            }
        }
        self.rowPieces = rowPieces
    }

    /// A part of a row that is kept, of which the rows of the result are the extremes.
    private struct RowPiece {
        var outer: Int
        var row: Int
        var number: Int
        /// In bytes.
        var shift: Int
    }

    /// Bytes that each thread needs.
    var memory: Int { (slotCount + 1) * levelCount * rowStride }

    private var slotCount: Int { runs.outerOffsets.count * height }
    private var levelCount: Int { ladder.steps.count + 1 }
    /// Rows begin at multiples of 64 bytes.
    private var rowStride: Int { ((stripWidth + reach) * size + 63) & ~63 }

    /// About how many nanoseconds a row of a strip takes.
    private var rowCost: Double {
        let operations = ladder.steps.count * runs.outerOffsets.count + rowPieces.count + 2
        return Double(operations) * (Double(stripWidth * size) / 64 * 0.6 + 8)
    }

    /// - Parameters:
    ///   - source: the elements in row-major order.
    ///   - outside: one element, for what lies outside of ``BoundaryMode/constant(_:)``.
    func run(_ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, outside: UnsafeRawPointer) {
        let columns = shape[shape.count - 1]
        let lines = shape.dropLast().reduce(1, *)
        let strips = (columns + stripWidth - 1) / stripWidth
        // A piece that is not much longer than the window is high would make most of its rows for nothing.
        ComputeThreads.split(strips * lines, grain: 2 * height, nanoseconds: rowCost) { range in
            var start = range.lowerBound
            while start < range.upperBound {
                let end = min(range.upperBound, (start / lines + 1) * lines)
                strip(start / lines, start % lines..<start % lines + end - start, source, target, outside)
                start = end
            }
        }
    }

    /// The part of some rows of the result that lies in one strip of columns.
    private func strip(
        _ number: Int, _ lines: Range<Int>, _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer,
        _ outside: UnsafeRawPointer
    ) {
        let columns = shape[shape.count - 1]
        let first = number * stripWidth
        let width = min(stripWidth, columns - first)
        let (levels, stride, slots) = (levelCount, rowStride, slotCount)
        withUnsafeTemporaryAllocation(byteCount: memory, alignment: 64) { memory in
            guard let base = memory.baseAddress else { return }
            let places = edgePlaces(first, width)
            let constant = base + slots * levels * stride
            if case .constant = boundary {
                for column in 0..<width + reach {
                    (constant + column * size).copyMemory(from: outside, byteCount: size)
                }
            }
            // Where the levels of each row that is kept begin; a constant row is the same on all of them.
            var kept = [(start: UnsafeMutableRawPointer, stride: Int)](repeating: (constant, 0), count: slots)
            var rows: [UnsafeRawPointer] = Array(repeating: UnsafeRawPointer(constant), count: rowPieces.count)
            let rowCount = shape[shape.count - 2]
            var done: (outer: Int, row: Int)?
            for line in lines {
                let (outer, row) = line.quotientAndRemainder(dividingBy: rowCount)
                let isNext = done.map { $0.outer == outer && $0.row == row - 1 } ?? false
                for offset in runs.outerOffsets.indices {
                    let plane = boundary.line(outer, runs.outerOffsets[offset], shape)
                    for window in (isNext ? height - 1 : 0)..<height {
                        let virtual = row + window
                        let slot = offset * height + virtual % height
                        guard let plane, let place = boundary.place(virtual + firstRow, rowCount) else {
                            kept[slot] = (constant, 0)
                            continue
                        }
                        let memory = base + slot * levels * stride
                        kept[slot] = (memory, stride)
                        load(
                            source + (plane * rowCount + place) * columns * size, first, width, places, memory, outside)
                        climb(memory, stride, width + reach)
                    }
                }
                done = (outer, row)
                for (index, piece) in rowPieces.enumerated() {
                    let slot = kept[piece.outer * height + (row + piece.row) % height]
                    rows[index] = UnsafeRawPointer(slot.start + piece.number * slot.stride + piece.shift)
                }
                _ = imjoy_extreme_of_rows(
                    type, isLargest, rows, rows.count, target + (line * columns + first) * size, width)
            }
        }
    }

    /// For the columns of a strip that lie outside of the array: where they are in memory, and which stand for them.
    private func edgePlaces(_ first: Int, _ width: Int) -> [(column: Int, place: Int?)] {
        let columns = shape[shape.count - 1]
        let start = first - before
        let outside = [min(start, 0)..<0, columns..<max(columns, start + width + reach)]
        return outside.joined().map { ($0 - start, boundary.place($0, columns)) }
    }

    /// Copies the columns of a row that a strip reads.
    private func load(
        _ row: UnsafeRawPointer, _ first: Int, _ width: Int, _ places: [(column: Int, place: Int?)],
        _ target: UnsafeMutableRawPointer, _ outside: UnsafeRawPointer
    ) {
        let start = first - before
        let inside = max(start, 0)..<min(start + width + reach, shape[shape.count - 1])
        (target + (inside.lowerBound - start) * size).copyMemory(
            from: row + inside.lowerBound * size, byteCount: inside.count * size)
        for (column, place) in places {
            (target + column * size).copyMemory(from: place.map { row + $0 * size } ?? outside, byteCount: size)
        }
    }

    /// The extremes of longer and longer runs of a row.
    private func climb(_ row: UnsafeMutableRawPointer, _ stride: Int, _ count: Int) {
        for (number, step) in ladder.steps.enumerated() {
            let source = row + step.source * stride
            better(source, source + step.shift * size, row + (number + 1) * stride, count - step.length + 1)
        }
    }
}
