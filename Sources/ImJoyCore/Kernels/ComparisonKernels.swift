internal import CImJoyKernels
internal import ComplexModule

/// A comparison of two real numbers; all are false for NaN.
package enum OrderComparison { case less, lessOrEqual, greater, greaterOrEqual }

extension ElementwiseKernels {
    package static func compare<T: NDReal>(
        _ comparison: OrderComparison, _ a: Operand<T>, _ b: Operand<T>, into target: UnsafeMutablePointer<Bool>
    ) {
        // `a > b` is `b < a`.
        let isDone =
            switch comparison {
            case .less: VectorKernels.compare(a, b, into: target) { imjoy_find_comparison(IMJOY_LESS, $0, $1) }
            case .lessOrEqual:
                VectorKernels.compare(a, b, into: target) { imjoy_find_comparison(IMJOY_LESS_EQUAL, $0, $1) }
            case .greater: VectorKernels.compare(b, a, into: target) { imjoy_find_comparison(IMJOY_LESS, $0, $1) }
            case .greaterOrEqual:
                VectorKernels.compare(b, a, into: target) { imjoy_find_comparison(IMJOY_LESS_EQUAL, $0, $1) }
            }
        if !isDone { compareOneByOne(comparison, a, b, into: target) }
    }

    static func compareOneByOne<T: NDReal>(
        _ comparison: OrderComparison, _ a: Operand<T>, _ b: Operand<T>, into target: UnsafeMutablePointer<Bool>
    ) {
        switch comparison {
        case .less: combine(a, b, into: target) { $0 < $1 }
        case .lessOrEqual: combine(a, b, into: target) { $0 <= $1 }
        case .greater: combine(a, b, into: target) { $0 > $1 }
        case .greaterOrEqual: combine(a, b, into: target) { $0 >= $1 }
        }
    }

    /// True where `a` and `b` are equal, or where they are not.
    package static func compare<T: NDElement>(
        equal: Bool, _ a: Operand<T>, _ b: Operand<T>, into target: UnsafeMutablePointer<Bool>
    ) {
        let comparison = equal ? IMJOY_EQUAL : IMJOY_NOT_EQUAL
        if VectorKernels.compare(a, b, into: target, { imjoy_find_comparison(comparison, $0, $1) }) { return }
        compareOneByOne(equal: equal, a, b, into: target)
    }

    static func compareOneByOne<T: NDElement>(
        equal: Bool, _ a: Operand<T>, _ b: Operand<T>, into target: UnsafeMutablePointer<Bool>
    ) {
        if equal {
            combine(a, b, into: target, T.isEqual)
        } else {
            combine(a, b, into: target) { !T.isEqual($0, $1) }
        }
    }

    /// The element of `a` where `mask` is true, otherwise the one of `b`.
    package static func select<T: NDElement>(
        _ mask: Operand<Bool>, _ a: Operand<T>, _ b: Operand<T>, into target: UnsafeMutablePointer<T>
    ) {
        VectorKernels.select(mask, a, b, into: target)
    }

    static func selectOneByOne<T: NDElement>(
        _ mask: Operand<Bool>, _ a: Operand<T>, _ b: Operand<T>, into target: UnsafeMutablePointer<T>
    ) {
        var runs = StridedRuns(mask.layout, a.layout, b.layout)
        var target = target
        while let run = runs.next() {
            let m = mask.base + run.a.start
            let x = a.base + run.b.start
            let y = b.base + run.c.start
            let (mStep, xStep, yStep) = (run.a.step, run.b.step, run.c.step)
            for i in 0..<run.count {
                // Both are read first: a branch on a random mask costs more than a load.
                let (first, second) = (x[i &* xStep], y[i &* yStep])
                target[i] = m[i &* mStep] ? first : second
            }
            target += run.count
        }
    }

    /// True where the elements of two arrays are all equal.
    @specialized(where T == Bool)
    @specialized(where T == Int8)
    @specialized(where T == Int16)
    @specialized(where T == Int32)
    @specialized(where T == Int64)
    @specialized(where T == UInt8)
    @specialized(where T == UInt16)
    @specialized(where T == UInt32)
    @specialized(where T == UInt64)
    @specialized(where T == Float16)
    @specialized(where T == Float)
    @specialized(where T == Double)
    @specialized(where T == Complex<Float>)
    @specialized(where T == Complex<Double>)
    package static func allEqual<T: NDElement>(_ a: Operand<T>, _ b: Operand<T>) -> Bool {
        var runs = StridedRuns(a.layout, b.layout)
        while let run = runs.next() {
            let x = a.base + run.a.start
            let y = b.base + run.b.start
            for i in 0..<run.count where !T.isEqual(x[i &* run.a.step], y[i &* run.b.step]) { return false }
        }
        return true
    }
}
