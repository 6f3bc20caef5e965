internal import CImJoyKernels

/// Resamples rows and columns on straight lines, adding up in the order that SciPy does, so that halves of whole
/// numbers are rounded alike.
///
/// The left and the right neighbours of each column are found once for each row of the source and kept while they are
/// needed, strip by strip of columns, so that they stay in the nearest cache.
struct BlendedResampler {
    private let plan: PlaneResampler<Double>
    private let rows: AxisTaps
    private let columns: ColumnTaps<Double>
    private let downWeights: [Double]
    /// From the first to the last element of a row that each strip is computed from.
    private let spans: [Range<Int>]

    private static var stripWidth: Int { 768 }

    init?(_ plan: PlaneResampler<Double>) {
        guard let rows = plan.rows, let columns = plan.columns, rows.width == 2, columns.width == 2 else { return nil }
        (self.plan, self.rows, self.columns) = (plan, rows, columns)
        downWeights = rows.weights
        spans = stride(from: 0, to: columns.count, by: Self.stripWidth).map { start in
            var (low, high) = (Int(Int32.max), 0)
            for place in start..<min(start + Self.stripWidth, columns.count) {
                for element in [Int(columns.places[place]), Int(columns.places[columns.count + place])] {
                    (low, high) = (min(low, element), max(high, element + 1))
                }
            }
            return low..<high
        }
    }

    func run(_ source: UnsafeRawPointer, _ sink: RowSink<Double>, planes: Int) {
        let cost = Double(columns.count) / 2 + Double(plan.sourceWidth) / 8 + 60
        ComputeThreads.split(planes * plan.targetRows, grain: 1, nanoseconds: cost) { range in
            let width = min(Self.stripWidth, columns.count)
            let count = 9 * width + plan.sourceWidth + 8
            withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { memory in
                guard let base = memory.baseAddress else { return }
                memory.initialize(repeating: plan.value)
                for strip in spans.indices { Strip(self, strip, width, base).run(range, source, sink) }
            }
        }
    }

    private struct Strip {
        private let all: BlendedResampler
        private let first: Int
        private let count: Int
        private let width: Int
        private let span: Range<Int>
        private let load: imjoy_unary_kernel?
        /// Three rows of left and right neighbours, one of what lies outside, and one of results.
        private let kept: UnsafeMutablePointer<Double>
        private let outside: UnsafeMutablePointer<Double>
        private let result: UnsafeMutablePointer<Double>
        /// A row of the source and the value outside.
        private let loaded: UnsafeMutablePointer<Double>

        init(_ all: BlendedResampler, _ number: Int, _ width: Int, _ memory: UnsafeMutablePointer<Double>) {
            self.all = all
            self.width = width
            first = number * BlendedResampler.stripWidth
            count = min(width, all.columns.count - first)
            span = all.spans[number]
            let dtype = all.plan.dtype
            load = dtype == .float64 ? nil : imjoy_find_cast(dtype.kernelType, IMJOY_FLOAT64, true)
            kept = memory
            outside = kept + 6 * width
            result = outside + width
            loaded = result + 2 * width
        }

        func run(_ lines: Range<Int>, _ source: UnsafeRawPointer, _ sink: RowSink<Double>) {
            let plan = all.plan
            let rows = all.rows
            var tags = [-1, -1, -1]
            let isByte = sink.isByte && (0...255).contains(plan.value)
            all.columns.weights.withUnsafeBufferPointer { weights in
                all.downWeights.withUnsafeBufferPointer { down in
                    guard let right = weights.baseAddress, let down = down.baseAddress else { return }
                    for line in lines {
                        let (plane, row) = line.quotientAndRemainder(dividingBy: plan.targetRows)
                        let needed = (0..<2).map { tap -> Int in
                            let element = rows.elements[2 * row + tap]
                            return element == plan.sourceRows ? -1 : plane * plan.sourceRows + element
                        }
                        let (upper, lower) = (
                            look(up: needed[0], needed[1], source, &tags), look(up: needed[1], needed[0], source, &tags)
                        )
                        let start = line * plan.targetWidth + first
                        let (weights, more) = (right + first, right + all.columns.count + first)
                        if isByte {
                            imjoy_blend_rows_8(
                                upper.left, upper.right, lower.left, lower.right, down + 2 * row, weights, more,
                                (sink.target + start).assumingMemoryBound(to: UInt8.self), count)
                        } else {
                            imjoy_blend_rows(
                                upper.left, upper.right, lower.left, lower.right, down + 2 * row, weights, more,
                                result, count)
                            sink.put(result, at: start, count: count)
                        }
                    }
                }
            }
        }

        /// The neighbours in a row of the source, which take the place of a row that is not `other`.
        private func look(
            up number: Int, _ other: Int, _ source: UnsafeRawPointer, _ tags: inout [Int]
        ) -> (left: UnsafePointer<Double>, right: UnsafePointer<Double>) {
            if number < 0 { return (UnsafePointer(outside), UnsafePointer(outside)) }
            let known = tags.firstIndex(of: number)
            let slot = known ?? tags.firstIndex { $0 != other } ?? 0
            let left = kept + 2 * slot * width
            if known == nil {
                tags[slot] = number
                fill(number, source, left)
            }
            return (UnsafePointer(left), UnsafePointer(left + width))
        }

        private func fill(_ number: Int, _ source: UnsafeRawPointer, _ left: UnsafeMutablePointer<Double>) {
            let plan = all.plan
            let inside = span.lowerBound..<max(min(span.upperBound, plan.sourceWidth), span.lowerBound)
            let place = source + (number * plan.sourceWidth + inside.lowerBound) * plan.dtype.byteCount
            if let load {
                load(place, loaded + inside.lowerBound, inside.count)
            } else {
                (loaded + inside.lowerBound).update(
                    from: place.assumingMemoryBound(to: Double.self), count: inside.count)
            }
            all.columns.places.withUnsafeBufferPointer { places in
                guard let places = places.baseAddress else { return }
                imjoy_gather_pairs(
                    loaded, places + first, places + all.columns.count + first, left, left + width, count)
            }
        }
    }
}
