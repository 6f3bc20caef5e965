internal import CImJoyKernels

/// Resamples the rows and the columns of planes that lie one after another.
///
/// Rows of the source are resampled along themselves when they are first needed and kept while they are; a row of the
/// result is a weighted sum of a few of them.
struct PlaneResampler<Working: NDLinearReal> {
    /// The axis of the rows; nil when each row of the result is made of the source's row of the same number.
    let rows: AxisTaps?
    /// The elements within the rows; nil when they stay as they are.
    let columns: ColumnTaps<Working>?
    /// How many rows a plane has, and elements a row, before and after.
    let sourceRows: Int
    let targetRows: Int
    let sourceWidth: Int
    let targetWidth: Int
    /// The value outside.
    let value: Working
    /// The element type of the source.
    let dtype: DType
    /// Whether rows and columns are weighted at once, in the order that SciPy does; for two taps in double precision.
    var isBlended = false

    /// - Parameter exact: an element of the result by its number, computed as SciPy does.
    func run(
        _ source: UnsafeRawPointer, _ sink: RowSink<Working>, planes: Int, exact: ((_ index: Int) -> Double)?
    ) {
        if isBlended, let plan = self as? PlaneResampler<Double>, let sink = sink as? RowSink<Double>,
            let blended = BlendedResampler(plan)
        {
            return blended.run(source, sink, planes: planes)
        }
        let taps = rows?.width ?? 1
        let weights = rows?.weights(as: Working.self) ?? [1]
        let load =
            dtype == Working.dtype ? nil : imjoy_find_cast(dtype.kernelType, Working.dtype.kernelType, true)
        let cost = (Double(targetWidth * taps) + Double(sourceWidth) * 2) / 4 + 30
        ComputeThreads.split(planes * targetRows, grain: 1, nanoseconds: cost) { range in
            var cache = RowCache(self, load, slots: taps + 1)
            defer { cache.free() }
            var pointers = [UnsafeRawPointer](repeating: UnsafeRawPointer(cache.beyond), count: taps)
            for line in range {
                let (plane, row) = line.quotientAndRemainder(dividingBy: targetRows)
                let start = line * targetWidth
                let target = sink.isDirect ? sink.place(start) : cache.target
                if let rows, let places = halved(rows, row, isLoaded: load == nil) {
                    let first = source + (plane * sourceRows) * sourceWidth * dtype.byteCount
                    let step = sourceWidth * dtype.byteCount
                    imjoy_mean_quads(
                        Working.dtype.kernelType, first + places.upper * step, first + places.lower * step, target,
                        targetWidth)
                } else if let rows {
                    cache.look(up: rows.elements, from: row * taps, plane, source, into: &pointers)
                    weights.withUnsafeBufferPointer { weights in
                        guard let first = weights.baseAddress else { return }
                        imjoy_weighted_sum(
                            Working.dtype.kernelType, pointers, first + row * taps, taps, 0, target, targetWidth)
                    }
                } else {
                    cache.resample(line, source, into: target)
                }
                if let exact {
                    sink.put(target, at: start, count: targetWidth) { exact(start + $0) }
                } else {
                    sink.put(target, at: start, count: targetWidth)
                }
            }
        }
    }

    /// The rows of the source that a row is the mean of, when its columns are means too.
    private func halved(_ rows: AxisTaps, _ row: Int, isLoaded: Bool) -> (upper: Int, lower: Int)? {
        guard isLoaded, rows.width == 2, columns?.isHalving == true, rows.weights[2 * row] == 0.5,
            rows.weights[2 * row + 1] == 0.5, rows.elements[2 * row] < sourceRows,
            rows.elements[2 * row + 1] < sourceRows
        else { return nil }
        return (rows.elements[2 * row], rows.elements[2 * row + 1])
    }
}

/// Which elements of a row each element of a resampled one is computed from.
struct ColumnTaps<Working: NDLinearReal> {
    let width: Int
    let count: Int
    /// All first elements, then all second ones and so on.
    let places: [Int32]
    let weights: [Working]
    /// True for the means of neighbouring pairs.
    let isHalving: Bool
    /// True when the value outside is among the elements.
    let needsValue: Bool

