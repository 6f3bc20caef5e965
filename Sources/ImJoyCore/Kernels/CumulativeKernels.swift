internal import CImJoyKernels

extension NDArray {
    /// The sums or products up to and with each element along `axis`, by kernels; nil for types that have none.
    func accumulated(_ operation: NumberOperation, along axis: Int) throws(NDArrayError) -> NDArray? {
        let axis = try layout.resolvedAxis(axis)
        let type = dtype.kernelType
        guard [.float32, .float64, .int64, .uint64].contains(dtype),
            let join = imjoy_find_operation(operation.kernel, type, IMJOY_BOTH_RUNS)
        else { return nil }
        let length = shape[axis]
        let (before, after) = (shape[..<axis].reduce(1, *), shape[(axis + 1)...].reduce(1, *))
        let rowBytes = after * MemoryLayout<Element>.stride
        return try withUnsafeElements { (elements) throws(NDArrayError) in
            try NDArray(uninitialised: shape) { target in
                guard length > 0, let source = UnsafeRawPointer(elements.baseAddress) else { return }
                let target = UnsafeMutableRawPointer(target)
                if after == 1 {
                    _ = imjoy_cumulate(operation.kernel, type, source, target, before, length)
                    return
                }
                for block in 0..<before {
                    let start = block * length * rowBytes
                    (target + start).copyMemory(from: source + start, byteCount: rowBytes)
                    for row in 1..<length {
                        let place = start + row * rowBytes
                        join(target + place - rowBytes, source + place, target + place, after)
                    }
                }
            }
        }
    }
}
