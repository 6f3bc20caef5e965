extension AnyNDArray {
    /// The sum, broadcast and promoted; traps where ``adding(_:)`` throws.
    public static func + (a: AnyNDArray, b: some NDOperand) -> AnyNDArray {
        orTrap("+", a) { () throws(NDArrayError) in try a.adding(b) }
    }
    /// A number plus every element.
    public static func + (a: some NDWeakScalar, b: AnyNDArray) -> AnyNDArray { b + a }

    /// The difference, broadcast and promoted; traps where ``subtracting(_:)`` throws.
    public static func - (a: AnyNDArray, b: some NDOperand) -> AnyNDArray {
        orTrap("-", a) { () throws(NDArrayError) in try a.subtracting(b) }
    }
    /// A number minus every element.
    public static func - (a: some NDWeakScalar, b: AnyNDArray) -> AnyNDArray {
        orTrap("-", b) { () throws(NDArrayError) in try a.operand(beside: b.dtype).subtracting(b) }
    }

    /// The product, broadcast and promoted; traps where ``multiplying(by:)`` throws.
    public static func * (a: AnyNDArray, b: some NDOperand) -> AnyNDArray {
        orTrap("*", a) { () throws(NDArrayError) in try a.multiplying(by: b) }
    }
    /// A number times every element.
    public static func * (a: some NDWeakScalar, b: AnyNDArray) -> AnyNDArray { b * a }

    /// The quotient, broadcast and promoted; traps where ``dividing(by:)`` throws.
    public static func / (a: AnyNDArray, b: some NDOperand) -> AnyNDArray {
        orTrap("/", a) { () throws(NDArrayError) in try a.dividing(by: b) }
    }
    /// A number divided by every element.
    public static func / (a: some NDWeakScalar, b: AnyNDArray) -> AnyNDArray {
        orTrap("/", b) { () throws(NDArrayError) in
            // Of integers the quotient is a float, so the number need not fit into their type.
            if let number = a as? Int, b.dtype.isInteger {
                return try Double(number).operand(beside: b.dtype).dividing(by: b)
            }
            return try a.operand(beside: b.dtype).dividing(by: b)
        }
    }

    /// Every element with the other sign; unsigned integers wrap. Traps for `bool`.
    public static prefix func - (a: AnyNDArray) -> AnyNDArray {
        orTrap("negated", a) { () throws(NDArrayError) in try a.negated() }
    }

    /// The bits set in both, broadcast and promoted; traps where ``bitwiseAnd(_:)`` throws.
    public static func & (a: AnyNDArray, b: some NDOperand) -> AnyNDArray {
        orTrap("&", a) { () throws(NDArrayError) in try a.bitwiseAnd(b) }
    }
    /// The bits set in at least one, broadcast and promoted; traps where ``bitwiseOr(_:)`` throws.
    public static func | (a: AnyNDArray, b: some NDOperand) -> AnyNDArray {
        orTrap("|", a) { () throws(NDArrayError) in try a.bitwiseOr(b) }
    }
    /// The bits set in exactly one, broadcast and promoted; traps where ``bitwiseXor(_:)`` throws.
    public static func ^ (a: AnyNDArray, b: some NDOperand) -> AnyNDArray {
        orTrap("^", a) { () throws(NDArrayError) in try a.bitwiseXor(b) }
    }
    /// The elements shifted left, broadcast and promoted; traps where ``shiftedLeft(by:)`` throws.
    public static func << (a: AnyNDArray, b: some NDOperand) -> AnyNDArray {
        orTrap("<<", a) { () throws(NDArrayError) in try a.shiftedLeft(by: b) }
    }
    /// The elements shifted right, broadcast and promoted; traps where ``shiftedRight(by:)`` throws.
    public static func >> (a: AnyNDArray, b: some NDOperand) -> AnyNDArray {
        orTrap(">>", a) { () throws(NDArrayError) in try a.shiftedRight(by: b) }
    }
    /// Every bit turned over, "not" for `bool`; traps for floats.
    public static prefix func ~ (a: AnyNDArray) -> AnyNDArray {
        orTrap("inverted", a) { () throws(NDArrayError) in try a.inverted() }
    }
}

extension AnyNDArray {
    /// True where the elements are equal, broadcast; traps on shapes that do not fit.
    public static func .== (a: AnyNDArray, b: some NDOperand) -> NDArray<Bool> {
        answer(a) { () throws(NDArrayError) in try a.isEqual(b) }
    }
    /// True where the elements differ, broadcast; traps on shapes that do not fit.
    public static func .!= (a: AnyNDArray, b: some NDOperand) -> NDArray<Bool> {
        answer(a) { () throws(NDArrayError) in try a.isNotEqual(b) }
    }
    /// True where an element of `a` is smaller, broadcast; traps on shapes that do not fit and on complex numbers.
    public static func .< (a: AnyNDArray, b: some NDOperand) -> NDArray<Bool> {
        answer(a) { () throws(NDArrayError) in try a.isLess(b) }
    }
    /// True where an element of `a` is at most that of `b`; traps on shapes that do not fit and on complex numbers.
    public static func .<= (a: AnyNDArray, b: some NDOperand) -> NDArray<Bool> {
        answer(a) { () throws(NDArrayError) in try a.isLessOrEqual(b) }
    }
    /// True where an element of `a` is greater; traps on shapes that do not fit and on complex numbers.
    public static func .> (a: AnyNDArray, b: some NDOperand) -> NDArray<Bool> {
        answer(a) { () throws(NDArrayError) in try a.isGreater(b) }
    }
    /// True where an element of `a` is at least that of `b`; traps on shapes that do not fit and on complex numbers.
    public static func .>= (a: AnyNDArray, b: some NDOperand) -> NDArray<Bool> {
        answer(a) { () throws(NDArrayError) in try a.isGreaterOrEqual(b) }
    }

    private static func answer(
        _ a: AnyNDArray, _ compare: () throws(NDArrayError) -> NDArray<Bool>
    ) -> NDArray<Bool> {
        do { return try compare() } catch {
            preconditionFailure("\(a.dtype) array of shape \(a.shape) compared: \(error.message)")
        }
    }
}
