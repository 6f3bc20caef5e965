internal import ImJoyCore
internal import ImJoyTestSupport

extension VectorOperations {
    /// Operations that pick elements by their indices, and tell indices.
    static let indexing: [String: Operation] = [
        "take_along_axis": { .array(try $0.inputs[0].taking(alongAxis: 1, int64($0, 1))) },
        "nonzero": { .list(try $0.inputs[0].nonzero().map { AnyNDArray($0) }) },
        "argwhere": { Answer($0.inputs[0].argWhere()) },
        "digitize": { Answer(try doubles($0).digitized(edges: doubles($0, 1))) },
    ]

    private static func picked(_ example: VectorCase, _ selectors: [any AxisSelector]) throws -> Answer {
        .array(try example.inputs[0].sliced(selectors))
    }

    /// An array of indices, or a mask.
    private static func selector(_ example: VectorCase, _ index: Int) throws -> any AxisSelector {
        let array = example.inputs[index]
        if array.dtype == .bool { return try array.typed(as: Bool.self) }
        return try array.typed(as: Int64.self)
    }

    static let indexingExpressions: [String: Operation] = [
        "a0[a1]": { try picked($0, [selector($0, 1)]) },
        "a0[a1,a2]": { try picked($0, [selector($0, 1), selector($0, 2)]) },
        "a0[:,a1]": { try picked($0, [AxisSlice.all, selector($0, 1)]) },
        "a0[:,a1,a2]": { try picked($0, [AxisSlice.all, selector($0, 1), selector($0, 2)]) },
        "a0[a1,:,a2]": { try picked($0, [selector($0, 1), AxisSlice.all, selector($0, 2)]) },
        "!a0[a1]=a2\nr=a0": { example in
            var array = try int64(example)
            try array.assign(int64(example, 2), to: [selector(example, 1)])
            return Answer(array)
        },
        "!a0[a0>20]=0\nr=a0": { example in
            var array = try int64(example)
            array[array .> 20] = [0]
            return Answer(array)
        },
        "!a0[[0,0,2],[1,1,3]]+=1\nr=a0": { example in
            var array = try int64(example)
            array[[0, 0, 2], [1, 1, 3]] += 1
            return Answer(array)
        },
        "!np.add.at(a0,(ar0:=[0,0,2],[1,1,3]),1)\nr=a0": { example in
            var array = try int64(example)
            try array.add([1], at: [[0, 0, 2], [1, 1, 3]])
            return Answer(array)
        },
        "!a0[:,1]=300\nr=a0": { example in
            var array = example.inputs[0]
            try array.assign(300, to: [AxisSlice.all, 1])
            return .array(array)
        },
        "!np.put(a0,a1,a2)\nr=a0": { example in
            var array = try int64(example)
            try array.put(int64(example, 2), at: int64(example, 1))
            return Answer(array)
        },
        "np.take(a0,a1,axis=1)": { .array(try $0.inputs[0].taking(int64($0, 1), along: 1)) },
        "np.take(a0,a1,mode=\"wrap\")": { Answer(try int64($0).taking(int64($0, 1), outside: .wrap)) },
        "np.take(a0,a1,mode=\"clip\")": { Answer(try int64($0).taking(int64($0, 1), outside: .clip)) },
        "np.searchsorted(a0,a1)": { Answer(try $0.inputs[0].searchSorted($0.inputs[1])) },
        "np.searchsorted(a0,a1,side=\"right\")": {
            Answer(try $0.inputs[0].searchSorted($0.inputs[1], side: .right))
        },
        "np.unravel_index(a0,(3,4,5))": { .list(try int64($0).unraveled(into: [3, 4, 5]).map { AnyNDArray($0) }) },
        "np.diag(a0,1)": { .array(try $0.inputs[0].diagonal(offset: 1)) },
        "np.diag(a0,-1)": { .array(try $0.inputs[0].diagonalMatrix(offset: -1)) },
        "np.tril(a0,-1)": { .array(try $0.inputs[0].lowerTriangle(offset: -1)) },
    ]
}
