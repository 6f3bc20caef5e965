// Logic on arrays of answers, as the dotted comparisons give them. A Bool is one byte of 0 or 1, so the bit kernels of
// `UInt8` serve; they are handed the same memory under that type.

extension NDArray<Bool> {
    /// True where both are, broadcast.
    public static func & (a: consuming NDArray, b: NDArray) -> NDArray { a.combined(.and, b) }
    /// True where at least one is, broadcast.
    public static func | (a: consuming NDArray, b: NDArray) -> NDArray { a.combined(.or, b) }
    /// True where exactly one is, broadcast.
    public static func ^ (a: consuming NDArray, b: NDArray) -> NDArray { a.combined(.xor, b) }
    /// True where the element is false.
    public static prefix func ! (a: consuming NDArray) -> NDArray { a.combined(.xor, NDArray(scalar: true)) }

    private consuming func combined(_ operation: IntegerOperation, _ other: NDArray) -> NDArray {
        var bytes = NDArray<UInt8>(storage: storage, layout: layout)
        // Only `bytes` may hold the memory now, or it could not be reused.
        discard(consume self)
        orTrap { () throws(NDArrayError) in
            try bytes.update(with: other.asBytes) { ElementwiseKernels.combine(operation, $0, $1, $2) }
        }
        return NDArray(storage: bytes.storage, layout: bytes.layout)
    }

    /// The same memory as bytes of 0 and 1.
    package var asBytes: NDArray<UInt8> { NDArray<UInt8>(storage: storage, layout: layout) }

    /// The same memory as answers; every byte must be 0 or 1.
    package init(bytes: NDArray<UInt8>) { self.init(storage: bytes.storage, layout: bytes.layout) }
}

private func discard<T>(_ value: consuming T) {}

extension NDArray where Element: NDInteger {
    /// The bits set in both, broadcast.
    public static func & (a: consuming NDArray, b: NDArray) -> NDArray { a.combined(.and, b) }
    /// The bits set in at least one, broadcast.
    public static func | (a: consuming NDArray, b: NDArray) -> NDArray { a.combined(.or, b) }
    /// The bits set in exactly one, broadcast.
    public static func ^ (a: consuming NDArray, b: NDArray) -> NDArray { a.combined(.xor, b) }
    /// The elements of `a` shifted left by those of `b`, broadcast; bits that leave the type are lost.
    ///
    /// Counts that are negative or not smaller than the width leave nothing: 0, and for `>>` the sign, as in NumPy.
    public static func << (a: consuming NDArray, b: NDArray) -> NDArray { a.combined(.shiftLeft, b) }
    /// The elements of `a` shifted right by those of `b`, broadcast; the sign is kept.
    public static func >> (a: consuming NDArray, b: NDArray) -> NDArray { a.combined(.shiftRight, b) }
    /// Every bit turned over.
    public static prefix func ~ (a: consuming NDArray) -> NDArray {
        var result = a
        orTrap { () throws(NDArrayError) in try result.update(ElementwiseKernels.invert) }
        return result
    }

    private consuming func combined(_ operation: IntegerOperation, _ other: NDArray) -> NDArray {
        var result = self
        orTrap { () throws(NDArrayError) in
            try result.update(with: other) { ElementwiseKernels.combine(operation, $0, $1, $2) }
        }
        return result
    }

    /// The same for shapes from outside: throws when they cannot be broadcast together.
    package consuming func combining(_ operation: IntegerOperation, _ other: NDArray) throws(NDArrayError) -> NDArray {
        var result = self
        try result.update(with: other) { ElementwiseKernels.combine(operation, $0, $1, $2) }
        return result
    }

    /// An operation that is done in 64 bits, of which the low ones are the result.
    package func combining(_ operation: WideOperation, _ other: NDArray) throws(NDArrayError) -> NDArray {
        func wide<Wide: NDInteger>(_ type: Wide.Type) throws(NDArrayError) -> NDArray {
            var result = cast(to: Wide.self, overflow: .wrap)
            try result.update(with: other.cast(to: Wide.self, overflow: .wrap)) {
                ElementwiseKernels.combine(operation, $0, $1, $2)
            }
            return result.cast(overflow: .wrap)
        }
        return Element.isSigned ? try wide(Int64.self) : try wide(UInt64.self)
    }
}
