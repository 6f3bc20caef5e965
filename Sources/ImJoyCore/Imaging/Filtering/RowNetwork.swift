internal import CImJoyKernels

/// Finds the element of one rank among those in the same column of a few rows, for many columns at a time.
struct RowNetwork {
    private let size: Int
    private let rank: Int
    private let count: Int
    /// Nil for extremes, which need none.
    private let network: MedianNetwork?
    private let minimum: imjoy_binary_kernel
    private let maximum: imjoy_binary_kernel

    /// Nil for more rows than stay in the nearer caches, unless an extreme is wanted, and for types without kernels.
    init?(_ dtype: DType, _ count: Int, _ rank: Int) {
        let isExtreme = rank == 0 || rank == count - 1
        guard isExtreme || count <= 64,
            let minimum = imjoy_find_operation(IMJOY_MINIMUM, dtype.kernelType, IMJOY_BOTH_RUNS),
            let maximum = imjoy_find_operation(IMJOY_MAXIMUM, dtype.kernelType, IMJOY_BOTH_RUNS)
        else { return nil }
        size = dtype.byteCount
        (self.count, self.rank, self.minimum, self.maximum) = (count, rank, minimum, maximum)
        network = isExtreme ? nil : MedianNetwork(count, places: [rank])
    }

    /// About how many nanoseconds one column takes.
    var cost: Double { 0.1 * Double(2 * (network?.comparisons.count ?? 0) + count) }

    /// So many bytes of each row are worked on at one time.
    private static var pieceBytes: Int { 2048 }

    func select(_ rows: [UnsafeRawPointer], _ length: Int, into target: UnsafeMutableRawPointer) {
        guard let network else {
            target.copyMemory(from: rows[0], byteCount: length * size)
            let better = rank == 0 ? minimum : maximum
            for row in rows.dropFirst() { better(target, row, target, length) }
            return
        }
        let (bytes, all) = (Self.pieceBytes, length * size)
        withUnsafeTemporaryAllocation(byteCount: (count + 1) * bytes, alignment: 64) { memory in
            guard let base = memory.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
            for start in stride(from: 0, to: all, by: bytes) {
                let width = Swift.min(bytes, all - start)
                // The last one is spare.
                var places = (0...count).map { base + $0 * bytes }
                for (place, row) in zip(places, rows) {
                    UnsafeMutableRawPointer(place).copyMemory(from: row + start, byteCount: width)
                }
                network.run(&places, length: width / size, minimum, maximum)
                (target + start).copyMemory(from: places[rank], byteCount: width)
            }
        }
    }
}
