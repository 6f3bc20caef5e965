internal import ImJoyCore
internal import ImJoyTestSupport

extension PropertyOperations {
    /// Selectors as the oracle describes them; `inputs` from `first` on are the arrays among them.
    private static func selectors(_ example: PropertyCase, arraysFrom first: Int) throws -> [any AxisSelector] {
        try example.parameters["index"].items.map { item -> any AxisSelector in
            let text = item.text ?? ""
            if text == "None" { return AxisSlice.newAxis }
            if text == "..." { return AxisSlice.ellipsis }
            if let index = Int(text) { return index }
            if text.hasPrefix("array "), let number = Int(text.dropFirst(6)) {
                let array = example.inputs[first + number]
                switch array.dtype {
                case .bool: return try array.typed(as: Bool.self)
                case .int8: return try array.typed(as: Int8.self)
                case .int32: return try array.typed(as: Int32.self)
                default: return try array.typed(as: Int64.self)
                }
            }
            let bounds = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
            return AxisSlice.slice(from: bounds[0], to: bounds[1], by: bounds[2] ?? 1)
        }
    }

    private static func rule(_ example: PropertyCase) -> IndexRule {
        switch example.text("mode") {
        case "wrap": .wrap
        case "clip": .clip
        default: .refuse
        }
    }

    static let picking: [String: Operation] = [
        "getitem": { [try $0.inputs[0].sliced(selectors($0, arraysFrom: 1))] },
        "setitem": { example in
            var array = example.inputs[0]
            try array.assign(example.inputs[1], to: selectors(example, arraysFrom: 2))
            return [array]
        },
        "add.at": { example in
            var visitor = AddAt(value: example.inputs[1], selectors: try selectors(example, arraysFrom: 2))
            return [try example.inputs[0].visitReal(&visitor)]
        },
        "take": { [try $0.inputs[0].taking(indices($0, 1), along: $0.int("axis"), outside: rule($0))] },
        "take_along_axis": { [try $0.inputs[0].taking(alongAxis: $0.int("axis"), indices($0, 1))] },
        "compress": { [try $0.inputs[0].compressed(where: $0.inputs[1].typed(), along: $0.int("axis"))] },
        "put": { example in
            var visitor = Put(indices: try indices(example, 1), values: example.inputs[2], rule: rule(example))
            return [try example.inputs[0].visit(&visitor)]
        },
        "nonzero": { try $0.inputs[0].nonzero().map { AnyNDArray($0) } },
        "argwhere": { [AnyNDArray($0.inputs[0].argWhere())] },
        "flatnonzero": { [AnyNDArray($0.inputs[0].flatNonzero())] },
        "unravel_index": { example in
            try indices(example).unraveled(into: example.ints("shape")).map { AnyNDArray($0) }
        },
        "ravel_multi_index": { example in
            let arrays = try example.inputs.map { try $0.typed(as: Int64.self) }
            return [AnyNDArray(try NDArray.raveled(arrays, shape: example.ints("shape"), outside: rule(example)))]
        },
        "diagonal": { example in
            let axes = example.ints("axes")
            return [try example.inputs[0].diagonal(offset: example.int("k"), axes: (axes[0], axes[1]))]
        },
        "diag": { [try $0.inputs[0].diagonalMatrix(offset: $0.int("k"))] },
        "tril": { [try $0.inputs[0].lowerTriangle(offset: $0.int("k"))] },
        "triu": { [try $0.inputs[0].upperTriangle(offset: $0.int("k"))] },
        "choose": { example in
            var visitor = Choose(example: example, rule: rule(example))
            return [try example.inputs[1].visit(&visitor)]
        },
    ]

    static let shaping: [String: Operation] = [
        "concatenate": { [try .concatenate($0.inputs, along: $0.int("axis"))] },
        "stack": { [try .stack($0.inputs, along: $0.int("axis"))] },
        "vstack": { [try .verticalStack($0.inputs)] },
        "hstack": { [try .horizontalStack($0.inputs)] },
        "dstack": { [try .depthStack($0.inputs)] },
        "column_stack": { [try .columnStack($0.inputs)] },
        "split": { try split($0) },
        "array_split": { try split($0) },
        "tile": { [try $0.inputs[0].tiled($0.ints("counts"))] },
        "repeat": { [try $0.inputs[0].repeated($0.ints("counts"), along: $0.int("axis"))] },
        "resize": { [try $0.inputs[0].resized(to: $0.ints("shape"))] },
        "roll": { example in
            guard let axis = example.axes()?.first else { return [example.inputs[0].rolled(by: example.int("shift"))] }
            return [try example.inputs[0].rolled(by: example.int("shift"), along: axis)]
        },
        "flip": { [try $0.inputs[0].flipped(along: $0.axes())] },
        "rot90": { try turn($0) },
        "moveaxis": { try turn($0) },
        "swapaxes": { try turn($0) },
        "meshgrid": { try turn($0) },
        "insert": {
            [try $0.inputs[0].inserting($0.inputs[1], at: $0.ints("places"), along: $0.int("axis"))]
        },
        "delete": { [try $0.inputs[0].deleting($0.ints("places"), along: $0.int("axis"))] },
        "trim_zeros": { example in
            let trim = example.text("trim")
            return [try example.inputs[0].trimmingZeros(front: trim.contains("f"), back: trim.contains("b"))]
        },
        "sliding_window_view": { [try $0.inputs[0].slidingWindows($0.ints("lengths"), along: $0.ints("axes"))] },
        "pad": { example in
            let widths = example.parameters["widths"].items.map { pair in
                (before: pair.items[0].int ?? 0, after: pair.items[1].int ?? 0)
            }
            return [try example.inputs[0].padded(widths, with: try paddingMode(example))]
        },
    ]

