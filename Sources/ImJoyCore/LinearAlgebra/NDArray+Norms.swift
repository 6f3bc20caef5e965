internal import RealModule

/// How the size of a matrix is measured.
public enum MatrixNorm: Sendable, Hashable, CaseIterable {
    /// The square root of the sum of all squares; NumPy's `'fro'`.
    case frobenius
    /// The sum of the singular values; `'nuc'`.
    case nuclear
    /// The largest singular value; `2`.
    case spectral
    /// The smallest singular value; `-2`.
    case smallestSingularValue
    /// The largest sum of magnitudes in a column; `1`.
    case columnSum
    /// The smallest sum of magnitudes in a column; `-1`.
    case smallestColumnSum
    /// The largest sum of magnitudes in a row; `inf`.
    case rowSum
    /// The smallest sum of magnitudes in a row; `-inf`.
    case smallestRowSum
}

extension NDArray where Element: NDLinearElement {
    /// The square root of the sum of all squares, whatever the shape; NumPy's `linalg.norm` without an order.
    public func norm() -> Element.RealPart { Element.squaredMagnitudes(of: self).sum().squareRoot() }

    /// The lengths of the vectors along `axes`; NumPy's `linalg.vector_norm`.
    ///
    /// - Parameters:
    ///   - order: `p` of the p-norm: 2 is the usual length, 1 the sum of magnitudes, infinity the largest and
    ///     -infinity the smallest of them, 0 how many are not zero.
    ///   - axes: all when nil. The elements along several axes are one vector.
    ///   - keepingAxes: true when the folded axes stay, with length 1.
    ///
    /// Throws when an axis is not there, and for the norms of infinite order of vectors without elements.
    public func vectorNorm(
        _ order: Element.RealPart = 2, along axes: [Int]? = nil, keepingAxes: Bool = false
    ) throws(NDArrayError) -> NDArray<Element.RealPart> {
        let axes = axes ?? Array(shape.indices)
        if order == 2 {
            return try Element.squaredMagnitudes(of: self).sum(along: axes, keepingAxes: keepingAxes).sqrt()
        }
        let magnitudes = Element.magnitudes(of: self)
        switch order {
        case .infinity: return try magnitudes.max(along: axes, keepingAxes: keepingAxes)
        case -.infinity: return try magnitudes.min(along: axes, keepingAxes: keepingAxes)
        case 0:
            return try (magnitudes .!= 0).cast(to: Element.RealPart.self).sum(along: axes, keepingAxes: keepingAxes)
        case 1: return try magnitudes.sum(along: axes, keepingAxes: keepingAxes)
        default:
            return try magnitudes.power(order).sum(along: axes, keepingAxes: keepingAxes).power(1 / order)
        }
    }

    /// The norms of the matrices in two axes; NumPy's `linalg.matrix_norm`, and `linalg.norm` with an order.
    ///
    /// - Parameter axes: the one that numbers the rows and the one that numbers the columns.
    /// - Parameter norm: which norm.
    /// - Parameter keepingAxes: true when both axes stay, with length 1.
    ///
    /// Throws when the array has no such axes, and for sums and singular values of matrices that have none.
    public func matrixNorm(
        _ norm: MatrixNorm = .frobenius, along axes: (rows: Int, columns: Int) = (-2, -1), keepingAxes: Bool = false
    ) throws(NDArrayError) -> NDArray<Element.RealPart> {
        let resolved = try layout.resolvedAxes([axes.rows, axes.columns])
        let others = shape.indices.filter { !resolved.contains($0) }
        let matrices = try permuted(others + resolved)
        let last = others.count
        let result: NDArray<Element.RealPart>
        switch norm {
        case .frobenius: result = try matrices.vectorNorm(along: [last, last + 1])
        case .nuclear: result = try matrices.singularValues().sum(along: [last])
        case .spectral: result = try matrices.singularValues().max(along: [last])
        case .smallestSingularValue: result = try matrices.singularValues().min(along: [last])
        case .columnSum: result = try matrices.vectorNorm(1, along: [last]).max(along: [last])
        case .smallestColumnSum: result = try matrices.vectorNorm(1, along: [last]).min(along: [last])
        case .rowSum: result = try matrices.vectorNorm(1, along: [last + 1]).max(along: [last])
        case .smallestRowSum: result = try matrices.vectorNorm(1, along: [last + 1]).min(along: [last])
        }
        guard keepingAxes else { return result }
        return try result.reshaped(to: shape.indices.map { resolved.contains($0) ? 1 : shape[$0] })
    }

    /// How much a matrix can enlarge relative errors: its norm times that of its inverse; NumPy's `linalg.cond`.
    ///
    /// By the spectral norm it is the largest singular value divided by the smallest, and the matrices need not be
    /// square. Infinity for a singular matrix.
    public func conditionNumber(_ norm: MatrixNorm = .spectral) throws(NDArrayError) -> NDArray<Element.RealPart> {
        guard rank >= 2, !shape.suffix(2).contains(0) else {
            throw NDArrayError(.emptyArray, "a condition number of shape \(shape), which has no matrices with elements")
        }
        if norm == .spectral || norm == .smallestSingularValue {
            let values = try singularValues()
            let (first, last) = try (values.sliced([.ellipsis, 0]), values.sliced([.ellipsis, -1]))
            // 0 divided by 0: a matrix of zeros.
            let ratio = norm == .spectral ? first / last : last / first
            return try ratio.replacing(with: .infinity, where: ratio.isNaN)
        }
        let norms = try matrixNorm(norm)
        let stack = try reshaped(to: [norms.count] + shape.suffix(2))
        var inverses: [Element.RealPart] = []
        for index in 0..<norms.count {
            do throws(NDArrayError) {
                inverses.append(try stack[index, .all, .all].inverse().matrixNorm(norm).item)
            } catch {
                guard error.code == .singularMatrix else { throw error }
                inverses.append(.infinity)
            }
        }
        let products = try norms * NDArray<Element.RealPart>(inverses, shape: norms.shape)
        return try products.replacing(with: .infinity, where: products.isNaN)
    }
}
