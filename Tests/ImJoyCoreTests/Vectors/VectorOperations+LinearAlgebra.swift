internal import ComplexModule
internal import ImJoyCore
internal import ImJoyTestSupport

extension VectorOperations {
    /// Products, equations and decompositions of matrices.
    static let linearAlgebra: [String: Operation] = [
        "inner": { try Answer(double($0, 0).inner(double($0, 1))) },
        "cross": { try Answer(double($0, 0).cross(double($0, 1))) },
        "trace": { try Answer($0.inputs[0].typed(as: Int64.self).trace(offset: 1)) },
        "linalg.solve": { try .array($0.inputs[0].solve($0.inputs[1])) },
        "linalg.inv": { try .array($0.inputs[0].inverse()) },
        "linalg.det": { try .array($0.inputs[0].determinant()) },
        "linalg.pinv": { try .array($0.inputs[0].pseudoInverse()) },
        "linalg.lstsq": { try .array($0.inputs[0].leastSquares($0.inputs[1])) },
        "linalg.eigvalsh": { try Answer(double($0, 0).hermitianEigenvalues()) },
        "linalg.cholesky": { try .array($0.inputs[0].cholesky()) },
        "linalg.matrix_rank": { try Answer($0.inputs[0].matrixRank()) },
        "linalg.matrix_power": { try Answer($0.inputs[0].typed(as: Int64.self).matrixPower(5)) },
        "einsum": { example in
            let operands = try example.inputs.map { try $0.typed(as: Int64.self) }
            return Answer(try NDArray.einsum(example.parameters["subscripts"].text ?? "", operands: operands))
        },
        "polyfit": { try Answer(Polynomial.fit(double($0, 0), double($0, 1), degree: 2).polynomial.coefficients) },
        "polyval": { try Answer(Polynomial(double($0, 0))(double($0, 1))) },
        "convolve": { try Answer(double($0, 0).convolved(with: double($0, 1))) },
    ]

    static let linearAlgebraExpressions: [String: Operation] = [
        "np.linalg.svd(a0,compute_uv=False)": { try .array($0.inputs[0].singularValues()) },
        "(lambda u,s,v:(u*s)@v)(*np.linalg.svd(a0,full_matrices=False))": { example in
            let (u, s, vh) = try double(example, 0).svd(full: false)
            return Answer(try (u * s).matmul(vh))
        },
        "np.abs(np.linalg.qr(a0)[1])": { try Answer(double($0, 0).qr().r.abs()) },
        "np.linalg.norm(a0)": { try Answer(scalar: double($0, 0).norm()) },
        "np.linalg.norm(a0,1)": { try .array($0.inputs[0].matrixNorm(.columnSum)) },
        "np.linalg.norm(a0,2)": { try .array($0.inputs[0].matrixNorm(.spectral)) },
        "np.convolve(a0,a1,'same')": { try Answer(double($0, 0).convolved(with: double($0, 1), mode: .same)) },
    ]

    private static func double(_ example: VectorCase, _ index: Int) throws -> NDArray<Double> {
        try example.inputs[index].typed(as: Double.self)
    }
}
