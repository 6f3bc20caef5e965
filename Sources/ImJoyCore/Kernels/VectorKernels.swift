internal import CImJoyKernels

extension DType {
    /// The number by which the C kernels know this type.
    var kernelType: imjoy_type {
        switch self {
        case .bool: IMJOY_BOOL
        case .int8: IMJOY_INT8
        case .int16: IMJOY_INT16
        case .int32: IMJOY_INT32
        case .int64: IMJOY_INT64
        case .uint8: IMJOY_UINT8
        case .uint16: IMJOY_UINT16
        case .uint32: IMJOY_UINT32
        case .uint64: IMJOY_UINT64
        case .float16: IMJOY_FLOAT16
        case .float32: IMJOY_FLOAT32
        case .float64: IMJOY_FLOAT64
        case .complex64: IMJOY_COMPLEX64
        case .complex128: IMJOY_COMPLEX128
        }
    }
}

/// The way from arrays to the C kernels, which know only elements that lie one after another, or a single one.
///
/// Elements that lie otherwise are gathered into a block that stays in the nearest cache, and results are scattered from
/// one. `Float16` is widened to `Float` block by block. Results that no cache can hold are written past the caches.
///
/// Every operation that a caller can name has a kernel for every type it can be called with; the tests go through all of
/// them, beside loops in Swift that do the same element by element.
enum VectorKernels {
    /// Bytes of a block; four of them fit the nearest cache.
    static let blockBytes = 8192
    /// Runs shorter than this many elements are not worth the start of stores past the caches.
    private static let shortestStreamed = 512

    /// `target = a op b`; `find` names the kernel for a type and a form, `findStreamed` one that writes past the caches. An
    /// element takes about `cost` nanoseconds in the kernel.
    static func combine<T: NDElement>(
        _ a: Operand<T>, _ b: Operand<T>, _ target: Destination<T>, cost: Double = 0,
        _ find: (imjoy_type, imjoy_form) -> imjoy_binary_kernel?,
        streamed findStreamed: (imjoy_type, imjoy_form) -> imjoy_binary_kernel? = { _, _ in nil }
    ) { combine(Side(a), Side(b), T.dtype, target.memory, cost, find, findStreamed) }

    private static func combine(
        _ a: Side, _ b: Side, _ dtype: DType, _ target: UnsafeMutableRawPointer?, _ cost: Double,
        _ find: (imjoy_type, imjoy_form) -> imjoy_binary_kernel?,
        _ findStreamed: (imjoy_type, imjoy_form) -> imjoy_binary_kernel?
    ) {
        if isPlain(a.layout, cost), let form = Form(a.layout, b.layout),
            let kernel = find(dtype.kernelType, form.kernelForm)
        {
            let size = dtype.byteCount
            let (x, y) = (a.base + a.layout.offset * size, b.base + b.layout.offset * size)
            return kernel(x, y, target ?? UnsafeMutableRawPointer(mutating: x), a.layout.count)
        }
        let direct = BinaryKernel(dtype.kernelType, find)
        let passage = Passage(dtype, isPlain: direct != nil)
        let bytes = a.layout.count * passage.size
        if target != nil, bytes > Caches.largest / 4, bytes + a.memory(passage) + b.memory(passage) > Caches.largest,
            let kernel = BinaryKernel(dtype.kernelType, findStreamed),
            StridedRuns(a.layout, b.layout).runLength >= shortestStreamed
        {
            var outlet = Outlet(target, passage, bytes: 0)
            outlet.endsStream = true
            walk(a, b, passage, kernel, outlet)
            return imjoy_stream_end()
        }
        let kernel = present(direct ?? BinaryKernel(passage.kernelType, find))
        var outlet = Outlet(target, passage, bytes: bytes)
        outlet.cost = cost
        walk(a, b, passage, kernel, outlet)
    }

    /// `target = a op b` as bytes of 0 and 1.
    static func compare<T: NDElement>(
        _ a: Operand<T>, _ b: Operand<T>, into target: UnsafeMutablePointer<Bool>,
        _ find: (imjoy_type, imjoy_form) -> imjoy_binary_kernel?
    ) { compare(Side(a), Side(b), T.dtype, target, find) }

