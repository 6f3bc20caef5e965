/// What an elementwise operation reads: a start and a layout that has the shape of the result.
package struct Operand<Element> {
    package var base: UnsafePointer<Element>
    package var layout: Layout
}

/// Where an elementwise operation writes.
package enum Destination<Element> {
    /// Fresh memory, filled in row-major order.
    case fresh(UnsafeMutablePointer<Element>)
    /// The first operand itself, which has the type of the result and nobody else's eyes on it.
    case inPlace

    /// The fresh memory, without its type; nil when there is none.
    var memory: UnsafeMutableRawPointer? {
        switch self {
        case .fresh(let memory): UnsafeMutableRawPointer(memory)
        case .inPlace: nil
        }
    }
}

/// The loops under every elementwise operation.
///
/// Nearly all of them are C kernels, which `VectorKernels` feeds. The generic loops here serve the few operations that
/// have none; each call gives the operation as a closure, which the compiler inlines.
package enum ElementwiseKernels {
    /// `op` on each pair of elements.
    @inline(__always)
    static func combine<A, B, Result>(
        _ a: Operand<A>, _ b: Operand<B>, into target: UnsafeMutablePointer<Result>, _ op: (A, B) -> Result
    ) {
        var runs = StridedRuns(a.layout, b.layout)
        var target = target
        while let run = runs.next() {
            let x = a.base + run.a.start
            let y = b.base + run.b.start
            // Steps the compiler can see are what lets it use vectors.
            switch (run.a.step, run.b.step) {
            case (1, 1): for i in 0..<run.count { target[i] = op(x[i], y[i]) }
            case (1, 0):
                let y = y.pointee
                for i in 0..<run.count { target[i] = op(x[i], y) }
            case (0, 1):
                let x = x.pointee
                for i in 0..<run.count { target[i] = op(x, y[i]) }
            case (let xStep, let yStep): for i in 0..<run.count { target[i] = op(x[i &* xStep], y[i &* yStep]) }
            }
            target += run.count
        }
    }

    /// `op` on each pair of elements, into the first of the two.
    @inline(__always)
    static func update<A, B>(_ a: Operand<A>, _ b: Operand<B>, _ op: (A, B) -> A) {
        var runs = StridedRuns(a.layout, b.layout)
        while let run = runs.next() {
            let x = UnsafeMutablePointer(mutating: a.base) + run.a.start
            let y = b.base + run.b.start
            switch (run.a.step, run.b.step) {
            case (1, 1): for i in 0..<run.count { x[i] = op(x[i], y[i]) }
            case (1, 0):
                let y = y.pointee
                for i in 0..<run.count { x[i] = op(x[i], y) }
            case (let xStep, let yStep): for i in 0..<run.count { x[i &* xStep] = op(x[i &* xStep], y[i &* yStep]) }
            }
        }
    }

    /// `op` on each pair of elements, into fresh memory or the first of the two.
    @inline(__always)
    static func combine<T>(_ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>, _ op: (T, T) -> T) {
        switch target {
        case .fresh(let memory): combine(a, b, into: memory, op)
        case .inPlace: update(a, b, op)
        }
    }

    /// `op` on each element.
    @inline(__always)
    static func transform<A, Result>(
        _ a: Operand<A>, into target: UnsafeMutablePointer<Result>, _ op: (A) -> Result
    ) {
        var runs = StridedRuns(a.layout)
        var target = target
        while let run = runs.next() {
            let x = a.base + run.a.start
            let step = run.a.step
            if step == 1 {
                for i in 0..<run.count { target[i] = op(x[i]) }
            } else {
                for i in 0..<run.count { target[i] = op(x[i &* step]) }
            }
            target += run.count
        }
    }
}
