internal import CImJoyKernels

/// Which of a few rows to compare with which, one pair after the other, so that the middle ones, or others that are wanted,
/// end up where sorting would put them.
///
/// Batcher's merge exchange (Knuth, The Art of Computer Programming 3, algorithm 5.2.2M) without the comparisons that
/// these do not depend on.
struct MedianNetwork {
    let comparisons: [(lower: Int, upper: Int)]

    /// Those for the middle of up to ``mostRows`` rows: finding one takes longer than using it for a small image.
    static let ofMiddles = (0...mostRows).map { MedianNetwork($0) }
    static let mostRows = 25

    /// - Parameter places: those that are wanted; the middle one or two when there are none.
    init(_ count: Int, places: Set<Int> = []) {
        var all: [(lower: Int, upper: Int)] = []
        let top = 1 << max(0, Int.bitWidth - max(0, count - 1).leadingZeroBitCount - 1)
        var bit = top
        while bit > 0 {
            var (reach, phase, distance) = (top, 0, bit)
            while true {
                for index in 0..<max(0, count - distance) where index & bit == phase {
                    all.append((index, index + distance))
                }
                if reach == bit { break }
                distance = reach - bit
                reach >>= 1
                phase = bit
            }
            bit >>= 1
        }
        var wanted = places.isEmpty ? [max(0, count - 1) / 2, count / 2] : places
        var needed: [(lower: Int, upper: Int)] = []
        for pair in all.reversed() where wanted.contains(pair.lower) || wanted.contains(pair.upper) {
            wanted.formUnion([pair.lower, pair.upper])
            needed.append(pair)
        }
        comparisons = needed.reversed()
    }

    /// Carries out the comparisons on rows of `length` elements; the last row is spare, and rows change places.
    func run<Element>(
        _ rows: inout [UnsafeMutablePointer<Element>], length: Int, _ minimum: imjoy_binary_kernel,
        _ maximum: imjoy_binary_kernel
    ) {
        let spare = rows.count - 1
        for (lower, upper) in comparisons {
            minimum(rows[lower], rows[upper], rows[spare], length)
            maximum(rows[lower], rows[upper], rows[upper], length)
            rows.swapAt(lower, spare)
        }
    }
}

extension NDArray where Element: NDReal {
    /// So many elements of a row are worked on at one time; all rows stay in the cache.
    private static var pieceLength: Int { pieceBytes / MemoryLayout<Element>.stride }
    private static var pieceBytes: Int { 4096 }

    /// Medians along an axis of few elements, for many places at the same time; nil for other shapes, and when there are no
    /// kernels for the type. NaN spreads from each row to the middle.
    func mediansOfPlanes(along axis: Int, keepingAxis: Bool) throws(NDArrayError) -> NDArray<Element.Mean>? {
        let axis = try layout.resolvedAxis(axis)
        let planes = shape[axis]
        guard (3...MedianNetwork.mostRows).contains(planes), count / planes >= 64,
            let minimum = imjoy_find_operation(IMJOY_MINIMUM, dtype.kernelType, IMJOY_BOTH_RUNS),
            let maximum = imjoy_find_operation(IMJOY_MAXIMUM, dtype.kernelType, IMJOY_BOTH_RUNS),
            let widen = imjoy_find_cast(dtype.kernelType, IMJOY_FLOAT64, false),
            let narrow = imjoy_find_cast(IMJOY_FLOAT64, Element.Mean.dtype.kernelType, false)
        else { return nil }
        // Rows of a few elements are not worth a kernel.
        let rowsAreShort = shape[(axis + 1)...].reduce(1, *) < 64
        let array = rowsAreShort ? try movingAxis(axis, to: 0) : self
        let front = rowsAreShort ? 0 : axis
        let outer = array.shape[..<front].reduce(1, *)
        let inner = array.shape[(front + 1)...].reduce(1, *)
        var newShape = shape
        if keepingAxis { newShape[axis] = 1 } else { newShape.remove(at: axis) }
        let network = MedianNetwork.ofMiddles[planes]
        let length = Self.pieceLength
        return try array.withUnsafeElements { (elements) throws(NDArrayError) in
            guard let source = elements.baseAddress else { return nil }
            return try NDArray<Element.Mean>(uninitialised: newShape) { target in
                let steps = (inner + length - 1) / length
                let cost = 0.1 * Double(Swift.min(length, inner) * (2 * network.comparisons.count + 2 * planes))
                ComputeThreads.split(outer * steps, grain: 1, nanoseconds: cost) { pieces in
                    // The rows, of which the last one is spare; the middles as doubles.
                    let rowBytes = (planes + 1) * Self.pieceBytes
                    withUnsafeTemporaryAllocation(byteCount: rowBytes + 16 * length, alignment: 64) { memory in
                        guard let base = memory.baseAddress else { return }
                        let scratch = base.assumingMemoryBound(to: Element.self)
                        let middle = (base + rowBytes).assumingMemoryBound(to: Double.self)
                        var rows = (0...planes).map { scratch + $0 * length }
                        for piece in pieces {
                            let (plane, start) = (piece / steps, piece % steps * length)
                            let count = Swift.min(length, inner - start)
                            for row in 0..<planes {
                                rows[row].update(from: source + (plane * planes + row) * inner + start, count: count)
                            }
                            network.run(&rows, length: count, minimum, maximum)
                            widen(rows[(planes - 1) / 2], middle, count)
                            if planes % 2 == 0 {
                                widen(rows[planes / 2], middle + length, count)
                                for index in 0..<count { middle[index] = (middle[index] + middle[length + index]) / 2 }
                            } else {
                                // Of two zeros the positive one.
                                for index in 0..<count { middle[index] += 0 }
                            }
                            narrow(middle, target + plane * inner + start, count)
                        }
                    }
                }
            }
        }
    }
}
