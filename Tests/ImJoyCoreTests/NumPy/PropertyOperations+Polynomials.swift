internal import ComplexModule
internal import ImJoyCore
internal import ImJoyTestSupport

extension PropertyOperations {
    static let polynomials: [String: Operation] = {
        var table: [String: Operation] = [:]
        for name in ["convolve", "correlate"] {
            table[name] = { example in
                func convolve<T: NDNumber>(_ type: T.Type) throws -> AnyNDArray {
                    let (a, b) = (try example.inputs[0].typed(as: T.self), try example.inputs[1].typed(as: T.self))
                    let mode = ConvolutionMode(rawValue: example.text("mode")) ?? .full
                    return AnyNDArray(
                        try name == "convolve" ? a.convolved(with: b, mode: mode) : a.correlated(with: b, mode: mode))
                }
                guard let type = example.inputs[0].dtype.elementType as? any NDNumber.Type else {
                    throw UnknownDType()
                }
                return [try convolve(type)]
            }
        }
        table["polyval"] = { example in [AnyNDArray(try polynomial(example, 0)(double(example, 1)))] }
        table["polyder"] = { coefficients(try polynomial($0, 0).derivative($0.int("order"))) }
        table["polyint"] = { coefficients(try polynomial($0, 0).integral()) }
        table["polyadd"] = { coefficients(try polynomial($0, 0) + polynomial($0, 1)) }
        table["polysub"] = { coefficients(try polynomial($0, 0) - polynomial($0, 1)) }
        table["polymul"] = { coefficients(try polynomial($0, 0) * polynomial($0, 1)) }
        table["polydiv"] = { example in
            let divisor = try polynomial(example, 1)
            let (quotient, remainder) = try polynomial(example, 0).divided(by: divisor)
            let whole = (quotient * divisor + remainder).coefficients.elements.map { abs($0) < 1e-9 ? 0 : $0 }
            return coefficients(Polynomial(whole))
        }
        table["roots"] = { example in
            let roots = try polynomial(example, 0).roots().elements
            return [AnyNDArray(NDArray(roots.sorted { $0.real < $1.real }))]
        }
        table["polyfit"] = { example in
            let weights = example.inputs.count > 2 ? try double(example, 2) : nil
            let fit = try Polynomial.fit(
                double(example, 0), double(example, 1), degree: example.int("degree"), weights: weights)
            return [
                AnyNDArray(fit.polynomial.coefficients), AnyNDArray(try fit.covariance()),
                AnyNDArray(try fit.covariance(scaled: false)), AnyNDArray(NDArray(scalar: fit.residual ?? .nan)),
            ]
        }
        return table
    }()

    private static func double(_ example: PropertyCase, _ index: Int) throws -> NDArray<Double> {
        try example.inputs[index].typed(as: Double.self)
    }

    private static func polynomial(_ example: PropertyCase, _ index: Int) throws -> Polynomial {
        Polynomial(try double(example, index))
    }

    private static func coefficients(_ polynomial: Polynomial) -> [AnyNDArray] { [AnyNDArray(polynomial.coefficients)] }
}
