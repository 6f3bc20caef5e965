/// Turns an n-dimensional walk over up to three arrays of one shape into one-dimensional runs.
///
/// Neighbouring axes that are evenly spaced in every array are merged, so contiguous data is a single run. Kernels
/// only ever see a start, a number of elements and a step per array.
package struct StridedRuns {
    /// The start of a run in each array and the step between its elements, in elements.
    package struct Run {
        package var count: Int
        package var a: (start: Int, step: Int)
        package var b: (start: Int, step: Int)
        package var c: (start: Int, step: Int)
    }

    private struct Axis {
        var length: Int
        var a: Int
        var b: Int
        var c: Int
    }
    private var outer: [Axis] = []
    private var inner = Axis(length: 1, a: 0, b: 0, c: 0)
    private var starts: (a: Int, b: Int, c: Int)
    private let isEmpty: Bool

    /// All layouts must have the shape of `a`; those left out follow `a`'s shape with step 0.
    package init(_ a: Layout, _ b: Layout? = nil, _ c: Layout? = nil) {
        assert(b.map { $0.shape == a.shape } ?? true && c.map { $0.shape == a.shape } ?? true)
        starts = (a.offset, b?.offset ?? 0, c?.offset ?? 0)
        isEmpty = a.count == 0
        var merged: [Axis] = []
        for axis in a.shape.indices where a.shape[axis] != 1 {
            let next = Axis(
                length: a.shape[axis], a: a.strides[axis], b: b?.strides[axis] ?? 0, c: c?.strides[axis] ?? 0)
            if let last = merged.last, last.a == next.a &* next.length, last.b == next.b &* next.length,
                last.c == next.c &* next.length
            {
                merged[merged.count - 1] = Axis(length: last.length * next.length, a: next.a, b: next.b, c: next.c)
            } else {
                merged.append(next)
            }
        }
        if let last = merged.popLast() { inner = last }
        outer = merged
    }

    /// Calls `body` for every run, in row-major order.
    package func forEach<E: Error>(_ body: (Run) throws(E) -> Void) throws(E) {
        if isEmpty { return }
        var run = Run(
            count: inner.length, a: (starts.a, inner.a), b: (starts.b, inner.b), c: (starts.c, inner.c))
        guard !outer.isEmpty else { return try body(run) }
        var index = [Int](repeating: 0, count: outer.count)
        while true {
            try body(run)
            var axis = outer.count - 1
            while true {
                let step = outer[axis]
                index[axis] += 1
                run.a.start += step.a
                run.b.start += step.b
                run.c.start += step.c
                if index[axis] < step.length { break }
                run.a.start -= step.a * step.length
                run.b.start -= step.b * step.length
                run.c.start -= step.c * step.length
                index[axis] = 0
                if axis == 0 { return }
                axis -= 1
            }
        }
    }
}
