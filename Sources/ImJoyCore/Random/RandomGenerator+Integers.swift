extension RandomGenerator {
    /// Whole numbers spread evenly over `range`, the upper bound left out; NumPy's `integers(low, high, dtype=…)`.
    ///
    /// Throws for an empty range.
    public mutating func integers<T: NDInteger>(
        _ range: Range<T>, shape: [Int]
    ) throws(NDArrayError) -> NDArray<T> {
        guard range.lowerBound < range.upperBound else {
            throw NDArrayError(.emptyArray, "random integers from the empty range \(range)")
        }
        return try integers(range.lowerBound...(range.upperBound - 1), shape: shape)
    }

    /// Whole numbers spread evenly over `range`; NumPy's `integers` with `endpoint=True`.
    ///
    /// D. Lemire, "Fast random integer generation in an interval", 2019, in words of 8, 16, 32 or 64 bits as the range
    /// and the type need.
    public mutating func integers<T: NDInteger>(
        _ range: ClosedRange<T>, shape: [Int]
    ) throws(NDArrayError) -> NDArray<T> {
        let low = range.lowerBound
        let span = UInt64(T.Magnitude(truncatingIfNeeded: range.upperBound &- low))
        if span == 0 { return try NDArray(repeating: low, checkedShape: shape) }
        switch T.bitWidth {
        case 8:
            var words = SmallWords<UInt8>()
            return try filled(shape) { low &+ T(truncatingIfNeeded: words.below(span, &$0)) }
        case 16:
            var words = SmallWords<UInt16>()
            return try filled(shape) { low &+ T(truncatingIfNeeded: words.below(span, &$0)) }
        default:
            return try filled(shape) { low &+ T(truncatingIfNeeded: $0.below(span)) }
        }
    }

    /// Whole numbers of `Int` bounds as 64-bit integers, NumPy's default; the upper bound is left out.
    public mutating func integers(_ range: Range<Int>, shape: [Int]) throws(NDArrayError) -> NDArray<Int64> {
        try integers(Int64(range.lowerBound)..<Int64(range.upperBound), shape: shape)
    }

    /// Whole numbers of `Int` bounds as 64-bit integers, NumPy's default.
    public mutating func integers(_ range: ClosedRange<Int>, shape: [Int]) throws(NDArrayError) -> NDArray<Int64> {
        try integers(Int64(range.lowerBound)...Int64(range.upperBound), shape: shape)
    }

    /// True or false with equal chance; NumPy's `integers(0, 2, dtype=bool)`.
    public mutating func booleans(shape: [Int]) throws(NDArrayError) -> NDArray<Bool> {
        var (word, left) = (UInt32(0), 0)
        return try filled(shape) { bits in
            if left == 0 {
                (word, left) = (bits.next32(), 31)
            } else {
                word >>= 1
                left -= 1
            }
            return word & 1 == 1
        }
    }
}

extension NDArray {
    init(repeating value: Element, checkedShape shape: [Int]) throws(NDArrayError) {
        let count = try Layout.elementCount(of: shape)
        try self.init(uninitialised: shape) { $0.initialize(repeating: value, count: count) }
    }
}

extension PCG64 {
    /// A whole number in `0...span`, in 32 bits where they suffice.
    mutating func below(_ span: UInt64) -> UInt64 {
        if span == 0 { return 0 }
        if span == UInt64(UInt32.max) { return UInt64(next32()) }
        if span == UInt64.max { return next() }
        let count = span + 1
        if span < UInt64(UInt32.max) {
            var product = UInt64(next32()) &* count
            if product & 0xffff_ffff < count {
                let threshold = (UInt64(UInt32.max) - span) % count
                while product & 0xffff_ffff < threshold { product = UInt64(next32()) &* count }
            }
            return product >> 32
        }
        var product = next().multipliedFullWidth(by: count)
        if product.low < count {
            let threshold = (UInt64.max - span) % count
            while product.low < threshold { product = next().multipliedFullWidth(by: count) }
        }
        return product.high
    }
}

extension PCG64 {
    /// A whole number in `0...span`: the low bits of a word, drawn again when they are too large.
    mutating func masked(_ span: UInt64) -> UInt64 {
        if span == 0 { return 0 }
        let mask = UInt64.max >> UInt64(span.leadingZeroBitCount)
        while true {
            let value = (span <= UInt64(UInt32.max) ? UInt64(next32()) : next()) & mask
            if value <= span { return value }
        }
    }
}

/// Words of 8 or 16 bits, cut one after another from words of 32.
private struct SmallWords<Word: FixedWidthInteger & UnsignedInteger> {
    private var word: UInt32 = 0
    private var left = 0

    private mutating func next(_ bits: inout PCG64) -> UInt32 {
        if left == 0 {
            word = bits.next32()
            left = 32 / Word.bitWidth - 1
        } else {
            word >>= UInt32(Word.bitWidth)
            left -= 1
        }
        return UInt32(Word(truncatingIfNeeded: word))
    }

    /// A whole number in `0...span`.
    mutating func below(_ span: UInt64, _ bits: inout PCG64) -> UInt32 {
        let largest = UInt32(Word.max)
        let span = UInt32(truncatingIfNeeded: span)
        if span == largest { return next(&bits) }
        let count = span + 1
        var product = next(&bits) &* count
        if product & largest < count {
            let threshold = (largest - span) % count
            while product & largest < threshold { product = next(&bits) &* count }
        }
        return product >> UInt32(Word.bitWidth)
    }
}
