internal import CImJoyKernels

/// What many elements become: sums and products wrap for integers, minimum and maximum give NaN where one is.
package enum Fold {
    case sum, product, minimum, maximum, squaredDistances

    var kernel: imjoy_fold {
        switch self {
        case .sum: IMJOY_FOLD_SUM
        case .product: IMJOY_FOLD_PRODUCT
        case .minimum: IMJOY_FOLD_MINIMUM
        case .maximum: IMJOY_FOLD_MAXIMUM
        case .squaredDistances: IMJOY_FOLD_SQUARED_DISTANCES
        }
    }

    /// What joins two results.
    var joining: imjoy_operation {
        switch self {
        case .sum, .squaredDistances: IMJOY_ADD
        case .product: IMJOY_MULTIPLY
        case .minimum: IMJOY_MINIMUM
        case .maximum: IMJOY_MAXIMUM
        }
    }
}

/// Folds of one or more axes: sums, products, extremes and spreads.
///
/// Runs of elements are folded by a C kernel, pairwise where they are floats as in NumPy, and the results of runs are
/// joined like carries in binary counting: the error of a float sum grows with the logarithm of the count.
package enum ReductionKernels {
    /// Folds the elements at `base` into `target`, in row-major order of the result.
    ///
    /// `Result` is the type that `imjoy_find_fold` has for the fold: `Double`, a 64-bit integer for sums and products of
    /// integers, or the type itself.
    package static func fold<T: NDElement, Result: NDElement>(
        _ fold: Fold, _ base: UnsafePointer<T>, _ reduction: Reduction, into target: UnsafeMutablePointer<Result>
    ) {
        FoldWalk(fold, from: T.dtype, to: Result.dtype, reduction, distancesFrom: nil)
            .run(from: UnsafeRawPointer(base), into: UnsafeMutableRawPointer(target))
    }

    /// All of one run, which is not empty, into one number. Not for half precision.
    static func fold<T: NDElement, Result: NDElement>(
        _ fold: Fold, _ elements: UnsafeBufferPointer<T>, as type: Result.Type
    ) -> Result? {
        guard let start = elements.baseAddress,
            let kernel = imjoy_find_fold(fold.kernel, T.dtype.kernelType, Result.dtype.kernelType)
        else { return nil }
        return withUnsafeTemporaryAllocation(of: Result.self, capacity: 1) { result -> Result? in
            guard let place = result.baseAddress else { return nil }
            kernel(start, elements.count, nil, place)
            return place.pointee
        }
    }

    /// The smallest and the largest of a run, which is not empty, both NaN when there is one; nil for half precision.
    static func extremes<T: NDReal>(_ elements: UnsafeBufferPointer<T>) -> (min: T, max: T)? {
        guard let start = elements.baseAddress else { return nil }
        return withUnsafeTemporaryAllocation(of: T.self, capacity: 2) { ends -> (min: T, max: T)? in
            guard let least = ends.baseAddress else { return nil }
            var hasNaN = false
            guard imjoy_find_extremes(start, T.dtype.kernelType, elements.count, least, least + 1, &hasNaN) else {
                return nil
            }
            if hasNaN { return (T(casting: .nan, overflow: .clamp), T(casting: .nan, overflow: .clamp)) }
            return (ends[0], ends[1])
        }
    }

    /// The sums of squared distances from `centres`, one for each element of the result, in double precision.
    package static func squaredDistances<T: NDReal>(
        _ base: UnsafePointer<T>, _ reduction: Reduction, from centres: UnsafePointer<Double>,
        into target: UnsafeMutablePointer<Double>
    ) {
        FoldWalk(.squaredDistances, from: T.dtype, to: .float64, reduction, distancesFrom: centres)
            .run(from: UnsafeRawPointer(base), into: UnsafeMutableRawPointer(target))
    }
}

/// One fold on its way through memory. It knows sizes and kernels, no types: there is one copy of it, not one for each.
private struct FoldWalk {
    /// Results of a row that are folded at once, so that they stay in cache.
    private static let longestRow = 16384

