internal import ImJoyCore
internal import ImJoyTestSupport

extension PropertyOperations {
    /// Random numbers: the generator that a case describes, and its calls.
    static let streams: [String: Operation] = ["stream": stream, "stream_of_counts": stream]

    private static let stream: Operation = { example in
        var seed = SeedSequence(UInt64(example.text("seed")) ?? 0)
        let children = example.int("children")
        if children > 0 {
            var parent = seed.spawn(children)[children - 1]
            seed = parent.spawn(2)[example.int("child")]
        }
        var random = RandomGenerator(seed: seed)
        let jumps = example.int("jumps")
        if jumps > 0 { random.bits = random.bits.jumped(UInt64(jumps)) }
        return try example.parameters["steps"].items.map { try step($0, &random) }
    }

    private static func step(_ step: ExactJSON, _ random: inout RandomGenerator) throws -> AnyNDArray {
        let count = step["count"].int ?? 0
        func number(_ name: String) -> Double { step[name].double ?? .nan }
        switch step["kind"].text {
        case "random": return AnyNDArray(try random.random(shape: [count]))
        case "random32": return AnyNDArray(try random.random(Float.self, shape: [count]))
        case "uniform": return AnyNDArray(try random.uniform(number("low")..<number("high"), shape: [count]))
        case "normal":
            return AnyNDArray(
                try random.normal(mean: number("mean"), standardDeviation: number("scale"), shape: [count]))
        case "standard_normal32": return AnyNDArray(try random.standardNormal(Float.self, shape: [count]))
        case "exponential": return AnyNDArray(try random.exponential(scale: number("scale"), shape: [count]))
        case "standard_exponential32": return AnyNDArray(try random.standardExponential(Float.self, shape: [count]))
        case "integers":
            func integers<T: NDInteger>(_ type: T.Type) throws -> AnyNDArray {
                guard let low = T(step["low"].text ?? ""), let high = T(step["high"].text ?? "") else {
                    throw UnknownDType()
                }
                // Both ways of naming the range, where both can.
                if high < T.max, count % 2 == 1 {
                    return AnyNDArray(try random.integers(low..<high + 1, shape: [count]))
                }
                return AnyNDArray(try random.integers(low...high, shape: [count]))
            }
            guard let type = DType(rawValue: step["dtype"].text ?? "")?.elementType as? any NDInteger.Type else {
                throw UnknownDType()
            }
            return try integers(type)
        case "bools": return AnyNDArray(try random.booleans(shape: [count]))
        case "permutation": return AnyNDArray(try random.permutation(count))
        case "shuffle":
            var array = try NDArray<Int64>.arange(Int64(4 * count)).reshaped(to: [2, count, 2])
            try random.shuffle(&array, axis: 1)
            return AnyNDArray(array)
        case "choice":
            let probabilities = step["p"].isNull ? nil : step["p"].items.compactMap(\.double)
            return AnyNDArray(
                try random.choice(
                    step["population"].int ?? 0, shape: [count], replacing: step["replace"] == .bool(true),
                    probabilities: probabilities, shuffling: step["shuffle"] == .bool(true)))
        case "advance":
            random.bits.advance(by: UInt128(step["distance"].text ?? "") ?? 0)
            return AnyNDArray(try random.random(shape: [2]))
        case "gamma":
            return AnyNDArray(try random.gamma(number("shape"), scale: number("scale"), shape: [count]))
        case "poisson": return AnyNDArray(try random.poisson(mean: number("mean"), shape: [count]))
        default:
            return AnyNDArray(
                try random.binomial(trials: step["trials"].int ?? 0, probability: number("p"), shape: [count]))
        }
    }
}
