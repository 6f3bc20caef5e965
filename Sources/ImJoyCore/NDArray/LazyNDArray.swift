/// Arithmetic that is written down first and computed in one pass over memory: each piece of the arrays goes through all
/// operations while it is in the nearest cache, and no array is made in between.
///
/// ```swift
/// let normalised = try ((image.lazy - mean) / deviation).evaluated()
/// let product = try (a.lazy * b + c).evaluated()
/// ```
/// Arrays are broadcast, and results are those of the plain operators to the last bit. It is worth it for arrays that no
/// cache holds; small ones are as quick with plain operators.
public struct LazyNDArray<Element: NDNumber>: Sendable {
    let node: LazyNode<Element>

    /// The result, as an array of its own.
    ///
    /// Throws when the shapes cannot be broadcast together, or there is no memory for the result.
    public func evaluated() throws(NDArrayError) -> NDArray<Element> {
        // Half precision is rounded after each operation, which single precision would not do.
        if Element.dtype == .float16 { return try node.plain() }
        return try LazyProgram.run(node)
    }

    fileprivate init(_ node: LazyNode<Element>) { self.node = node }

    fileprivate init(_ operation: LazyOperation, _ a: LazyNDArray, _ b: LazyNDArray) {
        node = .binary(operation, a.node, b.node)
    }

    fileprivate init(_ operation: LazyOperation, _ a: LazyNDArray, _ b: Element) {
        node = .binary(operation, a.node, .number(b))
    }

    fileprivate init(_ operation: LazyOperation, _ a: Element, _ b: LazyNDArray) {
        node = .binary(operation, .number(a), b.node)
    }

    fileprivate init(_ function: LazyFunction, _ a: LazyNDArray) { node = .unary(function, a.node) }
}

extension NDArray where Element: NDNumber {
    /// This array as the beginning of an expression that is computed in one pass; see ``LazyNDArray``.
    public var lazy: LazyNDArray<Element> { LazyNDArray(.array(self)) }

    /// Every element times that of `factor` plus that of `summand`, broadcast, in one pass over memory.
    ///
    /// Each result is rounded twice, as by `self * factor + summand`. Throws when the shapes do not fit.
    public func multiplied(by factor: NDArray, adding summand: NDArray) throws(NDArrayError) -> NDArray {
        if let result = try VectorKernels.multiplyAdd(self, factor, summand) { return result }
        return try (lazy * factor + summand).evaluated()
    }
}

extension NDArray where Element: NDFloat {
    /// Every element less `offset`, divided by `scale`, in one pass over memory: `(a - mean) / deviation`.
    public func standardized(subtracting offset: Element, dividingBy scale: Element) -> NDArray {
        orTrap { () throws(NDArrayError) in try ((lazy - offset) / scale).evaluated() }
    }
}

extension LazyNDArray {
    /// The sum, broadcast; integers wrap.
    public static func + (a: LazyNDArray, b: LazyNDArray) -> LazyNDArray { LazyNDArray(.sum, a, b) }
    /// The sum, broadcast; integers wrap.
    public static func + (a: LazyNDArray, b: NDArray<Element>) -> LazyNDArray { LazyNDArray(.sum, a, b.lazy) }
    /// The sum, broadcast; integers wrap.
    public static func + (a: NDArray<Element>, b: LazyNDArray) -> LazyNDArray { LazyNDArray(.sum, a.lazy, b) }
    /// Every element plus a number.
    public static func + (a: LazyNDArray, b: Element) -> LazyNDArray { LazyNDArray(.sum, a, b) }
    /// A number plus every element.
    public static func + (a: Element, b: LazyNDArray) -> LazyNDArray { LazyNDArray(.sum, a, b) }

    /// The difference, broadcast; integers wrap.
    public static func - (a: LazyNDArray, b: LazyNDArray) -> LazyNDArray { LazyNDArray(.difference, a, b) }
    /// The difference, broadcast; integers wrap.
    public static func - (a: LazyNDArray, b: NDArray<Element>) -> LazyNDArray { LazyNDArray(.difference, a, b.lazy) }
    /// The difference, broadcast; integers wrap.
    public static func - (a: NDArray<Element>, b: LazyNDArray) -> LazyNDArray { LazyNDArray(.difference, a.lazy, b) }
    /// Every element minus a number.
    public static func - (a: LazyNDArray, b: Element) -> LazyNDArray { LazyNDArray(.difference, a, b) }
    /// A number minus every element.
    public static func - (a: Element, b: LazyNDArray) -> LazyNDArray { LazyNDArray(.difference, a, b) }

