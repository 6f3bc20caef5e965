internal import CImJoyKernels
internal import RealModule

/// An operation on two real floating-point numbers.
package enum FloatOperation {
    case power, hypotenuse, angle, logAddExp, logAddExp2, copySign, heaviside
    /// The smaller and the larger number; NaN only when both are.
    case minimumNumber, maximumNumber
}

extension ElementwiseKernels {
    package static func combine<T: NDFloat>(
        _ operation: FloatOperation, _ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>
    ) {
        if operation == .power, VectorKernels.combine(a, b, target, imjoy_find_power) { return }
        combineOneByOne(operation, a, b, target)
    }

    @specialized(where T == Float)
    @specialized(where T == Double)
    static func combineOneByOne<T: NDFloat>(
        _ operation: FloatOperation, _ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>
    ) {
        switch operation {
        case .power: combine(a, b, target) { power($0, $1) }
        case .hypotenuse: combine(a, b, target) { T.hypot($0, $1) }
        case .angle: combine(a, b, target) { T.atan2(y: $0, x: $1) }
        case .logAddExp: combine(a, b, target) { T(logAddExp($0.asDouble, $1.asDouble)) }
        case .logAddExp2: combine(a, b, target) { T(logAddExp2($0.asDouble, $1.asDouble)) }
        case .copySign: combine(a, b, target) { T(signOf: $1, magnitudeOf: $0) }
        case .heaviside: combine(a, b, target) { $0 > 0 ? 1 : $0 < 0 ? 0 : $0 == 0 ? $1 : $0 }
        case .minimumNumber: combine(a, b, target) { $0 <= $1 || $1 != $1 ? $0 : $1 }
        case .maximumNumber: combine(a, b, target) { $0 >= $1 || $1 != $1 ? $0 : $1 }
        }
    }

    /// The number after `a` in the direction of `b`.
    package static func combine<T: NDFloat>(nextAfter a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>) {
        combine(a, b, target) { a, b in
            if a != a || b != b { return a + b }
            return a == b ? b : a < b ? a.nextUp : a.nextDown
        }
    }

    /// `a` to the power of `b` with C's rules for negative bases and infinities, which `Real.pow` leaves out.
    @inline(__always)
    private static func power<T: NDFloat>(_ a: T, _ b: T) -> T {
        if b == 0 || a == 1 { return 1 }
        if b == 2 { return a * a }
        if a > 0, a.isFinite, b.isFinite { return T.pow(a, b) }
        return T(libraryPower(a.asDouble, b.asDouble))
    }

    private static func logAddExp(_ a: Double, _ b: Double) -> Double {
        // Equal infinities have no difference.
        if a == b { return a + .log(2) }
        let largest = larger(a, b)
        return largest + .log(onePlus: .exp(smaller(a, b) - largest))
    }

    private static func logAddExp2(_ a: Double, _ b: Double) -> Double {
        if a == b { return a + 1 }
        let largest = larger(a, b)
        return largest + .log(onePlus: .exp2(smaller(a, b) - largest)) / .log(2)
    }
}
