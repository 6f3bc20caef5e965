internal import CImJoyKernels

/// The smallest or greatest of `length` elements along an axis other than the last, in three comparisons for each whatever
/// the length is (van Herk's algorithm): from each multiple of the length the extremes are gathered backwards and forwards,
/// and every window is one of each.
struct ExtremeLines {
    private let type: imjoy_type
    private let size: Int
    private let better: imjoy_binary_kernel
    private let count: Int
    private let inner: Int
    private let outer: Int
    private let length: Int
    private let first: Int
    private let boundary: BoundaryMode

    init?(
        _ shape: [Int], _ dtype: DType, axis: Int, length: Int, origin: Int, _ boundary: BoundaryMode, isLargest: Bool
    ) {
        guard
            let better = imjoy_find_operation(
                isLargest ? IMJOY_MAXIMUM : IMJOY_MINIMUM, dtype.kernelType, IMJOY_BOTH_RUNS)
        else { return nil }
        (type, size, self.better) = (dtype.kernelType, dtype.byteCount, better)
        (count, self.length, self.boundary) = (shape[axis], length, boundary)
        first = -(length / 2) - origin
        outer = shape[..<axis].reduce(1, *)
        inner = shape[(axis + 1)...].reduce(1, *)
    }

    func run(_ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, outside: UnsafeRawPointer) {
        // So many columns that their extremes stay in the second cache.
        let width = min(inner, max((256 << 10) / (length + 2) / size, 256))
        let strips = (inner + width - 1) / width
        let cost = Double(count) * 3 * (Double(width * size) / 64 * 0.8 + 8)
        ComputeThreads.split(outer * strips, grain: 1, nanoseconds: cost) { range in
            withUnsafeTemporaryAllocation(byteCount: (length + 2) * width * size, alignment: 64) { memory in
                guard let base = memory.baseAddress else { return }
                let constant = base + (length + 1) * width * size
                for column in 0..<width { (constant + column * size).copyMemory(from: outside, byteCount: size) }
                for number in range {
                    let column = number % strips * width
                    let start = (number / strips * count * inner + column) * size
                    strip(source + start, target + start, min(width, inner - column), base, UnsafeRawPointer(constant))
                }
            }
        }
    }

    private func strip(
        _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, _ width: Int, _ memory: UnsafeMutableRawPointer,
        _ constant: UnsafeRawPointer
    ) {
        func row(_ index: Int) -> UnsafeRawPointer {
            boundary.place(index + first, count).map { source + $0 * inner * size } ?? constant
        }
        let bytes = width * size
        let forward = memory + length * bytes
        for start in stride(from: 0, to: count, by: length) {
            // Backwards: the extreme of each row and those behind it.
            (memory + (length - 1) * bytes).copyMemory(from: row(start + length - 1), byteCount: bytes)
            for index in (0..<length - 1).reversed() {
                better(row(start + index), memory + (index + 1) * bytes, memory + index * bytes, width)
            }
            let end = min(length, count - start)
            (target + start * inner * size).copyMemory(from: memory, byteCount: bytes)
            for index in 1..<max(end, 1) {
                let next = row(start + length + index - 1)
                if index == 1 {
                    forward.copyMemory(from: next, byteCount: bytes)
                } else {
                    better(forward, next, forward, width)
                }
                better(memory + index * bytes, forward, target + (start + index) * inner * size, width)
            }
        }
    }
}
