internal import CImJoyKernels

/// What a lazy expression is made of.
indirect enum LazyNode<Element: NDNumber>: Sendable {
    case array(NDArray<Element>)
    case number(Element)
    case unary(LazyFunction, LazyNode)
    case binary(LazyOperation, LazyNode, LazyNode)
}

/// An operation of a lazy expression.
enum LazyOperation: Sendable {
    case sum, difference, product, quotient, minimum, maximum

    var kernel: imjoy_operation {
        switch self {
        case .sum: IMJOY_ADD
        case .difference: IMJOY_SUBTRACT
        case .product: IMJOY_MULTIPLY
        case .quotient: IMJOY_DIVIDE
        case .minimum: IMJOY_MINIMUM
        case .maximum: IMJOY_MAXIMUM
        }
    }
}

/// A function of one number in a lazy expression.
enum LazyFunction: Sendable {
    case number(NumberFunction)
    case real(RealFunction)
    case float(FloatFunction)

    func kernel(_ type: imjoy_type) -> imjoy_unary_kernel? {
        switch self {
        case .number(let function): function.kernel(type)
        case .real(let function): function.kernel(type)
        case .float(let function): function.kernel(type)
        }
    }
}

extension LazyNode {
    /// The same by whole arrays, one operation after another.
    func plain() throws(NDArrayError) -> NDArray<Element> {
        switch self {
        case .array(let array): return array
        case .number(let number): return NDArray(scalar: number)
        case .unary(let function, let a):
            var result = try a.plain()
            try result.update { VectorKernels.transform($0, $1, function.kernel) }
            return result
        case .binary(let operation, let a, let b):
            var result = try a.plain()
            try result.update(with: b.plain()) {
                VectorKernels.combine($0, $1, $2, { imjoy_find_operation(operation.kernel, $0, $1) })
            }
            return result
        }
    }
}

/// An expression as steps on blocks that stay in the nearest cache.
struct LazyProgram {
    /// Where a step finds an operand or leaves its result.
    private enum Place {
        /// The elements of an array.
        case array(Int)
        /// One number for all.
        case number(Int)
        /// A block of results on the way.
        case block(Int)
    }

    private enum Kernel {
        case unary(imjoy_unary_kernel)
        case binary(imjoy_binary_kernel)
    }

    private struct Step {
        var kernel: Kernel
        var a: Place
        var b: Place
        var target: Int
    }

    private let size: Int
    private var steps: [Step] = []
    private var blockCount = 0

    /// Elements of an array as they are read.
    private struct Source {
        let base: UnsafeRawPointer
        let layout: Layout
        let isContiguous: Bool
    }

    /// The result of an expression, which must not be of half precision.
    static func run<Element: NDNumber>(_ node: LazyNode<Element>) throws(NDArrayError) -> NDArray<Element> {
        var arrays: [NDArray<Element>] = []
        var numbers: [Element] = []
        collect(node, &arrays, &numbers)
        var shape: [Int] = []
        for array in arrays { shape = try Layout.commonShape(shape, array.shape) }
        // One element, or none, is not worth a program.
        let count = try Layout.elementCount(of: shape)
        if count <= 1 { return try node.plain() }
        var program = LazyProgram(size: MemoryLayout<Element>.stride)
        var (arrayCount, numberCount) = (0, 0)
        guard case .block(let last)? = program.compile(node, Element.dtype.kernelType, &arrayCount, &numberCount, 0)
        else { return try node.plain() }
        assert(last == 0)
        var sources: [Source] = []
        for array in arrays {
            let layout = try array.layout.broadcast(to: shape)
            sources.append(
                Source(base: UnsafeRawPointer(array.base), layout: layout, isContiguous: layout.isContiguous))
        }
        defer { withExtendedLifetime(arrays) {} }
        return try NDArray(uninitialised: shape) { target in
            numbers.withUnsafeBytes { numbers in
                program.run(
                    sources, numbers.baseAddress, UnsafeMutableRawPointer(target), count: count)
            }
        }
    }

    private init(size: Int) { self.size = size }

    /// The arrays and numbers of an expression, from left to right.
    private static func collect<Element>(
        _ node: LazyNode<Element>, _ arrays: inout [NDArray<Element>], _ numbers: inout [Element]
    ) {
        switch node {
        case .array(let array): arrays.append(array)
        case .number(let number): numbers.append(number)
        case .unary(_, let a): collect(a, &arrays, &numbers)
        case .binary(_, let a, let b):
            collect(a, &arrays, &numbers)
            collect(b, &arrays, &numbers)
        }
    }