    private static func compare(
        _ a: Side, _ b: Side, _ dtype: DType, _ target: UnsafeMutablePointer<Bool>,
        _ find: (imjoy_type, imjoy_form) -> imjoy_binary_kernel?
    ) {
        let passage = Passage(dtype)
        let kernel = present(BinaryKernel(passage.kernelType, find))
        let outlet = Outlet(
            fresh: target, size: 1, kernelSize: 1, narrow: nil, isStreamed: a.layout.count > Caches.largest)
        walk(a, b, passage, kernel, outlet)
    }

    /// Bytes that memory moves in a nanosecond on one thread.
    static let memorySpeed = 40.0

    /// Up to so many elements nothing is done past the caches, and in one piece.
    private static let plainLength = 1 << 16

    private static func isPlain(_ layout: Layout, _ cost: Double) -> Bool {
        layout.count <= plainLength && Double(layout.count) * cost <= ComputeThreads.leastNanoseconds
    }

    /// What two operands are whose elements lie in one piece or are a single one.
    private enum Form {
        case bothRuns, rightSingle

        init?(_ a: Layout, _ b: Layout) {
            guard a.isContiguous else { return nil }
            if b.isContiguous {
                self = .bothRuns
            } else if b.strides.allSatisfy({ $0 == 0 }) {
                self = .rightSingle
            } else {
                return nil
            }
        }

        var kernelForm: imjoy_form { self == .bothRuns ? IMJOY_BOTH_RUNS : IMJOY_RIGHT_SINGLE }
    }

    /// Whether no element of `a` differs from the one of `b`.
    static func allEqual<T: NDElement>(_ a: Operand<T>, _ b: Operand<T>) -> Bool {
        allEqual(Side(a), Side(b), T.dtype)
    }

    private static func allEqual(_ a: Side, _ b: Side, _ dtype: DType) -> Bool {
        let passage = Passage(dtype)
        let kernel = present(
            imjoy_find_comparison(IMJOY_NOT_EQUAL, passage.kernelType, IMJOY_BOTH_RUNS))
        var runs = StridedRuns(a.layout, b.layout)
        return withUnsafeTemporaryAllocation(byteCount: 4 * blockBytes, alignment: 64) { memory in
            guard let first = memory.baseAddress else { return true }
            let (second, third, scratch) = (first + blockBytes, first + 2 * blockBytes, first + 3 * blockBytes)
            let length = blockBytes / passage.kernelSize
            while let run = runs.next() {
                let x = a.base + run.a.start * passage.size
                let y = b.base + run.b.start * passage.size
                for start in stride(from: 0, to: run.count, by: length) {
                    let count = min(length, run.count - start)
                    let p = passage.load(x + start * run.a.step * passage.size, run.a.step, count, first, scratch)
                    let q = passage.load(y + start * run.b.step * passage.size, run.b.step, count, second, scratch)
                    kernel(p, q, third, count)
                    if imjoy_count_true(third.assumingMemoryBound(to: UInt8.self), count) > 0 { return false }
                }
            }
            return true
        }
    }

    /// `target = f(a)`; an element takes about `cost` nanoseconds in the kernel.
    static func transform<T: NDElement>(
        _ a: Operand<T>, _ target: Destination<T>, cost: Double = 0, _ find: (imjoy_type) -> imjoy_unary_kernel?
    ) { transform(Side(a), T.dtype, target.memory, cost, find) }

    private static func transform(
        _ a: Side, _ dtype: DType, _ target: UnsafeMutableRawPointer?, _ cost: Double,
        _ find: (imjoy_type) -> imjoy_unary_kernel?
    ) {
        if isPlain(a.layout, cost), a.layout.isContiguous, let kernel = find(dtype.kernelType) {
            let start = a.base + a.layout.offset * dtype.byteCount
            return kernel(start, target ?? UnsafeMutableRawPointer(mutating: start), a.layout.count)
        }
        let passage = Passage(dtype)
        let kernel = present(find(passage.kernelType))
        var outlet = Outlet(target, passage, bytes: a.layout.count * passage.size)
        outlet.cost = cost
        walk(a, passage, outlet) { kernel($0, $1, $2) }
    }

