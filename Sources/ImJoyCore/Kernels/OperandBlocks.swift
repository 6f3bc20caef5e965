/// Up to three operands as a series of blocks, in which the elements of each lie one after another.
///
/// Long runs that already lie so are handed on as they are. Everything else (steps, repeats, short rows) is gathered into
/// a little memory first, so that a kernel needs one loop instead of one for every way in which memory can lie.
struct OperandBlocks: ~Copyable {
    struct Block {
        var count: Int
        var a, b, c: UnsafeRawPointer
        /// True when the operand is a single element for the whole block.
        var repeatsA = false, repeatsB = false
    }

    private struct Source {
        var base: UnsafeRawPointer
        var size: Int
    }

    /// Elements that are gathered at a time: three operands and a result stay in the first cache.
    static let length = 512
    /// Shorter runs are gathered together: a loop over each would cost more than the copy.
    private static let shortestDirect = 64
    private static let largestElement = 16

    private var runs: StridedRuns
    private var run: StridedRuns.Run?
    /// Elements of `run` that were handed out.
    private var done = 0
    private let a: Source, b: Source?, c: Source?
    private let isLimited: Bool
    private var memory: UnsafeMutableRawPointer?

    private init(_ runs: StridedRuns, _ a: Source, _ b: Source?, _ c: Source?, isLimited: Bool) {
        self.runs = runs
        (self.a, self.b, self.c) = (a, b, c)
        self.isLimited = isLimited
        run = self.runs.next()
    }

    /// - Parameter isLimited: no block shall have more than ``length`` elements.
    init<A>(_ a: Operand<A>, isLimited: Bool = false) {
        self.init(StridedRuns(a.layout), Self.source(a), nil, nil, isLimited: isLimited)
    }

    init<A, B>(_ a: Operand<A>, _ b: Operand<B>, isLimited: Bool = false) {
        self.init(StridedRuns(a.layout, b.layout), Self.source(a), Self.source(b), nil, isLimited: isLimited)
    }

    init<A, B, C>(_ a: Operand<A>, _ b: Operand<B>, _ c: Operand<C>) {
        self.init(
            StridedRuns(a.layout, b.layout, c.layout), Self.source(a), Self.source(b), Self.source(c), isLimited: false)
    }

    private static func source<T>(_ operand: Operand<T>) -> Source {
        Source(base: UnsafeRawPointer(operand.base), size: MemoryLayout<T>.stride)
    }

    deinit { memory?.deallocate() }

    /// The next block in row-major order, nil after the last.
    mutating func next() -> Block? {
        guard let run else { return nil }
        let isShort = run.count < Self.shortestDirect && !runs.isAtEnd
        return !isShort && isDirect(run) ? direct(run) : gathered()
    }

    /// True when a kernel can read the elements where they are.
    private func isDirect(_ run: StridedRuns.Run) -> Bool {
        switch (run.a.step, run.b.step, run.c.step) {
        case (1, 1, 1): true
        case (1, 1, _), (1, 0, _), (0, 1, _): c == nil
        default: c == nil && run.count == 1
        }
    }

    private mutating func direct(_ run: StridedRuns.Run) -> Block {
        let count = isLimited ? min(run.count - done, Self.length) : run.count - done
        func start(_ source: Source?, _ place: (start: Int, step: Int)) -> UnsafeRawPointer {
            guard let source else { return a.base }
            return source.base + (place.start + done * place.step) * source.size
        }
        let block = Block(
            count: count, a: start(a, run.a), b: start(b, run.b), c: start(c, run.c), repeatsA: run.a.step == 0,
            repeatsB: run.b.step == 0 && b != nil)
        advance(by: count, run)
        return block
    }

    private mutating func gathered() -> Block {
        let stretch = Self.length * Self.largestElement
        let memory = self.memory ?? .allocate(byteCount: 3 * stretch, alignment: 64)
        self.memory = memory
        var filled = 0
        func gather(_ source: Source?, _ place: (start: Int, step: Int), _ number: Int, _ count: Int) {
            guard let source else { return }
            CopyKernels.copyRun(
                size: source.size, from: source.base + (place.start + done * place.step) * source.size,
                step: place.step, to: memory + number * stretch + filled * source.size, step: 1, count: count)
        }
        while filled < Self.length, let run {
            let count = min(run.count - done, Self.length - filled)
            gather(a, run.a, 0, count)
            gather(b, run.b, 1, count)
            gather(c, run.c, 2, count)
            filled += count
            advance(by: count, run)
        }
        return Block(count: filled, a: memory, b: memory + stretch, c: memory + 2 * stretch)
    }

    private mutating func advance(by count: Int, _ current: StridedRuns.Run) {
        done += count
        if done == current.count { run = runs.next(); done = 0 }
    }
}

/// Where a kernel puts its blocks: straight into fresh memory, or by way of a little memory into the first operand.
///
/// A loop that wrote into what it reads could not be made of vector instructions.
struct BlockWriter<T>: ~Copyable {
    private var place: UnsafeMutablePointer<T>
    private let memory: UnsafeMutablePointer<T>?

    init(_ target: Destination<T>, _ first: Operand<T>) {
        switch target {
        case .fresh(let start): (place, memory) = (start, nil)
        case .inPlace:
            assert(first.layout.isContiguous)
            place = UnsafeMutablePointer(mutating: first.base) + first.layout.offset
            memory = .allocate(capacity: OperandBlocks.length)
        }
    }

    deinit { memory?.deallocate() }

    /// Where the next elements go.
    var block: UnsafeMutablePointer<T> { memory ?? place }

    /// Says that `count` elements were written.
    mutating func finish(_ count: Int) {
        if let memory {
            UnsafeMutableRawPointer(place).copyMemory(from: memory, byteCount: count * MemoryLayout<T>.stride)
        }
        place += count
    }
}
