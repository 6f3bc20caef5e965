internal import ImJoyCore
internal import ImJoyTestSupport

extension VectorOperations {
    /// Expressions of the shape group that rearrange, join, split and repeat.
    static let shapeExpressions: [String: Operation] = [
        "np.squeeze(a0,axis=1)": { Answer(try int64($0).squeezed(axes: [1])) },
        "np.squeeze(a0,axis=0)": { Answer(try int64($0).squeezed(axes: [0])) },
        "np.roll(a0,2)": { .array($0.inputs[0].rolled(by: 2)) },
        "np.roll(a0,-1,axis=1)": { .array(try $0.inputs[0].rolled(by: -1, along: 1)) },
        "np.roll(a0,13)": { .array($0.inputs[0].rolled(by: 13)) },
        "np.rot90(a0)": { Answer(try int64($0).rotated()) },
        "np.rot90(a0,-1)": { Answer(try int64($0).rotated(quarterTurns: -1)) },
        "np.concatenate([a0,a1])": { .array(try .concatenate($0.inputs)) },
        "np.concatenate([a0,a1],axis=1)": { .array(try .concatenate($0.inputs, along: 1)) },
        "np.stack([a0,a0+1])": { Answer(try NDArray.stack([int64($0), int64($0) + 1])) },
        "np.stack([a0,a0*2],axis=-1)": { Answer(try NDArray.stack([int64($0), int64($0) * 2], along: -1)) },
        "np.vstack([a0,a1])": { .array(try .verticalStack($0.inputs)) },
        "np.hstack([a0,a0])": { .array(try .horizontalStack([$0.inputs[0], $0.inputs[0]])) },
        "np.column_stack([a0,a1])": { .array(try .columnStack($0.inputs)) },
        "np.split(a0,3)": { .list(try int64($0).split(into: 3).map { AnyNDArray($0) }) },
        "np.split(a0,[2,5])": { .list(try int64($0).split(at: [2, 5]).map { AnyNDArray($0) }) },
        "np.array_split(a0,3)": { .list(try int64($0).unevenSplit(into: 3).map { AnyNDArray($0) }) },
        "np.tile(a0,(2,3))": { .array(try $0.inputs[0].tiled([2, 3])) },
        "np.repeat(a0,2,axis=1)": { .array(try $0.inputs[0].repeated([2], along: 1)) },
        "np.repeat(a0,[1,0,3],axis=0)": { .array(try $0.inputs[0].repeated([1, 0, 3], along: 0)) },
        "np.append(a0,a1,axis=0)": { .array(try $0.inputs[0].appending($0.inputs[1], along: 0)) },
        "np.delete(a0,[0,2],axis=1)": { .array(try $0.inputs[0].deleting([0, 2], along: 1)) },
        "np.meshgrid(a0,a1)": { .list(try NDArray.meshGrid([int64($0), int64($0, 1)]).map { AnyNDArray($0) }) },
        "np.meshgrid(a0,a1,indexing='ij')": {
            .list(try NDArray.meshGrid([int64($0), int64($0, 1)], indexing: .ij).map { AnyNDArray($0) })
        },
        "np.indices((2,3))": { _ in Answer(try NDArray<Int64>.indices([2, 3])) },
        "np.lib.stride_tricks.sliding_window_view(a0,(2,3))": { .array(try $0.inputs[0].slidingWindows([2, 3])) },
        "np.block([[a0,a0*0],[a0*0,a0]])": { example in
            let (a, zeros) = (try int64(example), try int64(example) * 0)
            return Answer(try NDArray.block([[a, zeros], [zeros, a]]))
        },
    ]

    /// Padding: the mode and the widths are parameters.
    static let padding: [String: Operation] = [
        "pad": { example in
            let widths = example.parameters["width"].items.map { pair in
                (before: pair.items[0].int ?? 0, after: pair.items[1].int ?? 0)
            }
            return .array(try example.inputs[0].padded(widths, with: try mode(example)))
        }
    ]

    private static func mode(_ example: VectorCase) throws -> PaddingMode<Double> {
        switch example.parameters["mode"].text {
        case "constant":
            let values = example.parameters["values"].items.map { pair in
                (before: pair.items[0].double ?? 0, after: pair.items[1].double ?? 0)
            }
            return values.isEmpty ? .constant() : .constants(values)
        case "edge": return .edge
        case "reflect": return .reflect()
        case "symmetric": return .symmetric()
        case "wrap": return .wrap
        case "linear_ramp": return .linearRamp()
        case "maximum": return .maximum()
        case "minimum": return .minimum()
        case "mean": return .mean()
        case "median": return .median()
        default: throw NDArrayError.unknownOperation("padding mode")
        }
    }
}