    /// Elements moved to the nearer of two bounds.
    static func clip<T: NDElement>(_ a: Operand<T>, _ lower: T, _ upper: T, _ target: Destination<T>) {
        let passage = Passage(T.dtype)
        let kernel = present(imjoy_find_clip(passage.kernelType))
        withUnsafeTemporaryAllocation(of: T.self, capacity: 2) { bounds in
            bounds.initializeElement(at: 0, to: lower)
            bounds.initializeElement(at: 1, to: upper)
            guard let bounds = bounds.baseAddress else { return }
            withUnsafeTemporaryAllocation(byteCount: 2 * passage.kernelSize, alignment: 16) { widened in
                guard let widened = widened.baseAddress else { return }
                let ends = passage.load(bounds, 1, 2, widened, widened)
                walk(Side(a), passage, Outlet(target.memory, passage, bytes: a.layout.count * passage.size)) {
                    kernel($0, ends, $1, $2)
                }
            }
        }
    }

    /// Elements converted to another type; complex numbers only to complex numbers and `Bool`.
    static func cast<T: NDElement>(
        _ a: Operand<T>, to dtype: DType, wraps: Bool, into target: UnsafeMutableRawPointer
    ) { cast(Side(a), from: T.dtype, to: dtype, wraps: wraps, into: target) }

    private static func cast(
        _ a: Side, from source: DType, to dtype: DType, wraps: Bool, into target: UnsafeMutableRawPointer
    ) {
        let direct = imjoy_find_cast(source.kernelType, dtype.kernelType, wraps)
        let passage = Passage(source, isPlain: direct != nil)
        let kernel = present(direct ?? imjoy_find_cast(passage.kernelType, dtype.kernelType, wraps))
        let outlet = Outlet(
            fresh: target, size: dtype.byteCount, kernelSize: dtype.byteCount, narrow: nil,
            isStreamed: a.layout.count * dtype.byteCount > Caches.largest)
        walk(a, passage, outlet) { kernel($0, $1, $2) }
    }

    /// Numbers of at most 16 bits or single precision, scaled, rounded and clamped into integers of at most 16 bits.
    static func scaledCast<T: NDReal>(
        _ a: Operand<T>, to dtype: DType, _ scale: Float, _ offset: Float, into target: UnsafeMutableRawPointer
    ) {
        let passage = Passage(T.dtype)
        let outlet = Outlet(
            fresh: target, size: dtype.byteCount, kernelSize: dtype.byteCount, narrow: nil, isStreamed: false)
        walk(Side(a), passage, outlet) {
            let isKnown = imjoy_scaled_cast($0, passage.kernelType, $1, dtype.kernelType, $2, scale, offset)
            precondition(isKnown, "a scaled cast from \(T.dtype) to \(dtype) has no kernel")
        }
    }

    /// A kernel that the caller knows to be there.
    static func present<Kernel>(_ kernel: Kernel?) -> Kernel {
        guard let kernel else { preconditionFailure("an operation was asked for a type it has no kernel for") }
        return kernel
    }

    /// `target[i] = mask[i] ? a[i] : b[i]`.
    static func select<T: NDElement>(
        _ mask: Operand<Bool>, _ a: Operand<T>, _ b: Operand<T>, into target: UnsafeMutablePointer<T>
    ) { select(mask, Side(a), Side(b), MemoryLayout<T>.stride, into: UnsafeMutableRawPointer(target)) }

