/// What ``Polynomial/fit(_:_:degree:weights:relativeTolerance:)`` finds.
public struct PolynomialFit: Sendable {
    /// The best polynomial of the degree that was asked for.
    public var polynomial: Polynomial
    /// The sum of the squared distances; nil where there are too few points to tell.
    public var residual: Double?
    /// The rank of the equations; less than the number of coefficients when the points do not determine them.
    public var rank: Int
    /// The covariances of the coefficients without a factor; see ``covariance(scaled:)``.
    private var shape: NDArray<Double>?
    /// How many points there are more than coefficients.
    private var freedom: Int

    init(polynomial: Polynomial, residual: Double?, rank: Int, shape: NDArray<Double>?, freedom: Int) {
        self.polynomial = polynomial
        self.residual = residual
        self.rank = rank
        self.shape = shape
        self.freedom = freedom
    }

    /// The covariances of the coefficients, the highest power first; NumPy's `polyfit(…, cov=True)`.
    ///
    /// - Parameter scaled: true for an error of the points that is estimated from their distances, false for weights
    ///   that are the reciprocals of known errors (`cov='unscaled'`).
    ///
    /// Throws when the points do not determine the coefficients, or leave nothing over to estimate from.
    public func covariance(scaled: Bool = true) throws(NDArrayError) -> NDArray<Double> {
        guard let shape else {
            throw NDArrayError(.singularMatrix, "the points do not determine the coefficients (rank \(rank))")
        }
        guard scaled else { return shape }
        guard let residual, freedom > 0 else {
            throw NDArrayError(.outOfBounds, "an estimate of errors needs more points than coefficients")
        }
        return shape * (residual / Double(freedom))
    }
}

extension Polynomial {
    /// The polynomial of a degree that comes nearest to points, by least squares; NumPy's `polyfit`.
    ///
    /// - Parameters:
    ///   - weights: factors of the distances, not of their squares; all 1 when nil.
    ///   - relativeTolerance: singular values below this part of the largest count as zero; by default the number of
    ///     points times the rounding error.
    ///   - degree: the highest power.
    ///   - x: the places of the points.
    ///   - y: the values at the places.
    ///
    /// Throws when the arrays do not have one axis of the same length with at least one point, for a negative degree,
    /// and `.notConverged` for coordinates that are not finite.
    public static func fit(
        _ x: NDArray<Double>, _ y: NDArray<Double>, degree: Int, weights: NDArray<Double>? = nil,
        relativeTolerance: Double? = nil
    ) throws(NDArrayError) -> PolynomialFit {
        guard x.rank == 1, y.shape == x.shape, weights.map({ $0.shape == x.shape }) ?? true, x.count > 0 else {
            throw NDArrayError(
                .shapeMismatch,
                "a polynomial through points of shapes \(x.shape) and \(y.shape); both need one axis of one length")
        }
        guard degree >= 0, degree <= 10_000 else {
            throw NDArrayError(.outOfBounds, "a polynomial of degree \(degree); at most 10000 makes sense")
        }
        let count = degree + 1
        var powers = try NDArray<Double>(claimedZeros: [x.count, count])
        var power = NDArray<Double>(ones: x.shape)
        for column in (0..<count).reversed() {
            try powers.assign(power, to: [.all, column] as [any AxisSelector])
            power = power * x
        }
        var right = y
        if let weights {
            powers = powers * weights.insertingAxis(at: 1)
            right = right * weights
        }
        // Columns of one length make the equations as well conditioned as they can be.
        let lengths = try powers.vectorNorm(along: [0])
        let scale = try lengths.replacing(with: 1, where: lengths .== 0)
        powers = powers / scale
        let solution = try powers.leastSquares(
            right, relativeTolerance: relativeTolerance ?? Double(x.count) * Double.ulpOfOne)
        var shape: NDArray<Double>?
        if solution.rank == count {
            shape = try powers.matrixTransposed().matmul(powers).inverse() / scale.outer(scale)
        }
        return PolynomialFit(
            polynomial: Polynomial(exactly: solution.solution / scale),
            residual: solution.residuals.elements.first, rank: solution.rank, shape: shape,
            freedom: x.count - count)
    }
}
