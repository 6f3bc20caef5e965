/// Turns an n-dimensional walk over up to three arrays of one shape into one-dimensional runs.
///
/// Neighbouring axes that are evenly spaced in every array are merged, so contiguous data is a single run. Kernels
/// only ever see a start, a number of elements and a step per array.
///
/// ```swift
/// var runs = StridedRuns(source, target)
/// while let run = runs.next() { copy(run.count, from: run.a, to: run.b) }
/// ```
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
        var index = 0
        var a: Int
        var b: Int
        var c: Int

        /// True when one step along `self` is a whole walk along `inner` in every array.
        @inline(__always)
        func continues(_ inner: Axis) -> Bool {
            a == inner.a &* inner.length && b == inner.b &* inner.length && c == inner.c &* inner.length
        }
    }
    /// The axes around the run, innermost first.
    private var outer: [Axis] = []
    private var run: Run
    private var isFinished: Bool

    /// All layouts must have the shape of `a`; those left out stay at step 0.
    package init(_ a: Layout, _ b: Layout? = nil, _ c: Layout? = nil) {
        assert(b.map { $0.shape == a.shape } ?? true && c.map { $0.shape == a.shape } ?? true)
        isFinished = a.count == 0
        var inner: Axis?
        var current: Axis?
        for axis in a.shape.indices.reversed() where a.shape[axis] != 1 {
            let next = Axis(
                length: a.shape[axis], a: a.strides[axis], b: b?.strides[axis] ?? 0, c: c?.strides[axis] ?? 0)
            guard let merged = current else { current = next; continue }
            if next.continues(merged) {
                current?.length = merged.length &* next.length
                continue
            }
            if inner == nil { inner = merged } else { outer.append(merged) }
            current = next
        }
        if let current {
            if inner == nil { inner = current } else { outer.append(current) }
        }
        run = Run(
            count: inner?.length ?? 1, a: (a.offset, inner?.a ?? 0), b: (b?.offset ?? 0, inner?.b ?? 0),
            c: (c?.offset ?? 0, inner?.c ?? 0))
    }

    /// A single step, at the start of every array.
    package static var one: StridedRuns {
        StridedRuns(Layout(unchecked: [], strides: [], offset: 0, count: 1))
    }

    /// The number of elements in each run.
    package var runLength: Int { run.count }

    /// The next run in row-major order, nil after the last.
    @inline(__always)
    package mutating func next() -> Run? {
        if isFinished { return nil }
        let current = run
        advance()
        return current
    }

    private mutating func advance() {
        for axis in outer.indices {
            outer[axis].index += 1
            let step = outer[axis]
            run.a.start += step.a
            run.b.start += step.b
            run.c.start += step.c
            if step.index < step.length { return }
            run.a.start -= step.a * step.length
            run.b.start -= step.b * step.length
            run.c.start -= step.c * step.length
            outer[axis].index = 0
        }
        isFinished = true
    }

    /// Calls `body` for every run, in row-major order.
    package func forEach<E: Error>(_ body: (Run) throws(E) -> Void) throws(E) {
        var runs = self
        while let run = runs.next() { try body(run) }
    }
}
