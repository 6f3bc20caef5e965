internal import CImJoyKernels

/// Finds the element of one rank among those in the same column of a few rows, for many columns at a time.
struct RowNetwork<Element: NDReal> {
    private let rank: Int
    private let count: Int
    /// Nil for extremes, which need none.
    private let network: MedianNetwork?
    private let minimum: imjoy_binary_kernel
    private let maximum: imjoy_binary_kernel

    /// Nil for more rows than stay in the nearer caches, unless an extreme is wanted, and for types without kernels.
    init?(_ count: Int, _ rank: Int) {
        let isExtreme = rank == 0 || rank == count - 1
        guard isExtreme || count <= 64,
            let minimum = imjoy_find_operation(IMJOY_MINIMUM, Element.dtype.kernelType, IMJOY_BOTH_RUNS),
            let maximum = imjoy_find_operation(IMJOY_MAXIMUM, Element.dtype.kernelType, IMJOY_BOTH_RUNS)
        else { return nil }
        (self.count, self.rank, self.minimum, self.maximum) = (count, rank, minimum, maximum)
        network = isExtreme ? nil : MedianNetwork(count, places: [rank])
    }

    /// About how many nanoseconds one column takes.
    var cost: Double { 0.1 * Double(2 * (network?.comparisons.count ?? 0) + count) }

    /// So many columns are worked on at one time.
    private static var pieceLength: Int { 2048 / MemoryLayout<Element>.stride }

    func select(_ rows: [UnsafePointer<Element>], _ length: Int, into target: UnsafeMutablePointer<Element>) {
        guard let network else {
            target.update(from: rows[0], count: length)
            let better = rank == 0 ? minimum : maximum
            for row in rows.dropFirst() { better(target, row, target, length) }
            return
        }
        let most = Swift.min(Self.pieceLength, length)
        withUnsafeTemporaryAllocation(of: Element.self, capacity: (count + 1) * most) { memory in
            guard let base = memory.baseAddress else { return }
            for start in stride(from: 0, to: length, by: most) {
                let width = Swift.min(most, length - start)
                // The last one is spare.
                var places = (0...count).map { base + $0 * most }
                for (place, row) in zip(places, rows) { place.update(from: row + start, count: width) }
                network.run(&places, length: width, minimum, maximum)
                (target + start).update(from: places[rank], count: width)
            }
        }
    }
}