    /// Appends the steps for a node, whose result goes to block `free` or beyond; nil where there is no kernel.
    private mutating func compile<Element>(
        _ node: LazyNode<Element>, _ type: imjoy_type, _ arrays: inout Int, _ numbers: inout Int, _ free: Int
    ) -> Place? {
        switch node {
        case .array:
            arrays += 1
            return .array(arrays - 1)
        case .number:
            numbers += 1
            return .number(numbers - 1)
        case .unary(let function, let a):
            guard let place = compile(a, type, &arrays, &numbers, free), let kernel = function.kernel(type) else {
                return nil
            }
            return append(.unary(kernel), place, place, free)
        case .binary(let operation, let a, let b):
            guard let first = compile(a, type, &arrays, &numbers, free) else { return nil }
            var next = free
            if case .block(let taken) = first { next = taken + 1 }
            guard let second = compile(b, type, &arrays, &numbers, next) else { return nil }
            let form: imjoy_form
            switch (first, second) {
            case (.number, .number): return nil
            case (.number, _): form = IMJOY_LEFT_SINGLE
            case (_, .number): form = IMJOY_RIGHT_SINGLE
            default: form = IMJOY_BOTH_RUNS
            }
            guard let kernel = imjoy_find_operation(operation.kernel, type, form) else { return nil }
            return append(.binary(kernel), first, second, free)
        }
    }

    private mutating func append(_ kernel: Kernel, _ a: Place, _ b: Place, _ target: Int) -> Place {
        steps.append(Step(kernel: kernel, a: a, b: b, target: target))
        blockCount = max(blockCount, target + 1)
        return .block(target)
    }

    /// Runs all steps on one block after another.
    private func run(
        _ sources: [Source], _ numbers: UnsafeRawPointer?, _ target: UnsafeMutableRawPointer, count: Int
    ) {
        let length = VectorKernels.blockBytes / size
        let isStreamed = count * size * (sources.count + 1) > Caches.largest
        // Arrays that do not lie in one piece are read run by run from their beginning, so by one thread.
        let canSplit = sources.allSatisfy(\.isContiguous)
        func work(_ range: Range<Int>) {
            var readers = sources.map { Reader($0, size) }
            let blocks = blockCount + sources.count
            withUnsafeTemporaryAllocation(byteCount: blocks * VectorKernels.blockBytes, alignment: 64) { memory in
                guard let memory = memory.baseAddress else { return }
                var starts = [UnsafeRawPointer](repeating: UnsafeRawPointer(memory), count: sources.count)
                for start in stride(from: range.lowerBound, to: range.upperBound, by: length) {
                    let count = min(length, range.upperBound - start)
                    for index in sources.indices {
                        let buffer = memory + (blockCount + index) * VectorKernels.blockBytes
                        starts[index] = readers[index].next(start, count, buffer)
                    }
                    func place(_ place: Place) -> UnsafeRawPointer? {
                        switch place {
                        case .array(let index): starts[index]
                        case .number(let index): numbers.map { $0 + index * size }
                        case .block(let index): UnsafeRawPointer(memory + index * VectorKernels.blockBytes)
                        }
                    }
                    for index in steps.indices {
                        let step = steps[index]
                        guard let a = place(step.a), let b = place(step.b) else { return }
                        let output =
                            index == steps.count - 1 && !isStreamed
                            ? target + start * size : memory + step.target * VectorKernels.blockBytes
                        switch step.kernel {
                        case .unary(let kernel): kernel(a, output, count)
                        case .binary(let kernel): kernel(a, b, output, count)
                        }
                    }
                    if isStreamed { imjoy_stream_copy(target + start * size, memory, count * size) }
                }
                if isStreamed { imjoy_stream_end() }
            }
        }
        if canSplit {
            let cost = Double(size * (sources.count + 1)) / 40 + 0.05 * Double(steps.count)
            ComputeThreads.split(count, grain: length, nanoseconds: cost, work)
        } else {
            work(0..<count)
        }
    }

    /// Reads the elements of an array in row-major order, block by block.
    private struct Reader {
        private let source: Source
        private let size: Int
        private var runs: StridedRuns
        private var run: StridedRuns.Run?
        private var done = 0

        init(_ source: Source, _ size: Int) {
            self.source = source
            self.size = size
            runs = StridedRuns(source.layout)
            if !source.isContiguous { run = runs.next() }
        }

        /// The next `count` elements, which begin at number `start`: where they lie, or in the buffer.
        mutating func next(_ start: Int, _ count: Int, _ buffer: UnsafeMutableRawPointer) -> UnsafeRawPointer {
            if source.isContiguous { return source.base + (source.layout.offset + start) * size }
            var filled = 0
            while filled < count, let current = run {
                let length = min(count - filled, current.count - done)
                let place = source.base + (current.a.start + done * current.a.step) * size
                imjoy_gather(place, current.a.step, buffer + filled * size, length, size)
                filled += length
                done += length
                if done == current.count {
                    run = runs.next()
                    done = 0
                }
            }
            return UnsafeRawPointer(buffer)
        }
    }
}
