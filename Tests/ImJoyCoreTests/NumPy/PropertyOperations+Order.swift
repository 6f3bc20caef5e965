internal import ImJoyCore
internal import ImJoyTestSupport

extension PropertyOperations {
    static let order: [String: Operation] = [
        "sort": { [try $0.inputs[0].sorted(along: $0.int("axis"))] },
        "argsort": { [AnyNDArray(try $0.inputs[0].argSort(along: $0.int("axis")))] },
        "partition": { example in
            let (axis, places) = (example.int("axis"), example.ints("places"))
            let whole = try example.inputs[0].partitioned(at: places, along: axis)
            try check(whole, example.inputs[0], at: places, along: axis)
            return [try whole.taking(NDArray<Int64>(places.map { Int64($0) }), along: axis)]
        },
        "lexsort": { [AnyNDArray(try AnyNDArray.lexSort($0.inputs, along: $0.int("axis")))] },
        "searchsorted": { example in
            let sorter = example.inputs.count == 3 ? try indices(example, 2) : nil
            return [
                AnyNDArray(
                    try example.inputs[0].searchSorted(
                        example.inputs[1], side: example.text("side") == "left" ? .left : .right, sorter: sorter))
            ]
        },
        "digitize": { example in
            var visitor = Digitize(edges: example.inputs[1], closedRight: example.flag("right"))
            return [try example.inputs[0].visitReal(&visitor)]
        },
        "unique": { example in
            let all = example.inputs[0].uniqueAll()
            return [all.values, AnyNDArray(all.indices), AnyNDArray(all.inverse), AnyNDArray(all.counts)]
        },
        "unique_axis": { example in
            var visitor = UniqueParts(axis: example.int("axis"))
            return [try example.inputs[0].visitReal(&visitor)]
        },
        "union1d": { [try $0.inputs[0].union($0.inputs[1])] },
        "intersect1d": { [try $0.inputs[0].intersection($0.inputs[1])] },
        "setdiff1d": { [try $0.inputs[0].setDifference($0.inputs[1])] },
        "setxor1d": { [try $0.inputs[0].symmetricDifference($0.inputs[1])] },
        "isin": { [AnyNDArray(try $0.inputs[0].isIn($0.inputs[1]))] },
    ]

    /// Fails unless the elements before a place come before those behind it in order, and none is lost.
    private static func check(
        _ whole: AnyNDArray, _ source: AnyNDArray, at places: [Int], along axis: Int
    ) throws {
        struct Misplaced: Error {}
        let ranks = try whole.argSort(along: axis).argSort(along: axis)
        let length = whole.shape[axis < 0 ? axis + whole.rank : axis]
        for place in places {
            let place = Int64(place)
            let before = try ranks.taking(NDArray<Int64>.arange(0, place), along: axis)
            let behind = try ranks.taking(NDArray<Int64>.arange(place + 1, Int64(length)), along: axis)
            guard (before .< place).all(), (behind .> place).all() else { throw Misplaced() }
        }
        // None is lost, though signed zeros and kinds of NaN may have changed places.
        let (ours, theirs) = (try whole.sorted(along: axis), try source.sorted(along: axis))
        guard PropertyCase.Tolerance.equal.difference(ours, theirs, number: 0) == nil else { throw Misplaced() }
    }

    private struct Digitize: NDRealVisitor {
        let edges: AnyNDArray
        let closedRight: Bool
        func visit<T: NDReal>(_ array: NDArray<T>) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try array.digitized(edges: edges.typed(), closedRight: closedRight))
        }
    }

    private struct UniqueParts: NDRealVisitor {
        let axis: Int
        func visit<T: NDReal>(_ array: NDArray<T>) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try array.unique(along: axis))
        }
    }
}
