/// Loops that move elements between layouts.
package enum CopyKernels {
    /// Writes the elements of `array` one after another in row-major order.
    package static func gather<Element: NDElement>(
        _ array: NDArray<Element>, into target: UnsafeMutablePointer<Element>
    ) {
        if gatherTransposed(array, into: target) { return }
        let source = array.base
        var next = target
        StridedRuns(array.layout).forEach { run in
            copyRun(from: source + run.a.start, step: run.a.step, to: next, step: 1, count: run.count)
            next += run.count
        }
    }

    /// Copies `source` into the elements of `target` that `layout` names; both have the same shape.
    package static func scatter<Element: NDElement>(
        _ source: NDArray<Element>, into target: UnsafeMutablePointer<Element>, layout: Layout
    ) {
        let from = source.base
        StridedRuns(source.layout, layout).forEach { run in
            copyRun(
                from: from + run.a.start, step: run.a.step, to: target + run.b.start, step: run.b.step, count: run.count
            )
        }
    }

    private static func copyRun<Element: NDElement>(
        from source: UnsafePointer<Element>, step sourceStep: Int,
        to target: UnsafeMutablePointer<Element>, step targetStep: Int, count: Int
    ) {
        copyRun(
            size: MemoryLayout<Element>.stride, from: UnsafeRawPointer(source), step: sourceStep,
            to: UnsafeMutableRawPointer(target), step: targetStep, count: count)
    }

    /// Elements are moved as raw bits of their size, so one loop serves every type of that size.
    static func copyRun(
        size: Int, from: UnsafeRawPointer, step sourceStep: Int, to: UnsafeMutableRawPointer, step targetStep: Int,
        count: Int
    ) {
        if sourceStep == 1, targetStep == 1 {
            to.copyMemory(from: from, byteCount: count * size)
            return
        }
        switch size {
        case 1: copyBits(UInt8.self, from, sourceStep, to, targetStep, count)
        case 2: copyBits(UInt16.self, from, sourceStep, to, targetStep, count)
        case 4: copyBits(UInt32.self, from, sourceStep, to, targetStep, count)
        case 8: copyBits(UInt64.self, from, sourceStep, to, targetStep, count)
        default: copyBits(SixteenBytes.self, from, sourceStep, to, targetStep, count)
        }
    }

    @inline(__always)
    private static func copyBits<Bits>(
        _ type: Bits.Type, _ from: UnsafeRawPointer, _ sourceStep: Int,
        _ to: UnsafeMutableRawPointer, _ targetStep: Int, _ count: Int
    ) {
        let source = from.assumingMemoryBound(to: Bits.self)
        let target = to.assumingMemoryBound(to: Bits.self)
        for index in 0..<count { target[index * targetStep] = source[index * sourceStep] }
    }
}

/// As many bytes as the largest element, aligned no more than that is.
struct SixteenBytes {
    var first: UInt64
    var second: UInt64
}
