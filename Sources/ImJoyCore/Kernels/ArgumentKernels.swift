internal import CImJoyKernels

extension ReductionKernels {
    /// Where along the folded axis, or in row-major order of all elements, the extreme lies: the first of several, or
    /// the first NaN when there is one.
    package static func argument<T: NDReal>(
        _ fold: RealFold, _ base: UnsafePointer<T>, _ reduction: Reduction, into target: UnsafeMutablePointer<Int64>
    ) {
        if locateByKernels(fold == .maximum, base, reduction, target) { return }
        argumentOneByOne(fold, base, reduction, into: target)
    }

    /// The twin of the C kernels.
    static func argumentOneByOne<T: NDReal>(
        _ fold: RealFold, _ base: UnsafePointer<T>, _ reduction: Reduction, into target: UnsafeMutablePointer<Int64>
    ) {
        switch fold {
        case .minimum: locate(base, reduction, target) { $0 < $1 }
        case .maximum: locate(base, reduction, target) { $0 > $1 }
        }
    }

    /// Along folds that lie in one piece, or across rows that do; false where memory lies otherwise or the type has no kernel.
    private static func locateByKernels<T: NDReal>(
        _ largest: Bool, _ base: UnsafePointer<T>, _ reduction: Reduction, _ target: UnsafeMutablePointer<Int64>
    ) -> Bool {
        let type = T.dtype.kernelType
        var kept = StridedRuns(reduction.kept)
        var folded = StridedRuns(reduction.folded)
        guard let along = folded.next(), folded.next() == nil, T.dtype != .float16 else { return false }
        var target = target
        if along.a.step == 1 || along.count == 1 {
            while let run = kept.next() {
                for index in 0..<run.count {
                    var place = 0
                    let start = base + run.a.start + index * run.a.step
                    guard imjoy_find_extreme(start, type, along.count, largest, &place) else { return false }
                    target[index] = Int64(place)
                }
                target += run.count
            }
            return true
        }
        while let run = kept.next() {
            guard run.a.step == 1 else { return false }
            let start = base + run.a.start
            let isDone = withUnsafeTemporaryAllocation(of: T.self, capacity: run.count) { best in
                guard let best = best.baseAddress else { return false }
                best.initialize(from: start, count: run.count)
                target.update(repeating: 0, count: run.count)
                for place in 1..<along.count {
                    let row = start + place * along.a.step
                    guard imjoy_update_places(row, type, run.count, largest, best, target, Int64(place)) else {
                        return false
                    }
                }
                return true
            }
            guard isDone else { return false }
            target += run.count
        }
        return true
    }

    @inline(__always)
    private static func locate<T: NDReal>(
        _ base: UnsafePointer<T>, _ reduction: Reduction, _ target: UnsafeMutablePointer<Int64>,
        _ isBetter: (T, T) -> Bool
    ) {
        var kept = StridedRuns(reduction.kept)
        var target = target
        while let run = kept.next() {
            let start = base + run.a.start
            let step = run.a.step
            withUnsafeTemporaryAllocation(of: T.self, capacity: run.count) { best in
                for index in 0..<run.count {
                    best[index] = start[index &* step]
                    target[index] = 0
                }
                var place: Int64 = 0
                var folded = StridedRuns(reduction.folded)
                while let fold = folded.next() {
                    for position in 0..<fold.count {
                        let x = start + fold.a.start + position &* fold.a.step
                        // Down the fold for a single result; across the results where there are many.
                        for index in 0..<run.count {
                            let value = x[index &* step]
                            // NaN beats all but an earlier NaN.
                            if isBetter(value, best[index]) || (value != value && best[index] == best[index]) {
                                best[index] = value
                                target[index] = place
                            }
                        }
                        place += 1
                    }
                }
            }
            target += run.count
        }
    }
}