    private static func select(
        _ mask: Operand<Bool>, _ a: Side, _ b: Side, _ size: Int, into target: UnsafeMutableRawPointer
    ) {
        var target = target
        var runs = StridedRuns(mask.layout, a.layout, b.layout)
        withUnsafeTemporaryAllocation(byteCount: blockBytes, alignment: 64) { block in
            guard let block = block.baseAddress else { return }
            while let run = runs.next() {
                let (x, y) = (a.base + run.b.start * size, b.base + run.c.start * size)
                let steps = run.count == 1 ? (1, 1, 1) : (run.a.step, run.b.step, run.c.step)
                for first in stride(from: 0, to: run.count, by: blockBytes) {
                    let count = min(blockBytes, run.count - first)
                    var chosen = UnsafeRawPointer(mask.base + (run.a.start + first * steps.0))
                    if steps.0 != 1 {
                        imjoy_gather(chosen, steps.0, block, count, 1)
                        chosen = UnsafeRawPointer(block)
                    }
                    imjoy_select(
                        chosen.assumingMemoryBound(to: UInt8.self), x + first * steps.1 * size, steps.1,
                        y + first * steps.2 * size, steps.2, target, count, size)
                    target += count * size
                }
            }
        }
    }

    // MARK: - How the elements travel

    /// An operand without its type.
    private struct Side {
        let base: UnsafeRawPointer
        let layout: Layout

        init<T>(_ operand: Operand<T>) {
            base = UnsafeRawPointer(operand.base)
            layout = operand.layout
        }

        /// The bytes that are read; a single element counts for nothing.
        func memory(_ passage: Passage) -> Int {
            layout.strides.allSatisfy { $0 == 0 } ? 0 : layout.count * passage.size
        }
    }

    /// How elements of a type reach a kernel: as they are, or widened.
    struct Passage {
        let kernelType: imjoy_type
        let size: Int
        let kernelSize: Int
        var widen: imjoy_unary_kernel?
        var narrow: imjoy_unary_kernel?

        init(_ dtype: DType, isPlain: Bool = false) {
            guard dtype == .float16, !isPlain else {
                kernelType = dtype.kernelType
                size = dtype.byteCount
                kernelSize = size
                return
            }
            kernelType = IMJOY_FLOAT32
            size = 2
            kernelSize = 4
            widen = imjoy_find_cast(IMJOY_FLOAT16, IMJOY_FLOAT32, false)
            narrow = imjoy_find_cast(IMJOY_FLOAT32, IMJOY_FLOAT16, false)
        }

        /// Elements for a kernel, in place when they lie so already.
        func load(
            _ start: UnsafeRawPointer, _ step: Int, _ count: Int, _ block: UnsafeMutableRawPointer,
            _ scratch: UnsafeMutableRawPointer
        ) -> UnsafeRawPointer {
            guard let widen else {
                if step == 1 || count == 1 { return start }
                imjoy_gather(start, step, block, count, size)
                return UnsafeRawPointer(block)
            }
            var narrow = start
            if step != 1, count != 1 {
                imjoy_gather(start, step, scratch, count, size)
                narrow = UnsafeRawPointer(scratch)
            }
            widen(narrow, block, count)
            return UnsafeRawPointer(block)
        }

        /// Bytes that ``forEachPiece(of:from:block:_:)`` needs to work in.
        static let pieceBytes = 2 * blockBytes

        /// Calls `body` with the elements of each run for a kernel: where they lie when they lie in one piece, otherwise
        /// as many of them as a block holds.
        func forEachPiece(
            of runs: StridedRuns, from start: UnsafeRawPointer, block: UnsafeMutableRawPointer,
            _ body: (_ elements: UnsafeRawPointer, _ count: Int) -> Void
        ) {
            var runs = runs
            while let run = runs.next() {
                let first = start + run.a.start * size
                let isInPlace = widen == nil && (run.a.step == 1 || run.count == 1)
                let length = isInPlace ? run.count : blockBytes / kernelSize
                for index in stride(from: 0, to: run.count, by: length) {
                    let count = min(length, run.count - index)
                    body(load(first + index * run.a.step * size, run.a.step, count, block, block + blockBytes), count)
                }
            }
        }
    }

    /// The three forms of a binary operation.
    private struct BinaryKernel {
        let both: imjoy_binary_kernel
        let rightSingle: imjoy_binary_kernel
        let leftSingle: imjoy_binary_kernel

        init?(_ type: imjoy_type, _ find: (imjoy_type, imjoy_form) -> imjoy_binary_kernel?) {
            guard let both = find(type, IMJOY_BOTH_RUNS), let right = find(type, IMJOY_RIGHT_SINGLE),
                let left = find(type, IMJOY_LEFT_SINGLE)
            else { return nil }
            (self.both, rightSingle, leftSingle) = (both, right, left)
        }
    }

