internal import CImJoyKernels

/// An operation on two numbers of any kind; integers wrap.
package enum NumberOperation {
    case sum, difference, product

    var kernel: imjoy_operation {
        switch self {
        case .sum: IMJOY_ADD
        case .difference: IMJOY_SUBTRACT
        case .product: IMJOY_MULTIPLY
        }
    }
}

/// An operation on two real numbers.
package enum RealOperation {
    case minimum, maximum, flooredQuotient, flooredRemainder, truncatedRemainder

    var kernel: imjoy_operation {
        switch self {
        case .minimum: IMJOY_MINIMUM
        case .maximum: IMJOY_MAXIMUM
        case .flooredQuotient: IMJOY_FLOOR_DIVIDE
        case .flooredRemainder: IMJOY_FLOOR_REMAINDER
        case .truncatedRemainder: IMJOY_TRUNCATED_REMAINDER
        }
    }
}

/// An operation on two integers.
package enum IntegerOperation {
    case and, or, xor, shiftLeft, shiftRight, clampedSum, clampedDifference

    var kernel: imjoy_operation {
        switch self {
        case .and: IMJOY_BIT_AND
        case .or: IMJOY_BIT_OR
        case .xor: IMJOY_BIT_XOR
        case .shiftLeft: IMJOY_SHIFT_LEFT
        case .shiftRight: IMJOY_SHIFT_RIGHT
        case .clampedSum: IMJOY_ADD_CLAMPED
        case .clampedDifference: IMJOY_SUBTRACT_CLAMPED
        }
    }
}

extension ElementwiseKernels {
    package static func combine<T: NDNumber>(
        _ operation: NumberOperation, _ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>
    ) {
        VectorKernels.combine(
            a, b, target, { imjoy_find_operation(operation.kernel, $0, $1) },
            streamed: { imjoy_find_streamed_operation(operation.kernel, $0, $1) })
    }

    package static func divide<T: NDField>(_ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>) {
        VectorKernels.combine(
            a, b, target, { imjoy_find_operation(IMJOY_DIVIDE, $0, $1) },
            streamed: { imjoy_find_streamed_operation(IMJOY_DIVIDE, $0, $1) })
    }

    package static func combine<T: NDReal>(
        _ operation: RealOperation, _ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>
    ) { VectorKernels.combine(a, b, target) { imjoy_find_operation(operation.kernel, $0, $1) } }

    package static func combine<T: NDInteger>(
        _ operation: IntegerOperation, _ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>
    ) { VectorKernels.combine(a, b, target) { imjoy_find_operation(operation.kernel, $0, $1) } }

    /// The smaller of two numbers; NaN when one of them is.
    @inline(__always)
    static func smaller<T: Comparable>(_ a: T, _ b: T) -> T {
        // Two choices instead of one condition of two parts, which would be a branch.
        let smaller = a < b ? a : b
        return a != a ? a : smaller
    }

    /// The larger of two numbers; NaN when one of them is.
    @inline(__always)
    static func larger<T: Comparable>(_ a: T, _ b: T) -> T {
        let larger = a > b ? a : b
        return a != a ? a : larger
    }
}
