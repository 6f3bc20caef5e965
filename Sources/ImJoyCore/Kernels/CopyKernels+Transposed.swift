extension CopyKernels {
    /// The side of the squares in which a transposed matrix is copied; two of them fit the nearest cache.
    private static let tile = 32

    /// Copies a matrix whose columns lie one after another in memory into rows, square by square.
    ///
    /// Going along rows would touch a new cache line for every element, and going along columns would do so on the
    /// other side; within a square all lines stay near. Returns false when `layout` is no such matrix.
    static func gatherTransposed<Element: NDElement>(
        _ array: NDArray<Element>, into target: UnsafeMutablePointer<Element>
    ) -> Bool {
        let layout = array.layout
        guard layout.rank == 2, layout.strides[0] == 1, layout.shape.allSatisfy({ $0 >= tile }) else { return false }
        let source = UnsafeRawPointer(array.base + layout.offset)
        let destination = UnsafeMutableRawPointer(target)
        let (rows, columns, step) = (layout.shape[0], layout.shape[1], layout.strides[1])
        switch MemoryLayout<Element>.stride {
        case 1: tiles(UInt8.self, source, step, destination, rows, columns)
        case 2: tiles(UInt16.self, source, step, destination, rows, columns)
        case 4: tiles(UInt32.self, source, step, destination, rows, columns)
        case 8: tiles(UInt64.self, source, step, destination, rows, columns)
        default: tiles(SixteenBytes.self, source, step, destination, rows, columns)
        }
        return true
    }

    @inline(__always)
    private static func tiles<Bits>(
        _ type: Bits.Type, _ from: UnsafeRawPointer, _ step: Int, _ to: UnsafeMutableRawPointer, _ rows: Int,
        _ columns: Int
    ) {
        let source = from.assumingMemoryBound(to: Bits.self)
        let target = to.assumingMemoryBound(to: Bits.self)
        for top in stride(from: 0, to: rows, by: tile) {
            let bottom = min(top + tile, rows)
            for left in stride(from: 0, to: columns, by: tile) {
                let right = min(left + tile, columns)
                for row in top..<bottom {
                    for column in left..<right { target[row &* columns &+ column] = source[row &+ column &* step] }
                }
            }
        }
    }
}
