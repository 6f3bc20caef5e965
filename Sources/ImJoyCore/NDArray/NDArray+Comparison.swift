infix operator .== : ComparisonPrecedence
infix operator .!= : ComparisonPrecedence

// The dotted operators compare element by element and give an array of answers; `==` compares whole arrays.
// `.<`, `.<=`, `.>` and `.>=` are spelled as the standard library spells them for SIMD vectors.

extension NDArray where Element: NDReal {
    /// True where an element of `a` is smaller than the one of `b`, broadcast; false for NaN.
    public static func .< (a: NDArray, b: NDArray) -> NDArray<Bool> { a.compared(.less, with: b) }
    /// True where an element is smaller than a number.
    public static func .< (a: NDArray, b: Element) -> NDArray<Bool> { a.compared(.less, with: NDArray(scalar: b)) }
    /// True where a number is smaller than an element.
    public static func .< (a: Element, b: NDArray) -> NDArray<Bool> { b.compared(.greater, with: NDArray(scalar: a)) }

    /// True where an element of `a` is at most the one of `b`, broadcast; false for NaN.
    public static func .<= (a: NDArray, b: NDArray) -> NDArray<Bool> { a.compared(.lessOrEqual, with: b) }
    /// True where an element is at most a number.
    public static func .<= (a: NDArray, b: Element) -> NDArray<Bool> {
        a.compared(.lessOrEqual, with: NDArray(scalar: b))
    }
    /// True where a number is at most an element.
    public static func .<= (a: Element, b: NDArray) -> NDArray<Bool> {
        b.compared(.greaterOrEqual, with: NDArray(scalar: a))
    }

    /// True where an element of `a` is greater than the one of `b`, broadcast; false for NaN.
    public static func .> (a: NDArray, b: NDArray) -> NDArray<Bool> { a.compared(.greater, with: b) }
    /// True where an element is greater than a number.
    public static func .> (a: NDArray, b: Element) -> NDArray<Bool> { a.compared(.greater, with: NDArray(scalar: b)) }
    /// True where a number is greater than an element.
    public static func .> (a: Element, b: NDArray) -> NDArray<Bool> { b.compared(.less, with: NDArray(scalar: a)) }

    /// True where an element of `a` is at least the one of `b`, broadcast; false for NaN.
    public static func .>= (a: NDArray, b: NDArray) -> NDArray<Bool> { a.compared(.greaterOrEqual, with: b) }
    /// True where an element is at least a number.
    public static func .>= (a: NDArray, b: Element) -> NDArray<Bool> {
        a.compared(.greaterOrEqual, with: NDArray(scalar: b))
    }
    /// True where a number is at least an element.
    public static func .>= (a: Element, b: NDArray) -> NDArray<Bool> {
        b.compared(.lessOrEqual, with: NDArray(scalar: a))
    }

    private func compared(_ comparison: OrderComparison, with other: NDArray) -> NDArray<Bool> {
        orTrap { () throws(NDArrayError) in try comparing(comparison, with: other) }
    }

    /// The answers of a comparison; throws when the shapes cannot be broadcast together.
    package func comparing(_ comparison: OrderComparison, with other: NDArray) throws(NDArrayError) -> NDArray<Bool> {
        try combined(with: other) { ElementwiseKernels.compare(comparison, $0, $1, into: $2) }
    }
}

extension NDArray {
    /// True where the elements of two arrays are equal, broadcast; false for NaN.
    public static func .== (a: NDArray, b: NDArray) -> NDArray<Bool> { a.compared(equal: true, with: b) }
    /// True where an element equals a number.
    public static func .== (a: NDArray, b: Element) -> NDArray<Bool> {
        a.compared(equal: true, with: NDArray(scalar: b))
    }
    /// True where the elements of two arrays differ, broadcast; true for NaN.
    public static func .!= (a: NDArray, b: NDArray) -> NDArray<Bool> { a.compared(equal: false, with: b) }
    /// True where an element differs from a number.
    public static func .!= (a: NDArray, b: Element) -> NDArray<Bool> {
        a.compared(equal: false, with: NDArray(scalar: b))
    }

    private func compared(equal: Bool, with other: NDArray) -> NDArray<Bool> {
        orTrap { () throws(NDArrayError) in try comparing(equal: equal, with: other) }
    }

    /// The answers of a comparison; throws when the shapes cannot be broadcast together.
    package func comparing(equal: Bool, with other: NDArray) throws(NDArrayError) -> NDArray<Bool> {
        try combined(with: other) { ElementwiseKernels.compare(equal: equal, $0, $1, into: $2) }
    }

    /// Elements of `a` where `mask` is true, of `b` where it is false; all three are broadcast, as by NumPy's `where`.
    ///
    /// Throws when the shapes cannot be broadcast together.
    public static func select(
        where mask: NDArray<Bool>, _ a: NDArray, otherwise b: NDArray
    ) throws(NDArrayError) -> NDArray {
        let common = try Layout.commonShape(mask.shape, a.shape, b.shape)
        let operands = (
            try mask.operand(broadcastTo: common), try a.operand(broadcastTo: common),
            try b.operand(broadcastTo: common)
        )
        defer { withExtendedLifetime((mask.storage, a.storage, b.storage)) {} }
        return try NDArray(uninitialised: common) {
            ElementwiseKernels.select(operands.0, operands.1, operands.2, into: $0)
        }
    }

    /// This array with `replacement` where `mask` is true; throws when the shapes cannot be broadcast together.
    public func replacing(with replacement: Element, where mask: NDArray<Bool>) throws(NDArrayError) -> NDArray {
        try NDArray.select(where: mask, NDArray(scalar: replacement), otherwise: self)
    }
}