    /// The product element by element, broadcast; integers wrap.
    public static func * (a: LazyNDArray, b: LazyNDArray) -> LazyNDArray { LazyNDArray(.product, a, b) }
    /// The product element by element, broadcast; integers wrap.
    public static func * (a: LazyNDArray, b: NDArray<Element>) -> LazyNDArray { LazyNDArray(.product, a, b.lazy) }
    /// The product element by element, broadcast; integers wrap.
    public static func * (a: NDArray<Element>, b: LazyNDArray) -> LazyNDArray { LazyNDArray(.product, a.lazy, b) }
    /// Every element times a number.
    public static func * (a: LazyNDArray, b: Element) -> LazyNDArray { LazyNDArray(.product, a, b) }
    /// A number times every element.
    public static func * (a: Element, b: LazyNDArray) -> LazyNDArray { LazyNDArray(.product, a, b) }

    /// Every element with the other sign; unsigned integers wrap.
    public static prefix func - (a: LazyNDArray) -> LazyNDArray { LazyNDArray(.number(.negative), a) }

    /// Every element times itself; integers wrap.
    public func square() -> LazyNDArray { LazyNDArray(.number(.square), self) }
}

extension LazyNDArray where Element: NDField {
    /// The quotient, broadcast.
    public static func / (a: LazyNDArray, b: LazyNDArray) -> LazyNDArray { LazyNDArray(.quotient, a, b) }
    /// The quotient, broadcast.
    public static func / (a: LazyNDArray, b: NDArray<Element>) -> LazyNDArray { LazyNDArray(.quotient, a, b.lazy) }
    /// The quotient, broadcast.
    public static func / (a: NDArray<Element>, b: LazyNDArray) -> LazyNDArray { LazyNDArray(.quotient, a.lazy, b) }
    /// Every element divided by a number.
    public static func / (a: LazyNDArray, b: Element) -> LazyNDArray { LazyNDArray(.quotient, a, b) }
    /// A number divided by every element.
    public static func / (a: Element, b: LazyNDArray) -> LazyNDArray { LazyNDArray(.quotient, a, b) }
}

extension LazyNDArray where Element: NDReal {
    /// The distance of every element from zero.
    public func abs() -> LazyNDArray { LazyNDArray(.real(.magnitude), self) }
    /// Elements outside `range` moved to its nearer end; NaN stays.
    public func clipped(to range: ClosedRange<Element>) -> LazyNDArray {
        // In this order equal numbers, such as zeros of both signs, stay what they are.
        let raised = LazyNDArray(.maximum, range.lowerBound, self)
        return LazyNDArray(.minimum, range.upperBound, raised)
    }
    /// The smaller of two elements, broadcast; NaN where one is.
    public func minimum(_ other: NDArray<Element>) -> LazyNDArray { LazyNDArray(.minimum, self, other.lazy) }
    /// The larger of two elements, broadcast; NaN where one is.
    public func maximum(_ other: NDArray<Element>) -> LazyNDArray { LazyNDArray(.maximum, self, other.lazy) }
}

extension LazyNDArray where Element: NDFloat {
    /// The square root; NaN for negative elements.
    public func sqrt() -> LazyNDArray { LazyNDArray(.float(.squareRoot), self) }
    /// e to the power of every element.
    public func exp() -> LazyNDArray { LazyNDArray(.float(.exp), self) }
    /// The natural logarithm; -infinity for zero, NaN for negative elements.
    public func log() -> LazyNDArray { LazyNDArray(.float(.log), self) }
    /// The hyperbolic tangent.
    public func tanh() -> LazyNDArray { LazyNDArray(.float(.tanh), self) }
    /// The nearest whole number, halves to the even one.
    public func rounded() -> LazyNDArray { LazyNDArray(.float(.roundedToEven), self) }
}
