internal import CImJoyKernels

/// Ranks of bytes in large boxes: the bytes of each column of the window are counted, and only what enters and leaves
/// it changes the counts as it goes down.
///
/// Two rows of tables for a strip of columns lie in the second cache; the time for an element hardly depends on the
/// size of the window.
struct ByteRanks {
    private let shape: [Int]
    private let boundary: BoundaryMode
    /// Added to the bytes, so that signed ones are in order too.
    private let bias: UInt8
    private let lineAxis: Int
    private let inner: Int
    private let width: Int
    private let before: Int
    private let height: Int
    private let firstRow: Int
    /// How far the window's planes lie from that of the element, along the axes before the rows.
    private let planes: [[Int]]
    private let place: Int
    private let isWide: Bool
    /// Columns of results, and of the tables.
    private let columns: Int
    private let stride: Int

    /// Nil for other types, windows that other code is quicker for, and those that are too large.
    ///
    /// - Parameter box: the sizes of the window; none when it is no box.
    init?(_ dtype: DType, _ shape: [Int], _ box: [Int], _ origins: [Int], _ boundary: BoundaryMode, place: Int) {
        let neighbours = box.reduce(1, *)
        guard dtype == .uint8 || dtype == .int8, !box.isEmpty, !shape.contains(0), neighbours > 30,
            neighbours < 1 << 16, place > 0, place < neighbours - 1, let axis = box.lastIndex(where: { $0 > 1 }),
            axis > 0
        else { return nil }
        (self.shape, self.boundary, self.place) = (shape, boundary, place)
        bias = dtype == .int8 ? 128 : 0
        lineAxis = axis
        inner = shape[(axis + 1)...].reduce(1, *)
        width = box[axis]
        before = width / 2 + origins[axis]
        height = box[axis - 1]
        firstRow = -(height / 2) - origins[axis - 1]
        isWide = neighbours > 255
        columns = min((shape[axis] * inner + 63) / 64 * 64, 256)
        stride = (columns + (width - 1) * inner + 63) / 64 * 64
        // Short columns are not worth the counts of their first windows.
        guard stride <= Int(IMJOY_STRIP_COLUMNS), height > 2, shape[axis - 1] >= height else { return nil }
        planes = box[..<(axis - 1)].indices.reduce([[]]) { all, axis in
            all.flatMap { start in (0..<box[axis]).map { start + [$0 - box[axis] / 2 - origins[axis]] } }
        }
    }

    private var lineLength: Int { shape[lineAxis] * inner }

    func run(_ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer) {
        let rowCount = shape[lineAxis - 1]
        let lines = shape[..<lineAxis].reduce(1, *)
        let strips = (lineLength + columns - 1) / columns
        let outside = UInt8(truncatingIfNeeded: outsideByte)
        // What is counted at the beginning of a piece should be little beside the rest.
        ComputeThreads.split(strips * lines, grain: 4 * height, nanoseconds: 6 * Double(columns)) { range in
            let numberSize = isWide ? 2 : 1
            withUnsafeTemporaryAllocation(byteCount: (15 + 256 + 2) * stride * numberSize, alignment: 64) { memory in
                guard let below = memory.baseAddress else { return }
                let tables = Tables(
                    below: below, each: below + 16 * stride * numberSize, bytes: memory.count, outside: outside)
                var start = range.lowerBound
                while start < range.upperBound {
                    // The rest of this plane of this strip.
                    let end = min(range.upperBound, (start / rowCount + 1) * rowCount)
                    let (strip, line) = start.quotientAndRemainder(dividingBy: lines)
                    run(line..<line + end - start, strip * columns, source, target, tables)
                    start = end
                }
            }
        }
    }

    private var outsideByte: Int {
        let value = NDArray<Double>(scalar: boundary.value)
        return bias == 0 ? Int(value.cast(to: UInt8.self).item) : Int(value.cast(to: Int8.self).item) + Int(bias)
    }

    private struct Tables {
        var below: UnsafeMutableRawPointer
        var each: UnsafeMutableRawPointer
        var bytes: Int
        var outside: UInt8
    }

    /// Some rows of one plane of results.
    private func run(
        _ lines: Range<Int>, _ first: Int, _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer,
        _ tables: Tables
    ) {
        let rowCount = shape[lineAxis - 1]
        let outer = lines.lowerBound / rowCount
        tables.below.initializeMemory(as: UInt8.self, repeating: 0, count: tables.bytes)
        let places = planes.map { boundary.line(outer, $0, shape) }
        let count = min(columns, lineLength - first)
        var starts = [Int](repeating: 0, count: columns / 64)
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 3 * stride) { memory in
            guard let entering = memory.baseAddress else { return }
            memory.initialize(repeating: 0)
            let (leaving, results) = (entering + stride, entering + 2 * stride)
            for line in lines {
                let row = line - outer * rowCount
                let isFirst = line == lines.lowerBound
                for plane in places {
                    if isFirst {
                        for index in 0..<height - 1 {
                            load(plane, row + index + firstRow, first, source, entering, tables.outside)
                            imjoy_count_bytes(isWide, entering, nil, tables.below, tables.each, stride, stride)
                        }
                    } else {
                        load(plane, row - 1 + firstRow, first, source, leaving, tables.outside)
                    }
                    load(plane, row + height - 1 + firstRow, first, source, entering, tables.outside)
                    imjoy_count_bytes(
                        isWide, entering, isFirst ? nil : leaving, tables.below, tables.each, stride, stride)
                }
                imjoy_rank_bytes(
                    isWide, tables.below, tables.each, stride, width, inner, place, &starts, results, columns)
                if bias != 0 { for index in 0..<count { results[index] &-= bias } }
                (target + line * lineLength + first).copyMemory(from: results, byteCount: count)
            }
        }
    }

    /// Copies what the windows of a strip read of a row.
    private func load(
        _ plane: Int?, _ row: Int, _ first: Int, _ source: UnsafeRawPointer, _ target: UnsafeMutablePointer<UInt8>,
        _ outside: UInt8
    ) {
        let rowCount = shape[lineAxis - 1]
        guard let plane, let row = boundary.place(row, rowCount) else {
            return target.update(repeating: outside, count: stride)
        }
        let bytes = (source + (plane * rowCount + row) * lineLength).assumingMemoryBound(to: UInt8.self)
        let start = first - before * inner
        let inside = max(start, 0)..<max(min(start + stride, lineLength), 0)
        (target + (inside.lowerBound - start)).update(from: bytes + inside.lowerBound, count: inside.count)
        for column in start..<inside.lowerBound { edge(column, start, bytes, target, outside) }
        for column in inside.upperBound..<max(start + stride, inside.upperBound) {
            edge(column, start, bytes, target, outside)
        }
        if bias != 0 { for index in 0..<stride { target[index] &+= bias } }
    }

    private func edge(
        _ column: Int, _ start: Int, _ bytes: UnsafePointer<UInt8>, _ target: UnsafeMutablePointer<UInt8>,
        _ outside: UInt8
    ) {
        let place = Int((Double(column) / Double(inner)).rounded(.down))
        let inside = boundary.place(place, shape[lineAxis])
        // The bias is added to all of the row.
        target[column - start] = inside.map { bytes[$0 * inner + column - place * inner] } ?? outside &- bias
    }
}
