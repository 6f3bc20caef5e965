internal import CImJoyKernels

extension ReductionKernels {
    /// Where along the folded axis, or in row-major order of all elements, the extreme lies: the first of several, or
    /// the first NaN when there is one. The fold must not be empty.
    package static func argument<T: NDReal>(
        _ fold: Fold, _ base: UnsafePointer<T>, _ reduction: Reduction, into target: UnsafeMutablePointer<Int64>
    ) {
        ArgumentWalk(reduction: reduction, passage: VectorKernels.Passage(T.dtype), isLargest: fold == .maximum)
            .run(from: UnsafeRawPointer(base), into: target)
    }
}

/// A search for extremes on its way through memory.
private struct ArgumentWalk {
    let reduction: Reduction
    let passage: VectorKernels.Passage
    let isLargest: Bool

    func run(from base: UnsafeRawPointer, into target: UnsafeMutablePointer<Int64>) {
        var kept = StridedRuns(reduction.kept)
        var target = target
        let length = VectorKernels.blockBytes / passage.kernelSize
        withUnsafeTemporaryAllocation(
            byteCount: VectorKernels.Passage.pieceBytes + VectorKernels.blockBytes, alignment: 64
        ) { memory in
            guard let block = memory.baseAddress else { return }
            while let run = kept.next() {
                let start = base + run.a.start * passage.size
                if reduction.isByRows {
                    for first in stride(from: 0, to: run.count, by: length) {
                        searchRows(
                            start + first * run.a.step * passage.size, run.a.step, min(length, run.count - first),
                            block,
                            target + first)
                    }
                } else {
                    for element in 0..<run.count {
                        search(start + element * run.a.step * passage.size, block, target + element)
                    }
                }
                target += run.count
            }
        }
    }

    /// The place of the extreme below one element of the result, piece by piece.
    private func search(
        _ start: UnsafeRawPointer, _ block: UnsafeMutableRawPointer, _ target: UnsafeMutablePointer<Int64>
    ) {
        let best = block + VectorKernels.Passage.pieceBytes
        var seen = 0
        passage.forEachPiece(of: StridedRuns(reduction.folded), from: start, block: block) { elements, count in
            var place = 0
            imjoy_find_extreme(elements, passage.kernelType, count, isLargest, &place)
            let found = elements + place * passage.kernelSize
            if seen == 0 {
                best.copyMemory(from: found, byteCount: passage.kernelSize)
                target.pointee = Int64(place)
            } else {
                imjoy_update_places(found, passage.kernelType, 1, isLargest, best, target, Int64(seen + place))
            }
            seen += count
        }
    }

    /// The places of the extremes below a row of the result, row by row.
    private func searchRows(
        _ start: UnsafeRawPointer, _ step: Int, _ count: Int, _ block: UnsafeMutableRawPointer,
        _ target: UnsafeMutablePointer<Int64>
    ) {
        let best = block + VectorKernels.Passage.pieceBytes
        var place: Int64 = 0
        var folded = StridedRuns(reduction.folded)
        while let run = folded.next() {
            for index in 0..<run.count {
                let row = passage.load(
                    start + (run.a.start + index * run.a.step) * passage.size, step, count, block,
                    block + VectorKernels.blockBytes)
                if place == 0 {
                    best.copyMemory(from: row, byteCount: count * passage.kernelSize)
                    target.update(repeating: 0, count: count)
                } else {
                    imjoy_update_places(row, passage.kernelType, count, isLargest, best, target, place)
                }
                place += 1
            }
        }
    }
}
