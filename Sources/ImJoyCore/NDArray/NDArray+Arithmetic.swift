// Operators are for shapes your code made and stop the program with a sentence when they cannot be broadcast together;
// the named forms throw instead. The left side of an operator is consumed: when it is a temporary, as in `a * b + c`,
// its memory becomes the result and nothing is allocated.

extension NDArray where Element: NDNumber {
    /// The sum of two arrays, broadcast; integers wrap.
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    public static func + (a: consuming NDArray, b: NDArray) -> NDArray {
        var result = a
        orTrap { () throws(NDArrayError) in try result.combine(.sum, b) }
        return result
    }

    /// The difference of two arrays, broadcast; integers wrap.
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    public static func - (a: consuming NDArray, b: NDArray) -> NDArray {
        var result = a
        orTrap { () throws(NDArrayError) in try result.combine(.difference, b) }
        return result
    }

    /// The product of two arrays element by element, broadcast; integers wrap. See ``matmul(_:)`` for matrices.
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    public static func * (a: consuming NDArray, b: NDArray) -> NDArray {
        var result = a
        orTrap { () throws(NDArrayError) in try result.combine(.product, b) }
        return result
    }

    /// Adds `b`, broadcast, in place; traps when the shape would change.
    public static func += (a: inout NDArray, b: NDArray) {
        orTrap { () throws(NDArrayError) in try a.combine(.sum, b, keepingShape: true) }
    }

    /// Subtracts `b`, broadcast, in place; traps when the shape would change.
    public static func -= (a: inout NDArray, b: NDArray) {
        orTrap { () throws(NDArrayError) in try a.combine(.difference, b, keepingShape: true) }
    }

    /// Multiplies by `b`, broadcast, in place; traps when the shape would change.
    public static func *= (a: inout NDArray, b: NDArray) {
        orTrap { () throws(NDArrayError) in try a.combine(.product, b, keepingShape: true) }
    }

    /// Every element plus a number.
    public static func + (a: consuming NDArray, b: Element) -> NDArray {
        a.combined(.sum, b)
    }

    /// Every element minus a number.
    public static func - (a: consuming NDArray, b: Element) -> NDArray {
        a.combined(.difference, b)
    }

    /// Every element times a number.
    public static func * (a: consuming NDArray, b: Element) -> NDArray {
        a.combined(.product, b)
    }

    /// A number plus every element.
    public static func + (a: Element, b: consuming NDArray) -> NDArray {
        b.combined(.sum, a)
    }

    /// A number minus every element.
    public static func - (a: Element, b: NDArray) -> NDArray {
        NDArray(scalar: a) - b
    }

    /// A number times every element.
    public static func * (a: Element, b: consuming NDArray) -> NDArray {
        b.combined(.product, a)
    }

    /// Adds a number to every element.
    public static func += (a: inout NDArray, b: Element) { a.combine(.sum, b) }
    /// Subtracts a number from every element.
    public static func -= (a: inout NDArray, b: Element) { a.combine(.difference, b) }
    /// Multiplies every element by a number.
    public static func *= (a: inout NDArray, b: Element) { a.combine(.product, b) }

    /// Every element with the other sign; unsigned integers wrap.
    public static prefix func - (a: consuming NDArray) -> NDArray {
        var result = a
        orTrap { () throws(NDArrayError) in
            try result.update { ElementwiseKernels.apply(.negative, $0, $1) }
        }
        return result
    }

    /// The sum of two arrays; throws when their shapes cannot be broadcast together.
    public consuming func adding(_ other: NDArray) throws(NDArrayError) -> NDArray {
        var result = self
        try result.combine(.sum, other)
        return result
    }

    /// The difference of two arrays; throws when their shapes cannot be broadcast together.
    public consuming func subtracting(_ other: NDArray) throws(NDArrayError) -> NDArray {
        var result = self
        try result.combine(.difference, other)
        return result
    }

    /// The product of two arrays element by element; throws when their shapes cannot be broadcast together.
    public consuming func multiplying(by other: NDArray) throws(NDArrayError) -> NDArray {
        var result = self
        try result.combine(.product, other)
        return result
    }

    /// An operation on this array and another, broadcast; throws when their shapes do not fit.
    package func combining(_ operation: NumberOperation, _ other: NDArray) throws(NDArrayError) -> NDArray {
        var result = self
        try result.combine(operation, other)
        return result
    }

    private mutating func combine(
        _ operation: NumberOperation, _ other: NDArray, keepingShape: Bool = false
    ) throws(NDArrayError) {
        try update(with: other, keepingShape: keepingShape) { ElementwiseKernels.combine(operation, $0, $1, $2) }
    }

    private mutating func combine(_ operation: NumberOperation, _ scalar: Element) {
        orTrap { () throws(NDArrayError) in
            try update(with: scalar) { ElementwiseKernels.combine(operation, $0, $1, $2) }
        }
    }

    private consuming func combined(_ operation: NumberOperation, _ scalar: Element) -> NDArray {
        var result = self
        result.combine(operation, scalar)
        return result
    }
}

extension NDArray where Element: NDField {
    /// The quotient of two arrays, broadcast.
    public static func / (a: consuming NDArray, b: NDArray) -> NDArray {
        var result = a
        orTrap { () throws(NDArrayError) in try result.update(with: b, ElementwiseKernels.divide) }
        return result
    }

    /// Every element divided by a number.
    public static func / (a: consuming NDArray, b: Element) -> NDArray {
        var result = a
        orTrap { () throws(NDArrayError) in try result.update(with: b, ElementwiseKernels.divide) }
        return result
    }

    /// A number divided by every element.
    public static func / (a: Element, b: NDArray) -> NDArray { NDArray(scalar: a) / b }

    /// Divides by `b`, broadcast, in place; traps when the shape would change.
    public static func /= (a: inout NDArray, b: NDArray) {
        orTrap { () throws(NDArrayError) in try a.update(with: b, keepingShape: true, ElementwiseKernels.divide) }
    }

    /// Divides every element by a number.
    public static func /= (a: inout NDArray, b: Element) {
        orTrap { () throws(NDArrayError) in try a.update(with: b, ElementwiseKernels.divide) }
    }

    /// The quotient of two arrays; throws when their shapes cannot be broadcast together.
    public consuming func dividing(by other: NDArray) throws(NDArrayError) -> NDArray {
        var result = self
        try result.update(with: other, ElementwiseKernels.divide)
        return result
    }
}

extension NDArray where Element: NDInteger {
    /// The sums, broadcast; with `.clamp` those that do not fit are the nearest number that does, as OpenCV's `add` gives.
    ///
    /// ```swift
    /// let brighter = try image.adding(NDArray(scalar: 40), overflow: .clamp)
    /// ```
    /// Throws when the shapes cannot be broadcast together.
    public consuming func adding(_ other: NDArray, overflow rule: OverflowRule) throws(NDArrayError) -> NDArray {
        if rule == .wrap { return try adding(other) }
        return try combining(.clampedSum, other)
    }

    /// The differences, broadcast; see ``adding(_:overflow:)``.
    public consuming func subtracting(_ other: NDArray, overflow rule: OverflowRule) throws(NDArrayError) -> NDArray {
        if rule == .wrap { return try subtracting(other) }
        return try combining(.clampedDifference, other)
    }
}
