internal import CImJoyKernels

/// An operation on two real floating-point numbers.
package enum FloatOperation {
    case power, hypotenuse, angle, logAddExp, logAddExp2, copySign, heaviside
    /// The smaller and the larger number; NaN only when both are.
    case minimumNumber, maximumNumber
    /// The number after the first in the direction of the second.
    case nextAfter

    /// About how many nanoseconds an element takes.
    var cost: Double {
        switch self {
        case .power: 1.5
        case .hypotenuse, .angle, .logAddExp, .logAddExp2: 4
        default: 0.3
        }
    }

    var kernel: imjoy_float_operation {
        switch self {
        case .power: IMJOY_POWER
        case .hypotenuse: IMJOY_HYPOT
        case .angle: IMJOY_ATAN2
        case .logAddExp: IMJOY_LOGADDEXP
        case .logAddExp2: IMJOY_LOGADDEXP2
        case .copySign: IMJOY_COPYSIGN
        case .heaviside: IMJOY_HEAVISIDE
        case .minimumNumber: IMJOY_FMIN
        case .maximumNumber: IMJOY_FMAX
        case .nextAfter: IMJOY_NEXTAFTER
        }
    }
}

extension ElementwiseKernels {
    package static func combine<T: NDFloat>(
        _ operation: FloatOperation, _ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>
    ) {
        VectorKernels.combine(
            a, b, target, cost: operation.cost, { imjoy_find_float_operation(operation.kernel, $0, $1) })
    }
}
