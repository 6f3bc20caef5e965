internal import ImJoyCore
internal import ImJoyTestSupport

extension VectorOperations {
    /// Operations on types: casts, and the rules of promotion.
    static let types: [String: Operation] = [
        "astype": { example in
            guard let dtype = example.parameters["dtype"].text.flatMap(DType.init) else { throw NotReal() }
            return .array(try example.inputs[0].cast(to: dtype, overflow: .wrap))
        },
        "promote_table": { _ in
            var words: [String: String] = [:]
            for a in DType.allCases {
                for b in DType.allCases { words["\(a),\(b)"] = a.promoted(with: b).rawValue }
            }
            return .words(words)
        },
    ]

    /// Operations that move elements, or make new ones.
    static let layouts: [String: Operation] = [
        "slice": { example in
            .array(try example.inputs[0].sliced(selectors(example.parameters["index"].text ?? "")))
        },
        "broadcast_to": { example in
            let shape = example.parameters["shape"].items.compactMap(\.int)
            return Answer(try example.inputs[0].typed(as: Int32.self).broadcast(to: shape))
        },
    ]

    /// `1,::-2,...,None` as selectors.
    static func selectors(_ text: String) -> [any AxisSelector] {
        text.split(separator: ",").map { part in
            if part == "..." { return AxisSlice.ellipsis }
            if part == "None" { return AxisSlice.newAxis }
            if let index = Int(part) { return index }
            let bounds = part.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
            return AxisSlice.slice(from: bounds[0], to: bounds[1], by: (bounds.count > 2 ? bounds[2] : nil) ?? 1)
        }
    }

    /// Expressions of the shape group, which say more than their operation's name.
    static let layoutExpressions: [String: Operation] = [
        "a0.reshape(2,-1)": { .array(try $0.inputs[0].reshaped(to: [2, -1])) },
        "a0.reshape(5,-1)": { .array(try $0.inputs[0].reshaped(to: [5, -1])) },
        "a0.T.reshape(2,6)": { .array(try $0.inputs[0].permuted([1, 0]).reshaped(to: [2, 6])) },
        "a0.T.ravel()": { Answer(try int64($0).transposed().flattened()) },
        "np.reshape(a0,(4,3),order='F')": {
            Answer(try int64($0).transposed().flattened().reshaped(to: [3, 4]).transposed())
        },
        "a0.transpose(2,0,1)": { .array(try $0.inputs[0].permuted([2, 0, 1])) },
        "np.moveaxis(a0,0,-1)": { .array(try $0.inputs[0].permuted([1, 2, 0])) },
        "np.expand_dims(a0,(0,2))": { Answer(try int64($0).insertingAxis(at: 0).insertingAxis(at: 2)) },
        "np.flip(a0)": { Answer(try int64($0).flipped(along: 0).flipped(along: 1)) },
        "np.flip(a0,axis=(0,2))": {
            Answer(try $0.inputs[0].typed(as: Int32.self).flipped(along: 0).flipped(along: 2))
        },
        "np.arange(0.,1.,0.3)": { _ in Answer(NDArray<Double>.arange(0, 1, by: 0.3)) },
        "np.arange(5,-3,-2)": { _ in Answer(NDArray<Int64>.arange(5, -3, by: -2)) },
        "np.linspace(-1,1,5)": { _ in Answer(NDArray<Double>.linspace(-1, 1, count: 5)) },
        "np.linspace(0,1,4,endpoint=False)": { _ in
            Answer(NDArray<Double>.linspace(0, 1, count: 4, includingStop: false))
        },
        "np.eye(3,4,k=1)": { _ in Answer(NDArray<Double>.eye(3, columns: 4, diagonal: 1)) },
        "np.full((2,2),7,dtype='uint8')": { _ in Answer(NDArray<UInt8>(repeating: 7, shape: [2, 2])) },
        "!a0[1:,::2]=a1\nr=a0": { example in
            var array = try int64(example)
            try array.assign(int64(example, 1), to: [1..., AxisSlice.step(2)])
            return Answer(array)
        },
        "!a0[::-1]=a0[::1].copy()\nr=a0": { example in
            var array = try int64(example)
            try array.assign(array, to: [AxisSlice.step(-1)])
            return Answer(array)
        },
        "!a0[2:8]=a0[0:6]\nr=a0": { example in
            var array = try int64(example)
            try array.assign(array.sliced([0..<6]), to: [2..<8])
            return Answer(array)
        },
        "np.array([250,3],np.uint8)+10": { _ in Answer(NDArray<UInt8>([250, 3]) + 10) },
        "np.array([1,2],np.float32)+1.5": { _ in Answer(NDArray<Float>([1, 2]) + 1.5) },
        "np.array([1,2],np.float64)+np.float32(0.1)": { _ in Answer(NDArray<Double>([1, 2]) + Double(Float(0.1))) },
        "np.array([60000],np.float16)+np.array([60000],np.float16)": { _ in
            Answer(NDArray<Float16>([60000]) + NDArray<Float16>([60000]))
        },
        "np.array([7,-7,0],np.int32)/np.array([2,2,0],np.int32)": { _ in
            Answer(NDArray<Int32>([7, -7, 0]).cast(to: Double.self) / NDArray<Int32>([2, 2, 0]).cast(to: Double.self))
        },
        "np.array([True,False,True])+np.array([True,True,False])": { _ in
            Answer(NDArray([true, false, true]) | NDArray([true, true, false]))
        },
        "np.array([True,False])+1": { _ in Answer(NDArray([true, false]).cast(to: Int64.self) + 1) },
    ]
}
