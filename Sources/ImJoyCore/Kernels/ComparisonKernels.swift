internal import CImJoyKernels

/// A comparison of two real numbers; all are false for NaN.
package enum OrderComparison { case less, lessOrEqual, greater, greaterOrEqual }

extension ElementwiseKernels {
    package static func compare<T: NDReal>(
        _ comparison: OrderComparison, _ a: Operand<T>, _ b: Operand<T>, into target: UnsafeMutablePointer<Bool>
    ) {
        // `a > b` is `b < a`.
        switch comparison {
        case .less: VectorKernels.compare(a, b, into: target) { imjoy_find_comparison(IMJOY_LESS, $0, $1) }
        case .lessOrEqual:
            VectorKernels.compare(a, b, into: target) { imjoy_find_comparison(IMJOY_LESS_EQUAL, $0, $1) }
        case .greater: VectorKernels.compare(b, a, into: target) { imjoy_find_comparison(IMJOY_LESS, $0, $1) }
        case .greaterOrEqual:
            VectorKernels.compare(b, a, into: target) { imjoy_find_comparison(IMJOY_LESS_EQUAL, $0, $1) }
        }
    }

    /// True where `a` and `b` are equal, or where they are not.
    package static func compare<T: NDElement>(
        equal: Bool, _ a: Operand<T>, _ b: Operand<T>, into target: UnsafeMutablePointer<Bool>
    ) {
        let comparison = equal ? IMJOY_EQUAL : IMJOY_NOT_EQUAL
        VectorKernels.compare(a, b, into: target) { imjoy_find_comparison(comparison, $0, $1) }
    }

    /// The element of `a` where `mask` is true, otherwise the one of `b`.
    package static func select<T: NDElement>(
        _ mask: Operand<Bool>, _ a: Operand<T>, _ b: Operand<T>, into target: UnsafeMutablePointer<T>
    ) {
        VectorKernels.select(mask, a, b, into: target)
    }

    /// True where the elements of two arrays are all equal.
    package static func allEqual<T: NDElement>(_ a: Operand<T>, _ b: Operand<T>) -> Bool {
        VectorKernels.allEqual(a, b)
    }
}
