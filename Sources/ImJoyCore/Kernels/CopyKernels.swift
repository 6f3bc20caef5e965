internal import CImJoyKernels

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
        let size = MemoryLayout<Element>.stride
        let from = UnsafeRawPointer(source)
        let to = UnsafeMutableRawPointer(target)
        if sourceStep == 1, targetStep == 1 {
            to.copyMemory(from: from, byteCount: count * size)
            return
        }
        if targetStep == 1 {
            imjoy_gather(from, sourceStep, to, count, size)
        } else if sourceStep == 1 {
            imjoy_scatter(from, to, targetStep, count, size)
        } else {
            for index in 0..<count {
                (to + index * targetStep * size).copyMemory(from: from + index * sourceStep * size, byteCount: size)
            }
        }
    }
}