    private let fold: Fold
    private let reduction: Reduction
    private let passage: VectorKernels.Passage
    private let kernel: imjoy_fold_kernel
    /// Joins results as they are on the way.
    private let join: imjoy_binary_kernel
    /// From an element to a result; nil when they have one type.
    private let convert: imjoy_unary_kernel?
    /// From a result on the way to one that is handed out; nil when they have one type.
    private let narrow: imjoy_unary_kernel?
    /// The type of results on the way.
    private let partial: DType
    private let resultSize: Int
    private let centres: UnsafePointer<Double>?

    init(
        _ fold: Fold, from source: DType, to result: DType, _ reduction: Reduction,
        distancesFrom centres: UnsafePointer<Double>?
    ) {
        passage = VectorKernels.Passage(source)
        partial = result == .float16 ? .float32 : result
        kernel = VectorKernels.present(imjoy_find_fold(fold.kernel, passage.kernelType, partial.kernelType))
        join = VectorKernels.present(imjoy_find_operation(fold.joining, partial.kernelType, IMJOY_BOTH_RUNS))
        convert =
            passage.kernelType == partial.kernelType
            ? nil : VectorKernels.present(imjoy_find_cast(passage.kernelType, partial.kernelType, true))
        narrow = result == partial ? nil : imjoy_find_cast(partial.kernelType, result.kernelType, false)
        resultSize = result.byteCount
        self.fold = fold
        self.reduction = reduction
        self.centres = centres
    }

    /// The walk over the result, by rows or element by element.
    func run(from base: UnsafeRawPointer, into target: UnsafeMutableRawPointer) {
        var kept = StridedRuns(reduction.kept)
        var done = 0
        while let run = kept.next() {
            let start = base + run.a.start * passage.size
            if reduction.isByRows, reduction.foldedCount > 0 {
                // Whole rows as far as possible, for memory likes to be read in one go.
                for first in stride(from: 0, to: run.count, by: Self.longestRow) {
                    foldRows(
                        start + first * run.a.step * passage.size, run.a.step, min(Self.longestRow, run.count - first),
                        target, done + first)
                }
            } else {
                foldEach(start, run.a.step, run.count, target, done)
            }
            done += run.count
        }
    }

    /// Folds everything below each of `count` elements of the result, of which the first is number `done`.
    private func foldEach(
        _ start: UnsafeRawPointer, _ step: Int, _ count: Int, _ target: UnsafeMutableRawPointer, _ done: Int
    ) {
        let runs = StridedRuns(reduction.folded)
        var look = runs
        let only = look.next()
        let isSingle = only != nil && look.next() == nil
        withUnsafeTemporaryAllocation(byteCount: VectorKernels.Passage.pieceBytes + 66 * 16, alignment: 64) { memory in
            guard let block = memory.baseAddress else { return }
            let pending = block + VectorKernels.Passage.pieceBytes
            let result = pending + 65 * 16
            for element in 0..<count {
                let place = target + (done + element) * resultSize
                let output = narrow == nil ? place : result
                let centre = centres.map { $0 + (done + element) }
                let first = start + element * step * passage.size
                if reduction.foldedCount == 0 {
                    storeEmpty(output)
                } else if isSingle, let only, passage.widen == nil, only.a.step == 1 || only.count == 1 {
                    kernel(first + only.a.start * passage.size, only.count, centre, output)
                } else {
                    foldPieces(first, runs, block, pending, centre, output)
                }
                narrow?(output, place, 1)
            }
        }
    }

    /// What the fold of nothing is.
    private func storeEmpty(_ target: UnsafeMutableRawPointer) {
        var identity: UInt8 = fold == .product ? 1 : 0
        VectorKernels.present(imjoy_find_cast(IMJOY_UINT8, partial.kernelType, true))(&identity, target, 1)
    }

    /// Folds runs, or as much of them as can be gathered at once, and joins the results in pairs.
    private func foldPieces(
        _ start: UnsafeRawPointer, _ runs: StridedRuns, _ block: UnsafeMutableRawPointer,
        _ pending: UnsafeMutableRawPointer, _ centre: UnsafePointer<Double>?, _ output: UnsafeMutableRawPointer
    ) {
        let size = partial.byteCount
        // Like a binary counter: `pending[k]` stands for 2^k pieces where bit k of `pieces` is set.
        var (pieces, filled) = (0, 0)
        passage.forEachPiece(of: runs, from: start, block: block) { elements, count in
            kernel(elements, count, centre, pending + filled * size)
            filled += 1
            pieces += 1
            for _ in 0..<pieces.trailingZeroBitCount {
                filled -= 1
                let earlier = pending + (filled - 1) * size
                join(earlier, earlier + size, earlier, 1)
            }
        }
        while filled > 1 {
            filled -= 1
            let earlier = pending + (filled - 1) * size
            join(earlier, earlier + size, earlier, 1)
        }
        output.copyMemory(from: pending, byteCount: size)
    }

