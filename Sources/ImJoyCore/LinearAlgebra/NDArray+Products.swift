extension NDArray where Element: NDNumber {
    /// The products of the vectors along the last axes, each of one with each of the other; NumPy's `inner`.
    ///
    /// The shape is that of both arrays without their last axes. Throws when those have different lengths.
    public func inner(_ other: NDArray) throws(NDArrayError) -> NDArray {
        if rank == 0 || other.rank == 0 { return try multiplying(by: other) }
        return try tensordot(other, along: [-1], [-1])
    }

    /// Products summed over `count` axes: the last of this array with the first of the other; NumPy's `tensordot`.
    public func tensordot(_ other: NDArray, axes count: Int = 2) throws(NDArrayError) -> NDArray {
        guard count >= 0, count <= rank, count <= other.rank else {
            throw NDArrayError(
                .outOfBounds, "tensordot over \(count) axes of shapes \(shape) and \(other.shape)")
        }
        return try tensordot(other, along: Array(rank - count..<rank), Array(0..<count))
    }

    /// Products summed over pairs of axes: `axes[i]` of this array with `otherAxes[i]` of the other.
    ///
    /// The shape is that of both without these axes. Throws when an axis is not there or their lengths differ.
    public func tensordot(
        _ other: NDArray, along axes: [Int], _ otherAxes: [Int]
    ) throws(NDArrayError) -> NDArray {
        let first = try layout.resolvedAxes(axes)
        let second = try other.layout.resolvedAxes(otherAxes)
        let lengths = first.map { shape[$0] }
        guard lengths == second.map({ other.shape[$0] }) else {
            throw NDArrayError(
                .shapeMismatch,
                "tensordot over axes \(axes) of shape \(shape) and \(otherAxes) of \(other.shape): their lengths differ"
            )
        }
        let kept = shape.indices.filter { !first.contains($0) }
        let otherKept = other.shape.indices.filter { !second.contains($0) }
        let (rows, columns) = (kept.map { shape[$0] }, otherKept.map { other.shape[$0] })
        let inner = try Layout.elementCount(of: lengths)
        let a = try permuted(kept + first).reshaped(to: [Layout.elementCount(of: rows), inner])
        let b = try other.permuted(second + otherKept).reshaped(to: [inner, Layout.elementCount(of: columns)])
        return try a.matmul(b).reshaped(to: rows + columns)
    }

    /// Kronecker's product: every element of this array replaced by itself times the other; NumPy's `kron`.
    public func kron(_ other: NDArray) throws(NDArrayError) -> NDArray {
        let axes = Swift.max(rank, other.rank)
        func padded(_ shape: [Int]) -> [Int] { [Int](repeating: 1, count: axes - shape.count) + shape }
        let (outer, inner) = (padded(shape), padded(other.shape))
        guard axes <= Layout.maximumRank / 2 else {
            throw NDArrayError(.invalidShape, "a Kronecker product of \(axes) axes; at most \(Layout.maximumRank / 2)")
        }
        let a = try reshaped(to: outer.flatMap { [$0, 1] })
        let b = try other.reshaped(to: inner.flatMap { [1, $0] })
        let lengths = zip(outer, inner).map { $0.multipliedReportingOverflow(by: $1) }
        guard !lengths.contains(where: \.overflow) else {
            throw NDArrayError(.invalidShape, "a Kronecker product of shapes \(shape) and \(other.shape)")
        }
        return try a.multiplying(by: b).reshaped(to: lengths.map(\.partialValue))
    }

    /// The cross product of the vectors of three along `axis`, broadcast; NumPy's `cross`.
    public func cross(_ other: NDArray, along axis: Int = -1) throws(NDArrayError) -> NDArray {
        let (first, second) = try (layout.resolvedAxis(axis), other.layout.resolvedAxis(axis))
        guard shape[first] == 3, other.shape[second] == 3 else {
            throw NDArrayError(
                .shapeMismatch, "a cross product of shapes \(shape) and \(other.shape): axis \(axis) must have length 3"
            )
        }
        func parts(_ array: NDArray, _ axis: Int) throws(NDArrayError) -> [NDArray] {
            let moved = try array.permuted(array.shape.indices.filter { $0 != axis } + [axis])
            var parts: [NDArray] = []
            for index in 0..<3 { parts.append(try moved.sliced([.ellipsis, index])) }
            return parts
        }
        let (a, b) = try (parts(self, first), parts(other, second))
        let common = try Layout.commonShape(a[0].shape, b[0].shape)
        var result = try NDArray(claimedZeros: common + [3])
        for (index, (p, q)) in [(1, 2), (2, 0), (0, 1)].enumerated() {
            let difference = try a[p].multiplying(by: b[q]).subtracting(a[q].multiplying(by: b[p]))
            try result.assign(difference, to: [.ellipsis, index])
        }
        // The axis goes back where it was, counted from the end.
        let place = common.count + 1 + Swift.min(first - rank, second - other.rank)
        var axes = Array(common.indices)
        axes.insert(common.count, at: Swift.max(place, 0))
        return try result.permuted(axes)
    }

    /// The sums of the diagonals of the matrices in two axes; NumPy's `trace`.
    ///
    /// - Parameter offset: 0 for the main diagonal, positive for those above it, negative for those below.
    /// - Parameter axes: the axes; negative ones count from the end.
    ///
    /// Integers give 64-bit integers that wrap, as ``sum(along:keepingAxes:)`` does.
    public func trace(
        offset: Int = 0, axes: (Int, Int) = (0, 1)
    ) throws(NDArrayError) -> NDArray<Element.Total> {
        let diagonals = try diagonal(offset: offset, axes: axes)
        return try diagonals.sum(along: [diagonals.rank - 1])
    }

    /// The product of square matrices with themselves, `exponent` times; NumPy's `linalg.matrix_power`.
    ///
    /// The power 0 is the identity. Integers wrap. Negative powers are for ``NDLinearElement`` only and throw here.
    public func matrixPower(_ exponent: Int) throws(NDArrayError) -> NDArray {
        let size = try MatrixSize(self, "a power", square: true)
        guard exponent >= 0 else {
            throw NDArrayError(
                .dtypeMismatch, "a power \(exponent) of matrices of \(dtype), which have no inverse; cast them first")
        }
        var result: NDArray?
        var power = self
        var rest = exponent
        while rest > 0 {
            if rest & 1 == 1 { result = try result?.matmul(power) ?? power }
            rest >>= 1
            if rest > 0 { power = try power.matmul(power) }
        }
        if let result { return result }
        return try NDArray.eye(Int(size.rows)).broadcast(to: shape)
    }

    /// The product of several matrices in the order that takes the fewest multiplications; NumPy's
    /// `linalg.multi_dot`.
    ///
    /// The first array may be a row of one axis and the last one a column. Throws when there are fewer than two, or
    /// when their shapes do not fit.
    public static func multiDot(_ arrays: [NDArray]) throws(NDArrayError) -> NDArray {
        guard arrays.count >= 2, let first = arrays.first, let last = arrays.last else {
            throw NDArrayError(.shapeMismatch, "a product of \(arrays.count) arrays; two at least are needed")
        }
        var factors = arrays
        if first.rank == 1 { factors[0] = first.insertingAxis(at: 0) }
        if last.rank == 1 { factors[arrays.count - 1] = last.insertingAxis(at: 1) }
        guard factors.allSatisfy({ $0.rank == 2 }) else {
            throw NDArrayError(
                .shapeMismatch, "a product of arrays of shapes \(arrays.map(\.shape)); all must be matrices")
        }
        let sides = factors.map { $0.shape[0] } + [factors[factors.count - 1].shape[1]]
        let cuts = bestCuts(sides.map(Double.init))
        func product(_ from: Int, _ to: Int) throws(NDArrayError) -> NDArray {
            if from == to { return factors[from] }
            let cut = cuts[from][to]
            return try product(from, cut).matmul(product(cut + 1, to))
        }
        var result = try product(0, factors.count - 1)
        if last.rank == 1 { result = try result.sliced([.all, 0] as [any AxisSelector]) }
        return first.rank == 1 ? try result.sliced([0]) : result
    }

    /// Where to cut each run of factors in two: the least number of multiplications, found for short runs first.
    private static func bestCuts(_ sides: [Double]) -> [[Int]] {
        let count = sides.count - 1
        var cost = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
        var cuts = [[Int]](repeating: [Int](repeating: 0, count: count), count: count)
        for length in 1..<count {
            for from in 0..<(count - length) {
                let to = from + length
                cost[from][to] = .infinity
                for cut in from..<to {
                    let total = cost[from][cut] + cost[cut + 1][to] + sides[from] * sides[cut + 1] * sides[to + 1]
                    if total < cost[from][to] { (cost[from][to], cuts[from][to]) = (total, cut) }
                }
            }
        }
        return cuts
    }
}

extension NDArray where Element: NDLinearElement {
    /// The product of square matrices with themselves; a negative `exponent` takes their inverses.
    ///
    /// NumPy's `linalg.matrix_power`. Throws `.singularMatrix` where there is no inverse.
    public func matrixPower(_ exponent: Int) throws(NDArrayError) -> NDArray {
        func power<T: NDNumber>(_ array: NDArray<T>, _ exponent: Int) throws(NDArrayError) -> NDArray<T> {
            try array.matrixPower(exponent)
        }
        guard exponent < 0 else { return try power(self, exponent) }
        guard exponent > Int.min else { throw NDArrayError(.outOfBounds, "a power \(exponent) of matrices") }
        return try power(inverse(), -exponent)
    }

    /// The sum of the products of all elements, those of this array conjugated; NumPy's `vdot`.
    ///
    /// Both arrays are flattened. Throws when their counts differ.
    public func vdot(_ other: NDArray) throws(NDArrayError) -> Element {
        try Element.conjugates(of: flattened()).dot(other.flattened())
    }
}
