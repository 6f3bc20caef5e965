internal import ComplexModule

/// An operation on two numbers of any kind; integers wrap.
package enum NumberOperation { case sum, difference, product }

/// The smaller or larger of two real numbers; NaN when one of them is.
package enum ExtremeOperation { case minimum, maximum }

/// A kind of division of real numbers that leaves a whole quotient, or a remainder.
package enum DivisionOperation { case flooredQuotient, flooredRemainder, truncatedRemainder }

extension ElementwiseKernels {
    @specialized(where T == UInt8)
    @specialized(where T == UInt16)
    @specialized(where T == UInt32)
    @specialized(where T == UInt64)
    @specialized(where T == Float)
    @specialized(where T == Double)
    @specialized(where T == Complex<Float>)
    @specialized(where T == Complex<Double>)
    package static func combine<T: NDNumber>(
        _ operation: NumberOperation, _ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>
    ) {
        switch T.dtype {
        case .int8: combine(operation, a.rebound(to: UInt8.self), b.rebound(), target.rebound())
        case .int16: combine(operation, a.rebound(to: UInt16.self), b.rebound(), target.rebound())
        case .int32: combine(operation, a.rebound(to: UInt32.self), b.rebound(), target.rebound())
        case .int64: combine(operation, a.rebound(to: UInt64.self), b.rebound(), target.rebound())
        case .float16:
            HalfKernels.combine(a.rebound(), b.rebound(), target.rebound()) { combine(operation, $0, $1, $2) }
        default:
            switch operation {
            case .sum: combine(a, b, target) { T.wrappingSum($0, $1) }
            case .difference: combine(a, b, target) { T.wrappingDifference($0, $1) }
            case .product: combine(a, b, target) { T.wrappingProduct($0, $1) }
            }
        }
    }

    /// The quotient of two numbers that are not integers.
    package static func divide<T: NDField>(_ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>) {
        switch T.dtype {
        case .float16: HalfKernels.combine(a.rebound(), b.rebound(), target.rebound()) { divide($0, $1, $2) }
        case .float32: divide(reals: a.rebound(to: Float.self), b.rebound(), target.rebound())
        case .float64: divide(reals: a.rebound(to: Double.self), b.rebound(), target.rebound())
        case .complex64: divide(complex: a.rebound(to: Complex<Float>.self), b.rebound(), target.rebound())
        default: divide(complex: a.rebound(to: Complex<Double>.self), b.rebound(), target.rebound())
        }
    }

    private static func divide<T: NDFloat>(reals a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>) {
        combine(a, b, target) { $0 / $1 }
    }

    /// Smith's way, as NumPy's: the larger part of the divisor is divided out first, so that no square overflows.
    private static func divide<T: NDFloat>(
        complex a: Operand<Complex<T>>, _ b: Operand<Complex<T>>, _ target: Destination<Complex<T>>
    ) {
        combine(a, b, target) { a, b in
            let (x, y) = (b.rawStorage.x, b.rawStorage.y)
            let (u, v) = (a.rawStorage.x, a.rawStorage.y)
            if x.magnitude >= y.magnitude {
                if x == 0, y == 0 { return Complex(u / x.magnitude, v / x.magnitude) }
                let ratio = y / x
                let scale = 1 / (x + y * ratio)
                return Complex((u + v * ratio) * scale, (v - u * ratio) * scale)
            }
            let ratio = x / y
            let scale = 1 / (y + x * ratio)
            return Complex((u * ratio + v) * scale, (v * ratio - u) * scale)
        }
    }

    @specialized(where T == Int8)
    @specialized(where T == Int16)
    @specialized(where T == Int32)
    @specialized(where T == Int64)
    @specialized(where T == UInt8)
    @specialized(where T == UInt16)
    @specialized(where T == UInt32)
    @specialized(where T == UInt64)
    @specialized(where T == Float)
    @specialized(where T == Double)
    package static func combine<T: NDReal>(
        _ operation: ExtremeOperation, _ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>
    ) {
        if T.dtype == .float16 {
            return HalfKernels.combine(a.rebound(), b.rebound(), target.rebound()) { combine(operation, $0, $1, $2) }
        }
        switch operation {
        case .minimum: combine(a, b, target) { smaller($0, $1) }
        case .maximum: combine(a, b, target) { larger($0, $1) }
        }
    }

    /// For integers of 64 bits, to which the smaller ones are brought first, and floats.
    @specialized(where T == Int64)
    @specialized(where T == UInt64)
    @specialized(where T == Float)
    @specialized(where T == Double)
    package static func combine<T: NDReal>(
        _ operation: DivisionOperation, _ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>
    ) {
        if T.dtype == .float16 {
            return HalfKernels.combine(a.rebound(), b.rebound(), target.rebound()) { combine(operation, $0, $1, $2) }
        }
        switch operation {
        case .flooredQuotient: combine(a, b, target) { T.flooredQuotient($0, $1) }
        case .flooredRemainder: combine(a, b, target) { T.flooredRemainder($0, $1) }
        case .truncatedRemainder: combine(a, b, target) { T.truncatedRemainder($0, $1) }
        }
    }

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
