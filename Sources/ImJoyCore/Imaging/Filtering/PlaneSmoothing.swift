internal import CImJoyKernels

/// How much stronger the difference of an image from a smoother one becomes.
struct Sharpening {
    var amount: Double
    /// Where values are cut off, if they are.
    var limits: ClosedRange<Double>?

    func run<T: NDLinearReal>(
        _ source: UnsafePointer<T>, _ smooth: UnsafePointer<T>, _ target: UnsafeMutablePointer<T>, _ count: Int
    ) {
        imjoy_sharpen(
            T.dtype.kernelType, source, smooth, amount, limits != nil, limits?.lowerBound ?? 0, limits?.upperBound ?? 0,
            target, count)
    }
}

/// A Gaussian or a mean along both axes of a matrix, and what is done with the result, while a few rows are in the
/// nearest cache.
///
/// The sums are those of one axis after the other.
struct PlaneSmoothing<T: NDLinearReal> {
    /// The weights along the first axis, which add rows, and along the second one.
    private let columnWeights: [T]
    private let rowWeights: [T]
    private let boundary: BoundaryMode
    private let height: Int
    private let width: Int
    private let sharpening: Sharpening?
    /// How many elements a mean is of; nil for a Gaussian.
    private let divisor: Double?

    /// The means of boxes. Nil when one axis is not smoothed, which other code does as well.
    init?(means sizes: [Int], _ boundary: BoundaryMode, _ shape: [Int]) {
        guard sizes.count == 2, sizes.allSatisfy({ (2..<256).contains($0) }), !shape.contains(0) else { return nil }
        columnWeights = Array(repeating: 1, count: sizes[0])
        rowWeights = Array(repeating: 1, count: sizes[1])
        (height, width) = (shape[0], shape[1])
        self.boundary = boundary
        sharpening = nil
        divisor = Double(sizes[0] * sizes[1])
    }

    /// Nil when one axis is not smoothed, which other code does as well.
    init?(
        _ sigmas: [Double], _ truncate: Double, _ boundary: BoundaryMode, _ shape: [Int], _ sharpening: Sharpening?
    ) throws(NDArrayError) {
        guard sigmas.allSatisfy({ !(0...1e-15).contains($0) }), sigmas.count == 2, !shape.contains(0) else {
            return nil
        }
        columnWeights = try Gaussian.weights(sigmas[0], 0, truncate).map { T($0) }
        rowWeights = try Gaussian.weights(sigmas[1], 0, truncate).map { T($0) }
        (height, width) = (shape[0], shape[1])
        // Long lines are not worth it, and their ends would be mirrored several times.
        guard columnWeights.count < 512, rowWeights.count < 512 else { return nil }
        self.boundary = boundary
        self.sharpening = sharpening
        divisor = nil
    }

    private var reach: Int { rowWeights.count / 2 }

    /// What one value everywhere becomes along the columns.
    private var verticalSum: Double { divisor == nil ? 1 : Double(columnWeights.count) }

    /// So many columns that the rows that are added stay in the nearest cache; all of them where an end needs the
    /// other.
    private var stripWidth: Int {
        if case .wrap = boundary { return width }
        let fitting = 32768 / (columnWeights.count * MemoryLayout<T>.stride) / 64 * 64
        let strip = Swift.max(fitting, 256)
        return width > 2 * strip && reach < strip ? strip : width
    }

    /// Rows that are kept begin at places that do not push each other out of the cache.
    private func keptStride(_ strip: Int) -> Int { (strip + 2 * reach + 31) / 16 * 16 }

    func run(_ source: UnsafePointer<T>, _ target: UnsafeMutablePointer<T>) {
        let strip = stripWidth
        let cost = Double(columnWeights.count + rowWeights.count) / 16 * Double(width)
        let length = width + 2 * reach
        ComputeThreads.split(height, grain: 16, nanoseconds: cost) { rows in
            let kept = keptStride(strip) * columnWeights.count
            withUnsafeTemporaryAllocation(byteCount: (2 * length + kept) * MemoryLayout<T>.stride, alignment: 64) {
                guard let base = $0.baseAddress?.bindMemory(to: T.self, capacity: 2 * length + kept) else { return }
                let line = base + kept
                let smooth = line + length
                for start in stride(from: 0, to: width, by: strip) {
                    let columns = start..<Swift.min(start + strip, width)
                    for row in rows {
                        run(row, isFirst: row == rows.lowerBound, columns, source, target, line, smooth, base)
                    }
                }
            }
        }
    }

    private func run(
        _ row: Int, isFirst: Bool, _ columns: Range<Int>, _ source: UnsafePointer<T>, _ target: UnsafeMutablePointer<T>,
        _ line: UnsafeMutablePointer<T>, _ smooth: UnsafeMutablePointer<T>, _ kept: UnsafeMutablePointer<T>
    ) {
        // The line begins `reach` columns before the strip; what is inside of the matrix is added up there.
        let first = columns.lowerBound - reach
        let inside = Swift.max(first, 0)..<Swift.min(columns.upperBound + reach, width)
        let (taps, stride) = (columnWeights.count, keptStride(stripWidth))
        for tap in (isFirst ? 0 : taps - 1)..<taps {
            let slot = kept + (row + tap) % taps * stride
            if let place = boundary.place(row + tap - taps / 2, height) {
                slot.update(from: source + place * width + inside.lowerBound, count: inside.count)
            } else {
                slot.update(repeating: T(boundary.value), count: inside.count)
            }
        }
        let rows = (0..<taps).map { UnsafeRawPointer(kept + (row + $0) % taps * stride) }
        add(rows, columnWeights, line + (inside.lowerBound - first), inside.count)
        for column in first..<inside.lowerBound { fill(column, first, line) }
        for column in inside.upperBound..<Swift.max(columns.upperBound + reach, inside.upperBound) {
            fill(column, first, line)
        }
        let place = row * width + columns.lowerBound
        let result = sharpening == nil ? target + place : smooth
        if let divisor {
            // Of several neighbours at a time, so that not so many are added up.
            let some = rowWeights.count < 4 ? 1 : Int(Double(rowWeights.count).squareRoot())
            if some > 1 {
                imjoy_mean_of_rows(
                    T.dtype.kernelType, (0..<some).map { UnsafeRawPointer(line + $0) }, some, 1, smooth,
                    columns.count + rowWeights.count - some)
            }
            let groups = rowWeights.count / some
            let taps =
                (0..<groups).map { UnsafeRawPointer((some > 1 ? smooth : line) + $0 * some) }
                + (groups * some..<rowWeights.count).map { UnsafeRawPointer(line + $0) }
            imjoy_mean_of_rows(T.dtype.kernelType, taps, taps.count, divisor, result, columns.count)
        } else {
            add(rowWeights.indices.map { UnsafeRawPointer(line + $0) }, rowWeights, result, columns.count)
        }
        sharpening?.run(source + place, smooth, target + place, columns.count)
    }

    private func add(_ rows: [UnsafeRawPointer], _ weights: [T], _ target: UnsafeMutablePointer<T>, _ count: Int) {
        if divisor != nil { return imjoy_mean_of_rows(T.dtype.kernelType, rows, rows.count, 1, target, count) }
        imjoy_weighted_sum(T.dtype.kernelType, rows, weights, weights.count, 1, target, count)
    }

    /// An element beyond the edge.
    private func fill(_ column: Int, _ first: Int, _ line: UnsafeMutablePointer<T>) {
        line[column - first] = boundary.place(column, width).map { line[$0 - first] } ?? T(boundary.value * verticalSum)
    }
}
