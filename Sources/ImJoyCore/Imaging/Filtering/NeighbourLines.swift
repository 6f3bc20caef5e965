/// The neighbours of every element of an array, line by line: each neighbour's line lies in memory as long as it is
/// needed, and goes on beyond the edges.
///
/// A line is worked on in strips whose rows stay in the nearer caches, so that the window takes a little memory
/// whatever the array has.
struct NeighbourLines {
    private let shape: [Int]
    private let size: Int
    private let boundary: BoundaryMode
    /// The axis that lines go along, and how many elements lie side by side at each place of it.
    private let lineAxis: Int
    private let inner: Int
    /// So many of `widened` neighbouring results are wanted.
    private let kept: Int
    private let widened: Int
    /// Places that a strip reads before its own, and in all.
    private let before: Int
    private let reach: Int
    private let height: Int
    private let firstRow: Int
    /// Where the neighbours are along the axes but for the last two of them.
    private let planes: [[Int]]
    private let neighbours: [Neighbour]
    /// Places of a strip.
    private let stripWidth: Int

    private struct Neighbour {
        /// The number of its row among those that are kept.
        var row: Int
        /// In bytes.
        var shift: Int
    }

    /// - Parameters:
    ///   - shape: of the array, whose last axis has been continued already when `kept` is less than its length.
    ///   - size: bytes of an element.
    ///   - kept: how many elements of the last axis are results.
    init(
        _ shape: [Int], size: Int, _ footprint: NDArray<Bool>, _ origins: [Int], _ boundary: BoundaryMode, kept: Int?
    ) {
        (self.shape, self.size, self.boundary) = (shape, size, boundary)
        let window = footprint.shape
        let last = window.count - 1
        // Axes that the footprint does not reach along go with the one before them: they lie in one piece.
        let axis = (kept == nil ? window : window.dropLast()).lastIndex { $0 > 1 } ?? 0
        lineAxis = axis
        inner = shape.dropFirst(axis + 1).reduce(1, *)
        widened = kept == nil ? 1 : shape[last]
        self.kept = kept ?? 1
        let width = window.isEmpty ? 1 : window[axis]
        reach = width - 1
        before = window.isEmpty ? 0 : width / 2 + origins[axis]
        height = axis > 0 ? window[axis - 1] : 1
        firstRow = axis > 0 ? -(window[axis - 1] / 2) - origins[axis - 1] : 0
        var planes: [[Int]] = []
        var neighbours: [Neighbour] = []
        let places = footprint.argWhere()
        for number in 0..<places.shape[0] {
            let place = window.indices.map { Int(places[number, $0]) }
            let plane = (0..<max(axis - 1, 0)).map { place[$0] - window[$0] / 2 - origins[$0] }
            if planes.last != plane { planes.append(plane) }
            let row = (planes.count - 1) * height + (axis > 0 ? place[axis - 1] : 0)
            let column = window.isEmpty ? 0 : place[axis]
            neighbours.append(Neighbour(row: row, shift: (column * inner + (kept == nil ? 0 : place[last])) * size))
        }
        (self.planes, self.neighbours) = (planes, neighbours)
        let rows = max(planes.count * height, 1)
        let length = shape.isEmpty ? 1 : shape[axis]
        let most = max((96 << 10) / rows / max(size * inner, 1), 4 * reach, 512 / max(inner, 1), 1)
        let strips = max((length + most - 1) / most, 1)
        stripWidth = max((length + strips - 1) / strips, 1)
    }

    /// How many neighbours each element has.
    var count: Int { neighbours.count }

    /// Elements from one neighbour along the line to the next.
    var step: Int { widened > 1 ? 1 : inner }

    private var isWhole: Bool { lineAxis == 0 || height >= shape[lineAxis - 1] }
    private var rowCount: Int { lineAxis > 0 ? shape[lineAxis - 1] : 1 }
    private var lineLength: Int { (shape.isEmpty ? 1 : shape[lineAxis]) * inner }

    /// Calls `body` for each piece of a line with the rows of its neighbours, on several threads when that is worth it.
    ///
    /// - Parameters:
    ///   - source: the elements in row-major order, and one that lies outside.
    ///   - cost: about how many nanoseconds one element takes.
    func forEach(
        _ source: UnsafeRawPointer, outside: UnsafeRawPointer, into target: UnsafeMutableRawPointer, resultSize: Int,
        cost: Double,
        _ body: (_ rows: [UnsafeRawPointer], _ target: UnsafeMutableRawPointer, _ length: Int) -> Void
    ) {
        let lines = shape[..<lineAxis].reduce(1, *)
        guard lines * lineLength > 0 else { return }
        let strips = (lineLength / inner + stripWidth - 1) / stripWidth
        // A piece that is not much longer than the window is high would copy most of its rows for nothing.
        ComputeThreads.split(
            strips * lines, grain: 2 * min(height, 32), nanoseconds: (cost + 0.05) * Double(stripWidth * inner)
        ) { range in
            var start = range.lowerBound
            while start < range.upperBound {
                let end = min(range.upperBound, (start / lines + 1) * lines)
                Strip(self, start / lines, source, outside).run(
                    start % lines..<start % lines + end - start, target, resultSize, body)
                start = end
            }
        }
    }

