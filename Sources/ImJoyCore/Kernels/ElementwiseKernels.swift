/// What an elementwise operation reads: a start and a layout that has the shape of the result.
package struct Operand<Element> {
    package var base: UnsafePointer<Element>
    package var layout: Layout

    /// The same memory under another type of the same size.
    func rebound<Other>(to type: Other.Type = Other.self) -> Operand<Other> {
        assert(MemoryLayout<Other>.stride == MemoryLayout<Element>.stride)
        return Operand<Other>(base: UnsafeRawPointer(base).assumingMemoryBound(to: Other.self), layout: layout)
    }
}

/// Where an elementwise operation writes.
package enum Destination<Element> {
    /// Fresh memory, filled in row-major order.
    case fresh(UnsafeMutablePointer<Element>)
    /// The first operand itself, which has the type of the result, is contiguous and has nobody else's eyes on it.
    case inPlace

    /// The same memory under another type of the same size.
    func rebound<Other>(to type: Other.Type = Other.self) -> Destination<Other> {
        switch self {
        case .fresh(let memory): .fresh(UnsafeMutableRawPointer(memory).assumingMemoryBound(to: Other.self))
        case .inPlace: .inPlace
        }
    }
}

/// The loops under every elementwise operation.
///
/// A kernel is a generic function with a switch over its operations, specialised for the element types that need a loop
/// of their own; each case is one call of a loop below with the operation as a closure, which the compiler inlines. The
/// switch happens once per array, never per element. Types that need none borrow another's: integers that wrap alike
/// the unsigned ones', and `Float16`, which no instruction adds, those of `Float`.
package enum ElementwiseKernels {
    /// `op` on each pair of elements.
    @inline(__always)
    static func combine<A, B, Result>(
        _ a: Operand<A>, _ b: Operand<B>, into target: UnsafeMutablePointer<Result>, _ op: (A, B) -> Result
    ) {
        var blocks = OperandBlocks(a, b)
        var target = target
        while let block = blocks.next() {
            combine(block, into: target, op)
            target += block.count
        }
    }

    /// `op` on each pair of elements, into fresh memory or the first of the two.
    @inline(__always)
    static func combine<T>(_ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>, _ op: (T, T) -> T) {
        var writer = BlockWriter(target, a)
        var isLimited = false
        if case .inPlace = target { isLimited = true }
        var blocks = OperandBlocks(a, b, isLimited: isLimited)
        while let block = blocks.next() {
            combine(block, into: writer.block, op)
            writer.finish(block.count)
        }
    }

    @inline(__always)
    private static func combine<A, B, Result>(
        _ block: OperandBlocks.Block, into target: UnsafeMutablePointer<Result>, _ op: (A, B) -> Result
    ) {
        let x = block.a.assumingMemoryBound(to: A.self)
        let y = block.b.assumingMemoryBound(to: B.self)
        // Repeats that the compiler can see need no memory.
        if block.repeatsB {
            let y = y.pointee
            for i in 0..<block.count { target[i] = op(x[i], y) }
        } else if block.repeatsA {
            let x = x.pointee
            for i in 0..<block.count { target[i] = op(x, y[i]) }
        } else {
            for i in 0..<block.count { target[i] = op(x[i], y[i]) }
        }
    }

    /// `op` on each element.
    @inline(__always)
    static func transform<A, Result>(
        _ a: Operand<A>, into target: UnsafeMutablePointer<Result>, _ op: (A) -> Result
    ) {
        var blocks = OperandBlocks(a)
        var target = target
        while let block = blocks.next() {
            let x = block.a.assumingMemoryBound(to: A.self)
            for i in 0..<block.count { target[i] = op(x[i]) }
            target += block.count
        }
    }

    /// `op` on each element, into fresh memory or the operand itself.
    @inline(__always)
    static func transform<T>(_ a: Operand<T>, _ target: Destination<T>, _ op: (T) -> T) {
        var writer = BlockWriter(target, a)
        var isLimited = false
        if case .inPlace = target { isLimited = true }
        var blocks = OperandBlocks(a, isLimited: isLimited)
        while let block = blocks.next() {
            let x = block.a.assumingMemoryBound(to: T.self)
            let memory = writer.block
            for i in 0..<block.count { memory[i] = op(x[i]) }
            writer.finish(block.count)
        }
    }
}