    /// Folds rows into `count` results, 64 rows at a time so that float sums stay nearly pairwise.
    private func foldRows(
        _ start: UnsafeRawPointer, _ step: Int, _ count: Int, _ target: UnsafeMutableRawPointer, _ done: Int
    ) {
        if sumRows(start, step, count, target, done) { return }
        let rowBytes = count * partial.byteCount
        let loadedBytes = count * passage.kernelSize
        withUnsafeTemporaryAllocation(
            byteCount: 3 * rowBytes + loadedBytes + count * passage.size + 256, alignment: 64
        ) { memory in
            guard let total = memory.baseAddress else { return }
            let (sums, converted) = (total + rowBytes, total + 2 * rowBytes)
            let loaded = total + (3 * rowBytes + 63) / 64 * 64
            let scratch = loaded + (loadedBytes + 63) / 64 * 64
            var (rows, isFirst) = (0, true)
            func flush() {
                if isFirst {
                    total.copyMemory(from: sums, byteCount: rowBytes)
                } else {
                    join(total, sums, total, count)
                }
                (rows, isFirst) = (0, false)
            }
            var runs = StridedRuns(reduction.folded)
            while let run = runs.next() {
                for index in 0..<run.count {
                    let place = start + (run.a.start + index * run.a.step) * passage.size
                    let row = terms(
                        passage.load(place, step, count, loaded, scratch), count, converted, centres.map { $0 + done })
                    if rows == 0 {
                        sums.copyMemory(from: row, byteCount: rowBytes)
                    } else {
                        join(sums, row, sums, count)
                    }
                    rows += 1
                    if rows == 64 { flush() }
                }
            }
            if rows > 0 { flush() }
            let place = target + done * resultSize
            if let narrow { narrow(total, place, count) } else { place.copyMemory(from: total, byteCount: rowBytes) }
        }
    }

    /// Sums of float rows that lie as the kernel takes them, 64 rows at a time as above; false for others.
    private func sumRows(
        _ start: UnsafeRawPointer, _ step: Int, _ count: Int, _ target: UnsafeMutableRawPointer, _ done: Int
    ) -> Bool {
        let type = partial.kernelType
        guard fold == .sum, step == 1 || count == 1, convert == nil, narrow == nil, passage.widen == nil,
            partial == .float32 || partial == .float64
        else { return false }
        let rowBytes = count * partial.byteCount
        let total = target + done * resultSize
        return withUnsafeTemporaryAllocation(byteCount: rowBytes, alignment: 64) { memory in
            guard let sums = memory.baseAddress else { return false }
            var isFirst = true
            var runs = StridedRuns(reduction.folded)
            while let run = runs.next() {
                for first in Swift.stride(from: 0, to: run.count, by: 64) {
                    let rows = start + (run.a.start + first * run.a.step) * passage.size
                    let place = isFirst ? total : sums
                    _ = imjoy_sum_rows(type, rows, run.a.step, min(64, run.count - first), count, place)
                    if !isFirst { join(total, sums, total, count) }
                    isFirst = false
                }
            }
            return true
        }
    }

    /// A row of what is joined: the elements in the type of the result, or their squared distances from the centres.
    private func terms(
        _ row: UnsafeRawPointer, _ count: Int, _ block: UnsafeMutableRawPointer, _ centres: UnsafePointer<Double>?
    ) -> UnsafeRawPointer {
        var row = row
        if let convert {
            convert(row, block, count)
            row = UnsafeRawPointer(block)
        }
        guard let centres else { return row }
        VectorKernels.present(imjoy_find_operation(IMJOY_SUBTRACT, IMJOY_FLOAT64, IMJOY_BOTH_RUNS))(
            row, centres, block, count)
        VectorKernels.present(imjoy_find_function(IMJOY_SQUARE, IMJOY_FLOAT64))(block, block, count)
        return UnsafeRawPointer(block)
    }
}