    /// The part of the lines that lies in one strip of places.
    private struct Strip {
        private let window: NeighbourLines
        private let source: UnsafeRawPointer
        private let outside: UnsafeRawPointer
        private let first: Int
        private let width: Int
        /// For the places outside of the array: which of the row they are, and which stand for them.
        private let edges: [(number: Int, place: Int?)]
        private let stride: Int

        init(_ window: NeighbourLines, _ number: Int, _ source: UnsafeRawPointer, _ outside: UnsafeRawPointer) {
            (self.window, self.source, self.outside) = (window, source, outside)
            let length = window.lineLength / window.inner
            first = number * window.stripWidth
            width = min(window.stripWidth, length - first)
            let start = first - window.before
            let beyond = [start..<max(0, start), max(length, start)..<max(length, start + width + window.reach)]
            edges = beyond.joined().map { ($0 - start, window.boundary.place($0, length)) }
            let elements = (width + window.reach) * window.inner + window.widened - window.kept
            stride = (elements * window.size + 63) & ~63
        }

        private var groupBytes: Int { window.inner * window.size }

        func run(
            _ lines: Range<Int>, _ target: UnsafeMutableRawPointer, _ resultSize: Int,
            _ body: (_ rows: [UnsafeRawPointer], _ target: UnsafeMutableRawPointer, _ length: Int) -> Void
        ) {
            let (height, rowCount) = (window.height, window.rowCount)
            let ring = window.isWhole ? rowCount : height
            let slots = window.planes.count * ring
            let length = width * window.inner
            let isWidened = window.widened > window.kept
            let spare = isWidened ? length * resultSize : 0
            withUnsafeTemporaryAllocation(byteCount: (slots + 1) * stride + spare, alignment: 64) { memory in
                guard let base = memory.baseAddress else { return }
                let constant = base + slots * stride
                // What is behind the last row is read, but makes no results.
                memory.initializeMemory(as: UInt8.self, repeating: 0)
                for index in 0..<(width + window.reach) * window.inner {
                    (constant + index * window.size).copyMemory(from: outside, byteCount: window.size)
                }
                let nothing = UnsafeRawPointer(constant)
                var starts = Array(repeating: nothing, count: window.planes.count * height)
                var rows = Array(repeating: nothing, count: window.count)
                var planes: [Int?] = []
                var done: (outer: Int, row: Int)?
                for line in lines {
                    let (outer, row) = line.quotientAndRemainder(dividingBy: rowCount)
                    let isNext = done.map { $0.outer == outer } ?? false
                    if !isNext { planes = window.planes.map { window.boundary.line(outer, $0, window.shape) } }
                    done = (outer, row)
                    for (number, plane) in planes.enumerated() {
                        let memory = base + number * ring * stride
                        if window.isWhole {
                            if !isNext, let plane {
                                for place in 0..<rowCount { load(plane * rowCount + place, memory + place * stride) }
                            }
                        }
                        for index in 0..<height {
                            let virtual = row + index
                            guard let plane, let place = window.boundary.place(virtual + window.firstRow, rowCount)
                            else {
                                starts[number * height + index] = UnsafeRawPointer(constant)
                                continue
                            }
                            let slot = memory + (window.isWhole ? place : virtual % height) * stride
                            if !window.isWhole, !isNext || index == height - 1 { load(plane * rowCount + place, slot) }
                            starts[number * height + index] = UnsafeRawPointer(slot)
                        }
                    }
                    for (number, neighbour) in window.neighbours.enumerated() {
                        rows[number] = starts[neighbour.row] + neighbour.shift
                    }
                    if isWidened {
                        let results = constant + stride
                        body(rows, results, length)
                        pick(results, (line * window.lineLength + first * window.inner), length, target, resultSize)
                    } else {
                        body(rows, target + (line * window.lineLength + first * window.inner) * resultSize, length)
                    }
                }
            }
        }

        /// Copies what a strip reads of a line.
        private func load(_ line: Int, _ target: UnsafeMutableRawPointer) {
            let row = source + line * window.lineLength * window.size
            let start = first - window.before
            let inside = max(start, 0)..<min(start + width + window.reach, window.lineLength / window.inner)
            if !inside.isEmpty {
                (target + (inside.lowerBound - start) * groupBytes).copyMemory(
                    from: row + inside.lowerBound * groupBytes, byteCount: inside.count * groupBytes)
            }
            for (number, place) in edges {
                let element = target + number * groupBytes
                if let place {
                    element.copyMemory(from: row + place * groupBytes, byteCount: groupBytes)
                } else {
                    for index in 0..<window.inner {
                        (element + index * window.size).copyMemory(from: outside, byteCount: window.size)
                    }
                }
            }
        }

        /// Copies those results that are not of elements beyond the edges of the last axis.
        private func pick(
            _ results: UnsafeMutableRawPointer, _ start: Int, _ length: Int, _ target: UnsafeMutableRawPointer,
            _ size: Int
        ) {
            let bytes = window.kept * size
            var place = target + start / window.widened * bytes
            for group in Swift.stride(from: 0, to: length, by: window.widened) {
                place.copyMemory(from: results + group * size, byteCount: bytes)
                place += bytes
            }
        }
    }
}
