/// `Float16` by way of `Float`, block by block, as NumPy computes it.
///
/// Rounding twice does no harm: a `Float` has more than twice the digits of a `Float16`, so sums, products, quotients and
/// roots come out as if they had been rounded once.
enum HalfKernels {
    static func transform(
        _ a: Operand<Float16>, _ target: Destination<Float16>, _ kernel: (Operand<Float>, Destination<Float>) -> Void
    ) {
        var writer = BlockWriter(target, a)
        var blocks = OperandBlocks(a, isLimited: true)
        withScratch { x, _ in
            while let block = blocks.next() {
                widen(block.a, false, block.count, x)
                kernel(operand(x, block.count), .inPlace)
                narrow(x, block.count, writer.block)
                writer.finish(block.count)
            }
        }
    }

    static func combine(
        _ a: Operand<Float16>, _ b: Operand<Float16>, _ target: Destination<Float16>,
        _ kernel: (Operand<Float>, Operand<Float>, Destination<Float>) -> Void
    ) {
        var writer = BlockWriter(target, a)
        var blocks = OperandBlocks(a, b, isLimited: true)
        withScratch { x, y in
            while let block = blocks.next() {
                widen(block.a, block.repeatsA, block.count, x)
                widen(block.b, block.repeatsB, block.count, y)
                kernel(operand(x, block.count), operand(y, block.count), .inPlace)
                narrow(x, block.count, writer.block)
                writer.finish(block.count)
            }
        }
    }

    static func compare(
        _ a: Operand<Float16>, _ b: Operand<Float16>, into target: UnsafeMutablePointer<Bool>,
        _ kernel: (Operand<Float>, Operand<Float>, UnsafeMutablePointer<Bool>) -> Void
    ) {
        var blocks = OperandBlocks(a, b, isLimited: true)
        var target = target
        withScratch { x, y in
            while let block = blocks.next() {
                widen(block.a, block.repeatsA, block.count, x)
                widen(block.b, block.repeatsB, block.count, y)
                kernel(operand(x, block.count), operand(y, block.count), target)
                target += block.count
            }
        }
    }

    private static func withScratch(_ body: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) -> Void) {
        let memory = UnsafeMutablePointer<Float>.allocate(capacity: 2 * OperandBlocks.length)
        defer { memory.deallocate() }
        body(memory, memory + OperandBlocks.length)
    }

    private static func operand(_ memory: UnsafeMutablePointer<Float>, _ count: Int) -> Operand<Float> {
        Operand(base: UnsafePointer(memory), layout: .rowMajor([count], count: count))
    }

    private static func widen(
        _ source: UnsafeRawPointer, _ repeats: Bool, _ count: Int, _ target: UnsafeMutablePointer<Float>
    ) {
        let halves = source.assumingMemoryBound(to: Float16.self)
        for index in 0..<count { target[index] = Float(halves[repeats ? 0 : index]) }
    }

    private static func narrow(
        _ source: UnsafeMutablePointer<Float>, _ count: Int, _ target: UnsafeMutablePointer<Float16>
    ) {
        for index in 0..<count { target[index] = Float16(source[index]) }
    }
}
