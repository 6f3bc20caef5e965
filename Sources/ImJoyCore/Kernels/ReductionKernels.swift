internal import CImJoyKernels
internal import ComplexModule

/// What is folded with what: sums and products wrap for integers, minimum and maximum give NaN where one is.
package enum NumberFold { case sum, product }
package enum RealFold { case minimum, maximum }

/// The loops under sums and extremes.
///
/// Folding is pairwise, as in NumPy: blocks of up to 128 elements in eight lanes, whose results are joined like
/// carries in binary counting. The error of a float sum then grows with the logarithm of the count, and the compiler
/// may keep the eight lanes in vectors.
package enum ReductionKernels {
    /// Elements of a row that are folded at once.
    private static let longestRow = 16384
    /// Bytes that are gathered at once.
    private static let gatheredBytes = 8192

    @specialized(where T == Complex<Float>)
    @specialized(where T == Complex<Double>)
    package static func fold<T: NDNumber>(
        _ fold: NumberFold, _ base: UnsafePointer<T>, _ reduction: Reduction, into target: UnsafeMutablePointer<T>
    ) {
        switch fold {
        case .sum: reduce(base, reduction, target, Sum<T>())
        case .product: reduce(base, reduction, target, Product<T>())
        }
    }

    /// The fold must not be empty.
    package static func fold<T: NDReal>(
        _ fold: RealFold, _ base: UnsafePointer<T>, _ reduction: Reduction, into target: UnsafeMutablePointer<T>
    ) {
        switch fold {
        case .minimum: reduce(base, reduction, target, Minimum<T>())
        case .maximum: reduce(base, reduction, target, Maximum<T>())
        }
    }

    /// Sums and products in a wider type: 64-bit integers, or doubles.
    package static func fold<T: NDReal>(
        _ fold: NumberFold, _ base: UnsafePointer<T>, _ reduction: Reduction, widening: Int64.Type,
        into target: UnsafeMutablePointer<Int64>
    ) {
        switch fold {
        case .sum:
            reduce(base, reduction, target, Widened<T, Sum<Int64>>(inner: Sum()))
        case .product:
            reduce(base, reduction, target, Widened<T, Product<Int64>>(inner: Product()))
        }
    }

    /// Sums and products in double precision.
    package static func fold<T: NDReal>(
        _ fold: NumberFold, _ base: UnsafePointer<T>, _ reduction: Reduction, widening: Double.Type,
        into target: UnsafeMutablePointer<Double>
    ) {
        switch fold {
        case .sum: reduce(base, reduction, target, Widened<T, Sum<Double>>(inner: Sum()))
        case .product: reduce(base, reduction, target, Widened<T, Product<Double>>(inner: Product()))
        }
    }

    /// The sum of squared distances from `centre`, one centre per element of the result, in double precision.
    package static func squaredDistances<T: NDReal>(
        _ base: UnsafePointer<T>, _ reduction: Reduction, from centres: UnsafePointer<Double>,
        into target: UnsafeMutablePointer<Double>
    ) {
        var kept = StridedRuns(reduction.kept)
        var index = 0
        while let run = kept.next() {
            for element in 0..<run.count {
                let start = base + run.a.start + element * run.a.step
                target[index] = foldOne(start, reduction, SquaredDistance<T>(centre: centres[index]))
                index += 1
            }
        }
    }

    /// The walk over the result, by rows or element by element.
    private static func reduce<F: Fold>(
        _ base: UnsafePointer<F.Element>, _ reduction: Reduction, _ target: UnsafeMutablePointer<F.Result>,
        _ fold: F
    ) {
        var kept = StridedRuns(reduction.kept)
        var target = target
        let isByRows = reduction.isByRows && reduction.foldedCount > 0
        while let run = kept.next() {
            let start = base + run.a.start
            if isByRows {
                // Whole rows as far as possible, for memory likes to be read in one go; the row of results stays in cache.
                for first in stride(from: 0, to: run.count, by: longestRow) {
                    let count = run.count - first < longestRow ? run.count - first : longestRow
                    foldRows(start + first * run.a.step, run.a.step, count, reduction, target + first, fold)
                }
            } else {
                for element in 0..<run.count {
                    target[element] = foldOne(start + element * run.a.step, reduction, fold)
                }
            }
            target += run.count
        }
    }

    /// Folds everything below one element of the result.
    private static func foldOne<F: Fold>(
        _ start: UnsafePointer<F.Element>, _ reduction: Reduction, _ fold: F
    ) -> F.Result {
        if reduction.foldedCount == 0 { return fold.empty }
        return withUnsafeTemporaryAllocation(of: F.Result.self, capacity: Int.bitWidth) { pending in
            // Like a binary counter: `pending[k]` stands for 2^k blocks where bit k of `blocks` is set.
            var blocks = 0
            var filled = 0
            var runs = StridedRuns(reduction.folded)
            while let run = runs.next() {
                foldPieces(start + run.a.start, run.a.step, run.count, fold) { piece in
                    var value = piece
                    var carry = blocks
                    while carry & 1 == 1 {
                        filled -= 1
                        value = fold.join(pending[filled], value)
                        carry >>= 1
                    }
                    pending[filled] = value
                    filled += 1
                    blocks += 1
                }
            }
            var result = pending[filled - 1]
            for index in (0..<filled - 1).reversed() { result = fold.join(pending[index], result) }
            return result
        }
    }

    /// Folds a run piece by piece: all of it by a C kernel where there is one, otherwise 128 elements at a time.
    private static func foldPieces<F: Fold>(
        _ start: UnsafePointer<F.Element>, _ step: Int, _ count: Int, _ fold: F, _ take: (F.Result) -> Void
    ) {
        if step == 1 || count == 1, let value = fold.foldRun(start, count) { return take(value) }
        let size = MemoryLayout<F.Element>.stride
        let length = gatheredBytes / size
        let isDone =
            step != 1 && count >= 16
            && withUnsafeTemporaryAllocation(byteCount: gatheredBytes, alignment: 64) { block in
                guard let block = block.baseAddress else { return false }
                for first in stride(from: 0, to: count, by: length) {
                    let count = min(length, count - first)
                    imjoy_gather(start + first * step, step, block, count, size)
                    guard let value = fold.foldRun(block.assumingMemoryBound(to: F.Element.self), count) else {
                        return false
                    }
                    take(value)
                }
                return true
            }
        if isDone { return }
        for first in stride(from: 0, to: count, by: 128) {
            take(foldBlock(start + first * step, step, min(128, count - first), fold))
        }
    }

    /// Folds 1 to 128 elements in eight lanes.
    @inline(__always)
    private static func foldBlock<F: Fold>(
        _ x: UnsafePointer<F.Element>, _ step: Int, _ count: Int, _ fold: F
    ) -> F.Result {
        if step == 1 { return foldLanes(x, 1, count, fold) }
        return foldLanes(x, step, count, fold)
    }

    @inline(__always)
    private static func foldLanes<F: Fold>(
        _ x: UnsafePointer<F.Element>, _ step: Int, _ count: Int, _ fold: F
    ) -> F.Result {
        @inline(__always)
        func element(_ index: Int) -> F.Result { fold.convert(x[index &* step]) }
        var index = 1
        var result: F.Result
        if count < 8 {
            result = element(0)
        } else {
            var a = element(0), b = element(1), c = element(2), d = element(3)
            var e = element(4), f = element(5), g = element(6), h = element(7)
            index = 8
            while index &+ 8 <= count {
                a = fold.join(a, element(index))
                b = fold.join(b, element(index &+ 1))
                c = fold.join(c, element(index &+ 2))
                d = fold.join(d, element(index &+ 3))
                e = fold.join(e, element(index &+ 4))
                f = fold.join(f, element(index &+ 5))
                g = fold.join(g, element(index &+ 6))
                h = fold.join(h, element(index &+ 7))
                index &+= 8
            }
            result = fold.join(fold.join(fold.join(a, b), fold.join(c, d)), fold.join(fold.join(e, f), fold.join(g, h)))
        }
        while index < count {
            result = fold.join(result, element(index))
            index &+= 1
        }
        return result
    }

    /// Folds rows into a row of results, 64 rows at a time so that float sums stay nearly pairwise.
    private static func foldRows<F: Fold>(
        _ start: UnsafePointer<F.Element>, _ step: Int, _ count: Int, _ reduction: Reduction,
        _ target: UnsafeMutablePointer<F.Result>,
        _ fold: F
    ) {
        withUnsafeTemporaryAllocation(of: F.Result.self, capacity: 2 * count) { memory in
            guard let partial = memory.baseAddress else { return }
            let block = partial + count
            var rows = 0
            var isFirst = true
            func flush() {
                if isFirst {
                    target.update(from: partial, count: count)
                } else {
                    join(UnsafePointer(partial), to: target, count, fold)
                }
                isFirst = false
                rows = 0
            }
            var runs = StridedRuns(reduction.folded)
            while let run = runs.next() {
                for index in 0..<run.count {
                    let row = converted(start + run.a.start + index * run.a.step, step, count, block, fold)
                    if rows == 0 {
                        partial.update(from: row, count: count)
                    } else {
                        join(row, to: partial, count, fold)
                    }
                    rows += 1
                    if rows == 64 { flush() }
                }
            }
            if rows > 0 { flush() }
        }
    }

    /// A row of elements as results: where it lies when it needs no conversion, otherwise in `block`.
    @inline(__always)
    private static func converted<F: Fold>(
        _ row: UnsafePointer<F.Element>, _ step: Int, _ count: Int, _ block: UnsafeMutablePointer<F.Result>, _ fold: F
    ) -> UnsafePointer<F.Result> {
        if step == 1 {
            if F.Element.self == F.Result.self { return UnsafeRawPointer(row).assumingMemoryBound(to: F.Result.self) }
            if fold.convertRow(row, to: block, count) { return UnsafePointer(block) }
        }
        for index in 0..<count { block[index] = fold.convert(row[index &* step]) }
        return UnsafePointer(block)
    }

    @inline(__always)
    private static func join<F: Fold>(
        _ row: UnsafePointer<F.Result>, to partial: UnsafeMutablePointer<F.Result>, _ count: Int, _ fold: F
    ) {
        if fold.joinRow(row, to: partial, count) { return }
        for index in 0..<count { partial[index] = fold.join(partial[index], row[index]) }
    }
}
