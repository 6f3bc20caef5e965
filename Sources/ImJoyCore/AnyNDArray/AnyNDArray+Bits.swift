extension AnyNDArray {
    /// The bits set in both, broadcast; "and" for `bool`. NumPy's `&` and `bitwise_and`. Throws for floats.
    public func bitwiseAnd(_ other: some NDOperand) throws(NDArrayError) -> AnyNDArray { try bits("&", .and, other) }

    /// The bits set in at least one, broadcast; "or" for `bool`. NumPy's `|` and `bitwise_or`. Throws for floats.
    public func bitwiseOr(_ other: some NDOperand) throws(NDArrayError) -> AnyNDArray { try bits("|", .or, other) }

    /// The bits set in exactly one, broadcast. NumPy's `^` and `bitwise_xor`. Throws for floats.
    public func bitwiseXor(_ other: some NDOperand) throws(NDArrayError) -> AnyNDArray { try bits("^", .xor, other) }

    /// The elements shifted left, broadcast; counts beyond the width give 0. NumPy's `<<`. Throws for floats.
    public func shiftedLeft(by count: some NDOperand) throws(NDArrayError) -> AnyNDArray {
        try shift("<<", .shiftLeft, count)
    }

    /// The elements shifted right, broadcast, keeping the sign. NumPy's `>>` and `right_shift`. Throws for floats.
    public func shiftedRight(by count: some NDOperand) throws(NDArrayError) -> AnyNDArray {
        try shift(">>", .shiftRight, count)
    }

    /// The greatest common divisor, broadcast; NumPy's `gcd`. Throws for all but integers.
    public static func gcd(_ a: AnyNDArray, _ b: some NDOperand) throws(NDArrayError) -> AnyNDArray {
        return try a.wide("gcd", .greatestCommonDivisor, b)
    }

    /// The least common multiple, broadcast; NumPy's `lcm`. Throws for all but integers.
    public static func lcm(_ a: AnyNDArray, _ b: some NDOperand) throws(NDArrayError) -> AnyNDArray {
        return try a.wide("lcm", .leastCommonMultiple, b)
    }

    /// Every bit turned over, "not" for `bool`; NumPy's `~` and `invert`. Throws for floats.
    public func inverted() throws(NDArrayError) -> AnyNDArray {
        if dtype == .bool { return AnyNDArray(!(try elements(as: Bool.self))) }
        func compute<T: NDInteger>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(~(try elements(as: T.self)))
        }
        guard let type = dtype.integerType else { throw Self.refuse("~", dtype) }
        return try compute(type)
    }

    /// The number of bits set in each element's distance from zero; NumPy's `bitwise_count`. Throws for floats.
    public func bitCount() throws(NDArrayError) -> NDArray<UInt8> {
        if dtype == .bool { return try elements(as: UInt8.self) }
        func compute<T: NDInteger>(_ type: T.Type) throws(NDArrayError) -> NDArray<UInt8> {
            try elements(as: T.self).bitCount()
        }
        guard let type = dtype.integerType else { throw Self.refuse("bitCount", dtype) }
        return try compute(type)
    }

    /// True where both are not zero, broadcast; NumPy's `logical_and`.
    public func logicalAnd(_ other: some NDOperand) throws(NDArrayError) -> NDArray<Bool> { try truths(.and, other) }
    /// True where at least one is not zero, broadcast; NumPy's `logical_or`.
    public func logicalOr(_ other: some NDOperand) throws(NDArrayError) -> NDArray<Bool> { try truths(.or, other) }
    /// True where exactly one is not zero, broadcast; NumPy's `logical_xor`.
    public func logicalXor(_ other: some NDOperand) throws(NDArrayError) -> NDArray<Bool> { try truths(.xor, other) }
    /// True where the element is zero; NumPy's `logical_not`.
    public func logicalNot() throws(NDArrayError) -> NDArray<Bool> { !(try elements(as: Bool.self)) }

    /// An operation on what is not zero.
    func logical(_ operation: IntegerOperation, _ other: AnyNDArray) throws(NDArrayError) -> AnyNDArray {
        let (a, b) = (try elements(as: Bool.self), try other.elements(as: Bool.self))
        return AnyNDArray(NDArray<Bool>(bytes: try a.asBytes.combining(operation, b.asBytes)))
    }

    private func truths(_ operation: IntegerOperation, _ other: some NDOperand) throws(NDArrayError) -> NDArray<Bool> {
        try logical(operation, unboundOperand(other)).elements(as: Bool.self)
    }

    private func bits(
        _ name: String, _ operation: IntegerOperation, _ other: some NDOperand
    ) throws(NDArrayError) -> AnyNDArray {
        let (dtype, other) = try promoted(with: other)
        if dtype == .bool { return try logical(operation, other) }
        func compute<T: NDInteger>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try elements(as: T.self).combining(operation, other.elements(as: T.self)))
        }
        guard let type = dtype.integerType else { throw Self.refuse(name, self.dtype, other.dtype) }
        return try compute(type)
    }

    /// Truth values are shifted as bytes.
    private func shift(
        _ name: String, _ operation: IntegerOperation, _ count: some NDOperand
    ) throws(NDArrayError) -> AnyNDArray {
        let (dtype, count) = try promoted(with: count)
        guard dtype == .bool else { return try bits(name, operation, count) }
        return try cast(to: .int8).bits(name, operation, count.cast(to: .int8))
    }

    private func wide(
        _ name: String, _ operation: WideOperation, _ other: some NDOperand
    ) throws(NDArrayError) -> AnyNDArray {
        let (dtype, other) = try promoted(with: other)
        func compute<T: NDInteger>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try elements(as: T.self).combining(operation, other.elements(as: T.self)))
        }
        guard let type = dtype.integerType else { throw Self.refuse(name, self.dtype, other.dtype) }
        return try compute(type)
    }
}
