internal import CImJoyKernels

extension VectorKernels {
    /// `a * b + c` of floats of one shape that lie in one piece; nil for others.
    static func multiplyAdd<T: NDNumber>(
        _ a: NDArray<T>, _ b: NDArray<T>, _ c: NDArray<T>
    ) throws(NDArrayError) -> NDArray<T>? {
        guard T.dtype == .float32 || T.dtype == .float64, a.shape == b.shape, a.shape == c.shape, a.isContiguous,
            b.isContiguous, c.isContiguous
        else { return nil }
        func start(_ array: NDArray<T>) -> UnsafePointer<T> { array.base + array.layout.offset }
        let (x, y, z) = (start(a), start(b), start(c))
        let streams = 4 * a.count * MemoryLayout<T>.stride > Caches.largest
        defer { withExtendedLifetime((a.storage, b.storage, c.storage)) {} }
        return try NDArray(uninitialisedLike: a.layout) { target in
            let cost = Double(4 * MemoryLayout<T>.stride) / memorySpeed
            ComputeThreads.split(a.count, nanoseconds: cost) {
                let first = $0.lowerBound
                _ = imjoy_multiply_add(
                    T.dtype.kernelType, x + first, y + first, z + first, target + first, $0.count, streams)
                if streams { imjoy_stream_end() }
            }
        }
    }
}