    private static func paddingMode(_ example: PropertyCase) throws -> PaddingMode<Double> {
        let length = example.parameters["length"].int
        switch example.text("mode") {
        case "constant":
            let values = example.parameters["values"].items.map { pair in
                (before: pair.items[0].double ?? 0, after: pair.items[1].double ?? 0)
            }
            return values.isEmpty ? .constant() : .constants(values)
        case "edge": return .edge
        case "reflect": return .reflect(isOdd: example.flag("odd"))
        case "symmetric": return .symmetric(isOdd: example.flag("odd"))
        case "wrap": return .wrap
        case "linear_ramp": return .linearRamp(to: example.double("end"))
        case "maximum": return .maximum(of: length)
        case "minimum": return .minimum(of: length)
        case "mean": return .mean(of: length)
        case "median": return .median(of: length)
        default: throw UnknownDType()
        }
    }

    private static func split(_ example: PropertyCase) throws -> [AnyNDArray] {
        var visitor = Split(example: example)
        return try example.inputs[0].visit(&visitor)
    }

    private static func turn(_ example: PropertyCase) throws -> [AnyNDArray] {
        var visitor = Turn(example: example)
        return try example.inputs[0].visit(&visitor)
    }

    private struct Split: NDArrayVisitor {
        typealias Failure = NDArrayError
        let example: PropertyCase
        func visit<T: NDElement>(_ a: NDArray<T>) throws(NDArrayError) -> [AnyNDArray] {
            let axis = example.int("axis")
            if let count = example.parameters["parts"].int {
                let isEven = example.operation == "split"
                let parts = try isEven ? a.split(into: count, along: axis) : a.unevenSplit(into: count, along: axis)
                return parts.map { AnyNDArray($0) }
            }
            return try a.split(at: example.ints("parts"), along: axis).map { AnyNDArray($0) }
        }
    }

    private struct Turn: NDArrayVisitor {
        typealias Failure = NDArrayError
        let example: PropertyCase
        func visit<T: NDElement>(_ a: NDArray<T>) throws(NDArrayError) -> [AnyNDArray] {
            let axes = example.ints("axes")
            switch example.operation {
            case "rot90":
                return [AnyNDArray(try a.rotated(quarterTurns: example.int("k"), axes: (axes[0], axes[1])))]
            case "moveaxis": return [AnyNDArray(try a.movingAxes(example.ints("from"), to: example.ints("to")))]
            case "swapaxes": return [AnyNDArray(try a.swappingAxes(axes[0], axes[1]))]
            default:
                var arrays: [NDArray<T>] = []
                for input in example.inputs { arrays.append(try input.typed()) }
                let indexing = GridIndexing(rawValue: example.text("indexing")) ?? .xy
                return try NDArray.meshGrid(arrays, indexing: indexing).map { AnyNDArray($0) }
            }
        }
    }

    private struct AddAt: NDRealVisitor {
        let value: AnyNDArray
        let selectors: [any AxisSelector]
        func visit<T: NDReal>(_ array: NDArray<T>) throws(NDArrayError) -> AnyNDArray {
            var array = array
            try array.add(value.typed(), at: selectors)
            return AnyNDArray(array)
        }
    }

    private struct Put: NDArrayVisitor {
        typealias Failure = NDArrayError
        let indices: NDArray<Int64>
        let values: AnyNDArray
        let rule: IndexRule
        func visit<T: NDElement>(_ array: NDArray<T>) throws(NDArrayError) -> AnyNDArray {
            var array = array
            try array.put(values.typed(), at: indices, outside: rule)
            return AnyNDArray(array)
        }
    }

    private struct Choose: NDArrayVisitor {
        typealias Failure = NDArrayError
        let example: PropertyCase
        let rule: IndexRule
        func visit<T: NDElement>(_ array: NDArray<T>) throws(NDArrayError) -> AnyNDArray {
            var choices: [NDArray<T>] = []
            for input in example.inputs.dropFirst() { choices.append(try input.typed()) }
            return AnyNDArray(
                try NDArray.choose(example.inputs[0].typed(as: Int64.self), from: choices, outside: rule))
        }
    }
}
