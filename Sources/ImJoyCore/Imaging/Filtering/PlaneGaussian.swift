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

/// A Gaussian along both axes of a matrix, and what is done with the result, while a few rows are in the nearest cache.
///
/// The sums are those of one axis after the other.
struct PlaneGaussian<T: NDLinearReal> {
    /// The weights along the first axis, which add rows, and along the second one.
    private let columnWeights: [T]
    private let rowWeights: [T]
    private let boundary: BoundaryMode
    private let height: Int
    private let width: Int
    private let sharpening: Sharpening?

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
    }

    private var reach: Int { rowWeights.count / 2 }

    /// So many columns that the rows that are added stay in the nearest cache; all of them where an end needs the
    /// other.
    private var stripWidth: Int {
        if case .wrap = boundary { return width }
        let fitting = 32768 / (columnWeights.count * MemoryLayout<T>.stride) / 64 * 64
        let strip = Swift.max(fitting, 256)
        return width > 2 * strip && reach < strip ? strip : width
    }

    func run(_ source: UnsafePointer<T>, _ target: UnsafeMutablePointer<T>) {
        let strip = stripWidth
        let cost = Double(columnWeights.count + rowWeights.count) / 16 * Double(width)
        ComputeThreads.split(height, grain: 16, nanoseconds: cost) { rows in
            withUnsafeTemporaryAllocation(of: T.self, capacity: 3 * (width + 2 * reach)) { memory in
                guard let line = memory.baseAddress else { return }
                let smooth = line + width + 2 * reach
                let beyond = smooth + width + 2 * reach
                beyond.initialize(repeating: T(boundary.value), count: width + 2 * reach)
                for start in stride(from: 0, to: width, by: strip) {
                    let columns = start..<Swift.min(start + strip, width)
                    for row in rows { run(row, columns, source, target, line, smooth, beyond) }
                }
            }
        }
    }

    private func run(
        _ row: Int, _ columns: Range<Int>, _ source: UnsafePointer<T>, _ target: UnsafeMutablePointer<T>,
        _ line: UnsafeMutablePointer<T>, _ smooth: UnsafeMutablePointer<T>, _ beyond: UnsafeMutablePointer<T>
    ) {
        // The line begins `reach` columns before the strip; what is inside of the matrix is added up there.
        let first = columns.lowerBound - reach
        let inside = Swift.max(first, 0)..<Swift.min(columns.upperBound + reach, width)
        let rows = columnWeights.indices.map { tap in
            let place = boundary.place(row + tap - columnWeights.count / 2, height)
            return UnsafeRawPointer(place.map { source + $0 * width + inside.lowerBound } ?? UnsafePointer(beyond))
        }
        imjoy_weighted_sum(
            T.dtype.kernelType, rows, columnWeights, columnWeights.count, 1, line + (inside.lowerBound - first),
            inside.count)
        for column in first..<inside.lowerBound { fill(column, first, line) }
        for column in inside.upperBound..<Swift.max(columns.upperBound + reach, inside.upperBound) {
            fill(column, first, line)
        }
        let taps = rowWeights.indices.map { UnsafeRawPointer(line + $0) }
        let place = row * width + columns.lowerBound
        let result = sharpening == nil ? target + place : smooth
        imjoy_weighted_sum(T.dtype.kernelType, taps, rowWeights, rowWeights.count, 1, result, columns.count)
        sharpening?.run(source + place, smooth, target + place, columns.count)
    }

    /// An element beyond the edge.
    private func fill(_ column: Int, _ first: Int, _ line: UnsafeMutablePointer<T>) {
        line[column - first] = boundary.place(column, width).map { line[$0 - first] } ?? T(boundary.value)
    }
}
