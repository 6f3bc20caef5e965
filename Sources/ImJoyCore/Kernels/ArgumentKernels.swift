extension ReductionKernels {
    /// Where along the folded axis, or in row-major order of all elements, the extreme lies: the first of several, or
    /// the first NaN when there is one.
    @specialized(where T == Int8)
    @specialized(where T == Int16)
    @specialized(where T == Int32)
    @specialized(where T == Int64)
    @specialized(where T == UInt8)
    @specialized(where T == UInt16)
    @specialized(where T == UInt32)
    @specialized(where T == UInt64)
    @specialized(where T == Float16)
    @specialized(where T == Float)
    @specialized(where T == Double)
    package static func argument<T: NDReal>(
        _ fold: RealFold, _ base: UnsafePointer<T>, _ reduction: Reduction, into target: UnsafeMutablePointer<Int64>
    ) {
        switch fold {
        case .minimum: locate(base, reduction, target) { $0 < $1 }
        case .maximum: locate(base, reduction, target) { $0 > $1 }
        }
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