    /// Where results go.
    private struct Outlet {
        /// Nil when the first operand takes them.
        let fresh: UnsafeMutableRawPointer?
        let size: Int
        let kernelSize: Int
        let narrow: imjoy_unary_kernel?
        let isStreamed: Bool
        /// Nanoseconds that an element takes in the kernel.
        var cost = 0.0
        /// True when the kernel itself writes past the caches.
        var endsStream = false

        init(
            fresh: UnsafeMutableRawPointer?, size: Int, kernelSize: Int, narrow: imjoy_unary_kernel?, isStreamed: Bool
        ) {
            self.fresh = fresh
            self.size = size
            self.kernelSize = kernelSize
            self.narrow = narrow
            self.isStreamed = isStreamed
        }

        /// - Parameter memory: nil when the first operand takes the results.
        init(_ memory: UnsafeMutableRawPointer?, _ passage: Passage, bytes: Int) {
            self.init(
                fresh: memory, size: passage.size, kernelSize: passage.kernelSize, narrow: passage.narrow,
                isStreamed: memory != nil && bytes > Caches.largest)
        }

        /// True when a kernel may write a run of this step where it belongs.
        func takesDirectly(step: Int) -> Bool { step == 1 && narrow == nil && !isStreamed }

        /// Calls `body` with ranges of whole blocks, on several threads when the work is worth it.
        func split(_ count: Int, _ passage: Passage, _ body: (Range<Int>) -> Void) {
            let length = blockBytes / max(passage.kernelSize, kernelSize)
            let moved = Double(passage.size + size) / memorySpeed
            ComputeThreads.split(count, grain: length, nanoseconds: max(cost, moved)) {
                body($0)
                if isStreamed { imjoy_stream_end() }
            }
        }

        /// Brings a block of results where it belongs.
        func store(
            _ block: UnsafeMutableRawPointer, _ count: Int, to target: UnsafeMutableRawPointer, step: Int,
            _ scratch: UnsafeMutableRawPointer
        ) {
            var source = UnsafeRawPointer(block)
            if let narrow {
                if step == 1, !isStreamed {
                    narrow(block, target, count)
                    return
                }
                narrow(block, scratch, count)
                source = UnsafeRawPointer(scratch)
            }
            if isStreamed {
                imjoy_stream_copy(target, source, count * size)
            } else {
                imjoy_scatter(source, target, step, count, size)
            }
        }
    }

    private static func walk(_ a: Side, _ b: Side, _ passage: Passage, _ kernel: BinaryKernel, _ outlet: Outlet) {
        let size = passage.size
        var runs = StridedRuns(a.layout, b.layout)
        var next = outlet.fresh
        while let run = runs.next() {
            let x = a.base + run.a.start * size
            let y = b.base + run.b.start * size
            let (xStep, yStep) = run.count == 1 ? (1, 1) : (run.a.step, run.b.step)
            let target = next ?? UnsafeMutableRawPointer(mutating: x)
            let step = next == nil ? xStep : 1
            next? += run.count * outlet.size
            if passage.widen == nil, outlet.takesDirectly(step: step) {
                let kernel: imjoy_binary_kernel? =
                    switch (xStep, yStep) {
                    case (1, 1): kernel.both
                    case (1, 0): kernel.rightSingle
                    case (0, 1): kernel.leftSingle
                    default: nil
                    }
                if let kernel {
                    let bytes = size * (xStep + yStep) + outlet.size
                    ComputeThreads.split(run.count, nanoseconds: max(outlet.cost, Double(bytes) / memorySpeed)) {
                        kernel(
                            x + $0.lowerBound * xStep * size, y + $0.lowerBound * yStep * size,
                            target + $0.lowerBound * outlet.size, $0.count)
                        if outlet.endsStream { imjoy_stream_end() }
                    }
                    continue
                }
            }
            outlet.split(run.count, passage) {
                blocks(
                    x + $0.lowerBound * xStep * size, xStep, y + $0.lowerBound * yStep * size, yStep, $0.count,
                    target + $0.lowerBound * step * outlet.size, step, passage, kernel, outlet)
            }
        }
        if outlet.isStreamed { imjoy_stream_end() }
    }

