internal import CImJoyKernels
internal import ComplexModule
internal import RealModule

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

/// An operation on two real floating-point numbers.
package enum FloatOperation { case power, hypotenuse, angle, logAddExp }

/// An operation on the bits of two integers.
package enum BitOperation {
    case and, or, xor, shiftLeft, shiftRight

    var kernel: imjoy_operation {
        switch self {
        case .and: IMJOY_BIT_AND
        case .or: IMJOY_BIT_OR
        case .xor: IMJOY_BIT_XOR
        case .shiftLeft: IMJOY_SHIFT_LEFT
        case .shiftRight: IMJOY_SHIFT_RIGHT
        }
    }
}

extension ElementwiseKernels {
    package static func combine<T: NDNumber>(
        _ operation: NumberOperation, _ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>
    ) {
        if VectorKernels.combine(a, b, target, { imjoy_find_operation(operation.kernel, $0, $1) }) { return }
        combineOneByOne(operation, a, b, target)
    }

    /// The twin of the C kernels.
    static func combineOneByOne<T: NDNumber>(
        _ operation: NumberOperation, _ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>
    ) {
        switch operation {
        case .sum: combine(a, b, target) { T.wrappingSum($0, $1) }
        case .difference: combine(a, b, target) { T.wrappingDifference($0, $1) }
        case .product: combine(a, b, target) { T.wrappingProduct($0, $1) }
        }
    }

    package static func divide<T: NDField>(_ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>) {
        if VectorKernels.combine(a, b, target, { imjoy_find_operation(IMJOY_DIVIDE, $0, $1) }) { return }
        divideOneByOne(a, b, target)
    }

    @specialized(where T == Complex<Float>)
    @specialized(where T == Complex<Double>)
    static func divideOneByOne<T: NDField>(_ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>) {
        combine(a, b, target) { $0 / $1 }
    }

    package static func combine<T: NDReal>(
        _ operation: RealOperation, _ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>
    ) {
        if VectorKernels.combine(a, b, target, { imjoy_find_operation(operation.kernel, $0, $1) }) { return }
        combineOneByOne(operation, a, b, target)
    }

    // Specialised for the types whose quotients have no C kernel.
    @specialized(where T == Int64)
    @specialized(where T == UInt64)
    @specialized(where T == Float)
    @specialized(where T == Double)
    static func combineOneByOne<T: NDReal>(
        _ operation: RealOperation, _ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>
    ) {
        switch operation {
        case .minimum: combine(a, b, target) { smaller($0, $1) }
        case .maximum: combine(a, b, target) { larger($0, $1) }
        case .flooredQuotient: combine(a, b, target) { T.flooredQuotient($0, $1) }
        case .flooredRemainder: combine(a, b, target) { T.flooredRemainder($0, $1) }
        case .truncatedRemainder: combine(a, b, target) { T.truncatedRemainder($0, $1) }
        }
    }

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
        case .logAddExp: combine(a, b, target) { logAddExp($0, $1) }
        }
    }

    package static func combine<T: NDInteger>(
        _ operation: BitOperation, _ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>
    ) {
        if VectorKernels.combine(a, b, target, { imjoy_find_operation(operation.kernel, $0, $1) }) { return }
        combineOneByOne(operation, a, b, target)
    }

    static func combineOneByOne<T: NDInteger>(
        _ operation: BitOperation, _ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>
    ) {
        switch operation {
        case .and: combine(a, b, target) { $0 & $1 }
        case .or: combine(a, b, target) { $0 | $1 }
        case .xor: combine(a, b, target) { $0 ^ $1 }
        case .shiftLeft: combine(a, b, target) { isShift($1, of: T.self) ? $0 &<< $1 : 0 }
        case .shiftRight: combine(a, b, target) { isShift($1, of: T.self) ? $0 &>> $1 : $0 < 0 ? -1 : 0 }
        }
    }

    /// False for shifts that leave nothing but the sign: by the width or more, or by a negative number.
    @inline(__always)
    private static func isShift<T: NDInteger>(_ count: T, of type: T.Type) -> Bool { count >= 0 && count < T.bitWidth }

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

    /// `a` to the power of `b` with C's rules for negative bases and infinities, which `Real.pow` leaves out.
    @inline(__always)
    private static func power<T: NDFloat>(_ a: T, _ b: T) -> T {
        if b == 0 || a == 1 { return 1 }
        if a > 0, a.isFinite, b.isFinite { return T.pow(a, b) }
        return T(libraryPower(a.asDouble, b.asDouble))
    }

    @inline(__always)
    private static func logAddExp<T: NDFloat>(_ a: T, _ b: T) -> T {
        // Equal infinities have no difference.
        if a == b { return a + T.log(2) }
        let largest = larger(a, b)
        return largest + T.log(onePlus: T.exp(smaller(a, b) - largest))
    }
}
