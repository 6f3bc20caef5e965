internal import ComplexModule
internal import ImJoyCore
internal import ImJoyTestSupport

/// Our answer to each of NumPy's operations. To add one, add an entry to a table.
enum VectorOperations {
    typealias Operation = @Sendable (VectorCase) throws -> Answer

    static func find(_ example: VectorCase) -> Operation? {
        // The exact expression first: the same operation may be put to odd uses.
        byExpression[example.python] ?? byName[example.operation]
    }

    static let byName = [
        arithmetic, functions, promotion, reductions, layouts, types, padding, indexing, order, linearAlgebra, filters,
        geometry, morphology, segmentation, enhancement,
    ].reduce(into: [:]) { all, table in
        all.merge(table) { _, new in new }
    }

    static let byExpression = [
        expressions, layoutExpressions, promotionExpressions, shapeExpressions, indexingExpressions, orderExpressions,
        linearAlgebraExpressions, fourierExpressions,
    ].reduce(into: [:]) { all, table in all.merge(table) { first, _ in first } }

    private static let expressions: [String: Operation] = [
        "a0.T-a1[::-1]": {
            try binary("subtract", $0.inputs[0].permuted([1, 0]), $0.inputs[1].sliced([.step(-1)]))
        },
        "a0.T@a1[::-1]": {
            try product($0.inputs[0].permuted([1, 0]), $0.inputs[1].sliced([.step(-1)]))
        },
        "a0>>(a1%8)": { .array(try $0.inputs[0].shiftedRight(by: $0.inputs[1].flooredRemainder(dividingBy: 8))) },
        "np.stack([a0.real,a0.imag])": { example in
            let array = try example.inputs[0].typed(as: Complex<Double>.self)
            return Answer(rows(array.real, array.imaginary))
        },
        "np.stack([np.abs(a0),np.angle(a0)])": { example in
            let array = try example.inputs[0].typed(as: Complex<Double>.self)
            return Answer(rows(array.magnitude, array.phase))
        },
    ]

    private static func rows(_ first: NDArray<Double>, _ second: NDArray<Double>) -> NDArray<Double> {
        var both = NDArray<Double>(zeros: [2, first.count])
        both[0, .all] = first
        both[1, .all] = second
        return both
    }
}