    private static func blocks(
        _ x: UnsafeRawPointer, _ xStep: Int, _ y: UnsafeRawPointer, _ yStep: Int, _ count: Int,
        _ target: UnsafeMutableRawPointer, _ step: Int, _ passage: Passage, _ kernel: BinaryKernel, _ outlet: Outlet
    ) {
        let length = blockBytes / max(passage.kernelSize, outlet.kernelSize)
        withUnsafeTemporaryAllocation(byteCount: 4 * blockBytes, alignment: 64) { memory in
            guard let first = memory.baseAddress else { return }
            let (second, third, scratch) = (first + blockBytes, first + 2 * blockBytes, first + 3 * blockBytes)
            for start in stride(from: 0, to: count, by: length) {
                let count = min(length, count - start)
                let isLeftSingle = xStep == 0 && yStep != 0
                let isRightSingle = yStep == 0 && xStep != 0
                let p = passage.load(
                    x + start * xStep * passage.size, xStep, isLeftSingle ? 1 : count, first, scratch)
                let q = passage.load(
                    y + start * yStep * passage.size, yStep, isRightSingle ? 1 : count, second, scratch)
                let place = target + start * step * outlet.size
                let isDirect = outlet.takesDirectly(step: step)
                let output = isDirect ? place : third
                if isLeftSingle {
                    kernel.leftSingle(p, q, output, count)
                } else if isRightSingle {
                    kernel.rightSingle(p, q, output, count)
                } else {
                    kernel.both(p, q, output, count)
                }
                if !isDirect { outlet.store(third, count, to: place, step: step, scratch) }
            }
        }
    }

    private static func walk(
        _ a: Side, _ passage: Passage, _ outlet: Outlet,
        _ kernel: (UnsafeRawPointer, UnsafeMutableRawPointer, Int) -> Void
    ) {
        var runs = StridedRuns(a.layout)
        var next = outlet.fresh
        while let run = runs.next() {
            let x = a.base + run.a.start * passage.size
            let xStep = run.count == 1 ? 1 : run.a.step
            let target = next ?? UnsafeMutableRawPointer(mutating: x)
            let step = next == nil ? xStep : 1
            next? += run.count * outlet.size
            if passage.widen == nil, xStep == 1, outlet.takesDirectly(step: step) {
                let bytes = passage.size + outlet.size
                ComputeThreads.split(run.count, nanoseconds: max(outlet.cost, Double(bytes) / memorySpeed)) {
                    kernel(x + $0.lowerBound * passage.size, target + $0.lowerBound * outlet.size, $0.count)
                }
            } else {
                outlet.split(run.count, passage) {
                    blocks(
                        x + $0.lowerBound * xStep * passage.size, xStep, $0.count,
                        target + $0.lowerBound * step * outlet.size, step, passage, outlet, kernel)
                }
            }
        }
        if outlet.isStreamed { imjoy_stream_end() }
    }

    private static func blocks(
        _ x: UnsafeRawPointer, _ xStep: Int, _ count: Int, _ target: UnsafeMutableRawPointer, _ step: Int,
        _ passage: Passage, _ outlet: Outlet, _ kernel: (UnsafeRawPointer, UnsafeMutableRawPointer, Int) -> Void
    ) {
        let length = blockBytes / max(passage.kernelSize, outlet.kernelSize)
        withUnsafeTemporaryAllocation(byteCount: 3 * blockBytes, alignment: 64) { memory in
            guard let first = memory.baseAddress else { return }
            let (second, scratch) = (first + blockBytes, first + 2 * blockBytes)
            for start in stride(from: 0, to: count, by: length) {
                let count = min(length, count - start)
                let p = passage.load(x + start * xStep * passage.size, xStep, count, first, scratch)
                let place = target + start * step * outlet.size
                if outlet.takesDirectly(step: step) {
                    kernel(p, place, count)
                } else {
                    kernel(p, second, count)
                    outlet.store(second, count, to: place, step: step, scratch)
                }
            }
        }
    }
}
