internal import ComplexModule

/// A comparison of two real numbers; all are false for NaN.
package enum OrderComparison { case less, lessOrEqual, greater, greaterOrEqual }

extension ElementwiseKernels {
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
    package static func compare<T: NDReal>(
        _ comparison: OrderComparison, _ a: Operand<T>, _ b: Operand<T>, into target: UnsafeMutablePointer<Bool>
    ) {
        if T.dtype == .float16 {
            return HalfKernels.compare(a.rebound(), b.rebound(), into: target) { compare(comparison, $0, $1, into: $2) }
        }
        switch comparison {
        case .less: combine(a, b, into: target) { $0 < $1 }
        case .lessOrEqual: combine(a, b, into: target) { $0 <= $1 }
        // The other way round is one loop less.
        case .greater: compare(.less, b, a, into: target)
        case .greaterOrEqual: compare(.lessOrEqual, b, a, into: target)
        }
    }

    /// True where `a` and `b` are equal, or where they are not.
    @specialized(where T == UInt8)
    @specialized(where T == UInt16)
    @specialized(where T == UInt32)
    @specialized(where T == UInt64)
    @specialized(where T == Float)
    @specialized(where T == Double)
    @specialized(where T == Complex<Float>)
    @specialized(where T == Complex<Double>)
    package static func compare<T: NDElement>(
        equal: Bool, _ a: Operand<T>, _ b: Operand<T>, into target: UnsafeMutablePointer<Bool>
    ) {
        switch T.dtype {
        case .bool, .int8: compare(equal: equal, a.rebound(to: UInt8.self), b.rebound(), into: target)
        case .int16: compare(equal: equal, a.rebound(to: UInt16.self), b.rebound(), into: target)
        case .int32: compare(equal: equal, a.rebound(to: UInt32.self), b.rebound(), into: target)
        case .int64: compare(equal: equal, a.rebound(to: UInt64.self), b.rebound(), into: target)
        case .float16:
            HalfKernels.compare(a.rebound(), b.rebound(), into: target) { compare(equal: equal, $0, $1, into: $2) }
        default: combine(a, b, into: target) { T.isEqual($0, $1) == equal }
        }
    }

    /// The element of `a` where `mask` is true, otherwise the one of `b`.
    package static func select<T: NDElement>(
        _ mask: Operand<Bool>, _ a: Operand<T>, _ b: Operand<T>, into target: UnsafeMutablePointer<T>
    ) {
        // Elements are moved as raw bits of their size.
        let target = UnsafeMutableRawPointer(target)
        switch MemoryLayout<T>.stride {
        case 1: select(bits: UInt8.self, mask, a.rebound(), b.rebound(), target)
        case 2: select(bits: UInt16.self, mask, a.rebound(), b.rebound(), target)
        case 4: select(bits: UInt32.self, mask, a.rebound(), b.rebound(), target)
        case 8: select(bits: UInt64.self, mask, a.rebound(), b.rebound(), target)
        default: select(bits: SixteenBytes.self, mask, a.rebound(), b.rebound(), target)
        }
    }

    @inline(__always)
    private static func select<Bits>(
        bits: Bits.Type, _ mask: Operand<Bool>, _ a: Operand<Bits>, _ b: Operand<Bits>,
        _ target: UnsafeMutableRawPointer
    ) {
        var blocks = OperandBlocks(mask, a, b)
        var target = target.assumingMemoryBound(to: Bits.self)
        while let block = blocks.next() {
            let m = block.a.assumingMemoryBound(to: Bool.self)
            let x = block.b.assumingMemoryBound(to: Bits.self)
            let y = block.c.assumingMemoryBound(to: Bits.self)
            for i in 0..<block.count {
                // Both are read first: a branch on a random mask costs more than a load.
                let (first, second) = (x[i], y[i])
                target[i] = m[i] ? first : second
            }
            target += block.count
        }
    }

    /// True where the elements of two arrays are all equal.
    package static func allEqual<T: NDElement>(_ a: Operand<T>, _ b: Operand<T>) -> Bool {
        let memory = UnsafeMutablePointer<Bool>.allocate(capacity: OperandBlocks.length)
        defer { memory.deallocate() }
        var blocks = OperandBlocks(a, b, isLimited: true)
        while let block = blocks.next() {
            func operand(_ start: UnsafeRawPointer, _ repeats: Bool) -> Operand<T> {
                Operand(
                    base: start.assumingMemoryBound(to: T.self),
                    layout: Layout(
                        unchecked: [block.count], strides: [repeats ? 0 : 1], offset: 0, count: block.count))
            }
            compare(equal: true, operand(block.a, block.repeatsA), operand(block.b, block.repeatsB), into: memory)
            for index in 0..<block.count where !memory[index] { return false }
        }
        return true
    }
}