    /// - Parameter inner: how many elements lie side by side at each place of the axis.
    init(_ taps: AxisTaps, inner: Int) {
        width = taps.width
        let count = taps.count * inner
        self.count = count
        var places = [Int32](repeating: 0, count: count * width)
        var weights = [Working](repeating: 0, count: count * width)
        let beyond = taps.length * inner
        for tap in 0..<width {
            for number in 0..<taps.count {
                let element = taps.elements[number * width + tap]
                let weight = Working(taps.weights[number * width + tap])
                for lane in 0..<inner {
                    let index = tap * count + number * inner + lane
                    places[index] = Int32(element == taps.length ? beyond : element * inner + lane)
                    weights[index] = weight
                }
            }
        }
        self.places = places
        self.weights = weights
        needsValue = taps.elements.contains(taps.length)
        isHalving =
            inner == 1 && width == 2 && taps.length >= 2 * count
            && weights.allSatisfy { $0 == 0.5 }
            && (0..<count).allSatisfy { places[$0] == 2 * $0 && places[count + $0] == 2 * $0 + 1 }
    }
}

/// The rows of the source that were resampled last.
private struct RowCache<Working: NDLinearReal> {
    private let plan: PlaneResampler<Working>
    private let load: imjoy_unary_kernel?
    private let memory: UnsafeMutablePointer<Working>
    private var tags: [Int]
    /// A row of the value outside.
    let beyond: UnsafeMutablePointer<Working>
    /// Room for a row of the result.
    let target: UnsafeMutablePointer<Working>
    /// Room for a row of the source and the value outside.
    private let loaded: UnsafeMutablePointer<Working>

    init(_ plan: PlaneResampler<Working>, _ load: imjoy_unary_kernel?, slots: Int) {
        self.plan = plan
        self.load = load
        tags = Array(repeating: -plan.sourceRows - 1, count: slots)
        let count = (slots + 1) * plan.targetWidth + plan.targetWidth + plan.sourceWidth + 1
        memory = .allocate(capacity: count)
        memory.initialize(repeating: plan.value, count: count)
        beyond = memory + slots * plan.targetWidth
        target = beyond + plan.targetWidth
        loaded = target + plan.targetWidth
    }

    func free() { memory.deallocate() }

    /// Finds the rows of the source that a row of the result is made of.
    mutating func look(
        up elements: [Int], from first: Int, _ plane: Int, _ source: UnsafeRawPointer,
        into pointers: inout [UnsafeRawPointer]
    ) {
        let needed = elements[first..<first + pointers.count]
        let start = plane * plan.sourceRows
        for (tap, element) in needed.enumerated() {
            let number = start + element
            if element == plan.sourceRows {
                pointers[tap] = UnsafeRawPointer(beyond)
            } else if plan.columns == nil, load == nil {
                pointers[tap] = source + number * plan.sourceWidth * plan.dtype.byteCount
            } else if let slot = tags.firstIndex(of: number) {
                pointers[tap] = UnsafeRawPointer(memory + slot * plan.targetWidth)
            } else if let slot = tags.firstIndex(where: { !needed.contains($0 - start) }) {
                // There is one slot more than rows are needed.
                tags[slot] = number
                resample(number, source, into: memory + slot * plan.targetWidth)
                pointers[tap] = UnsafeRawPointer(memory + slot * plan.targetWidth)
            }
        }
    }

    func resample(_ number: Int, _ source: UnsafeRawPointer, into result: UnsafeMutablePointer<Working>) {
        let start = source + number * plan.sourceWidth * plan.dtype.byteCount
        guard let columns = plan.columns else {
            if let load { return load(start, result, plan.sourceWidth) }
            return result.update(
                from: start.assumingMemoryBound(to: Working.self), count: plan.sourceWidth)
        }
        var row = start
        if let load {
            load(start, loaded, plan.sourceWidth)
            row = UnsafeRawPointer(loaded)
        } else if columns.needsValue {
            loaded.update(from: start.assumingMemoryBound(to: Working.self), count: plan.sourceWidth)
            row = UnsafeRawPointer(loaded)
        }
        let type = Working.dtype.kernelType
        if columns.isHalving { return imjoy_mean_pairs(type, row, result, columns.count) }
        imjoy_weighted_gather(type, row, columns.places, columns.weights, columns.width, result, columns.count)
    }
}
