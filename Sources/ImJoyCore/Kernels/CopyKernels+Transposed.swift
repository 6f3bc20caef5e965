internal import CImJoyKernels

extension CopyKernels {
    /// Copies a matrix whose columns lie one after another in memory into rows, square by square.
    ///
    /// Going along rows would touch a new cache line for every element, and going along columns would do so on the
    /// other side; within a square all lines stay near. Returns false when `layout` is no such matrix.
    static func gatherTransposed<Element: NDElement>(
        _ array: NDArray<Element>, into target: UnsafeMutablePointer<Element>
    ) -> Bool {
        let layout = array.layout
        guard layout.rank == 2, layout.strides[0] == 1, layout.shape.allSatisfy({ $0 >= 8 }) else { return false }
        imjoy_transpose(
            array.base + layout.offset, layout.strides[1], target, layout.shape[1], layout.shape[1], layout.shape[0],
            MemoryLayout<Element>.stride)
        return true
    }
}
