internal import ComplexModule
internal import ImJoyCore
internal import ImJoyTestSupport

extension VectorOperations {
    /// The result types of operations, found by doing them, and numbers of Swift's own beside arrays.
    static let promotion: [String: Operation] = [
        "add_result_dtype": { _ in try .words(pairTypes { try $0.adding($1) }) },
        "truediv_result_dtype": { _ in try .words(pairTypes { try $0.dividing(by: $1) }) },
        "unary_result_dtype": { example in
            let names = ["sqrt", "exp", "sin", "abs", "square", "rint", "floor", "negative", "sign"]
            return try .words(types(names, example) { name, ones in try ofOneArray[name]?(ones).dtype })
        },
        "reduce_result_dtype": { example in
            try .words(types(Array(reductionTypes.keys), example) { name, ones in try reductionTypes[name]?(ones) })
        },
    ]

    static let promotionExpressions: [String: Operation] = [
        "np.array([250,3],np.uint8)+10": { _ in .array(AnyNDArray(NDArray<UInt8>([250, 3])) + 10) },
        "np.array([250,3],np.uint8)+300": { _ in .array(try AnyNDArray(NDArray<UInt8>([250, 3])).adding(300)) },
        "np.array([1,3],np.uint8)+(-1)": { _ in .array(try AnyNDArray(NDArray<UInt8>([1, 3])).adding(-1)) },
        "np.array([1,2],np.float32)+1.5": { _ in .array(AnyNDArray(NDArray<Float>([1, 2])) + 1.5) },
        "np.array([1,2],np.int8)+1.5": { _ in .array(AnyNDArray(NDArray<Int8>([1, 2])) + 1.5) },
        "np.array([1,2],np.float32)*1j": { _ in .array(AnyNDArray(NDArray<Float>([1, 2])) * Complex(0.0, 1.0)) },
        "np.array([1,2],np.float64)+np.float32(0.1)": { _ in
            .array(AnyNDArray(NDArray<Double>([1, 2])) + NDArray<Float>(scalar: 0.1))
        },
        "np.array([60000],np.float16)+np.array([60000],np.float16)": { _ in
            Answer(NDArray<Float16>([60000]) + NDArray<Float16>([60000]))
        },
        "np.array([250,3],np.uint8)>-1": { _ in Answer(AnyNDArray(NDArray<UInt8>([250, 3])) .> -1) },
        "np.array([7,-7,0],np.int32)/np.array([2,2,0],np.int32)": { _ in
            .array(AnyNDArray(NDArray<Int32>([7, -7, 0])) / NDArray<Int32>([2, 2, 0]))
        },
        "np.array([True,False,True])+np.array([True,True,False])": { _ in
            .array(AnyNDArray(NDArray([true, false, true])) + NDArray([true, true, false]))
        },
        "np.array([True,False])+1": { _ in .array(AnyNDArray(NDArray([true, false])) + 1) },
    ]

    private static let reductionTypes: [String: @Sendable (AnyNDArray) throws -> DType] = [
        "sum": { try $0.sum().dtype },
        "prod": { try $0.product().dtype },
        "mean": { try $0.mean().dtype },
        "std": { try $0.standardDeviation().dtype },
        "max": { try $0.max().dtype },
        "cumsum": { try $0.cumulativeSum().dtype },
        "argmax": { try $0.argMax().dtype },
        "any": { try $0.any().dtype },
        "median": { try $0.median().dtype },
    ]

    private static func pairTypes(
        _ operation: (AnyNDArray, AnyNDArray) throws -> AnyNDArray
    ) throws -> [String: String] {
        var words: [String: String] = [:]
        for a in DType.allCases {
            for b in DType.allCases { words["\(a),\(b)"] = try operation(ones(a), ones(b)).dtype.rawValue }
        }
        return words
    }

    /// The types that functions of these names give for all types that the case asks about.
    static func types(
        _ names: [String], _ example: VectorCase, _ type: (String, AnyNDArray) throws -> DType?
    ) throws -> [String: String] {
        var words: [String: String] = [:]
        for name in names {
            for dtype in DType.allCases {
                let key = "\(name),\(dtype)"
                guard example.expected["dict"].members[key] != nil else { continue }
                words[key] = try type(name, ones(dtype))?.rawValue
            }
        }
        return words
    }

    private static func ones(_ dtype: DType) throws -> AnyNDArray {
        try AnyNDArray(NDArray<UInt8>([1, 1])).cast(to: dtype)
    }
}
